"""A damaged `labels.csv` is one clear line."""

from pathlib import Path

import pytest

from tests.tools.desk import write_pictures
from tools.errors import BadLabels
from tools.labels import Kind, find_folders, read_labels


def write_labels(folder: Path, content: bytes) -> None:
    (folder / "a.png").touch()
    (folder / "b.png").touch()
    (folder / "labels.csv").write_bytes(content)


def test_labels_are_read_in_their_order_with_what_is_asked_of_each(tmp_path: Path) -> None:
    write_labels(tmp_path, b'file,label,notes\nb.png,7,"pen, blue"\na.png,none,\n')
    pictures = read_labels(tmp_path)
    assert [(each.path.name, each.label, each.kind) for each in pictures] == [
        ("b.png", "7", Kind.SINGLE),
        ("a.png", "none", Kind.NEGATIVES),
    ]


def test_a_folder_with_longer_labels_is_of_numbers(tmp_path: Path) -> None:
    write_labels(tmp_path, b"file,label,notes\na.png,7,\nb.png,42,\n")
    assert {picture.kind for picture in read_labels(tmp_path)} == {Kind.NUMBERS}


def test_line_breaks_make_a_page(tmp_path: Path) -> None:
    write_labels(tmp_path, b"file,label,notes\na.png,12/345,\nb.png,4,\n")
    assert [picture.kind for picture in read_labels(tmp_path)] == [Kind.PAGES, Kind.SINGLE]


@pytest.mark.parametrize("notes", ["a letter O, confusable", "May look like a 7"])
def test_confusable_negatives_are_known_by_their_notes(tmp_path: Path, notes: str) -> None:
    write_labels(tmp_path, f'file,label,notes\na.png,none,"{notes}"\n'.encode())
    assert [picture.kind for picture in read_labels(tmp_path)] == [Kind.CONFUSABLE]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbffile,label,notes\r\na.png,7,\r\n",
        b"notes,label,file\n,7,a.png\n",
        b"file,label\na.png,7\n",
        b"file,label,notes\n a.png , 7 ,x\n\n",
        "file,label,notes\na.png,7,Größe\n".encode(),
    ],
    ids=["byte order mark and CRLF", "other order", "no notes", "spaces", "UTF-8"],
)
def test_harmless_differences_are_taken(tmp_path: Path, content: bytes) -> None:
    write_labels(tmp_path, content)
    assert [(each.path.name, each.label) for each in read_labels(tmp_path)] == [("a.png", "7")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column 'file'"),
        (b"file;label;notes\na.png;7;\n", "no column 'file'"),
        (b"file,digit,notes\na.png,7,\n", "no column 'label'"),
        (b"file,label,notes\n", "lists no pictures"),
        (b"file,label,notes\na.png,seven,\n", "labels.csv:2: label 'seven' is neither digits"),
        (b"file,label,notes\na.png,,\n", "label '' is neither"),
        (b"file,label,notes\na.png\n", "label '' is neither"),
        (b"file,label,notes\na.png,1//2,\n", "label '1//2' is neither"),
        ("file,label,notes\na.png,٣,\n".encode(), "is neither digits"),
        (b"file,label,notes\nb.png,1,\na.png,7,\nb.png,1,\n", ":4: b.png is listed already in l"),
        (b"file,label,notes\nc.png,7,\n", ":2: c.png is not in the folder"),
        (b"file,label,notes\n../a.png,7,\n", "'../a.png' is not the name of a picture in this"),
        (b"file,label,notes\n/etc/passwd,7,\n", "'/etc/passwd' is not the name"),
        (b"file,label,notes\n,7,\n", "file '' is not the name"),
        (b"file,label,notes\n.,7,\n", ". is not in the folder"),
        (b"file,label,notes\na.png,7,pen, blue\n", "more values than columns"),
        (b'file,label,notes\na.png,7,"pen\n', "not a table"),
        (b"file,label,notes\na.png,7,Gr\xf6\xdfe\n", "not UTF-8"),
        (b"\xff\xfef\0i\0l\0e\0", "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not UTF-8"),
    ],
)
def test_a_damaged_file_is_one_line_that_says_where(
    tmp_path: Path, content: bytes, said: str
) -> None:
    write_labels(tmp_path, content)
    with pytest.raises(BadLabels) as caught:
        read_labels(tmp_path)
    assert said in str(caught.value)
    assert "labels.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_tree_gives_every_folder_by_its_name_below_the_top(tmp_path: Path) -> None:
    for name in ("pens/blue", "pens/red", "chalk"):
        write_pictures(tmp_path / "all" / name, [("a.png", "1", "")])
    folders = find_folders(tmp_path / "all")
    assert [folder.name for folder in folders] == ["chalk", "pens/blue", "pens/red"]
    assert [folder.name for folder in find_folders(tmp_path / "all" / "chalk")] == ["chalk"]


def test_a_missing_folder_and_one_without_labels_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BadLabels, match="no such folder"):
        find_folders(tmp_path / "nowhere")
    with pytest.raises(BadLabels, match="neither MNIST nor"):
        find_folders(tmp_path)
