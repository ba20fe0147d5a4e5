"""Callbacks that no bank has sent, at each bank of the stage and on both judges: they change nothing, and cost little."""

import pytest

from haat.kernel.time import HOUR, later
from haat.payment.banks.registry import bank
from infra.local.payees import PAYEES, DemoPayee
from infra.local.stage import Stage
from tests.stack.payment.banked import AMOUNT, FIRST_LOOK, OVER, Banked, awake

EACH = pytest.mark.parametrize("payee", PAYEES, ids=lambda payee: payee.provider)
HINTS = [payee for payee in PAYEES if bank(payee.provider).CAPS.trust == "hint"]
# Of these one is tried every day: the one that costs most to read. simbank's are in test_hints.py, second by second.
OFTEN = [
    pytest.param(payee, id=payee.provider, marks=() if payee.provider == "icici" else pytest.mark.slow)
    for payee in HINTS
    if payee.provider != "simbank"
]


@EACH
def test_callback_under_another_key_changes_nothing(stage: Stage, payee: DemoPayee) -> None:
    """The door refuses it where it can see it, else it ends where it can't be opened: not even a question comes of it."""
    at = Banked(stage, payee)
    tr = at.asks()["reference_id"]
    stage.run_for(FIRST_LOOK)  # what is due by itself is done
    before = at.till.payment(tr)
    at.bank.faults.forge(provider=payee.provider)
    payment = at.bank.pay(before.request.link)
    stage.drain()
    assert at.till.payment(tr) == before
    kept = {item["pk"]["S"].partition("#")[0] for item in stage.items("payment")} & {"FORGED", "CALLBACK"}
    assert kept == ({"FORGED"} if at.caps.door_keys else {"CALLBACK"})
    at.bank.faults.clear()
    with awake(stage):
        stage.run_for(OVER)
    paid = at.till.payment(tr)
    assert (paid.request.state, [receipt.rrn for receipt in paid.receipts]) == ("PAID", [payment.rrn])
    assert stage.failures == []


@pytest.mark.parametrize("payee", HINTS, ids=lambda payee: payee.provider)
def test_callback_that_anybody_could_have_sealed_has_the_bank_asked(stage: Stage, payee: DemoPayee) -> None:
    """It opens, it says SUCCESS, and the bank knows of nothing: one question, and no state of it."""
    at = Banked(stage, payee)
    tr = at.asks()["reference_id"]
    stage.run_for(FIRST_LOOK)
    before = at.till.payment(tr).request
    at.bank.forge(before.link, knows_secret=True)
    stage.drain()
    after = at.till.payment(tr)
    assert (after.request.state, after.receipts) == ("PRESENTED", ())
    assert after.request.pulls == (*before.pulls, at.till.now())
    assert at.till.told() == {}


@pytest.mark.parametrize("payee", OFTEN)
def test_two_hundred_false_hints_cost_three_pulls_and_the_real_payment_is_found(stage: Stage, payee: DemoPayee) -> None:
    """The last of the three is kept for the request's end, when the real payment has come."""
    at = Banked(stage, payee)
    begun, tr = at.till.now(), at.asks()["reference_id"]
    link = at.till.payment(tr).request.link

    def hints(count: int) -> None:
        for number in range(count):
            at.bank.forge(link, knows_secret=True, amount=AMOUNT if number % 2 else 100)
            stage.run_for(10)

    hints(80)
    at.bank.faults.silent(provider=payee.provider)
    payment = at.bank.pay(link)
    hints(120)
    with awake(stage):
        stage.run_for(HOUR / 1_000)
    found = at.till.payment(tr)
    assert len([pull for pull in found.request.pulls if pull < later(begun, 2 * HOUR)]) <= 3
    assert (found.request.state, [receipt.rrn for receipt in found.receipts]) == ("PAID", [payment.rrn])
