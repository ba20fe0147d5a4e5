"""Ways through the market: each makes something happen at any time of any day, and returns what must have come of it in the end.

A way may be hindered anywhere. What it returns is asked an hour after the hindrance is gone: then nothing may be lost.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from haat.aws.sealer import Sealer
from haat.aws.table import Table
from haat.conversation.model import Channel, Connected
from haat.conversation.rules.lessons import is_learnt
from haat.conversation.store.channels import connect_actions
from haat.conversation.store.lines import DynamoTaught
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from infra.conform.deployed import Deployed
from infra.local.market import HARDWARE, SAREES, SWEETS, DemoShop
from infra.local.seed import seed
from infra.local.simulators.customer import Customer

SWEET_SHOP, SAREE_SHOP, PATIENT_SHOP = (shop.phone_number_id for shop in (SWEETS, SAREES, HARDWARE))
BURST_S = 4.0
# More of a function's 30 s than it may have spent where it begins another record.
LONG_S = 16.0
HOUR_S = 3600.0
NOWHERE = {"body": {"S": "nothing"}, "queue": {"S": "of-another-house"}}

type Ended = Callable[[], bool]
type Way = Callable[[Deployed, int], Ended]


def open_market(stage: Deployed) -> None:
    """Open the three shops; the hardware shop waits for customers to finish."""
    seed(stage)
    stage.drain()
    be_patient(stage)


def be_patient(stage: Deployed) -> None:
    """Let the hardware shop, which is open, wait for customers to finish."""
    taught = _taught(stage)
    known = taught.read(HARDWARE.merchant.id)
    manners = replace(known.manners, burst_ms=int(BURST_S * 1000))
    taught.write(HARDWARE.merchant.id, replace(known, version=known.version + 1, manners=manners))


def answered(stage: Deployed, turn: int) -> Ended:
    """A question is answered once, and every tick of the answer is kept."""
    asked = customer(stage, turn).writes(SWEET_SHOP, "hours")
    stage.drain()
    return lambda: said_once(stage, asked) and _ticks(stage, asked) == ["3"]


def refused_token(stage: Deployed, turn: int) -> Ended:
    """Meta refuses a shop's token: the shop is told, or the reply goes out once its token has been renewed."""
    renew_token(stage, SAREES)
    stage.run_for(61)  # a process keeps what it knows of a shop for a minute
    stage.graph.faults.error(190, number=SAREE_SHOP)
    asked = customer(stage, turn).writes(SAREE_SHOP, "hours")
    stage.drain()

    def ended() -> bool:
        renew_token(stage, SAREES)
        stage.run_for(HOUR_S)
        (outgoing,) = {sent.opaque for sent in stage.graph.sent() if sent.quoted == asked}
        return _notices(stage, str(outgoing)) + len(_accepted(stage, asked)) == 1

    return ended


def renewed(stage: Deployed, _: int) -> Ended:
    """A shop's token is saved anew: its number asks for the shop's profile, and somebody hears it."""
    before = len(_wanted(stage))
    renew_token(stage, SAREES)
    stage.drain()
    return lambda: len(_wanted(stage)) > before


def held_back(stage: Deployed, turn: int) -> Ended:
    """Meta refuses a number's pace: the reply waits, and goes out once."""
    stage.graph.faults.error(130429, number=SWEET_SHOP)
    return answered(stage, turn)


def failed_later(stage: Deployed, turn: int) -> Ended:
    """Meta takes a reply and fails it afterwards: the shop is told."""
    stage.graph.faults.late(131049, number=SWEET_SHOP)
    asked = customer(stage, turn).writes(SWEET_SHOP, "hours")
    stage.drain()
    return lambda: [_notices(stage, str(sent.opaque)) for sent in _accepted(stage, asked)] == [1]


def crowd(stage: Deployed, turn: int) -> Ended:
    """The ticks of two replies come in one webhook, and all are kept."""
    asked = _ticks_wait(stage, turn)
    stage.drain()
    return lambda: [_ticks(stage, one) for one in asked] == [["3"], ["3"]]


