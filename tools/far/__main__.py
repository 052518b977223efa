"""`python3 -m tools.far`: deploy, go back to the release before, or say what runs.

Run by the desk, from the folder that it brought; as root, except to look.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools.far.releases import Releases
from tools.far.status import told_status
from tools.far.transaction import Transaction, Wishes, one_line
from tools.far.words import Failed, silence, tell

ROOT = Path(os.environ.get("INKLING_ROOT", "/"))
"""What stands for /, for the tests."""
LOCK = ROOT / "run/inkling-deploy.lock"
BROUGHT = Path(__file__).parents[2]


def main() -> None:
    """Do one thing; what is wrong is said in one line."""
    parser = argparse.ArgumentParser(prog="tools.far")
    parser.add_argument("command", choices=("deploy", "rollback", "status"))
    parser.add_argument("packages", nargs="*")
    parser.add_argument("--weights-only", action="store_true")
    parser.add_argument("--dry-run", action="store_true")
    args = parser.parse_args()
    if args.command == "status":
        told_status(ROOT, LOCK)
        return
    os.umask(0o022)  # whose ever login this is, the appliance's user has to read what is made
    # Once begun it comes to its end, whatever becomes of the desk and the connection.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.nullcontext() if args.dry_run else alone():
        transaction = Transaction(ROOT, BROUGHT, Wishes(tuple(args.packages), args.weights_only))
        steps = transaction.deploy if args.command == "deploy" else transaction.rollback
        try:
            transaction.run(steps(), dry_run=args.dry_run)
        finally:
            for name, value in transaction.page.items():
                tell(name, value)
    if not args.dry_run:
        running = Releases(ROOT).current
        tell("running", running.name if running else "")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the lock, which ends with this process however it ends.

    Raises
    ------
    Failed
        Another deploy is under way.
    """
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise Failed(f"another deploy is under way there, {file.read().strip()}") from error
        file.truncate(0)
        client = os.environ.get("SSH_CLIENT", "").partition(" ")[0]
        file.write(f"since {time.strftime('%H:%M:%S')}{f' from {client}' if client else ''}\n")
        file.flush()
        yield


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # noqa: BLE001 - one line, whatever it is; the desk shows it
        with contextlib.suppress(OSError):
            print(one_line(error), file=sys.stderr, flush=True)
        silence()
        sys.exit(1)
