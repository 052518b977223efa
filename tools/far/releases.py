"""The releases on the Pi: folders that are numbered in the order they came, and the one that runs.

`/opt/inkling/current` points to the one that runs; those below it are what ran before. One above
it was never switched to, or was gone back from. A folder carries its number only once it is whole.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from tools.far import files
from tools.far.words import Failed

KEPT = 3
MANIFEST = "manifest.json"
SPARE = 4_000_000
"""Bytes for byte code, and to leave the card a little."""


class Release:
    """A folder with the program, and the manifest that says what is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        """Its folder's name, such as 7-0.1.0-1a2b3c4d5e6f."""
        return self.folder.name

    @property
    def number(self) -> int:
        """Which it was, from 1; 0 for one that came before releases were numbered."""
        number, dash, _ = self.name.partition("-")
        return int(number) if dash and number.isdecimal() else 0

    @property
    def manifest(self) -> dict[str, Any]:
        """What was brought, see `tools.deploy_release`; empty where it can't be read."""
        try:
            found = json.loads((self.folder / MANIFEST).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def files(self) -> dict[str, str]:
        """The SHA-256 of each file that was brought."""
        found = self.manifest.get("files")
        return found if isinstance(found, dict) else {}

    def changed(self) -> list[str]:
        """The files that are not as they were brought."""
        return [name for name, wanted in self.files.items() if sha256(self.folder / name) != wanted]


def sha256(path: Path) -> str | None:
    """A file's hash; None where it can't be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


class Releases:
    """All of them, and the link to the one that runs."""

    def __init__(self, root: Path) -> None:
        self._home = root / "opt" / "inkling"
        self.folder = self._home / "releases"
        self.link = self._home / "current"

    @property
    def current(self) -> Release | None:
        """The one that runs."""
        return Release(self.link.resolve()) if self.link.exists() else None

    @property
    def history(self) -> list[Release]:
        """The one that runs and those that ran before it, oldest first."""
        newest = self.current.number if self.current else -1
        return [release for release in self._all() if release.number <= newest]

    @property
    def previous(self) -> Release | None:
        """The one that ran before the one that runs."""
        return next(iter(self.history[-2:-1]), None)

    def _all(self) -> list[Release]:
        found = [Release(path) for path in self.folder.glob("[0-9]*")]
        return sorted(found, key=lambda release: (release.number, release.name))

    def next(self, brought: Release) -> Release:
        """The place of a release that was brought."""
        newest = max([0, *(release.number for release in self.history)])
        return Release(self.folder / f"{newest + 1}-{brought.manifest['release']}")

    def leftovers(self) -> list[Path]:
        """What deploys that were cut off, or gone back from, have left.

        One that was cut off after its switch has forgotten no old release: a row of such would
        fill the card, and no deploy would get through any more.
        """
        kept = {release.folder for release in self.history[-KEPT:]}
        return [path for path in self.folder.glob("*") if path not in kept]

    def outdated(self, release: Release) -> list[Release]:
        """Those that are too many once this one runs."""
        others = [one for one in self.history if one.number < release.number]
        return others[: -(KEPT - 1)]

    def check_room(self, release: Release, brought: Path) -> None:
        """Raise Failed where the card has no room for it."""
        home = next(path for path in (self.folder, *self.folder.parents) if path.exists())
        free = os.statvfs(home)
        needed = SPARE + sum((brought / name).stat().st_size for name in release_files(brought))
        has = free.f_bavail * free.f_frsize
        if has < needed:
            raise Failed(
                f"{self.folder} has {has / 1e6:.1f} MB left, {release.name} needs "
                f"{needed / 1e6:.1f} MB: make room on the card"
            )

    def add(self, release: Release, brought: Path) -> None:
        """Copy what was brought into a folder of its own, verify it there, and name it.

        Raises
        ------
        Failed
            Where a file isn't what was sent.
        """
        new = Release(self.folder / f".{release.name}.new")
        files.remove(new.folder)
        for name in release_files(brought):
            place = new.folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(brought / name, place, follow_symlinks=False)
        open_to_read(new.folder)
        if changed := new.changed():
            files.remove(new.folder)
            raise Failed(f"{changed[0]} is not what was sent (its SHA-256 differs): deploy again")
        os.sync()  # all at once is faster on a card than file by file
        new.folder.rename(release.folder)
        files.sync_folder(self.folder)

    def switch(self, release: Release) -> None:
        """Let the link point to another one, at one stroke."""
        files.link(self.link, os.path.relpath(release.folder, self._home))


def release_files(brought: Path) -> list[str]:
    """The files of a release that was brought, as its manifest names them, and the manifest."""
    return [*Release(brought).files, MANIFEST]


def open_to_read(folder: Path) -> None:
    """Let everybody read; whoever carried it here may have had a narrow umask."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
