"""Money that goes back. Every receipt has a balance of its own, and what is on its way counts against it.

| state | fact | -> state |
| --- | --- | --- |
| (none) | asked, within the balance | SENT, and the bank is called |
| (none) | asked, more than is left, or no such receipt | REFUSED, nobody is called |
| any | asked again under the same id | as it is, nobody is called |
| SENT | done | DONE |
| SENT | failed | FAILED: the sum is free again |
| SENT | pending, or no answer | SENT: asked after under the same id |
| DONE | anything | DONE |
| FAILED | done, and the sum is still free | DONE |
| FAILED | done, and it is not | FAILED, flagged for a person |
| (none) | one that we did not begin | DONE or SENT; WAITING until its payment is known |
"""

from dataclasses import replace
from typing import Literal

from haat.kernel.time import DAY, HOUR, MINUTE, Instant, later
from haat.payment.model.bank import Failed, NotFound
from haat.payment.model.evidence import RefundEvidence
from haat.payment.model.payment import Change, Event, Payment, Receipt, Refund

Result = Literal["DONE", "FAILED", "PENDING"]
ASK_MS, ASK_MOST_MS = MINUTE, 6 * HOUR
UNHEARD_MS = HOUR  # after a call whose answer never came: its record was lost, or lies in a dead-letter queue
MOST = 100  # refunds of one request that merchants begin, and of these what is refused
MOST_REFUSED = 20
AT_ONCE = 20  # questions about refunds of one request in one look: a transaction holds so many actions and no more
SURE_AGAIN = 6  # questions after which a bank that still refuses is believed, though the first call had no answer
GIVE_UP_MS = 30 * DAY  # offline refunds take days; after a month a person asks the bank
COUNTED = frozenset({"SENT", "DONE"})
CONFLICT = "refund_conflict"
MISMATCH = "settlement_mismatch"
NAMELESS = "file-"  # how an id begins that was made for a line which has none
CLOCKS_MS = 5 * MINUTE  # by which a bank's clock may be behind


def left(payment: Payment, receipt: Receipt) -> int:
    """What of a receipt neither went back nor is on its way back."""
    return receipt.amount - sum(r.amount for r in payment.refunds if r.rrn == receipt.rrn and r.state in COUNTED)


def ask(before: Payment, id: str, rrn: str, amount: int, now: Instant) -> Change:
    """The merchant gives money back: reserved first, then the bank is called."""
    if any(refund.id == id for refund in before.refunds):
        return Change(after=before)
    receipt = next((receipt for receipt in before.receipts if receipt.rrn == rrn), None)
    allowed = receipt is not None and 0 < amount <= left(before, receipt) and len(before.refunds) < MOST
    if not allowed and sum(refund.state == "REFUSED" for refund in before.refunds) >= MOST_REFUSED:
        return Change(after=before)
    refund = Refund(
        id=id,
        rrn=rrn,
        amount=amount,
        state="SENT" if allowed else "REFUSED",
        provider_txn_id=receipt.provider_txn_id if receipt else "",
        asked_at=now,
        ask_at=later(now, UNHEARD_MS) if allowed else Instant(0),
    )
    return Change(after=_plus(before, refund), call_refund=id if allowed else "")


def hear(before: Payment, said: RefundEvidence, now: Instant) -> Change:
    """The bank says how a refund stands: ours, or one that somebody began elsewhere. Only proof gets here."""
    known = next((refund for refund in before.refunds if _is(refund, said)), None)
    if known is not None:
        return _stands(before, known, said.status, said.provider_refund_id)
    receipt = next((receipt for receipt in before.receipts if _pays(receipt, said)), None)
    refund = Refund(
        id=said.provider_refund_id,
        rrn=receipt.rrn if receipt else said.rrn,
        amount=said.amount,
        state="WAITING" if receipt is None else "SENT",
        provider_refund_id=said.provider_refund_id,
        provider_txn_id=said.provider_txn_id,
        foreign=True,
        asked_at=now,
    )
    if said.status == "FAILED":  # no money of ours moved, and nothing was reserved for it
        return Change(after=before)
    if receipt is None:
        return Change(after=_plus(before, refund))
    change = Change(after=_plus(before, refund))
    if said.status == "DONE":
        return _stands(change.after, refund, "DONE", said.provider_refund_id)
    return change


