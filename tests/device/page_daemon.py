"""The appliance with its page as a process, and a plain client for it."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from tests.device.appliance import PATIENCE_S
from tests.device.paper import SEVEN, paper, written
from tests.device.test_daemon import weights_that_say

ADDRESS = re.compile(r"the page is at http://(\[?[0-9a-f.:]+?\]?):(\d+)/")
START_S = 30.0
"""How long the daemon may take to start on a machine that is busy with other things."""


class Answer(NamedTuple):
    """What the page answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> Any:
        return json.loads(self.body)


class Stream:
    """A stream of events."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self.connection.request("GET", "/api/events", headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        kind = ""
        for line in self.response:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                yield kind, json.loads(value)

    def wait_for(self, kind: str, **wanted: Any) -> Any:
        """Wait for an event of a kind in which these are so."""
        end_s = time.monotonic() + START_S
        for found, form in self:
            assert time.monotonic() < end_s, f"no {kind} {wanted}"
            if found == kind and all(form[name] == value for name, value in wanted.items()):
                return form
        raise AssertionError(f"the stream ended before {kind} {wanted}")

    def wait_for_its_end(self, patience_s: float = START_S) -> None:
        """Wait until the page ends the stream."""
        end_s = time.monotonic() + patience_s
        for _ in self:
            assert time.monotonic() < end_s, "the stream goes on"

    def close(self) -> None:
        self.response.close()
        self.connection.close()


class PageDaemon:
    """A running appliance with a page."""

    def __init__(self, process: "subprocess.Popen[str]", kept: Path) -> None:
        self.process = process
        self.kept = kept
        self.lines: list[str] = []
        self.port = 0
        assert process.stderr is not None
        for line in process.stderr:
            self.lines.append(line)
            if found := ADDRESS.search(line):
                self.port = int(found[2])
                break
        # Somebody has to read on, or the daemon stands still when the pipe is full.
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(self.process.stderr)

    @property
    def log(self) -> str:
        return "".join(self.lines)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
    ) -> Answer:
        """Ask one thing; a body that is no bytes is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_S)
        sent = dict(headers or {})
        if body is not None:
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.setdefault("Content-Type", kind)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def raw(self, *parts: bytes, patience_s: float = PATIENCE_S) -> bytes:
        """Send bytes as they are; return what comes until the end, or until nothing comes."""
        with socket.create_connection(("127.0.0.1", self.port), patience_s) as connection:
            answer = b""
            try:
                for part in parts:
                    connection.sendall(part)
                while chunk := connection.recv(65536):
                    answer += chunk
            except (TimeoutError, ConnectionError):
                pass
            return answer

    def status_of(self, request: str) -> int:
        """Send a request's head line by line as it stands; return the status of the answer."""
        head = "\r\n".join([*request.splitlines(), "Connection: close", "", ""])
        answer = self.raw(head.encode("latin-1"))
        assert answer, "the page closed the connection without a word"
        return int(answer.split(b" ", 2)[1])

    @contextmanager
    def events(self, headers: dict[str, str] | None = None) -> Iterator[Stream]:
        """Listen to events."""
        stream = Stream(self.port, headers or {})
        try:
            yield stream
        finally:
            stream.close()

    def press(self) -> Any:
        """Press on the page; return the reading that comes of it."""
        with self.events() as stream:
            stream.wait_for("hello")
            assert self.ask("POST", "/api/press", {}).status == 202
            return stream.wait_for("reading")

    def lay(self, picture: bytes) -> None:
        """Lay a picture under the simulated camera."""
        answer = self.ask("POST", "/api/note", picture, kind="image/png")
        assert answer.status == 200, answer

    def memory_mb(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)


@contextmanager
def serving(folder: Path, *words: str, port: int = 0) -> Iterator[PageDaemon]:
    """Start the appliance, simulated, with a page and weights that say 7 to everything.

    A config.toml in the folder is read.
    """
    notes = folder / "notes"
    notes.mkdir(exist_ok=True)
    Image.fromarray(written(SEVEN)[0]).save(notes / "note.png")
    settings = [
        f"page.port={port}",
        f"page.folder={folder / 'kept'}",
        f"reading.weights={weights_that_say(7, folder / 'seven.npz')}",
        "camera.frame_interval_s=0.02",
        "page.frame_interval_s=0.1",
        *words,
    ]
    sets = [word for setting in settings for word in ("--set", setting)]
    if (folder / "config.toml").exists():
        sets += ["--config", str(folder / "config.toml")]
    run = [sys.executable, "-m", "device", "run", "--simulate", "--plain", "--page"]
    process = subprocess.Popen(
        [*run, "--notes", str(notes), *sets],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        daemon = PageDaemon(process, folder / "kept")
        assert daemon.port, daemon.log
        yield daemon
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        daemon._reading.join(PATIENCE_S)
        for pipe in (process.stdin, process.stderr):
            assert pipe is not None
            pipe.close()


def png(folder: Path, *, blank: bool = False) -> bytes:
    """A photograph of a seven, or of blank paper, which is refused."""
    path = folder / "posted.png"
    Image.fromarray(paper() if blank else written(SEVEN)[0]).save(path)
    return path.read_bytes()
