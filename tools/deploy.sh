#!/bin/sh
# What deploy.py runs on the Pi; everything it tells deploy.py starts with "inkling:".
#
#   deploy.sh probe PACKAGE...            say what this machine is, and which packages it lacks
#   deploy.sh install RELEASE PACKAGE...  as root, from the folder that was brought: put the
#                                         release in place, with the packages that were missing
#
# INKLING_ROOT is the folder that stands for /, for the tests.
set -eu
root=${INKLING_ROOT:-}
opt=$root/opt/inkling
config=$root/etc/inkling/config.toml

fail() { echo "$*" >&2; exit 1; }

# --- probe ---

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

# --- install ---

install() {
    here=$(cd "$(dirname "$0")" && pwd)
    umask 022
    release=$1
    shift
    install_packages "$@"
    install_user
    install_configuration
    install_release
    install_unit
    start
    sync # the next thing that happens to a Pi is that somebody pulls its plug
}

install_packages() {
    [ $# -gt 0 ] || return 0
    echo "installing $*"
    # The lists of a new card are old or missing; fetching them takes minutes on a Zero.
    apt_install "$@" 2>/dev/null || { apt-get -qq update >/dev/null && apt_install "$@"; }
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 \
        install -y --no-install-recommends "$@" </dev/null >/dev/null
}

# Not install(1): a shell function of that name is what runs here.
put() {
    mkdir -p "$(dirname "$2")"
    cp "$1" "$2.new"
    chmod 644 "$2.new"
    mv "$2.new" "$2"
}

install_user() {
    put "$here/release/systemd/sysusers.conf" "$root/etc/sysusers.d/inkling.conf"
    systemd-sysusers ${root:+"--root=$root"} "$root/etc/sysusers.d/inkling.conf" >/dev/null 2>&1 ||
        fail "systemd-sysusers could not make the user inkling"
}

# What was brought decides, with the new release's own reader; the shell can't read TOML.
install_configuration() {
    shipped=device/config.toml
    PYTHONPATH=$here/release python3 -B -P "$here/deploy_config.py" "$config" \
        "$opt/current/$shipped" "$here/release/$shipped" "$here/page" "$here/answer"
}

install_release() {
    new=$opt/releases/.$release.new
    rm -rf "$new" "$new.old"
    mkdir -p "$opt/releases"
    cp -R "$here/release" "$new"
    # Whoever carried it here may have had a narrow umask; the appliance's user must read it.
    chmod -R u=rwX,go=rX "$new"
    python3 -m compileall -q "$new" >/dev/null
    before=$(readlink "$opt/current" || true)
    [ ! -e "$opt/releases/$release" ] || mv "$opt/releases/$release" "$new.old"
    mv "$new" "$opt/releases/$release"
    ln -sfn "releases/$release" "$opt/current.new"
    mv -T "$opt/current.new" "$opt/current"
    rm -rf "$new.old"
    forget_older_than "$before"
}

forget_older_than() {
    for path in "$opt"/releases/*; do
        case releases/${path##*/} in
        "releases/$release" | "$1") ;;
        *) rm -rf "$path" ;;
        esac
    done
}

install_unit() {
    put "$here/release/systemd/inkling.service" "$root/etc/systemd/system/inkling.service"
    put "$here/release/systemd/polkit.rules" "$root/etc/polkit-1/rules.d/50-inkling.rules"
    install_network
    systemctl daemon-reload
    systemctl enable --quiet inkling.service
}

# The unit keeps the network away; only the page needs it.
install_network() {
    drop_in=$root/etc/systemd/system/inkling.service.d/page.conf
    if page_is_enabled; then put "$here/release/systemd/page.conf" "$drop_in"
    else rm -f "$drop_in"
    fi
}

# A configuration with a mistake enables nothing; the service will say what the mistake is.
page_is_enabled() {
    python3 - "$config" 2>/dev/null <<'END'
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    sys.exit(tomllib.load(file)["page"]["enabled"] is not True)
END
}

start() {
    echo "starting the service"
    # Returns when the service says that it is ready, or has failed.
    if systemctl restart inkling.service 2>/dev/null &&
        systemctl is-active --quiet inkling.service; then return; fi
    journalctl --no-pager --output=cat --lines=10 --unit=inkling.service || true
    fail "the service did not start: see its log above"
}

"$@"