def filed(before: Payment, said: RefundEvidence, now: Instant, occurred_at: Instant = Instant(0)) -> Change:
    """A settlement file names a refund that is done: by our id, by the bank's, or by its sum alone. `occurred_at`: when, where it says so.

    One of ours with that sum, asked for by then, that nobody has named yet is it: banks that name a refund by the payment only would else be
    heard to have given back twice. Where a later line names that one by its id, the earlier was somebody else's. Another sum than ours changes
    nothing, and is flagged.
    """
    name = said.provider_refund_id or said.refund_id
    known = next((refund for refund in before.refunds if _is_filed(refund, said)), None) or _unnamed(
        before, said, occurred_at
    )
    if known is None:
        change = hear(before, said, now)
        return _as_filed(change, said.provider_refund_id, name)
    if known.amount != said.amount:
        return Change(after=_flagged(before, MISMATCH))
    other: tuple[Event, ...] = ()
    if known.filed and name != known.filed and said.refund_id == known.id:
        strange = replace(said, refund_id="", provider_refund_id=known.filed)
        own = "" if known.provider_refund_id == known.filed else known.provider_refund_id
        free = _plus(before, replace(known, filed="", provider_refund_id=own, version=known.version + 1))
        told = _as_filed(hear(free, strange, now), known.filed, known.filed)
        before, other = told.after, told.events
        known = next(refund for refund in before.refunds if refund.id == known.id)
    named = known.provider_refund_id or said.provider_refund_id
    change = _as_filed(hear(before, replace(said, refund_id=known.id, provider_refund_id=named), now), known.id, name)
    return replace(change, events=(*other, *change.events))


def answered(before: Payment, id: str, said: RefundEvidence | NotFound | Failed, now: Instant) -> Change:
    """What the bank answered to a call about this refund. No answer is not a no: it is asked after under the same id."""
    known = next((refund for refund in before.refunds if refund.id == id), None)
    if known is None:
        return Change(after=before)
    match said:
        case RefundEvidence():
            change = hear(before, replace(said, refund_id=id), now)
            refund = next(refund for refund in change.after.refunds if refund.id == id)
            if refund.state == "SENT":
                return replace(change, after=_plus(change.after, _ask_later(refund, now)))
            return replace(change, after=_plus(change.after, replace(refund, ask_at=Instant(0))))
        # Of a second call it is not sure: the first, whose answer was lost, may have been taken.
        case Failed(refused=True) if known.calls == 0 or known.calls >= SURE_AGAIN:
            return _stands(before, replace(known, ask_at=Instant(0), reason=said.reason), "FAILED", "")
        case NotFound() if known.state == "SENT":  # our call never came there: once more, under the same id
            again = replace(_ask_later(known, now), calls=known.calls + 1)
            return Change(after=_plus(before, again), call_refund=id)
        case _ if known.state == "SENT":
            return Change(after=_plus(before, _ask_later(known, now)))
        case _:
            return Change(after=before)


def ask_after(before: Payment, said: RefundEvidence, now: Instant) -> Change:
    """A hint about a refund: the bank is asked, if it is still open."""
    known = next((refund for refund in before.refunds if _is(refund, said) and refund.state == "SENT"), None)
    if known is None or (known.ask_at and known.ask_at <= now):
        return Change(after=before)
    return Change(after=_plus(before, replace(known, ask_at=now, version=known.version + 1)))


def due(before: Payment, now: Instant) -> tuple[Payment, tuple[Refund, ...]]:
    """The refunds that the bank is to be asked about now -> the payment with these calls counted, and they."""
    late = [refund for refund in before.refunds if refund.ask_at and refund.ask_at <= now]
    asked = tuple(
        replace(refund, calls=refund.calls + 1, ask_at=_unheard_at(refund, now), version=refund.version + 1)
        for refund in late
        if refund.state == "SENT"
    )[:AT_ONCE]
    over = [replace(refund, ask_at=Instant(0), version=refund.version + 1) for refund in late if refund.state != "SENT"]
    for refund in (*asked, *over[:AT_ONCE]):
        before = _plus(before, refund)
    return before, asked


def _unheard_at(refund: Refund, now: Instant) -> Instant:
    return later(now, UNHEARD_MS) if now - refund.asked_at <= GIVE_UP_MS else Instant(0)


def _ask_later(refund: Refund, now: Instant) -> Refund:
    if now - refund.asked_at > GIVE_UP_MS:
        return replace(refund, ask_at=Instant(0), version=refund.version + 1)
    wait = min(ASK_MS << 2 * min(refund.calls, 8), ASK_MOST_MS)
    return replace(refund, ask_at=later(now, wait), version=refund.version + 1)


