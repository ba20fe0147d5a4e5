"""The people of one shop command no other and hear of no other; and whom they named to the bot is nowhere once erased."""

import json

import pytest

from infra.local.market import SAREES, SWEETS
from infra.local.simulators.customer import Customer
from tests.security.conftest import Witness
from tests.security.test_canary import canary, teach
from tests.security.test_erased import MERCHANT, OF_THE_PERSON, bodies, texts
from tests.security.test_merchants_alone import everything, send
from tests.security.words import PHONE, QUESTION, Search
from tests.stack.business.conftest import Api
from tests.stack.conversation.conftest import SAREE_SHOP, SWEET_SHOP, Market
from tests.stack.conversation.posted import post

BOSS = "919800000131"
DAY, HOUR, MINUTE = 86_400.0, 3_600.0, 60.0
COMMANDS = ("bot off", "বট বন্ধ", "bot on", "bot off 98000 00001", "bot on 98000 00001", "orders today")


@pytest.fixture
def api(market: Market) -> Api:
    """Return the API of the market."""
    return Api(market.stage)


@pytest.fixture
def boss(market: Market, api: Api) -> Customer:
    """Return one of the sweet shop's people, and of nobody else's."""
    body = {"phone": f"+{BOSS}", "name": "Boss (invented)", "language": "en", "told": ["order.placed"]}
    api.json("POST", "staff-numbers", body, expect=201, as_=MERCHANT)
    market.stage.run_for(MINUTE)
    return market.stage.graph.customer(phone=BOSS, name="Boss (invented)")


def known_to_both(market: Market) -> Customer:
    """A customer of both shops, whom the bot answers at each."""
    rina = market.customer(1)
    for shop in (SWEET_SHOP, SAREE_SHOP):
        market.says(rina, "hours", to=shop)
    return rina


def of(market: Market, merchant: str) -> dict[tuple[str, str], object]:
    """All that one merchant has in both tables."""
    return {key: item for key, item in everything(market).items() if merchant in str((key, item))}


@pytest.mark.parametrize("text", COMMANDS)
def test_staff_of_one_shop_command_nothing_at_another(market: Market, boss: Customer, text: str) -> None:
    """At the saree shop the sweet shop's boss is a customer: their words are answered as such, and change nothing at either."""
    rina = known_to_both(market)
    sweets = of(market, SWEETS.merchant.id)
    taught, theirs = market.items(f"TAUGHT#{SAREES.merchant.id}"), market.items(f"CUSTOMER#{SAREES.merchant.id}")
    said = market.says(boss, text, to=SAREE_SHOP)
    assert not any("The bot" in one or "orders today" in one.lower() or "বট" in one for one in said)
    assert of(market, SWEETS.merchant.id) == sweets
    assert market.items(f"TAUGHT#{SAREES.merchant.id}") == taught
    assert [item for item in market.items(f"CUSTOMER#{SAREES.merchant.id}") if item in theirs] == theirs
    market.stage.run_for(2 * MINUTE)
    for shop in (SWEET_SHOP, SAREE_SHOP):
        assert len(market.says(rina, "price", to=shop)) == 1


@pytest.mark.parametrize("text", COMMANDS)
def test_customers_command_nothing(market: Market, boss: Customer, text: str) -> None:
    """The same words from a customer's phone, or from the boss where WhatsApp hides whose phone it is."""
    hidden = market.stage.graph.customer(phone="919800000141", name="Hidden", hides_number=True)
    rina = known_to_both(market)
    taught = market.items("TAUGHT#")
    for customer in (rina, hidden):
        assert not any("The bot" in one or "বট" in one for one in market.says(customer, text))
    assert market.items("TAUGHT#") == taught
    assert len(market.says(rina, "price")) == 1
    assert market.says(boss, text)


@pytest.mark.parametrize(("merchant", "phone"), [(SAREES, BOSS), (SWEETS, "919800000001"), (SAREES, "919800000001")])
def test_record_for_staff_reaches_nobody_else(market: Market, boss: Customer, merchant: object, phone: str) -> None:
    """A forged record names another merchant, or the phone of a customer: nobody is told anything, by any number."""
    known_to_both(market)
    market.says(boss, "hours")
    before, sent = everything(market), len(market.stage.graph.sent())
    owner = merchant.merchant.id  # type: ignore[attr-defined]  # one of the market's shops
    record = {"key": "5" * 32, "merchant": owner, "staff": "BOSS", "phone": phone, "text": "news"}
    fact = {"fact": "staff_hears", "v": 1, **record, "occurred_at": int(market.stage.clock.now() * 1000)}
    send(market, "conversation-inbound.fifo", json.dumps(fact, separators=(",", ":")))
    assert everything(market) == before
    assert len(market.stage.graph.sent()) == sent


def traces(market: Market) -> list[str]:
    """Where the customer is found: by number, id of the channel, name, or words. The boss's own messages stay where they are."""
    looked_for = Search(OF_THE_PERSON)
    return [f"{where}: {sorted(names)}" for where, text in texts(market.stage) if (names := looked_for(text))]


def test_whom_staff_named_is_nowhere_once_erased(market: Market, api: Api, witness: Witness, boss: Customer) -> None:
    """Commands by number, obeyed, refused, edited, and brought again for seven days: nothing of the erased customer stands anywhere."""
    rina = canary(market)
    teach(market)
    rina.writes(SWEET_SHOP, QUESTION)
    market.stage.drain()
    for text in (f"bot off {PHONE[2:]}", f"bot on +{PHONE}", f"বট বন্ধ {PHONE}"):
        wamid = boss.writes(SWEET_SHOP, text)
        market.stage.drain()
        boss.edits(SWEET_SHOP, wamid, f"bot on {PHONE[2:]}")
        market.stage.drain()
    (there,) = [it for it in api.json("GET", "conversations", as_=MERCHANT)["items"] if it["phone"] == f"+{PHONE}"]
    assert there["bot"]["state"] == "silent"
    posted = bodies(witness)
    assert traces(market), "the search must find the customer before"
    assert api.call("DELETE", f"customers/{there['customer_id']}", as_=MERCHANT).status == 202
    assert traces(market) == []
    said = len(market.said())
    for _ in range(8):
        with market.stage.without_deduplication():
            for body in posted:
                assert post(market.stage, body).status == 200
            market.stage.drain()
        market.stage.run_for(DAY)
    assert traces(market) == []
    assert len(market.said()) == said
    assert market.says(boss, f"bot off {PHONE[2:]}") == ["Nobody who has written to the shop is known by that number."]
    assert traces(market) == []
