"""Money on Messenger: an order that its customer taps together, and what a shop asks for over HTTP, to the thanks for it."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.payees import SIMBANK, open_accounts
from infra.local.simulators.bank_page import links_in
from infra.local.simulators.world import Line
from tests.stack.business.conftest import Api
from tests.stack.business.notified import opened
from tests.stack.business.test_messenger_scene import HOUR, PAGE, Chat
from tests.stack.business.test_staff_told import person, told

PROOF = 120.0  # seconds: the bank is asked 90 after the request at the soonest


class Shop(Chat):
    """The page, its goods, and its account at the simulated bank."""

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        open_accounts(self.stage)

    def since(self, begun: int) -> list[Line]:
        """What she heard after so many lines."""
        return self.lines()[begun:]

    def orders(self) -> dict[str, Any]:
        """The only order."""
        (order,) = self.api.json("GET", "orders")["items"]
        assert isinstance(order, dict)
        return order

    def taps_order(self, asks: str = "catalogue", title: str = "Sandesh", buys: str = "Order 2") -> dict[str, Any]:
        """Two sandesh, by taps alone."""
        price = {"minor": 2_000, "currency": "INR"}
        self.api.json("POST", "products", {"name": "Sandesh", "unit": "piece", "price": price}, expect=201)
        self.says(asks)
        self.taps(title)
        self.taps(buys)
        return self.orders()

    def steps(self, action: str) -> list[Line]:
        """The shop takes the order's next step -> what its customer hears of it."""
        begun = len(self.lines())
        self.api.json("POST", f"orders/{self.orders()['id']}/transitions", {"action": action})
        self.stage.drain()
        return self.since(begun)

    def asks(self, **body: Any) -> tuple[dict[str, Any], list[Line]]:
        """The shop asks for money over HTTP -> the request, and what its customer sees of it."""
        begun = len(self.lines())
        made = self.api.json("POST", "payment-requests", {"account_id": SIMBANK.id} | body, expect=201)
        self.stage.drain()
        return made, self.since(begun)

    def pays(self, lines: list[Line]) -> list[str]:
        """She opens the link that stands in the words -> what she is told."""
        begun = len(self.lines())
        (link,) = links_in([line.text for line in lines])
        self.stage.bank.pay(link)
        self.stage.run_for(PROOF)
        return [line.text for line in self.since(begun)]


@pytest.fixture
def shop(api: Api) -> Iterator[Shop]:
    """Return the shop; whatever it said fitted Messenger, and spoke of no other channel."""
    shop = Shop(api)
    yield shop
    for line in shop.lines():
        assert len(line.text) <= 2_000
        assert "whatsapp" not in line.text.lower()
        assert all(len(offer.title) <= 20 for offer in line.offers)


def test_order_is_tapped_accepted_paid_and_told(shop: Shop) -> None:
    """From the goods to the thanks; the shop's own system hears of it too, and nothing asks for a number."""
    endpoint = opened(shop.api)
    order = shop.taps_order()
    accepted, picture, words = shop.steps("accept")
    assert accepted.text.startswith(f"Order {order['number']} (₹40): accepted")
    assert [offer.title for offer in accepted.offers] == [f"Cancel {order['number']}"]
    assert (picture.kind, picture.text) == ("image", "")
    assert "₹40" in words.text
    assert order["number"] in words.text
    assert shop.pays([words]) == ["Paid: ₹40. Thank you!"]
    assert shop.orders()["payment"]["state"] == "paid"
    (ready,) = shop.steps("ready")
    assert ready.text == f"Order {order['number']} (₹40): ready, paid."
    assert "ready" in shop.says("my order")[0]
    news = [heard.body["type"] for heard in shop.stage.listener.heard if heard.signed_with(endpoint["secret"])]
    assert [news.count(kind) for kind in ("order.placed", "order.paid", "payment.paid")] == [1, 1, 1]


def test_shops_people_hear_of_an_order_that_was_tapped(shop: Shop) -> None:
    """By its number and its sum: who taps on Messenger has no number that could be told."""
    anita = person(shop.api, 35, "order.placed")
    heard = told(shop.api, shop.taps_order)
    assert [fact.staff for fact in heard] == [anita]
    assert shop.orders()["number"] in heard[0].text
    assert shop.rina.user_id(PAGE) not in heard[0].text


