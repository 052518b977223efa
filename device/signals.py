"""What signals ask of the daemon: SIGTERM and SIGINT to end, SIGHUP to reload.

It loads next to nothing, so that the handlers are there before all that takes long.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from device.service import Service


@contextlib.contextmanager
def obeying_signals(service: Callable[[], Service | None]) -> Iterator[None]:
    """Bring signals to the service; as long as there is none, a signal to end raises SystemExit."""

    def stop(_signal: int, _frame: object) -> None:
        running = service()
        if running is None:
            raise SystemExit(0)
        running.stop()
        if running.working:
            # Loading or reading may take longer than the second there is to end in.
            raise SystemExit(0)

    def reload(_signal: int, _frame: object) -> None:
        if (running := service()) is not None:
            running.reload()

    handlers = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: reload}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
