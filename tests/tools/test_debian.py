"""What makes the roots of emulated Pis leaves nothing behind on this machine."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.namespaces import Needs, in_a_namespace

REPOSITORY = Path(__file__).parents[2]

KILL_AND_LOOK = """
    import subprocess, sys
    from tools.zero.debian import mmdebstrap

    running = subprocess.Popen(mmdebstrap(sys.argv[1]), stdout=subprocess.PIPE, text=True)
    print(running.stdout.readline(), end="")
    running.kill()
    running.wait()
    print(sys.argv[1] in open("/proc/self/mountinfo").read())
"""

MOUNT_AND_WAIT = """#!/bin/sh
mount -t tmpfs none "$2" && grep -q "$2" /proc/self/mountinfo && echo mounted
exec sleep 60
"""


def test_a_killed_mmdebstrap_leaves_nothing_mounted(needs: Needs, tmp_path: Path) -> None:
    root, program = tmp_path / "root", tmp_path / "mmdebstrap"
    root.mkdir()
    program.write_text(MOUNT_AND_WAIT)
    program.chmod(0o755)
    words = [sys.executable, "-c", textwrap.dedent(KILL_AND_LOOK), str(root)]
    done = subprocess.run(
        [*in_a_namespace(needs, "--mount"), *words],
        cwd=REPOSITORY,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["mounted", "False"], done.stderr
