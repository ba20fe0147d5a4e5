"""Joins payment_reconciler to the real table."""

from dataclasses import dataclass

from haat.aws import clients
from haat.aws.table import Table
from haat.edge.batch import Outcome
from haat.facts.payments import PaymentDue, load
from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.payment.service.reconciling import Reconciling
from haat.payment.store.payments import DynamoPayments


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What payment_reconciler needs to know."""

    payment_table: str
    payment_due_queue_url: str
    payment_due_dlq_url: str


def build(settings: Settings) -> Reconciling:
    """The real thing."""
    return Reconciling(payments=DynamoPayments(Table(clients.dynamodb(), settings.payment_table)))


def take(reconciling: Reconciling, body: str, now: Instant) -> Outcome:
    """One record of the queue. Raises Rejected when it is none of ours."""
    due = load(body)
    if not isinstance(due, PaymentDue):
        raise Rejected("nothing that is due, in the queue of what is due")
    word, wait_ms = reconciling.look(due, now)
    return Outcome(word=word, wait_ms=wait_ms, ids={"reference": due.tr} if word != "gone" else {})
