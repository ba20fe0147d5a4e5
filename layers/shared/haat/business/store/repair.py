"""Finds what the business table's outbox never published, and which notices of any table have been told.

A notice counts as told when its deliveries can be seen; a delivery, when it has been tried and is not overdue. Of other rows nothing can be seen here: they
are published again, and whoever takes them absorbs it.
"""

import json
from collections.abc import Iterator
from typing import Any

from haat.aws.outbox import unfold
from haat.aws.table import Table
from haat.business.rules.notices import TOO_OLD_MS, wants
from haat.business.store.notices import DynamoDeliveries, DynamoEndpoints
from haat.facts.notices import QUEUE, NoticeDue, NoticeRaised, load
from haat.kernel.errors import Rejected
from haat.kernel.time import Instant


def lost(table: Table, before: Instant) -> Iterator[dict[str, Any]]:
    """The rows of the business table from before a time whose effect is missing, oldest first. Raises Unavailable."""
    found = [row for row in table.having("queue") if _happened(row) < before and not told(table, row, before)]
    yield from sorted(found, key=_happened)


def told(table: Table, row: dict[str, Any], before: Instant) -> bool:
    """Whether a row is a notice whose effect can be seen. Raises Unavailable."""
    if row.get("queue") != QUEUE:
        return False
    try:
        fact = load(unfold(row["body"]))
    except (Rejected, ValueError, KeyError):
        return False  # unreadable: publishing it parks it, where an alarm rings
    return _is_delivered(table, fact, before) if isinstance(fact, NoticeDue) else _is_spread(table, fact, before)


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
