"""What the browser's tests stand on: a running appliance with its page, and visits to it."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

import playwright.sync_api as playwright

import nn
from tests.device.paper import Strokes

PATIENCE_S = 90.0
"""After so long a test that waits has failed; the browser may share its processor with much."""

CONNECTED = "body:not(.away) #light-name:not(:empty), #login:not([hidden])"
"""What a page shows once the appliance has said how things stand, or that it wants a password."""

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]

playwright.expect.set_options(timeout=1000 * PATIENCE_S)


class Daemon:
    """`inkling run --simulate --page`, which may be killed and started again at its port."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]
        settings = {
            "page.port": self.port,
            "page.folder": folder / "kept",
            "reading.weights": nn.SHIPPED_WEIGHTS,
            "board.show_s": 0,
        }
        sets = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        command = (sys.executable, "-m", "device", "run", "--simulate", "--plain", "--page")
        self._command = [*command, "--seed", "1", *sets, *words]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it serves."""
        with (self.folder / "daemon.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,  # open and silent: nobody presses there
                stdout=log,
                stderr=log,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
        end_s = monotonic() + PATIENCE_S
        while True:
            assert self._process.poll() is None, (self.folder / "daemon.log").read_text()
            try:
                self.ask("/api/session")
                return
            except OSError:
                assert monotonic() < end_s, "the page is not served"
                sleep(0.1)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def ask(self, path: str, method: str = "GET") -> Any:
        """Ask the interface, past the page."""
        request = urllib.request.Request(self.address + path, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.loads(answer.read() or "null")

    def forget(self) -> None:
        """Take away what earlier visits left: their note and their readings."""
        self.ask("/api/note", "DELETE")
        for reading in self.ask("/api/readings")["readings"]:
            self.ask(f"/api/readings/{reading['id']}", "DELETE")

    @property
    def segments(self) -> str:
        """The segments that glow on the simulated pins."""
        return "".join(sorted(self.ask("/api/state")["board"]["seven_segment"]))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()


class Visitor:
    """Opens pages, and remembers what a page may not do: complain, or ask elsewhere."""

    def __init__(self, browser: playwright.Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()
        """Complaints with these words in them are part of what is tried."""
        self._contexts: list[playwright.BrowserContext] = []

    def __call__(self, **options: Any) -> playwright.Page:
        """Visit the page in a window of its own and wait until the appliance has answered."""
        context = self.browser.new_context(
            **({"viewport": {"width": 1280, "height": 900}} | options)
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._complain(f"error: {error}"))
        page.on("request", self._watch)
        page.goto(self.address)
        playwright.expect(page.locator(CONNECTED)).not_to_have_count(0)
        return page

    def leave(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()

    def _hear(self, message: playwright.ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complain(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def _watch(self, request: playwright.Request) -> None:
        if not request.url.startswith((self.address, "blob:", "data:")):
            self._complain(f"asked elsewhere: {request.url}")

    def _complain(self, words: str) -> None:
        if not any(expected in words for expected in self.expected):
            self.complaints.append(words)


def lay(page: playwright.Page, picture: Path) -> None:
    """Choose a photograph, and wait until the camera has it."""
    page.get_by_role("radio", name="Photo").check()
    with page.expect_response("**/api/note"):
        page.get_by_label("Choose a photograph").set_input_files(picture)


def draw(page: playwright.Page, digit: Strokes) -> None:
    """Write a digit on the note, with the mouse."""
    place = page.locator("#note").bounding_box()
    assert place is not None
    tall = 0.5 * place["height"]
    left, top = place["x"] + 0.4 * place["width"], place["y"] + 0.25 * place["height"]
    for stroke in digit:
        for index, (row, column) in enumerate(stroke):
            page.mouse.move(left + column * tall, top + row * tall, steps=8)
            if index == 0:
                page.mouse.down()
        page.mouse.up()


def find_chromium(names: Sequence[str] = ("chromium", "chromium-browser", "google-chrome")) -> str:
    """Name the browser's program as it is called here."""
    from shutil import which

    return next((name for name in names if which(name)), names[0])
