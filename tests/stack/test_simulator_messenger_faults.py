"""Messenger's bad days: the same lines as for WhatsApp, on a page; and what survives a restart."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.http import Dropped, NetworkFault, Refused, TimedOut
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.messenger_customer import MessengerCustomer
from infra.local.simulators.messenger_errors import WORDS
from infra.local.simulators.people import Page
from tests.stack.simulated import PHONE, SWEETS, Clock, drain
from tests.stack.simulated_messenger import OTHER, PAGE, ask, error, heard, said, send

if TYPE_CHECKING:
    from infra.local.simulators.webhooks import Shape


@pytest.fixture
def clock() -> Clock:
    """Return the time of the simulator."""
    return Clock()


@pytest.fixture
def sim(clock: Clock) -> GraphSimulator:
    """Return a simulator with a number and two pages."""
    sim = GraphSimulator("app-secret", "verify-token", [SWEETS], clock)
    sim.add_page(PAGE)
    sim.add_page(OTHER)
    return sim


@pytest.fixture
def rina(sim: GraphSimulator) -> MessengerCustomer:
    """Return a customer who has just written to a page."""
    customer = sim.messenger.customer(name="Rina")
    customer.writes(PAGE, "hours")
    drain(sim)
    return customer


def told(sim: GraphSimulator) -> list[str]:
    """What the page hears of its messages: one word for each event."""
    return [key for key, _ in heard(sim)]


@pytest.mark.parametrize(
    ("fault", "raised", "reported"),
    [
        (lambda sim: sim.faults.refuse(), Refused, []),
        (lambda sim: sim.faults.time_out(), TimedOut, []),
        (lambda sim: sim.faults.time_out(accepted=True), TimedOut, ["echo", "delivery", "read"]),
        (lambda sim: sim.faults.drop(), Dropped, []),
        (lambda sim: sim.faults.accept_then_drop(number=PAGE), Dropped, ["echo", "delivery", "read"]),
        (lambda sim: sim.faults.slow(30), TimedOut, ["echo", "delivery", "read"]),
    ],
)
def test_network_swallows_answers(
    sim: GraphSimulator, rina: MessengerCustomer, fault: Any, raised: type[NetworkFault], reported: list[str]
) -> None:
    """A lost answer is an exception for the caller; only where Meta took the message does it come back as an echo."""
    sim.wait = lambda _: None
    fault(sim)
    with pytest.raises(raised):
        send(sim, said(rina.user_id(PAGE), message={"metadata": "lost"}))
    assert [(sent.accepted, sent.opaque) for sent in sim.sent(PAGE)] == [(bool(reported), "lost")]
    assert told(sim) == reported
    assert send(sim, said(rina.user_id(PAGE))).status == 200


@pytest.mark.parametrize(("code", "subcode"), WORDS)
def test_every_error_comes_on_demand(
    sim: GraphSimulator, rina: MessengerCustomer, code: int, subcode: int | None
) -> None:
    """Each code can be had with its subcode and with any HTTP status; then all is well again."""
    sim.faults.error(code, subcode=subcode, to=rina.user_id(PAGE))
    sim.faults.error(code, subcode=subcode, status=418)
    at_once, odd = (send(sim, said(rina.user_id(PAGE))) for _ in range(2))
    assert (error(at_once), at_once.status) == ((code, subcode), WORDS[code, subcode][0])
    assert (error(odd), odd.status) == ((code, subcode), 418)
    assert send(sim, said(rina.user_id(PAGE))).status == 200
    assert [sent.error for sent in sim.sent(PAGE)] == [code, code, None]


def test_message_that_is_lost_later_is_never_spoken_of(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """Messenger reports no failure: what it took and lost has neither echo nor delivery."""
    sim.faults.late(131026)
    assert send(sim, said(rina.user_id(PAGE))).status == 200
    assert told(sim) == []
    assert sim.transcript(PAGE, rina)[-1].tick == "accepted"


def test_faults_of_a_page_leave_others_alone(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """A broken answer or the dark meets the page that it is for; signs meet only the dark; other calls have their own."""
    rina.writes(OTHER, "hours")
    sim.faults.broken(502, number=PAGE)
    sim.faults.error(1, edge="messenger_profile")
    to = {"recipient": {"id": rina.user_id(PAGE)}}
    assert send(sim, to | {"sender_action": "typing_on"}).status == 200
    assert send(sim, said(rina.user_id(OTHER)), page=OTHER).status == 200
    assert send(sim, said(rina.user_id(PAGE))).status == 502
    assert error(ask(sim, "GET", f"{PAGE}/messenger_profile")) == (1, None)
    dark = sim.faults.dark(PAGE)
    with pytest.raises(Refused):
        send(sim, to | {"sender_action": "typing_on"})
    with pytest.raises(Refused):
        ask(sim, "GET", "me")
    assert ask(sim, "GET", "me", page=OTHER).status == 200
    sim.faults.remove(dark)
    assert ask(sim, "GET", "me").status == 200


def shape(body: Any) -> list[int]:
    """How many events each entry has."""
    return [len(entry["messaging"]) for entry in body["entry"]]


def test_several_events_stand_in_an_entry_and_several_entries_in_a_body(
    sim: GraphSimulator, rina: MessengerCustomer
) -> None:
    """Pages' events go together, in one entry for each page or in many, and never with those of a number."""
    forms: tuple[tuple[Shape, list[int]], ...] = (("messages", [2, 1, 1]), ("entries", [1, 1, 1, 1]))
    for form, expected in forms:
        sim.webhooks.clear()
        sim.webhooks.batch(10, shape=form)
        for page, word in ((PAGE, "1"), (PAGE, "2"), (OTHER, "3"), (PAGE, "4")):
            rina.writes(page, word)
        sim.customer(phone=PHONE).writes(SWEETS, "5")
        pages, number = drain(sim)
        assert (pages["object"], number["object"]) == ("page", "whatsapp_business_account")
        assert shape(pages) == expected
        assert [one["message"]["text"] for entry in pages["entry"] for one in entry["messaging"]] == list("1234")
    assert {line.tick for line in sim.transcript(PAGE, rina)} == {"received"}


