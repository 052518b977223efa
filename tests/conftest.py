"""What every test may ask for."""

import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.needed import lack

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
            lack(f"{program} is not installed")
        return path

    return find


@pytest.fixture(scope="session")
def real_mnist() -> str:
    """The folder with MNIST that INKLING_MNIST names; it is no part of the project."""
    folder = os.environ.get("INKLING_MNIST")
    if not folder:
        pytest.skip("INKLING_MNIST names no folder with MNIST")
    return folder


@pytest.fixture
def powerless() -> Iterator[None]:
    """Hold the test to the permissions of files, also where root runs it, who may ignore them."""
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root ignores permissions, and only Linux lets it do without that")
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # capabilities(7), version 3, of this thread
    powers = (ctypes.c_uint32 * 6)()  # twice effective, permitted, inheritable
    assert libc.capget(header, powers) == 0
    effective = powers[0]
    powers[0] &= ~0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
    assert libc.capset(header, powers) == 0
    yield
    powers[0] = effective
    assert libc.capset(header, powers) == 0
