"""The points measured so far, kept as a CSV file that is only ever added to."""

import csv
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple
from pathlib import Path

from tools.errors import BadTable, NotWritten
from tools.experiments.points import Point

KINDS = {name: type(usual) for name, usual in asdict(Point()).items()}
COLUMNS = (*KINDS, "digits", "accuracy")
"""Every parameter of a point, which digits it was measured with, and the share read right."""


class Table:
    """Accuracies by point, of one set of digits; rows of other digits stay, unseen.

    Whoever was cut off while writing left a torn last line: it is taken away, and
    `was_torn` tells so.

    Raises
    ------
    BadTable
        The file is something else, or was changed to what can't be.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self.path = path
        self.digest = digest
        self.accuracies: dict[Point, float] = {}
        self.was_torn = False
        if path.exists():
            self._read()
        else:
            self._append([COLUMNS])

    def add(self, measured: Iterable[tuple[Point, float]]) -> None:
        """Keep measured points: on the disk before this returns."""
        measured = list(measured)
        self._append((*astuple(point), self.digest, accuracy) for point, accuracy in measured)
        self.accuracies.update(measured)

    def _append(self, rows: Iterable[Iterable[object]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(text.getvalue().encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise NotWritten(f"{self.path}: cannot be written: {reason}") from error

    def _read(self) -> None:
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        header = ",".join(COLUMNS).encode() + b"\n"
        if not header.startswith(content[: len(header)]):
            raise BadTable(
                f"{self.path}: no table of experiments: its first line must be "
                f"{','.join(COLUMNS)}; give another folder with --out"
            )
        self.was_torn = whole != content
        if self.was_torn:
            os.truncate(self.path, len(whole))
        if not whole:
            self._append([COLUMNS])
            return
        for number, row in self._rows(whole):
            point, digest, accuracy = self._parse(number, row)
            if digest == self.digest:
                self.accuracies[point] = accuracy

    def _rows(self, content: bytes) -> Iterator[tuple[int, list[str]]]:
        lines = content.decode(errors="replace").splitlines()[1:]
        for number, line in enumerate(lines, 2):
            yield number, line.split(",")

    def _parse(self, number: int, row: list[str]) -> tuple[Point, str, float]:
        try:
            words = dict(zip(COLUMNS, row, strict=True))
            point = Point(**{name: kind(words[name]) for name, kind in KINDS.items()})
            accuracy = float(words["accuracy"])
            if not 0 <= accuracy <= 1:
                raise ValueError(f"accuracy {accuracy:g} is not from 0 to 1")
        except ValueError as error:
            raise BadTable(
                f"{self.path}:{number}: {error}; delete this line, and it is measured anew"
            ) from error
        return point, words["digits"], accuracy
