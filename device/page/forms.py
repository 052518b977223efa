"""How things are written for the browser; `openapi.json` describes every form."""

import base64
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from device.light import PATTERNS
from device.page.aiming import REMEDIES, Advice
from device.page.history import Correction, Entry
from device.reading import Digit, Reading
from device.snapshot import Snapshot

Form = dict[str, Any]

MEANINGS = {
    "starting": "starting: it loads what it needs",
    "ready": "ready: hold up a note and press",
    "watched": "ready, and somebody looks through the camera",
    "busy": "reading",
    "answered": "read",
    "refused": "not read; the answer says why",
    "live": "reading all the time; a press ends it",
    "stopping": "stopping",
}
"""What the states of the light mean; those of faults say so themselves."""


@dataclass(frozen=True, slots=True)
class Lamps:
    """What is lit on the board; None where the board has no such display."""

    displays: tuple[str, ...]
    seven_segment: frozenset[str] | None
    ten_leds: tuple[bool, ...] | None
    binary: tuple[bool, ...] | None
    pressed: bool


def reading_form(entry: Entry) -> Form:
    """Write a reading of history."""
    form = bare_reading_form(entry.reading, entry.size)
    form |= {
        "id": entry.name,
        "at": entry.at,
        "title": entry.title,
        "kept": entry.is_kept,
        "picture": entry.frame is not None or entry.is_kept,
        "correction": correction_form(entry.correction),
    }
    return form


def bare_reading_form(reading: Reading, size: tuple[int, int]) -> Form:
    """Write a reading that is nobody's history."""
    return {
        "id": None,
        "at": 0.0,
        "title": "",
        "number": reading.number,
        "refusal": reading.refusal,
        "reason": reading.reason,
        "advice": None if reading.refusal is None else REMEDIES[reading.refusal],
        "seconds": round(reading.seconds, 4),
        "width": size[0],
        "height": size[1],
        "digits": [_digit_form(digit) for digit in reading.digits],
        "kept": False,
        "picture": False,
        "correction": None,
    }


def correction_form(correction: Correction | None) -> Form | None:
    """Write a correction."""
    return None if correction is None else {"number": correction.number}


def box_form(box: Iterable[float]) -> Form:
    """Write a box."""
    top, left, height, width = map(round, box)
    return {"top": top, "left": left, "height": height, "width": width}


def advice_form(advice: Iterable[Advice]) -> list[Form]:
    """Write what to change."""
    return [{"kind": kind, "words": words} for kind, words in advice]


def state_form(snapshot: Snapshot) -> Form:
    """Write what the appliance is doing."""
    pattern = PATTERNS[snapshot.light]
    meaning = MEANINGS.get(snapshot.light, snapshot.light)
    return {
        "state": snapshot.state,
        "fault": snapshot.fault,
        "light": {
            "pattern": snapshot.light,
            "words": pattern.words,
            "meaning": meaning,
            "rhythm": [
                {"on": on, "seconds": None if math.isinf(length_s) else length_s}
                for on, length_s in pattern.rhythm.steps
            ],
        },
    }


def board_form(lamps: Lamps, snapshot: Snapshot) -> Form:
    """Write what is lit on the board; on the console stands the answer."""
    console = None
    if "console" in lamps.displays and snapshot.reading is not None:
        console = snapshot.reading.number or f"refused: {snapshot.reading.reason}"
    segments = lamps.seven_segment
    return {
        "displays": list(lamps.displays),
        "seven_segment": None if segments is None else "".join(sorted(segments)),
        "ten_leds": None if lamps.ten_leds is None else list(lamps.ten_leds),
        "binary": None if lamps.binary is None else list(lamps.binary),
        "console": console,
        "pressed": lamps.pressed,
    }


def base64_of(raw: bytes) -> str:
    """Write bytes."""
    return base64.b64encode(raw).decode("ascii")


def _digit_form(digit: Digit) -> Form:
    none = max(0.0, 1.0 - sum(digit.outputs))
    return {
        "digit": digit.digit,
        "confidence": round(digit.confidence, 4),
        "runner_up": digit.runner_up,
        "box": box_form(digit.box),
        "outputs": [round(output, 4) for output in (*digit.outputs, none)],
        "glyph": base64_of(digit.glyph.tobytes()),
    }
