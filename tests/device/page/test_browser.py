"""The page in a real browser, before the real appliance on simulated pins."""

import re
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from device.page.password import make_hash
from tests.device.paper import FOUR, ONE, SEVEN, Strokes, paper, written
from tests.needed import lack

if find_spec("playwright") is None:
    lack("playwright is not installed")

from playwright.sync_api import Browser, Page, expect

from tests.device.page.visit import (
    FLAGS,
    Daemon,
    Visitor,
    draw,
    find_chromium,
    lay,
)

LIT = {"1": "bc", "4": "bcfg", "7": "abc"}


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    """A photograph of a 7."""
    path = tmp_path / "seven.png"
    Image.fromarray(written(SEVEN)[0]).save(path)
    return path


def expect_answer(page: Page, words: str) -> None:
    expect(page.locator("#number")).to_have_text(words)


@pytest.mark.parametrize(
    ("strokes", "number"), [(SEVEN, "7"), (ONE, "1"), (FOUR, "4")], ids=["7", "1", "4"]
)
def test_a_drawn_digit_is_read_on_the_page_and_on_the_pins(
    visit: Visitor, daemon: Daemon, strokes: Strokes, number: str
) -> None:
    page = visit()
    page.get_by_role("radio", name="Write").check()
    draw(page, strokes)
    page.get_by_role("button", name="Press").click()
    expect_answer(page, number)
    expect(page.get_by_role("img", name=f"seven segments: {number}")).to_be_visible()
    assert daemon.segments == LIT[number]
    expect(page.get_by_role("img", name=f"a {number} as the network imagines it")).to_be_visible()
    expect(page.locator("#spoken")).to_have_text(f"Read {number}")
    expect(page.locator("#history .row").first).to_contain_text(number)


def test_what_is_written_is_outlined_before_anybody_presses(visit: Visitor) -> None:
    page = visit()
    page.get_by_role("radio", name="Write").check()
    draw(page, SEVEN)
    expect(page.locator("#outlines .sure text")).to_have_text("7")
    expect(page.locator("#advice")).to_contain_text("a press would answer 7")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#outlines rect")).to_have_count(0)


def test_a_photograph_that_is_chosen_is_read(visit: Visitor, seven: Path) -> None:
    page = visit()
    lay(page, seven)
    page.get_by_role("button", name="Press").click()
    expect_answer(page, "7")


def test_a_photograph_that_is_dropped_is_read(visit: Visitor, seven: Path) -> None:
    page = visit()
    dropped = page.evaluate_handle(
        """(bytes) => {
            const items = new DataTransfer();
            items.items.add(new File([Uint8Array.from(bytes)], "7.png", {type: "image/png"}));
            return items;
        }""",
        list(seven.read_bytes()),
    )
    with page.expect_response("**/api/note"):
        page.dispatch_event("#stage", "drop", {"dataTransfer": dropped})
    page.keyboard.press("Space")
    expect_answer(page, "7")


def test_what_is_no_picture_is_refused_in_words(visit: Visitor, tmp_path: Path) -> None:
    visit.expected = ("status of 4",)  # the browser's word for every refusal
    page = visit()
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    lay(page, broken)
    expect(page.locator("#trouble")).to_be_visible()


