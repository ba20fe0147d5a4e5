"""An erased customer does not come back: seven days of whatever Meta brings again, and nothing of them stands anywhere."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from haat.aws.outbox import unfold
from haat.aws.table import unpack
from infra.local.market import SWEETS
from infra.local.simulators.wire import wamid
from infra.local.stage import LISTENER, Stage
from tests.security.conftest import Witness
from tests.security.furnished import PNG
from tests.security.test_canary import canary, teach
from tests.security.words import BENGALI, LATIN, NAME, NEW_PHONE, PERSONAL, PHONE, QUESTION, USER_ID, Search
from tests.stack.business.conftest import Api
from tests.stack.conversation.conftest import SWEET_SHOP, Market
from tests.stack.conversation.posted import post, said, webhook

DAY = 86_400.0
SAYS = f"{LATIN} {BENGALI}"
MERCHANT = SWEETS.merchant.id
OF_THE_PERSON = {name: word for name, word in PERSONAL.items() if name not in ("question", "reply")}


def life(market: Market) -> None:
    """All that a customer can do at one shop, and what the shop says to them."""
    rina, graph, stage = canary(market), market.stage.graph, market.stage
    first = rina.writes(SWEET_SHOP, QUESTION)
    rina.writes(SWEET_SHOP, SAYS, reply_to=first)
    rina.sends_image(SWEET_SHOP, SAYS)
    rina.sends_sticker(SWEET_SHOP)
    rina.sends_unsupported(SWEET_SHOP)
    rina.taps(SWEET_SHOP, SAYS, SAYS, reply_to=first)
    rina.reacts(SWEET_SHOP, first, LATIN)
    stage.drain()
    rina.edits(SWEET_SHOP, first, SAYS)
    rina.sends(SWEET_SHOP, "location", {"location": {"latitude": 1, "longitude": 2, "name": SAYS}})
    rina.sends(SWEET_SHOP, "contacts", {"contacts": [{"name": {"formatted_name": NAME}, "phones": [{"phone": PHONE}]}]})
    items = [{"product_retailer_id": "x", "quantity": 1, "item_price": 1, "currency": "INR"}]
    rina.sends(SWEET_SHOP, "order", {"order": {"text": SAYS, "product_items": items}})
    rina.sends(SWEET_SHOP, "system", {"system": {"type": "customer_identity_changed", "body": SAYS}})
    rina.sends(SWEET_SHOP, "text", {"text": {"body": SAYS}, "group_id": PHONE})
    rina.revokes(SWEET_SHOP, rina.writes(SWEET_SHOP, SAYS))
    graph.echo(SWEET_SHOP, rina, SAYS)
    stage.drain()
    rina.changes_number(NEW_PHONE)
    rina.writes(SWEET_SHOP, SAYS)
    news: dict[str, dict[str, Any]] = {
        "user_preferences": {"user_preferences": [{"wa_id": NEW_PHONE, "user_id": USER_ID, "detail": SAYS}]},
        "calls": {"calls": [{"id": wamid(PHONE, "call", "in"), "from": NEW_PHONE, "event": SAYS}]},
    }
    for field, value in news.items():
        graph.raw(webhook(value, shop=SWEET_SHOP, field=field))
    stage.run_for(600)


def buys(api: Api, market: Market) -> None:
    """Every way in which a customer's words come into an order: their own note, the shop's, and why the shop did not take it."""
    rina, stage = canary(market), market.stage
    price = {"minor": 2_000, "currency": "INR"}
    sweet = api.json("POST", "products", {"name": "Sandesh", "unit": "piece", "price": price}, as_=MERCHANT, expect=201)
    offer = api.json("POST", f"products/{sweet['id']}/pictures", {"type": "image/png"}, as_=MERCHANT, expect=201)
    assert requests.post(offer["upload"]["url"], offer["upload"]["fields"], files={"file": PNG}, timeout=5).ok
    api.json("PUT", f"products/{sweet['id']}/pictures/{offer['picture_id']}", as_=MERCHANT)
    api.json("POST", "notice-endpoints", {"url": f"{LISTENER}/haat"}, as_=MERCHANT, expect=201)
    told = ["order.placed", "order.changed", "question.unanswered", "message.not_sent"]
    anita = {"phone": "+919800000031", "name": "Anita (invented)", "language": "en", "told": told}
    api.json("POST", "staff-numbers", anita, as_=MERCHANT, expect=201)
    table = f"name,price\n{SAYS},free\n".encode()  # of a customer whom the shop took for a product: the row is refused
    api.json("POST", "products/import", table, as_=MERCHANT, headers={"content-type": "text/csv"})
    rina.sends_cart(SWEET_SHOP, [(sweet["id"], 2)], note=SAYS)
    stage.drain()
    (first,) = api.json("GET", "orders", as_=MERCHANT)["items"]
    said = {"customer_id": first["customer_id"], "note": SAYS, "lines": [{"product_id": sweet["id"], "quantity": 1}]}
    second = api.json("POST", "orders", said, as_=MERCHANT, expect=201)
    for order, action in ((first, "reject"), (second, "cancel")):
        why = {"action": action, "reason": SAYS}
        api.json("POST", f"orders/{order['id']}/transitions", why, as_=MERCHANT)
    stage.drain()
    rina.writes(SWEET_SHOP, "my order?")
    rina.sends_cart(SWEET_SHOP, [(sweet["id"], 1)], note=SAYS)
    stage.run_for(60)


def staff(api: Api) -> str:
    """What the shop's people do about the customer -> their id."""
    (there,) = api.json("GET", "conversations", as_=MERCHANT)["items"]
    path = f"conversations/{there['id']}"
    asked = [it for it in api.json("GET", "unanswered-messages", as_=MERCHANT)["items"] if it["text"] == SAYS]
    new = {"entry": {"id": "learned", "replies": {"en": "Yes"}}}
    api.json("POST", f"unanswered-messages/{asked[0]['id']}/teach", new, as_=MERCHANT)
    api.json("POST", f"{path}/messages", {"text": SAYS}, as_=MERCHANT, expect=201)
    api.json("POST", f"{path}/takeover", {"minutes": 5}, as_=MERCHANT)
    api.json("POST", "blocked-customers", {"customer_id": there["customer_id"]}, as_=MERCHANT, expect=201)
    api.stage.run_for(600)
    customer: str = there["customer_id"]
    return customer


