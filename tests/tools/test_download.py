"""MNIST is fetched whole from mirrors that cut, stall and lie, or not at all."""

import gzip
import hashlib
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.tools.mirror import Answer, Mirror, Request, mirror
from tools.download import FILES, RemoteFile, fetch_mnist
from tools.errors import DownloadFailed

CONTENT = np.random.default_rng(1).integers(0, 256, 20_000, dtype=np.uint8).tobytes()
OTHER = np.random.default_rng(2).integers(0, 256, 20_000, dtype=np.uint8).tobytes()
PACKED = gzip.compress(CONTENT)
FILE = RemoteFile("digits.gz", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
STALL_S = 0.2


def whole(request: Request) -> None:
    request.send_range(PACKED)


def fetch(folder: Path, *mirrors: Mirror, file: RemoteFile = FILE) -> bytes:
    urls = [each.url for each in mirrors]
    fetch_mnist(folder, mirrors=urls, files=[file], stall_s=STALL_S)
    assert [path.name for path in folder.iterdir()] == [file.name], "something was left over"
    return gzip.decompress((folder / file.name).read_bytes())


def in_turn(*answers: Answer) -> Answer:
    """Answer the first request with the first, and so on; the last one stays."""
    rest = list(answers)
    return lambda request: (rest.pop(0) if len(rest) > 1 else rest[0])(request)


def test_a_good_mirror_is_asked_once_and_the_file_is_kept(tmp_path: Path) -> None:
    with mirror(whole) as good:
        assert fetch(tmp_path, good) == CONTENT
        assert fetch(tmp_path, good) == CONTENT
        assert good.asked == [("/digits.gz", None)]


def test_a_cut_download_is_resumed_where_it_was_cut(tmp_path: Path) -> None:
    def cut(request: Request) -> None:
        request.send_range(PACKED, upto=request.start() + 6000)

    with mirror(cut) as cutting:
        assert fetch(tmp_path, cutting) == CONTENT
    ranges = [asked for _, asked in cutting.asked]
    assert ranges == [None, "bytes=6000-", "bytes=12000-", "bytes=18000-"]


def test_what_an_earlier_run_left_is_resumed(tmp_path: Path) -> None:
    (tmp_path / "digits.gz.part").write_bytes(PACKED[:7000])
    with mirror(whole) as good:
        assert fetch(tmp_path, good) == CONTENT
    assert good.asked == [("/digits.gz", "bytes=7000-")]


def test_a_server_that_ignores_the_range_starts_over(tmp_path: Path) -> None:
    (tmp_path / "digits.gz.part").write_bytes(PACKED[:7000])
    with mirror(lambda request: request.send(PACKED)) as simple:
        assert fetch(tmp_path, simple) == CONTENT


def test_a_file_that_changed_between_two_halves_is_fetched_whole(tmp_path: Path) -> None:
    (tmp_path / "digits.gz.part").write_bytes(gzip.compress(OTHER)[:7000])
    with mirror(whole) as good:
        assert fetch(tmp_path, good) == CONTENT
    assert [asked for _, asked in good.asked] == ["bytes=7000-", None]


def test_a_leftover_longer_than_the_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "digits.gz.part").write_bytes(PACKED + b"more")
    with mirror(whole) as good:
        assert fetch(tmp_path, good) == CONTENT


def test_another_range_than_asked_for_is_not_appended(tmp_path: Path) -> None:
    (tmp_path / "digits.gz.part").write_bytes(PACKED[:7000])
    with mirror(lambda request: request.send_range(PACKED, shift=5)) as shifting:
        with pytest.raises(DownloadFailed, match="another range than asked for"):
            fetch(tmp_path, shifting)
        assert not list(tmp_path.iterdir())


def test_a_stalled_connection_is_given_up_for_the_next_mirror(tmp_path: Path) -> None:
    def stall(request: Request) -> None:
        request.send(b"", length=len(PACKED))
        server = request.server
        assert isinstance(server, Mirror)
        server.released.wait()

    with mirror(stall) as stalling, mirror(whole) as good:
        assert fetch(tmp_path, stalling, good) == CONTENT
    assert len(stalling.asked) == len(good.asked) == 1


def test_a_trickle_counts_as_stalled(tmp_path: Path) -> None:
    hung_up = threading.Event()

    def trickle(request: Request) -> None:
        request.send(b"", length=len(PACKED))
        try:
            for byte in PACKED:
                request.wfile.write(bytes([byte]))
                hung_up.wait(STALL_S / 4)
        except OSError:
            hung_up.set()

    with mirror(trickle) as trickling, mirror(whole) as good:
        assert fetch(tmp_path, trickling, good) == CONTENT
        assert hung_up.wait(10), "the connection was left open"


