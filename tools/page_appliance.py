"""An appliance with its page, run as `inkling run --simulate` for a picture or a measurement."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

DEADLINE_S = 120.0


class Appliance(NamedTuple):
    """A running appliance: where its page is, and the process, in whose input Enter presses."""

    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def address(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def running_appliance(*settings: str, notes: Path | None = None) -> Iterator[Appliance]:
    """Run an appliance that keeps nothing, and wait until it serves.

    Parameters
    ----------
    settings
        As `--set` takes them.
    notes
        The folder of pictures that it photographs; None lets it write notes itself.
    """
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "device", "run", "--simulate", "--plain", "--page"]
    for setting in (f"page.port={port}", "page.keep=false", *settings):
        command += ["--set", setting]
    if notes is not None:
        command += ["--notes", str(notes)]
    with tempfile.TemporaryFile() as log:
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log)
        try:
            appliance = Appliance(port, process)
            _wait_for(appliance.address)
            yield appliance
        finally:
            process.kill()
            process.communicate()


def _wait_for(address: str) -> None:
    end_s = time.monotonic() + DEADLINE_S
    while True:
        try:
            urllib.request.urlopen(address).close()  # noqa: S310 - our own, see above
            return
        except OSError:
            if time.monotonic() > end_s:
                raise
            time.sleep(0.2)
