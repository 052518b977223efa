"""What every test may ask for."""

import os
import shutil
import signal
from collections.abc import Callable

import pytest

# Before numpy loads: the tests' sums are small, and threads that wait for them cost more than they
# bring. What a test starts as a process inherits it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A script's background job ignores an interrupt, and so would every program that a test interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Where administrators' programs live that a user's PATH doesn't always name.
ADMINISTRATION = os.pathsep.join(("/usr/local/sbin", "/usr/sbin", "/sbin"))


@pytest.fixture(scope="session")
def needs() -> Callable[[str], str]:
    """Find a program by name; without it the test is skipped, and fails where CI=true."""

    def find(program: str) -> str:
        path = shutil.which(program, path=os.pathsep.join((os.environ["PATH"], ADMINISTRATION)))
        if path is None:
            missing = f"{program} is not installed"
            if os.environ.get("CI") == "true":
                pytest.fail(f"{missing}, and CI=true promises it")
            pytest.skip(missing)
        return path

    return find
