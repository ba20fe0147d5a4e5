"""Finds what the payment table's outbox never published.

| row | lost when |
| --- | --- |
| a callback, a bank's answer | settlement would decide something if it heard it now |
| a call to a bank | no answer is kept, and it is still wanted |
| a step of a settlement file | it is the next one, and was not taken |
| that something is due, that reports are wanted | never: the reconciler finds that by itself, each minute and each morning |
| a notice to a merchant | see haat.business.store.repair |
| what a customer or an order hears | always, while it is young: nothing can be seen of it here, and whoever takes it absorbs it |
"""

from collections.abc import Callable, Iterator
from typing import Any

from haat.aws.outbox import unfold
from haat.aws.table import Table
from haat.facts import payments, said
from haat.facts.payments import BankAnswered, BankWanted, CallbackKept, CustomerForgotten, PaymentDue, PaymentFact
from haat.facts.settlement import (
    RefundFiled,
    ReportAnswered,
    ReportsWanted,
    ReportWanted,
    SettlementFileGiven,
    SettlementGoesOn,
)
from haat.kernel.errors import Rejected
from haat.kernel.time import DAY, Instant, later
from haat.payment.model.payment import Payment
from haat.payment.store.files import DynamoFiles
from haat.payment.store.payments import DynamoPayments
from haat.payment.store.people import is_shut

YOUNG_MS = DAY  # as long as a customer may be told something; an order's money is told anew with each change

type Step = SettlementFileGiven | SettlementGoesOn | ReportWanted | ReportAnswered
type IsLost = Callable[[CallbackKept | BankAnswered], bool]


class DynamoHeard:
    """Fills the port Heard."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def event(self, account: str, event_id: str) -> bool:
        return self._table.get(f"EVENT#{account}#{event_id}", "EVENT") is not None

    def money(self, account: str, rrn: str, provider_txn_id: str) -> bool:
        names = [(f"MONEY#{account}#{rrn}", "MONEY"), (f"TXN#{account}#{provider_txn_id}", "TXN")]
        return bool(self._table.get_many(names))

    def waits(self, account: str, name: str, callback: str) -> bool:
        return self._table.get(f"WAITING#{account}#{name}", callback) is not None


def lost(table: Table, before: Instant, is_lost: IsLost) -> Iterator[dict[str, Any]]:
    """The rows of the payment table from before a time whose effect is missing. Raises Unavailable."""
    kept = DynamoPayments(table)
    for row in table.having("queue"):
        try:
            body = unfold(row["body"])
            fact = payments.load(body) if payments.is_one(body) else said.load(body) if said.is_one(body) else None
        except (Rejected, ValueError, KeyError):
            fact = None  # unreadable, or a notice: who knows what that is decides
        if fact is None:
            yield row
        elif isinstance(fact, said.ShopSays | said.StaffHears):
            if later(before, -YOUNG_MS) <= fact.occurred_at < before:
                yield row
        elif _is_lost(table, kept, fact, before, is_lost):
            yield row


def heard(table: Table, row: dict[str, Any]) -> bool:
    """Whether a row, of any table, says that a customer is erased, and payments have heard it. Raises Unavailable."""
    if row.get("queue") != payments.EVIDENCE:
        return False
    try:
        fact = payments.load(unfold(row["body"]))
    except (Rejected, ValueError, KeyError):
        return False
    return isinstance(fact, CustomerForgotten) and all(is_shut(table, fact.merchant, one) for one in fact.customers)


def _is_lost(table: Table, kept: DynamoPayments, fact: PaymentFact, before: Instant, is_lost: IsLost) -> bool:
    match fact:
        case CallbackKept():
            return fact.received_at < before and is_lost(fact)
        case BankAnswered():
            return fact.answered_at < before and is_lost(fact)
        case BankWanted():
            payment = kept.load(fact.tr)
            return payment is not None and _is_wanted(payment, fact, before) and not _is_answered(table, fact)
        case PaymentDue() | ReportsWanted():
            return False  # the sweep finds what is due, and the next morning looks three days back
        case RefundFiled():
            return fact.received_at < before and _is_unheard(kept, fact)
        case SettlementFileGiven() | SettlementGoesOn() | ReportWanted() | ReportAnswered():
            return _is_next(DynamoFiles(table), fact, before)
        case _:
            return later(before, -YOUNG_MS) <= fact.occurred_at < before


def _is_next(files: DynamoFiles, fact: Step, before: Instant) -> bool:
    """Whether a settlement file still waits for this step; one that was taken twice changes nothing."""
    file = files.get(fact.file)
    if file is None or file.created_at >= before:
        return False
    match fact:
        case SettlementFileGiven():
            return file.state == "reading"
        case SettlementGoesOn():
            part = files.part(file.id, fact.part) if fact.part <= file.parts else None
            is_next = part.rounds == fact.round - 1 if part else fact.after == file.searched
            return file.state == "settling" and is_next
        case ReportWanted() | ReportAnswered():
            return file.state == "fetching" and (fact.skip, fact.number) == (file.lines, file.calls)


def _is_unheard(kept: DynamoPayments, fact: RefundFiled) -> bool:
    """Whether its payment is known and has no such refund: it was handed out when that came, and nobody took it."""
    tr = kept.find(fact.account, refund=fact.refund_id, rrn=fact.rrn, provider_txn_id=fact.provider_txn_id)
    payment = kept.load(tr) if tr else None
    names = {fact.refund_id, fact.provider_refund_id} - {""}
    return payment is not None and not any(names & {one.id, one.filed} for one in payment.refunds)


def _is_wanted(payment: Payment, fact: BankWanted, before: Instant) -> bool:
    match fact.what:
        case "create":
            return payment.request.state == "CREATED" and payment.request.created_at < before
        case "pull":
            return payment.request.state != "PAID" and max(payment.request.pulls, default=before) < before
        case "refund" | "pull_refund":
            asked = (one for one in payment.refunds if one.id == fact.refund and one.state == "SENT")
            return any(one.asked_at < before for one in asked)


def _is_answered(table: Table, fact: BankWanted) -> bool:
    kinds = ("refund", "pull_refund") if "refund" in fact.what else (fact.what,)
    keys = [(f"ANSWER#{fact.tr}", f"{kind}#{fact.refund}#{fact.number:06d}") for kind in kinds]
    return bool(table.get_many(keys))
