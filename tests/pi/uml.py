"""A machine with pins: User Mode Linux, a kernel that is a program and runs as one.

Its pins are the kernel's gpio-sim, on the character device that gpiozero uses on a Pi; the
camera's buffers are real dma-bufs. Its clock and its processor are this machine's.
"""

import os
import platform
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

from tests.pi import trixie
from tests.pi.guest.told import DONE, FAILED, PROVED
from tests.pi.stage import REPOSITORY, Unproven, run
from tools.cache import kept

PROGRAMS: Mapping[str, str] = {
    **trixie.PROGRAMS,
    "make": "make",
    "flex": "flex",
    "bison": "bison",
    "bc": "bc",
    "xz": "xz-utils",
}
"""What must be installed, and the Debian package that has it."""

CONFIG = Path(__file__).with_name("uml.config")
SUITE, SOURCE = "bookworm", "linux-source-6.1"
PATCHES = (
    # Room for the interrupts of 54 pins, else no edge can be asked for.
    (
        "arch/um/include/asm/irq.h",
        "#define NR_IRQS\t\t\tUM_LAST_SIGNAL_IRQ",
        "#define NR_IRQS\t\t\t(UM_LAST_SIGNAL_IRQ + 256)",
    ),
    # Room for all registers of processors that have AMX, else no process can be begun on them.
    (
        "arch/x86/um/user-offsets.c",
        "DEFINE_LONGS(HOST_FP_SIZE, 2696);",
        "DEFINE_LONGS(HOST_FP_SIZE, 12288);",
    ),
    # The board revision of a Zero, by which gpiozero knows the header.
    (
        "arch/um/kernel/um_arch.c",
        'seq_printf(m, "mode\\t\\t: skas\\n");',
        'seq_printf(m, "mode\\t\\t: skas\\n");\n\tseq_printf(m, "Revision\\t: 900093\\n");',
    ),
    # The heap that picamera2 takes its buffers from on a Pi.
    (
        "drivers/dma-buf/heaps/system_heap.c",
        'exp_info.name = "system";',
        'exp_info.name = "linux,cma";',
    ),
)
MEMORY_MB = 512


def kernel() -> Path:
    """The kernel, built on first use; INKLING_UML names one that is built already."""
    if prebuilt := os.environ.get("INKLING_UML"):
        return Path(prebuilt)
    if platform.machine() != "x86_64":
        raise Unproven(f"User Mode Linux wants an x86_64, and this is {platform.machine()}")
    return kept(
        "uml",
        (CONFIG, SUITE, SOURCE, repr(PATCHES)),
        _build,
        takes="140 MB to download, five minutes of a processor to build",
    )


def _build(place: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="inkling-uml-") as folder:
        unpacked = trixie.download(SUITE, SOURCE, Path(folder))
        run(["tar", "-xJf", unpacked / f"usr/src/{SOURCE}.tar.xz"], timeout_s=600, folder=unpacked)
        tree = unpacked / SOURCE
        for name, old, new in PATCHES:
            text = (tree / name).read_text()
            if old not in text:
                raise Unproven(f"{SOURCE}/{name}: no {old!r} to change")
            (tree / name).write_text(text.replace(old, new))
        configure = ["make", "ARCH=um", f"KCONFIG_ALLCONFIG={CONFIG}", "allnoconfig"]
        run(configure, timeout_s=600, folder=tree)
        _check_config(tree)
        jobs = f"-j{os.cpu_count() or 1}"
        run(["make", "ARCH=um", "--silent", jobs, "linux"], timeout_s=5400, folder=tree)
        run(["strip", "-o", place, "linux"], timeout_s=60, folder=tree)


def _check_config(tree: Path) -> None:
    """An option that hangs on another is dropped without a word; say which."""
    taken = set((tree / ".config").read_text().splitlines())
    lines = CONFIG.read_text().splitlines()
    wanted = [line for line in lines if line.startswith("CONFIG_") and not line.endswith("=n")]
    if lost := [line for line in wanted if line not in taken]:
        raise Unproven(f"{CONFIG.name}: the kernel doesn't take {', '.join(lost)}")


def proofs(*program: str, timeout_s: float) -> Iterator[str]:
    """Boot with a program, and yield what it proves.

    Raises
    ------
    Unproven
        When it says so, ends early, or takes longer.
    """
    last = "no word"
    with _running(program, timeout_s) as machine:
        began_s = time.monotonic()
        assert machine.stdout is not None
        for line in machine.stdout:
            words = line.strip()
            if words.startswith(PROVED):
                yield words.removeprefix(PROVED)
            elif words.startswith(FAILED):
                raise Unproven(words.removeprefix(FAILED))
            elif words == DONE:
                return
            last = words or last
    if time.monotonic() - began_s >= timeout_s:
        raise Unproven(f"no end within {timeout_s:g} s; last: {last}")
    raise Unproven(f"the machine ended early; last: {last}")


@contextmanager
def _running(program: tuple[str, ...], timeout_s: float) -> "Iterator[subprocess.Popen[str]]":
    linux, image = kernel(), trixie.image()
    with tempfile.TemporaryDirectory(prefix="inkling-machine-") as folder:
        # The kernel's command line can't hold a path with a space in it.
        (Path(folder) / "project").symlink_to(REPOSITORY)
        (Path(folder) / "image").symlink_to(image)
        first = "mount -t proc proc /proc; mount -t hostfs -o ro hostfs /mnt; "
        first += f"exec sh /mnt/tests/pi/guest/boot.sh {' '.join(program)}"
        command = [str(linux), f"mem={MEMORY_MB}M", "ubd0r=image", "root=/dev/ubda", "ro"]
        command += ["rootfstype=squashfs", "hostfs=project", f"uml_dir={folder}", "quiet"]
        command += ["con=null", "con0=null,fd:1", "con1=null", "init=/bin/sh", "--", "-c"]
        machine = subprocess.Popen(
            [*command, f'"{first}"'],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="backslashreplace",
            cwd=folder,
            start_new_session=True,
        )
        timer = Timer(timeout_s, _kill, [machine])
        timer.start()
        try:
            yield machine
        finally:
            timer.cancel()
            _kill(machine)
            machine.communicate()


def _kill(machine: "subprocess.Popen[str]") -> None:
    """End the machine with all the processes that its programs are on this one."""
    with suppress(ProcessLookupError):
        os.killpg(machine.pid, signal.SIGKILL)
