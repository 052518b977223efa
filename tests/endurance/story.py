"""What happens to an appliance in years on the wall, at random, and what it must make of it."""

import gc
import threading
import tracemalloc
from collections import Counter
from itertools import count
from typing import NamedTuple

import numpy as np

from device.displays import SEGMENTS
from device.faults import Fault
from device.light import PATTERNS
from device.snapshot import State
from tests.endurance.appliance import Lost, Machine, open_files, resident_mb
from tests.endurance.camera import HANGS, IS_READ, Act
from tests.endurance.mischief import Mischief
from tests.endurance.reference import Reference

WINDOWS = 10

ACTS = {
    Act.NOTE: 60.0, Act.SLOW: 6.0, Act.BLACK: 3.0, Act.WHITE: 2.0, Act.NOISE: 2.0, Act.HALF: 4.0,
    Act.SHORT: 1.0, Act.NARROW: 1.0, Act.FLAT: 1.0, Act.EMPTY: 1.0, Act.NOTHING: 1.0,
    Act.THROWS: 2.0, Act.THROWS_LATE: 2.0, Act.LATE: 2.0, Act.HANGS: 3.0, Act.GONE: 3.0,
    Act.HANGS_FOR_EVER: 0.05,
}  # fmt: skip
"""How often each, in about a hundred."""


class Window(NamedTuple):
    """What the process had in use after so many presses."""

    presses: int
    resident_mb: float
    traced_mb: float
    threads: int
    files: int


