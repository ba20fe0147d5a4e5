"""Finds what the business table's outbox never published, and which notices of any table have been told.

A notice counts as told when its deliveries can be seen; a delivery, when it has been tried and is not overdue; news of an order's money, when they
would be nothing new to it. Of other rows nothing can be seen here: they are published again, and whoever takes them absorbs it.
"""

import json
from collections.abc import Iterator
from typing import Any

from haat.aws.outbox import unfold
from haat.aws.table import Table
from haat.business.model.order import Money
from haat.business.rules import orders as rules
from haat.business.rules.notices import TOO_OLD_MS, wants
from haat.business.store.notices import DynamoDeliveries, DynamoEndpoints
from haat.business.store.orders import DynamoOrders
from haat.facts import payments
from haat.facts.notices import QUEUE, NoticeDue, NoticeRaised, load
from haat.kernel.errors import Rejected
from haat.kernel.time import Instant


def lost(table: Table, before: Instant) -> Iterator[dict[str, Any]]:
    """The rows of the business table from before a time whose effect is missing, oldest first. Raises Unavailable."""
    found = [row for row in table.having("queue") if _happened(row) < before and not told(table, row, before)]
    yield from sorted(found, key=_happened)


def told(table: Table, row: dict[str, Any], before: Instant) -> bool:
    """Whether a row is a notice, or news of an order's money, whose effect can be seen. Raises Unavailable."""
    if row.get("queue") != QUEUE:
        return False
    try:
        body = unfold(row["body"])
        if payments.is_one(body):
            return _is_known(table, payments.load(body))
        fact = load(body)
    except (Rejected, ValueError, KeyError):
        return False  # unreadable: publishing it parks it, where an alarm rings
    return _is_delivered(table, fact, before) if isinstance(fact, NoticeDue) else _is_spread(table, fact, before)


def _is_known(table: Table, fact: payments.PaymentFact) -> bool:
    if not isinstance(fact, payments.OrderMoney):
        return False
    order = DynamoOrders(table).get(fact.merchant, fact.order)
    if order is None:
        return True
    return rules.hears(order, Money(tr=fact.tr, state=fact.state, number=fact.number)) is None


def _is_delivered(table: Table, due: NoticeDue, before: Instant) -> bool:
    delivery = DynamoDeliveries(table).get(due.merchant, due.endpoint, due.id)
    if delivery is None or delivery.round != due.round:
        return True
    overdue = delivery.state == "waiting" and delivery.next_at < before
    return delivery.state != "due" and not overdue


def _is_spread(table: Table, notice: NoticeRaised, before: Instant) -> bool:
    if before - notice.occurred_at > TOO_OLD_MS:
        return True
    deliveries = DynamoDeliveries(table)
    # Who came later was not there to be told.
    there = [e for e in DynamoEndpoints(table).all(notice.merchant) if e.created_at <= notice.occurred_at]
    wanting = [endpoint for endpoint in there if wants(endpoint, notice.kind)]
    return all(deliveries.get(notice.merchant, endpoint.id, notice.id) is not None for endpoint in wanting)


def _happened(row: dict[str, Any]) -> int:
    try:
        return int(json.loads(unfold(row["body"])).get("occurred_at", 0))
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0
