"""Whatever dies, comes twice, late, at once or not at all: money is counted once, and nothing of it is lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.local.faults import Point
from infra.local.stage import Stage
from tests.stack.payment.scenes import AMOUNT, FOUR, RRN, SCENES, TR, Counter
from tests.stack.payment.till import payment_entity, scripted

pytestmark = pytest.mark.on_moto("a bank that answers by script")


@contextmanager
def _begun(stage: Stage) -> Iterator[Counter]:
    stage.reset()
    with scripted(stage) as bank:
        yield Counter(stage, bank)


def _points(stage: Stage, scene: str) -> list[Point]:
    """Play a scene in which nobody dies; return where somebody of those who handle money could have."""
    with _begun(stage) as counter:
        stage.faults.clear()
        SCENES[scene].play(counter)
        SCENES[scene].check(counter)
        _nothing_set_aside(stage)
        assert not stage.failures
    points = [point for point in stage.faults.points() if point.function in (*FOUR, "outbox_relay")]
    # The schedule looks each minute; one look in ten is enough.
    looks = [point for point in points if point.function == "payment_reconciler" and "Query" in point.name]
    return [point for point in points if point not in looks or looks.index(point) % 10 < 2]


def _nothing_set_aside(stage: Stage) -> None:
    for queue in stage.deployment.queues:
        # What is due later may wait there.
        assert stage.queue_depth(queue) == 0 or queue.endswith("-payment-due"), queue


def _deaths(stage: Stage, scene: str, points: list[Point]) -> Iterator[tuple[str, str]]:
    for point in points:
        try:
            with _begun(stage) as counter:
                stage.faults.clear()
                with stage.faults.kill(function=point.function, call=point.call, when=point.when):
                    SCENES[scene].play(counter)
                SCENES[scene].check(counter)
                _nothing_set_aside(stage)
        except (AssertionError, ValueError) as error:
            yield point.name, str(error)[:300]


@pytest.mark.parametrize(
    ("scene", "every"),
    [*((scene, 10) for scene in SCENES), *(pytest.param(scene, 1, marks=pytest.mark.slow) for scene in SCENES)],
)
def test_death_at_every_point_loses_no_money_and_doubles_none(stage: Stage, scene: str, every: int) -> None:
    """Whichever function dies before or after whichever of its calls: one receipt, one notice, one refund for each id.

    Every tenth point is tried every day, and all of them with the slow tests.
    """
    points = _points(stage, scene)[::every]
    wrong = dict(_deaths(stage, scene, points))
    assert not wrong, f"{len(wrong)} of {len(points)} points: {wrong}"


def test_every_function_that_handles_money_is_among_those_that_die(stage: Stage) -> None:
    """The scenes together pass through all four."""
    assert {point.function for scene in SCENES for point in _points(stage, scene)} >= set(FOUR)


@pytest.mark.parametrize("function", FOUR[1:])
def test_batch_that_comes_twice_has_one_effect(stage: Stage, function: str) -> None:
    """Queues of this kind may bring everything twice."""
    for scene in SCENES:
        with _begun(stage) as counter:
            if function == "payment_settlement" or scene != "paid, told by a webhook":
                with stage.faults.twice(function):
                    SCENES[scene].play(counter)
                SCENES[scene].check(counter)
                _nothing_set_aside(stage)


def test_hundred_parallel_deliveries_are_one_receipt_and_one_notice(stage: Stage) -> None:
    """Half of them while another is being decided."""
    with _begun(stage) as counter:
        counter.ask()
        stage.run_for(40)
        counter.pays(told=50)

        def fifty_more() -> None:
            counter.pays(told=50)

        with stage.faults.meanwhile(fifty_more, function="payment_settlement", operation="TransactWriteItems"):
            counter.settled()
        SCENES["paid, told by a webhook"].check(counter)
        _nothing_set_aside(stage)


def test_hundred_deliveries_with_ids_of_their_own_are_one_receipt_too(stage: Stage) -> None:
    """An event id is a first filter only: a replay with another one finds the money counted."""
    with _begun(stage) as counter:
        counter.ask()
        stage.run_for(40)
        for number in range(100):
            counter.pays(event_id=f"E{number}")
        counter.settled()
        SCENES["paid, told by a webhook"].check(counter)


def test_every_callback_dropped_all_end_paid(stage: Stage) -> None:
    """Twenty payments, no webhook: each is found by asking, within the limits."""
    with _begun(stage) as counter:
        trs = [f"{TR[:-2]}{number:02d}" for number in range(20)]
        for number, tr in enumerate(trs):
            counter.ask(tr=tr)
            made = {
                "id": f"qr_{number}",
                "entity": "qr_code",
                "image_content": "upi://pay?pa=haat.kirana@testrzp&tr=RZP1",
            }
            counter.script.puts("POST", "/v1/payments/qr_codes", made)
            stage.drain()
            entity = payment_entity("", f"6005100000{number:02d}", AMOUNT, at=counter.till.now() // 1_000)
            counter.script.puts("GET", f"/v1/payments/qr_codes/qr_{number}/", counter.listed([entity]))
        counter.settled()
        found = [counter.till.payment(tr) for tr in trs]
        assert [payment.request.state for payment in found] == ["PAID"] * 20
        assert {len(payment.request.pulls) for payment in found} == {1}


def test_receipt_carries_what_the_bank_said(stage: Stage) -> None:
    """RRN, sum and time stand in the receipt as they came."""
    with _begun(stage) as counter:
        SCENES["paid, told by a webhook"].play(counter)
        (receipt,) = counter.payment.receipts
        assert (receipt.rrn, receipt.provider_txn_id) == (RRN, f"pay_{RRN}")
        assert counter.till.payments.find(counter.till.account.id, rrn=RRN) == TR
