"""The states of a payment request, and what moves them.

Only proven evidence moves a state; a hint makes one status call due. PAID is absorbing, a receipt is a row of its own, and nothing
is inferred from a missing answer. infra/states prints the whole table, every state and every fact, into docs/payments.md.
"""

from dataclasses import replace

from haat.kernel.time import Instant
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Change, Event, Kind, Orphan, Payment, Payout, Receipt, Request
from haat.payment.rules import polling, refunds

OPEN = frozenset({"CREATED", "PRESENTED", "PROCESSING"})
UNDECIDED = frozenset({"CREATED", "PRESENTED"})
MISSING, RECOVERED = "missing_in_settlement", "recovered_by_settlement"


def present(before: Payment) -> Change:
    """The customer has it before them."""
    request = before.request
    if request.state != "CREATED":
        return Change(after=before)
    return _change(before, polling.begins(replace(request, state="PRESENTED")))


def cancel(before: Payment, now: Instant) -> Change:
    """The merchant takes it back, while nobody has begun to pay: what may be in flight can't be stopped. Else nothing changes."""
    request = before.request
    if request.state not in ("CREATED", "PRESENTED", "EXPIRED", "FAILED"):
        return Change(after=before)
    return _change(before, replace(request, state="CANCELLED", cancelled_at=now), Event(kind="PaymentCancelled"))


def expire(before: Payment, now: Instant) -> Change:
    """Its time may be over. What is in flight does not expire: the payer's account may be debited already."""
    request = before.request
    if now < request.expires_at or request.state not in OPEN:
        return Change(after=before)
    if request.state == "PROCESSING":
        asked = polling.was_asked_at_the_end(request)
        return Change(after=before) if asked else _change(before, polling.ends(request, now))
    return _change(before, polling.ends(replace(request, state="EXPIRED"), now), Event(kind="PaymentExpired"))


def waits_for_its_end(request: Request) -> bool:
    """Whether something happens when its time is over."""
    asked = polling.was_asked_at_the_end(request) or request.pull_at >= request.expires_at
    return (request.state == "PROCESSING" and not asked) or request.state in UNDECIDED


def refused(before: Payment) -> Change:
    """The provider will not have the request: it has failed before anybody could pay."""
    if before.request.state != "CREATED":
        return Change(after=before)
    failed = replace(flag(before.request, "provider_refused"), state="FAILED")
    return _change(before, failed, Event(kind="PaymentFailed"))


def ours(request: Request, payee_vpa: str, payee_id: str) -> bool:
    """Whether evidence names this request's payee."""
    return names(payee_vpa, payee_id, request.payee_vpa, request.payee_id)


def names(payee_vpa: str, payee_id: str, vpa: str, id: str) -> bool:
    """Whether evidence names a payee: all that it says of the payee must fit, and it must say something."""
    if payee_vpa and payee_vpa.casefold() != vpa.casefold():
        return False
    if payee_id and id and payee_id != id:
        return False
    return bool(payee_vpa or payee_id)


def hear(
    before: Payment, said: Evidence, now: Instant, *, payout: Payout | None = None, pulled: bool = False
) -> Change:
    """Take one statement about a payment of this request.

    `payout`: it stands in the bank's settlement file, which says this beside. `pulled`: the bank was asked just now, so it is not asked
    again at once.
    """
    if said.trust != "proof":
        return Change(after=before) if _receipt_of(before, said) else _ask(before, now)
    if not ours(before.request, said.payee_vpa, said.merchant_id):
        return Change(after=before, orphan=orphan_of(before.request, said) if said.status == "SUCCESS" else None)
    match said.status:
        case "SUCCESS":
            return _received(before, said, payout)
        case "FAILED":
            if before.request.state not in OPEN:
                return Change(after=before)
            failed = polling.goes_on(replace(before.request, state="FAILED"), now)
            return _change(before, failed, Event(kind="PaymentFailed"))
        case "PENDING" | "UNKNOWN":
            return _pending(before, said, now, pulled=pulled)


