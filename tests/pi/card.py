"""What the emulated Zero starts from: kernel, device tree, and a card with the appliance on it."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from device.reading import Frame
from tests.pi.root import armel
from tests.pi.stage import run
from tools import deploy_release
from tools.cache import kept
from tools.far import files, machine
from tools.far.releases import Release, Releases
from tools.zero.machine import gpiozero

OURS = Path(__file__).parent / "zero_card"
MODULES = ("crc16", "mbcache", "crc32c_generic", "libcrc32c", "jbd2", "ext4")
"""What Debian's kernel needs to read the card, in the order of their needing each other."""
REVISION = "900093"
"""A Zero's, by which gpiozero knows the pins; the Pi's firmware would put it there."""
LGPIO = "lgpio==0.2.2.0"
DAY_S = 24 * 3600.0
SIZE = "1G"
"""QEMU wants a power of two; what is empty takes no room here."""
LEFT_OUT = ("include", "share/doc", "share/info", "share/locale", "share/man", "share/perl")
"""Of /usr: what the Zero never reads."""
RULES = 'SUBSYSTEM=="gpio", KERNEL=="gpiochip*", GROUP="gpio", MODE="0660"\n'
"""The part of Raspberry Pi OS's rules that gives the pins to their group."""


class Card(NamedTuple):
    """What QEMU is given."""

    kernel: Path
    device_tree: Path
    initial: Path
    image: Path


@contextmanager
def card(note: Frame) -> Iterator[Card]:
    """Make a card with the appliance on it, whose camera sees that note."""
    root = armel()
    for left in root.parent.glob("card-*"):  # by a run that was killed
        if time.time() - left.stat().st_mtime > DAY_S:
            shutil.rmtree(left)
    with TemporaryDirectory(prefix="card-", dir=root.parent) as folder:
        work = Path(folder)
        tree = work / "tree"
        # Links instead of copies: what is written below is a new file each time.
        run(["cp", "-a", "--link", root, tree], timeout_s=600)
        for name in LEFT_OUT:
            shutil.rmtree(tree / "usr" / name, ignore_errors=True)
        furnish(tree, note)
        install(tree)
        image = work / "card.img"
        options = ["-q", "-t", "ext4", "-O", "^metadata_csum,^has_journal"]
        run(["mke2fs", *options, "-d", tree, "-L", "root", image, SIZE], timeout_s=600)
        shutil.rmtree(tree)
        (kernel,) = root.glob("boot/vmlinuz-*")
        yield Card(kernel, device_tree(root, work), initial(root, work), image)


# --- the machine ---


def device_tree(root: Path, work: Path) -> Path:
    """The kernel's own description of a Zero, with the revision."""
    (source,) = root.glob("usr/lib/linux-image-*/bcm2835-rpi-zero.dtb")
    path = work / "zero.dtb"
    shutil.copyfile(source, path)
    run(["fdtput", "-c", path, "/system"], timeout_s=60)
    run(["fdtput", "-t", "x", path, "/system", "linux,revision", f"0x{REVISION}"], timeout_s=60)
    return path


def initial(root: Path, work: Path) -> Path:
    """The first root file system, which can do no more than find the second."""
    tree = work / "initial"
    for name in ("bin", "dev", "card", "modules"):
        (tree / name).mkdir(parents=True)
    shutil.copy(root / "usr/bin/busybox", tree / "bin")
    shutil.copy(OURS / "init", tree)
    (tree / "init").chmod(0o755)
    for index, name in enumerate(MODULES):
        (module,) = root.glob(f"usr/lib/modules/*/kernel/**/{name}.ko")
        shutil.copy(module, tree / "modules" / f"{index}-{name}.ko")
    names = "\n".join(str(path.relative_to(tree)) for path in sorted(tree.rglob("*")))
    packed = work / "initial.cpio"
    with packed.open("wb") as file:
        command = ["cpio", "--create", "--format=newc", "--quiet"]
        subprocess.run(command, cwd=tree, input=names.encode(), stdout=file, check=True)
    return packed


# --- what is on the card ---


