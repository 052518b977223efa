"""Whom the page of a real daemon answers, and whom it doesn't."""

import base64
import contextlib
import io
import socket
import struct
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from device.page.doing import MOST_UPLOADS
from device.page.password import make_hash
from device.page.server import MOST_CONNECTIONS
from tests.device.appliance import PATIENCE_S, wait_until
from tests.device.page_daemon import START_S, PageDaemon, png, serving

PASSWORD = "a rather good one"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageDaemon]:
    folder = tmp_path_factory.mktemp("page")
    with serving(folder, 'page.hosts=["ink.example"]') as running:
        yield running
        assert running.ask("GET", "/api/state").status == 200, "it has not survived"
        assert "Traceback" not in running.log


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageDaemon]:
    words = [f"page.password_hash={make_hash(PASSWORD)}", "page.address=0.0.0.0"]
    with serving(tmp_path_factory.mktemp("locked"), *words) as running:
        yield running
        assert "Traceback" not in running.log


def get(daemon: PageDaemon, path: str, *headers: str, host: str = "localhost") -> int:
    return daemon.status_of("\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers]))


# --- names and sites ---


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "ink.example", "INK.example:1"])
def test_its_own_names_are_answered(daemon: PageDaemon, host: str) -> None:
    assert get(daemon, "/api/state", host=host) == 200


@pytest.mark.parametrize("path", ["/", "/api/state", "/metrics", "/nothing"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.1.2.3", "[::2]"])
def test_foreign_names_are_refused(daemon: PageDaemon, path: str, host: str) -> None:
    assert get(daemon, path, host=host) == 403


def test_one_host_is_wanted_and_no_more(daemon: PageDaemon) -> None:
    assert daemon.status_of("GET /api/state HTTP/1.1") == 400
    assert get(daemon, "/api/state", "Host: evil.example") == 400


@pytest.mark.parametrize(
    "header",
    [
        "Origin: http://evil.example",
        "Origin: http://localhost:81",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ],
)
@pytest.mark.parametrize(
    "request_line",
    ["GET /api/frame.jpg", "GET /api/events", "POST /api/press", "DELETE /api/note"],
)
def test_other_sites_are_refused(daemon: PageDaemon, header: str, request_line: str) -> None:
    request = f"{request_line} HTTP/1.1\nHost: localhost\nContent-Type: application/json\n{header}"
    assert daemon.status_of(request) == 403


def test_a_link_from_elsewhere_may_lead_to_the_page(daemon: PageDaemon) -> None:
    assert get(daemon, "/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate") == 200


def test_a_form_of_another_site_has_no_type_that_is_taken(daemon: PageDaemon) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert daemon.ask("POST", "/api/press", b"{}", kind=kind).status == 415
        assert daemon.ask("POST", "/api/note", b"{}", kind=kind).status == 415


@pytest.mark.parametrize("path", ["/", "/style.css", "/api/state", "/nothing", "/api/frame.jpg"])
def test_every_answer_forbids_what_the_page_does_not_need(daemon: PageDaemon, path: str) -> None:
    headers = daemon.ask("GET", path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers
    assert not [name for name in headers if name.startswith("access-control-")]


# --- paths ---


@pytest.mark.parametrize(
    "path",
    [
        "/../device/config.py",
        "/%2e%2e/config.toml",
        "/..%2fconfig.toml",
        "/....//config.toml",
        "/static/../page.py",
        "//etc/passwd",
        "/page.js/../server.py",
        "/.hidden",
        "/openapi.json",
        "/index.html%00.css",
        "/\\windows",
        "/api/readings/..%2f..%2fstate",
        "/api/readings/../../etc/passwd/picture.png",
        "/api/readings/000001-00000000%00/picture.png",
        "/api/readings/%ff%fe",
    ],
)
def test_no_path_leads_out(daemon: PageDaemon, path: str) -> None:
    assert get(daemon, path) in (400, 404)


# --- bodies ---


def post(daemon: PageDaemon, path: str, kind: str, length: int, body: bytes = b"") -> int:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    answer = daemon.raw(head.encode(), body, patience_s=5.0)
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("length", [20_000_000, 10**12, 10**30])
def test_a_body_that_is_too_large_is_refused_before_it_is_there(
    daemon: PageDaemon, length: int
) -> None:
    assert post(daemon, "/api/note", "image/png", length) in (400, 413)
    assert post(daemon, "/api/press", "application/json", length) in (400, 413)


def test_who_sends_a_large_body_anyway_hears_the_refusal(daemon: PageDaemon) -> None:
    assert daemon.ask("POST", "/api/press", b" " * 1_000_000).status == 413
    assert daemon.ask("POST", "/api/read", b" " * 9_000_000, kind="image/png").status == 413


def test_a_chunked_body_is_bounded_too(daemon: PageDaemon) -> None:
    head = (
        b"POST /api/read HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"
    before = daemon.memory_mb()
    answer = daemon.raw(head, *[chunk] * 40, b"0\r\n\r\n")
    assert b" 200 " not in answer
    assert b"the picture" not in answer, "it was collected and looked at"
    assert daemon.memory_mb() < before + 60


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"hold": 1}',
        b'{"hold": true, "more": 1}',
        b"\xff\xfe",
        b"[" * 4000,
        b'{"hold": ' + b"9" * 4000,
    ],
)
def test_a_malformed_body_is_refused(daemon: PageDaemon, body: bytes) -> None:
    assert daemon.ask("POST", "/api/press", body).status == 400


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/press HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1, 2\r\n\r\n{}",
        b"POST /api/press HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n bad: folded\r\n\r\n",
        b"A" * 200_000,
    ],
)
def test_what_is_no_request_gets_no_page_and_does_no_harm(daemon: PageDaemon, raw: bytes) -> None:
    answer = daemon.raw(raw, patience_s=2.0)
    assert b"<html" not in answer
    assert b"pressed" not in answer
    assert daemon.ask("GET", "/api/session").status == 200


