"""`inkling-desk report`, run as a user runs it."""

from pathlib import Path

import pytest

from tests.tools.desk import write_bar_network, write_mnist, write_sure_network
from tools.__main__ import main


@pytest.fixture(scope="module")
def mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mnist(tmp_path_factory.mktemp("mnist") / "bars")


def test_several_networks_stand_on_one_page(
    mnist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bars = write_bar_network(tmp_path / "bars.npz")
    sure = write_sure_network(tmp_path / "sure.npz", 3)
    out = tmp_path / "new folder" / "mind.html"
    assert main(["report", str(bars), str(sure), "--mnist", str(mnist), "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert text.index("<h2>bars</h2>") < text.index("<h2>sure</h2>")
    assert capsys.readouterr().out.startswith(f"{out}: ")
    assert [path.name for path in out.parent.iterdir()] == ["mind.html"]


def test_the_same_networks_give_the_same_page(mnist: Path, tmp_path: Path) -> None:
    bars = write_bar_network(tmp_path / "bars.npz")
    for name in ("a.html", "b.html"):
        out = str(tmp_path / name)
        assert main(["report", str(bars), "--mnist", str(mnist), "--out", out]) == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_page_that_was_there_stays_when_a_network_is_bad(
    mnist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, bad = tmp_path / "mind.html", tmp_path / "bad.npz"
    out.write_text("old", encoding="utf-8")
    bad.write_bytes(b"no network")
    assert main(["report", str(bad), "--mnist", str(mnist), "--out", str(out)]) == 1
    assert capsys.readouterr().err.startswith(f"inkling-desk: {bad}: ")
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.npz", "mind.html"]


def test_a_folder_cannot_be_the_page(
    mnist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bars = write_bar_network(tmp_path / "bars.npz")
    assert main(["report", str(bars), "--mnist", str(mnist), "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"inkling-desk: --out {tmp_path}: is a folder; give a file that ends in .html\n"
    )


@pytest.mark.usefixtures("powerless")
def test_a_folder_without_leave_to_write_is_told(
    mnist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bars = write_bar_network(tmp_path / "bars.npz")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    out = locked / "mind.html"
    assert main(["report", str(bars), "--mnist", str(mnist), "--out", str(out)]) == 1
    assert "permission denied" in capsys.readouterr().err
