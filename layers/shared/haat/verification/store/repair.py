"""Finds what the outbox never published to or from verification: rows whose effect is missing.

| row | lost when |
| --- | --- |
| a check is to be made | never: the sweep finds a check of which nothing has come |
| a channel or a bank is to be asked; what it said | the check waits for that answer |
| a shop has changed | a badge or a sent request rests on it, and was compared with the shop no later |
| a document was posted | nobody has looked at it |
| a document was taken away | always, while it is kept: nothing can be seen of it here, and deleting again changes nothing |
| a badge is to be signed | it is not, and has not fallen |
| a status list is to be signed | it was not since |
| evidence is to be forgotten | nothing says that it is |
| a notice to a merchant | see haat.business.store.repair |
"""

from collections.abc import Iterator
from typing import Any

from haat.aws.outbox import unfold
from haat.aws.table import Table
from haat.facts import payments, profiles
from haat.facts import verification as facts
from haat.kernel.errors import Rejected
from haat.kernel.ids import MerchantId, RequestId
from haat.kernel.time import SECOND, Instant
from haat.verification.model.dossier import Dossier
from haat.verification.rules.machine import SENT
from haat.verification.store import items
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.lists import DynamoLists

# What is decided is seen a moment later by others: whoever looked within it may have looked before. Also rows are dated to the second.
MOMENT_MS = 30 * SECOND


def lost(table: Table, before: Instant) -> Iterator[dict[str, Any]]:
    """The rows of the verification table from before a time whose effect is missing. Raises Unavailable."""
    for row in table.having("queue"):
        if _written_at(row) < before and not heard(table, row, before):
            yield row


def heard(table: Table, row: dict[str, Any], before: Instant) -> bool:
    """Whether a row, of any table, is of verification and its effect can be seen, or may still come. Raises Unavailable."""
    try:
        match row.get("queue"):
            case facts.QUEUE:
                return _is_done(table, facts.load(unfold(row["body"])), row, before)
            case profiles.QUEUE:
                asks = profiles.load(unfold(row["body"]))
                return isinstance(asks, profiles.NumberWanted) and not _waits(table, asks, "number")
            case payments.BANK:
                wants = payments.load(unfold(row["body"]))
                return isinstance(wants, payments.PayeeNameWanted) and not _waits(table, wants, "payee_name")
            case _:
                return False
    except (Rejected, ValueError, KeyError):
        return False  # unreadable: publishing it parks it, where an alarm rings


def _written_at(row: dict[str, Any]) -> int:
    """When a row of this table was written: all of them live as long."""
    forgotten: int = row.get("ttl", 0)
    return (forgotten - items.NEXT_LIFE_S) * 1000


def _is_done(table: Table, fact: facts.VerificationFact, row: dict[str, Any], before: Instant) -> bool:
    match fact:
        case facts.CheckWanted():
            return True
        case facts.ShopChanged():
            return fact.occurred_at >= before or not _rests(_load(table, fact.merchant), fact.occurred_at + MOMENT_MS)
        case facts.NumberSeen():
            return fact.occurred_at >= before or not _waits(table, fact, "number")
        case facts.PayeeNamed():
            return fact.occurred_at >= before or not _waits(table, fact, "payee_name")
        case facts.DocumentGiven():
            request = _load(table, fact.merchant).request
            given = request.documents if request is not None and request.id == fact.request else ()
            return not any(one.id == fact.document and one.state == "given" for one in given)
        case facts.DocumentTakenAway():
            return False
        case facts.BadgeToSign():
            badge = _load(table, fact.merchant).badge
            return badge is None or badge.id != fact.badge or badge.state == "fallen" or bool(badge.jws)
        case facts.ListToSign():
            signed = DynamoLists(table).get(fact.list)
            return signed is None or signed.signed_at > _written_at(row) + MOMENT_MS
        case facts.EvidenceToForget():
            item = table.get(items.pk(fact.merchant), f"EVIDENCE#{fact.request}")
            return item is not None and "forgotten_at" in item


def _load(table: Table, merchant: MerchantId) -> Dossier:
    return DynamoDossiers(table).load(merchant)


def _rests(dossier: Dossier, at: int) -> bool:
    """Whether a badge, or a request that was sent, was last compared with its shop before that."""
    badge, request = dossier.badge, dossier.request
    if badge is not None and badge.state != "fallen" and max(badge.issued_at, badge.looked_at) <= at:
        return True
    return request is not None and request.state in SENT and request.sent_at <= at


type Asked = facts.NumberSeen | facts.PayeeNamed | profiles.NumberWanted | payments.PayeeNameWanted


def _waits(table: Table, asked: Asked, kind: str) -> bool:
    """Whether a check of a request's round still waits for its answer."""
    request = _load(table, asked.merchant).request
    if request is None or RequestId(asked.request) != request.id or asked.round != request.round:
        return False
    return request.state in SENT and any(one.kind == kind and one.state == "waiting" for one in request.checks)
