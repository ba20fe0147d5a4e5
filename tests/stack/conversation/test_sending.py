"""What happens to a reply when Meta refuses, limits, fails late, goes dark, or says nothing at all."""

import itertools
import json
from dataclasses import replace

import pytest

from haat.aws.sealer import Sealer
from haat.conversation.model import Channel, Connected
from haat.conversation.ports import STOPS, Action
from haat.conversation.store.channels import connect_actions
from haat.conversation.store.lines import DynamoTaught
from haat.edge.settings import LOCAL_PEPPER
from haat.kernel.ids import Pepper
from haat.kernel.secret import Secret
from infra.local.market import SWEETS
from tests.stack.conversation.conftest import SWEET_SHOP, Market
from tests.stack.conversation.ways import EVERYWHERE, SELDOM, WAYS, WHATSAPP

HOUR = 3600.0
TRIED_AGAIN = {Action.RETRY, Action.SLOW_NUMBER, Action.WAIT_PAIR, Action.RETRY_MINUTES, Action.RETRY_ONCE}
# On the second judge the first code of each action stands for all that do the same.
LIKE_IT = pytest.mark.on_moto("each row of a table of ours")
FIRST = {
    (way.name, refused.action): code for way in WAYS for code, refused in reversed(list(way.refusals.items()))
}  # the last written is the first of them
EACH = [
    pytest.param(way, *code, marks=() if FIRST[way.name, refused.action] == code else LIKE_IT, id=f"{way.name} {code}")
    for way in WAYS
    for code, refused in way.refusals.items()
]
# Messenger tells of no failure afterwards.
LATE = [
    pytest.param(code, marks=() if FIRST[WHATSAPP.name, refused.action] == code else LIKE_IT)
    for code, refused in WHATSAPP.refusals.items()
]


def teach(market: Market, **manners: object) -> None:
    """Change how the sweet shop's bot behaves, and let every cache run out."""
    table = market.table()
    taught = DynamoTaught(table)
    known = taught.read(SWEETS.merchant.id)
    changed = replace(known, version=known.version + 1, manners=replace(known.manners, **manners))  # type: ignore[arg-type]  # fields of Manners
    taught.write(SWEETS.merchant.id, changed)
    market.stage.run_for(61)


def connect_again(market: Market) -> None:
    """The operator saves the shop's token anew, which lifts a stop."""
    way = market.way
    sealer = Sealer(market.stage.client("kms"), market.stage.deployment.outputs["TokenKey"])
    token = sealer.seal(SWEETS.merchant.id, Secret(way.token(SWEETS)))
    channel = Channel(
        kind=way.name, address=way.sweets, merchant=SWEETS.merchant.id, account=way.account(SWEETS), token=token
    )
    market.table().transact(connect_actions(Connected(channel=channel)))


@pytest.mark.parametrize(("market", "code", "subcode"), EACH, indirect=["market"])
def test_refusal_does_what_its_code_says(market: Market, code: int, subcode: int | None) -> None:
    """Each code that Meta may answer with is tried again, given up, or stops the shop, as the table says; nobody else is held up."""
    rina, neha, way = market.customer(1), market.customer(2), market.way
    market.stage.graph.faults.error(code, subcode=subcode, number=way.sweets)
    refused = way.refusals[code, subcode]
    if plainer := refused.action is Action.PLAINER and way.quotes_may_fail:
        assert len(market.says(rina, "hours")) == 1
    else:
        assert market.says(rina, "hours") == []
    assert len(market.says(neha, "hours", to=way.hardware)) == 1
    market.stage.run_for(HOUR)
    said = plainer or refused.action in TRIED_AGAIN
    assert len(market.said(way.sweets)) == (1 if said else 0)
    assert [json.loads(item["doc"]["S"])["code"] for item in market.items("NOTICE#")] == (
        [] if said else [refused.code]
    )
    (channel,) = market.items(f"CHANNEL#{way.name}#{way.sweets}")
    assert channel.get("stopped", {}).get("S") == (refused.action if refused.action in STOPS else None)


@pytest.mark.parametrize("code", LATE)
def test_late_failure_does_what_its_code_says(market: Market, code: tuple[int, None]) -> None:
    """The same codes as a later `failed` status: said again as a new message, or the merchant is told."""
    market.stage.graph.faults.late(code[0], number=SWEET_SHOP)
    market.says(market.customer(), "hours")
    market.stage.run_for(HOUR)
    again = WHATSAPP.refusals[code].action in TRIED_AGAIN
    lines = [line for line in market.stage.graph.transcript(SWEET_SHOP, market.customer()) if line.author == "haat"]
    assert [line.tick for line in lines] == (["failed", "read"] if again else ["failed"])
    assert len(market.items("NOTICE#")) == (0 if again else 1)


