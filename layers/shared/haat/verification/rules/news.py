"""What must be told and done when a dossier has changed: rows for the outbox, once for each change."""

import hashlib
from collections.abc import Iterator, Sequence

from haat.facts import notices
from haat.facts import verification as facts
from haat.kernel.ids import BadgeId, DocumentId, NoticeId, RequestId, ulid
from haat.kernel.time import Instant, rfc3339
from haat.verification.model.dossier import Change, Next
from haat.verification.model.outbox import Row

_KINDS = {
    "checked": notices.VERIFICATION_CHECKED,
    "more_wanted": notices.VERIFICATION_MORE_WANTED,
    "approved": notices.VERIFICATION_APPROVED,
    "refused": notices.VERIFICATION_REFUSED,
    "issued": notices.BADGE_ISSUED,
    "fallen": notices.BADGE_FALLEN,
    "expiring": notices.BADGE_EXPIRING,
    "in_review": notices.BADGE_IN_REVIEW,
    "restored": notices.BADGE_RESTORED,
}


def rows(change: Change, now: Instant) -> Sequence[Row]:
    """All that follows from one change. The same change gives the same ids, however often it is tried."""
    return (*_told(change, now), *(Row(name=f"{n.what}#{n.of}", row=_do(change, n, now)) for n in change.next))


def _told(change: Change, now: Instant) -> Iterator[Row]:
    after = change.after
    for news in change.news:
        data = dict(news.data)
        if "expires_at" in data:
            data["expires_at"] = rfc3339(data["expires_at"])
        seed = hashlib.sha256(f"{after.merchant}/{after.version}/{news.kind}".encode()).digest()
        told = notices.NoticeRaised(
            id=NoticeId(ulid(now, seed)), merchant=after.merchant, kind=_KINDS[news.kind], occurred_at=now, data=data
        )
        yield Row(name=f"told#{news.kind}", row=notices.outbox_row(told))


def _do(change: Change, one: Next, now: Instant) -> dict[str, object]:
    merchant, request = change.after.merchant, change.after.request
    match one.what:
        case "sign":
            return facts.outbox_row(facts.BadgeToSign(merchant=merchant, badge=BadgeId(one.of)))
        case "list":
            return facts.outbox_row(facts.ListToSign(list=one.of))
        case "forget":
            return facts.outbox_row(facts.EvidenceToForget(merchant=merchant, request=RequestId(one.of)))
        case "document":
            assert request is not None, "a document belongs to a request"
            given = facts.DocumentGiven(merchant=merchant, request=request.id, document=DocumentId(one.of))
            return facts.outbox_row(given)
        case "drop":
            assert request is not None, "a document belongs to a request"
            gone = facts.DocumentTakenAway(merchant=merchant, request=request.id, document=DocumentId(one.of))
            return facts.outbox_row(gone)
        case "check":
            assert request is not None, "a check belongs to a request"
            wanted = facts.CheckWanted(
                merchant=merchant, request=request.id, round=request.round, kind=one.of, occurred_at=now
            )
            return facts.outbox_row(wanted)
