"""The page of a Pi that is deployed to: its password, made here, and where it is."""

import ipaddress
import secrets
from dataclasses import dataclass, field

from device.page.password import make_hash

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None of them is taken for another when it is copied by hand."""


def make_password() -> str:
    """Make a password that nobody guesses, 79 bits, in groups that are easily copied."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


@dataclass(frozen=True, slots=True)
class PageWish:
    """That the network shall reach the page, with this password if it has none yet."""

    another: bool
    """Whether the password takes the place of one that is there."""
    password: str = field(default_factory=make_password, repr=False)

    def brought(self) -> bytes:
        """What goes to the Pi: never the password."""
        return f"{'another' if self.another else 'first'} {make_hash(self.password)}\n".encode()

    def told(self, answers: dict[str, str], target: str, address: str) -> str:
        """The line for whoever wants to open the page; empty where nothing came of it.

        `answers` are those of `far.configuration.open_page`; `address` is the one of the Pi
        that ssh reached.
        """
        taken, port = answers.get("taken"), answers.get("port")
        if not port:
            return ""
        host = host_to_open(target.rpartition("@")[2], answers["names"].split(), address)
        place = f"http://{host}:{port}" if port != "0" else f"http://{host}, its port in the log,"
        return f"{place}  password {self.password if taken else 'as before'}"


def host_to_open(named: str, names: list[str], address: str) -> str:
    """Choose a name that a browser finds and the page answers to.

    Requests by other names the page refuses, such as one that only ssh's configuration knows.
    """
    for host in (named, address):
        if host.lower() in names or is_ipv4(host):
            return host
    return next((name for name in names if name.endswith(".local")), named)


def is_ipv4(host: str) -> bool:
    """Tell an address; the page listens to those of version 4."""
    try:
        return ipaddress.ip_address(host).version == 4
    except ValueError:
        return False
