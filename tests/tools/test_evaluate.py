"""`inkling-desk evaluate` as a command, on small folders."""

import json
from pathlib import Path

import pytest
from PIL import Image

import nn
from tests.tools.desk import (
    inkling_desk,
    write_bar_network,
    write_idx,
    write_mnist,
    write_pictures,
    write_sure_network,
)
from tools.mnist import load_mnist


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    """A folder like MNIST whose test labels are wrong for the first 5 of 50."""
    folder = write_mnist(tmp_path / "mnist")
    labels = load_mnist(folder).test_labels.copy()
    labels[:5] = 9
    write_idx(folder / "t10k-labels-idx1-ubyte", 2049, labels)
    return folder


@pytest.fixture
def sure(tmp_path: Path) -> Path:
    return write_sure_network(tmp_path / "sure.npz", 7)


def test_mnist_is_measured_and_said_in_json_alone(mnist: Path, tmp_path: Path) -> None:
    bars = write_bar_network(tmp_path / "bars.npz")
    done = inkling_desk("evaluate", mnist, "--weights", bars, "--json")
    assert done.returncode == 0, done.stderr
    (summary,) = map(json.loads, done.stdout.splitlines())
    assert summary == {"kind": "mnist", "count": 50, "error": 0.1, "error_after_second_looks": 0.1}
    assert "error 10.00%" in done.stderr


def test_mnist_is_measured_and_shown_as_text_and_picture(mnist: Path, tmp_path: Path) -> None:
    bars, out = write_bar_network(tmp_path / "bars.npz"), tmp_path / "out"
    done = inkling_desk("evaluate", mnist, "--weights", bars, "--out", out, "--list")
    assert done.returncode == 0, done.stderr
    assert "MNIST test digits: 50, error 10.00%" in done.stdout
    assert "digit 0: 9 read as 0" in done.stdout
    with Image.open(out / "confusion.png") as picture:
        assert picture.format == "PNG"


def test_pictures_are_scored_by_folder_and_by_the_mean_over_folders(
    tmp_path: Path, sure: Path
) -> None:
    root = tmp_path / "notes"
    write_pictures(root / "sevens", [("a.png", "7", ""), ("b.png", "7", "")])
    write_pictures(root / "ones", [("a.png", "1", ""), ("b.png", "7", "")])
    write_pictures(root / "blank", [("a.png", "none", "")])
    done = inkling_desk("evaluate", root, "--weights", sure, "--json", "--list")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "kind": "pictures",
        "folders": [
            {"folder": "blank", "count": 1, "right": 1.0, "misread": 0.0, "refused": 0.0},
            {"folder": "ones", "count": 2, "right": 0.5, "misread": 0.5, "refused": 0.0},
            {"folder": "sevens", "count": 2, "right": 1.0, "misread": 0.0, "refused": 0.0},
        ],
        "mean": {"right": 0.8333, "misread": 0.1667, "refused": 0.0},
    }
    assert "misread: ones/a.png: 1 -> 7" in done.stderr


def test_tables_part_digits_numbers_pages_and_negatives(tmp_path: Path, sure: Path) -> None:
    root = tmp_path / "notes"
    write_pictures(root / "one", [("a.png", "7", "")])
    write_pictures(root / "two", [("a.png", "77", ""), ("b.png", "7/7", "")])
    write_pictures(root / "no", [("a.png", "none", ""), ("b.png", "none", "confusable")])
    done = inkling_desk("evaluate", root, "--weights", sure)
    assert done.returncode == 0, done.stderr
    titles = ["Single digits", "Numbers", "Several lines", "Negatives", "Confusable negatives"]
    assert [line for line in done.stdout.splitlines() if line.strip() in titles] == titles


def test_an_unreadable_picture_is_refused_with_a_warning(tmp_path: Path, sure: Path) -> None:
    root = write_pictures(tmp_path / "notes", [("a.png", "7", ""), ("b.png", "7", "")])
    (root / "b.png").write_bytes(b"no picture")
    done = inkling_desk("evaluate", root, "--weights", sure, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["mean"] == {"right": 0.5, "misread": 0.0, "refused": 0.5}
    warnings = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 1
    assert "b.png" in warnings[0]


def test_several_workers_answer_as_one_does(tmp_path: Path, sure: Path) -> None:
    rows = [(f"{number}.png", "7" if number % 3 else "1", "") for number in range(10)]
    root = write_pictures(tmp_path / "notes", rows)
    alone = inkling_desk("evaluate", root, "--weights", sure, "--json")
    several = inkling_desk("evaluate", root, "--weights", sure, "--json", "--workers", 2)
    assert alone.returncode == several.returncode == 0, several.stderr
    assert alone.stdout == several.stdout


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "labels.csv").write_text("a,b\n"), "no column 'file'"),
        (lambda folder: (folder / "a.png").unlink(), "a.png is not in the folder"),
        (lambda folder: (folder / "labels.csv").unlink(), "neither MNIST nor"),
    ],
)
def test_a_damaged_folder_is_one_line_and_exit_1(
    tmp_path: Path, sure: Path, damage: object, said: str
) -> None:
    root = write_pictures(tmp_path / "notes", [("a.png", "7", "")])
    assert callable(damage)
    damage(root)
    done = inkling_desk("evaluate", root, "--weights", sure)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_bad_weights_are_one_line_and_exit_1(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "notes", [("a.png", "7", "")])
    done = inkling_desk("evaluate", root, "--weights", root / "a.png", DEBUG="")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "a.png" in done.stderr


def test_real_mnist_is_read_with_the_shipped_weights(real_mnist: str) -> None:
    done = inkling_desk("evaluate", real_mnist, "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["count"] == 10_000
    assert summary["error"] <= 0.008
    claimed = nn.load(nn.SHIPPED_WEIGHTS).card.accuracy["mnist_test_error"]
    assert summary["error"] == pytest.approx(claimed, abs=1e-4)
