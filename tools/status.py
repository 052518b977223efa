"""Say what runs on a Pi, and how it does."""

import argparse

from tools import deploy_fleet, deploy_release
from tools.deploy_fleet import Lines
from tools.deploy_pi import Pi
from tools.errors import DeployFailed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `inkling-desk status`."""
    deploy_fleet.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    """Say it in a line each; a service that doesn't run is a failure."""

    def look(pi: Pi, _lines: Lines) -> str:
        told: dict[str, str] = {}
        folder = pi.bring(deploy_release.far_side(deploy_release.ROOT))
        try:
            pi.run_far_side(folder, ["status"], told.__setitem__, as_root=False)
        finally:
            pi.discard(folder)
        words = describe(told)
        if told["state"] != "active":
            raise DeployFailed(f"{pi.target}: {words}")
        return words

    return deploy_fleet.on_each(args, look)


def describe(told: dict[str, str]) -> str:
    """Write what `far.status` tells as a line."""
    if not told["release"]:
        return "inkling is not deployed there"
    parts = [f"{told['status'] or told['state']}, release {told['release']}"]
    parts += [f"weights {told['weights']}"] if told["weights"] else []
    parts += [f"since {told['since']}"] if told["since"] else []
    parts += [f"restarted {told['restarts']} times"] if told["restarts"] not in ("", "0") else []
    parts += [f"kept: {told['kept']}"] if told["kept"] else []
    parts += [f"changed on the Pi: {told['changed']}"] if told["changed"] else []
    parts += ["a deploy is under way"] if told["deploying"] else []
    return "; ".join(parts)
