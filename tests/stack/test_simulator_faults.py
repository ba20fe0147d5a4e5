"""The simulator's bad days: lost answers, errors on demand, webhooks that come again; and what survives a restart."""

import json
from typing import Any

import pytest

from infra.local.http import Dropped, NetworkFault, Refused, TimedOut
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
