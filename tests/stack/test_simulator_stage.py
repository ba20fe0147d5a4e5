"""The simulator's bad days, felt by the whole stack: time that passes in one process, and webhooks of every odd kind."""

import pytest

from infra.local.market import HARDWARE, SWEETS
from infra.local.seed import seed
from infra.local.stage import Stage

SWEET_SHOP, HARDWARE_SHOP = SWEETS.phone_number_id, HARDWARE.phone_number_id


@pytest.mark.on_moto("waiting that moves the clock")
@pytest.mark.parametrize(("seconds", "passed"), [(5, 5), (30, 10)])
def test_slow_meta_costs_the_sender_time_and_no_message(stage: Stage, seconds: float, passed: float) -> None:
    """The stage's clock moves by what the sender waits, ten seconds at most; the customer is answered once either way."""
    seed(stage)
    stage.graph.faults.slow(seconds)
    rina = stage.graph.customer(phone="919800000001")
    rina.writes(SWEET_SHOP, "hours")
    begin = stage.clock.now()
    stage.drain()
    assert stage.clock.now() == pytest.approx(begin + passed, abs=0.01)
    stage.run_for(3600)
    assert len(stage.graph.sent()) == 1


def test_odd_webhooks_are_answered_once_each(stage: Stage) -> None:
    """Joined, doubled, rewrapped, overtaken, late, unescaped: every message is answered, and none twice."""
    seed(stage)
    sim = stage.graph
    sim.webhooks.batch(4, shape="changes", wait=1, what="message")
    sim.webhooks.crowd(10)
    sim.webhooks.duplicate(every=2)
    sim.webhooks.duplicate(after=400, every=3)
    sim.webhooks.rewrap(every=2, after=1)
    sim.webhooks.reorder(every=3)
    sim.webhooks.delay(7, every=5)
    sim.webhooks.raw(every=2)
    asked = [
        sim.customer(phone=f"91980000{n:04d}").writes(shop, "hours")
        for n in range(12)
        for shop in (SWEET_SHOP, HARDWARE_SHOP)
    ]
    stage.run_for(3600)
    assert sorted(sent.quoted or "" for sent in sim.sent()) == sorted(asked)
    assert {line.tick for n in range(12) for line in sim.transcript(SWEET_SHOP, f"c{n + 1}")} == {"received", "read"}
    assert not [failure for failure in stage.failures if not failure.died]
