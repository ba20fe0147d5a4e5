"""A shop's own people are told what happens in it: what comes into the queue that leads to the chat, through the deployed stack."""

from collections.abc import Callable
from typing import Any

import pytest

from haat.facts.said import StaffHears, is_one, load
from infra.local.simulators.customer import Customer
from tests.stack.business.conftest import HARDWARE_SHOP, Api
from tests.stack.business.notified import HOUR, asks, log, opened
from tests.stack.business.ordering import Stall

ALL = ["order.placed", "order.changed", "order.paid", "question.unanswered", "message.not_sent"]
INBOUND = "conversation-inbound.fifo"


@pytest.fixture
def stall(api: Api) -> Stall:
    """Return a shop that sells."""
    return Stall(api)


def person(api: Api, number: int, *told: str, language: str = "en", **more: Any) -> str:
    """One of the sweet shop's people -> the id of their entry."""
    body = {"phone": f"+9198000001{number:02d}", "name": f"person {number}", "language": language, "told": list(told)}
    entry: str = api.json("POST", "staff-numbers", body, expect=201, **more)["id"]
    return entry


def writer(stall: Stall, number: int, *told: str) -> Customer:
    """The phone of one of the sweet shop's people, who wrote to the shop today; without more they hear of new orders."""
    person(stall.api, number, *(told or ("order.placed",)))
    stall.stage.run_for(60)  # auto_reply may hold for so long what it has read of the shop
    phone = stall.stage.graph.customer(phone=f"9198000001{number:02d}", name=f"person {number}")
    stall.says(phone, "hours")
    return phone


def waiting(api: Api) -> list[StaffHears]:
    """What waits in the queue for whoever answers in the chat; it stays there."""
    sqs = api.stage.client("sqs")
    url = sqs.get_queue_url(QueueName=f"haat-local-{INBOUND}")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
    facts = [load(message["Body"]) for message in found if is_one(message["Body"])]
    return [fact for fact in facts if isinstance(fact, StaffHears)]


def told(api: Api, happens: Callable[[], object]) -> list[StaffHears]:
    """What staff are to hear of something that happens, before anybody says it to them."""
    with api.stage.faults.hold("merchant_notice"):
        happens()
        api.stage.drain()
    with api.stage.faults.hold("auto_reply"):
        api.stage.drain()
        found = waiting(api)
    api.stage.drain()
    return sorted(found, key=lambda fact: fact.phone)


def by_http(stall: Stall) -> Callable[[], object]:
    """The shop takes an order for a customer whom it knows."""
    product, customer = stall.product(stock=50), stall.customer_id(stall.customer())
    body = {"customer_id": customer, "lines": [{"product_id": product["id"], "quantity": 2}], "note": "ring twice"}
    return lambda: stall.api.json("POST", "orders", body, expect=201)


def by_chat(stall: Stall) -> Callable[[], object]:
    """A customer sends a cart."""
    product, customer = stall.product(stock=50), stall.customer()
    return lambda: stall.cart(customer, (product, 2), note="ring twice")


WAYS = {"http": by_http, "chat": by_chat}


@pytest.mark.parametrize("way", WAYS)
def test_order_makes_one_record_for_each_who_wants_it(stall: Stall, way: str) -> None:
    """In their own language; not for those who want other things, nor for another shop's people."""
    api, order = stall.api, WAYS[way](stall)
    people = [
        person(api, 1, *ALL),
        person(api, 2, "order.placed", language="bn"),
        person(api, 3, "order.placed", language="hi"),
    ]
    person(api, 4, "order.changed")
    person(api, 5)
    person(api, 6, *ALL, as_=HARDWARE_SHOP)
    heard = told(api, order)
    (placed,) = stall.orders()
    assert [fact.staff for fact in heard] == people
    assert [fact.phone for fact in heard] == ["919800000101", "919800000102", "919800000103"]
    assert [fact.text for fact in heard] == [
        f"New order {placed['number']}: ₹40, cash on delivery\n– Sandesh: 2 piece",
        f"নতুন অর্ডার {placed['number']}: ₹40, জিনিস পেয়ে নগদে\n– Sandesh: 2 টি",
        f"नया ऑर्डर {placed['number']}: ₹40, सामान मिलने पर नकद\n– Sandesh: 2 नग",
    ]
    assert told(api, lambda: None) == []


