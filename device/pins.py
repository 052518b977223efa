"""The pins: the one place that names gpiozero.

It is imported when a part is opened, and a pin factory can be handed in: gpiozero's
`MockFactory` makes simulated pins.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from device.config import BoardConfig
from device.displays import (
    REFUSED,
    BinaryDisplay,
    ConsoleDisplay,
    SevenSegmentDisplay,
    TenLedsDisplay,
)
from device.errors import BoardError


class PinsBusy(BoardError):
    """Another program, or another part, holds a pin."""


def open_part(
    part: str, config: BoardConfig, pin_factory: Any, tell_edge: Callable[[bool], None]
) -> Any:
    """Open the light, the button or a display.

    Parameters
    ----------
    part
        "light", "button" or the name of a display.
    config
        Where each part is.
    pin_factory
        gpiozero's pin factory.
    tell_edge
        Is told of each edge of the button whether it went down, in gpiozero's thread.

    Raises
    ------
    BoardError
        When its pins can't be had.
    """
    import gpiozero

    lamps = {"active_high": config.active_high, "pin_factory": pin_factory}
    makers: dict[str, Callable[[], Any]] = {
        "light": lambda: gpiozero.LED(config.light, **lamps),
        "button": lambda: ButtonPin(config.button, pin_factory, tell_edge),
        "seven_segment": lambda: SevenSegmentDisplay(_seven_segments(config, pin_factory)),
        "ten_leds": lambda: TenLedsDisplay(gpiozero.LEDBoard(*config.ten_leds, **lamps)),
        "binary": lambda: BinaryDisplay(gpiozero.LEDBoard(*config.binary, **lamps)),
        "console": ConsoleDisplay,
    }
    with as_board_error(part):
        return makers[part]()


class ButtonPin:
    """The button's pin, pulled up; each edge is told at once, by gpiozero's thread.

    gpiozero's own button events are passed by: they leave out an edge that repeats the
    level before it, so after a release that got lost they would leave out the next press.
    """

    def __init__(self, gpio: int, pin_factory: Any, tell: Callable[[bool], None]) -> None:
        import gpiozero

        self._tell = tell
        self._device = gpiozero.InputDevice(gpio, pull_up=True, pin_factory=pin_factory)
        try:
            self._device.pin.edges = "both"
            self._device.pin.bounce = None
            # gpiozero keeps a weak reference to the method, so it has to be one of this object.
            self._device.pin.when_changed = self._changed
        except BaseException:
            self._device.close()
            raise

    @property
    def pressed(self) -> bool:
        """Whether the button is down."""
        return bool(self._device.is_active)

    def _changed(self, _ticks: float, state: int) -> None:
        # The ticks of lgpio count from 1970, or from the boot, by version: nobody is told them.
        self._tell(not state)

    def close(self) -> None:
        """Let go of the pin; closing twice is no mistake."""
        if not self._device.closed:
            self._device.pin.when_changed = None
        self._device.close()


def _seven_segments(config: BoardConfig, pin_factory: Any) -> Any:
    import gpiozero

    lamps = gpiozero.LEDCharDisplay(
        *config.seven_segment, active_high=not config.common_anode, pin_factory=pin_factory
    )
    lamps.font[REFUSED] = (0, 0, 0, 0, 0, 0, 1)  # gpiozero's font has letters but no dash
    return lamps


def simulated_pins() -> Any:
    """Make gpiozero's factory of simulated pins."""
    from gpiozero.pins.mock import MockFactory

    return MockFactory()


def lgpio_factory() -> Any:
    """Open the Pi's pins through lgpio by name.

    gpiozero left to itself falls back to RPi.GPIO and worse with a warning, and those die
    later and elsewhere. lgpio makes a pipe in the working directory unless told otherwise.
    """
    runtime = os.environ.get("RUNTIME_DIRECTORY", tempfile.gettempdir()).split(":")[0]
    os.environ.setdefault("LG_WD", runtime)
    factory = load_lgpio()
    with as_board_error("board"):
        return factory()


def load_lgpio() -> Any:
    """Import all that drives the Pi's pins, which takes a Zero half a second."""
    try:
        from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError as error:
        raise BoardError(
            f"{error.name or 'lgpio'} is not installed: sudo apt install python3-{error.name}"
        ) from error
    return LGPIOFactory


@contextlib.contextmanager
def as_board_error(part: str) -> Iterator[None]:
    """Turn whatever the pins raise into one line.

    lgpio raises its own `error`, which is a bare Exception, and pin drivers raise OSError.
    """
    from gpiozero import exc

    try:
        yield
    except BoardError:
        raise
    except (exc.PinUnknownPi, exc.BadPinFactory) as error:
        raise BoardError(f"no pins: this is no Raspberry Pi ({error})") from error
    except exc.GPIOPinInUse as error:
        raise PinsBusy(f"{part}: {error}") from error
    except Exception as error:
        words = getattr(error, "strerror", None) or str(error).strip("'\"") or type(error).__name__
        if "busy" in words.lower():
            raise PinsBusy(
                f"{part}: a pin is busy: end the program that uses it, gpioinfo names it"
            ) from error
        if "open gpiochip" in words.lower():
            raise BoardError(
                "can't open /dev/gpiochip0: is the user in the group gpio? sudo adduser USER gpio"
            ) from error
        raise BoardError(f"{part}: the pins failed: {words}") from error
