"""Inside the machine, under systemd: the shipped unit at work, looked at from outside."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from device.config import BoardConfig
from tests.pi.guest import note
from tests.pi.guest.header import Finger, Header, SevenSegments, Unseen, see_blinks, wait_for
from tests.pi.guest.told import tell

BOARD = BoardConfig()
UNIT = "inkling.service"
CONFIG = Path("/etc/inkling/config.toml")
WEIGHTS = Path("/etc/inkling/mine.npz")
SHIPPED = Path("/opt/inkling/current/nn/inkling.npz")
SLOW_S = 240.0
"""For what takes a restart: the watchdog's time, and Python, numpy and picamera2 once more."""


def prove() -> Iterator[str]:
    """Live through a bad day."""
    appliance = Appliance()
    try:
        for part in (
            appliance.prove_start,
            appliance.prove_shut_in,
            appliance.prove_presses,
            appliance.prove_bad_weights,
            appliance.prove_hung_camera,
            appliance.prove_lost_camera,
            appliance.prove_watchdog,
            appliance.prove_stop,
        ):
            yield part()
    except Unseen as error:
        told = [appliance.status, *appliance.journal()[-4:]]
        raise Unseen(f"{error}; the daemon said {' | '.join(told)}") from error


class Appliance:
    """The service, by its lines, its camera and what systemd says of it."""

    def __init__(self) -> None:
        self.header = Header()
        self.finger = Finger(self.header, BOARD.button)
        self.digit = SevenSegments(self.header, BOARD.seven_segment)

    def show(self, name: str) -> str:
        """One of systemd's properties of the unit."""
        return systemctl("show", "-P", name, UNIT)

    @property
    def process(self) -> int:
        """The main process now."""
        return int(self.show("MainPID"))

    @property
    def status(self) -> str:
        """What the program last told systemd."""
        return self.show("StatusText")

    def journal(self) -> list[str]:
        """Everything that the program has logged."""
        return run("journalctl", "-u", UNIT, "-o", "cat", "--no-pager").splitlines()

    def readings(self) -> list[str]:
        """What it read, in order."""
        found = (re.fullmatch(r"INFO: (.*) \([\d.]+ s\)", line) for line in self.journal())
        return [match[1] for match in found if match]

    def await_status(self, start: str) -> None:
        """Wait until the program says so."""
        wait_for(lambda: self.status.startswith(start), f"the status {start!r}", SLOW_S)

    def await_sign(self, sign: str) -> None:
        """Press, and read the digit from the lines."""
        before = len(self.readings())
        self.finger.press()
        wait_for(lambda: len(self.readings()) > before, "a reading", SLOW_S)
        wait_for(lambda: self.digit.sign == sign, f"{sign} on the seven segments")

    def prove_start(self) -> str:
        """Wait for READY."""
        wait_for(lambda: self.show("ActiveState") == "active", "READY", SLOW_S)
        self.await_status("ready")
        wait_for(lambda: self.header.level(BOARD.light), "a wink")
        if self.show("DropInPaths"):
            raise Unseen(f"the unit is changed by {self.show('DropInPaths')}")
        return "the unit as it is shipped, without a drop-in: READY, and the light winks"

    def prove_shut_in(self) -> str:
        """See by the process itself, and from inside its control group, what it may not do."""
        process = Path(f"/proc/{self.process}")
        fields = dict(re.findall(r"^(\w+):\s+(.*)$", (process / "status").read_text(), re.M))
        wanted = {"Seccomp": "2", "NoNewPrivs": "1", "CapBnd": "0" * 16, "CapEff": "0" * 16}
        found = {name: fields[name] for name in wanted}
        if found != wanted or fields["Uid"].split()[0] == "0":
            raise Unseen(f"the process may too much: {found}, user {fields['Uid']}")
        mounts = [line.split() for line in (process / "mountinfo").read_text().splitlines()]
        root = [options for _, _, _, _, place, options, *_ in mounts if place == "/"][-1]
        network, ours = (Path(f"/proc/{who}/ns/net").readlink() for who in (process.name, "self"))
        if "ro" not in root.split(",") or network == ours:
            raise Unseen(f"the process has the network, or writes to the card ({root})")
        group = "/sys/fs/cgroup" + self.show("ControlGroup")
        code = f"open('{group}/cgroup.procs', 'w').write('0')\n"
        for device in ("/dev/gpiochip0", "/dev/dma_heap/linux,cma"):
            code += f"open({device!r}, 'rb', 0)\n"
        code += "open('/dev/ubda', 'rb', 0)"
        last = subprocess.run(["python3", "-c", code], capture_output=True, text=True).stderr
        if not last.strip().endswith("Operation not permitted: '/dev/ubda'"):
            raise Unseen(f"in its control group devices are not as the unit says: {last[-200:]}")
        fifos = list(Path("/run/inkling").glob(".lgd-nfy*"))
        if not fifos:
            raise Unseen("lgpio's pipe isn't in /run/inkling")
        return (
            "no rights, no network, no writing; system calls filtered; pins and buffers open, "
            "other devices shut; lgpio's pipe in /run/inkling"
        )

    def prove_presses(self) -> str:
        """Press, several times."""
        for _ in range(3):
            self.await_sign("7")
        if self.readings() != ["7"] * 3:
            raise Unseen(f"three presses read {self.readings()}")
        return "press: the camera's note is read, and 7 stands on the seven segments; a line each"

    def prove_bad_weights(self) -> str:
        """Reload with good weights of one's own, and then with torn ones."""
        WEIGHTS.write_bytes(SHIPPED.read_bytes())
        CONFIG.write_text(CONFIG.read_text().replace('weights = ""', f'weights = "{WEIGHTS}"'))
        self.reload()
        if "weights bad" in self.status:
            raise Unseen(f"good weights: {self.status}")
        WEIGHTS.write_bytes(SHIPPED.read_bytes()[:1000])
        self.reload()
        wait_for(lambda: "weights bad" in self.status, "the fault")
        told = [line for line in self.journal() if line.startswith("WARNING: weights bad: ")]
        if not told:
            raise Unseen("bad weights are not told")
        see_blinks(self.header, BOARD.light, 4)
        self.await_sign("7")
        WEIGHTS.write_bytes(SHIPPED.read_bytes())
        self.reload()
        wait_for(lambda: "weights bad" not in self.status, "the fault's end")
        return f"SIGHUP with torn weights: the old ones read on, four blinks, {told[-1]!r}"

    def reload(self) -> None:
        """Have it reload, and wait until it has."""
        before = self.journal().count("INFO: reloaded")
        systemctl("reload", UNIT)
        wait_for(lambda: self.journal().count("INFO: reloaded") > before, "the reload")

    def prove_hung_camera(self) -> str:
        """Let no frames come."""
        process = self.process
        note.loosen()
        self.finger.press()
        self.await_status("fault; camera hung")
        see_blinks(self.header, BOARD.light, 3)
        note.plug_in()
        self.await_ready_again(process)
        self.await_sign("7")
        return "a camera that gives no frames: three blinks; then the same process reads again"

    def prove_lost_camera(self) -> str:
        """Take the camera away while it runs, and give it back with another note before it."""
        process = self.process
        note.unplug()
        self.finger.press()
        self.await_status("fault; no camera: no camera found")
        see_blinks(self.header, BOARD.light, 2)
        note.show("4")
        self.await_ready_again(process)
        self.await_sign("4")
        return "the camera taken away: two blinks; given back, the same process reads the new note"

    def await_ready_again(self, process: int) -> None:
        """Wait until the fault is over; a press hurries what is tried again."""
        self.finger.press()
        wait_for(lambda: not self.status.startswith(("fault", "starting")), "the camera", SLOW_S)
        if self.process != process:
            raise Unseen("the daemon did not survive that")
        wait_for(lambda: self.status == "ready", "the end of an answer", SLOW_S)

    def prove_watchdog(self) -> str:
        """Freeze the whole daemon."""
        note.show("7")
        process, restarts = self.process, int(self.show("NRestarts"))
        os.kill(process, signal.SIGSTOP)
        wait_for(lambda: int(self.show("NRestarts")) > restarts, "the watchdog", SLOW_S)
        self.await_status("ready")
        self.await_sign("7")
        log = run("journalctl", "-u", UNIT, "-o", "cat", "--no-pager")
        if "Watchdog timeout" not in log or self.process == process:
            raise Unseen("it was restarted, but not by the watchdog")
        return (
            "frozen by SIGSTOP: the watchdog ends it, systemd starts it, and it reads the new note"
        )

    def prove_stop(self) -> str:
        """Stop the unit."""
        systemctl("stop", UNIT)
        if self.show("Result") != "success" or self.show("ExecMainStatus") != "0":
            raise Unseen(f"stopping: {self.show('Result')}, status {self.show('ExecMainStatus')}")
        if any(self.header.levels((BOARD.light, *BOARD.seven_segment))):
            raise Unseen("a lamp is lit after the stop")
        return "stopped: exit status 0, all lamps dark"


def systemctl(*words: str) -> str:
    """Ask systemd."""
    return run("systemctl", *words).strip()


def run(*command: str) -> str:
    """Run a program and return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Unseen(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    tell(prove)
