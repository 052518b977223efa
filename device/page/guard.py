"""Who may ask: names that this machine is called by, sites, passwords and sessions."""

import asyncio
import contextlib
import hmac
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from device.page.work import TooBusy

LONGEST_HOST = 260

SESSION_BYTES = 32
MOST_SESSIONS = 64

FREE_TRIES = 3
"""Wrong passwords of one address that cost no wait."""

LONGEST_WAIT_S = 60.0
"""How long one address waits at most before it may try again."""

FREE_TRIES_OF_ALL = 20
WAIT_OF_ALL_S = 3.0
"""From so many wrong passwords in ten minutes on, nobody tries sooner than this after another."""

FORGIVEN_S = 600.0
"""After so long without a wrong password an address starts afresh."""

MOST_ADDRESSES = 1000

LONGEST_QUEUE = 32
"""So many may wait for their password to be looked at; a Zero takes less than a second for each."""

Clock = Callable[[], float]


def host_name(host: str) -> str | None:
    """Take the name out of a Host header, lower case, without port; None where it's malformed."""
    if not host or len(host) > LONGEST_HOST or any(sign in host for sign in " /\\@?#,"):
        return None
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname


def own_names(machine: str, configured: Iterable[str]) -> frozenset[str]:
    """Collect the names that this machine goes by; its addresses come with each connection.

    A foreign name that suddenly points here is how a web site would reach the page through
    the browser of somebody who may (DNS rebinding).
    """
    machine = machine.lower().rstrip(".")
    short = machine.partition(".")[0]
    names = {"localhost", "127.0.0.1", "::1", machine, short, f"{short}.local"}
    return frozenset(names | {name.lower().rstrip(".") for name in configured}) - {"", ".local"}


def is_cross_site(host: str, origin: str | None, fetch_site: str | None) -> bool:
    """Tell whether a browser asks on behalf of another site."""
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        return True
    if origin is None:
        return False
    scheme, _, place = origin.partition("://")
    return scheme not in ("http", "https") or place.lower() != host.lower()


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    last_s: float = 0.0
    free_at_s: float = 0.0


class Turnstile:
    """Slows down who guesses passwords: each address, and all of them together.

    The wait of all is short, or a stranger could keep the owner out.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._tries: dict[str, _Tries] = {}
        self._all = _Tries()
        self._one_at_a_time = asyncio.Lock()
        self._queueing = 0

    @contextlib.asynccontextmanager
    async def queue(self) -> AsyncIterator[None]:
        """Let one after the other try.

        Raises
        ------
        TooBusy
            Enough stand there already.
        """
        if self._queueing >= LONGEST_QUEUE:
            raise TooBusy("too many passwords at once: try again in a moment")
        self._queueing += 1
        try:
            async with self._one_at_a_time:
                yield
        finally:
            self._queueing -= 1

    def wait_s(self, address: str) -> float:
        """Tell how long this address has to wait before it may try."""
        now_s = self._clock()
        tries = self._tries.get(address, _Tries())
        return max(0.0, tries.free_at_s - now_s, self._all.free_at_s - now_s)

    def wrong(self, address: str) -> None:
        """Note a wrong password."""
        now_s = self._clock()
        if len(self._tries) >= MOST_ADDRESSES and address not in self._tries:
            self._tries.pop(next(iter(self._tries)))
        tries = self._tries.setdefault(address, _Tries())
        for each in (tries, self._all):
            if now_s - each.last_s > FORGIVEN_S:
                each.wrong = 0
            each.wrong += 1
            each.last_s = now_s
        over = tries.wrong - FREE_TRIES
        if over >= 0:
            tries.free_at_s = now_s + min(LONGEST_WAIT_S, 2.0 ** min(over, 10))
        if self._all.wrong >= FREE_TRIES_OF_ALL:
            self._all.free_at_s = now_s + WAIT_OF_ALL_S

    def right(self, address: str) -> None:
        """Forget an address's wrong passwords."""
        self._tries.pop(address, None)


class Sessions:
    """Who has given the password, and until when."""

    def __init__(self, length_s: float, clock: Clock = time.monotonic) -> None:
        self.length_s = length_s
        self._clock = clock
        self._ends: dict[str, float] = {}

    def open(self) -> str:
        """Begin a session and return its token; the oldest of too many ends."""
        self._sweep()
        while len(self._ends) >= MOST_SESSIONS:
            self._ends.pop(next(iter(self._ends)))
        token = secrets.token_urlsafe(SESSION_BYTES)
        self._ends[token] = self._clock() + self.length_s
        return token

    def left_s(self, token: str | None) -> float:
        """Tell how long a session still lasts; 0 where it is none."""
        if not token:
            return 0.0
        given = token.encode("utf-8", "replace")
        left_s = 0.0
        for known, end_s in self._ends.items():  # all of them, so that time tells nothing
            if hmac.compare_digest(known.encode("ascii"), given):
                left_s = max(0.0, end_s - self._clock())
        return left_s

    def close(self, token: str | None) -> None:
        """End a session."""
        self._ends.pop(token or "", None)

    def _sweep(self) -> None:
        now_s = self._clock()
        self._ends = {token: end_s for token, end_s in self._ends.items() if end_s > now_s}
