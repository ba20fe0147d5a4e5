"""Joins an operator's repairs to the real tables and queues."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from haat.aws import clients
from haat.aws.outbox import Outbox
from haat.aws.queue import Parked
from haat.aws.table import Table
from haat.business.store.repair import lost as lost_news
from haat.business.store.repair import told
from haat.conversation.store.repair import lost, shown
from haat.facts.payments import BankAnswered, CallbackKept
from haat.kernel.time import Instant
from haat.payment.banks.registry import bank
from haat.payment.service.repairing import Repairing
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.payments import DynamoPayments
from haat.payment.store.repair import DynamoHeard, heard
from haat.payment.store.repair import lost as lost_payments
from haat.verification.store.repair import heard as seen
from haat.verification.store.repair import lost as lost_checks
from haat.wiring.clock import seconds

CHUNK = 100  # rows that are published together


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Where one stack's things are."""

    conversation_table: str
    business_table: str
    payment_table: str
    verification_table: str
    queue_url_prefix: str
    outbox_dlq_url: str
    outbox_queues: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What a repair did."""

    published: int
    parked: int


def repair_outbox(names: Names, before: Instant) -> Repaired:
    """Publish every row decided before a time whose effect is missing; the same again publishes nothing new.

    Raises Unavailable. Rows that stand in the outbox's DLQ are among them as soon as what stopped them is mended.
    """
    sqs, dynamodb = clients.sqs(), clients.dynamodb()
    conversation, business = Table(dynamodb, names.conversation_table), Table(dynamodb, names.business_table)
    payment, verification = Table(dynamodb, names.payment_table), Table(dynamodb, names.verification_table)
    outbox = Outbox(sqs, names.queue_url_prefix, names.outbox_dlq_url, frozenset(names.outbox_queues.split(",")))
    dlq = Parked(sqs, names.outbox_dlq_url)
    dlq.clear()  # each of these rows is found in its table again, and parked again if nothing has changed
    published = parked = 0
    found = (row for row in lost(conversation, before) if not heard(payment, row))
    said = (row for row in found if not told(business, row, before))
    news = (row for row in lost_news(business, before) if not shown(conversation, row))
    money = (row for row in _money(payment, before) if not told(business, row, before))
    checks = (row for row in lost_checks(verification, before) if not told(business, row, before))
    # What other contexts say to verification stands in their own tables.
    elsewhere = (row for row in chain(said, news, money) if not seen(verification, row, before))
    for rows in _chunks(chain(elsewhere, checks)):
        good, bad = outbox.publish_rows(rows)
        published, parked = published + good, parked + bad
    return Repaired(published=published, parked=parked)


def _money(table: Table, before: Instant) -> Iterator[dict[str, Any]]:
    """What of payments is lost."""
    payments, accounts = DynamoPayments(table), DynamoAccounts(table, seconds)
    repairing = Repairing(payments=payments, accounts=accounts, banks=bank, heard=DynamoHeard(table))

    def is_lost(fact: CallbackKept | BankAnswered) -> bool:
        return repairing.is_lost(fact, before)

    return lost_payments(table, before, is_lost)


def redrive(dlq_url: str, queue_url: str) -> int:
    """Bring what was set aside back to its queue, in order -> how many. Raises Unavailable; what was not moved is still there."""
    return Parked(clients.sqs(), dlq_url).move_to(queue_url)


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