# --- pictures ---


def bomb(columns: int, rows: int) -> bytes:
    """A PNG of few bytes that says it has many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    row = bytes(min(columns, 50_000) + 1)
    pixels = b"".join(packer.compress(row) for _ in range(min(rows, 3000)))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + chunk(b"IDAT", pixels + packer.flush())
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (20_000, 3_000)])
@pytest.mark.parametrize("path", ["/api/note", "/api/read"])
def test_an_image_bomb_is_not_decoded(daemon: PageDaemon, path: str, size: tuple[int, int]) -> None:
    before = daemon.memory_mb()
    answer = daemon.ask("POST", path, bomb(*size), kind="image/png")
    assert (answer.status, "too large" in answer.form["error"]) == (400, True)
    assert daemon.memory_mb() < before + 40


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", b"<svg/>"]
)
def test_what_is_no_picture_is_refused(daemon: PageDaemon, content: bytes) -> None:
    assert daemon.ask("POST", "/api/read", content, kind="image/png").status == 400


def test_a_small_picture_is_refused(daemon: PageDaemon) -> None:
    file = io.BytesIO()
    Image.new("L", (20, 20)).save(file, "PNG")
    assert daemon.ask("POST", "/api/note", file.getvalue(), kind="image/png").status == 400


def test_uploads_that_never_come_to_an_end_leave_the_rest_alone(
    daemon: PageDaemon, tmp_path: Path
) -> None:
    head = (
        b"POST /api/read HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
        b"Content-Length: 5000000\r\n\r\n"
    )
    slow: list[socket.socket] = []

    def is_refused_beside_one_more() -> bool:
        slow.append(socket.create_connection(("127.0.0.1", daemon.port)))
        slow[-1].sendall(head + b"some")
        return daemon.ask("POST", "/api/read", b"x", kind="image/png").status == 429

    try:
        wait_until(is_refused_beside_one_more)
        assert len(slow) >= MOST_UPLOADS
        assert daemon.ask("GET", "/api/state").status == 200
    finally:
        for connection in slow:
            connection.close()
    picture = png(tmp_path)
    wait_until(lambda: daemon.ask("POST", "/api/read", picture, kind="image/png").status == 200)


# --- connections ---


def test_too_many_connections_are_closed_and_room_comes_again(daemon: PageDaemon) -> None:
    idle = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(250)]
    try:
        closed = 0
        for connection in idle:
            connection.settimeout(0.05)
            with contextlib.suppress(TimeoutError, ConnectionError):
                closed += connection.recv(1) == b""
        assert closed >= 250 - MOST_CONNECTIONS
    finally:
        for connection in idle:
            connection.close()
    wait_until(lambda: _answers(daemon))


def _answers(daemon: PageDaemon) -> bool:
    try:
        return daemon.ask("GET", "/api/session").status == 200
    except OSError:
        return False


def test_who_dawdles_over_a_request_is_dropped(daemon: PageDaemon) -> None:
    with socket.create_connection(("127.0.0.1", daemon.port), 40.0) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert connection.recv(100) == b""


def test_a_watcher_who_does_not_listen_is_dropped_and_nobody_waits_for_him(
    daemon: PageDaemon, tmp_path: Path
) -> None:
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    deaf.connect(("127.0.0.1", daemon.port))
    deaf.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    try:
        daemon.lay(png(tmp_path))
        assert daemon.press()["number"] == "7"
        with daemon.events() as stream:
            stream.wait_for("frame")
            stream.wait_for("frame")
    finally:
        deaf.close()
    wait_until(lambda: daemon.ask("GET", "/api/state").form["watchers"]["number"] == 0)


# --- passwords ---


def session(daemon: PageDaemon, password: str = PASSWORD) -> dict[str, str]:
    """Give the password; return the headers of the session."""
    answer = daemon.ask("POST", "/api/session", {"password": password})
    assert answer.status == 204, answer
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    return {"Cookie": cookie.partition(";")[0]}


CLOSED = [
    ("GET", "/api/state"),
    ("GET", "/api/events"),
    ("GET", "/api/frame.jpg"),
    ("POST", "/api/press"),
    ("POST", "/api/note"),
    ("DELETE", "/api/note"),
    ("POST", "/api/note/next"),
    ("POST", "/api/read"),
    ("GET", "/api/readings"),
    ("GET", "/api/readings/000001-00000000"),
    ("GET", "/api/readings/000001-00000000/picture.png"),
    ("GET", "/api/readings/000001-00000000/why"),
    ("PUT", "/api/readings/000001-00000000/correction"),
    ("DELETE", "/api/readings/000001-00000000"),
    ("GET", "/api/imagined/7"),
    ("GET", "/api/corrections.zip"),
    ("GET", "/api/health"),
    ("GET", "/api/openapi.json"),
    ("GET", "/metrics"),
]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_without_the_password_nothing_is_shown(locked: PageDaemon, method: str, path: str) -> None:
    assert locked.ask(method, path).status == 401
    assert locked.ask(method, path, headers={"Cookie": "inkling=guess"}).status == 401


def test_the_page_itself_comes_without_it_and_asks_for_it(locked: PageDaemon) -> None:
    assert locked.ask("GET", "/").status == 200
    assert locked.ask("GET", "/api/session").form == {
        "needed": True,
        "open": False,
        "expires_s": None,
    }


def test_with_the_password_all_is_shown_until_the_session_ends(locked: PageDaemon) -> None:
    headers = session(locked)
    assert locked.ask("GET", "/api/state", headers=headers).status == 200
    assert locked.ask("GET", "/api/session", headers=headers).form["open"]
    with locked.events(headers) as stream:
        stream.wait_for("hello")
        assert locked.ask("DELETE", "/api/session", headers=headers).status == 204
        stream.wait_for_its_end()
    assert locked.ask("GET", "/api/state", headers=headers).status == 401


def test_prometheus_may_send_the_password_along(locked: PageDaemon) -> None:
    secret = base64.b64encode(f"any:{PASSWORD}".encode()).decode()
    for _ in range(2):
        answer = locked.ask("GET", "/metrics", headers={"Authorization": f"Basic {secret}"})
        assert answer.status == 200
    answer = locked.ask("GET", "/metrics", headers={"Authorization": "Basic !"})
    assert answer.status == 401
    assert locked.ask("GET", "/metrics").headers["www-authenticate"].startswith("Basic")


def test_wrong_passwords_are_slowed_down_and_none_slips_through_meanwhile(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, f"page.password_hash={make_hash(PASSWORD)}") as daemon:
        wrong = {"password": "wrong"}
        statuses = [daemon.ask("POST", "/api/session", wrong).status for _ in range(8)]
        assert statuses[:3] == [403, 403, 403]
        assert 429 in statuses
        refusal = daemon.ask("POST", "/api/session", {"password": PASSWORD})
        assert refusal.status == 429
        wait_s = int(refusal.headers["retry-after"])
        assert 1 <= wait_s <= 60
        end_s = time.monotonic() + 2 * wait_s + PATIENCE_S
        while daemon.ask("POST", "/api/session", {"password": PASSWORD}).status == 429:
            assert time.monotonic() < end_s
            time.sleep(0.2)
        session(daemon)


def test_a_household_behind_one_address_is_let_in_all_at_once(locked: PageDaemon) -> None:
    """After a restart every open page asks for the password again."""
    right = {"password": PASSWORD}
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: locked.ask("POST", "/api/session", right), range(12)))
    assert {answer.status for answer in answers} == {204}


def test_of_many_wrong_passwords_at_once_none_slips_through(tmp_path: Path) -> None:
    with serving(tmp_path, f"page.password_hash={make_hash(PASSWORD)}") as daemon:
        wrong = {"password": "wrong"}
        with ThreadPoolExecutor(12) as pool:
            asked = pool.map(lambda _: daemon.ask("POST", "/api/session", wrong), range(12))
            statuses = [answer.status for answer in asked]
        assert statuses.count(403) == 3
        assert statuses.count(429) == 9


def test_a_session_ends_by_itself_and_its_stream_with_it(tmp_path: Path) -> None:
    words = [f"page.password_hash={make_hash(PASSWORD)}", "page.session_h=0.01"]
    with serving(tmp_path, *words) as daemon:
        headers = session(daemon)
        left_s = daemon.ask("GET", "/api/session", headers=headers).form["expires_s"]
        assert 0 < left_s <= 36
        with daemon.events(headers) as stream:
            stream.wait_for("hello")
            stream.wait_for_its_end(left_s + START_S)
        assert daemon.ask("GET", "/api/state", headers=headers).status == 401


def test_open_to_the_network_without_a_password_is_refused_in_one_line(tmp_path: Path) -> None:
    words = r'\[page\]: address is "0.0.0.0" and there is no password_hash'
    with (
        pytest.raises(AssertionError, match=words),
        serving(tmp_path, "page.address=0.0.0.0"),
    ):
        pass
