"""A badge: a statement that anyone can check."""

from dataclasses import dataclass
from typing import Literal

from haat.kernel.ids import BadgeId, RequestId
from haat.kernel.time import Instant
from haat.verification.model.request import Basis

Level = Literal["unconfirmed", "confirmed", "verified"]  # as in 2018: none, grey, green
# standing: drawn while it matches the profile; review: complaints came, a reviewer is to look; fallen: for good.
BadgeState = Literal["standing", "review", "fallen"]
FallReason = Literal[
    "name_changed", "number_changed", "payee_changed", "owner_changed", "expired", "revoked", "replaced", "shop_gone"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Somebody complained of the shop. `of` is the market's own reference of who did: no name, no number."""

    id: str
    of: str
    at: Instant
    about: str = ""  # one word of ours
    settled: bool = False  # a reviewer has looked at it, and let the badge stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A shop's badge. It says what `basis` says, from `issued_at` until `expires_at`.

    `list` and `index` are its place in the signed status lists. `jws` is empty until it is signed: then it is not drawn yet.
    """

    id: BadgeId
    level: Level
    basis: Basis
    request: RequestId
    issued_at: Instant
    expires_at: Instant
    list: str
    index: int
    state: BadgeState = "standing"
    reason: FallReason | Literal[""] = ""
    shut: bool = False  # its shop is closed or blocked: meanwhile nobody is to accept it
    fallen_at: Instant = Instant(0)
    jws: str = ""  # compact serialisation (RFC 7515)
    key: str = ""  # the id of the key that signed it
    issuer: str = ""  # who it says has issued it
    reminded: int = 0  # how many reminders of its end were given
    looked_at: Instant = Instant(0)  # when it was last compared with its shop and with the key that signs
    complaints: tuple[Complaint, ...] = ()
    e2ee_master_key: str = ""  # the shop's encryption identity, where it has one