def contradicted(before: Payment, now: Instant) -> Change:
    """The same event id came with other content: somebody is wrong. Change nothing, ask."""
    flagged = flag(before.request, "event_id_conflict")
    return _change(before, polling.asked_for(flagged, now) if flagged.state != "PAID" else flagged)


def nothing_known(before: Payment, now: Instant, number: int | None = None) -> Change:
    """The bank has answered, and knows of nothing new. After the end that closes the matter, and is no failure."""
    return _change(before, polling.goes_on(polling.heard(before.request, number), now))


def no_answer(before: Payment, now: Instant, number: int | None = None) -> Change:
    """The status call brought no answer that can be used."""
    request = polling.heard(before.request, number)
    return _change(before, request if request.state in ("PAID", "CANCELLED") else polling.unanswered(request, now))


def missing(before: Payment, until: Instant, since: Instant = Instant(0)) -> Change:
    """The bank's files cover a time. A receipt of it that none of them names is for a person to look at; nothing is undone."""
    if any(not receipt.settled and since <= receipt.occurred_at < until for receipt in before.receipts):
        return _change(before, flag(before.request, MISSING))
    return Change(after=before)


def charged_back(before: Payment, rrn: str, provider_txn_id: str, amount: int) -> Change:
    """The bank's file says that it took money back for a complaint of the payer's. It is flagged and told; what was paid stays paid."""
    known = receipt_of(before, rrn, provider_txn_id)
    if known is None or known.disputed >= amount:
        return Change(after=before)
    request = flag(before.request, "chargeback")
    after = replace(request, version=before.request.version + 1)
    receipts = tuple(replace(r, disputed=amount) if r is known else r for r in before.receipts)
    events = (Event(kind="ChargedBack", about=known.rrn),)
    return Change(after=replace(before, request=after, receipts=receipts), events=events)


def orphan_of(request: Request, said: Evidence) -> Orphan:
    """Proven money that is not this request's."""
    return Orphan(
        provider=said.provider,
        account=request.account,
        rrn=_name(said),
        provider_txn_id=said.provider_txn_id,
        tr=said.tr,
        amount=said.amount,
        currency=said.currency,
        occurred_at=said.occurred_at,
        merchant=request.merchant,
        foreign=not ours(request, said.payee_vpa, said.merchant_id),
    )


def flag(request: Request, word: str) -> Request:
    """With one more word for people."""
    return request if word in request.flags else replace(request, flags=tuple(sorted((*request.flags, word))))


def unflag(request: Request, word: str) -> Request:
    """Without a word for people."""
    return replace(request, flags=tuple(other for other in request.flags if other != word))


def _ask(before: Payment, now: Instant) -> Change:
    return _change(before, polling.asked_for(before.request, now))


def _pending(before: Payment, said: Evidence, now: Instant, *, pulled: bool) -> Change:
    request = flag(before.request, "unknown_status") if said.status == "UNKNOWN" else before.request
    if request.state in UNDECIDED:
        request = replace(request, state="PROCESSING")
    if request.state in ("PAID", "CANCELLED") or _receipt_of(before, said):
        return _change(before, request)
    return _change(before, polling.unanswered(request, now) if pulled else polling.asked_for(request, now))


