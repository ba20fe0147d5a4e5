"""The simulator judges sends as the platform does: limits, windows, and statuses."""

import json
from typing import Any

import pytest

from infra.local.http import Request, Response
from infra.local.simulators.customer import Customer
from infra.local.simulators.graph import GraphSimulator
from tests.stack.simulated import PHONE, SAREES, SWEETS, Clock, code, drain, post, statuses, text


@pytest.fixture
def clock() -> Clock:
    """Return the time of the simulator."""
    return Clock()


@pytest.fixture
def sim(clock: Clock) -> GraphSimulator:
    """Return a simulator with two shops."""
    return GraphSimulator("app-secret", "verify-token", [SWEETS, SAREES], clock)


@pytest.fixture
def rina(sim: GraphSimulator) -> Customer:
    """Return a customer who has just written to the sweet shop."""
    customer = sim.customer(phone=PHONE, name="Rina")
    customer.writes(SWEETS, "hours")
    drain(sim)
    return customer


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"not json", 100),
        (b"[" * 100_000, 100),
        (text(messaging_product="sms"), 100),
        (text(biz_opaque_callback_dat="x"), 100),
        (text(to=None), 100),
        (text(to="abc"), 100),
        (text(to=None, recipient="nobody"), 100),
        (text(type="poem"), 100),
        (text(text=None), 131008),
        (text(text={"body": ""}), 131008),
        (text(text={"body": 5}), 100),
        (text(text={"body": "x", "colour": "red"}), 100),
        (text("x" * 4097), 100),
        (text(biz_opaque_callback_data="x" * 513), 100),
        (text(context={"id": "wamid.x"}), 100),
        (text(type="interactive", text=None, interactive={"type": "button", "body": {"text": "?"}}), 131008),
        ({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.unknown"}, 100),
        ({"messaging_product": "whatsapp", "status": "seen", "message_id": "wamid.unknown"}, 100),
    ],
)
def test_a_wrong_body_is_refused_with_metas_code(sim: GraphSimulator, rina: Customer, body: Any, expected: int) -> None:
    """Each mistake of a sender is answered with the code that Meta gives it, and nothing is sent."""
    answer = post(sim, body)
    assert (code(answer), sim.transcript(SWEETS, rina)[1:]) == (expected, [])


def test_the_largest_text_and_opaque_data_are_taken(sim: GraphSimulator, rina: Customer) -> None:
    """4096 characters of any script and 512 of our own data are within the limits."""
    assert post(sim, text("অ" * 4096, biz_opaque_callback_data="x" * 512)).status == 200


def test_with_both_addresses_the_number_wins(sim: GraphSimulator, rina: Customer) -> None:
    """A body with `to` and `recipient` goes to the number."""
    assert post(sim, text(recipient="IN.123")).status == 200
    assert sim.sent()[-1].to == PHONE
    assert sim.sent()[-1].recipient is None


def test_an_unknown_user_id_is_undeliverable(sim: GraphSimulator, rina: Customer) -> None:
    """A user id of another portfolio can't be written to."""
    rina.writes(SAREES, "hours")
    assert code(post(sim, text(to=None, recipient=rina.user_id(SAREES)))) == 131026
    assert post(sim, text(to=None, recipient=rina.user_id(SAREES)), shop=SAREES).status == 200


def test_list_and_button_limits_hold() -> None:
    """Titles, counts and duplicates are judged as Meta does."""
    sim = GraphSimulator("s", "t", [SWEETS], Clock())
    sim.customer(phone=PHONE).writes(SWEETS, "menu")

    def buttons(*titles: str) -> Response:
        rows = [{"type": "reply", "reply": {"id": str(n), "title": title}} for n, title in enumerate(titles)]
        content = {"type": "button", "body": {"text": "Which?"}, "action": {"buttons": rows}}
        return post(sim, text(type="interactive", text=None, interactive=content))

    def menu(count: int, title: str = "Rasgulla") -> Response:
        rows = [{"id": str(n), "title": title} for n in range(count)]
        content = {
            "type": "list",
            "body": {"text": "Which?"},
            "action": {"button": "See", "sections": [{"rows": rows}]},
        }
        return post(sim, text(type="interactive", text=None, interactive=content))

    assert buttons("Yes", "No").status == 200
    assert [code(buttons(*titles)) for titles in ([], ["a"] * 2, ["a", "b", "c", "d"], ["x" * 21])] == [131009] * 4
    assert menu(10).status == 200
    assert [code(menu(11)), code(menu(1, "x" * 25))] == [131009] * 2


