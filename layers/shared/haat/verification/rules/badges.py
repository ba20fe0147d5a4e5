"""What gives a badge, and what takes it away."""

from dataclasses import dataclass, replace

from haat.kernel.errors import Conflict
from haat.kernel.ids import BadgeId, OperatorId
from haat.kernel.time import Instant, later
from haat.verification.model.badge import Badge, Complaint, FallReason, Level
from haat.verification.model.dossier import Change, Dossier, Entry, Next, ShopNow
from haat.verification.model.request import Request
from haat.verification.rules import timing
from haat.verification.rules.bases import differs
from haat.verification.rules.changes import News, nothing, with_badge

MOST_COMPLAINTS = 50  # that are kept of one badge


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """Where a new badge goes: its id, and a free place on a status list. Drawn beforehand, and perhaps not needed."""

    id: BadgeId
    list: str
    index: int


def issue(change: Change, request: Request, level: Level, new: New, now: Instant) -> Change:
    """A badge in the place of what stood before: it is signed next. The caller has seen that it may be."""
    assert request.basis is not None, "a request that was sent has a basis"
    badge = Badge(
        id=new.id,
        level=level,
        basis=request.basis,
        request=request.id,
        issued_at=now,
        expires_at=later(now, timing.YEAR_MS),
        list=new.list,
        index=new.index,
    )
    old = change.after.badge
    entry = Entry(what="issued", by="machine", at=now, said={"badge": badge.id, "level": level})
    told = News(kind="issued", data={"badge_id": badge.id, "level": level})
    after = with_badge(change, badge, entry, told)
    following: tuple[Next, ...] = (*after.next, Next(what="sign", of=badge.id))
    if old is not None and old.state != "fallen":
        gone = replace(old, state="fallen", reason="replaced", fallen_at=now)
        return replace(after, ended=gone, next=(*following, Next(what="list", of=old.list)))
    return replace(after, next=following)


def confirmed(change: Change, shop: ShopNow, new: New, now: Instant) -> Change:
    """The grey badge, once the number is shown to be the shop's and its name is like nobody's.

    Never in the place of one that stands, and never by itself where a reviewer took the last one away.
    """
    request, badge = change.after.request, change.after.badge
    if not change.entries or request is None or request.basis is None or not shop.open:
        return change
    if badge is not None and (badge.state != "fallen" or badge.reason == "revoked"):
        return change
    number, name = request.check("number"), request.check("imitation")
    if number is None or number.state != "passed" or name is None or name.state != "passed" or request.likenesses:
        return change
    return change if differs(request.basis, shop) else issue(change, request, "confirmed", new, now)


def matched(before: Dossier, shop: ShopNow, now: Instant) -> Change:
    """The shop as it is now: a badge that says something else falls. That of a shop that is closed or blocked is suspended until it opens."""
    badge = before.badge
    if badge is None or badge.state == "fallen":
        return nothing(before)
    if (why := differs(badge.basis, shop)) is not None:
        return fall(nothing(before), why, now)
    if badge.shut is not shop.open:
        return nothing(before)
    after = replace(badge, shut=not shop.open)
    entry = Entry(what="shut" if after.shut else "opened", by="machine", at=now, said={"badge": badge.id})
    change = replace(with_badge(nothing(before), after, entry), next=(Next(what="list", of=badge.list),))
    free = not after.shut and badge.state == "standing"
    return replace(change, restored=after) if free else replace(change, suspended=after)


def fall(change: Change, why: FallReason, now: Instant, by: OperatorId | None = None, reason: str = "") -> Change:
    """A badge that stood, or was to be looked at, is no more."""
    badge = change.after.badge
    assert badge is not None, "what falls was there"
    gone = replace(badge, state="fallen", reason=why, fallen_at=now)
    said = {"badge": badge.id, "why": why, "reason": reason or None}
    entry = Entry(what="fallen", by="reviewer" if by else "machine", at=now, who=by or "", said=said)
    told = News(kind="fallen", data={"badge_id": badge.id, "level": badge.level, "why": why, "reason": reason or None})
    after = with_badge(change, gone, entry, told)
    return replace(after, ended=gone, next=(*after.next, Next(what="list", of=badge.list)))


def stale(badge: Badge, key: str, issuer: str) -> bool:
    """Whether it is to be signed: it never was, or another key than today's did it, or it names another issuer."""
    return badge.state != "fallen" and (not badge.jws or (badge.key, badge.issuer) != (key, issuer))