def test_a_refusal_says_why_and_what_to_do(visit: Visitor, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    Image.fromarray(paper()).save(blank)
    page = visit()
    lay(page, blank)
    page.get_by_role("button", name="Press").click()
    expect_answer(page, "Not read: nothing written")
    expect(page.locator("#reason")).not_to_be_empty()
    expect(page.get_by_role("img", name="seven segments: a bar: refused")).to_be_visible()


def test_space_presses_but_not_where_somebody_writes(visit: Visitor, daemon: Daemon) -> None:
    page = visit()
    page.keyboard.press("Space")
    expect(page.locator(".digit").first).to_be_visible()
    count = len(daemon.ask("/api/readings")["readings"])
    number = page.locator("#put-right").get_by_role("textbox", name="The correct number")
    number.press_sequentially("1 2")
    expect(number).to_have_value("1 2")
    page.get_by_role("button", name="Next note").press("Space")
    assert len(daemon.ask("/api/readings")["readings"]) == count


def test_a_wrong_reading_is_put_right_kept_downloaded_and_deleted(
    visit: Visitor, daemon: Daemon, seven: Path, tmp_path: Path
) -> None:
    page = visit()
    page.on("dialog", lambda dialog: dialog.accept())
    lay(page, seven)
    page.get_by_role("button", name="Press").click()
    expect_answer(page, "7")
    page.locator("#put-right").get_by_role("button", name="It is a 1").click()
    expect(page.locator("#put-right")).to_contain_text("You put it right: 1")
    row = page.locator("#corrections .row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("read as 7")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()
    download.value.save_as(tmp_path / "corrections.zip")
    with zipfile.ZipFile(tmp_path / "corrections.zip") as archive:
        assert "labels.csv" in {Path(name).name for name in archive.namelist()}

    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    expect(page.get_by_role("link", name="Download all")).to_be_hidden()
    assert all(one["correction"] is None for one in daemon.ask("/api/readings")["readings"])


def test_not_a_digit_is_a_correction_and_can_be_taken_back(visit: Visitor, seven: Path) -> None:
    page = visit()
    lay(page, seven)
    page.get_by_role("button", name="Press").click()
    expect_answer(page, "7")
    right = page.locator("#put-right")
    right.get_by_role("button", name="It is not a digit").click()
    expect(page.locator("#corrections .row")).to_contain_text("not a digit")
    right.get_by_role("button", name="Take back").click()
    expect(page.locator("#corrections .row")).to_have_count(0)
    expect(right).to_contain_text("Wrong?")


def test_everybody_who_looks_is_shown(visit: Visitor) -> None:
    page = visit()
    expect(page.locator("#watchers")).to_have_text(re.compile("^1 looking"))
    visit()
    expect(page.locator("#watchers")).to_have_text(re.compile("^2 looking"))
    page.locator("#watchers summary").click()
    expect(page.locator("#watchers li")).to_have_count(2)
    expect(page.locator("#watchers li", has_text="(you)")).to_have_count(1)


def test_who_prefers_no_motion_sees_a_steady_light(visit: Visitor) -> None:
    page = visit(reduced_motion="reduce")
    expect(page.locator("#light-name")).not_to_be_empty()
    changes = page.evaluate(
        """() => new Promise((done) => {
            let count = 0;
            new MutationObserver(() => { count += 1; })
                .observe(document.getElementById("lamp"), {attributes: true});
            setTimeout(() => done(count), 3000);
        })"""
    )
    assert changes == 0


def test_an_open_page_survives_the_appliance(browser: Browser, tmp_path: Path, seven: Path) -> None:
    """The daemon is killed under a page with a note on it, and started again."""
    with Daemon(tmp_path) as daemon:
        visit = Visitor(browser, daemon.address)
        page = visit()
        expect(page.locator("#light")).to_contain_text("somebody looks")
        page.get_by_role("radio", name="Write").check()
        draw(page, SEVEN)
        page.get_by_role("button", name="Press").click()
        expect_answer(page, "7")
        page.locator("#put-right").get_by_role("button", name="It is a 1").click()
        expect(page.locator("#corrections .row")).to_have_count(1)

        visit.expected = ("ERR_", "status of 404")
        daemon.kill()
        expect(page.locator("#lost")).to_contain_text("lost")
        daemon.start()
        expect(page.locator("#lost")).to_be_hidden()
        expect(page.locator("#corrections .row")).to_have_count(1)  # it was on the disk
        visit.expected = ()

        page.get_by_role("button", name="Press").click()
        expect_answer(page, "7")  # what is written on the page lies there again
        visit.leave()
    assert visit.complaints == []


def test_a_password_lets_in_and_nothing_else_does(browser: Browser, tmp_path: Path) -> None:
    words = f'page.password_hash="{make_hash("a heron at noon")}"'
    with Daemon(tmp_path, "--set", words) as daemon:
        visit = Visitor(browser, daemon.address)
        visit.expected = ("status of 403",)
        page = visit()
        expect(page.get_by_label("Password")).to_be_focused()
        expect(page.locator("#page")).to_be_hidden()
        page.get_by_label("Password").fill("let me in")
        page.keyboard.press("Enter")
        expect(page.locator("#login-error")).not_to_be_empty()
        page.get_by_label("Password").fill("a heron at noon")
        page.keyboard.press("Enter")
        expect(page.locator("#view")).to_be_visible()
        visit.expected = ("status of 401",)  # a picture may be on its way
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_label("Password")).to_be_visible()
        expect(page.locator("#page")).to_be_hidden()
        visit.leave()
    assert visit.complaints == []


@pytest.fixture
def browser_with_camera(
    browser: Browser, needs: Callable[[str], str], tmp_path: Path
) -> Iterator[Browser]:
    """A browser on a computer whose camera sees a 7, and that says yes when asked."""
    film = tmp_path / "webcam.mjpeg"
    grey = written(SEVEN)[0]
    frame = tmp_path / "frame.jpg"
    Image.fromarray(np.stack([grey] * 3, axis=-1)).save(frame, quality=95)
    film.write_bytes(frame.read_bytes() * 5)
    other = browser.browser_type.launch(
        executable_path=needs(find_chromium()),
        args=[
            *FLAGS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    yield other
    other.close()


def test_the_computers_own_camera_is_read_once_it_is_allowed(
    browser_with_camera: Browser, daemon: Daemon
) -> None:
    visit = Visitor(browser_with_camera, daemon.address)
    page = visit()
    page.get_by_role("radio", name="Webcam").check()
    assert page.evaluate("document.getElementById('webcam').srcObject") is None
    page.get_by_role("button", name="Use this computer’s camera").click()
    expect(page.locator("#advice")).to_contain_text("a press would answer 7")
    page.get_by_role("button", name="Press").click()
    expect_answer(page, "7")
    page.get_by_role("button", name="Switch it off").click()
    expect(page.locator("#webcam")).to_be_hidden()
    visit.leave()
    assert visit.complaints == []
