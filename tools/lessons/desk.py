"""What a lesson is taught at: somewhere to write, and the wishes of who listens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console


@dataclass(frozen=True)
class Desk:
    """`mnist` is the folder of the digits, None to download them; `out` is where files go.

    `epochs` and `quick`, which takes few examples, are for the lesson that trains.
    """

    console: Console
    out: Path
    mnist: Path | None = None
    epochs: int = 5
    quick: bool = False

    def say(self, text: str = "") -> None:
        """Print a line, as it is."""
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table, between empty lines."""
        self.say("\n" + table_text(headings, rows) + "\n")


def table_text(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay cells out in columns: what begins with a letter to the left, numbers to the right.

    >>> print(table_text(["what", "weights"], [["talk", "158,800"], ["one", "1"]]))
      what  weights
      talk  158,800
      one         1
    """
    lines = [list(headings), *(list(row) for row in rows)]
    columns = [_align(list(column)) for column in zip(*lines, strict=True)]
    return "\n".join("  " + "  ".join(line).rstrip() for line in zip(*columns, strict=True))


def _align(column: list[str]) -> list[str]:
    width = max(map(len, column))
    if all(cell[:1].isalpha() for cell in column[1:]):
        return [cell.ljust(width) for cell in column]
    return [cell.rjust(width) for cell in column]
