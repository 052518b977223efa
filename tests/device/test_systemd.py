import math
import os
import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.systemd import Notifier
from tests.device.appliance import SystemdSocket


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[SystemdSocket]:
    end = SystemdSocket(tmp_path / "notify")
    yield end
    end.close()


def test_the_states_arrive_as_systemd_spells_them(systemd: SystemdSocket) -> None:
    with Notifier(str(systemd.path), watchdog_s=10.0) as notifier:
        notifier.ready()
        notifier.ping(now_s=0.0)
        notifier.extend_start(1.5)
        notifier.stopping()
    assert systemd.drain() == ["READY=1", "WATCHDOG=1", "EXTEND_TIMEOUT_USEC=1500000", "STOPPING=1"]


def test_a_reload_carries_the_monotonic_time(systemd: SystemdSocket) -> None:
    before = time.monotonic_ns() // 1000
    with Notifier(str(systemd.path)) as notifier:
        notifier.reloading()
    (message,) = systemd.drain()
    state, time_us = message.split("\n")
    assert state == "RELOADING=1"
    assert before <= int(time_us.removeprefix("MONOTONIC_USEC=")) <= time.monotonic_ns() // 1000


def test_a_status_is_one_line_and_sent_when_it_changes(systemd: SystemdSocket) -> None:
    with Notifier(str(systemd.path)) as notifier:
        notifier.status("ready")
        notifier.status("ready")
        notifier.status("fault; no camera:\ncheck it")
    assert systemd.drain() == ["STATUS=ready", "STATUS=fault; no camera: check it"]


def test_an_address_with_an_at_is_in_the_abstract_namespace() -> None:
    name = f"inkling-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(f"\0{name}")
        with Notifier(f"@{name}") as notifier:
            notifier.ready()
        end.settimeout(5.0)
        assert end.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_sent_and_nothing_fails() -> None:
    with Notifier.from_environment({}) as notifier:
        notifier.ready()
        notifier.ping(now_s=0.0)
        notifier.status("ready")
        assert notifier.ping_due_s == math.inf


def test_a_socket_that_is_gone_is_no_reason_to_fail(tmp_path: Path) -> None:
    with Notifier(str(tmp_path / "gone")) as notifier:
        notifier.ready()
    notifier.close()
    notifier.ready()


def test_a_full_socket_costs_a_ping_and_not_the_loop(systemd: SystemdSocket) -> None:
    with Notifier(str(systemd.path), watchdog_s=1.0) as notifier:
        for second in range(10_000):
            notifier.ping(float(second))
    assert 0 < systemd.drain().count("WATCHDOG=1") < 10_000


def test_what_matters_waits_a_moment_for_a_full_socket(systemd: SystemdSocket) -> None:
    with Notifier(str(systemd.path), watchdog_s=1.0) as notifier:
        for second in range(10_000):
            notifier.ping(float(second))
        emptier = threading.Timer(0.05, systemd.wait_for, ["WATCHDOG=1"])
        emptier.start()
        notifier.ready()
        emptier.join()
    assert systemd.drain()[-1] == "READY=1"


def test_waiting_for_a_full_socket_takes_no_computing(systemd: SystemdSocket) -> None:
    with Notifier(str(systemd.path), watchdog_s=1.0) as notifier:
        for second in range(10_000):
            notifier.ping(float(second))
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
        notifier.ready()
        # Asleep until there is room, or too late: who asks again and again never sleeps.
        assert resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw > before
    assert "READY=1" not in systemd.drain()


def test_a_status_that_found_no_room_is_told_the_next_time(systemd: SystemdSocket) -> None:
    with Notifier(str(systemd.path), watchdog_s=1.0) as notifier:
        for second in range(10_000):
            notifier.ping(float(second))
        notifier.status("ready")
        assert "STATUS=ready" not in systemd.drain()
        notifier.status("ready")
        notifier.status("ready")
    assert systemd.drain()[-1:] == ["STATUS=ready"]
    assert systemd.messages.count("STATUS=ready") == 1


@pytest.mark.parametrize(
    ("environment", "watchdog_s"),
    [
        ({"WATCHDOG_USEC": "3000000"}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": ""}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_heard_of_only_where_it_is_meant(
    environment: dict[str, str], watchdog_s: float | None
) -> None:
    with Notifier.from_environment(environment) as notifier:
        assert notifier.watchdog_s == watchdog_s


def test_the_watchdog_is_pinged_twice_as_often_as_it_asks(systemd: SystemdSocket) -> None:
    with Notifier(str(systemd.path), watchdog_s=3.0) as notifier:
        for now_s in (100.0, 101.4, 101.5, 102.9, 103.0):
            notifier.ping(now_s)
        assert notifier.ping_due_s == 104.5
    assert systemd.drain() == ["WATCHDOG=1"] * 3
