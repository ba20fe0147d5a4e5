"""Joins payment_reconciler to the real table."""

from dataclasses import dataclass

from haat.aws import clients
from haat.aws.bucket import Bucket
from haat.aws.table import Table
from haat.edge.batch import Outcome
from haat.facts.payments import PaymentDue, load
from haat.facts.settlement import ReportAnswered, ReportsWanted, SettlementFileGiven
from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.payment.banks.registry import bank
from haat.payment.service.files import Reading
from haat.payment.service.reconciling import Reconciling
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.files import DynamoFiles, S3Shelf
from haat.payment.store.payments import DynamoPayments
from haat.wiring.clock import seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What payment_reconciler needs to know."""

    payment_table: str
    payment_files_bucket: str
    payment_due_queue_url: str
    payment_due_dlq_url: str


@dataclass(frozen=True, slots=True)
class Reconciler:
    """What it looks with."""

    reconciling: Reconciling
    reading: Reading


def build(settings: Settings) -> Reconciler:
    """The real thing."""
    table = Table(clients.dynamodb(), settings.payment_table)
    reading = Reading(
        files=DynamoFiles(table),
        accounts=DynamoAccounts(table, seconds),
        shelf=S3Shelf(Bucket(clients.s3, settings.payment_files_bucket)),
        banks=bank,
    )
    return Reconciler(Reconciling(payments=DynamoPayments(table)), reading)


def take(it: Reconciler, body: str, now: Instant) -> Outcome:
    """One record of the queue. Raises Rejected when it is none of ours."""
    match load(body):
        case PaymentDue() as due:
            word, wait_ms = it.reconciling.look(due, now)
            return Outcome(word=word, wait_ms=wait_ms, ids={"reference": due.tr} if word != "gone" else {})
        case SettlementFileGiven() as given:
            return Outcome(word=it.reading.given(given), ids={"file": given.file})
        case ReportAnswered() as answered:
            return Outcome(word=it.reading.answered(answered), ids={"file": answered.file})
        case ReportsWanted() as wanted:
            asked_for = it.reading.wanted(wanted, now)
            return Outcome(word="reports_wanted", ids={"day": wanted.day, "reports": asked_for})
        case _:
            raise Rejected("nothing that is due, in the queue of what is due")
