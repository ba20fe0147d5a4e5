"""A reviewer's decision: who may decide what, and what follows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from haat.kernel.errors import Conflict, Rejected
from haat.kernel.ids import MerchantId, OperatorId, RequestId, TokenId
from haat.kernel.time import Instant
from haat.verification.model.dossier import Change, Dossier, Entry, ShopNow
from haat.verification.model.request import Approval, Likeness, Request, Verdict
from haat.verification.rules import badges, wants
from haat.verification.rules.bases import differs
from haat.verification.rules.changes import News, nothing, with_request
from haat.verification.rules.machine import current

WANTED: Final = (
    "legal_name", "trade_name", "gstin", "pan", "udyam", "licence", "website", "upi", "phone", "documents", "profile",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Who decides: a principal, whatever token they hold, and the shops of which they are."""

    id: OperatorId
    token: TokenId
    shops: Collection[MerchantId] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer says. `wanted` is what the shop is to send, where more is asked for."""

    verdict: Verdict
    reason: str
    wanted: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is so at the time of a decision: the shop, the names that its name is like, and where a new badge would go."""

    shop: ShopNow
    likenesses: Sequence[Likeness]
    new: badges.New


def may_look(reviewer: Reviewer, merchant: MerchantId) -> None:
    """Raises Conflict (own-shop) where the reviewer is of that shop."""
    if merchant in reviewer.shops:
        raise Conflict("you are of this shop: another reviewer must look at it", word="own-shop")


def names_seen(before: Dossier, id: RequestId, likenesses: Sequence[Likeness], now: Instant) -> Change:
    """Names that the request's is like by now: another shop may have been verified since it was checked.

    Whoever decides saves this change first where something follows, and then refuses the decision (name-taken): a reviewer must look again,
    and a yes that was given before counts no more. Raises Conflict.
    """
    request = current(before, id)
    seen = {(one.name, one.why) for one in request.likenesses}
    fresh = tuple(one for one in likenesses if (one.name, one.why) not in seen)
    if request.state != "waiting" or not fresh:
        return nothing(before)
    after = replace(request, likenesses=(*request.likenesses, *fresh), approvals=())
    entry = Entry(what="likeness_found", by="machine", at=now, said={"names": len(fresh)})
    return with_request(before, after, entry)


def decide(
    before: Dossier, id: RequestId, decision: Decision, reviewer: Reviewer, known: Known, now: Instant
) -> Change:
    """What follows from a decision. Raises Conflict, Rejected.

    Approving needs: all checks done, a paper or document, the number shown to be the shop's, and a shop that is as it was when
    it asked. Where the name is protected the first yes waits for a second one, of another principal.
    """
    may_look(reviewer, before.merchant)
    request = current(before, id)
    if request.state != "waiting":
        raise Conflict("it waits for no reviewer", word="not-waiting")
    if request.appealed_at and reviewer.id == request.refused_by:
        raise Conflict("you refused it: another reviewer must look at the appeal", word="own-refusal")
    match decision.verdict:
        case "ask_more":
            return _ask(before, request, decision, reviewer, now)
        case "refuse":
            return _refuse(before, request, decision, reviewer, now)
        case "approve":
            return _approve(before, request, decision, reviewer, known, now)


def _ask(before: Dossier, request: Request, decision: Decision, reviewer: Reviewer, now: Instant) -> Change:
    if not decision.wanted:
        raise Rejected(
            "some fields are not as they should be", word="invalid", fields={"wanted": "must name something"}
        )
    wanted = tuple(decision.wanted)
    after = replace(
        request,
        state="more_wanted",
        decided_at=now,
        wanted=wanted,
        reason=decision.reason,
        approvals=(),
        checks=tuple(replace(one, again_at=Instant(0)) for one in request.checks),
    )
    said = {"wanted": list(wanted), "reason": decision.reason}
    entry = Entry(what="more_wanted", by="reviewer", at=now, who=reviewer.id, said=said)
    return with_request(before, after, entry, News(kind="more_wanted", data={"request_id": request.id, **said}))


def _refuse(before: Dossier, request: Request, decision: Decision, reviewer: Reviewer, now: Instant) -> Change:
    after = replace(
        request,
        state="refused",
        decided_at=now,
        reason=decision.reason,
        refused_by=reviewer.id,
        approvals=(),
        checks=tuple(replace(one, again_at=Instant(0)) for one in request.checks),
    )
    entry = Entry(what="refused", by="reviewer", at=now, who=reviewer.id, said={"reason": decision.reason})
    told = {"request_id": request.id, "reason": decision.reason, "can_appeal": not request.appealed_at}
    return with_request(before, after, entry, News(kind="refused", data=told))


def _approve(
    before: Dossier, request: Request, decision: Decision, reviewer: Reviewer, known: Known, now: Instant
) -> Change:
    if request.erased_at or not wants.proves(request):
        raise Conflict("nothing proves that there is a business: ask for a document", word="no-evidence")
    number = request.check("number")
    if number is None or number.state != "passed":
        raise Conflict("its number is not shown to be its own: ask for its phone", word="number-unproven")
    if any(one.state == "waiting" for one in request.checks):
        raise Conflict("its checks are not done", word="not-waiting")
    if not known.shop.open or request.basis is None or differs(request.basis, known.shop):
        raise Conflict("the shop is not any more as it was when it asked", word="shop-changed")
    seen = {(one.name, one.why) for one in request.likenesses}
    if any((one.name, one.why) not in seen for one in known.likenesses):
        raise Conflict("another shop was verified since, with a name like this one: look again", word="name-taken")
    if any(one.by == reviewer.id for one in request.approvals):
        raise Conflict("you said yes already: another reviewer must", word="same-reviewer")
    yes = Approval(by=reviewer.id, token=reviewer.token, reason=decision.reason, at=now)
    approvals = (*request.approvals, yes)
    said = {"reason": decision.reason}
    if len(approvals) < (2 if request.protected else 1):
        agreed = Entry(what="agreed", by="reviewer", at=now, who=reviewer.id, said=said)
        return with_request(before, replace(request, approvals=approvals), agreed)
    entry = Entry(what="approved", by="reviewer", at=now, who=reviewer.id, said=said)
    after = replace(
        request,
        state="approved",
        decided_at=now,
        reason=decision.reason,
        approvals=approvals,
        checks=tuple(replace(one, again_at=Instant(0)) for one in request.checks),
    )
    told = News(kind="approved", data={"request_id": request.id, "reason": decision.reason})
    return badges.issue(with_request(before, after, entry, told), after, "verified", known.new, now)
