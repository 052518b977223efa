"""Commands whose output nobody reads to its end, or that can't be written."""

import subprocess
import sys
from pathlib import Path

import pytest

from device.output import PIPE_CLOSED

CHECK = [sys.executable, "-m", "device", "check", "--simulate"]
PASSWORD = [sys.executable, "-m", "device", "page-password"]


def test_a_check_that_nobody_reads_to_its_end_ends_quietly() -> None:
    with subprocess.Popen(CHECK, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as check:
        assert check.stdout is not None
        assert check.stderr is not None
        assert check.stdout.readline().startswith(b"ok ")
        check.stdout.close()
        assert check.stderr.read() == b""
        assert check.wait(60) == PIPE_CLOSED


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no /dev/full, the full disk")
@pytest.mark.parametrize("command", [CHECK, PASSWORD], ids=["check", "page-password"])
def test_what_cannot_be_written_is_one_line_and_status_1(command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, input=b"correct horse\n", stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr == (
        b"inkling: standard output: no space left on device; send it to another file\n"
    )
