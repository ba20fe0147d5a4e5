"""What a merchant is told: raised by any context in the transaction of what happened, told by `business`.

Whoever raises one adds `outbox_row` to an item of its own that is written in that transaction; nothing else is needed. Rows of one transaction may
come out in any order, which is why a notice says when it happened.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from haat.facts.codec import check_version, from_plain, to_json
from haat.kernel.errors import Rejected
from haat.kernel.ids import EndpointId, MerchantId, NoticeId
from haat.kernel.time import Instant

QUEUE = "business-notice"

NOT_SENT = "message.not_sent"
UNANSWERED = "question.unanswered"
STOPPED = "channel.stopped"
ORDER_PLACED = "order.placed"
ORDER_CHANGED = "order.changed"
ORDER_PAID = "order.paid"
PAYMENT_PAID = "payment.paid"
PAYMENT_FAILED = "payment.failed"
PAYMENT_EXPIRED = "payment.expired"
PAYMENT_CANCELLED = "payment.cancelled"
PAYMENT_SURPLUS = "payment.surplus"
PAYMENT_REVIEW = "payment.review"
PAYMENT_ORPHAN = "payment.orphan"
PAYMENT_CHARGEBACK = "payment.chargeback"
REFUND_PROPOSED = "refund.proposed"
REFUND_DONE = "refund.done"
REFUND_FAILED = "refund.failed"
ACCOUNT_CHANGED = "account.changed"
ACCOUNT_CHANGE_WANTED = "account.change_wanted"
VERIFICATION_CHECKED = "verification.checked"
VERIFICATION_MORE_WANTED = "verification.more_wanted"
VERIFICATION_APPROVED = "verification.approved"
VERIFICATION_REFUSED = "verification.refused"
BADGE_ISSUED = "badge.issued"
BADGE_FALLEN = "badge.fallen"
BADGE_EXPIRING = "badge.expiring"
BADGE_IN_REVIEW = "badge.in_review"
BADGE_RESTORED = "badge.restored"
KINDS = (
    NOT_SENT, UNANSWERED, STOPPED, ORDER_PLACED, ORDER_CHANGED, ORDER_PAID, PAYMENT_PAID, PAYMENT_FAILED,
    PAYMENT_EXPIRED, PAYMENT_CANCELLED, PAYMENT_SURPLUS, PAYMENT_REVIEW, PAYMENT_ORPHAN, PAYMENT_CHARGEBACK, REFUND_PROPOSED,
    REFUND_DONE, REFUND_FAILED, ACCOUNT_CHANGED, ACCOUNT_CHANGE_WANTED, VERIFICATION_CHECKED, VERIFICATION_MORE_WANTED,
    VERIFICATION_APPROVED, VERIFICATION_REFUSED, BADGE_ISSUED, BADGE_FALLEN, BADGE_EXPIRING, BADGE_IN_REVIEW, BADGE_RESTORED,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRaised:
    """Something that a merchant wants to know. `id` is the same however often it is raised; `data` holds ids, codes and words of ours only."""

    name: ClassVar[str] = "notice_raised"
    version: ClassVar[int] = 1

    id: NoticeId
    merchant: MerchantId
    kind: str
    occurred_at: Instant
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDue:
    """One notice is due at one endpoint. `round` counts how often its merchant has asked for it again, from 1."""

    name: ClassVar[str] = "notice_due"
    version: ClassVar[int] = 1

    id: NoticeId
    merchant: MerchantId
    endpoint: EndpointId
    round: int


NoticeFact = NoticeRaised | NoticeDue
_CLASSES: Mapping[str, type[NoticeFact]] = {cls.name: cls for cls in (NoticeRaised, NoticeDue)}


def dump(fact: NoticeFact) -> str:
    """The fact as one JSON text."""
    return to_json(fact, fact.name, fact.version)


def outbox_row(fact: NoticeFact) -> dict[str, str]:
    """The attributes that make an item the outbox row of a notice."""
    return {"queue": QUEUE, "body": dump(fact)}


def load(text: str) -> NoticeFact:
    """Read a fact of this version or the one before or after. Raises Rejected when it is none of these."""
    try:
        data = json.loads(text)
    except ValueError:
        raise Rejected("not a notice: no JSON") from None
    name = data.get("fact") if isinstance(data, dict) else None
    cls = _CLASSES.get(name) if isinstance(name, str) else None
    if cls is None:
        raise Rejected("not a notice that this version knows")
    check_version(data, cls.version)
    return from_plain(cls, data)
