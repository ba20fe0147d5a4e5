"""A request from its beginning to the moment when the customer has it before them."""

from dataclasses import replace

from haat.kernel.errors import Rejected
from haat.kernel.time import MINUTE, SECOND, Instant, later
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Asked, Created, Failed
from haat.payment.model.evidence import Evidence
from haat.payment.model.link import Link, Unusable
from haat.payment.model.payment import Change, Orphan, Payment, Payout, Proof, Refund, Request, Source
from haat.payment.rules import machine
from haat.payment.rules.links import DYNAMIC_QR, build

CREATE_AGAIN_MS = 20 * SECOND
CREATE_UNHEARD_MS = (
    10 * MINUTE
)  # after a call whose answer never came; a record that died comes again within six minutes
NOTE = 50  # letters of a link's note


def asked(payment: Payment, refund: Refund | None = None) -> Asked:
    """What is asked of the provider about a request, or about one refund of it."""
    request = payment.request
    receipt = next((r for r in payment.receipts if refund and r.rrn == refund.rrn), None)
    return Asked(
        tr=request.tr,
        amount=refund.amount if refund else request.amount,
        currency=request.currency,
        note=request.note,
        expires_at=request.expires_at,
        created_at=request.created_at,
        provider_ref=request.provider_ref,
        provider_txn_id=receipt.provider_txn_id if receipt else "",
        rrn=receipt.rrn if receipt else "",
        refund_id=refund.id if refund and not refund.foreign else "",
        provider_refund_id=refund.provider_refund_id if refund else "",
    )


def linked(request: Request, account: PayeeAccount) -> Request:
    """With the link that the customer pays by, where the provider makes none of its own. Raises Rejected."""
    link = build(
        Link(
            pa=account.bank.vpa,
            pn=account.name,
            amount=request.amount,
            tr=request.tr,
            tn=request.note[:NOTE],
            mc=account.mcc,
            mode=DYNAMIC_QR,
        ),
        limit=account.limit,
    )
    if isinstance(link, Unusable):
        raise Rejected("no payment link can say this", word="invalid", fields=_fault(link.reason))
    return replace(request, link=link)


def _fault(reason: str) -> dict[str, str]:
    fields = {"bad_tn": {"note": "must be one line"}, "over_limit": {"amount.minor": "is more than the account takes"}}
    return fields.get(reason, {"account_id": f"its address, name or category makes no link ({reason})"})


def created(before: Payment, made: Created | Failed, now: Instant) -> Change:
    """The provider knows the request, or will not: then it has failed before the customer saw it."""
    request = before.request
    if request.state != "CREATED":
        return Change(after=before)
    if isinstance(made, Failed):
        return machine.refused(before) if made.refused else _again(before, now)
    # Without its own code a payment would not be known there as one of this request.
    known = replace(request, provider_ref=made.provider_ref, link=made.link, picture=made.picture, again_at=Instant(0))
    return machine.present(replace(before, request=known))


def told_again(request: Request, now: Instant) -> Request:
    """The provider is told of it once more; should no answer come, again."""
    calls = max(request.creates, 1) + 1
    return replace(request, creates=calls, pull_at=Instant(0), again_at=later(now, CREATE_UNHEARD_MS))


def told_first(request: Request) -> Request:
    """The provider is told of it for the first time."""
    return replace(request, creates=1, again_at=later(request.created_at, CREATE_UNHEARD_MS))


def _again(before: Payment, now: Instant) -> Change:
    """Nobody knows whether the provider has it. It is asked again while a customer could still pay."""
    request = before.request
    at = later(now, CREATE_AGAIN_MS)
    if at >= request.expires_at:
        return machine.refused(before)
    asked = replace(request, pull_at=at, again_at=Instant(0), version=request.version + 1)
    return Change(after=replace(before, request=asked))


def proof(said: Evidence, source: Source, now: Instant) -> Proof:
    """Who said it, to be kept beside what follows from it."""
    return Proof(
        source=source,
        trust=said.trust,
        status=said.status,
        status_word=said.status_word,
        heard_at=now,
        occurred_at=said.occurred_at,
        amount=said.amount,
        currency=said.currency,
        rrn=said.rrn,
        provider_txn_id=said.provider_txn_id,
        event_id=said.event_id,
    )


def orphan(account: PayeeAccount, said: Evidence, payout: Payout | None = None) -> Orphan:
    """Proven money that names no request of this account. What came to an address that it had before is the shop's own."""
    addresses = (account.bank.vpa, *account.former)
    told = payout or Payout()
    return Orphan(
        provider=account.bank.provider,
        account=account.id,
        rrn=said.rrn or said.provider_txn_id,
        provider_txn_id=said.provider_txn_id,
        tr=said.tr,
        amount=said.amount,
        currency=said.currency,
        occurred_at=said.occurred_at,
        merchant=account.merchant,
        foreign=not any(
            machine.names(said.payee_vpa, said.merchant_id, vpa, account.bank.merchant_id) for vpa in addresses
        ),
        settled=payout is not None,
        fee=told.fee,
        tax=told.tax,
        settlement=told.settlement,
        found_in=told.file,
    )