def test_message_that_fails_late_again_and_again_is_given_up(market: Market) -> None:
    """A message that Meta takes and fails each time is said four times in all, then the merchant is told."""
    market.stage.graph.faults.late(131000, times=9)
    market.says(market.customer(), "hours")
    market.stage.run_for(HOUR)
    assert len(market.said()) == 4
    assert len(market.items("NOTICE#")) == 1


@SELDOM
def test_pair_limit_is_kept(market: Market) -> None:
    """Of sixty replies to one customer 45 go at once and the others one each six seconds, and Meta refuses none."""
    rina = market.customer()
    for _ in range(60):
        rina.writes(market.way.sweets, "hours")
    market.stage.drain()
    assert len(market.said()) == 45
    market.stage.run_for(60)
    assert len(market.said()) == 55
    market.stage.run_for(60)
    assert len(market.said()) == 60
    assert all(sent.outcome == "accepted" for sent in market.stage.graph.sent())


@EVERYWHERE
def test_number_that_is_too_fast_waits_alone(market: Market) -> None:
    """Too many messages hold the number one second, then twice as long while it is refused; other shops go on; a success frees it."""
    market.stage.graph.faults.error(market.way.busy[1], times=3, number=market.way.sweets)
    started = market.stage.clock.now()
    one, two = market.customer(1), market.customer(2)
    one.writes(market.way.sweets, "hours")
    market.stage.drain()
    two.writes(market.way.sweets, "hours")
    assert len(market.says(market.customer(3), "hours", to=market.way.hardware)) == 1
    market.stage.run_for(120)
    tries = list(market.stage.graph.sent(market.way.sweets))
    assert [sent.outcome for sent in tries] == ["error"] * 3 + ["accepted"] * 2
    gaps = [tries[0].at - started, *(b.at - a.at for a, b in itertools.pairwise(tries))]
    assert gaps[:4] == [0, 1, 2, 4]


@EVERYWHERE
def test_timeout_is_not_said_twice_when_the_status_comes(market: Market) -> None:
    """Meta took the message and its answer was lost: the status with our id settles it, and nothing is sent again."""
    market.stage.graph.faults.time_out(accepted=True)
    market.says(market.customer(), "hours")
    market.stage.run_for(HOUR)
    assert len(market.said()) == 1
    assert market.items("SEND#")[0]["st"]["S"] == "sent"


@EVERYWHERE
def test_timeout_without_a_status_is_said_once_more(market: Market) -> None:
    """When no status came for two minutes the message is sent once more, and that is counted."""
    market.stage.graph.faults.time_out()
    market.says(market.customer(), "hours")
    market.stage.run_for(119)
    assert len(market.stage.graph.sent()) == 1
    market.stage.run_for(10)
    assert len(market.said()) == 1
    assert market.counted("sent_again") == 1


@EVERYWHERE
def test_second_unknown_outcome_is_shown_to_the_merchant(market: Market) -> None:
    """Two sends without any word from Meta end the message; the merchant sees that nobody knows."""
    market.stage.graph.faults.time_out(times=2)
    market.says(market.customer(), "hours")
    market.stage.run_for(HOUR)
    assert len(market.stage.graph.sent()) == 2
    assert json.loads(market.items("NOTICE#")[0]["doc"]["S"])["code"] == -1


@EVERYWHERE
def test_death_between_post_and_mark_doubles_only_without_a_status(market: Market) -> None:
    """The one place where Meta gives no way to know: the message is said twice, and that is counted."""
    market.stage.graph.statuses = "held"
    market.customer().writes(market.way.sweets, "hours")
    with market.stage.faults.kill(function="outbound_message", call=4, when="after"):
        market.stage.drain()
    market.stage.run_for(HOUR)
    assert len(market.said()) == 2
    assert market.counted("sent_again") == 1
    market.stage.graph.release()
    market.stage.run_for(HOUR)
    assert len(market.said()) == 2


@EVERYWHERE
def test_hour_of_darkness_loses_nothing(market: Market) -> None:
    """Graph refuses every connection for an hour: then all replies go out, each once, in order."""
    customers = [market.customer(number) for number in range(1, 6)]
    with market.darkness():
        for text in ("hours", "price"):
            for customer in customers:
                market.says(customer, text)
        market.stage.run_for(HOUR)
    assert market.said() == []
    market.stage.run_for(HOUR)
    for customer in customers:
        hours, price = market.at_home(market.way.sweets, customer)
        assert "08:00–21:00" in hours
        assert price.startswith("Sandesh")


