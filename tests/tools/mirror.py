"""A web server on loopback that serves files well or badly, as each test asks."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Request(BaseHTTPRequestHandler):
    """One request, with the ways that an answer can be given."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Mirror)
        server.asked.append((self.path, self.headers["Range"]))
        server.answer(self)

    def start(self) -> int:
        """Where the range asked for starts."""
        asked = self.headers["Range"] or "bytes=0-"
        return int(asked.removeprefix("bytes=").rstrip("-"))

    def send(self, content: bytes, *, status: int = 200, length: int | None = None) -> None:
        """Send it whole, announcing its own length or another."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def send_range(self, content: bytes, *, upto: int | None = None, shift: int = 0) -> None:
        """Send what was asked for of `content`, cut after byte `upto` of it."""
        start = self.start()
        if not start:
            return self.send(content[:upto], length=len(content))
        if start >= len(content):
            return self.send_error(416)
        self.send_response(206)
        total = len(content)
        self.send_header("Content-Range", f"bytes {start + shift}-{total - 1}/{total}")
        self.send_header("Content-Length", str(total - start))
        self.end_headers()
        self.wfile.write(content[start:upto])
        return None

    def redirect(self, url: str) -> None:
        """Send the asker elsewhere."""
        self.send_response(302)
        self.send_header("Location", url)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing: the tests look at `asked`."""


Answer = Callable[[Request], None]


class Mirror(ThreadingHTTPServer):
    """The server; `asked` holds the path and the range of each request."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.answer = answer
        self.asked: list[tuple[str, str | None]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        """What a mirror's address looks like: with a slash at its end."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when the other side hangs up, as it should on a server that lies."""


@contextmanager
def mirror(answer: Answer) -> Iterator[Mirror]:
    """Serve with `answer` until the block ends."""
    server = Mirror(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()  # lets go of answers that stall
        server.shutdown()
        thread.join()
        socketserver.TCPServer.server_close(server)
