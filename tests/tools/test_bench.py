"""`inkling-desk bench` measures what it says, whatever the times are."""

from pathlib import Path

from tests.tools.desk import inkling_desk, write_mnist, write_sure_network
from tools.bench import legible_note


def test_every_table_is_printed(tmp_path: Path) -> None:
    weights = write_sure_network(tmp_path / "sure.npz", 7)
    mnist = write_mnist(tmp_path / "mnist")
    done = inkling_desk("bench", "--mnist", mnist, "--weights", weights)
    assert done.returncode == 0, done.stderr
    for said in (
        "example by example, 5 epochs",
        "mini-batches, 2 epochs",
        "share of the time (mark: at most 1/20)",
        "these weights against the talk's network",
        "6 digits: the whole reading",
        "most memory used",
    ):
        assert said in done.stdout


def test_a_note_is_found_on_which_every_digit_stands_apart() -> None:
    frame, writing = legible_note("314159")
    assert frame.shape == (480, 640)
    assert len(writing.digits) == 6
