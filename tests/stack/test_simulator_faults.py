"""The simulator's bad days: lost answers, errors on demand, webhooks that come again; and what survives a restart."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.http import Dropped, NetworkFault, Refused, Response, TimedOut
from infra.local.simulators.customer import Customer
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.graph_errors import ERRORS
from infra.local.simulators.trouble import GROUPS
from tests.stack.simulated import PHONE, SAREES, SWEETS, Clock, call, code, drain, post, statuses, text

if TYPE_CHECKING:
    from collections.abc import Callable


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
    ("fault", "raised", "reported"),
    [
        (lambda sim: sim.faults.refuse(), Refused, []),
        (lambda sim: sim.faults.time_out(), TimedOut, []),
        (lambda sim: sim.faults.time_out(accepted=True), TimedOut, ["sent", "delivered", "read"]),
        (lambda sim: sim.faults.drop(), Dropped, []),
        (lambda sim: sim.faults.accept_then_drop(), Dropped, ["sent", "delivered", "read"]),
    ],
)
def test_the_network_swallows_answers(
    sim: GraphSimulator, rina: Customer, fault: Any, raised: type[NetworkFault], reported: list[str]
) -> None:
    """A lost answer is an exception for the caller; only where Meta took the message do statuses follow."""
    fault(sim)
    with pytest.raises(raised):
        post(sim, text(biz_opaque_callback_data="lost"))
    assert sim.sent()[-1].accepted is bool(reported)
    assert sim.sent()[-1].answered is False
    assert statuses(sim) == [(status, "lost") for status in reported]
    assert post(sim, text()).status == 200


def test_faults_wait_for_the_send_that_fits(sim: GraphSimulator, rina: Customer) -> None:
    """A fault for one customer and a number of times meets only those sends, in the order of the list."""
    sim.customer(phone="919800000002").writes(SWEETS, "hours")
    sim.faults.error(130429, times=2, to=PHONE)
    sim.faults.broken(502)
    sim.faults.late(131026, to=PHONE)
    assert post(sim, text(to="919800000002")).status == 502
    assert [code(post(sim, text())) for _ in range(2)] == [130429, 130429]
    assert post(sim, text(biz_opaque_callback_data="late")).status == 200
    assert ("failed", "late") in statuses(sim)
    assert len(sim.faults) == 0


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_comes_on_demand(sim: GraphSimulator, rina: Customer, error: int) -> None:
    """Each code can be had at once, with any HTTP status, and as a later failure; then all is well again."""
    sim.faults.error(error)
    sim.faults.error(error, status=418)
    sim.faults.late(error)
    at_once, odd = post(sim, text()), post(sim, text())
    assert [code(at_once), at_once.status, code(odd), odd.status] == [error, ERRORS[error][0], error, 418]
    assert post(sim, text()).status == 200
    (failed,) = [document["entry"][0]["changes"][0]["value"] for document in drain(sim)]
    assert failed["statuses"][0]["errors"][0]["code"] == error
    assert "contacts" not in failed
    assert post(sim, text()).status == 200


def test_page_offers_every_error_once() -> None:
    """The groups of errors that a person can choose from hold every code that the simulator knows, each once."""
    offered = [code for _, codes in GROUPS for code in codes]
    assert sorted(offered) == sorted(ERRORS)


def test_slow_answer_moves_time_and_nothing_else(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """A slow answer is a good one that comes later; who waits less sees a timeout, while Meta has the message."""

    def free() -> bool:
        got = sim.lock.acquire(blocking=False)
        if got:
            sim.lock.release()
        return got

    def wait(seconds: float) -> None:
        with ThreadPoolExecutor(1) as others:
            assert others.submit(free).result(), "others are answered while one waits"
        clock.now += seconds

    sim.wait = wait
    begin = clock.now
    sim.faults.slow(9.9, to=PHONE)
    assert post(sim, text(biz_opaque_callback_data="slow")).status == 200
    assert clock.now == pytest.approx(begin + 9.9)
    sim.faults.slow(10)
    with pytest.raises(TimedOut):
        post(sim, text(biz_opaque_callback_data="too slow"))
    assert clock.now == pytest.approx(begin + 19.9)
    assert [sent.outcome for sent in sim.sent()] == ["accepted", "accepted"]
    assert {opaque for _, opaque in statuses(sim)} == {"slow", "too slow"}


def test_dark_meta_answers_nobody_until_it_is_back(sim: GraphSimulator, rina: Customer) -> None:
    """In the dark no call of any kind comes through, for one shop or for all, and that ends when it is switched off."""
    dark = sim.faults.dark(SWEETS)
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": sim.transcript(SWEETS, rina)[0].wamid}
    calls: list[Callable[[], Response]] = [
        lambda: post(sim, text()),
        lambda: post(sim, receipt),
        lambda: call(sim, "GET", SWEETS),
    ]
    for make in calls * 3:
        with pytest.raises(Refused):
            make()
    assert call(sim, "GET", SAREES, shop=SAREES).status == 200
    sim.faults.remove(dark)
    assert post(sim, receipt).status == 200


def test_other_calls_have_faults_of_their_own(sim: GraphSimulator, rina: Customer) -> None:
    """A fault for uploads or templates leaves sends alone, and the other way round."""
    waba = sim.shop(SWEETS).waba_id
    sim.faults.error(131053, edge="media")
    sim.faults.error(131000, edge="message_templates")
    assert post(sim, text()).status == 200
    assert code(call(sim, "POST", f"{SWEETS}/media")) == 131053
    assert code(call(sim, "GET", f"{waba}/message_templates")) == 131000
    assert call(sim, "GET", f"{waba}/message_templates").status == 200


def test_number_has_80_messages_in_a_second(sim: GraphSimulator, clock: Clock) -> None:
    """The 81st send within a second is 130429 where the rate counts, by number; a second later the next one passes."""
    sim.rate = "sent"
    people = [sim.customer(phone=f"91980000{n:04d}") for n in range(81)]
    for person in people:
        person.writes(SWEETS, "hours")
    answers = [post(sim, text(to=person.phone)) for person in people]
    assert [answer.status for answer in answers[:80]] == [200] * 80
    assert code(answers[80]) == 130429
    clock.now += 0.999
    assert code(post(sim, text(to=people[80].phone))) == 130429
    clock.now += 0.001
    assert post(sim, text(to=people[80].phone)).status == 200
    sim.rate = "both"
    clock.now += 1
    for _ in range(80):
        people[0].writes(SWEETS, "hours")
    assert code(post(sim, text(to=people[80].phone))) == 130429


def test_anything_but_200_brings_a_webhook_again(sim: GraphSimulator, clock: Clock) -> None:
    """The same bytes come again after growing gaps, for seven days."""
    sim.customer(phone=PHONE).writes(SWEETS, "hours")
    begin, bodies, gaps = clock.now, set(), []
    while webhooks := sim.due(clock.now):
        bodies |= {webhook.body for webhook in webhooks}
        sim.answered(webhooks[0], 500, clock.now)
        assert sim.due(clock.now) == []
        waiting = list(sim.world.outbox.waiting.values())
        if waiting:
            gaps.append(waiting[0].due_at - clock.now)
            clock.now = waiting[0].due_at
    assert len(bodies) == 1
    assert gaps[:4] == [1, 2, 4, 8]
    assert gaps == sorted(gaps)
    assert 6 * 86_400 < clock.now - begin <= 7 * 86_400
    assert len(sim.world.outbox.given_up) == 1


def test_a_webhook_is_in_one_hand_at_a_time(sim: GraphSimulator, clock: Clock) -> None:
    """What is being posted is not handed out again, until its poster has been silent for a minute."""
    sim.customer(phone=PHONE).writes(SWEETS, "hours")
    assert len(sim.due(clock.now)) == 1
    assert sim.due(clock.now + 59) == []
    assert len(sim.due(clock.now + 60)) == 1


def test_chats_survive_a_dump(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """A dump goes through JSON and back: transcript, windows, ids and waiting webhooks are the same."""
    sim.statuses = "held"
    rina.writes(SWEETS, "দাম?")
    post(sim, text(biz_opaque_callback_data="our-1"))
    sim.raw(b"\xff\x00 not even JSON")
    kept = json.loads(json.dumps(sim.dump()))
    other = GraphSimulator("app-secret", "verify-token", [SWEETS, SAREES], clock)
    other.load(kept)
    assert json.loads(json.dumps(other.dump())) == kept
    assert other.transcript(SWEETS, rina.key) == sim.transcript(SWEETS, rina)
    assert [webhook.body for webhook in other.due(clock.now)] == [webhook.body for webhook in sim.due(clock.now)]
    assert other.release() == 3
    assert post(other, text()).status == 200