def bodies(witness: Witness) -> list[bytes]:
    """Every body that Meta has posted."""
    posted = [event for event in witness.events if "rawPath" in event and event.get("body")]
    return [base64.b64decode(e["body"]) if e.get("isBase64Encoded") else e["body"].encode() for e in posted]


def texts(stage: Stage) -> Iterator[tuple[str, str]]:
    """Everything that is kept anywhere, opened as far as we can open it."""
    for table in stage.deployment.tables:
        for raw in stage.items(table):
            item = unpack(raw)
            opened = unfold(item["body"]) if isinstance(item.get("body"), bytes) else ""
            yield f"{table} {item['pk']}", json.dumps(item, default=repr, ensure_ascii=False) + opened
    for queue in stage.deployment.queues:
        for message in stage.messages(queue):
            yield queue, json.dumps(message, default=str, ensure_ascii=False)
    s3 = stage.client("s3")
    for bucket in (one["Name"] for one in s3.list_buckets()["Buckets"]):
        for file in s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
            yield bucket, file["Key"] + s3.get_object(Bucket=bucket, Key=file["Key"])["Body"].read().decode("latin-1")
    for line in stage.logs.lines():
        yield "log", line


def traces(stage: Stage) -> list[str]:
    """Where something of the customer can be found: their names, their words, an id of the channel."""
    lines = [line for chat in stage.graph.world.chats.values() for line in chat.lines]
    looked_for = Search(
        {**OF_THE_PERSON, **{f"wamid {n}": line.removeprefix("wamid.") for n, line in enumerate(lines)}}
    )
    return [f"{where}: {sorted(names)}" for where, text in texts(stage) if (names := looked_for(text))]


@pytest.fixture
def erased(market: Market, witness: Witness) -> tuple[Market, list[bytes]]:
    """Return the market in which a customer was erased, and all that Meta had posted until then."""
    api = Api(market.stage)
    teach(market)
    life(market)
    buys(api, market)
    customer = staff(api)
    posted = bodies(witness)
    assert len(posted) > 30
    assert len(traces(market.stage)) > 20, "the search must find the customer before"
    assert api.call("DELETE", f"customers/{customer}", as_=MERCHANT).status == 202
    assert traces(market.stage) == [], "at once"
    market.stage.run_for(600)
    assert api.json("DELETE", f"customers/{customer}", as_=MERCHANT)["state"] == "erased"
    return market, posted


def late(market: Market, at: float) -> bytes:
    """A message that was written before the erasure and never came, by every name of theirs."""
    names = [PHONE, NEW_PHONE]
    messages = [said(SAYS, by=name, id=wamid(name, f"late {n}", "in"), at=at) for n, name in enumerate(names)]
    return webhook({"messages": messages}, shop=SWEET_SHOP)


def test_seven_days_of_redeliveries_bring_nothing_back(erased: tuple[Market, list[bytes]]) -> None:
    """All that Meta ever posted comes again each day, and what was late comes at last: nothing of the customer is kept."""
    market, posted = erased
    written = market.stage.clock.now() - 700
    said_before = len(market.said())
    for _ in range(8):
        with market.stage.without_deduplication():
            for body in [*posted, late(market, written)]:
                assert post(market.stage, body).status == 200
            market.stage.drain()
        market.stage.run_for(DAY)
    assert traces(market.stage) == []
    assert len(market.said()) == said_before
    assert not any(market.stage.queue_depth(queue) for queue in market.stage.deployment.queues)
    assert market.items("CUSTOMER#") == market.items("CONVERSATION#") == market.items("UNANSWERED#") == []
    assert market.counted("erased", "auto_reply") > 0


def test_edit_and_deletion_of_what_was_erased_bring_nobody_back(erased: tuple[Market, list[bytes]]) -> None:
    """A second thought about an erased message, had after the erasure, is not kept either."""
    market, _ = erased
    rina = canary(market)
    chat = next(iter(market.stage.graph.world.chats.values()))
    for line in list(chat.lines)[:3]:
        rina.sends(
            SWEET_SHOP,
            "edit",
            {"edit": {"original_message_id": line, "message": {"type": "text", "text": {"body": SAYS}}}},
        )
        rina.sends(SWEET_SHOP, "revoke", {"revoke": {"original_message_id": line}})
        rina.reacts(SWEET_SHOP, line, LATIN)
    market.stage.run_for(600)
    assert traces(market.stage) == []


def test_who_writes_again_is_found_as_somebody_new(erased: tuple[Market, list[bytes]]) -> None:
    """What a person writes after the erasure is kept: the search finds it, and only it, though everything old comes again."""
    market, posted = erased
    canary(market).writes(SWEET_SHOP, "kohlrabi")
    market.stage.run_for(600)
    for body in posted:
        post(market.stage, body)
    market.stage.run_for(600)
    assert len(market.items("CUSTOMER#")) == 1
    kept = [item for item in market.items("MESSAGE#") if "view_pk" in item]
    assert len(kept) == 1
    assert "palimpsest" not in str(market.stage.items("conversation"))
