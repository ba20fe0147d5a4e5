"""The states of a request, and what moves them. infra/states prints the whole table, every state and every fact, into docs/verification.md.

A machine never refuses anybody, and alone it never gives the green badge: checks are facts, a reviewer decides with all of them at hand,
and two people do where a name is protected. What it does by itself is the grey badge, which says no more than that the number is the shop's.
"""

from dataclasses import replace

from haat.kernel.errors import Conflict, Rejected
from haat.kernel.ids import RequestId
from haat.kernel.time import Instant
from haat.verification.model.dossier import Change, Dossier, Entry, Next, ShopNow
from haat.verification.model.request import Basis, Check, CheckKind, CheckState, Likeness, Request
from haat.verification.rules import badges, timing, wants
from haat.verification.rules.bases import differs
from haat.verification.rules.changes import News, changed, nothing, with_request

EDITABLE = ("open", "more_wanted")
SENT = ("checking", "waiting")
MOST_ROUNDS = 20


def current(dossier: Dossier, id: RequestId) -> Request:
    """The request of this id, while it is the merchant's last. Raises Conflict (request-over)."""
    if dossier.request is None or dossier.request.id != id:
        raise Conflict("another request has taken its place", word="request-over")
    return dossier.request


def begin(before: Dossier, id: RequestId, site_token: str, who: str, now: Instant) -> Change:
    """A new request. Raises Conflict (request-under-way) while another is."""
    last = before.request
    if last is not None and not last.ended:
        raise Conflict("a request is under way; go on with it, or withdraw it", word="request-under-way")
    # A website goes on to show what it was told to show: the token is the shop's, whatever became of the request.
    token = last.site_token if last is not None and last.site_token else site_token
    request = Request(id=id, begun_at=now, site_token=token)
    entry = Entry(what="begun", by="shop", at=now, who=who)
    return replace(with_request(before, request, entry), archived=last)


def give(before: Dossier, id: RequestId, shown: dict[str, str], who: str, now: Instant) -> Change:
    """Evidence in the place of what was given before; `shown` has each field that is there. Raises Conflict."""
    request = editable(before, id)
    after = replace(request, given=tuple(shown), shown=shown)
    return with_request(before, after, Entry(what="given", by="shop", at=now, who=who, said={"fields": sorted(shown)}))


def send(before: Dossier, id: RequestId, basis: Basis, shop: ShopNow, who: str, now: Instant) -> Change:
    """All that the shop has is there: the checks begin. Raises Conflict, and Rejected naming what is missing."""
    request = editable(before, id)
    if not shop.open or shop.country not in wants.COUNTRIES:
        raise Conflict(
            "the shop is closed or blocked, or of a country in which nobody is verified here", word="not-here"
        )
    if fields := wants.missing(request):
        raise Rejected("some evidence is missing", word="invalid", fields=fields)
    if request.round >= MOST_ROUNDS:
        raise Conflict("it was sent too often; withdraw it and begin again", word="too-many")
    checks = tuple(
        Check(kind=kind, state="waiting" if wanted else "not_given", again_at=now if wanted else Instant(0))
        for kind, wanted in wants.checks(request.given).items()
    )
    after = replace(
        request,
        state="checking",
        sent_at=now,
        round=request.round + 1,
        basis=basis,
        checks=tuple(replace(c, again_at=Instant(now + timing.ANSWER_MS)) if c.again_at else c for c in checks),
        likenesses=(),
        approvals=(),
        wanted=(),
    )
    change = with_request(before, after, Entry(what="sent", by="shop", at=now, who=who, said={"round": after.round}))
    return replace(change, next=tuple(Next(what="check", of=c.kind) for c in checks if c.state == "waiting"))


def asked(before: Dossier, id: RequestId, round: int, kind: CheckKind, now: Instant) -> Change:
    """A check is begun whose answer comes later: who was asked is asked again when none has come."""
    if (found := _running(before, id, round, kind)) is None:
        return nothing(before)
    request, check = found
    tries = check.tries + 1
    again = timing.again_at(tries, now)
    after = replace(check, tries=tries, asked_at=now, again_at=again)
    if not again:
        after = replace(after, state="unreachable", word=check.word or "no_answer", done_at=now)
    return _checked(before, request, after, (), now, what="asked")


def found(
    before: Dossier,
    id: RequestId,
    round: int,
    kind: CheckKind,
    outcome: tuple[CheckState, str],
    now: Instant,
    *,
    likenesses: tuple[Likeness, ...] = (),
    counted: bool = True,
    final: bool = False,
    shop: ShopNow | None = None,
    new: badges.New | None = None,
) -> Change:
    """What a check has shown. With `new` and the shop as it is now the grey badge may follow.

    `counted`: this was a try of its own; else `asked` has counted it. `final`: trying again would show nothing else.
    """
    if (known := _running(before, id, round, kind)) is None:
        return nothing(before)
    request, check = known
    state, word = outcome
    tries = check.tries + 1 if counted else check.tries
    again = timing.again_at(max(tries, 1), now) if state == "unreachable" and not final else Instant(0)
    after = replace(check, state=state, word=word, tries=tries, again_at=again, done_at=now)
    change = _checked(before, request, after, likenesses, now)
    return badges.confirmed(change, shop, new, now) if shop is not None and new is not None else change


def editable(dossier: Dossier, id: RequestId) -> Request:
    """The request of this id, while its shop may still change it. Raises Conflict (request-sent, request-over)."""
    request = current(dossier, id)
    if request.state not in EDITABLE:
        raise Conflict("it was sent; withdraw it to begin anew, or wait for the decision", word="request-sent")
    return request


