"""The root file system of a container with systemd and sshd that stands for a Pi."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from tests.pi.stage import run
from tools.cache import kept
from tools.zero.debian import mmdebstrap
from tools.zero.machine import gpiozero

PACKAGES = (
    *("systemd-sysv", "dbus", "openssh-server", "sudo", "udev", "kmod"),
    *("python3", "python3-numpy", "libopenblas0-serial", "python3-pil", "python3-gpiozero"),
    "python3-tornado",
)
FROM_THE_PI_S_OWN_ARCHIVE = ("python3-lgpio", "python3-picamera2")
"""Not Debian's. An archive in a file has them, empty: nothing of the Pi's hardware is there."""

USER, NOBODY = "pi", "guest"
"""Who logs in: one who may become root, and one who may not."""

PRESSES = "/run/inkling/presses"
SIMULATED = f"""# The container has neither camera nor pins. All else of the unit is as shipped.
# A line in the file that is followed presses the button.
[Service]
ExecStart=
ExecStart=/bin/bash -c 'touch {PRESSES}; exec /usr/bin/python3 -P -X faulthandler -m device \
run --simulate --plain --seed 1 < <(exec tail -n 0 -f {PRESSES})'
"""


def make_root(root: Path) -> None:
    """Debian with systemd and sshd, and what of ours is the same for every container."""
    command = mmdebstrap("--variant=minbase", "--skip=check/qemu")
    command += ['--aptopt=Acquire::Retries "5"', f"--include={','.join(PACKAGES)}"]
    run([*command, "bookworm", root, "http://deb.debian.org/debian"], timeout_s=1800)
    shutil.copytree(gpiozero(), root / "usr/local/lib/python3.11/dist-packages", dirs_exist_ok=True)
    for user in (USER, NOBODY):
        run(["chroot", root, "useradd", "-m", "-s", "/bin/bash", user], timeout_s=60)
    (root / "etc/sudoers.d/pi").write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n")
    drop_in = root / "etc/systemd/system/inkling.service.d/simulated.conf"
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text(SIMULATED)
    make_archive(root)


def make_archive(root: Path) -> None:
    """An archive of packages in a file, as apt's only source: there is no internet."""
    archive = root / "srv/archive"
    archive.mkdir(parents=True)
    index = ""
    for name in FROM_THE_PI_S_OWN_ARCHIVE:
        with tempfile.TemporaryDirectory() as folder:
            fields = f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: nobody <n@o>\n"
            control = Path(folder, "DEBIAN/control")
            control.parent.mkdir()
            control.parent.chmod(0o755)
            control.write_text(f"{fields}Description: stands for the Pi's own\n")
            run(["dpkg-deb", "--build", "--root-owner-group", folder, archive], timeout_s=60)
        content = (archive / f"{name}_1_all.deb").read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        index += f"{fields}Filename: ./{name}_1_all.deb\nSize: {len(content)}\nSHA256: {digest}\n\n"
    (archive / "Packages").write_text(index)
    (root / "etc/apt/sources.list").write_text("deb [trusted=yes] file:/srv/archive ./\n")
    for path in (root / "var/lib/apt/lists").glob("*_*"):
        path.unlink()


def systemd_root() -> Path:
    """Debian with systemd, to be copied."""
    return kept(
        "bookworm-systemd",
        (Path(__file__), *PACKAGES),
        make_root,
        takes="about 60 MB to download, three minutes",
    )
