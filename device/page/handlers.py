"""The answers of the interface that `openapi.json` describes."""

import asyncio
import base64
import binascii
import csv
import hashlib
import hmac
import io
import time
import zipfile
from pathlib import Path
from typing import Any, ClassVar

from tornado.iostream import StreamClosedError

from device.errors import BadPicture
from device.page import password
from device.page.asking import COOKIE, Asking, Refused
from device.page.forms import bare_reading_form, base64_of, reading_form
from device.page.history import NAME, Correction, Entry
from device.page.hub import Watcher
from device.page.metrics import write_metrics
from device.page.why import imagine, spoke_for
from device.picture import read_picture
from device.reader import Reader
from device.reading import Frame, Reading
from device.snapshot import State

STATIC = Path(__file__).with_name("static")
INTERFACE = Path(__file__).with_name("openapi.json")

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
}
"""The files beside index.html that are served."""

LARGEST_PICTURE = 8 * 1024 * 1024
"""Bytes. A 12-megapixel photograph of a telephone has 3 to 6 million."""

MOST_UPLOADS = 2
MOST_WATCHERS = 32

HEARTBEAT_S = 10.0
"""A sign of life on a stream that has nothing to say, so that a gone watcher is noticed."""

STUCK_S = 10.0
"""How long a watcher may take to fetch an event."""

RETRY_MS = 1000
"""How soon a browser that lost the stream tries again."""


class NotThere(Asking):
    """Whatever else is asked for."""

    needs_session = False

    def admit(self) -> None:
        """Refuse."""
        super().admit()
        raise Refused(404, "there is nothing of this name")


class File(Asking):
    """The page's own files; names are looked up among those that there are, never on the disk."""

    needs_session = False
    own_site_only = False

    def get(self, name: str = "index.html") -> None:
        """Send a file."""
        files = {path.name: path for path in STATIC.iterdir() if path.suffix in TYPES}
        if name not in files:
            raise Refused(404, "there is nothing of this name")
        content = files[name].read_bytes()
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Etag", f'"{hashlib.sha256(content).hexdigest()[:16]}"')
        self.set_header("Content-Type", TYPES[files[name].suffix])
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        self.finish(content)


class Interface(Asking):
    """The interface's own description."""

    def get(self) -> None:
        """Send it."""
        self.send(INTERFACE.read_bytes(), "application/json; charset=utf-8")


class Session(Asking):
    """Giving the password."""

    needs_session = False

    def get(self) -> None:
        """Say whether it is needed."""
        needed = bool(self.room.config.page.password_hash)
        left_s = self.sessions.left_s(self.token)
        expires_s = round(left_s, 1) if needed and left_s else None
        self.answer({"needed": needed, "open": self.is_let_in, "expires_s": expires_s})

    async def post(self) -> None:
        """Take the password, and begin a session."""
        form = self.take_json(password=str)
        if "password" not in form or len(form["password"]) > password.LONGEST:
            raise Refused(400, "send the password, of at most 1024 characters")
        if not self.room.config.page.password_hash:
            raise Refused(409, "no password is needed")
        await check_password(self, form["password"])
        self.set_cookie(
            COOKIE,
            self.sessions.open(),
            max_age=int(self.sessions.length_s),
            path="/",
            httponly=True,
            samesite="Strict",
        )
        self.done()

    def delete(self) -> None:
        """End the session, and its streams."""
        self.sessions.close(self.token)
        self.clear_cookie(COOKIE, path="/")  # Bookworm's tornado takes no more
        self.done()


async def check_password(asking: Asking, given: str) -> None:
    """Refuse a wrong password, and one that comes too soon after wrong ones."""
    wait_s = asking.turnstile.wait_s(asking.address)
    if wait_s > 0:
        raise Refused(429, f"too many wrong passwords: wait {wait_s:.0f} s", wait_s)
    # Counted as wrong until it is right, so that many at once don't slip through.
    asking.turnstile.wrong(asking.address)
    right = await asking.room.work(password.is_right, given, asking.room.config.page.password_hash)
    if not right:
        asking.room.counts["wrong_passwords"] += 1
        raise Refused(403, "wrong password")
    asking.turnstile.right(asking.address)


