"""What `verification` hears and does: of itself, and of the contexts on which a badge rests.

All of it goes through one queue to `verification_request`. A record says that something may be so; what is so is read, not believed: a record
that comes twice, late or out of order finds the dossier as it is. Whoever changes what a badge rests on (a shop's name, owner, number or UPI
address) raises `ShopChanged` in the transaction of the change; nothing else is needed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from haat.facts.codec import check_version, from_plain, to_json
from haat.kernel.errors import Rejected
from haat.kernel.ids import BadgeId, DocumentId, MerchantId, RequestId
from haat.kernel.time import Instant

QUEUE = "verification-request"
MOST_DELAY_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopChanged:
    """Something that a badge may rest on has changed. `what` is for the log."""

    name: ClassVar[str] = "shop_changed"
    version: ClassVar[int] = 1

    merchant: MerchantId
    what: Literal["profile", "number", "payee"]
    occurred_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWanted:
    """A check of a request's round is to be made."""

    name: ClassVar[str] = "check_wanted"
    version: ClassVar[int] = 1

    merchant: MerchantId
    request: RequestId
    round: int
    kind: str
    occurred_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSeen:
    """What the channel says of a shop's number, asked with the shop's own token.

    `outcome` verified: the shop has shown there that the number is its own; unverified: it has not; refused: the channel will not tell (the token
    is dead, the number is another's); unknown: it did not answer, or in a word that nobody knows. `word` is the channel's own.
    """

    name: ClassVar[str] = "number_seen"
    version: ClassVar[int] = 1

    merchant: MerchantId
    request: RequestId
    round: int
    channel: str
    address: str
    outcome: Literal["verified", "unverified", "refused", "unknown"]
    word: str = ""
    occurred_at: Instant

    def __repr__(self) -> str:
        return f"NumberSeen({self.request}, {self.outcome})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeNamed:
    """What a bank says whose a UPI address is.

    `outcome` named: it is `payee`; unknown_address: nobody's; not_told: this bank tells no names; no_account: the shop has no live account
    with this address; unknown: the bank did not answer, or not in a way that can be read.
    """

    name: ClassVar[str] = "payee_named"
    version: ClassVar[int] = 1

    merchant: MerchantId
    request: RequestId
    round: int
    outcome: Literal["named", "unknown_address", "not_told", "no_account", "unknown"]
    payee: str = ""
    occurred_at: Instant

    def __repr__(self) -> str:
        return f"PayeeNamed({self.request}, {self.outcome})"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentGiven:
    """A document was posted, and is to be looked at."""

    name: ClassVar[str] = "document_given"
    version: ClassVar[int] = 1

    merchant: MerchantId
    request: RequestId
    document: DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTakenAway:
    """A document is its request's no more: its file is to be deleted."""

    name: ClassVar[str] = "document_taken_away"
    version: ClassVar[int] = 1

    merchant: MerchantId
    request: RequestId
    document: DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeToSign:
    """A badge is to be signed."""

    name: ClassVar[str] = "badge_to_sign"
    version: ClassVar[int] = 1

    merchant: MerchantId
    badge: BadgeId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListToSign:
    """A status list is to be signed anew: a badge on it has another status."""

    name: ClassVar[str] = "list_to_sign"
    version: ClassVar[int] = 1

    list: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceToForget:
    """A request's evidence and documents are to be deleted."""

    name: ClassVar[str] = "evidence_to_forget"
    version: ClassVar[int] = 1

    merchant: MerchantId
    request: RequestId


def payee_mark(merchant: MerchantId, upi: str) -> str:
    """A fingerprint of a UPI address as this merchant's: addresses are compared without case, and travel and lie nowhere in plain."""
    return hashlib.sha256(f"{merchant}\0{upi.strip().casefold()}".encode()).hexdigest()[:32]


VerificationFact = (
    ShopChanged
    | CheckWanted
    | NumberSeen
    | PayeeNamed
    | DocumentGiven
    | DocumentTakenAway
    | BadgeToSign
    | ListToSign
    | EvidenceToForget
)
_CLASSES: Mapping[str, type[VerificationFact]] = {
    cls.name: cls
    for cls in (
        ShopChanged,
        CheckWanted,
        NumberSeen,
        PayeeNamed,
        DocumentGiven,
        DocumentTakenAway,
        BadgeToSign,
        ListToSign,
        EvidenceToForget,
    )
}


def dump(fact: VerificationFact) -> str:
    """The fact as one JSON text."""
    return to_json(fact, fact.name, fact.version)


def outbox_row(fact: VerificationFact) -> dict[str, Any]:
    """The attributes that make an item the outbox row of it."""
    return {"queue": QUEUE, "body": dump(fact)}


def load(body: str) -> VerificationFact:
    """Read it, of this version or the one before or after. Raises Rejected when it is none."""
    try:
        data = json.loads(body)
    except ValueError:
        raise Rejected("not a fact of verification: no JSON") from None
    name = data.get("fact") if isinstance(data, dict) else None
    cls = _CLASSES.get(name) if isinstance(name, str) else None
    if cls is None:
        raise Rejected("not a fact of verification that this version knows")
    check_version(data, cls.version)
    return from_plain(cls, data)
