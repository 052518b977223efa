"""A deploy from its first step to its last, and the way back.

Everything up to the switch happens beside the appliance, which runs on. The switch is one
rename. What goes wrong after it is answered by switching back: release, configuration and
unit are those from before. A deploy that is cut off, by whatever, leaves the release from
before or the new one, which has read a note by then; what else it leaves the next one clears
away.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tools.far import files, machine, trial
from tools.far.releases import Release, Releases
from tools.far.words import Failed, say, tell

WEIGHTS = "nn/inkling.npz"
SWITCH, CONFIGURE = "switch", "configure"
CHANGING = (SWITCH, CONFIGURE)
"""The steps from which on there is something to go back from."""


class Step(NamedTuple):
    """One step: its name, what it does in words, and how."""

    name: str
    words: str
    do: Callable[[], object]


@dataclass(frozen=True)
class Wishes:
    """What the desk wants besides."""

    packages: tuple[str, ...] = ()
    """Those that are missing there."""
    weights_only: bool = False
    """Only the weights are new: the service takes them up without a restart."""


class Transaction:
    """Bring one release to run in place of another, or leave things as they were.

    Parameters
    ----------
    root
        What stands for /.
    brought
        The folder in which the desk put what it brought.
    wishes
        What it wants.
    """

    def __init__(self, root: Path, brought: Path, wishes: Wishes) -> None:
        self._root = root
        self._brought = brought
        self._wishes = wishes
        self._releases = Releases(root)
        self._service = machine.Service(root)
        self._config = root / "etc/inkling/config.toml"
        self._config_before = self._configuration()
        self._before = self._releases.current
        self._config_wanted: bytes | None = None
        self._candidate = self._releases.folder / ".config.toml"
        self._page: dict[str, str] = {}
        self._has_network = self._service.has_network
        self._camera_from_next_start = False

    def run(self, steps: Iterator[Step], *, dry_run: bool) -> None:
        """Take one step after the other, or only say them; after a failure go back.

        Raises
        ------
        Failed
            With what was wrong, and what runs now.
        """
        changed = False
        try:
            for step in steps:
                sys.audit("inkling.step", step.name)  # where a test may pull the plug
                tell("step", f"{step.name}: {step.words}")
                if not dry_run:
                    changed = changed or step.name in CHANGING
                    step.do()
        except Exception as error:  # whatever it was, the appliance has to run
            if dry_run:
                raise
            raise Failed(f"{one_line(error)}; {self._go_back(changed=changed)}") from error

    # --- what is done, in order ---

    def deploy(self) -> Iterator[Step]:
        """Bring the release that lies in `brought`."""
        shipped = self._brought / "release"
        release, is_new = self._choose(Release(shipped))
        yield from self._tidy()
        yield from self._prepare_machine(shipped)
        if is_new:
            words = f"{len(Release(shipped).files)} files to {release.folder}"
            yield Step("copy", words, lambda: self._copy(release, shipped))
            yield Step("compile", "its byte code", lambda: trial.compile_all(release.folder))
        yield from self._put_to_work(release, shipped)
        if outdated := self._releases.outdated(release):
            names = ", ".join(old.name for old in outdated)
            yield Step("forget", names, lambda: forget(outdated))
        # The next thing that happens to a Pi is that somebody pulls its plug.
        yield Step("sync", "everything to the card", os.sync)

    def rollback(self) -> Iterator[Step]:
        """Bring back the release that ran before."""
        release = self._releases.previous
        if release is None:
            raise Failed("there is no release from before to go back to")
        yield from self._tidy()
        yield from self._put_to_work(release, release.folder, is_older=True)
        yield Step("sync", "everything to the card", os.sync)

    def _tidy(self) -> Iterator[Step]:
        if left := self._releases.leftovers():
            names = ", ".join(path.name for path in left)
            yield Step("tidy", names, lambda: remove_all(left))

    def _prepare_machine(self, shipped: Path) -> Iterator[Step]:
        packages = self._wishes.packages
        if packages:
            say(f"installing {' '.join(packages)}")
            yield Step("packages", " ".join(packages), lambda: machine.install_packages(packages))
        if config := machine.shut_camera(self._root):
            yield Step("camera", f"enable it in {config}", lambda: self._enable_camera(config))
        systemd = shipped / "systemd"
        yield Step("user", "inkling and its groups", lambda: machine.make_user(self._root, systemd))

    def _put_to_work(
        self, release: Release, shipped: Path, *, is_older: bool = False
    ) -> Iterator[Step]:
        """Try it beside the one that runs, switch to it, and see that it works."""
        history = self._releases.history
        plan = trial.plan_configuration(self._brought, self._config, history, shipped)
        for told in plan["say"]:
            say(told)
        wanted = (self._brought / "candidate.toml").read_bytes()
        config = self._config
        beside = f" beside {self._before.name}" if self._before else ""
        if follows := wanted != self._config_before:
            config = self._candidate
            words = f"a candidate of {self._config}"
            yield Step("candidate", words, lambda: files.write(self._candidate, wanted))
        name = f"{release.name}{beside}"
        yield Step("check", name, lambda: trial.check(release, config, self._config))
        yield Step("read", name, lambda: trial.read_note(release, release.folder))
        yield Step("unit", machine.UNIT, self._service.place)
        # From here on the Pi starts with the new release, whatever happens to this deploy.
        steps = [Step(SWITCH, f"to {release.name}", lambda: self._releases.switch(release))]
        if follows:
            steps.append(Step(CONFIGURE, str(self._config), lambda: self._configure(wanted)))
        # A power cut between the two leaves the newer release, which knows what the older knew.
        yield from reversed(steps) if is_older else steps
        words, network = "what it says of the network", plan["network"]
        yield Step("systemd", words, lambda: self._service.read_again(with_network=network))
        self._page = plan["page"]
        yield from self._take_up(release)

    def _take_up(self, release: Release) -> Iterator[Step]:
        """Let the service run what was switched to."""
        if self._camera_from_next_start:
            say("the Pi has its camera from its next start on: sudo reboot")
            return
        if self._wishes.weights_only:
            yield Step("reload", "the weights", lambda: must_be_ready(self._service.reload()))
        else:
            words = "the service, until it is ready"
            yield Step("restart", words, lambda: must_be_ready(self._service.restart()))
        current = self._releases.link
        yield Step("reading", "the stored note again", lambda: trial.read_note(release, current))

    # --- how ---

    def _choose(self, brought: Release) -> tuple[Release, bool]:
        """The release to run, and whether it is new: the same again is not."""
        current = self._before
        if current is None:
            return self._releases.next(brought), True
        changed = current.changed()
        for name in changed:
            say(f"{current.folder / name} was changed on the Pi; the new release is as it was sent")
        if self._wishes.weights_only:
            must_suffice(current, brought, self._service)
        if current.manifest == brought.manifest and not changed:
            return current, False
        return self._releases.next(brought), True

    def _copy(self, release: Release, shipped: Path) -> None:
        self._releases.check_room(release, shipped)
        self._releases.add(release, shipped)

    def _enable_camera(self, config: Path) -> None:
        machine.enable_camera(config)
        self._camera_from_next_start = True
        say(f"enabled the camera in {config}")

    def _configuration(self) -> bytes | None:
        return self._config.read_bytes() if self._config.exists() else None

    def _configure(self, wanted: bytes) -> None:
        if self._configuration() != self._config_before:
            raise Failed(f"{self._config} was edited meanwhile: deploy again")
        self._config_wanted = wanted
        files.write(self._config, wanted)
        files.remove(self._candidate)

    # --- the way back ---

    def _go_back(self, *, changed: bool) -> str:
        """Undo what was done, and say what runs now."""
        before = self._before
        try:
            if changed and before is not None:
                wrong = self._switch_back(before)
                remains = f"{before.name} runs again"
                if wrong:
                    remains = f"{before.name} is in its place again, but not ready either: {wrong}"
            elif changed:
                return "it stays in place, for nothing ran before; make logs shows its log"
            else:
                remains = f"{before.name} runs on" if before else "nothing was put in place"
            remove_all(self._releases.leftovers())
        except Exception as error:  # noqa: BLE001 - it is told, with what went wrong before
            return f"going back failed as well: {one_line(error)}"
        return remains

    def _switch_back(self, before: Release) -> str:
        self._page = {}
        if self._config_wanted is not None and self._configuration() == self._config_wanted:
            if self._config_before is None:
                files.remove(self._config)
            else:
                files.write(self._config, self._config_before)
        self._releases.switch(before)
        self._service.read_again(with_network=self._has_network)
        return self._service.reload() if self._wishes.weights_only else self._service.restart()

    @property
    def page(self) -> dict[str, str]:
        """What the desk needs to know of the page that was opened."""
        return self._page


def remove_all(paths: Iterable[Path]) -> None:
    """Remove files and folders."""
    for path in paths:
        files.remove(path)


def forget(releases: Iterable[Release]) -> None:
    """Remove releases as far as they can be: the deploy is done by then."""
    for release in releases:
        shutil.rmtree(release.folder, ignore_errors=True)


def must_suffice(current: Release, brought: Release, service: machine.Service) -> None:
    """Raise Failed unless new weights are all that what runs lacks."""
    names = current.files.keys() | brought.files.keys()
    other = sorted(
        name for name in names - {WEIGHTS} if current.files.get(name) != brought.files.get(name)
    )
    if other:
        raise Failed(f"not only the weights differ from {current.name}, as {other[0]}: make deploy")
    if not service.is_ready:
        raise Failed("the service is not ready to reload: make deploy")


def must_be_ready(wrong: str) -> None:
    """Raise Failed where something keeps the service from being ready."""
    if wrong:
        raise Failed(f"the service is not ready: {wrong}")


def one_line(error: Exception) -> str:
    """What was wrong, in a line."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'the Pi'}: {error.strerror.lower()}"
    words = " ".join(str(error).split())
    return words if isinstance(error, Failed) else f"unexpected {type(error).__name__}: {words}"
