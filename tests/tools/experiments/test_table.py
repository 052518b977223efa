"""The table loses nothing that was finished, however the program ended."""

from dataclasses import replace
from pathlib import Path

import pytest

from tools.errors import BadTable, NotWritten
from tools.experiments.points import Point
from tools.experiments.table import COLUMNS, Table

POINTS = [Point(seed=1), Point(learning_rate=1 / 3, seed=2), Point(activation="relu", layers=2)]
MEASURED = list(zip(POINTS, [0.9512, 0.1, 1.0], strict=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some" / "folder" / "experiment.csv"


def test_what_was_added_is_known_again_exactly(path: Path) -> None:
    table = Table(path, "abc")
    table.add(MEASURED[:1])
    table.add(MEASURED[1:])
    assert Table(path, "abc").accuracies == table.accuracies == dict(MEASURED)


def test_the_first_line_names_every_parameter(path: Path) -> None:
    Table(path, "abc").add(MEASURED[:1])
    assert path.read_text().splitlines() == [
        "learning_rate,epochs,hidden_nodes,examples,rotation_deg,layers,activation,batch_size,"
        "seed,digits,accuracy",
        "0.1,5,200,30000,0.0,1,sigmoid,1,1,abc,0.9512",
    ]


def test_wherever_writing_was_cut_the_whole_lines_before_are_kept(path: Path) -> None:
    Table(path, "abc").add(MEASURED)
    content = path.read_bytes()
    ends = [at + 1 for at, byte in enumerate(content) if byte == ord("\n")]
    for cut in range(len(content) + 1):
        path.write_bytes(content[:cut])
        table = Table(path, "abc")
        rows = max(0, sum(end <= cut for end in ends) - 1)
        assert table.accuracies == dict(MEASURED[:rows])
        assert table.was_torn == (cut not in (0, *ends))
        table.add(MEASURED[rows:])
        assert path.read_bytes() == content


@pytest.mark.parametrize("content", [b"file,label,notes\n1,2,3\n", b"\xff\xd8\xff", b"learning"])
def test_a_foreign_file_is_refused_and_left_as_it_was(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content + b"\n")
    with pytest.raises(BadTable, match="no table of experiments"):
        Table(path, "abc")
    assert path.read_bytes() == content + b"\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("0.1,5,200,30000,0.0,1,sigmoid,1,1,abc,1.5", "accuracy 1.5 is not from 0 to 1"),
        ("0.1,5,200,30000,0.0,1,sigmoid,1,1,abc,nan", "accuracy nan"),
        ("0.1,five,200,30000,0.0,1,sigmoid,1,1,abc,0.5", "'five'"),
        ("0.1,5", "shorter"),
    ],
)
def test_a_damaged_line_is_told_by_its_number(path: Path, line: str, told: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f"{','.join(COLUMNS)}\n{line}\n")
    with pytest.raises(BadTable, match=rf"csv:2: .*{told}.*delete this line"):
        Table(path, "abc")


def test_points_of_other_digits_are_kept_and_not_mixed_in(path: Path) -> None:
    Table(path, "abc").add(MEASURED[:2])
    other = Table(path, "def")
    assert other.accuracies == {}
    other.add([(POINTS[0], 0.5)])
    assert Table(path, "abc").accuracies == dict(MEASURED[:2])
    assert Table(path, "def").accuracies == {POINTS[0]: 0.5}


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritten, match=r"experiment\.csv: cannot be written"):
        Table(tmp_path / "file" / "experiment.csv", "abc")


def test_a_point_is_known_by_all_of_its_parameters(path: Path) -> None:
    table = Table(path, "abc")
    table.add([(Point(), 0.5)])
    changed = [{name: getattr(Point(), name) * 2} for name in COLUMNS[:6]]
    changed += [{"activation": "tanh"}, {"batch_size": 2}, {"seed": 2}]
    assert not any(replace(Point(), **change) in table.accuracies for change in changed[:4])
    assert replace(Point(), rotation_deg=1.0) not in table.accuracies
