"""One merchant reaches nothing of another's: not by a status, an id, a message's name, a record in a queue or a sealed token."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from haat.aws.sealer import Sealer
from haat.conversation.model import Channel, Connected
from haat.conversation.store.channels import DynamoChannels, connect_actions
from haat.conversation.store.conversations import channel_key
from haat.kernel.errors import Unavailable
from haat.kernel.ids import MerchantId
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from infra.local.market import HARDWARE, SAREES, SWEETS
from infra.local.simulators.customer import Customer
from tests.security.conftest import Sees
from tests.security.words import TOKEN
from tests.stack.conversation.conftest import HARDWARE_SHOP, SAREE_SHOP, SWEET_SHOP, Market
from tests.stack.conversation.posted import post, said, webhook

HOUR = 3600.0
type Items = Mapping[tuple[str, str], Mapping[str, Any]]


def everything(market: Market) -> Items:
    """All items of both tables, by their keys."""
    names = market.stage.deployment.tables
    return {(item["pk"]["S"], item["sk"]["S"]): item for name in names for item in market.stage.items(name)}


def known_to_sweets(market: Market) -> tuple[Customer, str, str]:
    """A customer of the sweet shop, their message and our reply to it, by our id; nothing is reported of it yet."""
    rina = market.customer(1)
    market.stage.graph.statuses = "held"
    wamid = rina.writes(SWEET_SHOP, "hours")
    market.stage.drain()
    (sent,) = market.stage.graph.sent()
    assert sent.opaque is not None
    return rina, wamid, sent.opaque


def send(market: Market, queue: str, body: str) -> None:
    """Put a forged record into a queue, and let everything happen that follows."""
    sqs, name = market.stage.client("sqs"), next(q for q in market.stage.deployment.queues if q.endswith(queue))
    fifo = {"MessageGroupId": "forged", "MessageDeduplicationId": "forged"} if name.endswith(".fifo") else {}
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=body, **fifo)
    market.stage.run_for(HOUR)


def seen_in(witness: Sees, queue: str) -> dict[str, Any]:
    """The last good record of a queue, to be forged."""
    records = [record for event in witness.events for record in event.get("Records", ()) if "body" in record]
    document: dict[str, Any] = json.loads(
        [record for record in records if record["eventSourceARN"].endswith(queue)][-1]["body"]
    )
    return document


@pytest.mark.parametrize("crowd", [1, 5])
@pytest.mark.parametrize("word", ["sent", "delivered", "read", "failed"])
def test_status_for_another_shops_number_changes_nothing(market: Market, word: str, crowd: int) -> None:
    """A status that names a reply of the sweet shop, but came for the saree shop's number, moves no tick and fails nothing."""
    _, _, opaque = known_to_sweets(market)
    before = everything(market)
    statuses = [
        {
            "id": f"wamid.{n}",
            "status": word,
            "timestamp": "1",
            "biz_opaque_callback_data": opaque,
            "errors": [{"code": 131000}],
        }
        for n in range(crowd)
    ]
    assert post(market.stage, webhook({"statuses": statuses}, shop=SAREE_SHOP)).status == 200
    market.stage.run_for(HOUR)
    assert everything(market) == before
    assert len(market.stage.graph.sent()) == 1
    assert post(market.stage, webhook({"statuses": statuses}, shop=SWEET_SHOP)).status == 200
    market.stage.drain()
    assert everything(market) != before, "for the right number it does count"