def looked(before: Dossier, now: Instant) -> Change:
    """A badge was compared with its shop and with the key that signs: it is due again in a day. No line of history: nothing has happened."""
    badge = before.badge
    if badge is None or badge.state == "fallen" or now < later(max(badge.issued_at, badge.looked_at), timing.LOOK_MS):
        return nothing(before)
    return Change(after=replace(before, badge=replace(badge, looked_at=now), version=before.version + 1))


def signed(before: Dossier, id: BadgeId, jws: str, key: str, issuer: str, now: Instant) -> Change:
    """The badge of this id is signed, or signed anew with another key. Another one, or one that has fallen, needs no signature."""
    badge = before.badge
    if badge is None or badge.id != id or not stale(badge, key, issuer):
        return nothing(before)
    entry = Entry(what="signed", by="machine", at=now, said={"badge": id, "key": key})
    return with_badge(nothing(before), replace(badge, jws=jws, key=key, issuer=issuer), entry)


def complained(before: Dossier, complaint: Complaint, by: OperatorId, now: Instant) -> Change:
    """Somebody complained of the shop. Where enough people did, its badge goes back to review. Raises Conflict (no-badge)."""
    badge = before.badge
    if badge is None or badge.state == "fallen":
        raise Conflict("the shop has no badge", word="no-badge")
    if any(one.id == complaint.id for one in badge.complaints):
        return nothing(before)
    complaints = (*badge.complaints, complaint)[-MOST_COMPLAINTS:]
    said = {"complaint": complaint.id, "badge": badge.id, "about": complaint.about or None}
    entry = Entry(what="complained", by="operator", at=now, who=by, said=said)
    recent = {one.of for one in complaints if not one.settled and now - one.at <= timing.COMPLAINTS_MS}
    after = replace(badge, complaints=complaints)
    if badge.state == "standing" and len(recent) >= timing.COMPLAINTS:
        waits = replace(after, state="review")
        told = News(kind="in_review", data={"badge_id": badge.id, "level": badge.level})
        change = with_badge(nothing(before), waits, entry, told)
        return replace(change, suspended=waits, next=(Next(what="list", of=badge.list),))
    return with_badge(nothing(before), after, entry)


def revoke(before: Dossier, id: BadgeId, by: OperatorId, reason: str, now: Instant) -> Change:
    """A reviewer takes the badge away, at once. Raises Conflict; the same again changes nothing."""
    badge = _of(before, id)
    if badge.state == "fallen":
        return nothing(before)
    return fall(nothing(before), "revoked", now, by, reason)


def restore(before: Dossier, id: BadgeId, shop: ShopNow, by: OperatorId, reason: str, now: Instant) -> Change:
    """A reviewer has looked at the complaints: the badge stands again. Raises Conflict; the same again changes nothing."""
    badge = _of(before, id)
    if badge.state == "standing":
        return nothing(before)
    if badge.state == "fallen" or differs(badge.basis, shop):
        raise Conflict("the badge has fallen; the shop can ask for another", word="no-badge")
    entry = Entry(what="restored", by="reviewer", at=now, who=by, said={"badge": id, "reason": reason})
    told = News(kind="restored", data={"badge_id": id, "level": badge.level})
    heard = tuple(replace(one, settled=True) for one in badge.complaints)
    stands = replace(badge, state="standing", complaints=heard)
    change = replace(with_badge(nothing(before), stands, entry, told), next=(Next(what="list", of=badge.list),))
    return replace(change, suspended=stands) if stands.shut else replace(change, restored=stands)


def ticked(before: Dossier, now: Instant) -> Change:
    """The clock: reminders before a badge's end, and its end."""
    badge = before.badge
    if badge is None or badge.state == "fallen":
        return nothing(before)
    if now >= badge.expires_at:
        return fall(nothing(before), "expired", now)
    passed = sum(1 for early in timing.REMINDERS_MS if now >= badge.expires_at - early)
    if passed <= badge.reminded:
        return nothing(before)
    entry = Entry(what="reminded", by="machine", at=now, said={"badge": badge.id})
    data = {"badge_id": badge.id, "level": badge.level, "expires_at": badge.expires_at}
    return with_badge(nothing(before), replace(badge, reminded=passed), entry, News(kind="expiring", data=data))


def _of(dossier: Dossier, id: BadgeId) -> Badge:
    if dossier.badge is None or dossier.badge.id != id:
        raise Conflict("another badge has taken its place", word="no-badge")
    return dossier.badge
