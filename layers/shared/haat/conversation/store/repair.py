"""Finds what the outbox never published: a stream forgets after 24 hours, and a queue can be emptied by mistake.

A row counts as published when its effect can be seen: an outgoing message has a send state, a burst has been looked at again.
What is published though it was under way already is absorbed, like every repeat. Send states are forgotten after a while, and what is
older than they are counts as said: an answer of last month must not be said to somebody who has just written again.
"""

import json
from collections.abc import Iterator
from typing import Any

from haat.aws.outbox import unfold
from haat.aws.table import Table
from haat.conversation.store.items import DUE, OUTBOUND, SEND_LIFE_MS, customer_pk, load_outgoing, read_conversation
from haat.kernel.errors import Rejected
from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import DAY, Instant, later

UNREADABLE = 0  # the time of a row that tells none


def lost(table: Table, before: Instant) -> Iterator[dict[str, Any]]:
    """The rows decided before a time whose effect is missing, oldest of a customer first. Raises Unavailable."""
    since = later(before, DAY - SEND_LIFE_MS)  # a day less than their life: DynamoDB may not be slower than we
    times = ((row, _decided(row)) for row in table.having("queue"))
    young = (row for row, at in times if at < before and (at >= since or at == UNREADABLE))
    yield from sorted((row for row in young if not _done(table, row)), key=_decided)


def _decided(row: dict[str, Any]) -> int:
    try:
        held = json.loads(unfold(row["body"]))
        return int(held.get("decided_at") or json.loads(row.get("doc", "{}")).get("occurred_at", UNREADABLE))
    except (ValueError, KeyError, TypeError, AttributeError):
        return UNREADABLE


def _done(table: Table, row: dict[str, Any]) -> bool:
    try:
        if row["queue"] == OUTBOUND:
            return table.get(f"SEND#{load_outgoing(row['body']).id}", "SEND") is not None
        if row["queue"] == DUE:
            due = json.loads(unfold(row["body"]))
            pk = customer_pk(MerchantId(due["merchant"]), CustomerId(due["customer"]))
            item = table.get(pk, f"CONVERSATION#{due['address']}")
            burst = read_conversation(item).burst if item else ()
            return not burst or burst[-1].key != due["last"]
    except (Rejected, ValueError, KeyError, TypeError):
        return False  # unreadable: publishing it parks it, where an alarm rings
    return False
