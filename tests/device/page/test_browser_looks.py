"""How the page looks and whom it serves: narrow and wide, light and dark, seen, heard, and typed.

With INKLING_SCREENSHOTS=folder each state is photographed there, to be looked at.
"""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from tests.device.paper import FOUR, SEVEN, paper, written
from tests.needed import lack, need_module

if find_spec("playwright") is None:
    lack("playwright is not installed")

from playwright.sync_api import Page, expect

from tests.device.page.visit import Visitor, lay

VIEWS = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 860}}


def photograph(page: Page, name: str) -> None:
    if folder := os.environ.get("INKLING_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def faults(page: Page) -> list[str]:
    """What the accessibility checker finds serious or worse, each with where."""
    (folder,) = need_module("axe_playwright_python").__path__
    page.evaluate((Path(folder) / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run()")
    return [
        f"{fault['id']}: {fault['nodes'][0]['html']}: {fault['nodes'][0]['failureSummary']}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def expect_fit(page: Page) -> None:
    """Nothing stands out to the side, and the checker has nothing to say."""
    hidden = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert hidden <= 0, f"{hidden} pixels stand out"
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_it_fits_and_anybody_can_use_it(
    visit: Visitor, tmp_path: Path, view: str, scheme: str
) -> None:
    note, blank = tmp_path / "74.png", tmp_path / "blank.png"
    Image.fromarray(written(SEVEN, FOUR)[0]).save(note)
    Image.fromarray(paper()).save(blank)
    page = visit(viewport=VIEWS[view], color_scheme=scheme)
    expect(page.locator("#outlines rect").first).to_be_visible()
    photograph(page, f"start-{view}-{scheme}")

    lay(page, note)
    page.get_by_role("button", name="Press").click()
    expect(page.locator("#number")).to_have_text("74")
    expect(page.locator(".digit figure")).to_have_count(2 * 3)
    page.locator("#history summary").first.click()
    expect(page.locator("#history .row .right")).to_be_visible()
    photograph(page, f"answer-{view}-{scheme}")
    expect_fit(page)

    lay(page, blank)
    page.get_by_role("button", name="Press").click()
    expect(page.locator("#number")).to_contain_text("Not read")
    page.locator("#put-right").get_by_role("button", name="It is a 5").click()
    expect(page.locator("#corrections .row")).to_have_count(1)
    page.get_by_role("radio", name="Write").check()
    page.locator("#watchers summary").click()
    photograph(page, f"refusal-{view}-{scheme}")
    expect_fit(page)


def test_everything_can_be_reached_with_the_keyboard_and_the_focus_is_seen(
    visit: Visitor,
) -> None:
    page = visit()
    expect(page.locator("#outlines rect").first).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("#put-right button").first).to_be_visible()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => {
                const at = document.activeElement;
                // The round mark of a choice is hidden, so its words wear the outline.
                const seen = at.type === "radio" ? at.nextElementSibling : at;
                const name = at.id || at.name || at.textContent.trim() || at.ariaLabel;
                return [at === document.body ? "" : name, getComputedStyle(seen).outlineStyle];
            }"""
        )
        if not name:  # once around
            break
        reached.append(name)
        assert outline != "none", f"the focus on {name} is not seen"
    assert {"source", "next-note", "press", "not a digit", "Save", "wrong?"} <= set(reached)