class Now(Asking):
    """How things stand."""

    def get(self) -> None:
        """Send it."""
        self.answer(self.room.hello())


class Events(Asking):
    """The stream of events."""

    _watcher: Watcher | None = None

    async def get(self) -> None:
        """Send events until the watcher goes, or its session ends."""
        hub = self.room.hub
        if len(hub.watchers) >= MOST_WATCHERS:
            raise Refused(429, "too many watch already", 10.0)
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("X-Accel-Buffering", "no")
        watcher = self._watcher = Watcher(self.address, self.token, time.monotonic())
        hub.join(watcher)
        try:
            self.write(f"retry: {RETRY_MS}\n")
            await self._send([("hello", json_text(self.room.hello(watcher)))])
            while self.is_let_in and not self.room.ended.is_set():
                await self._send(await watcher.take(HEARTBEAT_S))
        except (StreamClosedError, TimeoutError):
            self.connection.stream.close()
        finally:
            hub.leave(watcher)
            self._watcher = None

    def on_connection_close(self) -> None:
        """Wake the stream's loop, so that it finds out."""
        super().on_connection_close()
        if self._watcher is not None:
            self._watcher.tell("bye", "{}")

    async def _send(self, events: list[tuple[str, str]]) -> None:
        for kind, text in events:
            self._number += 1
            number = f"{self.room.instance}.{self._number}"
            self.write(f"id: {number}\nevent: {kind}\ndata: {text}\n\n")
        if not events:
            self.write(": still here\n\n")
        await asyncio.wait_for(self.flush(), STUCK_S)

    _number = 0


class Picture(Asking):
    """The latest frame."""

    async def get(self) -> None:
        """Send it, encoded once for all who ask."""
        whole_number(self, "number", 0)
        self.room.glance(self.address, self.token)
        await self.room.stand_back()
        self.send(await self.room.eye.jpeg(), "image/jpeg")


class Press(Asking):
    """The button."""

    def post(self) -> None:
        """Press it, and let go a moment later."""
        hold = self.take_json(hold=bool).get("hold", False)
        self.room.start_press(hold=hold)
        self.answer({"pressed": "hold" if hold else "press"}, 202)


class Posted(Asking):
    """Whatever takes a picture as its body."""

    largest_body: ClassVar[int] = LARGEST_PICTURE
    uploads: ClassVar[int] = 0

    _counts = False

    def admit(self) -> None:
        """Refuse what is no picture, and too many at once."""
        super().admit()
        if self.request.method != "POST":
            return
        if not self.request.headers.get("Content-Type", "").lower().startswith("image/"):
            raise Refused(415, "send a picture, such as image/png or image/jpeg")
        if Posted.uploads >= MOST_UPLOADS:
            raise Refused(429, "other pictures are on their way: try again in a moment", 1.0)
        Posted.uploads += 1
        self._counts = True

    def on_finish(self) -> None:
        """Let the next one come."""
        if self._counts:
            self._counts = False
            Posted.uploads -= 1

    def on_connection_close(self) -> None:
        """Let the next one come."""
        super().on_connection_close()
        self.on_finish()

    async def take_picture(self) -> Frame:
        """Open the picture that was posted."""
        try:
            return await self.room.work(read_picture, self.take_body())
        except BadPicture as error:
            raise Refused(400, f"the picture: {error}") from error


class Note(Posted):
    """What lies under the simulated camera."""

    def admit(self) -> None:
        """Refuse where the camera is real."""
        super().admit()
        if self.room.controls.pile is None:
            raise Refused(409, "the camera is real: hold the note up to it")

    async def post(self) -> None:
        """Lay a picture there."""
        self.room.lay(await self.take_picture())
        self.answer(self.room.note())

    async def delete(self) -> None:
        """Take it away."""
        await self.room.lay_next()
        self.answer(self.room.note())