def test_the_window_closes_after_a_day(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """Until 24 h after the customer's last message a text is taken, from then on it is 131047."""
    clock.now += 86_399
    assert post(sim, text()).status == 200
    clock.now += 1
    assert code(post(sim, text())) == 131047
    assert code(post(sim, text(), shop=SAREES)) == 131047
    sim.window_refusal = "later"
    assert post(sim, text(biz_opaque_callback_data="late")).status == 200
    assert statuses(sim)[-1] == ("failed", "late")
    rina.writes(SWEETS, "again")
    assert post(sim, text()).status == 200


def test_a_pair_has_45_and_one_back_each_6_seconds(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """The 46th message in a row is 131056, six seconds later one passes; other customers don't notice."""
    assert {post(sim, text()).status for _ in range(45)} == {200}
    assert code(post(sim, text())) == 131056
    sim.customer(phone="919800000002").writes(SWEETS, "hours")
    assert post(sim, text(to="919800000002")).status == 200
    clock.now += 5.9
    assert code(post(sim, text())) == 131056
    clock.now += 0.1
    assert [post(sim, text()).status, code(post(sim, text()))] == [200, 131056]


def test_statuses_come_with_our_data_and_move_the_ticks(sim: GraphSimulator, rina: Customer) -> None:
    """Sent, delivered and read are posted in order; a tick moves when Haat has answered 200."""
    post(sim, text(biz_opaque_callback_data="our-7"))
    assert sim.transcript(SWEETS, rina)[-1].tick == "accepted"
    assert statuses(sim) == [("sent", "our-7"), ("delivered", "our-7"), ("read", "our-7")]
    assert sim.transcript(SWEETS, rina)[-1].tick == "read"


def test_held_statuses_wait_for_release(sim: GraphSimulator, rina: Customer) -> None:
    """While statuses are held none is posted; released ones come one by one or all."""
    sim.statuses = "held"
    post(sim, text())
    assert statuses(sim) == []
    assert sim.release(1) == 1
    assert statuses(sim) == [("sent", None)]
    assert sim.release() == 2
    assert statuses(sim) == [("delivered", None), ("read", None)]


def test_a_phone_reads_when_it_is_opened(sim: GraphSimulator) -> None:
    """For a customer who reads by opening the chat, "read" comes then, once."""
    customer = sim.customer(phone=PHONE, reads="when opened")
    customer.writes(SWEETS, "hours")
    post(sim, text())
    assert statuses(sim) == [("sent", None), ("delivered", None)]
    customer.opens(SWEETS)
    customer.opens(SWEETS)
    assert statuses(sim) == [("read", None)]


def test_read_receipts_move_the_customers_ticks(sim: GraphSimulator, rina: Customer) -> None:
    """A read receipt marks the message and those before it, and is remembered with its typing."""
    second = rina.writes(SWEETS, "and on Sunday?")
    third = rina.writes(SWEETS, "hello?")
    body = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": second,
        "typing_indicator": {"type": "text"},
    }
    assert json.loads(post(sim, body).body) == {"success": True}
    assert [line.tick for line in sim.transcript(SWEETS, rina)] == ["read", "read", "posted"]
    assert sim.receipts()[-1].typing
    assert third == sim.transcript(SWEETS, rina)[-1].wamid


def test_what_haat_sent_is_kept_with_its_fate(sim: GraphSimulator, rina: Customer) -> None:
    """Every attempt is listed: text, quoted message, address, our data, and what became of it."""
    question = sim.transcript(SWEETS, rina)[0].wamid
    post(sim, text("Open till 9.", context={"message_id": question}, biz_opaque_callback_data="our-1"))
    sim.faults.error(131000, status=503)
    post(sim, text("Again."))
    good, bad = sim.sent(SWEETS, rina)
    assert (good.text, good.quoted, good.to, good.opaque) == ("Open till 9.", question, PHONE, "our-1")
    assert (good.outcome, good.accepted, good.error) == ("accepted", True, None)
    assert (bad.outcome, bad.accepted, bad.error, bad.answered) == ("error", False, 131000, True)
    assert sim.sent(SAREES) == []


def test_a_profile_is_read_back(sim: GraphSimulator) -> None:
    """A number answers with its settings, and a changed profile is kept."""
    headers = {"authorization": f"Bearer haat-local-token-{SWEETS}"}
    number = Request(method="GET", path=f"/v25.0/{SWEETS}", query={"fields": "verified_name"}, headers=headers)
    assert json.loads(sim.handle(number).body) == {"verified_name": "Shop 001", "id": SWEETS}
    path = f"/v25.0/{SWEETS}/whatsapp_business_profile"
    change = json.dumps({"messaging_product": "whatsapp", "about": "মিষ্টি"}).encode()
    assert sim.handle(Request(method="POST", path=path, headers=headers, body=change)).status == 200
    read = json.loads(sim.handle(Request(method="GET", path=path, headers=headers)).body)
    assert read == {"data": [{"vertical": "UNDEFINED", "about": "মিষ্টি", "messaging_product": "whatsapp"}]}
