"""Webhooks come twice, late, in other bodies and out of order, as they do at Meta: what was said is answered once."""

from collections import Counter

from tests.stack.conversation.conftest import Market
from tests.stack.conversation.ways import EVERYWHERE

HOUR = 3600.0
CLAIM = 121.0  # seconds after which a message of which nobody heard is said again


def chatter(market: Market) -> list[str]:
    """Three customers write four times each -> the ids of what they wrote."""
    return [
        market.customer(number).writes(market.way.sweets, text)
        for text in ("hours", "price", "delivery koren", "দাম কত")
        for number in (1, 2, 3)
    ]


@EVERYWHERE
def test_whatever_comes_twice_or_crosswise_is_answered_once(market: Market) -> None:
    """Bodies again, items again in other bodies, several in one, neighbours the wrong way round: one reply to each message."""
    webhooks = market.stage.graph.webhooks
    webhooks.batch(3, shape="entries", times=2)
    webhooks.duplicate(after=0.0, every=2)
    webhooks.duplicate(after=400.0, every=3)
    webhooks.rewrap(after=1.0, every=2)
    webhooks.reorder(every=3)
    with market.stage.without_deduplication():
        asked = chatter(market)
        market.stage.run_for(HOUR)
    assert Counter(sent.quoted for sent in market.stage.graph.sent() if sent.accepted) == Counter(asked)
    lines = [
        line
        for number in (1, 2, 3)
        for line in market.stage.graph.transcript(market.way.sweets, market.customer(number))
        if line.author == "haat"
    ]
    assert {line.tick for line in lines} == {"read"}
    assert len(market.items("SEND#")) == len(asked)


@EVERYWHERE
def test_late_message_is_answered_when_it_comes(market: Market) -> None:
    """Two hours late it is answered all the same, and what was written after it was not kept waiting."""
    market.stage.graph.webhooks.delay(2 * HOUR, times=1, what="message")
    late = market.customer().writes(market.way.sweets, "hours")
    soon = market.customer().writes(market.way.sweets, "price")
    market.stage.run_for(60)
    assert [sent.quoted for sent in market.stage.graph.sent()] == [soon]
    market.stage.run_for(3 * HOUR)
    assert [sent.quoted for sent in market.stage.graph.sent()] == [soon, late]


@EVERYWHERE
def test_late_word_of_a_message_settles_it_while_it_is_claimed(market: Market) -> None:
    """The answer was lost: what Meta tells of it within two minutes keeps it from being said again, what comes later does not."""
    webhooks, faults = market.stage.graph.webhooks, market.stage.graph.faults
    for wait, times in ((CLAIM - 30, 1), (CLAIM + 600, 2)):
        before = len(market.said())
        faults.accept_then_drop()
        webhooks.delay(wait, times=3, what="status")
        market.says(market.customer(), "hours")
        market.stage.run_for(HOUR)
        assert len(market.said()) - before == times, wait
        webhooks.clear()
    assert market.counted("sent_again") == 1
    assert {item["st"]["S"] for item in market.items("SEND#")} == {"sent"}
