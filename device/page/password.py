"""The password, kept as a scrypt hash: RFC 7914."""

import base64
import binascii
import hmac
import os
from hashlib import scrypt

COST, BLOCK, PARALLEL = 8192, 8, 1
"""8 MB and less than a second on a Zero."""

SALT_BYTES = 16
KEY_BYTES = 32
LONGEST = 1024
"""Characters of a password that are worth hashing."""


def make_hash(password: str) -> str:
    """Make the text that stands for a password in the configuration.

    Returns
    -------
    str
        `scrypt:cost:block:parallel:salt:key`, the last two in base64.
    """
    salt = os.urandom(SALT_BYTES)
    key = _key(password, salt, COST, BLOCK, PARALLEL)
    numbers = f"{COST}:{BLOCK}:{PARALLEL}"
    return f"scrypt:{numbers}:{_text(salt)}:{_text(key)}"


def is_right(password: str, kept: str) -> bool:
    """Tell whether a password is the one that a hash was made of, in constant time."""
    cost, block, parallel, salt, key = _parse(kept)
    tried = _key(password[: LONGEST + 1], salt, cost, block, parallel)
    return hmac.compare_digest(tried, key)


def is_hash(text: str) -> bool:
    """Tell whether a text is such a hash, and one that a Zero can afford to check."""
    try:
        cost, block, parallel, salt, key = _parse(text)
    except ValueError:
        return False
    affordable = 2 <= cost <= 32768 and not cost & (cost - 1) and 1 <= block <= 8 and parallel == 1
    return affordable and len(salt) >= 8 and len(key) == KEY_BYTES


def _key(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    spoken = password.encode("utf-8", "surrogatepass")
    return scrypt(spoken, salt=salt, n=cost, r=block, p=parallel, maxmem=1 << 26, dklen=KEY_BYTES)


def _parse(text: str) -> tuple[int, int, int, bytes, bytes]:
    name, *numbers, salt, key = text.split(":")
    if name != "scrypt" or len(numbers) != 3:
        raise ValueError("not a hash of scrypt")
    try:
        cost, block, parallel = map(int, numbers)
        salt_bytes, key_bytes = (base64.b64decode(part, validate=True) for part in (salt, key))
        return cost, block, parallel, salt_bytes, key_bytes
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
