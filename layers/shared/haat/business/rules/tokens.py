"""Tokens: how one is written, and whether it counts now."""

import base64
import hashlib

from haat.business.model.token import Token
from haat.kernel.secret import Secret
from haat.kernel.time import Instant

PREFIX = "haat_"  # so that a leaked one is recognised by those who look for them
CHANCE = 32  # bytes


def write(chance: bytes) -> Secret[str]:
    """The text of a token, from so many bytes of chance."""
    return Secret(PREFIX + base64.urlsafe_b64encode(chance[:CHANCE]).decode().rstrip("="))


def digest(text: Secret[str]) -> str:
    """What is kept of a token. 256 bits of chance need no salt and no slow hash."""
    return hashlib.sha256(text.reveal().encode("utf-8", "surrogatepass")).hexdigest()


def counts(token: Token, now: Instant) -> bool:
    """Whether a token is good now."""
    return token.revoked_at is None and (token.expires_at is None or now < token.expires_at)
