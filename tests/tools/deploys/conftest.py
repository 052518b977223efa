"""A project to deploy, a machine to deploy to, and the command that does it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tools.deploys.far import REPOSITORY, FarSide, write_weights
from tools import deploy_release
from tools.__main__ import main

Deploy = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project with small weights, which a test may change."""
    copy = tmp_path / "project"
    for part in (*deploy_release.PARTS, "tools"):
        shutil.copytree(REPOSITORY / part, copy / part)
    shutil.copy(REPOSITORY / "pyproject.toml", copy)
    write_weights(copy / "nn" / "inkling.npz", seed=1)
    monkeypatch.setattr(deploy_release, "ROOT", copy)
    return copy


@pytest.fixture
def far(
    tmp_path: Path, needs: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[FarSide]:
    ssh, sysusers = needs("ssh"), needs("systemd-sysusers")
    folder = tmp_path / "far"
    folder.mkdir()
    far = FarSide(folder, needs("sshd"), needs("ssh-keygen"))
    # What it writes nobody may read, and root may: whoever runs the tests need not be root.
    readable = 'chmod -f u+r "$INKLING_ROOT"/etc/*shadow || true'
    far.replace("systemd-sysusers", f'{readable}\nexec {sysusers} "$@"')
    # The user's own ssh configuration and known hosts stay out of it.
    (folder / "ssh_config").write_text(
        f"UserKnownHostsFile {far.known_hosts}\nGlobalKnownHostsFile none\n"
        "StrictHostKeyChecking yes\n"
    )
    near = tmp_path / "near"
    near.mkdir()
    (near / "ssh").write_text(f'#!/bin/sh\nexec {ssh} -F {folder}/ssh_config "$@"\n')
    (near / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", str(near), prepend=os.pathsep)
    yield far
    far.close()


@pytest.fixture
def deploy_to(project: Path, capfd: pytest.CaptureFixture[str]) -> Deploy:
    """Run `inkling-desk deploy`, or another command: the exit status, what it said, its complaint.

    What it says of the Pi is without the Pi's name, which begins every line.
    """

    def run(far: FarSide, *options: str, command: str = "deploy") -> tuple[int, list[str], str]:
        words = [command, "--port", str(far.port), "--identity", str(far.identity), *options]
        status = main([*words, "--", far.target])
        out, err = capfd.readouterr()
        return status, [line.removeprefix(f"{far.target}: ") for line in out.splitlines()], err

    return run
