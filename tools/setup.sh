#!/bin/sh
# Makes .venv, for the Makefile:
#
#   tools/setup.sh run     what the appliance and the desk companion need
#   tools/setup.sh test    and what the tests and the linters need
#
# On a laptop pip brings the packages. On a Raspberry Pi apt does, and pip is not even installed.
# Each part ends by leaving .venv/.ready-PART with the folder's name in it; a set-up that was cut
# off leaves .venv/.unfinished, and the next one starts afresh.
#
# PYTHON      the Python to use, instead of the first that is new enough
# MODEL_FILE  where a Raspberry Pi says that it is one
set -eu
cd "$(dirname "$0")/.."

part=$1
model_file=${MODEL_FILE:-/proc/device-tree/model}

say() { echo "setup: $*"; }
fail() { echo "setup: $*" >&2; exit 1; }

on_a_pi() { grep -aqs 'Raspberry Pi' "$model_file"; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    # apt's packages are seen by the system's own Python only.
    if on_a_pi; then candidates=/usr/bin/python3
    else candidates='python3 python3.14 python3.13 python3.12 python3.11'
    fi
    for python in ${PYTHON:-$candidates}; do
        if is_new_enough "$python"; then return; fi
    done
    fail "Python 3.11 or newer is needed, found $(found_instead): install one, or name it with" \
        "make PYTHON=/path/to/python3"
}

found_instead() {
    for python in ${PYTHON:-$candidates}; do
        version=$("$python" --version 2>/dev/null) && { echo "$version ($python)"; return; }
    done
    echo none
}

# An environment whose Python has gone, as after an upgrade, can't be mended.
clear_away() {
    if [ -e .venv/.unfinished ] || ! .venv/bin/python -c '' 2>/dev/null; then rm -rf .venv; fi
    mkdir -p .venv
    pwd > .venv/.unfinished
}

finish() { mv .venv/.unfinished ".venv/.ready-$part"; }

# --- with pip ---

check_ensurepip() {
    "$python" -c 'import ensurepip' 2>/dev/null && return
    fail "$python has no ensurepip: sudo apt install $(basename "$python")-venv"
}

setup_with_pip() {
    case $part in run) extras=board,page,desk ;; *) extras=board,page,desk,test,lint ;; esac
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        check_ensurepip
        "$python" -m venv .venv
    fi
    say "installing what .venv lacks; the first time takes a minute or two"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[$extras]" ||
        fail "pip could not install the packages, as it says above: try again"
}

# --- with apt ---

pi_packages() {
    grep -v '^#' tools/pi-packages.txt
    [ "$part" = run ] || echo python3-pytest python3-pytest-asyncio python3-hypothesis \
        python3-scipy python3-matplotlib python3-rich python3-platformdirs python3-requests \
        python3-textual python3-pyte
}

missing_packages() {
    for package in $(pi_packages); do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        *' installed') ;;
        *) printf ' %s' "$package" ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else return 1
    fi
}

install_packages() {
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    # Without recommendations, or picamera2 brings a desktop's worth of Qt.
    install="apt-get install -y --no-install-recommends$missing"
    say "missing:$missing"
    say "sudo $install"
    # $install is split into its words on purpose; no package's name has a space.
    as_root env DEBIAN_FRONTEND=noninteractive $install </dev/null ||
        fail "the packages could not be installed: run  sudo apt-get update && sudo $install"
}

write_launcher() {
    printf '#!/bin/sh\nexec %s -P -m %s "$@"\n' "$quoted" "$2" > ".venv/bin/$1"
    chmod +x ".venv/bin/$1"
}

setup_with_apt() {
    install_packages
    [ -x .venv/bin/python ] || "$python" -m venv --system-site-packages --without-pip .venv
    packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    pwd > "$packages/inkling.pth"
    # In single quotes for the launchers, whatever the folder's name has in it.
    quoted="'$(pwd | sed "s/'/'\\\\''/g")/.venv/bin/python'"
    write_launcher inkling device
    write_launcher inkling-desk tools
}

case $part in run | test) ;; *) fail "unknown part '$part'; known parts: run, test" ;; esac
find_python
clear_away
if on_a_pi; then setup_with_apt; else setup_with_pip; fi
finish
