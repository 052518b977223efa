"""What tests need besides the project itself; nothing that CI=true promises may be missing."""

import importlib
import os
from types import ModuleType
from typing import NoReturn

import pytest


def lack(reason: str) -> NoReturn:
    """Skip a test, or a module of tests, and say why; fail instead where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI=true promises it", pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def need_module(name: str) -> ModuleType:
    """Import what isn't to be had on every machine: playwright has no wheels for a Pi Zero."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        lack(f"{name} is not installed")
