"""A browser, and an appliance with a page to visit."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.needed import need_module

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.device.page.visit import Daemon, Visitor


@pytest.fixture(scope="module")
def browser(needs: Callable[[str], str]) -> Iterator["Browser"]:
    """A headless Chromium."""
    sync_api = need_module("playwright.sync_api")
    from tests.device.page.visit import FLAGS, find_chromium

    program = needs(find_chromium())
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Daemon"]:
    """A running appliance, the same for all tests of a module."""
    from tests.device.page.visit import Daemon

    with Daemon(tmp_path_factory.mktemp("appliance")) as daemon:
        yield daemon


@pytest.fixture
def visit(browser: "Browser", daemon: "Daemon") -> Iterator["Visitor"]:
    """Visits to the appliance, during which no page complains or asks elsewhere."""
    from tests.device.page.visit import Visitor

    daemon.forget()
    visitor = Visitor(browser, daemon.address)
    yield visitor
    visitor.leave()
    assert visitor.complaints == []
