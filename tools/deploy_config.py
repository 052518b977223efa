"""What becomes of the Pi's configuration: runs there, beside `deploy.sh` that brings it.

`device` is the release's that is being installed, so that what its own reader of the
configuration would refuse is never put in place.
"""

import json
import os
import re
import socket
import sys
import tomllib
from pathlib import Path

from device.config import PageConfig, load_config
from device.errors import BadConfig, DeviceError
from device.page.guard import own_names

NAME = "/etc/inkling/config.toml"
OURS = ("enabled", "address", "password_hash")
"""The keys of [page] that a deploy sets; a file where only these differ nobody has edited."""

HEADER = re.compile(r"^[ \t]*\[[ \t]*page[ \t]*\][^\n]*\n", re.MULTILINE)
NEXT_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)

Wishes = dict[str, bool | str]


def follow(config: Path, before: Path, now: Path) -> None:
    """Let a configuration that nobody edited follow the release; an edited one is the owner's."""
    shipped = now.read_text("utf-8")
    if not config.exists():
        put(config, shipped)
        return
    text = read(config)
    wishes = page_wishes(text)
    if text == with_page(shipped, wishes):
        return
    if before.exists() and text == with_page(before.read_text("utf-8"), wishes):
        put(config, with_page(shipped, wishes))
    else:
        print(f"kept {NAME}, which was edited")


def open_page(config: Path, password_hash: str, *, another: bool) -> dict[str, str]:
    """Let the network reach the page with a password, unless somebody has set the page up.

    Returns
    -------
    dict
        What the desk needs to know: whether the password was `taken`, the `port`, empty
        where the network can't reach the page, and the `names` that the page answers to.

    Raises
    ------
    BadConfig
        When the configuration has a mistake, before or after; it is as it was then.
    """
    page = load_config(config).page
    taken = another or page == PageConfig()
    if taken:
        wishes: Wishes = {"enabled": True, "password_hash": password_hash}
        if not page.is_open_to_the_network:
            wishes["address"] = "0.0.0.0"  # noqa: S104 - that is what was asked for
        change(config, wishes)
        page = load_config(config).page
        print(f"set {', '.join(wishes)} in [page] of {NAME}")
    else:
        print(f"kept [page] of {NAME}: --new-page-password opens it with another password")
    return {
        "taken": "yes" if taken else "",
        "port": str(page.port) if page.enabled and page.is_open_to_the_network else "",
        "names": " ".join(sorted(own_names(socket.gethostname(), page.hosts))),
    }


def change(config: Path, wishes: Wishes) -> None:
    """Set keys of [page] and nothing else, and put that in place only if it can be read."""
    text = read(config)
    changed = with_page(text, wishes)
    wanted = tomllib.loads(text)
    wanted["page"] = {**wanted.get("page", {}), **wishes}
    try:
        is_wanted = tomllib.loads(changed) == wanted
    except tomllib.TOMLDecodeError:
        is_wanted = False
    if not is_wanted:
        raise BadConfig(
            f"{config}: its page is set in a way that is not understood: "
            "write it as a section [page] with a line for each key"
        )
    put(config, changed, check=True)


def page_wishes(text: str) -> Wishes:
    """Say how our keys are set; none where there is nothing to be read."""
    try:
        page = tomllib.loads(text).get("page", {})
    except tomllib.TOMLDecodeError:
        return {}
    found = page if isinstance(page, dict) else {}
    return {name: found[name] for name in OURS if isinstance(found.get(name), bool | str)}


def with_page(text: str, wishes: Wishes) -> str:
    """Write keys into the section [page], which is appended where there is none."""
    header = HEADER.search(text)
    if header is None:
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in wishes.items()]
        return "".join([text, "\n[page]\n", *lines])
    following = NEXT_HEADER.search(text, header.end())
    end = following.start() if following else len(text)
    section = text[header.end() : end]
    for name, value in wishes.items():
        line = re.compile(rf'^[ \t]*{name}[ \t]*=[ \t]*("[^"\n]*"|\w+)', re.MULTILINE)
        if found := line.search(section):
            section = section[: found.start(1)] + json.dumps(value) + section[found.end(1) :]
        else:
            section = f"{name} = {json.dumps(value)}\n{section}"
    return text[: header.end()] + section + text[end:]


def read(config: Path) -> str:
    """Read a file as it is: line ends, and bytes that are no text, survive being written."""
    return config.read_bytes().decode("utf-8", "surrogateescape")


def put(config: Path, text: str, *, check: bool = False) -> None:
    """Write a file aside, with owner and mode of the one before, and move it into its place."""
    config = config.resolve()
    config.parent.mkdir(parents=True, exist_ok=True)
    aside = config.with_name(f"{config.name}.new")
    try:
        with aside.open("wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fsync(file.fileno())
        if check:
            load_config(aside)
        if config.exists():
            status = config.stat()
            os.chown(aside, status.st_uid, status.st_gid)
            aside.chmod(status.st_mode & 0o777)
        aside.replace(config)
    except DeviceError as error:
        raise BadConfig(str(error).replace(str(aside), str(config))) from error
    finally:
        aside.unlink(missing_ok=True)


def main(config: Path, before: Path, now: Path, wish: Path, answer: Path) -> None:
    """Follow the release, and open the page where `wish` was brought along."""
    follow(config, before, now)
    if wish.exists():
        kind, password_hash = wish.read_text().split()
        told = open_page(config, password_hash, another=kind == "another")
        lines = [f"inkling:{name}={value}\n" for name, value in told.items()]
        answer.write_text("".join(lines))


if __name__ == "__main__":
    try:
        main(*map(Path, sys.argv[1:]))
    except (DeviceError, OSError) as error:
        sys.exit(str(error))