def furnish(tree: Path, note: Frame) -> None:
    """Do what Debian's scripts and Raspberry Pi OS would have done, and add what stands in."""
    run(["systemd-sysusers", f"--root={tree}"], timeout_s=120)
    for path, content in {
        "etc/fstab": "/dev/mmcblk0 / ext4 noatime 0 1\n",
        "etc/machine-id": "0" * 31 + "1\n",
        "etc/udev/rules.d/99-gpio.rules": RULES,
        "etc/systemd/journald.conf.d/memory.conf": "[Journal]\nStorage=volatile\n",
    }.items():
        files.write(tree / path, content.encode())
    local = tree / "usr/local/lib/python3.11/dist-packages"
    shutil.copytree(gpiozero(), local, dirs_exist_ok=True)
    shutil.copytree(lgpio(), local, dirs_exist_ok=True)
    with (local / "lgpio.py").open("a") as file:
        file.write((OURS / "edges.py").read_text())
    shutil.copy(OURS / "picamera2.py", local)
    shutil.copy(OURS / "report.py", tree / "usr/local/lib")
    shutil.copy(OURS / "report.service", tree / "etc/systemd/system")
    (tree / "usr/local/share").mkdir(parents=True, exist_ok=True)
    np.save(tree / "usr/local/share/note.npy", note)
    for name in ("proc", "sys", "run", "root", "mnt", "home", "opt", "srv"):
        (tree / name).mkdir(exist_ok=True)
    compile_all(tree, local)
    run(["systemctl", f"--root={tree}", "enable", "report.service"], timeout_s=60)


def install(tree: Path) -> None:
    """Put the release in its place with the steps of a deploy."""
    with TemporaryDirectory() as folder:
        shipped = Path(folder)
        for name, content in deploy_release.release_files(deploy_release.ROOT, None).items():
            files.write(shipped / name, content)
        machine.make_user(tree, shipped / "systemd")
        releases = Releases(tree)
        release = releases.next(Release(shipped))
        releases.add(release, shipped)
        compile_all(tree, release.folder)
        releases.switch(release)
        machine.Service(tree).place()


def compile_all(tree: Path, folder: Path) -> None:
    """Compile with the Python that will run it."""
    command: list[str | Path] = [tree / "python", "-m", "compileall", "-q", "-p", "/", "-s"]
    run([*command, tree, folder], timeout_s=600, variables={"PYTHONDONTWRITEBYTECODE": ""})


def lgpio() -> Path:
    """Build lgpio for the Zero, which neither Debian nor PyPI has for it."""
    root = armel()
    return kept("lgpio", [LGPIO, root.name], lambda folder: build(folder, root), takes="a minute")


def build(folder: Path, root: Path) -> None:
    """Fetch lgpio's source and compile it with a compiler for the Zero."""
    with TemporaryDirectory() as name:
        work = Path(name)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        run([*command, "--no-binary=lgpio", f"--dest={work}", LGPIO], timeout_s=600)
        (archive,) = work.glob("lgpio-*.tar.gz")
        run(["tar", "-xzf", archive, "--strip-components=1"], timeout_s=60, folder=work)
        run(["swig", "-python", "lgpio.i"], timeout_s=120, folder=work)
        folder.mkdir()
        headers = ["-Isrc", f"-I{root}/usr/include", f"-I{root}/usr/include/python3.11"]
        sources = [*sorted(work.glob("src/lg*.c")), work / "src/rgpiod.c", work / "lgpio_wrap.c"]
        command = ["arm-linux-gnueabi-gcc", "-O2", "-pthread", "-shared", "-fPIC", "-w", *headers]
        library = folder / "_lgpio.cpython-311-arm-linux-gnueabi.so"
        run([*command, *sources, "-o", library], timeout_s=600, folder=work)
        shutil.copy(work / "lgpio.py", folder)


NEEDS = {
    "swig": "swig",
    "arm-linux-gnueabi-gcc": "gcc-arm-linux-gnueabi",
    "/usr/arm-linux-gnueabi/include/stdio.h": "libc6-dev-armel-cross",
    "fdtput": "device-tree-compiler",
    "cpio": "cpio",
    "mke2fs": "e2fsprogs",
    "systemd-sysusers": "systemd",
}
"""What making a card needs, and the Debian package that has it."""