def test_message_under_another_shops_number_is_another_message(market: Market) -> None:
    """The same message id at two shops is two messages of two customers: each shop answers its own, neither sees the other's."""
    rina, at = market.customer(1), market.stage.clock.now()
    message = said("hours", by=rina.phone, id="wamid.one", at=at)
    for shop in (SWEET_SHOP, SAREE_SHOP):
        market.stage.graph.world.chat(shop, rina.key).last_written_at = at
        assert post(market.stage, webhook({"messages": [message]}, shop=shop)).status == 200
    market.stage.drain()
    assert len(market.at_home(SWEET_SHOP, rina)) == len(market.at_home(SAREE_SHOP, rina)) == 1
    assert len(market.items("MESSAGE#")) == len(market.items("CUSTOMER#")) == 2
    assert len({item["view_pk"]["S"] for item in market.items("MESSAGE#")}) == 2
    inboxes = {item["view_pk"]["S"] for item in market.items("CUSTOMER#")}
    assert inboxes == {f"INBOX#{SWEETS.merchant.id}", f"INBOX#{SAREES.merchant.id}"}


ALTERATIONS = {
    "edit": lambda wamid: {
        "edit": {"original_message_id": wamid, "message": {"type": "text", "text": {"body": "changed"}}}
    },
    "revoke": lambda wamid: {"revoke": {"original_message_id": wamid}},
    "reaction": lambda wamid: {"reaction": {"message_id": wamid, "emoji": "👎"}},
}


@pytest.mark.parametrize("kind", ALTERATIONS)
def test_alteration_of_another_shops_message_touches_nothing_of_it(market: Market, kind: str) -> None:
    """An edit, deletion or reaction for the saree shop that names a message of the sweet shop leaves that as it is."""
    rina, wamid, _ = known_to_sweets(market)
    before = everything(market)
    rina.sends(SAREE_SHOP, kind, ALTERATIONS[kind](wamid), shown=False)
    market.stage.run_for(HOUR)
    after = everything(market)
    assert {key: after.get(key) for key in before} == before
    assert not [item for key, item in after.items() if key not in before and SWEETS.merchant.id in str(item)]
    rina.sends(SWEET_SHOP, kind, ALTERATIONS[kind](wamid), shown=False)
    market.stage.run_for(HOUR)
    if kind != "reaction":
        assert everything(market)[_message_of(before)] != before[_message_of(before)], "at its own shop it does count"


def _message_of(items: Items) -> tuple[str, str]:
    return next(key for key in items if key[0].startswith("MESSAGE#"))


def test_alteration_in_the_queue_cannot_name_another_shops_message(market: Market, witness: Sees) -> None:
    """A record that calls the sweet shop's message by its key, for the saree shop's number, is parked and changes nothing."""
    rina, wamid, _ = known_to_sweets(market)
    rina.revokes(SAREE_SHOP, wamid)
    market.stage.drain()
    forged = seen_in(witness, "conversation-inbound.fifo")
    before = everything(market)
    key = _message_of({k: item for k, item in before.items() if "hours" in item.get("doc", {}).get("S", "")})
    forged |= {"original_key": key[0].partition("#")[2], "key": "0" * 32}
    send(market, "conversation-inbound.fifo", json.dumps(forged))
    after = everything(market)
    assert {key: after.get(key) for key in before} == before
    assert market.stage.queue_depth("conversation-inbound-dlq.fifo") == 1


def test_message_in_the_queue_belongs_to_whom_its_number_belongs(market: Market, witness: Sees) -> None:
    """A record can name no merchant: whoever has the number gets it, and what it says of a merchant or a conversation is not read."""
    known_to_sweets(market)
    before = everything(market)
    forged = seen_in(witness, "conversation-inbound.fifo") | {"address": SAREE_SHOP, "key": "1" * 32}
    (conversation,) = market.items("CUSTOMER#")
    ids = json.loads(conversation["doc"]["S"])
    forged |= {"merchant": SWEETS.merchant.id, "conversation": ids["id"], "customer": ids["customer"]}
    send(market, "conversation-inbound.fifo", json.dumps(forged))
    after = everything(market)
    assert {key: after.get(key) for key in before} == before
    (new,) = [key for key in after if key not in before and key[0].startswith("CUSTOMER#")]
    assert new[0].startswith(f"CUSTOMER#{SAREES.merchant.id}#")
    assert ids["customer"] not in new[0]
    assert [sent.phone_number_id for sent in market.stage.graph.sent()] == [SWEET_SHOP, SAREE_SHOP]