def test_a_mirror_that_cuts_without_end_is_left(tmp_path: Path) -> None:
    def cut(request: Request) -> None:
        request.send_range(PACKED, upto=request.start() + 10)

    with mirror(cut) as cutting, pytest.raises(DownloadFailed, match="cut 6 times"):
        fetch(tmp_path, cutting)
    with mirror(whole) as good:  # and what it gave is not lost
        assert fetch(tmp_path, good) == CONTENT
        assert good.asked == [("/digits.gz", "bytes=60-")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(OTHER), "has SHA-256 .* unpacked, should be .*deleted"),
        (gzip.compress(CONTENT[:-1]), "has SHA-256 .*deleted"),
        (gzip.compress(CONTENT + b"\0"), "unpacks to more than 20000 bytes; deleted"),
        (gzip.compress(bytes(5_000_000)), "unpacks to more than 20000 bytes; deleted"),
        (PACKED[:-9], "not a whole gzip file; deleted"),
        (PACKED[:5000] + b"\xff" * 100 + PACKED[5100:], "gzip file|SHA-256"),
        (b"<html>Please log in to this network</html>", "not a whole gzip file; deleted"),
        (b"", "not a whole gzip file; deleted|should be"),
        (PACKED + bytes(2000), "too many for this file"),
    ],
    ids=["other", "short", "long", "bomb", "torn", "garbled", "login page", "empty", "too large"],
)
def test_wrong_bytes_are_deleted_and_named(tmp_path: Path, content: bytes, said: str) -> None:
    def lie(request: Request) -> None:
        request.send(content)

    with mirror(lie) as lying, pytest.raises(DownloadFailed, match=said):
        fetch(tmp_path, lying)
    assert not list(tmp_path.iterdir())


def test_endless_content_of_no_announced_length_ends_at_the_bound(tmp_path: Path) -> None:
    sent: list[int] = []

    def endless(request: Request) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while len(sent) < 10_000:
                request.wfile.write(bytes(4096))
                sent.append(4096)
        except OSError:
            pass

    with mirror(endless) as lying, pytest.raises(DownloadFailed, match="sends more than"):
        fetch(tmp_path, lying)
    assert not list(tmp_path.iterdir())
    assert len(sent) < 10_000, "it read on past every bound"


@pytest.mark.parametrize("status", [404, 403, 500, 503])
def test_an_error_leads_to_the_next_mirror(tmp_path: Path, status: int) -> None:
    with mirror(lambda r: r.send(b"sorry", status=status)) as failing, mirror(whole) as good:
        assert fetch(tmp_path, failing, good) == CONTENT


def test_a_redirect_is_followed(tmp_path: Path) -> None:
    with mirror(whole) as good, mirror(lambda r: r.redirect(good.url + "digits.gz")) as moved:
        assert fetch(tmp_path, moved) == CONTENT


def test_a_redirect_in_a_circle_is_an_error(tmp_path: Path) -> None:
    def return_to_it(request: Request) -> None:
        request.redirect(request.path)

    with mirror(return_to_it) as circle, pytest.raises(DownloadFailed, match="302"):
        fetch(tmp_path, circle)


def test_every_mirror_that_failed_is_named_in_one_line(tmp_path: Path) -> None:
    with mirror(lambda r: r.send(b"", status=404)) as one:
        nobody = "http://127.0.0.1:1/"
        with pytest.raises(DownloadFailed) as caught:
            fetch_mnist(tmp_path, mirrors=[one.url, nobody], files=[FILE], stall_s=STALL_S)
    said = str(caught.value)
    assert "404" in said
    assert nobody in said
    assert "--mnist" in said
    assert "\n" not in said


def test_a_damaged_cached_file_is_deleted_and_fetched_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "digits.gz").write_bytes(PACKED[:-20])
    with mirror(whole) as good:
        assert fetch(tmp_path, good) == CONTENT
    assert "not a whole gzip file; deleted, and fetched again" in capsys.readouterr().err


def test_the_second_mirror_goes_on_where_the_first_was_cut(tmp_path: Path) -> None:
    first = in_turn(
        lambda request: request.send_range(PACKED, upto=9000),
        lambda request: request.send(b"", status=503),
    )
    with mirror(first) as dying, mirror(whole) as good:
        assert fetch(tmp_path, dying, good) == CONTENT
    assert good.asked == [("/digits.gz", "bytes=9000-")]


def test_the_four_files_are_named_with_the_published_sums() -> None:
    assert [file.name.split("-")[0] for file in FILES] == ["train", "train", "t10k", "t10k"]
    assert FILES[0].sha256.startswith("ba891046")
    assert all(len(bytes.fromhex(file.sha256)) == 32 for file in FILES)
