"""A page that comes to an end before its time."""

import logging
import socket

import pytest

from device.config import Config, PageConfig
from device.page.page import Page
from device.snapshot import Snapshot, State
from tests.device.appliance import wait_until


def test_a_page_that_fails_is_told_of_and_refuses_whoever_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise RuntimeError("no controls today")

    page = Page(Config(page=PageConfig(enabled=True, port=0, keep=False)))
    address = page.socket.getsockname()
    page.connect = fail  # type: ignore[assignment]
    page.observe(Snapshot(State.READY, None, None, None, "ready"))

    wait_until(lambda: "the page has ended" in caplog.messages)
    wait_until(lambda: page.socket.fileno() == -1)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", address[1]), timeout=10)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    page.observe(Snapshot(State.READY, None, None, None, "ready"))  # the appliance works on
    page.close()
