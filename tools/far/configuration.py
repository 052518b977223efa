"""What becomes of the Pi's configuration: a candidate, which `transaction` puts in place.

It runs in a process of its own, in which `device` is the release's that is to run: what
its own reader of the configuration would refuse is never put in place.
"""

import json
import re
import socket
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from device.config import PageConfig, load_config
from device.errors import BadConfig, DeviceError
from device.page.guard import own_names
from tools.far import files

NAME = "/etc/inkling/config.toml"
OURS = ("enabled", "address", "password_hash")
"""The keys of [page] that a deploy sets; a file where only these differ nobody has edited."""

HEADER = re.compile(r"^[ \t]*\[[ \t]*page[ \t]*\][^\n]*\n", re.MULTILINE)
NEXT_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)

Wishes = dict[str, bool | str]


def follow(config: Path, before: Sequence[Path], now: Path) -> list[str]:
    """Let a configuration that nobody edited follow the release; an edited one is the owner's.

    `now` is the one that ships with the release that shall run, `before` are those of the
    releases before it, the one that runs last: after a deploy that was cut off, any of them may
    be the one in use. Gives back what the owner of an edited one should know.
    """
    shipped = now.read_text("utf-8")
    if not config.exists():
        put(config, shipped)
        return []
    text = read(config)
    wishes = page_wishes(text)
    if text == with_page(shipped, wishes):
        return []
    known = [path.read_text("utf-8") for path in before if path.exists()]
    if text in (with_page(one, wishes) for one in known):
        put(config, with_page(shipped, wishes))
        return []
    told = [f"kept {NAME}, which was edited"]
    if known and (keys := new_keys(text, known[-1], shipped)):
        told.append(f"new in the configuration, at their defaults: {', '.join(keys)}")
    return told


def new_keys(text: str, before: str, now: str) -> list[str]:
    """Name the keys that the release before didn't have and that nobody has set yet."""
    known = settings(before).keys() | settings(text).keys()
    return [
        f"{name} = {json.dumps(value)}"
        for name, value in settings(now).items()
        if name not in known
    ]


def settings(text: str) -> dict[str, Any]:
    """Every value by section and key, `board.light`; none where there is nothing to be read."""
    try:
        sections = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    return {
        f"{name}.{key}": value
        for name, section in sections.items()
        if isinstance(section, dict)
        for key, value in section.items()
    }


def open_page(config: Path, password_hash: str, *, another: bool) -> dict[str, str]:
    """Let the network reach the page with a password, unless somebody has set the page up.

    Returns
    -------
    dict
        What the desk needs to know: whether the password was `taken`, the `port`, empty
        where the network can't reach the page, the `names` that the page answers to, and
        what to `say` about it.

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
        said = f"set {', '.join(wishes)} in [page] of {NAME}"
    else:
        said = f"kept [page] of {NAME}: --new-page-password opens it with another password"
    return {
        "say": said,
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
    """Write a file, unless the reader of the configuration refuses it."""
    with files.aside(config) as beside:
        beside.write_bytes(text.encode("utf-8", "surrogateescape"))
        try:
            if check:
                load_config(beside)
        except BadConfig as error:
            raise BadConfig(str(error).replace(str(beside), str(config))) from error


def main(config: Path, candidate: Path, wish: Path, now: Path, *before: Path) -> None:
    """Make the candidate, and print what `transaction` wants to know of it as JSON.

    Follows the release, and opens the page where a `wish` was brought along.
    """
    candidate.unlink(missing_ok=True)
    if config.exists():
        candidate.write_bytes(config.read_bytes())
    say = follow(candidate, before, now)
    page = {}
    if wish.exists():
        kind, password_hash = wish.read_text().split()
        page = open_page(candidate, password_hash, another=kind == "another")
        say.append(page.pop("say"))
    print(json.dumps({"say": say, "page": page, "network": page_is_enabled(candidate)}))


def page_is_enabled(config: Path) -> bool:
    """Tell; a configuration with a mistake enables nothing, and the check will name the mistake."""
    try:
        return load_config(config).page.enabled
    except DeviceError:
        return False


if __name__ == "__main__":
    config, candidate, wish, now, *before = (Path(word) for word in sys.argv[1:])
    try:
        main(config, candidate, wish, now, *before)
    except (DeviceError, OSError) as error:
        sys.exit(str(error).replace(str(candidate), str(config)))