def test_message_with_another_shops_key_takes_no_place_of_it(market: Market, witness: Sees) -> None:
    """A record for the saree shop under the key of the sweet shop's message leaves that message and its conversation alone."""
    known_to_sweets(market)
    before = everything(market)
    forged = seen_in(witness, "conversation-inbound.fifo") | {"address": SAREE_SHOP, "text": "price"}
    send(market, "conversation-inbound.fifo", json.dumps(forged))
    after = everything(market)
    assert {key: after.get(key) for key in before} == before
    assert len(market.stage.graph.sent()) == 1


@pytest.mark.parametrize(
    ("merchant", "address"), [(SAREES, SWEET_SHOP), (SWEETS, SAREE_SHOP), (SAREES, SAREE_SHOP)], ids=["merchant", "address", "both"]
)  # fmt: skip
def test_forged_look_finds_no_conversation_of_another_shop(market: Market, merchant: Any, address: str) -> None:
    """A record of what is due reaches a conversation by merchant, customer and number together, or not at all."""
    known_to_sweets(market)
    before = everything(market)
    (conversation,) = market.items("CUSTOMER#")
    customer = json.loads(conversation["doc"]["S"])["customer"]
    due = {"merchant": merchant.merchant.id, "customer": customer, "address": address, "last": "0" * 32}
    send(market, "conversation-due", json.dumps({"fact": "look_again", "v": 1, **due}))
    assert everything(market) == before
    assert len(market.stage.graph.sent()) == 1
    assert market.counted("unknown_conversation", "auto_reply") == 1


@pytest.mark.parametrize("address", [SAREE_SHOP, HARDWARE_SHOP, "199999999999999"])
def test_reply_of_one_merchant_never_leaves_by_anothers_number(market: Market, witness: Sees, address: str) -> None:
    """A waiting reply of the sweet shop for a number that another shop has is not said; the sweet shop hears that it was not."""
    known_to_sweets(market)
    forged = seen_in(witness, "conversation-outbound.fifo") | {"address": address, "id": "01KE66PJA0S7PXG2ESPW3X9NHX"}
    before = everything(market)
    send(market, "conversation-outbound.fifo", json.dumps(forged))
    assert len(market.stage.graph.sent()) == 1
    after = everything(market)
    assert {key: after.get(key) for key in before} == before
    new = [key for key in after if key not in before]
    assert (f"NOTICE#{SWEETS.merchant.id}", "01KE66PJA0S7PXG2ESPW3X9NHX") in new
    assert not [key for key in new if SAREES.merchant.id in key[0] or HARDWARE.merchant.id in key[0]]


def test_reply_that_waits_while_its_number_changes_hands_is_not_said(market: Market) -> None:
    """A number that another merchant connects while a reply waits: the new owner's number does not say the old owner's words."""
    market.stage.graph.faults.error(131057)  # two minutes: longer than anything is cached
    market.customer(1).writes(SWEET_SHOP, "hours")
    market.stage.drain()
    connect(market, SWEET_SHOP, SAREES.merchant.id, TOKEN)
    market.stage.run_for(HOUR)
    assert market.said(SWEET_SHOP) == []
    (notice,) = market.items("NOTICE#")
    assert notice["pk"]["S"] == f"NOTICE#{SWEETS.merchant.id}"


def connect(
    market: Market, address: str, merchant: MerchantId, token: str, *, sealed_for: MerchantId | None = None
) -> None:
    """Give a number to a merchant, with a token that is sealed for them, or for somebody else; who had it has it no more."""
    channels = DynamoChannels(market.table())
    if (owner := channels.owner("whatsapp", address)) is not None and owner != merchant:
        channels.disconnect(owner, "whatsapp", address, Instant(int(market.stage.clock.now() * 1000)))
    sealed = _sealer(market).seal(sealed_for or merchant, Secret(token))
    channel = Channel(kind="whatsapp", address=address, merchant=merchant, account="300000000000001", token=sealed)
    market.table().transact(connect_actions(Connected(channel=channel)))