def _received(before: Payment, said: Evidence, payout: Payout | None) -> Change:
    known, recovered = _receipt_of(before, said), payout is not None
    if known is not None:
        settled = _settled(before, known, payout) if payout else before
        if (known.amount, known.currency) == (said.amount, said.currency):
            return Change(after=settled)
        word = "settlement_mismatch" if recovered else "conflicting_amount"
        return _change(settled, flag(settled.request, word))
    request = flag(before.request, RECOVERED) if recovered else before.request
    if any(receipt.kind == "primary" for receipt in before.receipts):
        events = (Event(kind="SurplusReceived", about=_name(said)), Event(kind="RefundProposed", about=_name(said)))
        return _with(before, request, _receipt(said, "surplus", "second_payment", payout=payout), *events)
    if said.currency != request.currency or said.amount != request.amount:
        word = "currency_mismatch" if said.currency != request.currency else "amount_mismatch"
        return _with(
            before, _review(flag(request, word)), _receipt(said, "mismatch", payout=payout), *_needs_review(request)
        )
    if request.cancelled_at:
        after = _review(flag(request, "paid_after_cancel"))
        after_cancel = (Event(kind="RefundProposed", about=_name(said)), *_needs_review(request))
        return _with(before, after, _receipt(said, "primary", "paid_after_cancel", payout=payout), *after_cancel)
    wrong = [receipt for receipt in before.receipts if receipt.kind == "mismatch" and not receipt.proposed]
    before = replace(
        before,
        receipts=tuple(replace(r, proposed="amount_mismatch") if r in wrong else r for r in before.receipts),
    )
    # What is still asked of the bank is not asked any more: a second payment is heard of by callback or file.
    paid = replace(
        request, state="PAID", late=said.occurred_at > request.expires_at, pull_at=Instant(0), again_at=Instant(0)
    )
    proposed = (Event(kind="RefundProposed", about=receipt.rrn) for receipt in wrong)
    return _with(before, paid, _receipt(said, "primary", payout=payout), Event(kind="PaymentPaid"), *proposed)


def _review(request: Request) -> Request:
    return replace(request, state="REVIEW")


def _needs_review(before: Request) -> tuple[Event, ...]:
    return () if before.state == "REVIEW" else (Event(kind="ReviewNeeded"),)


def _receipt(said: Evidence, kind: Kind, proposed: str = "", *, payout: Payout | None = None) -> Receipt:
    found = Receipt(
        rrn=_name(said),
        provider_txn_id=said.provider_txn_id,
        amount=said.amount,
        currency=said.currency,
        kind=kind,
        occurred_at=said.occurred_at,
        payer_vpa=said.payer_vpa,
        proposed=proposed,
    )
    return _confirmed(found, replace(payout, found=True)) if payout else found


def _name(said: Evidence) -> str:
    return said.rrn or said.provider_txn_id


def _receipt_of(before: Payment, said: Evidence) -> Receipt | None:
    return receipt_of(before, said.rrn, said.provider_txn_id)


def receipt_of(before: Payment, rrn: str, provider_txn_id: str) -> Receipt | None:
    """The receipt of a money: by its RRN, or by the bank's own id where one of the two told no RRN."""
    for receipt in before.receipts:
        if receipt.rrn == (rrn or provider_txn_id):
            return receipt
        unnamed = not rrn or receipt.rrn == receipt.provider_txn_id
        if unnamed and receipt.provider_txn_id and receipt.provider_txn_id == provider_txn_id:
            return receipt
    return None


def _settled(before: Payment, known: Receipt, payout: Payout) -> Payment:
    """The bank's file names this receipt; where it was missing in an earlier one and no other is, nobody has to look any more."""
    receipts = tuple(_confirmed(r, payout) if r is known else r for r in before.receipts)
    request = before.request
    if MISSING in request.flags and all(receipt.settled for receipt in receipts):
        request = replace(unflag(request, MISSING), version=request.version + 1)
    return replace(before, request=request, receipts=receipts)


def _confirmed(receipt: Receipt, payout: Payout) -> Receipt:
    return replace(
        receipt,
        settled=True,
        # A later file that says nothing of them takes nothing away.
        fee=payout.fee or receipt.fee,
        tax=payout.tax or receipt.tax,
        settlement=payout.settlement or receipt.settlement,
        found_in=payout.file if payout.found else receipt.found_in,
    )


def _change(before: Payment, after: Request, *events: Event) -> Change:
    if after == before.request:
        return Change(after=before, events=events)
    return Change(after=replace(before, request=replace(after, version=before.request.version + 1)), events=events)


def _with(before: Payment, after: Request, receipt: Receipt, *events: Event) -> Change:
    """With one more receipt; refunds that were told of before their payment find it now."""
    request = replace(after, version=before.request.version + 1)
    receipt = replace(receipt, payer_vpa="") if request.forgotten_at else receipt
    joined = Payment(request=request, receipts=(*before.receipts, receipt), refunds=before.refunds)
    change = refunds.found(joined, receipt)
    return replace(change, events=(*events, *change.events))