def crowd_out_of_time(stage: Deployed, turn: int) -> Ended:
    """The time of message_status runs out in the middle of a crowd: the rest is kept by its next call."""
    with stage.faults.hold("message_status"):
        asked = _ticks_wait(stage, turn)
        stage.drain()
        stage.engine.slow("dynamodb:UpdateItem", LONG_S)
    stage.drain()
    return lambda: [_ticks(stage, one) for one in asked] == [["3"], ["3"]]


def questions_out_of_time(stage: Deployed, turn: int) -> Ended:
    """The time of auto_reply runs out between two customers: the second is answered by its next call."""
    with stage.faults.hold("auto_reply"):
        asked = [one.writes(SWEET_SHOP, "hours") for one in two_customers(stage, turn)]
        stage.drain()
        stage.engine.slow("dynamodb:PutItem", LONG_S)
    stage.drain()
    return lambda: all(said_once(stage, one) for one in asked)


def burst(stage: Deployed, turn: int) -> Ended:
    """A customer says a thing in two pieces, and is answered once when nothing more comes."""
    one = customer(stage, turn)
    one.writes(PATIENT_SHOP, "hello")
    asked = one.writes(PATIENT_SHOP, "hours")
    stage.drain()  # the end comes in the hour after it: a relay that is refused tries again all the time
    return lambda: said_once(stage, asked)


def bursts_out_of_time(stage: Deployed, turn: int) -> Ended:
    """The time of auto_reply runs out between two customers who have finished at once: both are answered."""
    with stage.faults.hold("auto_reply"):
        asked = [one.writes(PATIENT_SHOP, "hours") for one in two_customers(stage, turn)]
        stage.drain()
    stage.drain()
    with stage.faults.hold("auto_reply"):
        stage.run_for(2 * BURST_S)
        stage.engine.slow("dynamodb:PutItem", LONG_S)
    stage.drain()
    return lambda: all(said_once(stage, one) for one in asked)


def edited(stage: Deployed, turn: int) -> Ended:
    """A customer changes a message, and the shop sees it as it is now."""
    one, now = customer(stage, turn), f"hours, please ({turn})"
    asked = one.writes(SWEET_SHOP, "hours")
    stage.drain()
    one.edits(SWEET_SHOP, asked, now)
    stage.drain()
    return lambda: [item for item in stage.items("conversation") if item.get("edited") == {"S": now}] != []


def handshake(stage: Deployed, _: int) -> Ended:
    """Meta verifies the webhook's address, and asks again where that failed."""
    return verified(stage, "whatsapp", stage.settings.verify_token)


def lesson(stage: Deployed, _: int) -> Ended:
    """A shop's people save more than is learnt while they wait: it is learnt soon after, and the wish is struck out."""
    known = _taught(stage).read(HARDWARE.merchant.id)
    hours, *others = known.entries
    more = replace(hours, examples=(*hours.examples, f"is it open on day {known.version}?"))
    changed = replace(known, version=known.version + 1, entries=(more, *others))
    _taught(stage, at_once=False).write(HARDWARE.merchant.id, changed)
    stage.drain()
    return lambda: is_learnt(_taught(stage).read(HARDWARE.merchant.id)) and not _begins(stage, "LEARNING#")


def unreadable(stage: Deployed, turn: int) -> Ended:
    """Something that nobody can read lies in each queue that has another for such things, and is set aside there."""
    sqs, body = stage.client("sqs"), f"nothing that a function knows ({turn})"
    aside = dict(_asides(stage))
    for queue in aside:
        named = {"MessageGroupId": "g", "MessageDeduplicationId": str(turn)} if queue.endswith(".fifo") else {}
        sqs.send_message(QueueUrl=stage.queue_url(queue), MessageBody=body, **named)
    stage.drain()
    return lambda: all([held["body"] for held in stage.messages(dlq)].count(body) == 1 for dlq in aside.values())


def unpublishable(stage: Deployed, turn: int) -> Ended:
    """A row names a queue that is none of ours, and is set aside."""
    key = f"TRIAL#{turn}"
    item = {"pk": {"S": key}, "sk": {"S": "TRIAL"}, **NOWHERE}
    stage.client("dynamodb").put_item(TableName=stage.deployment.outputs["ConversationTable"], Item=item)
    stage.drain()
    return lambda: sum(key in held["body"] for held in stage.messages("outbox-dlq")) == 1