def test_notice_that_comes_again_is_the_same_record(stall: Stall) -> None:
    """Its key is the same, so that the queue drops it within minutes, and whoever says it drops it later."""
    api, order = stall.api, by_chat(stall)
    person(api, 1, "order.placed")
    with api.stage.faults.twice("merchant_notice"):
        (first,) = told(api, order)
    with api.stage.without_deduplication(), api.stage.faults.twice("merchant_notice"):
        twice = told(api, order)
    assert len(twice) == 2
    assert twice[0] == twice[1]
    assert first.key != twice[0].key


def test_death_at_every_point_tells_each_once(stall: Stall) -> None:
    """Whichever call merchant_notice dies before or after: the endpoint has the notice, and each phone shows it once."""
    api, order = stall.api, by_chat(stall)
    phones = [writer(stall, number) for number in range(1, 4)]
    endpoint = opened(api, body={"kinds": ["order.placed"]})
    api.stage.runner.forget()
    api.stage.faults.clear()
    assert len(told(api, order)) == 3
    points = api.stage.faults.points("merchant_notice")
    (passed_on,) = {point.call for point in points if "sqs.SendMessageBatch" in point.name}
    points = [
        point for point in points if point.call <= passed_on
    ]  # what follows is the endpoint's: test_notices_survive.py
    assert len(points) >= 8
    wrong = {}
    for point in points:
        api.stage.runner.forget()
        before = [len(stall.heard(phone)) for phone in phones]
        with api.stage.faults.kill(function="merchant_notice", call=point.call, when=point.when):
            order()
            api.stage.run_for(600)
        placed = stall.orders()[0]
        news = [stall.heard(phone)[seen:] for phone, seen in zip(phones, before, strict=True)]
        heard = [len(said) == 1 and placed["number"] in said[0] for said in news]
        if not all(heard) or log(api, endpoint)[0]["state"] != "delivered":
            wrong[point.name] = heard
    assert not wrong, f"{len(wrong)} of {len(points)} points: {wrong}"


def test_phone_shows_it_once_however_often_the_notice_comes(stall: Stall) -> None:
    """Who never wrote to the shop is told nothing."""
    api, order = stall.api, by_chat(stall)
    anita = writer(stall, 1)
    person(api, 2, "order.placed")
    before = len(stall.heard(anita))
    with api.stage.without_deduplication(), api.stage.faults.twice("merchant_notice"):
        order()
        api.stage.run_for(60)
    (said,) = stall.heard(anita)[before:]
    assert stall.orders()[0]["number"] in said
    assert stall.heard(api.stage.graph.customer(phone="919800000102")) == []
    assert not any("9800000101" in line or "9800000102" in line for line in api.stage.logs.lines())


def test_order_that_the_customer_takes_back_is_told(stall: Stall) -> None:
    """What the shop itself does with an order it knows."""
    api, order, rina = stall.api, by_chat(stall), stall.customer()
    anita = person(api, 1, "order.changed")
    order()
    (placed,) = stall.orders()
    assert told(api, lambda: stall.move(placed, "accept")) == []
    (heard,) = told(api, lambda: stall.chooses(rina, stall.offered(rina)[0]))
    assert stall.orders()[0]["state"] == "cancelled"
    assert (heard.staff, heard.text) == (anita, f"Order {placed['number']} (₹40) was cancelled by the customer.")
    order()
    assert told(api, lambda: stall.move(stall.orders()[0], "cancel")) == []


def test_new_order_that_was_taken_back_meanwhile_is_not_told_as_new(stall: Stall) -> None:
    """Its notices may come in any order: nobody begins to pack what nobody wants."""
    api, order, rina = stall.api, by_chat(stall), stall.customer()
    person(api, 1, "order.placed", "order.changed")

    def both() -> None:
        order()
        stall.chooses(rina, stall.offered(rina)[0])

    assert ["cancelled" in fact.text for fact in told(api, both)] == [True]


def test_question_and_failure_are_told_to_those_who_want_them(api: Api) -> None:
    """The failure with Meta's code, and for one code once an hour."""
    asked, failed = person(api, 1, "question.unanswered"), person(api, 2, "message.not_sent", language="hi")
    (heard,) = told(api, lambda: asks(api))
    assert (heard.staff, "could not answer" in heard.text) == (asked, True)

    def fails(number: int) -> Callable[[], None]:
        def happens() -> None:
            api.stage.graph.faults.error(131026)
            asks(api, "hours", number)
            api.stage.run_for(60)

        return happens

    (heard,) = told(api, fails(2))
    assert (heard.staff, "131026" in heard.text) == (failed, True)
    with api.stage.without_deduplication():
        (again,) = told(api, fails(3))
    assert again.key == heard.key
    api.stage.run_for(HOUR)
    (later,) = told(api, fails(4))
    assert later.key != heard.key