class NextNote(Asking):
    """The pile's next note."""

    async def post(self) -> None:
        """Lay it there."""
        self.take_body()
        if self.room.controls.pile is None:
            raise Refused(409, "the camera is real: hold the note up to it")
        await self.room.lay_next()
        self.answer(self.room.note())


class Read(Posted):
    """Reading without the board."""

    async def post(self) -> None:
        """Read a picture."""
        frame = await self.take_picture()
        reader = self.room.controls.reader()
        if reader is None:
            raise Refused(409, "the weights are not loaded yet")
        reading: Reading = await self.room.work(reader.read, frame)
        self.answer(bare_reading_form(reading, (frame.shape[1], frame.shape[0])))


class Readings(Asking):
    """History."""

    def get(self) -> None:
        """Send it, the newest first."""
        readings = [reading_form(entry) for entry in self.room.history]
        self.answer({"readings": readings, "kept": self.room.kept})


class OfReading(Asking):
    """Whatever is asked about one reading."""

    def entry(self, name: str) -> Entry:
        """Find it."""
        if not NAME.fullmatch(name):
            raise Refused(404, "there is no such reading")
        try:
            return self.room.history.get(name)
        except KeyError as error:
            raise Refused(404, "there is no such reading, or not any more") from error


class OneReading(OfReading):
    """One reading of history."""

    def get(self, name: str) -> None:
        """Send it."""
        self.answer(reading_form(self.entry(name)))

    async def delete(self, name: str) -> None:
        """Forget it."""
        self.entry(name)
        await self.room.forget(name)
        self.done()


class ReadingPicture(OfReading):
    """What was read."""

    async def get(self, name: str) -> None:
        """Send it."""
        self.entry(name)
        self.send(await self.room.picture(name), "image/png")


class Why(OfReading):
    """Why a digit was read so."""

    async def get(self, name: str) -> None:
        """Work it out."""
        digits = self.entry(name).reading.digits
        number = whole_number(self, "digit", 0)
        if not 0 <= number < len(digits):
            raise Refused(404, "the reading has no such digit")
        reader = self.room.controls.reader()
        if not isinstance(reader, Reader):
            raise Refused(409, "the weights are not loaded yet")
        digit, network = digits[number], reader.network
        spoke = await self.room.work(spoke_for, network, digit.glyph, digit.digit)
        imagined = await self.room.work(imagine, network, digit.digit)
        self.answer(
            {
                "digit": digit.digit,
                "at": number,
                "spoke": [[round(float(pixel), 3) for pixel in row] for row in spoke],
                "imagined": base64_of(imagined.picture.tobytes()),
                "means": imagined.means,
            }
        )


class ReadingCorrection(OfReading):
    """What a reading should have said."""

    async def put(self, name: str) -> None:
        """Put it right."""
        form = self.take_json(number=(str, type(None)))
        number = form.get("number", "")
        if number is not None and not (
            1 <= len(number) <= 8 and number.isascii() and number.isdecimal()
        ):
            raise Refused(400, "number is 1 to 8 digits, or null for what is no number")
        self.entry(name)
        if self.room.shelf is None:
            raise Refused(409, "nothing is kept: set keep in [page]")
        self.answer(reading_form(await self.room.correct(name, Correction(number))))

    async def delete(self, name: str) -> None:
        """Take it back."""
        self.entry(name)
        self.answer(reading_form(await self.room.take_back(name)))


