"""The configuration: defaults, then a TOML file, then the command line, into frozen dataclasses.

Every key carries what it allows, so that a mistake is answered by name, and so that
`config.toml`, which explains each key, can be held equal to what stands here.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, fields, replace
from pathlib import Path
from typing import Any

from device import keys
from device.errors import BadConfig

SYSTEM_FILE = Path("/etc/inkling/config.toml")
LARGEST_FILE = 64 * 1024
"""Bytes. A configuration is a page; what is longer is some other file, given by mistake."""

DISPLAYS = ("seven_segment", "ten_leds", "binary", "console")
HOLD_ACTIONS = ("nothing", "live", "shutdown")


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """The camera: what it delivers and how long it may take."""

    width: int = keys.whole(640, 64, 4056, even=True)
    height: int = keys.whole(480, 64, 3040, even=True)
    stream: str = keys.choice("lores", ("lores", "main"))
    frame_interval_s: float = keys.number(0.2, 0.02, 2.0)
    mains_hz: int = keys.choice(50, (0, 50, 60))
    settle_s: float = keys.number(3.0, 0.0, 30.0)
    capture_timeout_s: float = keys.number(5.0, 0.5, 60.0)
    open_timeout_s: float = keys.number(30.0, 1.0, 120.0)


@dataclass(frozen=True, slots=True)
class BoardConfig:
    """The pins, as GPIO numbers, and how the button and the displays behave."""

    button: int = keys.pin(17)
    bounce_s: float = keys.number(0.03, 0.001, 0.5)
    hold: str = keys.choice("nothing", HOLD_ACTIONS)
    hold_s: float = keys.number(2.0, 0.5, 30.0)
    light: int = keys.pin(27)
    displays: tuple[str, ...] = keys.names(("seven_segment",), DISPLAYS)
    seven_segment: tuple[int, ...] = keys.pins(5, 6, 13, 19, 26, 21, 20)
    common_anode: bool = keys.flag(False)
    ten_leds: tuple[int, ...] = keys.pins(4, 18, 22, 23, 24, 25, 8, 7, 12, 16)
    binary: tuple[int, ...] = keys.pins(22, 23, 24, 25)
    active_high: bool = keys.flag(True)
    show_s: float = keys.number(20.0, 0.0, 3600.0)
    digit_s: float = keys.number(0.8, 0.1, 10.0)
    gap_s: float = keys.number(0.25, 0.05, 10.0)


@dataclass(frozen=True, slots=True)
class ReadingConfig:
    """What reads: the weights, and how live mode makes up its mind."""

    weights: str = keys.text("", 'a path to an .npz file, or "" for the shipped weights')
    live_frames: int = keys.whole(3, 2, 10)


@dataclass(frozen=True, slots=True)
class PageConfig:
    """The page: whom it answers, how often it looks, and what it keeps."""

    enabled: bool = keys.flag(False)
    address: str = keys.address("127.0.0.1")
    port: int = keys.whole(8000, 0, 65535)
    password_hash: str = keys.password_hash()
    hosts: tuple[str, ...] = keys.host_names()
    session_h: float = keys.number(12.0, 0.01, 8760.0)
    frame_interval_s: float = keys.number(0.5, 0.1, 60.0)
    show_watchers: bool = keys.flag(True)
    history: int = keys.whole(20, 1, 200)
    keep: bool = keys.flag(True)
    keep_most: int = keys.whole(200, 1, 10000)
    keep_mb: float = keys.number(40.0, 0.1, 10000.0)
    folder: str = keys.text("", 'a path to a folder, or "" for the service\'s own')

    @property
    def is_open_to_the_network(self) -> bool:
        """Whether it listens to others than this machine."""
        from ipaddress import ip_address

        return not ip_address(self.address).is_loopback


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """How the daemon deals with faults, and how it shuts the Pi down."""

    retries: int = keys.whole(8, 0, 1000)
    retry_s: float = keys.number(1.0, 0.05, 60.0)
    retry_most_s: float = keys.number(15.0, 0.05, 3600.0)
    shutdown_command: tuple[str, ...] = keys.command("systemctl", "poweroff")
    log: str = keys.choice("info", ("debug", "info", "warning", "error"))


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, one section an attribute."""

    camera: CameraConfig = CameraConfig()
    board: BoardConfig = BoardConfig()
    reading: ReadingConfig = ReadingConfig()
    service: ServiceConfig = ServiceConfig()
    page: PageConfig = PageConfig()


def load_config(
    path: Path | None = None, overrides: Iterable[str] = (), defaults: Config | None = None
) -> Config:
    """Put the configuration together.

    Parameters
    ----------
    path
        The TOML file. None takes `/etc/inkling/config.toml` where there is one;
        a file that is named must exist.
    overrides
        `section.key=value` from the command line, the value as TOML writes it;
        what TOML can't read is taken as text.
    defaults
        What stands for the keys that neither names; None takes the program's own.

    Raises
    ------
    BadConfig
        With one line that names file, section and key, and what is allowed.
    """
    config = Config() if defaults is None else defaults
    source = path if path is not None else SYSTEM_FILE
    config = _merge(config, _read(source, may_miss=path is None), str(source))
    for override in overrides:
        where = " ".join(["--set", *override.split()])  # however it is spelt, one line
        config = _merge(config, _parse_override(override, where), where)
    _check_together(config, str(source) if path is not None else "configuration")
    return config


