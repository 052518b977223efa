"""Taking a lesson as a user does, and reading its numbers off the terminal."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

from PIL import Image

from tools.__main__ import main


class Blackboard:
    """What a lesson has printed, and the picture that it has drawn."""

    def __init__(self, name: str, folder: Path, *words: str) -> None:
        said = io.StringIO()
        with redirect_stdout(said):
            code = main(["lesson", name, "--out", str(folder), *words])
        assert code == 0
        self.text = said.getvalue()
        self.picture = folder / f"{name}.png"

    def table(self, title: str) -> list[list[str]]:
        """The rows, without the headings, of the first table after a line that starts so."""
        lines = self.text.splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith(title))
        below = [line.strip() for line in lines[start + 2 :]]
        return [re.split(r" {2,}", line) for line in below[1 : below.index("")]]

    def require_picture(self) -> None:
        """The picture can be opened, shows something, and is small enough for the guide."""
        assert self.picture.stat().st_size < 60_000
        with Image.open(self.picture) as picture:
            assert picture.width >= 800
            assert len(picture.convert("L").getcolors() or []) > 8
