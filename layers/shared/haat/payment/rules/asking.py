"""A request from its beginning to the moment when the customer has it before them."""

from dataclasses import replace

from haat.kernel.errors import Rejected
from haat.kernel.time import SECOND, Instant, later
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Asked, Created, Failed
from haat.payment.model.evidence import Evidence
from haat.payment.model.link import Link, Unusable
from haat.payment.model.payment import Change, Orphan, Payment, Refund, Request
from haat.payment.rules import machine
from haat.payment.rules.links import DYNAMIC_QR, build

CREATE_AGAIN_MS = 20 * SECOND
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
        raise Rejected("no payment link can say this", word="invalid", fields={"amount": link.reason})
    return replace(request, link=link)


def created(before: Payment, made: Created | Failed, now: Instant) -> Change:
    """The provider knows the request, or will not: then it has failed before the customer saw it."""
    request = before.request
    if request.state != "CREATED":
        return Change(after=before)
    if isinstance(made, Failed):
        return machine.refused(before) if made.refused else _again(before, now)
    # Without its own code a payment would not be known there as one of this request.
    known = replace(request, provider_ref=made.provider_ref, link=made.link, picture=made.picture)
    return machine.present(replace(before, request=known))


def _again(before: Payment, now: Instant) -> Change:
    """Nobody knows whether the provider has it. It is asked again while a customer could still pay."""
    request = before.request
    at = later(now, CREATE_AGAIN_MS)
    if at >= request.expires_at:
        return machine.refused(before)
    return Change(after=replace(before, request=replace(request, pull_at=at, version=request.version + 1)))


def orphan(account: PayeeAccount, said: Evidence) -> Orphan:
    """Proven money that names no request of this account."""
    return Orphan(
        provider=account.bank.provider,
        account=account.id,
        rrn=said.rrn or said.provider_txn_id,
        provider_txn_id=said.provider_txn_id,
        tr=said.tr,
        amount=said.amount,
        currency=said.currency,
        occurred_at=said.occurred_at,
    )