def _sealer(market: Market) -> Sealer:
    return Sealer(market.stage.client("kms"), market.stage.deployment.outputs["TokenKey"])


def test_late_failure_says_again_only_what_it_is_about(market: Market, witness: Sees) -> None:
    """A send whose record names another shop's message as its source brings nothing of that message out when it fails later."""
    known_to_sweets(market)
    source = seen_in(witness, "conversation-outbound.fifo")
    neha = market.customer(2)
    neha.writes(SAREE_SHOP, "hours")
    market.stage.drain()
    own = seen_in(witness, "conversation-outbound.fifo")
    assert (source["merchant"], own["merchant"]) == (SWEETS.merchant.id, SAREES.merchant.id)
    market.stage.graph.faults.late(131000)
    forged = own | {"id": "01KE66PJA0S7PXG2ESPW3X9NHX", "source": source["source"]}
    send(market, "conversation-outbound.fifo", json.dumps(forged))
    market.stage.graph.release()
    before = market.said(SWEET_SHOP)
    market.stage.run_for(HOUR)
    assert market.said(SWEET_SHOP) == before == market.said(SWEET_SHOP)[:1]
    assert not [key for key in everything(market) if key[0].startswith("OUTGOING#")]


def test_token_sealed_for_one_merchant_opens_for_no_other(market: Market) -> None:
    """KMS refuses to open a merchant's token under another merchant's name, and says nothing of it."""
    sealer = _sealer(market)
    sealed = sealer.seal(SWEETS.merchant.id, Secret("a token"))
    assert sealer.open(SWEETS.merchant.id, sealed) == Secret("a token")
    for other in (SAREES.merchant.id, MerchantId(""), MerchantId(SWEETS.merchant.id.lower())):
        with pytest.raises(Unavailable) as refused:
            sealer.open(other, sealed)
        assert "a token" not in str(refused.value)


def test_stolen_token_is_never_used(market: Market) -> None:
    """The sweet shop's sealed token in the saree shop's channel sends nothing; with its own again, the reply that waited goes out."""
    connect(market, SAREE_SHOP, SAREES.merchant.id, TOKEN, sealed_for=SWEETS.merchant.id)
    rina = market.customer(1)
    rina.writes(SAREE_SHOP, "hours")
    rina.writes(SWEET_SHOP, "hours")
    market.stage.run_for(600)
    assert [(sent.phone_number_id, sent.accepted) for sent in market.stage.graph.sent()] == [(SWEET_SHOP, True)]
    connect(market, SAREE_SHOP, SAREES.merchant.id, SAREES.token)
    market.stage.run_for(HOUR)
    assert len(market.at_home(SAREE_SHOP, rina)) == 1


def test_each_shop_speaks_with_its_own_token(market: Market) -> None:
    """Replies of three shops in one batch, cached and not: each goes out with the token of its own number."""
    for number in range(3):
        for shop in (SWEET_SHOP, SAREE_SHOP, HARDWARE_SHOP):
            market.customer(number).writes(shop, "hours")
    market.stage.drain()
    assert [sent.accepted for sent in market.stage.graph.sent()] == [True] * 9


@pytest.mark.parametrize("code", [190, 131048, 368, 131042])
def test_stop_of_one_shop_stops_no_other(market: Market, code: int) -> None:
    """A shop that Meta has stopped for its token, its policy or its bill is stopped alone."""
    rina = market.customer(1)
    market.stage.graph.faults.error(code, number=SWEET_SHOP)
    assert market.says(rina, "hours", to=SWEET_SHOP) == []
    assert len(market.says(rina, "hours", to=SAREE_SHOP)) == 1
    stopped = {item["pk"]["S"] for item in market.items("CHANNEL#") if "stopped" in item}
    assert stopped == {channel_key("whatsapp", SWEET_SHOP)}
