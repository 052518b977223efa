"""Which request goes where; `openapi.json` describes what is answered."""

import hashlib
from pathlib import Path

from device.page.asking import Asking, Refused
from device.page.corrections import Corrections
from device.page.doing import NextNote, Note, Press, Read
from device.page.entering import Metrics, Session
from device.page.readings import (
    Imagines,
    OneReading,
    ReadingCorrection,
    ReadingPicture,
    Readings,
    Why,
)
from device.page.watching import Events, Health, Now, Picture

STATIC = Path(__file__).with_name("static")
INTERFACE = Path(__file__).with_name("openapi.json")

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""The files beside index.html that are served."""


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
    (r"/api/imagined/([0-9])", Imagines),
    (r"/api/corrections\.zip", Corrections),
    (r"/api/health", Health),
    (r"/api/openapi\.json", Interface),
    (r"/metrics", Metrics),
]
ROUTES.sort(key=lambda route: route[1] is File)
