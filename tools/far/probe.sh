#!/bin/sh
# What this machine is, and which of the packages named it lacks, in lines that begin with
# "inkling:". In sh, for whoever runs it may have no Python, or an old one.
#
# INKLING_ROOT is the folder that stands for /, for the tests.
set -eu
root=${INKLING_ROOT:-}

tell() { echo "inkling:$1=$2"; }

probe() {
    tell model "$(tr -d '\0' 2>/dev/null <"$root/proc/device-tree/model")"
    # os-release is made to be read so. A distribution that never ends has no version.
    (
        [ ! -e "$root/etc/os-release" ] || . "$root/etc/os-release"
        tell system "${PRETTY_NAME:-an unknown system}"
        tell distribution "${ID:-}"
        tell version "${VERSION_ID:-}"
    )
    tell architecture "$(dpkg --print-architecture 2>/dev/null || uname -m)"
    tell python "$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)"
    tell systemd "$(command -v systemctl)"
    tell root "$(way_to_root)"
    tell address "$(address)"
    tell missing "$(missing_packages "$@")"
}

way_to_root() {
    if [ "$(id -u)" = 0 ]; then echo root
    elif ! command -v sudo >/dev/null; then echo none
    elif sudo -n true 2>/dev/null; then echo sudo
    else echo password
    fi
}

# The one of ours that ssh reached.
address() {
    set -- ${SSH_CONNECTION:-}
    echo "${3:-}"
}

missing_packages() {
    for package; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        *' installed') ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

probe "$@"