def used_pins(board: BoardConfig) -> list[tuple[str, int]]:
    """List the pins that this configuration uses, each with its part's name."""
    pins = [("button", board.button), ("light", board.light)]
    for display in board.displays:
        if display != "console":
            pins += [(display, gpio) for gpio in getattr(board, display)]
    return pins


def _read(path: Path, *, may_miss: bool) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        if may_miss and isinstance(error, FileNotFoundError):
            return {}
        raise BadConfig(
            f"{path}: can't be read: {(error.strerror or str(error)).lower()}"
        ) from error
    if len(content) > LARGEST_FILE:
        raise BadConfig(f"{path}: longer than {LARGEST_FILE // 1024} KB: no configuration is")
    if not content.strip():
        # An empty file is what a power cut leaves of one that was being written.
        raise BadConfig(f"{path}: is empty: write it again or remove it")
    if not content.endswith(b"\n"):
        # Cut off within a line, 640 may have become 64.
        raise BadConfig(f"{path}: its last line has no end: is it all there? then add a newline")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadConfig(
            f"{path}: byte {error.start} is not UTF-8: save the file as UTF-8 text"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path}: is not TOML: {str(error)[:1].lower()}{str(error)[1:]}") from error
    except RecursionError as error:
        raise BadConfig(f"{path}: is not TOML: nested too deeply") from error


def _parse_override(override: str, where: str) -> dict[str, Any]:
    name, equals, text = override.partition("=")
    section, dot, key = name.strip().partition(".")
    if not (equals and dot and section and key):
        raise BadConfig(f"{where}: write section.key=value, as in camera.width=640")
    try:
        parsed = tomllib.loads(f"value = {text}")
        value = parsed["value"] if len(parsed) == 1 else text
    except (tomllib.TOMLDecodeError, RecursionError):
        value = text.strip()
    return {section: {key: value}}


def _merge(config: Config, found: Mapping[str, Any], where: str) -> Config:
    sections = {section.name: getattr(config, section.name) for section in fields(config)}
    for name, values in found.items():
        if name not in sections and not isinstance(values, dict):
            homes = [home for home in sections if name in _key_names(sections[home])]
            advice = ": write it below " + " or ".join(f"[{home}]" for home in homes)
            raise BadConfig(f"{where}: {name} is outside every section{advice if homes else ''}")
        if name not in sections:
            raise BadConfig(
                f"{where}: unknown section [{name}]; known sections: {', '.join(sorted(sections))}"
            )
        if not isinstance(values, dict):
            raise BadConfig(f"{where}: {name} is a section: write [{name}] and its keys below it")
        sections[name] = _merge_section(sections[name], values, f"{where}: [{name}]")
    return Config(**sections)


def _key_names(section: Any) -> list[str]:
    return sorted(key.name for key in fields(section))


def _merge_section(section: Any, found: Mapping[str, Any], where: str) -> Any:
    known: dict[str, Field[Any]] = {key.name: key for key in fields(section)}
    changes = {}
    for name, value in found.items():
        if name not in known:
            names = ", ".join(_key_names(section))
            raise BadConfig(f"{where}: unknown key '{name}'; known keys: {names}")
        allowed: keys.Allowed = known[name].metadata["allowed"]
        if not allowed.fits(value):
            raise BadConfig(f"{where}: {name} is {_quote(value)}; allowed: {allowed.words}")
        if isinstance(known[name].default, float):
            value = float(value)
        changes[name] = tuple(value) if isinstance(value, list) else value
    return replace(section, **changes)


def _quote(value: object) -> str:
    """Show a value as TOML writes it, short enough for one line."""
    text = _as_toml(value).encode("unicode_escape").decode("ascii")
    return text if len(text) <= 60 else text[:57] + "..."


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_as_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _check_together(config: Config, where: str) -> None:
    board, service, page = config.board, config.service, config.page
    owners: dict[int, str] = {}
    for part, gpio in used_pins(board):
        if gpio in owners:
            raise BadConfig(
                f"{where}: [board]: GPIO{gpio} is used twice, by {owners[gpio]} and {part}; "
                "allowed: each pin once"
            )
        owners[gpio] = part
    if board.hold_s <= board.bounce_s:
        raise BadConfig(
            f"{where}: [board]: hold_s is {board.hold_s:g}; allowed: more than bounce_s"
        )
    if service.retry_most_s < service.retry_s:
        raise BadConfig(
            f"{where}: [service]: retry_most_s is {service.retry_most_s:g}; "
            f"allowed: at least retry_s, {service.retry_s:g}"
        )
    if page.enabled and page.is_open_to_the_network and not page.password_hash:
        raise BadConfig(
            f"{where}: [page]: address is {_quote(page.address)} and there is no password_hash; "
            'allowed: "127.0.0.1", or with the password_hash that `inkling page-password` makes'
        )
