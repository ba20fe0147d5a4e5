"""A channel that is stopped tells its merchant, in the transaction that stops it."""

import json

from haat.conversation.model import Connected
from haat.conversation.store.channels import connect_actions
from haat.conversation.store.lines import DynamoLines
from haat.facts.notices import QUEUE, STOPPED
from haat.kernel.time import later
from tests.contract.tables import Tables
from tests.invented import CHANNEL, MERCHANT, NOW


def told(tables: Tables) -> list[str]:
    """Why channels were stopped, as merchants were told."""
    rows = [row for row in tables.items("STOPPED#") if row["queue"] == QUEUE]
    facts = [json.loads(row["body"]) for row in rows]
    assert all((fact["merchant"], fact["kind"]) == (MERCHANT, STOPPED) for fact in facts)
    return [fact["data"]["reason"] for fact in facts]


def test_merchant_is_told_once_for_each_reason(tables: Tables) -> None:
    """However many messages meet the same refusal, in however many processes."""
    tables.conversation.transact(connect_actions(Connected(channel=CHANNEL, connected_at=NOW)))
    processes = [DynamoLines(tables.conversation, None, lambda: 0.0) for _ in range(3)]
    for number, lines in enumerate(processes):
        lines.stop(CHANNEL.kind, CHANNEL.address, "stop_token", later(NOW, number))
    assert told(tables) == ["stop_token"]
    processes[0].stop(CHANNEL.kind, CHANNEL.address, "stop_billing", later(NOW, 9))
    assert told(tables) == ["stop_token", "stop_billing"]


def test_nobody_is_told_of_a_channel_that_is_not_there(tables: Tables) -> None:
    """It belongs to nobody."""
    DynamoLines(tables.conversation, None, lambda: 0.0).stop("whatsapp", "100000000000000", "stop_token", NOW)
    assert tables.items("STOPPED#") == []
