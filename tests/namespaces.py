"""Programs in a namespace of their own, where they can mount what they like."""

import os
import subprocess
from collections.abc import Callable

import pytest

Needs = Callable[[str], str]


def in_a_namespace(needs: Needs, kind: str, shell: str = 'exec "$@"') -> list[str]:
    """The words that run a program in a namespace of its own; skipped where nobody may have one."""
    words = [needs("unshare"), kind]
    if os.getuid() != 0:
        words.append("--map-root-user")
    # Without the shell's lines: where those fail, the test has to say so.
    tried = subprocess.run([*words, "true"], capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"this machine gives nobody such a namespace: {tried.stderr.strip()}")
    return [*words, "sh", "-c", shell, "sh"]
