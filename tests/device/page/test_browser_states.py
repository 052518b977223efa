"""The page of a real board, in the states that a simulated one is seldom in."""

import contextlib
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from typing import NamedTuple

import pytest

from device.config import Config, PageConfig
from device.page.forms import Lamps
from device.page.page import Controls, Page
from device.reading import Reading
from device.snapshot import Snapshot, State
from tests.device.paper import SEVEN, written
from tests.needed import lack

if find_spec("playwright") is None:
    lack("playwright is not installed")

from playwright.sync_api import Browser, expect

from tests.device.page.test_browser_looks import expect_fit, photograph
from tests.device.page.visit import PATIENCE_S, Visitor

FRAME = written(SEVEN)[0]


class Appliance(NamedTuple):
    """A page, and what was asked of the appliance behind it."""

    page: Page
    asked: list[str]

    def is_now(self, state: State, light: str, fault: str | None = None) -> None:
        """Tell the page how things stand."""
        frame = None if state is State.STARTING else FRAME
        self.page.observe(Snapshot(state, frame, None, fault, light))


@pytest.fixture
def appliance() -> Iterator[Appliance]:
    """A page that is told what a test wants it to be told."""
    asked: list[str] = []
    lamps = Lamps(("seven_segment",), frozenset(), None, None, pressed=False)
    page = Page(Config(page=PageConfig(enabled=True, port=0, keep=False)))
    page.connect = lambda: Controls(
        press=lambda hold: asked.append("hold" if hold else "press"),
        release=lambda: asked.append("release"),
        look=lambda: page.see(FRAME),
        watch=lambda _: None,
        reader=lambda: None,
        lamps=lambda: lamps,
        press_s=0.05,
        hold_s=0.05,
    )
    served = threading.Event()
    page.served = lambda _: served.set()
    with contextlib.closing(page):
        made = Appliance(page, asked)
        made.is_now(State.READY, "ready")
        assert served.wait(PATIENCE_S)
        yield made


@pytest.fixture
def visit(browser: Browser, appliance: Appliance) -> Iterator[Visitor]:
    """Visits to that page, during which it complains of nothing."""
    visitor = Visitor(browser, appliance.page.address.rstrip("/"))
    yield visitor
    visitor.leave()
    assert visitor.complaints == []


def test_a_lost_camera_is_said_and_its_last_picture_not_taken_for_what_is_there(
    visit: Visitor, appliance: Appliance
) -> None:
    page = visit()
    expect(page.locator("#advice")).not_to_be_empty()
    words = "the camera is lost: no frame came within 5 s"
    appliance.is_now(State.FAULT, "no camera", words)
    expect(page.locator("#fault")).to_have_text(words)
    expect(page.locator("#stage.blind")).to_be_visible()
    expect(page.locator("#light-name")).to_have_text("no camera")
    photograph(page, "fault")
    expect_fit(page)
    appliance.is_now(State.READY, "ready")
    expect(page.locator("#fault")).to_be_hidden()
    expect(page.locator("#stage.blind")).to_have_count(0)


def test_the_light_says_what_goes_on(visit: Visitor, appliance: Appliance) -> None:
    page = visit(viewport={"width": 360, "height": 740})
    for state, light, words in (
        (State.STARTING, "starting", "starting"),
        (State.BUSY, "busy", "reading"),
        (State.LIVE, "live", "reading all the time"),
        (State.READY, "ready", "ready"),
    ):
        appliance.is_now(state, light)
        expect(page.locator("#light-name")).to_contain_text(words)
        photograph(page, f"{state}")


def test_a_real_camera_has_nothing_to_choose_and_a_real_button_is_pressed(
    visit: Visitor, appliance: Appliance
) -> None:
    page = visit()
    expect(page.locator("#kind")).to_be_empty()
    expect(page.locator("#sources")).to_be_hidden()
    with page.expect_response("**/api/press"):
        page.get_by_role("button", name="Press").click()
    expect(page.locator("#hold")).to_be_hidden()  # where holding does nothing
    assert appliance.asked[0] == "press"
    appliance.page.observe(Snapshot(State.SHOWING, FRAME, Reading("7", None), None, "answered"))
    expect(page.locator("#number")).to_have_text("7")


def test_a_photograph_dropped_where_none_is_wanted_does_not_take_the_page_away(
    visit: Visitor,
) -> None:
    page = visit()
    stayed = page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["-"], "7.png", {type: "image/png"}));
            const options = {bubbles: true, cancelable: true, dataTransfer};
            const stage = document.getElementById("stage");
            return ["dragover", "drop"].map(
                (name) => !stage.dispatchEvent(new DragEvent(name, options)));
        }"""
    )
    assert stayed == [True, True]
    expect(page.locator("#stage.dropping")).to_have_count(0)
