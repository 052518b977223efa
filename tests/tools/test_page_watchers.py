"""How much watchers delay a press can be measured, whatever comes of it."""

import re
import subprocess
import sys


def test_presses_are_timed_without_and_with_watchers() -> None:
    few = ["--watchers", "3", "--rounds", "1", "--presses", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "tools.page_watchers", *few],
        check=True,
        capture_output=True,
        text=True,
    )
    assert re.search(r"3 watchers: \d+ ms alone, \d+ ms watched, [+-]\d+ %; load", done.stdout)
