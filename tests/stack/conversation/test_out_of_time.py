"""A function whose time runs out in the middle of a batch gives the rest back, so that nobody waits for a visibility time-out."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from haat.conversation.store.lines import DynamoTaught
from infra.local.clock import MovedByHand
from infra.local.market import SWEETS
from tests.stack.conversation.conftest import SWEET_SHOP, Market
from tests.stack.conversation.posted import post, webhook
from tests.stack.conversation.ways import EVERYWHERE

TEN = range(1, 11)
# Within the client's own time-out. Four of them leave less of thirty seconds than a record is begun with.
SLOW_S, SLOW_CALLS = 4.0, 4


def ten_customers_write(market: Market) -> None:
    """Ten messages come in one batch."""
    for number in TEN:
        market.customer(number).writes(market.way.sweets, "hours")


def ten_customers_pause(market: Market) -> None:
    """Ten customers of a shop that waits for the end of a burst have finished at the same moment."""
    taught = DynamoTaught(market.table())
    known = taught.read(SWEETS.merchant.id)
    manners = replace(known.manners, burst_ms=4000)
    taught.write(SWEETS.merchant.id, replace(known, version=known.version + 1, manners=manners))
    market.stage.run_for(61)
    ten_customers_write(market)
    market.stage.drain()
    assert isinstance(market.stage.clock, MovedByHand)
    market.stage.clock.advance(5)


@EVERYWHERE
@pytest.mark.parametrize("play", [ten_customers_write, ten_customers_pause])
def test_customers_whose_turn_did_not_come_are_answered_in_the_next_batch(
    market: Market, play: Callable[[Market], None]
) -> None:
    """Ten messages of ten customers are answered in no more time than the slow calls took."""
    play(market)
    begun = market.stage.clock.now()
    with market.stage.faults.slow(
        "dynamodb", "TransactWriteItems", function="auto_reply", seconds=SLOW_S, times=SLOW_CALLS
    ):
        market.stage.drain()
    assert len(market.said()) == 10
    assert market.stage.clock.now() - begun == pytest.approx(SLOW_S * SLOW_CALLS)


def test_ticks_whose_turn_did_not_come_are_kept_in_the_next_batch(market: Market) -> None:
    """Ten statuses in one webhook are kept in no more time than the slow calls took."""
    market.stage.graph.statuses = "held"
    ten_customers_write(market)
    market.stage.drain()
    read = [
        {"id": f"wamid.{sent.opaque}", "status": "read", "timestamp": "1", "biz_opaque_callback_data": sent.opaque}
        for sent in market.stage.graph.sent()
    ]
    assert post(market.stage, webhook({"statuses": read}, shop=SWEET_SHOP)).status == 200
    begun = market.stage.clock.now()
    with market.stage.faults.slow(
        "dynamodb", "UpdateItem", function="message_status", seconds=SLOW_S, times=SLOW_CALLS
    ):
        market.stage.drain()
    assert [state["rnk"]["N"] for state in market.items("SEND#")] == ["3"] * 10
    assert market.stage.clock.now() - begun == pytest.approx(SLOW_S * SLOW_CALLS)
