"""Status lists: which badges, of very many, are not good any more; one signed text says it of all of them.

As the Token Status List of the IETF (draft-ietf-oauth-status-list, 4 and 5): two bits for each place, the first place in the lowest bits of
the first byte, compressed (zlib), signed as a JSON Web Token. A badge names its list and its place there.
"""

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from haat.kernel.time import DAY, HOUR, Instant, as_datetime, later
from haat.verification.model.badge import Badge
from haat.verification.rules import timing
from haat.verification.rules.claims import list_uri
from haat.verification.rules.signatures import base64url

TYPE = "statuslist+jwt"
MEDIA = "application/statuslist+jwt"
PLACES = 2**20  # of one list
BITS = 2
VALID, INVALID, SUSPENDED = 0, 1, 2  # the draft's, 7.1
LIFE_MS = 2 * DAY  # of a signed list: who holds an older one does not know
AGAIN_MS = 12 * HOUR  # it is signed anew so long before that a day's trouble does no harm
TTL_S = 900  # seconds for which who checks may keep it


def list_of(now: Instant) -> str:
    """The list of a badge that is issued now: one for each month, so that lists end as badges do. 2026-11."""
    return as_datetime(now).strftime("%Y-%m")


def place(drawn: int) -> int:
    """A place on a list, from a number of at least 64 random bits: by chance, so that nothing can be told from it."""
    return drawn % PLACES


def ends(name: str) -> Instant:
    """When no badge on a list can live any more: a year after its month, and a day for clocks that are slow."""
    year, month = map(int, name.split("-"))
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return later(Instant(int(after.timestamp()) * 1000), timing.YEAR_MS + DAY)


def again_at(name: str, signed_at: Instant) -> Instant:
    """When a list that was signed then is to be signed anew; 0: no more."""
    at = later(signed_at, AGAIN_MS)
    return at if at < ends(name) else Instant(0)


def status(badge: Badge) -> int:
    """What its list says of a badge."""
    if badge.state == "standing" and not badge.shut:
        return VALID
    return INVALID if badge.state == "fallen" else SUSPENDED


def packed(statuses: Mapping[int, int]) -> bytes:
    """All places of a list, before they are compressed."""
    bits = bytearray(PLACES * BITS // 8)
    for index, value in statuses.items():
        at = index * BITS
        bits[at // 8] |= value << at % 8
    return bytes(bits)


def claims(name: str, issuer: str, statuses: Mapping[int, int], now: Instant) -> dict[str, Any]:
    """A status list's claims. Times are seconds since 1970."""
    return {
        "iss": issuer,
        "sub": list_uri(issuer, name),
        "iat": now // 1000,
        "exp": (now + LIFE_MS) // 1000,
        "ttl": TTL_S,
        "status_list": {"bits": BITS, "lst": base64url(zlib.compress(packed(statuses), 9))},
    }
