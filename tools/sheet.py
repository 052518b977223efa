"""`inkling-desk sheet`: from a printed sheet to a folder of one's own digits."""

import argparse
import csv
import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from rich.console import Console

import nn
from device.errors import BadPicture
from device.picture import open_picture, printable
from device.reader import Reader
from device.reading import Frame
from tools.errors import BadOption, BadSheet
from tools.files import written_aside
from tools.labels import LABELS_FILE, read_labels
from tools.sheets.layout import PAPERS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inkling-desk sheet`."""
    parser.add_argument(
        "photos", nargs="*", type=Path, metavar="PHOTO", help="photographs of filled sheets"
    )
    parser.add_argument(
        "--print", type=Path, dest="pdf", metavar="FILE.pdf", help="write the sheet to print"
    )
    parser.add_argument(
        "--example", type=Path, metavar="FILE.jpg",
        help="write a photograph of a sheet that the program filled in, to try this without a "
        "printer",
    )  # fmt: skip
    parser.add_argument(
        "--paper", choices=tuple(PAPERS), default="a4", help="to print on (default: a4)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("handwriting"), metavar="FOLDER",
        help="where the labelled pictures and the contact sheets go (default: handwriting); "
        "what other photographs brought stays",
    )  # fmt: skip
    parser.add_argument(
        "--weights", type=Path, default=nn.SHIPPED_WEIGHTS, help="default: the shipped weights"
    )


def main(args: argparse.Namespace) -> int:
    """Print a sheet, or cut up the photographed ones."""
    if not (args.photos or args.pdf or args.example):
        raise BadOption("nothing to do: name photographs of filled sheets, or --print FILE.pdf")
    if args.pdf is not None:
        from tools.sheets.printing import print_sheet  # matplotlib loads slowly

        print_sheet(args.pdf, args.paper)
        print(f"{args.pdf}: print it at any size, fill it in, photograph all of it")
    if args.example is not None:
        write_example(args.example, args.paper)
        print(f"{args.example}: give it to inkling-desk sheet")
    return cut_up(args.photos, args.out, args.weights) if args.photos else 0


def write_example(path: Path, paper: str) -> None:
    """Write a photograph of a sheet that the program filled in: a JPEG."""
    from tools.sheets.camera import photograph_example  # matplotlib loads slowly

    with written_aside(path) as file:
        Image.fromarray(photograph_example(paper)).save(file, "JPEG", quality=75)


def cut_up(photos: Sequence[Path], out: Path, weights: Path) -> int:
    """Cut up every photograph that can be; 1 if there was one that can't."""
    names = [_name(photo) for photo in photos]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise BadOption(f"two photographs are called {twice}: their digits would be, too")
    if (out / LABELS_FILE).exists():
        read_labels(out)  # a folder with a damaged list is refused, not made worse
    reader = Reader(nn.load(weights))
    refused = 0
    for photo, name in zip(photos, names, strict=True):
        try:
            add_sheet(photo, name, out, reader)
        except (BadPicture, BadSheet) as error:
            refused += 1
            print(f"inkling-desk: {error}", file=sys.stderr)
    return 1 if refused else 0


def add_sheet(photo: Path, name: str, out: Path, reader: Reader) -> None:
    """Add one photographed sheet to the folder.

    Raises
    ------
    BadPicture, BadSheet
        Nothing was written.
    """
    from tools.lessons.drawing import save_picture  # matplotlib loads slowly
    from tools.sheets.contact import draw_contact_sheet
    from tools.sheets.contents import describe, read_sheet

    frame = open_picture(photo)
    try:
        cells = read_sheet(frame, reader)
    except BadSheet as error:
        raise BadSheet(printable(f"{photo}: {error}")) from error
    kept = {f"{name}-{c.box.digit}-{c.box.number + 1:02}.png": c for c in cells if c.is_kept}
    if not kept:
        raise BadSheet(printable(f"{photo}: nothing is written in the boxes"))
    for file, cell in kept.items():
        _write_png(out / file, cell.picture)
    save_picture(out / f"contact-{name}.png", draw_contact_sheet(cells, photo.name))
    rows = [(file, str(cell.box.digit), cell.notes) for file, cell in kept.items()]
    write_labels(out, f"{name}-", rows)
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{photo}: {describe(cells)}", markup=False)
    console.print(
        f"look at {out / f'contact-{name}.png'}: what is wrong there, strike from {LABELS_FILE}",
        markup=False,
    )


def write_labels(out: Path, prefix: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """List the new pictures, instead of those that the same photograph brought before."""
    path = out / LABELS_FILE
    own = re.compile(re.escape(prefix) + r"[0-9]-[0-9]{2}\.png")
    older: list[tuple[str, str, str]] = []
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            older = [
                (row["file"], row["label"], row.get("notes") or "") for row in csv.DictReader(file)
            ]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("file", "label", "notes"))
    table.writerows(row for row in older if not own.fullmatch(row[0]))
    table.writerows(rows)
    with written_aside(path) as written:
        written.write(text.getvalue().encode())


def _write_png(path: Path, picture: Frame) -> None:
    with written_aside(path) as file:
        Image.fromarray(picture).save(file, "PNG")


def _name(photo: Path) -> str:
    """What a photograph's digits are called after, fit for a file's name anywhere."""
    return re.sub(r"[^\w-]+", "_", photo.stem).strip("_") or "sheet"