# The plainest first: what several ways need is taken out of the first of them.
WAYS: tuple[Way, ...] = (
    *(answered, renewed, refused_token, held_back, failed_later, crowd, burst, edited, handshake, lesson),
    *(unreadable, unpublishable, crowd_out_of_time, questions_out_of_time, bursts_out_of_time),
)


def renew_token(stage: Deployed, shop: DemoShop) -> None:
    """Save a shop's token anew, as an operator does: it is sealed in other bytes, and a stop is lifted."""
    sealer = Sealer(stage.client("kms"), stage.deployment.outputs["TokenKey"])
    token = sealer.seal(shop.merchant.id, Secret(shop.token))
    channel = Channel(
        kind="whatsapp", address=shop.phone_number_id, merchant=shop.merchant.id, account=shop.account, token=token
    )
    at = Instant(int(stage.clock.now() * 1000))
    _table(stage).transact(connect_actions(Connected(channel=channel, connected_at=at)))


def customer(stage: Deployed, turn: int) -> Customer:
    """A customer who has not written yet."""
    return stage.graph.customer(phone=f"9198{turn:08d}")


def two_customers(stage: Deployed, turn: int) -> tuple[Customer, Customer]:
    """Two of them."""
    return customer(stage, turn), customer(stage, turn + 50_000)


def said_once(stage: Deployed, asked: str) -> bool:
    """Whether a message got one answer that Meta took."""
    return len(_accepted(stage, asked)) == 1


def verified(stage: Deployed, channel: str, token: str) -> Ended:
    """Meta's handshake with a channel's door; it is asked again until it has gone well."""

    def ended() -> bool:
        query = f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={token}"
        return stage.http("GET", f"/webhooks/{channel}?{query}").status == 200

    ended()
    return ended


def _ticks_wait(stage: Deployed, turn: int) -> list[str]:
    """Two customers are answered, and the ticks of both answers come at once."""
    with _held_statuses(stage):
        asked = [one.writes(SWEET_SHOP, "hours") for one in two_customers(stage, turn)]
        stage.drain()
        stage.graph.webhooks.crowd(6, times=1)
        stage.graph.release()
    return asked


@contextmanager
def _held_statuses(stage: Deployed) -> Iterator[None]:
    stage.graph.statuses = "held"
    yield
    stage.graph.statuses = "auto"


def _asides(stage: Deployed) -> Iterator[tuple[str, str]]:
    """Each queue with the one for what can't be handled."""
    sqs = stage.client("sqs")
    for queue in stage.deployment.queues:
        asked = sqs.get_queue_attributes(QueueUrl=stage.queue_url(queue), AttributeNames=["RedrivePolicy"])
        if policy := asked.get("Attributes", {}).get("RedrivePolicy"):
            yield queue, json.loads(policy)["deadLetterTargetArn"].rpartition(":")[2]


def _accepted(stage: Deployed, asked: str) -> list[Any]:
    return [sent for sent in stage.graph.sent() if sent.accepted and sent.quoted == asked]


def _ticks(stage: Deployed, asked: str) -> list[str]:
    """How far the answers to a message have come, as their send states say it (3: read)."""
    outgoing = {f"SEND#{sent.opaque}" for sent in _accepted(stage, asked)}
    return [item["rnk"]["N"] for item in stage.items("conversation") if item["pk"]["S"] in outgoing and "rnk" in item]


def _begins(stage: Deployed, key: str) -> list[Any]:
    return [item for item in stage.items("conversation") if item["pk"]["S"].startswith(key)]


def _wanted(stage: Deployed) -> list[str]:
    """What was asked for in the queue of profiles."""
    records = (record for event in stage.events for record in event.get("Records", ()))
    return [one["body"] for one in records if one.get("eventSourceARN", "").endswith("conversation-profile.fifo")]


def _notices(stage: Deployed, outgoing: str) -> int:
    return sum(item["sk"]["S"] == outgoing for item in _begins(stage, "NOTICE#"))


def _taught(stage: Deployed, *, at_once: bool = True) -> DynamoTaught:
    return DynamoTaught(_table(stage), at_once=at_once)


def _table(stage: Deployed) -> Table:
    return Table(stage.client("dynamodb"), stage.deployment.outputs["ConversationTable"])
