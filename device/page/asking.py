"""What every request goes through: who asks, in whose name, how much, and how long it may take."""

import asyncio
import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders
from tornado.web import HTTPError, RequestHandler, stream_request_body

from device.errors import DeviceError
from device.page.forms import Form
from device.page.guard import Sessions, Turnstile, host_name, is_cross_site
from device.page.room import Room
from device.page.shelf import NotKept, ShelfFull
from device.page.work import TooBusy

log = logging.getLogger(__name__)

WRITE_S = 20.0
"""How long an answer may take to be fetched."""

STUCK_S = 10.0
"""How long a piece of one may take that is sent as it comes about."""

COOKIE = "inkling"

DRAINED = 16 * 1024 * 1024
"""Bytes of a refused body that are read and dropped, so that the refusal can be heard."""

LARGEST_JSON = 4096

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class Refused(DeviceError):
    """A request that is not done, with the status that says why."""

    def __init__(self, status: int, words: str, wait_s: float | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.wait_s = wait_s


@stream_request_body
class Asking(RequestHandler):
    """A request to the interface.

    The body is streamed, so that `prepare` refuses before it is there.
    """

    needs_session: ClassVar[bool] = True
    own_site_only: ClassVar[bool] = True
    largest_body: ClassVar[int] = LARGEST_JSON
    challenge: ClassVar[str | None] = None
    """How else than by a session the password may come."""

    _body: bytearray
    _is_dropping = False

    @property
    def room(self) -> Room:
        """What the page knows and does."""
        return cast(Room, self.settings["room"])

    @property
    def sessions(self) -> Sessions:
        """Who has given the password."""
        return cast(Sessions, self.settings["sessions"])

    @property
    def turnstile(self) -> Turnstile:
        """Who has guessed wrong."""
        return cast(Turnstile, self.settings["turnstile"])

    @property
    def token(self) -> str | None:
        """The session that this request names."""
        return self.get_cookie(COOKIE)

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return str(self.request.remote_ip)

    @property
    def connection(self) -> HTTP1Connection:
        """The connection below."""
        return cast(HTTP1Connection, self.request.connection)

    @property
    def is_let_in(self) -> bool:
        """Whether no password is needed, or it was given."""
        needed = bool(self.room.config.page.password_hash)
        return not needed or self.sessions.left_s(self.token) > 0

    def set_default_headers(self) -> None:
        """Forbid everything that the page doesn't need."""
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse who may not ask, before anything is read."""
        self._body = bytearray()
        try:
            self.admit()
        except Refused as error:
            length = _content_length(self.request.headers)
            if not 0 < length <= DRAINED:
                raise
            # Closed while the body still comes, the connection would be reset and the refusal
            # lost with it: the body is read and dropped first.
            self.connection.set_max_body_size(DRAINED)
            self._is_dropping = True
            setattr(self, str(self.request.method).lower(), _refusing(error))

    def admit(self) -> None:
        """Raise `Refused` for what is not to be done; subclasses refuse more."""
        self._check_names()
        if self.needs_session and not self.is_let_in:
            raise Refused(401, "a password is needed")
        self._check_body()

    def data_received(self, chunk: bytes) -> None:
        """Collect the body; the connection sees to it that it is no larger than allowed."""
        if not self._finished and not self._is_dropping:
            self._body += chunk

    def take_body(self) -> bytes:
        """Give the body and let go of it."""
        body, self._body = bytes(self._body), bytearray()
        return body

    def take_json(self, **allowed: type | tuple[type, ...]) -> Form:
        """Give the body as an object with exactly these keys, each of one of its types."""
        body = self.take_body()
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refused(415, "send application/json")
        try:
            form = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Refused(400, "the body is not JSON") from error
        if not isinstance(form, dict) or not form.keys() <= allowed.keys():
            raise Refused(400, f"send an object with {', '.join(allowed)}")
        for name, value in form.items():
            if not isinstance(value, allowed[name]):
                raise Refused(400, f"{name} is of another type")
        return form

    def whole_number(self, name: str) -> int:
        """Take a whole number out of the query, 0 where it isn't there."""
        text = self.get_query_argument(name, "0")
        if not (text.isascii() and text.isdecimal() and len(text) <= 15):
            raise Refused(400, f"{name} is a whole number")
        return int(text)

    def answer(self, form: Any, status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(form, separators=(",", ":")))

    def send(self, content: bytes, kind: str) -> None:
        """Answer with something else."""
        self.set_header("Content-Type", kind)
        self.finish(content)

    def done(self) -> None:
        """Answer that it is done."""
        self.set_status(204)
        self.finish()

    def finish(self, chunk: "str | bytes | dict[str, Any] | None" = None) -> "asyncio.Future[None]":
        """Answer, and give up who doesn't fetch the answer."""
        sent = super().finish(chunk)
        stream = self.connection.stream
        giving_up = asyncio.get_running_loop().call_later(WRITE_S, stream.close)
        sent.add_done_callback(lambda _: giving_up.cancel())
        return sent

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer what went wrong, in one line."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        words = HTTPStatus(status_code).phrase.lower()
        if isinstance(error, Refused):
            status_code, words = error.status, str(error)
            if error.wait_s is not None:
                self.set_header("Retry-After", str(max(1, round(error.wait_s))))
        elif isinstance(error, (TooBusy, ShelfFull, NotKept)):
            status_code = {TooBusy: 429, ShelfFull: 409, NotKept: 507}[type(error)]
            words = str(error)
            if status_code == 429:
                self.set_header("Retry-After", "1")
        elif isinstance(error, KeyError):
            status_code, words = 404, "there is none"
        if status_code == 401 and self.challenge is not None:
            self.set_header("WWW-Authenticate", self.challenge)
        if status_code == 405:
            allowed = [name for name in self.SUPPORTED_METHODS if _has(self, name)]
            self.set_header("Allow", ", ".join(allowed))
        self.answer({"error": words}, status_code)

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Log what is a mistake of ours, and nothing that strangers do."""
        if isinstance(error, (HTTPError, DeviceError, KeyError)):
            log.debug("%s %s: %s", self.request.method, self.request.path, error)
        else:
            log.error("the page: %s", error, exc_info=(kind, error, trace))

    def _check_names(self) -> None:
        headers = self.request.headers
        if len(headers.get_list("Host")) != 1:
            raise Refused(400, "send one Host header")
        host = headers["Host"]
        name = host_name(host)
        here = self.connection.stream.socket.getsockname()[0]
        if name is None or (name not in self.settings["names"] and name != here):
            raise Refused(403, "not by this name: add it to hosts in [page]")
        sites = headers.get("Origin"), headers.get("Sec-Fetch-Site")
        if self.own_site_only and is_cross_site(host, *sites):
            raise Refused(403, "not on behalf of another site")

    def _check_body(self) -> None:
        length = _content_length(self.request.headers)
        if length > self.largest_body:
            raise Refused(413, f"larger than {_size(self.largest_body)}")
        self.connection.set_max_body_size(max(self.largest_body, LARGEST_JSON))


def _refusing(error: Refused) -> Callable[..., None]:
    def refuse(*_: str) -> None:
        raise error

    return refuse


def _content_length(headers: HTTPHeaders) -> int:
    try:
        return int(headers.get("Content-Length", "0"))
    except ValueError:  # tornado refuses it a moment later
        return 0


def _size(size: int) -> str:
    return f"{size // 1024 // 1024} MB" if size >= 1024 * 1024 else f"{size // 1024} KB"


def _has(handler: RequestHandler, method: str) -> bool:
    ours = getattr(type(handler), method.lower(), None)
    return ours is not None and ours is not getattr(RequestHandler, method.lower(), None)
