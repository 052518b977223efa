"""The password: how it is given, and what takes it."""

import base64
import binascii
import hashlib
import hmac
from typing import ClassVar

from device.page import password
from device.page.asking import COOKIE, Asking, Refused
from device.page.metrics import write_metrics


class Session(Asking):
    """Giving the password."""

    needs_session = False

    def get(self) -> None:
        """Say whether it is needed."""
        needed = bool(self.room.config.page.password_hash)
        left_s = self.sessions.left_s(self.token)
        expires_s = round(left_s, 1) if needed and left_s else None
        self.answer({"needed": needed, "open": self.is_let_in, "expires_s": expires_s})

    async def post(self) -> None:
        """Take the password, and begin a session."""
        form = self.take_json(password=str)
        if "password" not in form or len(form["password"]) > password.LONGEST:
            raise Refused(400, "send the password, of at most 1024 characters")
        if not self.room.config.page.password_hash:
            raise Refused(409, "no password is needed")
        await check_password(self, form["password"])
        self.set_cookie(
            COOKIE,
            self.sessions.open(),
            max_age=int(self.sessions.length_s),
            path="/",
            httponly=True,
            samesite="Strict",
        )
        self.done()

    def delete(self) -> None:
        """End the session, and its streams."""
        self.sessions.close(self.token)
        self.clear_cookie(COOKIE, path="/")  # Bookworm's tornado takes no more
        self.done()


async def check_password(asking: Asking, given: str) -> None:
    """Refuse a wrong password, and one that comes too soon after wrong ones."""
    turnstile, kept = asking.turnstile, asking.room.config.page.password_hash
    # One after the other, so that of many at once no wrong one slips through unnoticed, and
    # no right one is held up by those beside it.
    async with turnstile.queue():
        wait_s = turnstile.wait_s(asking.address)
        if wait_s > 0:
            raise Refused(429, f"too many wrong passwords: wait {wait_s:.0f} s", wait_s)
        if not await asking.room.work.do(password.is_right, given, kept):
            turnstile.wrong(asking.address)
            asking.room.counts["wrong_passwords"] += 1
            raise Refused(403, "wrong password")
        turnstile.right(asking.address)


class Metrics(Asking):
    """The same for Prometheus, which has no session but may send the password."""

    needs_session = False
    challenge = 'Basic realm="inkling", charset="UTF-8"'
    known: ClassVar[bytes] = b""

    async def get(self) -> None:
        """Send it."""
        if not self.is_let_in:
            await self._check_basic()
        text = write_metrics(self.room)
        self.send(text.encode("utf-8"), "text/plain; version=0.0.4; charset=utf-8")

    async def _check_basic(self) -> None:
        kind, _, secret = self.request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            raise Refused(401, "a password is needed")
        # A right one is remembered by its hash: scrypt at every scrape is too much for a Zero.
        seen = hashlib.sha256(
            f"{self.room.config.page.password_hash} {secret}".encode("utf-8", "replace")
        ).digest()
        if hmac.compare_digest(seen, Metrics.known):
            return
        try:
            text = base64.b64decode(secret, validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as error:
            raise Refused(401, "not basic authentication") from error
        await check_password(self, text.partition(":")[2])
        Metrics.known = seen
