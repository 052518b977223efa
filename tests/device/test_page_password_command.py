import subprocess
import sys
import tomllib

import pytest

from device.config import load_config
from device.page.password import is_right


def make(text: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "device", "page-password"],
        input=text,
        capture_output=True,
        text=True,
    )


def test_the_line_goes_into_the_configuration_and_lets_the_page_be_opened() -> None:
    done = make("correct horse\n")
    assert (done.returncode, done.stderr) == (0, "")
    kept = tomllib.loads(done.stdout)["password_hash"]
    assert is_right("correct horse", kept)
    page = ["page.enabled=true", 'page.address="0.0.0.0"', f'page.password_hash="{kept}"']
    assert load_config(None, page).page.is_open_to_the_network


@pytest.mark.parametrize("text", ["", "\n", "short\n", "x" * 2000 + "\n"])
def test_a_password_that_keeps_nobody_out_is_refused_in_one_line(text: str) -> None:
    done = make(text)
    assert (done.returncode, done.stdout) == (1, "")
    assert "allowed: 8 to 1024" in done.stderr
    assert done.stderr.count("\n") == 1
