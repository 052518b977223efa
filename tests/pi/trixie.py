"""Debian trixie for this machine's processor, with what Raspberry Pi OS has beyond Debian.

An image that is only read: systemd, Python, libcamera and numpy from Debian; picamera2,
gpiozero and lgpio, which Debian lacks or has too old, from the Python package index.
"""

import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.pi.stage import run
from tools.cache import kept
from tools.zero.debian import mmdebstrap

PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "mksquashfs": "squashfs-tools",
    "swig": "swig",
    "gcc": "gcc",
}
"""What must be installed, and the Debian package that has it."""

MIRROR = "deb http://deb.debian.org/debian {} main"
SUITES = ("trixie", "trixie-updates", "trixie-backports")
PACKAGES = (
    *("systemd-sysv", "udev", "dbus", "polkitd", "kmod", "mount", "passwd", "procps"),
    *("python3-numpy", "python3-pil", "python3-colorzero"),
    # Trixie's own libcamera 0.4 hangs with its virtual camera.
    *("python3-libcamera/trixie-backports", "libcamera-ipa/trixie-backports"),
    # What picamera2 imports, whatever is used of it.
    *("python3-piexif", "python3-jsonschema", "python3-prctl", "python3-tqdm"),
)
LEFT_OUT = ("man", "locale", "doc")
PYTHON = "3.13"
HEADERS = f"libpython{PYTHON}-dev"
WHEELS = (
    *("picamera2==0.3.38", "gpiozero==2.0.1"),
    *("simplejpeg==1.9.0", "videodev2==0.0.4", "libarchive-c==5.3", "openexr==3.4.13"),
)
LGPIO = "lgpio==0.2.2.0"
"""No wheel of it fits Python 3.13, so it is built."""


def image() -> Path:
    """The image, made on first use."""
    return kept(
        "trixie-amd64",
        (Path(__file__),),
        _make,
        takes="200 MB to download, two minutes",
    )


def download(suite: str, package: str, folder: Path) -> Path:
    """Download a package of a suite, whatever this machine's own is, and unpack it."""
    command = mmdebstrap("--mode=root", "--variant=extract", "--format=null")
    fetch = f'cd "{folder}" && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -q download {package}'
    run([*command, f"--extract-hook={fetch}", suite, "-", MIRROR.format(suite)], timeout_s=1200)
    (archive,) = folder.glob(f"{package}_*.deb")
    unpacked = folder / package
    run(["dpkg-deb", "-x", archive, unpacked], timeout_s=300)
    archive.unlink()
    return unpacked


def _make(place: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="inkling-trixie-") as folder:
        work = Path(folder)
        packages = work / "packages"
        _install_wheels(packages)
        _build_lgpio(work, packages)
        root = work / "root"
        command = mmdebstrap("--mode=root", "--variant=essential")
        command += [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in LEFT_OUT]
        command += ['--aptopt=Acquire::Retries "5"', f"--include={','.join(PACKAGES)}"]
        local = f"/usr/local/lib/python{PYTHON}/dist-packages"
        command += [f"--customize-hook=sync-in '{packages}' {local}"]
        command += [f'--customize-hook=chroot "$1" python3 -m compileall -q {local}']
        mirrors = [MIRROR.format(suite) for suite in SUITES]
        run([*command, "trixie", root, *mirrors], timeout_s=3000)
        options = ["-comp", "zstd", "-Xcompression-level", "3", "-no-progress", "-quiet"]
        run(["mksquashfs", root, place, *options], timeout_s=600)


def _install_wheels(packages: Path) -> None:
    command: list[str | Path] = ["install", "--target", packages, "--only-binary=:all:"]
    command += ["--no-compile"]
    command += [f"--python-version={PYTHON}", "--implementation=cp"]
    for platform in ("manylinux_2_34_x86_64", "manylinux_2_28_x86_64", "manylinux2014_x86_64"):
        command += ["--platform", platform]
    _pip([*command, *WHEELS])


def _build_lgpio(work: Path, packages: Path) -> None:
    """Build the module as its own set-up does for the index, with the library inside."""
    _pip(["download", "--no-binary=:all:", "--dest", work, LGPIO])
    (archive,) = work.glob("lgpio-*.tar.gz")
    with tarfile.open(archive) as sources:
        sources.extractall(work, filter="data")
    source = work / archive.name.removesuffix(".tar.gz")
    run(["swig", "-python", "lgpio.i"], timeout_s=60, folder=source)
    headers = download("trixie", HEADERS, work) / "usr/include"
    module = packages / f"_lgpio.cpython-{PYTHON.replace('.', '')}-x86_64-linux-gnu.so"
    command: list[str | Path] = ["gcc", "-O1", "-w", "-shared", "-fPIC", "-pthread", "-Isrc"]
    command += [f"-I{headers / f'python{PYTHON}'}", f"-I{headers}", "-o", module]
    command += [*source.glob("src/lg*.c"), "src/rgpiod.c", "lgpio_wrap.c", "-lrt", "-ldl"]
    run(command, timeout_s=300, folder=source)
    (source / "lgpio.py").rename(packages / "lgpio.py")


def _pip(words: Sequence[str | Path]) -> None:
    run([sys.executable, "-m", "pip", "--quiet", words[0], "--no-deps", *words[1:]], timeout_s=900)
