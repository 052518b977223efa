"""`inkling-desk sheet` as a command: from paper to a folder that teaches."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nn
from device.reading import Frame
from tests.tools.desk import inkling_desk, write_mnist, write_sure_network
from tools.labels import read_labels
from tools.sheets.camera import Shot, photograph
from tools.sheets.filling import filled, printed

EMPTY = {(0, 0), (3, 9), (5, 4)}


def take(path: Path, page: Frame, shot: Shot) -> Path:
    Image.fromarray(photograph(page, shot, np.random.default_rng(2))).save(path)
    return path


@pytest.fixture(scope="module")
def page() -> Frame:
    return filled(np.random.default_rng(8), otherwise=dict.fromkeys(EMPTY, ""))


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return write_sure_network(tmp_path / "sure.npz", 7)


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "labels.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_sheet_is_printed_as_pdf(tmp_path: Path, paper: str) -> None:
    pdf = tmp_path / "new" / "sheet.pdf"
    done = inkling_desk("sheet", "--print", pdf, "--paper", paper)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{pdf}: print it")
    assert pdf.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_without_a_printer_an_example_can_be_photographed_and_cut_up(
    tmp_path: Path, paper: str, weights: Path
) -> None:
    photo, out = tmp_path / "new" / "example.jpg", tmp_path / "own"
    done = inkling_desk("sheet", "--example", photo, "--paper", paper)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{photo}: give it to inkling-desk sheet\n"

    cut = inkling_desk("sheet", photo, "--out", out, "--weights", weights)
    assert (cut.returncode, cut.stderr) == (0, "")
    assert "98 digits kept of 100 boxes: 10 read right, 88 read otherwise, 1 empty, " in cut.stdout
    assert "1 with several things" in cut.stdout


def test_a_photograph_becomes_a_labelled_folder_to_train_and_evaluate_with(
    tmp_path: Path, page: Frame, weights: Path
) -> None:
    photo, out = take(tmp_path / "my sheet.jpg", page, Shot(roll_deg=7)), tmp_path / "own"
    done = inkling_desk("sheet", photo, "--out", out, "--weights", weights)
    assert (done.returncode, done.stderr) == (0, "")
    assert "97 digits kept of 100 boxes: 10 read right, 87 read otherwise, 3 empty" in done.stdout

    listed = rows(out)
    assert listed[0] == {
        "file": "my_sheet-0-02.png",
        "label": "0",
        "notes": "read as 7 (100% sure)",
    }
    assert [row["label"] for row in listed] == [
        str(digit) for digit in range(10) for n in range(10) if (digit, n) not in EMPTY
    ]
    assert len(read_labels(out)) == 97
    with Image.open(out / "contact-my_sheet.png") as contact:
        assert contact.height > 1000

    judged = inkling_desk("evaluate", out, "--weights", weights, "--json")
    assert '"count": 97, "right": 0.1031, "misread": 0.8969' in judged.stdout

    mnist, learnt = write_mnist(tmp_path / "mnist"), tmp_path / "learnt.npz"
    words = ("--network", "784-20-10", "--no-augment", "--epochs", 1, "--held-out", 0)
    trained = inkling_desk("train", *words, "--mnist", mnist, "--with", out, "--out", learnt)
    assert trained.returncode == 0, trained.stderr
    assert f"{out}: 97 digits of your own" in trained.stdout
    assert "784-20-10: 297 examples" in trained.stdout
    nn.load(learnt).self_test()


def test_another_photograph_is_added_and_the_same_one_replaces_itself(
    tmp_path: Path, page: Frame, weights: Path
) -> None:
    out = tmp_path / "own"
    one = take(tmp_path / "one.png", page, Shot())
    two = take(tmp_path / "two.png", page, Shot(pitch_deg=8))
    for photo in (one, two, one):
        done = inkling_desk("sheet", photo, "--out", out, "--weights", weights)
        assert done.returncode == 0, done.stderr
    names = [row["file"] for row in rows(out)]
    assert len(names) == len(set(names)) == 2 * 97
    assert [name.split("-")[0] for name in names] == ["two"] * 97 + ["one"] * 97


def test_one_bad_photograph_is_told_and_the_good_one_is_cut_up(
    tmp_path: Path, page: Frame, weights: Path
) -> None:
    half = take(tmp_path / "half.png", page, Shot(aside_mm=(150, 0)))
    good = take(tmp_path / "good.png", page, Shot())
    text = tmp_path / "text.png"
    text.write_text("no picture")
    out = tmp_path / "own"
    done = inkling_desk("sheet", half, text, good, "--out", out, "--weights", weights)
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.startswith(f"inkling-desk: {half}: the corner marks top left (with 1 dot) and")
    assert second.startswith(f"inkling-desk: {text}: not a picture")
    assert {row["file"].split("-")[0] for row in rows(out)} == {"good"}


def test_a_refused_photograph_leaves_nothing_behind(tmp_path: Path, weights: Path) -> None:
    photo, out = take(tmp_path / "blank.png", printed(), Shot()), tmp_path / "own"
    done = inkling_desk("sheet", photo, "--out", out, "--weights", weights)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"inkling-desk: {photo}: nothing is written in the boxes\n"
    assert not out.exists()


def test_a_damaged_list_of_labels_is_refused_and_left_alone(
    tmp_path: Path, page: Frame, weights: Path
) -> None:
    photo, out = take(tmp_path / "one.png", page, Shot()), tmp_path / "own"
    out.mkdir()
    (out / "labels.csv").write_text("what,ever\n")
    done = inkling_desk("sheet", photo, "--out", out, "--weights", weights)
    assert done.returncode == 1
    assert "no column 'file'" in done.stderr
    assert [path.name for path in out.iterdir()] == ["labels.csv"]
    assert (out / "labels.csv").read_text() == "what,ever\n"


def test_two_photographs_of_one_name_are_refused(tmp_path: Path, weights: Path) -> None:
    done = inkling_desk("sheet", "a/x.jpg", "b/x.jpg", "--out", tmp_path, "--weights", weights)
    assert done.returncode == 1
    assert done.stderr.startswith("inkling-desk: two photographs are called x")


def test_with_nothing_to_do_it_says_what_it_can_do() -> None:
    done = inkling_desk("sheet")
    assert done.returncode == 1
    assert done.stderr.startswith("inkling-desk: nothing to do: name photographs")