def test_pages_of_two_apps_share_no_body(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """What another app's secret signs goes alone: nobody could check both."""
    sim.add_page(Page.of(OTHER, app_secret="another app's"))
    sim.webhooks.batch(10)
    for page in (PAGE, OTHER, PAGE):
        rina.writes(page, "hours")
    assert [shape(body) for body in drain(sim)] == [[2], [1]]


def test_events_come_twice_late_and_out_of_order(sim: GraphSimulator, rina: MessengerCustomer, clock: Clock) -> None:
    """The habits of webhooks hold for pages: the same bytes again, another body, overtaken, late, in plain letters."""

    def texts() -> list[list[str]]:
        bodies = drain(sim)
        return [[one["message"]["text"] for entry in body["entry"] for one in entry["messaging"]] for body in bodies]

    sim.webhooks.duplicate(times=1, number=PAGE)
    rina.writes(PAGE, "1")
    assert texts() == [["1"], ["1"]]
    sim.customer(phone=PHONE).writes(SWEETS, "a number's, with which nothing of a page goes")
    drain(sim)
    sim.webhooks.rewrap(times=1)
    rina.writes(PAGE, "2")
    assert texts() == [["2"], ["1", "2"]]
    sim.webhooks.reorder(times=1)
    for word in "34":
        rina.writes(PAGE, word)
    assert texts() == [["4"], ["3"]]
    sim.webhooks.delay(30, times=1, what="message")
    rina.writes(PAGE, "5")
    assert texts() == []
    clock.now += 30
    assert texts() == [["5"]]
    sim.webhooks.raw(times=1)
    rina.writes(PAGE, "দাম")
    (webhook,) = sim.due(clock.now)
    assert "দাম".encode() in webhook.body


def test_echoes_and_watermarks_wait_until_they_are_released(sim: GraphSimulator, clock: Clock) -> None:
    """Held, what is heard of a message comes only when told; one release may mark many lines."""
    rina = sim.messenger.customer(reads="when opened")
    rina.writes(PAGE, "hours")
    drain(sim)
    sim.statuses = "held"
    for _ in range(2):
        send(sim, said(rina.user_id(PAGE)))
    rina.opens(PAGE)
    assert told(sim) == []
    assert sim.release(4) == 4
    assert told(sim) == ["echo", "delivery"] * 2
    assert sim.release() == 1
    assert told(sim) == ["read"]
    assert [line.tick for line in sim.transcript(PAGE, rina)] == ["received", "read", "read"]


def test_delays_come_one_after_the_other(sim: GraphSimulator, rina: MessengerCustomer, clock: Clock) -> None:
    """Echo, delivery and reading have the delays of sent, delivered and read; their times are those moments."""
    sim.delays = (1.0, 2.0, 4.0)
    begin = clock.now
    send(sim, said(rina.user_id(PAGE)))
    seen = []
    for _ in range(8):
        seen += [(clock.now - begin, key, event["timestamp"]) for key, event in heard(sim)]
        clock.now += 1
    at = round(begin * 1000)
    assert seen == [(1, "echo", at), (3, "delivery", at + 3000), (7, "read", at + 7000)]


def test_pages_survive_a_dump(sim: GraphSimulator, rina: MessengerCustomer, clock: Clock) -> None:
    """Pages, page-scoped ids, subscriptions, handovers, held and waiting webhooks come back; an older dump knew none of them."""
    sim.add_page(Page.of(OTHER, app_secret="another app's", human_agent=False, fields=("messages",)))
    ask(sim, "POST", "me/subscribed_apps", query={"subscribed_fields": "messages,message_reads,messaging_handovers"})
    ask(sim, "POST", "me/messenger_profile", {"get_started": {"payload": "GO"}})
    guest = sim.messenger.customer(reads="when opened")
    guest.writes(PAGE, "hours")
    sim.statuses = "held"
    for _ in range(2):
        send(sim, said(guest.user_id(PAGE)))
    guest.opens(PAGE)
    rina.blocks(OTHER)
    rina.writes(OTHER, "hours")
    sim.messenger.hands_over(PAGE, rina)
    kept = json.loads(json.dumps(sim.dump()))
    other = GraphSimulator("app-secret", "verify-token", [SWEETS], clock)
    other.load(kept)
    assert json.loads(json.dumps(other.dump())) == kept
    assert [(one.path, one.body, one.headers) for one in other.due(clock.now)] == [
        (one.path, one.body, one.headers) for one in sim.due(clock.now)
    ]
    assert error(send(other, said(rina.user_id(PAGE)))) == (10, 2018300)
    assert error(send(other, said(rina.user_id(OTHER)), page=OTHER)) == (551, 1545041)
    assert other.release() == 1
    del kept["messenger"]
    for held in kept["held"]:
        del held["more"]
    older = GraphSimulator("app-secret", "verify-token", [SWEETS], clock)
    older.add_page(PAGE)
    older.load(kept)
    assert older.messenger.page(PAGE).page_id == PAGE
