"""What else happens to an appliance than presses."""

import signal
from collections import Counter

import numpy as np

from tests.endurance.appliance import PATIENCE_S, Machine
from tests.endurance.reference import Reference

CONFIG = """\
[board]
button = 17
show_s = 20.0
bounce_s = 0.03
{display}

[reading]
weights = "{weights}"

[service]
retry_s = 10.0
retries = 30

[page]
enabled = true
port = 0
keep_most = 30
folder = "{folder}"
"""


class Mischief:
    """Whatever happens in between; `counts` tells how often each did."""

    def __init__(self, machine: Machine, reference: Reference) -> None:
        self._m = machine
        self._reference = reference
        self.counts: Counter[str] = Counter()
        self.pings = 0
        self._configure("")

    def __call__(self, rng: np.random.Generator) -> None:
        """Let something happen."""
        deeds = {
            "weights swapped": self._swap_weights,
            "configuration changed": self._change_config,
            "wall clock put elsewhere": self._put_clock,
            "hours passed": self._pass_hours,
            "disk filled or emptied": self._fill,
            "somebody watched": self._watch,
            "a display broken or mended": self._break_display,
        }
        name = str(rng.choice(list(deeds)))
        self.counts[name] += 1
        deeds[name](rng)

    def hear_systemd(self) -> None:
        """Empty systemd's socket, as systemd does all the time."""
        self.pings += self._m.systemd.drain().count("WATCHDOG=1")
        self._m.systemd.messages.clear()

    def _configure(self, display: str) -> None:
        m = self._m
        text = CONFIG.format(display=display, weights=m.weights, folder=m.folder / "kept")
        m.config.write_text(text)

    def _swap_weights(self, rng: np.random.Generator) -> None:
        self._m.fill_disk(full=False)
        self._reference.swap(rng)
        self._reload()

    def _change_config(self, rng: np.random.Generator) -> None:
        self._m.fill_disk(full=False)
        lines = ["", "digit_s = 1.0", "gap_s = 0.5", "nonsense = 1", "show_s ="]
        self._configure(str(rng.choice(lines)))
        self._reload()
        self._configure("")  # what is started again must be able to read it

    def _reload(self) -> None:
        m = self._m
        self.hear_systemd()
        m.signal(signal.SIGHUP)
        m.systemd.wait_for("RELOADING=1", PATIENCE_S)
        m.systemd.wait_for("READY=1", PATIENCE_S)
        m.catch_up()

    def _put_clock(self, rng: np.random.Generator) -> None:
        self._m.clock.set_wall(float(rng.uniform(-3e9, 1e9)))
        self._m.catch_up()

    def _pass_hours(self, rng: np.random.Generator) -> None:
        self._m.advance(float(rng.uniform(60.0, 90_000.0)))

    def _fill(self, rng: np.random.Generator) -> None:
        self._m.fill_disk(full=bool(rng.random() < 0.5))

    def _watch(self, rng: np.random.Generator) -> None:
        m = self._m
        assert m.service is not None
        m.service.watch(2)
        for _ in range(int(rng.integers(1, 4))):
            wanted = m.looks + 1
            m.service.look()
            m.wait_for(lambda wanted=wanted: m.looks >= wanted, "the look")  # type: ignore[misc]  # bound as a default
        m.service.watch(0)
        m.catch_up()

    def _break_display(self, _rng: np.random.Generator) -> None:
        m = self._m
        if m.pins.broken:
            m.pins.broken.clear()
            m.advance(16.0)
        else:
            m.pins.broken.add(13)