class Corrections(Asking):
    """All corrections in one file."""

    async def get(self) -> None:
        """Send the archive as it is made, one picture after the other."""
        self.set_header("Content-Type", "application/zip")
        self.set_header("Content-Disposition", 'attachment; filename="corrections.zip"')
        corrected = [e for e in self.room.history if e.correction is not None and e.is_kept]
        pipe = _Pipe()
        try:
            with zipfile.ZipFile(pipe, "w") as archive:
                archive.writestr("labels.csv", _labels(corrected))
                for entry in reversed(corrected):
                    try:
                        content = await self.room.kept_file(entry.name)
                    except KeyError:  # deleted meanwhile
                        continue
                    archive.writestr(f"{entry.name}.png", content)
                    self.write(pipe.take())
                    await asyncio.wait_for(self.flush(), STUCK_S)
            self.finish(pipe.take())
        except (StreamClosedError, TimeoutError):
            self.connection.stream.close()


class _Pipe(io.RawIOBase):
    """What the archive is written to; it can't go back, so `zipfile` doesn't try."""

    def __init__(self) -> None:
        super().__init__()
        self._content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._content += content
        return len(content)

    def take(self) -> bytes:
        content = bytes(self._content)
        self._content.clear()
        return content


def _labels(entries: list[Entry]) -> str:
    """List the corrections as `inkling-desk evaluate` reads them."""
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(["file", "label", "notes"])
    for entry in reversed(entries):
        assert entry.correction is not None
        read = entry.reading.number or f"refused: {entry.reading.reason}"
        table.writerow([f"{entry.name}.png", entry.correction.number or "none", f"read as {read}"])
    return lines.getvalue()


class Health(Asking):
    """How the appliance is."""

    def get(self) -> None:
        """Send it."""
        self.answer(self.room.health())


class Metrics(Asking):
    """The same for Prometheus, which has no session but may send the password."""

    needs_session = False
    challenge = 'Basic realm="inkling", charset="UTF-8"'
    known: ClassVar[bytes] = b""

    async def get(self) -> None:
        """Send it."""
        if not self.is_let_in:
            await self._check_basic()
        text = write_metrics(self.room, State(self.room.hello()["state"]["state"]))
        self.send(text.encode("utf-8"), "text/plain; version=0.0.4; charset=utf-8")

    async def _check_basic(self) -> None:
        kind, _, secret = self.request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            raise Refused(401, "a password is needed")
        # A right one is remembered by its hash: scrypt at every scrape is too much for a Zero.
        seen = hashlib.sha256(
            f"{self.room.config.page.password_hash} {secret}".encode("utf-8", "replace")
        ).digest()
        if hmac.compare_digest(seen, Metrics.known):
            return
        try:
            text = base64.b64decode(secret, validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as error:
            raise Refused(401, "not basic authentication") from error
        await check_password(self, text.partition(":")[2])
        Metrics.known = seen


def whole_number(asking: Asking, name: str, default: int) -> int:
    """Take a whole number out of the query."""
    text = asking.get_query_argument(name, str(default))
    if not (text.lstrip("-").isascii() and text.lstrip("-").isdecimal() and len(text) <= 15):
        raise Refused(400, f"{name} is a whole number")
    try:
        return int(text)
    except ValueError as error:
        raise Refused(400, f"{name} is a whole number") from error


def json_text(form: Any) -> str:
    """Write JSON without line breaks, as an event wants it."""
    import json

    return json.dumps(form, separators=(",", ":"))


ONE = r"/api/readings/([^/]{1,64})"

ROUTES = [
    (r"/", File),
    (r"/([a-z0-9_.-]{1,64})", File),
    (r"/api/session", Session),
    (r"/api/state", Now),
    (r"/api/events", Events),
    (r"/api/frame\.jpg", Picture),
    (r"/api/press", Press),
    (r"/api/note", Note),
    (r"/api/note/next", NextNote),
    (r"/api/read", Read),
    (r"/api/readings", Readings),
    (ONE, OneReading),
    (ONE + r"/picture\.png", ReadingPicture),
    (ONE + r"/why", Why),
    (ONE + r"/correction", ReadingCorrection),
    (r"/api/corrections\.zip", Corrections),
    (r"/api/health", Health),
    (r"/api/openapi\.json", Interface),
    (r"/metrics", Metrics),
]
ROUTES.sort(key=lambda route: route[1] is File)