def found(payment: Payment, receipt: Receipt) -> Change:
    """A receipt has come: refunds that waited for it are done."""
    events: list[Event] = []
    for refund in payment.refunds:
        same = refund.rrn == receipt.rrn or (
            refund.provider_txn_id and refund.provider_txn_id == receipt.provider_txn_id
        )
        if refund.state == "WAITING" and same:
            change = _stands(payment, replace(refund, rrn=receipt.rrn), "DONE", refund.provider_refund_id)
            payment, events = change.after, [*events, *change.events]
    return Change(after=payment, events=tuple(events))


def _stands(before: Payment, refund: Refund, result: Result, provider_id: str) -> Change:
    named = replace(refund, provider_refund_id=refund.provider_refund_id or provider_id)
    match refund.state, result:
        case (("SENT" | "FAILED" | "WAITING"), "DONE"):
            if not _fits(before, refund):
                return Change(after=_flagged(_plus(before, named)))
            done = replace(named, state="DONE", ask_at=Instant(0))
            return _moved(before, done, Event(kind="RefundDone", about=refund.id))
        case "SENT", "FAILED":
            failed = replace(named, state="FAILED", ask_at=Instant(0))
            return _moved(before, failed, Event(kind="RefundFailed", about=refund.id))
        case "DONE", "FAILED":
            return Change(after=_flagged(before))
        case _:
            return _moved(before, named) if named != refund else Change(after=before)


def _fits(payment: Payment, refund: Refund) -> bool:
    """Whether it can have been done: together with what was done before it is no more than came."""
    receipt = next((receipt for receipt in payment.receipts if receipt.rrn == refund.rrn), None)
    if receipt is None:
        return False
    others = [r for r in payment.refunds if r.rrn == refund.rrn and r.id != refund.id]
    counted = COUNTED if refund.state == "FAILED" else {"DONE"}
    return refund.amount + sum(r.amount for r in others if r.state in counted) <= receipt.amount


def _is(refund: Refund, said: RefundEvidence) -> bool:
    if said.refund_id and refund.id == said.refund_id:
        return True
    return bool(said.provider_refund_id) and said.provider_refund_id in (refund.provider_refund_id, refund.id)


def _unnamed(before: Payment, said: RefundEvidence, occurred_at: Instant) -> Refund | None:
    """The refund of ours that a line may be which names none: the first that was asked for."""
    receipt = next((receipt for receipt in before.receipts if _pays(receipt, said)), None)
    if said.refund_id or receipt is None:
        return None
    nameless = said.provider_refund_id.startswith(NAMELESS)
    by = later(occurred_at, CLOCKS_MS) if occurred_at else None
    same = [
        refund
        for refund in before.refunds
        if (refund.rrn, refund.amount) == (receipt.rrn, said.amount)
        and not refund.foreign
        and not refund.filed
        and refund.state in COUNTED
        and (nameless or not refund.provider_refund_id)  # the bank calls it otherwise
        and (by is None or refund.asked_at <= by)
    ]
    return min(same, key=lambda refund: refund.asked_at, default=None)


def _as_filed(change: Change, id: str, name: str) -> Change:
    """With the name by which a file has told of a refund."""
    refund = next((refund for refund in change.after.refunds if refund.id == id), None)
    if refund is None or refund.filed:
        return change
    return replace(change, after=_plus(change.after, replace(refund, filed=name, version=refund.version + 1)))


def _is_filed(refund: Refund, said: RefundEvidence) -> bool:
    return _is(refund, said) or bool(said.provider_refund_id and refund.filed == said.provider_refund_id)


def _pays(receipt: Receipt, said: RefundEvidence) -> bool:
    if said.provider_txn_id and receipt.provider_txn_id == said.provider_txn_id:
        return True
    return bool(said.rrn) and receipt.rrn == said.rrn


def _plus(before: Payment, refund: Refund) -> Payment:
    others = tuple(other for other in before.refunds if other.id != refund.id)
    known = len(others) < len(before.refunds)
    in_place = tuple(refund if other.id == refund.id else other for other in before.refunds)
    return replace(before, refunds=in_place if known else (*before.refunds, refund))


def _moved(before: Payment, refund: Refund, *events: Event) -> Change:
    return Change(after=_plus(before, replace(refund, version=refund.version + 1)), events=events)


def _flagged(before: Payment, word: str = CONFLICT) -> Payment:
    request = before.request
    if word in request.flags:
        return before
    flags = tuple(sorted((*request.flags, word)))
    return replace(before, request=replace(request, flags=flags, version=request.version + 1))
