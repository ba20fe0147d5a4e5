"""Tokens: how one is written, and whether it counts now."""

import base64
import hashlib
from collections.abc import Iterable

from haat.business.model.token import Token
from haat.kernel.errors import Rejected
from haat.kernel.ids import MerchantId, OperatorId
from haat.kernel.secret import Secret
from haat.kernel.text import name_fault
from haat.kernel.time import Instant

PREFIX = "haat_"  # so that a leaked one is recognised by those who look for them
CHANCE = 32  # bytes
NAME = 80  # letters as people count them


def write(chance: bytes) -> Secret[str]:
    """The text of a token, from so many bytes of chance."""
    return Secret(PREFIX + base64.urlsafe_b64encode(chance[:CHANCE]).decode().rstrip("="))


def digest(text: Secret[str]) -> str:
    """What is kept of a token. 256 bits of chance need no salt and no slow hash."""
    return hashlib.sha256(text.reveal().encode("utf-8", "surrogatepass")).hexdigest()


def named(name: str) -> str:
    """Whose a token is, or what for, as it is kept. Raises Rejected (field name)."""
    name = name.strip()
    if fault := name_fault(name, NAME):
        raise Rejected("some fields are not as they should be", word="invalid", fields={"name": fault})
    return name


def ties(tokens: Iterable[Token], who: OperatorId) -> frozenset[MerchantId]:
    """The shops of which somebody is, as any of the tokens that were ever theirs says: with a token no tie ends."""
    return frozenset(shop for token in tokens if token.operator == who for shop in token.shops)


def counts(token: Token, now: Instant) -> bool:
    """Whether a token is good now."""
    return token.revoked_at is None and (token.expires_at is None or now < token.expires_at)