def test_all_hear_where_the_money_is_to_go(api: Api) -> None:
    """Whatever each wants to hear: a new account, and that somebody wants another UPI address; not another shop's people."""
    people = [person(api, 1, "order.placed", language="bn"), person(api, 2)]
    person(api, 3, *ALL, as_=HARDWARE_SHOP)
    account: dict[str, Any] = {"provider": "simbank", "upi_address": "sweets@upi", "name": "Mishti"}
    account |= {"provider_merchant_id": "m-1", "keys": {"callback_token": "t", "api_token": "u"}}
    heard = told(api, lambda: api.json("POST", "payee-accounts", account, expect=201))
    assert [fact.staff for fact in heard] == people
    assert heard[0].text.startswith("দোকানের টাকা নেওয়ার একটি অ্যাকাউন্ট যোগ করা হয়েছে।")
    assert heard[1].text.startswith("An account that takes the shop's money was connected.")
    path = f"payee-accounts/{api.json('GET', 'payee-accounts')['items'][0]['id']}/upi-address-changes"
    heard = told(api, lambda: api.json("POST", path, {"upi_address": "thief@upi"}, expect=202))
    assert [fact.staff for fact in heard] == people
    assert heard[1].text.startswith("Another UPI address is wanted for an account that takes the shop's money.")
    assert not any("@" in fact.text for fact in heard)


def test_failure_of_what_staff_are_told_ends_there(stall: Stall) -> None:
    """Where nothing at all can be sent, each person's two messages are tried, and none of them is told in turn."""
    api = stall.api
    for number in (1, 2):
        writer(stall, number, "question.unanswered", "message.not_sent")
    for _ in range(100):
        api.stage.graph.faults.error(131026)
    api.stage.faults.clear()
    asks(api, "do you sell rockets?", 3)
    api.stage.run_for(3 * HOUR)
    sends = [call for call in api.stage.faults.calls if (call.function, call.service) == ("outbound_message", "http")]
    assert len(sends) == 1 + 2 + 2, "the reply; that it was a question; that the reply failed"


def test_no_customer_is_named(stall: Stall) -> None:
    """Neither name nor number, nor what they wrote, stands in what staff are told."""
    api, rina = stall.api, stall.customer()
    person(api, 1, *ALL)
    product = stall.product()

    def everything() -> None:
        stall.cart(rina, (product, 2), note="ring the bell twice")
        stall.says(rina, "do you sell rockets?")
        stall.chooses(rina, next(title for title in offered(stall, rina) if title))

    heard = told(api, everything)
    assert len(heard) == 2, "the order was taken back before it was told"
    texts = " ".join(fact.text for fact in heard)
    assert not [word for word in (rina.phone, "customer 1", "bell", "rockets") if word in texts]


def offered(stall: Stall, customer: Customer) -> list[str]:
    """All that can be tapped on a customer's phone."""
    return [offer.title for line in stall.lines(customer) for offer in line.offers]


def test_removed_number_is_told_nothing_more(stall: Stall) -> None:
    """From the next notice on."""
    api, order = stall.api, by_chat(stall)
    entry = person(api, 1, "order.placed")
    assert len(told(api, order)) == 1
    assert api.call("DELETE", f"staff-numbers/{entry}").status == 204
    assert told(api, order) == []


def test_template_goes_with_what_is_told(stall: Stall) -> None:
    """Whoever says it knows by which template, if there is one."""
    api, order = stall.api, by_chat(stall)
    person(api, 1, "order.placed")
    assert told(api, order)[0].template is None
    tag = api.call("GET", "staff-template").headers["etag"]
    api.json("PUT", "staff-template", {"name": "staff_news", "language": "bn"}, match=tag)
    template = told(api, order)[0].template
    assert template is not None
    assert (template.name, template.language) == ("staff_news", "bn")


def test_shop_without_staff_costs_one_reading(stall: Stall) -> None:
    """And nothing for what staff are never told."""
    order = by_chat(stall)
    with stall.stage.faults.hold("merchant_notice"):
        order()
    stall.stage.faults.clear()
    stall.stage.drain()
    assert [call.operation for call in stall.stage.faults.calls if call.function == "merchant_notice"] == [
        "Query",
        "GetItem",
    ]
    with stall.stage.faults.hold("merchant_notice"):
        stall.move(stall.orders()[0], "accept")
    stall.stage.faults.clear()
    stall.stage.drain()
    assert [call.operation for call in stall.stage.faults.calls if call.function == "merchant_notice"] == ["Query"]
