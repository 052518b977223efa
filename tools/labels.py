"""Folders of labelled pictures: a `labels.csv` with the columns file, label and notes."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from tools.errors import BadLabels

LABELS_FILE = "labels.csv"
NONE = "none"
"""The label of a picture that must be refused."""

_LABEL = re.compile(r"[0-9]+(/[0-9]+)*|none", re.ASCII)
_CONFUSABLE = re.compile(r"confusable|may look like", re.IGNORECASE)


class Kind(StrEnum):
    """What is asked of the reader; each is reported apart."""

    SINGLE = "single digits"
    NUMBERS = "numbers"
    PAGES = "several lines"
    NEGATIVES = "negatives"
    CONFUSABLE = "confusable negatives"


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture and what stands on it: digits, `/` for a line break, or `none`."""

    path: Path
    label: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class LabelledFolder:
    """The pictures of one `labels.csv`."""

    name: str
    pictures: tuple[LabelledPicture, ...]


def find_folders(root: Path) -> list[LabelledFolder]:
    """Every folder at or below `root` that has a `labels.csv`, in order of name.

    Raises
    ------
    BadLabels
        There is none, or one is damaged.
    """
    if not root.is_dir():
        raise BadLabels(f"{root}: no such folder")
    folders = sorted(file.parent for file in root.rglob(LABELS_FILE))
    if not folders:
        raise BadLabels(
            f"{root}: neither MNIST nor a {LABELS_FILE} in it or below it; a folder of pictures "
            f"needs a {LABELS_FILE} with the columns file,label,notes"
        )
    return [
        LabelledFolder(_name_below(root, folder), tuple(read_labels(folder))) for folder in folders
    ]


def _name_below(root: Path, folder: Path) -> str:
    return folder.resolve().name if folder == root else folder.relative_to(root).as_posix()


def read_labels(folder: Path) -> list[LabelledPicture]:
    """The pictures that `folder/labels.csv` lists, in its order.

    Raises
    ------
    BadLabels
        The file can't be read, lacks a column, is empty, names a picture twice,
        outside the folder or not there, or has a label that is neither digits
        (lines parted by `/`) nor `none`.
    """
    rows = list(_rows(folder / LABELS_FILE))
    digits = [label for _, label, _ in rows if label != NONE and "/" not in label]
    written = Kind.SINGLE if all(len(label) == 1 for label in digits) else Kind.NUMBERS
    return [
        LabelledPicture(folder / file, label, _kind(label, notes, written))
        for file, label, notes in rows
    ]


def _kind(label: str, notes: str, written: Kind) -> Kind:
    """The kind of one picture in a folder whose digits are `written` so."""
    if label == NONE:
        return Kind.CONFUSABLE if _CONFUSABLE.search(notes) else Kind.NEGATIVES
    return Kind.PAGES if "/" in label else written


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    """File, label and notes of every row, checked."""
    first_seen: dict[str, int] = {}
    for line, row in _raw_rows(path):
        where = f"{path}:{line}"
        file, label = (row.get("file") or "").strip(), (row.get("label") or "").strip()
        _check_file(where, path.parent, file)
        if not _LABEL.fullmatch(label):
            raise BadLabels(
                f"{where}: label {label!r} is neither digits (lines parted by '/') nor 'none'"
            )
        if file in first_seen:
            raise BadLabels(f"{where}: {file} is listed already in line {first_seen[file]}")
        first_seen[file] = line
        yield file, label, row.get("notes") or ""
    if not first_seen:
        raise BadLabels(f"{path}: lists no pictures; give each a row of file,label,notes")


def _raw_rows(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Every row with the number of its line; the encoding and the columns checked."""
    try:
        # utf-8-sig: spreadsheets put a byte order mark before the first column's name.
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in ("file", "label") if name not in (reader.fieldnames or ())]
            if missing:
                raise BadLabels(
                    f"{path}: no column {missing[0]!r}; the first line must be file,label,notes"
                )
            for row in reader:
                if None in row:
                    raise BadLabels(
                        f"{path}:{reader.line_num}: more values than columns; "
                        "put notes that hold a comma between double quotes"
                    )
                yield reader.line_num, row
    except UnicodeDecodeError as error:
        raise BadLabels(f"{path}: not UTF-8 text; save it as UTF-8") from error
    except csv.Error as error:
        raise BadLabels(f"{path}: not a table of comma-separated values: {error}") from error
    except OSError as error:
        raise BadLabels(f"{path}: {(error.strerror or str(error)).lower()}") from error


def _check_file(where: str, folder: Path, file: str) -> None:
    """Refuse a name that leaves the folder, or a picture that isn't there."""
    parts = PurePosixPath(file)
    if not file or parts.is_absolute() or ".." in parts.parts or "\0" in file:
        raise BadLabels(f"{where}: file {file!r} is not the name of a picture in this folder")
    if not (folder / file).is_file():
        raise BadLabels(f"{where}: {file} is not in the folder; remove its row or put it back")