@EVERYWHERE
def test_reply_is_given_up_when_the_window_closes(market: Market) -> None:
    """What could not be sent within a day of the customer's message is never sent; the merchant is told why."""
    with market.darkness():
        market.says(market.customer(), "hours")
        market.stage.run_for(25 * HOUR)
    market.stage.run_for(HOUR)
    assert market.said() == []
    assert json.loads(market.items("NOTICE#")[0]["doc"]["S"])["code"] == 131047
    assert all(market.stage.queue_depth(queue) == 0 for queue in market.stage.deployment.queues)


@SELDOM
def test_window_is_the_one_of_now(market: Market) -> None:
    """A reply that waited past its own window is still sent when the customer has written since."""
    rina = market.customer()
    with market.darkness():
        market.says(rina, "hours")
        market.stage.run_for(23 * HOUR)
        market.says(rina, "price")
        market.stage.run_for(2 * HOUR)
    market.stage.run_for(HOUR)
    assert len(market.said()) == 2


@EVERYWHERE
def test_bad_token_stops_the_shop_until_it_is_mended(market: Market) -> None:
    """190 fails the message and holds what follows; a new token lets it go, in the window."""
    market.stage.graph.faults.error(190, number=market.way.sweets)
    one, two = market.customer(1), market.customer(2)
    market.says(one, "hours")
    assert market.says(two, "hours") == []
    market.stage.run_for(HOUR)
    assert market.said(market.way.sweets) == []
    assert len(market.says(market.customer(3), "hours", to=market.way.hardware)) == 1
    connect_again(market)
    market.stage.run_for(HOUR)
    assert market.at_home(market.way.sweets, one) == []
    assert len(market.at_home(market.way.sweets, two)) == 1


@EVERYWHERE
def test_poisoned_record_does_not_hold_up_its_followers(market: Market) -> None:
    """A record that nothing can read is set aside with an alarm; the customer's message behind it is answered in the same call."""
    rina = market.customer()
    market.says(rina, "hours")
    queue = next(name for name in market.stage.deployment.queues if name.endswith("conversation-inbound.fifo"))
    sqs = market.stage.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    group = Pepper(LOCAL_PEPPER.encode()).fingerprint(
        "group", market.way.name, market.way.sweets, market.way.group(rina)
    )
    for number, body in enumerate(('{"fact":"message_received","v":1}', "no json", '{"fact":"of another age","v":9}')):
        sqs.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=f"poison-{number}"
        )
    assert len(market.says(rina, "price")) == 1
    assert market.stage.queue_depth("conversation-inbound-dlq.fifo") == 3


def test_row_that_cannot_be_published_is_parked(market: Market) -> None:
    """An outbox row that no queue would take goes to the outbox's DLQ, and the rows behind it are published."""
    market.stage.client("dynamodb").put_item(
        TableName=market.stage.deployment.outputs["ConversationTable"],
        Item={"pk": {"S": "ODD#1"}, "sk": {"S": "ODD"}, "queue": {"S": "no-such-queue"}, "body": {"S": "x"}},
    )
    assert len(market.says(market.customer(), "hours")) == 1
    assert market.stage.queue_depth("outbox-dlq") == 1


@EVERYWHERE
def test_relay_repeats_until_the_queue_takes_it(market: Market) -> None:
    """While SQS refuses, the relay raises and the stream brings the same rows again, in order: nothing is skipped."""
    with market.stage.faults.throttle("sqs", "SendMessageBatch", function="outbox_relay", times=12):
        rina = market.customer()
        rina.writes(market.way.sweets, "hours")
        rina.writes(market.way.sweets, "price")
        market.stage.run_for(HOUR)
    assert ["price" in text or "Sandesh" in text for text in market.said()] == [False, True]
    market.stage.failures.clear()


@EVERYWHERE
def test_burst_gets_one_reply_to_the_whole(market: Market) -> None:
    """Where the shop wants it, messages within a few seconds get one reply, quoting the last."""
    teach(market, burst_ms=4000)
    rina = market.customer()
    rina.writes(market.way.sweets, "hello")
    market.stage.run_for(2)
    last = rina.writes(market.way.sweets, "dam koto")
    market.stage.run_for(3)
    assert market.said() == []
    market.stage.run_for(10)
    (sent,) = market.stage.graph.sent()
    assert sent.quoted == last


@EVERYWHERE
def test_loop_guard_stops_two_bots(market: Market) -> None:
    """With the guard on, a customer who writes without end gets three automatic replies in ten minutes, then silence."""
    teach(market, loop_guard=True)
    rina = market.customer()
    replies = [len(market.says(rina, "hours")) for _ in range(6)]
    assert replies == [1, 1, 1, 0, 0, 0]
    market.stage.run_for(601)
    assert len(market.says(rina, "hours")) == 1