@pytest.mark.parametrize(
    ("asks", "buys", "thanks"),
    [("কী কী আছে", "2টি অর্ডার", "টাকা পাওয়া গেছে: ₹40। ধন্যবাদ!"), ("क्या क्या है", "2 ऑर्डर करें", "भुगतान मिल गया: ₹40। धन्यवाद!")],
)
def test_order_is_in_the_language_of_its_customer(shop: Shop, asks: str, buys: str, thanks: str) -> None:
    """Every tap and every text, to the end."""
    shop.taps_order(asks, buys=buys)
    assert shop.pays(shop.steps("accept")) == [thanks]


def test_order_is_taken_back_by_a_tap_and_asks_for_nothing(shop: Shop) -> None:
    """Quick replies are gone when the next message comes, so that who was asked for the money asks for the order first."""
    order = shop.taps_order()
    shop.steps("accept")
    shop.says("my order")
    (word,) = shop.taps(f"Cancel {order['number']}")
    assert "cancelled" in word
    assert shop.orders()["payment"]["state"] == "cancelled"


def test_customer_and_order_are_asked_over_http(shop: Shop) -> None:
    """As on WhatsApp, by the customer's id or by the order, with the picture first; after the window nobody is."""
    order = shop.taps_order()
    (there,) = shop.api.json("GET", "conversations")["items"]
    assert (there["phone"], there["channel"], there["number"]) == (None, "messenger", PAGE)
    sum_ = {"minor": 12_345, "currency": "INR"}
    made, lines = shop.asks(customer_id=there["customer_id"], amount=sum_, note="Tea")
    assert (made["customer_id"], made["state"]) == (there["customer_id"], "PRESENTED")
    assert [line.kind for line in lines] == ["image", "text"]
    assert "₹123.45" in lines[1].text
    assert shop.pays(lines) == ["Paid: ₹123.45. Thank you!"]
    made, lines = shop.asks(order_id=order["id"])
    assert (made["customer_id"], [line.kind for line in lines]) == (order["customer_id"], ["image", "text"])
    shop.stage.run_for(25 * HOUR)
    named = {"account_id": SIMBANK.id, "customer_id": there["customer_id"], "amount": sum_}
    assert shop.api.refused("POST", "payment-requests", named) == (409, "window-closed")


def test_order_is_taken_over_http_for_a_customer_without_a_number(shop: Shop) -> None:
    """The shop takes it for somebody who wrote to the page, and they are told there."""
    shop.says("hours")
    (there,) = shop.api.json("GET", "conversations")["items"]
    price = {"minor": 2_000, "currency": "INR"}
    product = shop.api.json("POST", "products", {"name": "Sandesh", "unit": "piece", "price": price}, expect=201)
    begun = len(shop.lines())
    body = {"customer_id": there["customer_id"], "lines": [{"product_id": product["id"], "quantity": 1}]}
    order = shop.api.json("POST", "orders", body, expect=201)
    shop.stage.drain()
    (told,) = shop.since(begun)
    assert order["number"] in told.text
    assert [line.kind for line in shop.steps("accept")] == ["text", "image", "text"]


def test_long_list_goes_on_by_quick_replies(shop: Shop) -> None:
    """Never more than thirteen under one message: the last leads on."""
    for number in range(16):
        price = {"minor": 2_000 + number, "currency": "INR"}
        name = f"Sandesh of sixteen kinds {number}"
        shop.api.json("POST", "products", {"name": name, "unit": "piece", "price": price}, expect=201)
    shop.says("menu")
    first = shop.offered()
    assert 2 <= len(first) <= 13
    assert first[-1] == "More"
    shop.taps("More")
    assert len(first) - 1 + len(shop.offered()) == 16


def test_forged_tap_of_another_shops_goods_orders_nothing(shop: Shop) -> None:
    """A payload is anybody's to send."""
    shop.says("hours")
    for payload in ("counter:buy:01KDVDNA00ZZZZZZZZZZZZZZZZ:2", "counter:buy:x:2", "counter:", "counter:withdraw:1"):
        shop.rina.taps(PAGE, payload, "Order 2")
        shop.stage.drain()
    assert shop.api.json("GET", "orders")["items"] == []
