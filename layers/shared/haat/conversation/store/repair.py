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
from haat.conversation.store.profile import DynamoSharedProfiles
from haat.conversation.store.proving import DynamoProofs
from haat.facts import profiles
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
        occurred = json.loads(row.get("doc", "{}")).get("occurred_at", UNREADABLE)
        return int(held.get("decided_at") or held.get("occurred_at") or occurred)
    except (ValueError, KeyError, TypeError, AttributeError):
        return UNREADABLE


def shown(table: Table, row: dict[str, Any]) -> bool:
    """Whether a row, of any table, asks channels to show a profile, or about a number, and has been taken. Raises Unavailable."""
    if row.get("queue") != profiles.QUEUE:
        return False
    try:
        fact = profiles.load(unfold(row["body"]))
    except (Rejected, ValueError, KeyError):
        return False  # as below
    if isinstance(fact, profiles.NumberWanted):
        return DynamoProofs(table).answered(fact)
    told = DynamoSharedProfiles(table).read(fact.merchant)
    if isinstance(fact, profiles.ProfileWanted):
        return told is None or told.since >= fact.occurred_at
    if told is None or told.profile.revision < fact.revision:
        return False
    return told.profile.revision > fact.revision or told.state != "waiting"


def _done(table: Table, row: dict[str, Any]) -> bool:
    try:
        if row["queue"] == profiles.QUEUE:
            return shown(table, row)
        if row["queue"] == OUTBOUND:
            return table.get(f"SEND#{load_outgoing(row['body']).id}", "SEND") is not None
        if row["queue"] == DUE:
            due = json.loads(unfold(row["body"]))
            if due["fact"] == "learn":
                return False  # the row goes when it was learnt
            if due["fact"] == "erase_more":
                erasure = table.get(f"ERASED#{due['merchant']}", due["customer"])
                return erasure is None or erasure["step"] != due["step"] or "done_at" in json.loads(erasure["doc"])
            pk = customer_pk(MerchantId(due["merchant"]), CustomerId(due["customer"]))
            item = table.get(pk, f"CONVERSATION#{due['address']}")
            burst = read_conversation(item).burst if item else ()
            return not burst or burst[-1].key != due["last"]
    except (Rejected, ValueError, KeyError, TypeError):
        return False  # unreadable: publishing it parks it, where an alarm rings
    return False