def withdraw(before: Dossier, id: RequestId, who: str, now: Instant) -> Change:
    """The shop wants it no more. Raises Conflict where it was decided; the same again changes nothing."""
    request = current(before, id)
    if request.state == "withdrawn":
        return nothing(before)
    if request.ended:
        raise Conflict("it was decided already", word="request-over")
    after = replace(request, state="withdrawn", decided_at=now, checks=_stopped(request.checks))
    return with_request(before, after, Entry(what="withdrawn", by="shop", at=now, who=who))


def appeal(before: Dossier, id: RequestId, said: str, who: str, now: Instant) -> Change:
    """A refused request goes to another reviewer, once. Raises Conflict."""
    request = current(before, id)
    if request.state != "refused" or request.erased_at:
        raise Conflict("only a refusal can be appealed against", word="no-refusal")
    if request.appealed_at:
        raise Conflict("it was appealed against once already", word="appealed")
    if now - request.decided_at > timing.APPEAL_MS:
        raise Conflict("a refusal can be appealed against for 30 days", word="too-late")
    after = replace(request, state="waiting", appealed_at=now, appeal=said, approvals=())
    return with_request(before, after, Entry(what="appealed", by="shop", at=now, who=who))


def erase(before: Dossier, id: RequestId, by: str, now: Instant, who: str = "") -> Change:
    """Evidence and documents go; a request that was not decided goes with them. The same again changes nothing."""
    request = before.request
    if request is None or request.id != id or request.erased_at:
        return nothing(before)
    after = erased(request, now)
    if not request.ended:
        after = replace(after, state="withdrawn", decided_at=now)
    change = with_request(
        before, after, Entry(what="erased", by="shop" if by == "shop" else "machine", at=now, who=who)
    )
    return replace(change, next=(Next(what="forget", of=id),))


def erased(request: Request, now: Instant) -> Request:
    """A request without anything of what proved it."""
    gone = tuple(replace(one, state="deleted") for one in request.documents)
    return replace(
        request, given=(), shown={}, documents=gone, checks=_stopped(request.checks), appeal="", erased_at=now
    )


def shop_seen(before: Dossier, shop: ShopNow, now: Instant) -> Change:
    """The shop as it is now: what it was to be verified as, or is, may be so no longer."""
    change = badges.matched(before, shop, now)
    request = before.request
    if request is None or request.state not in SENT or request.basis is None:
        return change
    if (why := differs(request.basis, shop)) is None:
        return change
    after = replace(
        request, state="more_wanted", wanted=("profile",), reason="", approvals=(), checks=_stopped(request.checks)
    )
    told = News(kind="more_wanted", data={"request_id": request.id, "wanted": ["profile"], "why": why})
    return changed(change, after, Entry(what="shop_changed", by="machine", at=now, said={"why": why}), told)


def tick(before: Dossier, now: Instant) -> Change:
    """What is due by the clock."""
    change = badges.ticked(before, now)
    request = change.after.request
    if request is None or not (due := timing.due_of(request)) or due > now:
        return change
    if request.ended:
        entry = Entry(what="erased", by="machine", at=now)
        return replace(
            changed(change, erased(request, now), entry), next=(*change.next, Next(what="forget", of=request.id))
        )
    if request.state in EDITABLE:
        after = replace(request, state="withdrawn", decided_at=now)
        return changed(change, after, Entry(what="withdrawn", by="machine", at=now))
    late = [check.kind for check in request.checks if timing.overdue(check, now)]
    checks = tuple(_late(check, now) if check.kind in late else check for check in request.checks)
    entry = Entry(what="tried_again", by="machine", at=now, said={"checks": late})
    after, news = _settled(request, replace(request, checks=checks))
    again = tuple(Next(what="check", of=kind) for kind in late)
    return replace(changed(change, after, entry, *news), next=(*change.next, *again))


def _late(check: Check, now: Instant) -> Check:
    """Whoever was asked has not answered: a reviewer need not wait for them, and they are asked again."""
    again = replace(check, again_at=Instant(now + timing.ANSWER_MS))
    silent = check.state == "waiting" and check.tries
    return replace(again, state="unreachable", word="no_answer") if silent else again


def _running(dossier: Dossier, id: RequestId, round: int, kind: CheckKind) -> tuple[Request, Check] | None:
    """The request and its check, while an answer to it means something."""
    request = dossier.request
    if request is None or request.id != id or request.round != round or request.state not in SENT:
        return None
    check = request.check(kind)
    return (request, check) if check is not None and check.state in ("waiting", "unreachable") else None


def _checked(
    before: Dossier,
    request: Request,
    check: Check,
    likenesses: tuple[Likeness, ...],
    now: Instant,
    *,
    what: str = "checked",
) -> Change:
    checks = tuple(check if one.kind == check.kind else one for one in request.checks)
    after = replace(request, checks=checks, likenesses=likenesses if check.kind == "imitation" else request.likenesses)
    # A yes was given to what was known then.
    if check.state == "failed" or len(likenesses) > len(request.likenesses):
        after = replace(after, approvals=())
    entry = Entry(what=what, by="machine", at=now, said={"check": check.kind, "state": check.state, "word": check.word})
    after, news = _settled(request, after)
    return with_request(before, after, entry, *news)


def _settled(before: Request, after: Request) -> tuple[Request, tuple[News, ...]]:
    """When every check has come to something it is a reviewer's turn, and the shop is told."""
    if before.state != "checking" or any(one.state == "waiting" for one in after.checks):
        return after, ()
    told: dict[str, list[str]] = {"failed": [], "unreachable": []}
    for one in after.checks:
        if one.state in told:
            told[one.state].append(one.kind)
    return replace(after, state="waiting"), (News(kind="checked", data={"request_id": after.id, **told}),)


def _stopped(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    return tuple(replace(one, again_at=Instant(0)) for one in checks)