class Story:
    """Presses, and whatever else happens, each with what has to come of it."""

    def __init__(self, machine: Machine, presses: int, seed: int) -> None:
        self._m = machine
        self._presses = presses
        self._seed = seed
        self._rng = np.random.default_rng(seed)
        self.outcomes: Counter[str] = Counter()
        self.windows: list[Window] = []
        self._starts = 0
        self._reference = Reference(machine, self._rng)
        self._mischief = Mischief(machine, self._reference)

    @property
    def mischief(self) -> Counter[str]:
        """How often what else has happened."""
        return self._mischief.counts

    @property
    def pings(self) -> int:
        """How often the watchdog was pinged."""
        return self._mischief.pings

    def __call__(self, _machine: Machine) -> None:
        """Tell it."""
        self._await_ready()
        for step in count():
            if self.told >= self._presses:
                break
            # Each step by itself, so that it is the same however long the ones before took.
            self._rng = np.random.default_rng([self._seed, step])
            if self.told >= len(self.windows) * self._presses / WINDOWS:
                self._take_stock()
            if self._rng.random() < 0.3:
                self._mischief(self._rng)
            self._one_press()
            self._mischief.hear_systemd()
        self._take_stock()

    @property
    def told(self) -> int:
        """How many presses have had their outcome."""
        return self.outcomes.total()

    # One press, and what comes of it.

    def _one_press(self) -> None:
        m, rng = self._m, self._rng
        number = int(rng.integers(len(self._reference.notes)))
        m.sensor.scene = self._reference.notes[number]
        act = Act(rng.choice(list(ACTS), p=np.array(list(ACTS.values())) / sum(ACTS.values())))
        m.sensor.acts = [act]
        before, faults = (m.readings, m.journal.readings), m.faults
        self._push()
        if act is Act.SLOW:
            self._press_meanwhile(number, before[0])
        elif act in HANGS:
            m.wait_for(m.sensor.hangs.is_set, "the capture that hangs")
            m.advance(7.0)
        m.wait_for(lambda: m.readings > before[0] or m.faults > faults, f"an outcome ({act})")
        m.catch_up()
        self._check_count(before, act)
        if act in IS_READ:
            self._check_reading(number if act is Act.NOTE else None)
        else:
            self._check_fault(act)
        if rng.random() < 0.5 and m.state is State.SHOWING:
            m.advance(21.0)
            self._check_idle()

    def _check_count(self, before: tuple[int, int], act: Act) -> None:
        wanted = {Act.SLOW: 2}.get(act, 1) if act in IS_READ else 0
        came = self._m.readings - before[0], self._m.journal.readings - before[1]
        if came != (wanted, wanted):
            raise Lost(f"{act}: {came[0]} readings, {came[1]} lines in the journal, not {wanted}")

    def _push(self) -> None:
        """Press the button down and let it go; it bounces both ways."""
        m, rng, finger = self._m, self._rng, self._m.lamps
        for settle, other in ((finger.press, finger.release), (finger.release, finger.press)):
            for _ in range(int(rng.integers(0, 6))):
                settle()
                m.clock.advance(float(rng.uniform(0.0, 0.004)))
                other()
                m.clock.advance(float(rng.uniform(0.0, 0.004)))
            settle()
            m.clock.advance(float(rng.uniform(0.05, 0.3)))
            m.catch_up()
        m.advance(0.05)

    def _press_meanwhile(self, number: int, before: int) -> None:
        """Press again while the camera takes its time: one further reading, however often."""
        m = self._m
        m.wait_for(m.sensor.hangs.is_set, "the capture that is late")
        if m.state is not State.BUSY or m.board.light != "busy":
            raise Lost(f"while it takes a frame it says {m.state}, {m.board.light}")
        for _ in range(int(self._rng.integers(1, 4))):
            self._push()
            self.outcomes["one more reading, or the same press"] += 1
        m.sensor.let_go()
        m.wait_for(lambda: m.readings == before + 2, "the further reading")

    def _check_reading(self, number: int | None) -> None:
        m = self._m
        reading, snapshot = m.reading, m.snapshot
        if m.state is not State.SHOWING or reading is None or snapshot is None:
            raise Lost(f"a reading was due, and the appliance is {m.state}")
        self.outcomes["read" if reading.number else "refused"] += 1
        right = reading.number if number is None else self._reference.right(number)
        if reading.number != right:
            raise Lost(f"read {reading.number}, and {right} was held up")
        glow = SEGMENTS[reading.number[0] if reading.number else "-"]
        if not m.pins.broken and m.lamps.segments != frozenset(glow):
            raise Lost(f"{reading.number}: the segments show {sorted(m.lamps.segments)}")
        self._check_light("answered" if reading.number else "refused")
        if self._rng.random() < 0.03:
            self._watch_lamp("answered" if reading.number else "refused")

    def _check_fault(self, act: Act) -> None:
        m = self._m
        hung = act in (Act.LATE, Act.HANGS, Act.HANGS_FOR_EVER)
        wanted = Fault.CAMERA_HUNG if hung else Fault.NO_CAMERA
        if m.fault_light != wanted:  # it may be back by now
            raise Lost(f"{act}: the light told {m.fault_light}, and {wanted} was true")
        self.outcomes["told of a lost camera"] += 1
        m.sensor.let_go()
        self._come_back()

    def _come_back(self) -> None:
        """Get the camera back, at once or after some failures, by waiting or by pressing."""
        m, rng = self._m, self._rng
        fails = int(rng.integers(1, 4)) if rng.random() < 0.2 else 0
        if rng.random() < 0.002:
            fails = 40  # more than it has patience for
        kinds = [Act.GONE, Act.THROWS, Act.HANGS]
        m.sensor.open_acts = [kinds[int(rng.integers(3))] for _ in range(fails)]
        self._await_ready()

    def _await_ready(self) -> None:
        """Let time pass until presses are answered, if need be after another start."""
        m, before, known = self._m, self._m.readings, (State.READY, State.SHOWING, State.FAULT)
        while True:
            m.wait_for(lambda: m.state in known or m.sensor.hangs.is_set(), "a start")
            if m.sensor.hangs.is_set():
                m.advance(36.0)
                m.sensor.let_go()
            elif m.state is State.FAULT:
                self._await_another_try()
            elif m.state in known:
                break
        m.catch_up()
        # A press that met the camera just coming back was told by an answer.
        self.outcomes["told of a fault that was there"] -= m.readings - before
        self.outcomes["read as the camera came back"] += m.readings - before
        if m.starts > self._starts:
            self._starts = m.starts
            m.sensor.open_acts = []
            fault = None if m.snapshot is None else m.snapshot.fault
            self._reference.note_start(fault or "")

    def _await_another_try(self) -> None:
        m = self._m
        starts, seen = m.starts, m.snapshots
        if self._starts and self._rng.random() < 0.3:
            self._push()
            self.outcomes["told of a fault that was there"] += 1
        m.advance(16.0)
        m.wait_for(
            lambda: m.snapshots > seen or m.starts > starts or m.sensor.hangs.is_set(),
            "another try",
        )

    # The light.

    def _check_idle(self) -> None:
        m = self._m
        if m.state is not State.READY or m.lamps.segments:
            raise Lost(f"after its answer it is {m.state}, segments {sorted(m.lamps.segments)}")
        self._check_code()
        if self._rng.random() < 0.03:
            self._watch_lamp(m.board.light)

    def _check_code(self) -> None:
        """With nothing to answer, the light says what is wrong, the most pressing first."""
        m = self._m
        words = "" if m.snapshot is None else m.snapshot.fault or ""
        wrong = [fault for fault in Fault if f"{fault}: " in words]
        if (Fault.WEIGHTS_BAD in wrong) != self._reference.is_bad:
            raise Lost(
                f"weights {'bad' if self._reference.is_bad else 'good'}, and it says {words!r}"
            )
        self._check_light(wrong[0] if wrong else "ready")

    def _check_light(self, pattern: str) -> None:
        m = self._m
        if m.board.light != pattern:
            raise Lost(f"the light says {m.board.light}, and {pattern} is true")

    def _watch_lamp(self, pattern: str) -> None:
        """Hold the lamp on its pin against the pattern, for as long as people take to see it."""
        m, rhythm = self._m, PATTERNS[pattern].rhythm
        shown = []
        for _ in range(40):
            shown.append(m.lamps.light)
            m.advance(0.05)
        wanted = [
            [rhythm.at(start + 0.05 * step)[0] for step in range(40)]
            for start in np.arange(0.0, 6.0, 0.01)
        ]
        off = min(sum(a != b for a, b in zip(shown, each, strict=True)) for each in wanted)
        if off > 2:  # a step that falls on a change
            raise Lost(f"the lamp doesn't blink as {pattern}: {shown}")

    # Stock.

    def _take_stock(self) -> None:
        m = self._m
        m.fill_disk(full=False)
        self._mischief.hear_systemd()
        gc.collect()
        traced = tracemalloc.get_traced_memory()[0] / 1e6 if tracemalloc.is_tracing() else 0.0
        threads = threading.active_count()
        self.windows.append(Window(self.told, resident_mb(), traced, threads, open_files()))
