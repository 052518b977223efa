"""The page of a real daemon, asked as a browser asks it."""

import base64
import io
import json
import signal
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from device.page.shelf import read_story
from tests.device.appliance import wait_until
from tests.device.page_daemon import PageDaemon, png, serving


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageDaemon]:
    with serving(tmp_path_factory.mktemp("page"), "page.history=5") as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def refuse(daemon: PageDaemon, folder: Path) -> Any:
    """Press with blank paper under the camera; return the reading once it is kept."""
    daemon.lay(png(folder, blank=True))
    reading = daemon.press()
    assert reading["refusal"] == "nothing written"
    wait_until(lambda: daemon.ask("GET", f"/api/readings/{reading['id']}").form["kept"])
    return reading


def test_the_page_is_there(daemon: PageDaemon) -> None:
    answer = daemon.ask("GET", "/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    etag = answer.headers["etag"]
    assert daemon.ask("GET", "/", headers={"If-None-Match": etag}).status == 304


def test_a_drawn_note_is_pressed_and_read_and_lights_the_pins(
    daemon: PageDaemon, folder: Path
) -> None:
    daemon.lay(png(folder))
    with daemon.events() as stream:
        hello = stream.wait_for("hello")
        assert hello["note"] == {"simulated": True, "title": "your own note", "own": True}
        daemon.ask("POST", "/api/press", {})
        reading = stream.wait_for("reading", number="7")
        stream.wait_for("board", seven_segment="abc")
    assert reading["title"] == "your own note"
    assert len(reading["digits"]) == 1
    listed = daemon.ask("GET", "/api/readings").form["readings"]
    assert listed[0] == reading
    picture = daemon.ask("GET", f"/api/readings/{reading['id']}/picture.png")
    with Image.open(io.BytesIO(picture.body)) as image:
        assert image.size == (reading["width"], reading["height"])


def test_why_says_for_each_pixel_what_it_spoke_for(daemon: PageDaemon, folder: Path) -> None:
    daemon.lay(png(folder))
    reading = daemon.press()
    why = daemon.ask("GET", f"/api/readings/{reading['id']}/why?digit=0").form
    assert (why["digit"], len(why["spoke"]), len(why["spoke"][0])) == (7, 28, 28)
    assert daemon.ask("GET", f"/api/readings/{reading['id']}/why?digit=1").status == 404


def test_it_shows_what_the_network_imagines_a_digit_to_be(daemon: PageDaemon) -> None:
    imagined = daemon.ask("GET", "/api/imagined/7").form
    assert (imagined["digit"], len(base64.b64decode(imagined["picture"]))) == (7, 784)


def test_many_who_want_the_same_reasons_are_all_answered(daemon: PageDaemon, folder: Path) -> None:
    """As when a press is answered before thirty open pages."""
    daemon.lay(png(folder))
    path = f"/api/readings/{daemon.press()['id']}"
    wanted = [f"{path}/why", "/api/imagined/8", f"{path}/picture.png"] * 30
    with ThreadPoolExecutor(len(wanted)) as pool:
        statuses = list(pool.map(lambda each: daemon.ask("GET", each).status, wanted))
    assert set(statuses) == {200}


def test_the_live_picture_comes_with_its_digits_and_what_to_do(
    daemon: PageDaemon, folder: Path
) -> None:
    daemon.lay(png(folder))
    with daemon.events() as stream:
        frame = stream.wait_for("frame", live=True, answer="7")
        assert [box["digit"] for box in frame["boxes"]] == [7]
        assert [advice["kind"] for advice in frame["advice"]] == ["ok"]
        picture = daemon.ask("GET", f"/api/frame.jpg?number={frame['number']}")
    with Image.open(io.BytesIO(picture.body)) as image:
        assert (image.format, image.size) == ("JPEG", (frame["width"], frame["height"]))


def encoded(daemon: PageDaemon) -> str:
    lines = daemon.ask("GET", "/metrics").body.decode().splitlines()
    return next(line for line in lines if line.startswith("inkling_pictures_encoded_total"))


def test_nothing_is_encoded_while_nobody_asks(daemon: PageDaemon) -> None:
    with daemon.events() as stream:
        stream.wait_for("frame")
        before = encoded(daemon)
        stream.wait_for("frame")
        stream.wait_for("frame")
    assert encoded(daemon) == before


def test_who_watches_is_told_and_shown_by_the_light(daemon: PageDaemon) -> None:
    wait_until(lambda: daemon.ask("GET", "/api/state").form["watchers"]["number"] == 0)
    with daemon.events() as first:
        first.wait_for("watchers", number=1)
        with daemon.events() as second:
            you = second.wait_for("hello")["you"]
            both = first.wait_for("watchers", number=2)["watchers"]
            assert [each["id"] for each in both].count(you) == 1
        first.wait_for("watchers", number=1)
    wait_until(lambda: daemon.ask("GET", "/api/state").form["watchers"]["number"] == 0)


def test_who_fetches_pictures_without_listening_counts_as_watching(daemon: PageDaemon) -> None:
    with daemon.events() as stream:
        stream.wait_for("frame")
    wait_until(lambda: daemon.ask("GET", "/api/state").form["watchers"]["number"] == 0)
    assert daemon.ask("GET", "/api/frame.jpg").status == 200
    assert daemon.ask("GET", "/api/state").form["watchers"]["number"] == 1


def test_a_refusal_is_kept_with_its_picture_and_corrected_for_good(
    daemon: PageDaemon, folder: Path
) -> None:
    reading = refuse(daemon, folder)
    path = f"/api/readings/{reading['id']}"
    corrected = daemon.ask("PUT", f"{path}/correction", {"number": "47"})
    assert corrected.form["correction"] == {"number": "47"}

    story = read_story(daemon.kept / f"{reading['id']}.png")
    assert story is not None
    assert story["correction"] == {"number": "47"}

    with zipfile.ZipFile(io.BytesIO(daemon.ask("GET", "/api/corrections.zip").body)) as archive:
        assert archive.testzip() is None
        labels = archive.read("labels.csv").decode()
        assert f"{reading['id']}.png,47,read as refused: nothing written" in labels
        assert f"{reading['id']}.png" in archive.namelist()

    back = daemon.ask("DELETE", f"{path}/correction").form
    assert (back["correction"], back["kept"]) == (None, True)
    assert daemon.ask("DELETE", path).status == 204
    assert daemon.ask("GET", path).status == 404
    assert not (daemon.kept / f"{reading['id']}.png").exists()


def test_a_wrong_answer_is_no_digit_after_one_request(daemon: PageDaemon, folder: Path) -> None:
    daemon.lay(png(folder))
    reading = daemon.press()
    path = f"/api/readings/{reading['id']}"
    assert not reading["kept"]
    with daemon.events() as stream:
        stream.wait_for("hello")
        daemon.ask("PUT", f"{path}/correction", {"number": None})
        told = stream.wait_for("reading", id=reading["id"])
    assert (told["correction"], told["kept"]) == ({"number": None}, True)
    assert daemon.ask("GET", f"{path}/picture.png").status == 200
    daemon.ask("DELETE", path)


def test_history_forgets_the_oldest_and_says_so(daemon: PageDaemon, folder: Path) -> None:
    daemon.lay(png(folder))
    first = daemon.press()
    with daemon.events() as stream:
        stream.wait_for("hello")
        for _ in range(5):
            daemon.press()
        stream.wait_for("removed", id=first["id"])
    assert daemon.ask("GET", f"/api/readings/{first['id']}").status == 404


def test_a_posted_picture_is_read_without_the_board(daemon: PageDaemon, folder: Path) -> None:
    before = daemon.ask("GET", "/api/readings").form["readings"]
    answer = daemon.ask("POST", "/api/read", png(folder), kind="image/png").form
    assert (answer["number"], answer["id"]) == ("7", None)
    assert daemon.ask("GET", "/api/readings").form["readings"] == before


def test_the_pile_gives_its_next_note(daemon: PageDaemon, folder: Path) -> None:
    daemon.lay(png(folder))
    assert daemon.ask("POST", "/api/note/next").form["title"] == "note.png"
    daemon.lay(png(folder))
    assert daemon.ask("DELETE", "/api/note").form == {
        "simulated": True,
        "title": "note.png",
        "own": False,
    }


def test_a_hold_is_a_hold(tmp_path: Path) -> None:
    words = ["board.hold=live", "board.hold_s=0.5"]
    with serving(tmp_path, *words) as daemon, daemon.events() as stream:
        assert stream.wait_for("hello")["hold"] == "live"
        daemon.ask("POST", "/api/press", {"hold": True})
        stream.wait_for("state", state="live")
        stream.wait_for("frame", answer="7")
        reading = stream.wait_for("reading", number="7")
        assert daemon.ask("GET", "/api/readings").form["readings"] == [reading]


def test_after_a_restart_the_corrections_are_there_and_new_readings_have_new_names(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as daemon:
        reading = refuse(daemon, tmp_path)
        daemon.ask("PUT", f"/api/readings/{reading['id']}/correction", {"number": "3"})
        daemon.kill()
    with serving(tmp_path) as daemon:
        old = daemon.ask("GET", f"/api/readings/{reading['id']}").form
        assert (old["correction"], old["picture"]) == ({"number": "3"}, True)
        assert daemon.ask("GET", f"/api/readings/{reading['id']}/picture.png").status == 200
        again = daemon.ask("DELETE", f"/api/readings/{reading['id']}/correction").form
        assert again["kept"]
        daemon.lay(png(tmp_path))
        assert daemon.press()["id"] > reading["id"]
        assert daemon.end() == 0


def test_killed_in_the_midst_of_corrections_nothing_is_torn(tmp_path: Path) -> None:
    with serving(tmp_path) as daemon:
        name = refuse(daemon, tmp_path)["id"]
        said: list[str] = []

        def correct() -> None:
            for number in range(10_000):
                try:
                    form = {"number": str(number)}
                    answer = daemon.ask("PUT", f"/api/readings/{name}/correction", form)
                except OSError:
                    return
                said.append(answer.form["correction"]["number"])

        thread = threading.Thread(target=correct)
        thread.start()
        wait_until(lambda: len(said) > 5)
        wait_until(lambda: any(daemon.kept.glob("*.part")))
        daemon.kill()
        thread.join()
    story = read_story(tmp_path / "kept" / f"{name}.png")
    assert story is not None
    assert int(story["correction"]["number"]) >= int(said[-1])


def test_a_port_that_is_taken_is_one_line(daemon: PageDaemon, tmp_path: Path) -> None:
    with (
        pytest.raises(AssertionError, match="address already in use: end the program"),
        serving(tmp_path, port=daemon.port),
    ):
        pass


def test_the_appliance_ends_quickly_under_an_open_page(tmp_path: Path) -> None:
    with serving(tmp_path) as daemon, daemon.events() as stream:
        stream.wait_for("frame")
        assert daemon.end() == 0
        assert "Traceback" not in daemon.log


def test_a_reload_says_that_the_page_itself_has_to_be_started_anew(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[page]\nhistory = 5\n")
    with serving(tmp_path) as daemon:
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "reloaded" in daemon.log)
        assert "[page]" not in daemon.log
        config.write_text("[page]\nhistory = 6\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "[page] has changed: that counts from the next start" in daemon.log)


def test_the_metrics_are_in_prometheus_form(daemon: PageDaemon) -> None:
    answer = daemon.ask("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    names = set()
    for line in answer.body.decode().splitlines():
        if line.startswith("# TYPE "):
            names.add(line.split()[2])
        elif not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            assert name.partition("{")[0] in names
            float(value)
    assert {"inkling_readings_total", "inkling_watchers", "inkling_resident_memory_bytes"} <= names


def test_health_says_what_reads_and_how_long_it_runs(daemon: PageDaemon) -> None:
    health = daemon.ask("GET", "/api/health").form
    assert health["weights"]["name"] == "always 7"
    assert health["uptime_s"] > 0
    assert health["fault"] is None


def test_the_interface_describes_itself(daemon: PageDaemon) -> None:
    assert json.loads(daemon.ask("GET", "/api/openapi.json").body)["openapi"] == "3.1.0"
