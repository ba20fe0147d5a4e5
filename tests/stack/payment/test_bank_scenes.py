"""Each bank seen whole, on both judges: asked, paid at the bank, half given back, and the file of the day held against it.

The bank is the simulator's, which speaks each format over HTTP, sealed or signed as the bank does.
"""

import pytest

from haat.kernel.time import DAY, later
from infra.local.payees import PAYEES, DemoPayee
from infra.local.simulators.bank_formats import FORMATS
from infra.local.stage import Stage
from tests.stack.business.notified import opened
from tests.stack.payment.banked import AMOUNT, Banked

EACH = pytest.mark.parametrize("payee", PAYEES, ids=lambda payee: payee.provider)
HALF = AMOUNT // 2


@EACH
def test_request_is_paid_half_is_given_back_and_the_file_of_the_day_agrees(stage: Stage, payee: DemoPayee) -> None:
    """What the shop sees, what the bank did, and what each line of its file means come to the same; nobody is asked to look."""
    at = Banked(stage, payee)
    asked, payment = at.paid()
    refunds = at.gives_back(asked, payment.rrn, HALF)["refunds"]
    assert [(one["state"], one["amount"]["minor"]) for one in refunds] == [("DONE", HALF)]
    assert [one.amount for one in at.bank.world.refunds.values()] == [HALF]
    if FORMATS[payee.provider].file:
        day = at.today()
        file = at.desk.brings(at.file(day), day.isoformat())
        assert (file["state"], file["lines"], file["questions"]) == ("done", {"confirms": 1, "refund": 1}, 0)
        assert (file["totals"]["received"], file["totals"]["net"]) == (AMOUNT, AMOUNT - HALF)
        assert {line["reference_id"] for line in at.desk.lines(file["id"])} <= {asked["reference_id"], None}
        (receipt,) = at.sees(asked)["receipts"]
        assert receipt["settled"] is True
    seen = at.sees(asked)
    assert (seen["state"], seen["flags"], len(seen["receipts"]), len(seen["refunds"])) == ("PAID", [], 1, 1)
    assert at.till.told() == {"PaymentPaid": 1, "RefundDone": 1}
    assert stage.failures == []


@pytest.mark.parametrize(
    "payee", [payee for payee in PAYEES if payee.provider == "hdfc"], ids=lambda payee: payee.provider
)
def test_chargeback_stands_in_the_next_file_and_is_told_to_the_shop(stage: Stage, payee: DemoPayee) -> None:
    """No callback says so. What was paid stays paid; the shop's own system hears of it once, though the file comes twice."""
    at = Banked(stage, payee)
    opened(at.api)
    asked, payment = at.paid()
    first = at.today()
    assert at.desk.brings(at.file(first), first.isoformat())["lines"] == {"confirms": 1}
    at.till.move(later(at.till.now(), DAY))
    at.bank.charge_back(payment.id)
    stage.drain()
    day = at.today()
    assert day > first
    file = at.desk.brings(at.file(day), day.isoformat())
    assert (file["lines"], file["questions"]) == ({"chargeback": 1}, 1)
    assert at.desk.brings(at.file(day), day.isoformat())["reason"] == "same_file"
    seen = at.sees(asked)
    assert (seen["state"], seen["flags"]) == ("PAID", ["chargeback"])
    assert seen["receipts"][0]["charged_back"]["minor"] == AMOUNT
    heard = [one.body["data"] for one in stage.listener.heard if one.body["type"] == "payment.chargeback"]
    assert [(one["reference_id"], one["amount"], one["state"]) for one in heard] == [
        (asked["reference_id"], AMOUNT, "PAID")
    ]
