"""What a message asks of AWS: calls and units, counted on the stage. Times are `make bench`'s alone."""

from collections import Counter
from collections.abc import Iterator

import pytest

from infra.bench.meter import metered
from infra.bench.scenes import Scenes
from infra.bench.words import EITHER, LONG, SHORT, Words, many

# moto keeps regions apart, so this stage and the others can stand together.
REGION = "ap-southeast-1"
WRITES = {SHORT.name: 8, LONG.name: 10}

either = pytest.mark.parametrize("words", EITHER, ids=lambda words: words.name)


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    """Return the scenes, on a stage of their own with a meter on its wire."""
    with metered(REGION) as (stage, meter):
        yield Scenes(stage, meter)


@either
def test_message_in_to_reply_out_is_cheap(scenes: Scenes, words: Words) -> None:
    """A known customer's message and its reply cost six calls and their units at most, the inbox's index included."""
    warm = scenes.answer(words)
    assert warm.calls <= 6
    assert warm.writes <= WRITES[words.name]
    assert (warm.reads, warm.index) == (1, 1)


@either
def test_index_charged_twice_is_within_the_limit(scenes: Scenes, words: Words) -> None:
    """Should AWS charge an index's units twice in a transaction, as it does the table's, the limit still holds."""
    warm = scenes.answer(words)
    assert warm.writes + warm.index <= WRITES[words.name]


@either
def test_uncached_customer_costs_one_read_more(scenes: Scenes, words: Words) -> None:
    """A process that has not met this customer reads one alias more, and nothing else."""
    warm, uncached = scenes.answer(words), scenes.answer_uncached(words)
    assert (uncached.calls, uncached.reads) == (warm.calls + 1, warm.reads + 1)
    assert uncached.writes == warm.writes


@either
def test_recent_duplicate_writes_nothing(scenes: Scenes, words: Words) -> None:
    """One of the last eight messages that comes again costs two calls and no write, though the queue let it through."""
    duplicate = scenes.duplicate(words)
    assert duplicate.calls <= 2
    assert duplicate.writes == 0
    uncached = scenes.duplicate(words, cached=False)
    assert (uncached.calls, uncached.writes) == (duplicate.calls + 1, 0)


def test_older_duplicate_ends_at_the_transaction(scenes: Scenes) -> None:
    """What the conversation has forgotten is refused by the table, which charges for it, and goes no further."""
    duplicate = scenes.old_duplicate(SHORT)
    assert duplicate.calls == 3
    assert duplicate.writes == 4


@either
def test_status_is_one_call_and_one_unit(scenes: Scenes, words: Words) -> None:
    """A status is written at the door: one call, one unit, whatever the text; and no line is logged."""
    status = scenes.status(words)
    assert (status.calls, status.writes, status.reads) == (1, 1, 0)
    assert status.log_bytes == 0


def test_crowd_of_statuses_costs_a_unit_each(scenes: Scenes) -> None:
    """Statuses that come in crowds share the call to the queue, and cost one write unit each."""
    crowd = scenes.crowds(SHORT)
    assert (crowd.writes, crowd.calls) == (30, 33)


def test_webhook_of_ten_messages_is_one_call(scenes: Scenes) -> None:
    """The door hands ten messages to their queue in one call."""
    webhook = scenes.webhook_of(SHORT)
    assert webhook.by_function()["inbound_message"].total() == 1
    assert webhook.writes <= 10 * WRITES[SHORT.name]


@either
def test_newcomer_costs_what_is_told(scenes: Scenes, words: Words) -> None:
    """A new customer's first message writes two names and the way to the conversation more; a look for each name, and no more calls."""
    newcomer = scenes.newcomer(words)
    assert newcomer.calls == 7
    # Two names (4) with their places in the index (2), the way (2), and the conversation's first place in the index (1).
    assert newcomer.writes <= WRITES[words.name] - 1 + 9


def test_question_costs_what_is_told(scenes: Scenes) -> None:
    """What the bot can't answer is on the shop's list and its people are told of it: three calls more, also where they want to hear of nothing."""
    question = scenes.question(SHORT)
    assert question.by_function()["merchant_notice"].total() == 2
    assert question.calls == 9
    # The row of the list (2) with its place in the index (1).
    assert question.writes <= WRITES[SHORT.name] - 1 + 3


def test_message_on_messenger_costs_no_more(scenes: Scenes) -> None:
    """Answered, new, or come again: as many calls and units as on WhatsApp, or fewer, as nobody there has a second name."""
    page = Scenes(scenes.stage, scenes.meter, on_messenger=True)
    for seen, calls, writes, reads in (
        (page.answer(SHORT), 6, WRITES[SHORT.name] - 1, 1),
        (page.newcomer(SHORT), 6, WRITES[SHORT.name] - 1 + 6, 1),
        (page.duplicate(SHORT), 2, 0, 1),
        (page.old_duplicate(SHORT), 3, 4, 1),
    ):
        assert (seen.calls, seen.writes, seen.reads) == (calls, writes, reads), seen.name


def test_watermarks_cost_a_unit_each_and_a_look_for_the_customer(scenes: Scenes) -> None:
    """The echo is one call at the door; a delivery and a reading name no message, so that shop and customer are looked for."""
    page = Scenes(scenes.stage, scenes.meter, on_messenger=True)
    seen = page.statuses(SHORT)
    assert (seen.writes, seen.reads) == (3, 3)
    assert seen.by_function()["inbound_message"] == Counter({"UpdateItem": 1, "sqs.SendMessageBatch": 2})
    assert seen.by_function()["message_status"] == Counter({"GetItem": 4, "UpdateItem": 2})


@pytest.mark.parametrize("count", [25, pytest.param(200, marks=pytest.mark.slow)])
def test_many_shops_within_the_caches_read_nothing(scenes: Scenes, count: int) -> None:
    """With many shops in turn a warm message asks neither KMS nor for any configuration; outside the caches it reads again."""
    shops = many(count)
    first, within, after = scenes.market(shops, SHORT)
    assert within.count("kms", "ssm", "appconfigdata") == 0
    assert within.count("GetItem") == len(shops)  # the conversation's
    assert first.count("kms") == len(shops)
    # Out of date: channel, alias, shop, and the line; what it taught is several items, with what was learnt of it. The token is still known, the flags are read once.
    assert after.count("kms", "ssm") == 0
    assert after.count("GetItem") == 5 * len(shops)
    assert after.by_function()["auto_reply"]["Query"] == len(shops)
    assert after.count("appconfigdata") == 1


def test_caches_that_overflow_ask_once_for_each_message(scenes: Scenes) -> None:
    """Where a process has room for fewer lines than there are shops, a message costs one read and one KMS call more."""
    shops = many(12)
    overflow = scenes.overflow(shops, SHORT, room=4)
    assert overflow.count("kms") == len(shops)
    assert overflow.count("GetItem") == 2 * len(shops)
    assert overflow.count("ssm", "appconfigdata") == 0
