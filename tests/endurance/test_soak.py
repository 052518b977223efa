"""A short soak; `make soak` runs a long one."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]

PRESSES = 150
SEED = 4


def test_every_press_has_one_outcome_and_the_light_tells_the_truth() -> None:
    # In a process of its own: it has signals, a clock and descriptors of its own.
    words = ["-m", "tests.endurance.soak", f"--presses={PRESSES}", f"--seed={SEED}"]
    done = subprocess.run(
        [sys.executable, *words], cwd=REPOSITORY, capture_output=True, text=True, timeout=600
    )
    print(done.stdout, done.stderr)
    assert (done.returncode, done.stderr) == (0, "")
