"""The README's picture of the page can be taken again."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from tests.needed import need_module
from tools.page_screenshot import BROWSERS, SIZE


def test_the_picture_of_the_page_is_taken_and_small(
    needs: Callable[[str], str], tmp_path: Path
) -> None:
    need_module("playwright")
    needs(BROWSERS[0])
    picture = tmp_path / "page.png"
    subprocess.run([sys.executable, "-m", "tools.page_screenshot", picture], check=True)
    with Image.open(picture) as opened:
        assert opened.size == SIZE
    assert picture.stat().st_size < 150_000
