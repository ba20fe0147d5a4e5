"""The sweet shop's payee accounts on the stage, with the simulated bank behind them: HTTP in both directions, nothing between."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from haat.payment.banks.registry import bank
from infra.local.payees import PAYEES, RAZORPAY, DemoPayee, open_accounts
from infra.local.seed import seed
from infra.local.simulators.customer import Customer
from infra.local.stage import Stage
from tests.stack.business.conftest import Api
from tests.stack.business.ordering import Stall
from tests.stack.payment.banked import FIRST_LOOK, awake
from tests.stack.simbanked import MANY

EACH = pytest.mark.parametrize("payee", PAYEES, ids=lambda payee: payee.provider)


class Shop:
    """The sweet shop, whose money goes to the simulated bank."""

    def __init__(self, stage: Stage) -> None:
        seed(stage)
        open_accounts(stage)
        self.stage, self.api = stage, Api(stage)
        self.stall = Stall(self.api)

    def asks(self, payee: DemoPayee, minor: int = 25_000, **more: Any) -> dict[str, Any]:
        """Ask to be paid on an account; what the shop sees when the bank has answered."""
        body = {"amount": {"minor": minor, "currency": "INR"}, "account_id": payee.id} | more
        made = self.api.json("POST", "payment-requests", body, expect=201)
        self.stage.drain()
        return self.sees(made)

    def sees(self, request: dict[str, Any]) -> dict[str, Any]:
        """The request as it stands, with its receipts and refunds."""
        found: dict[str, Any] = self.api.json("GET", f"payments/{request['reference_id']}")
        return found

    def after(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The same after some time."""
        self.stage.run_for(seconds)
        return self.sees(request)

    def accepted(self) -> Customer:
        """A customer whose order the shop has accepted."""
        customer = self.stall.customer()
        self.stall.cart(customer, (self.stall.product(), 3))
        self.stall.move(self.stall.orders()[0], "accept")
        return customer


def hints(payee: DemoPayee) -> bool:
    """Whether what this bank says of itself is asked after before it is believed."""
    return bank(payee.provider).CAPS.trust == "hint"


@pytest.fixture
def shop(stage: Stage) -> Iterator[Shop]:
    """Return the shop, on a stage whose schedules are awake: the bank is asked by them too."""
    with awake(stage):
        yield Shop(stage)


@EACH
def test_paid_at_the_bank_is_paid_at_the_shop(shop: Shop, payee: DemoPayee) -> None:
    """Proof at once, a hint as soon as the bank may be asked; one receipt, whose RRN the bank knows."""
    asked = shop.asks(payee)
    assert asked["state"] == "PRESENTED"
    payment = shop.stage.bank.pay(asked["link"])
    shop.stage.drain()
    if hints(payee):
        assert shop.sees(asked)["state"] == "PRESENTED"
    paid = shop.after(asked, FIRST_LOOK)
    assert paid["state"] == "PAID"
    assert [(one["rrn"], one["amount"]["minor"]) for one in paid["receipts"]] == [(payment.rrn, 25_000)]
    assert shop.stage.failures == []


@EACH
def test_no_callback_three_times_out_of_order_and_forged_come_to_the_same(shop: Shop, payee: DemoPayee) -> None:
    """Whatever happens to what the bank tells, one receipt is there in the end, and none without money."""
    faults = shop.stage.bank.faults
    ends = []
    for fault in (faults.silent, faults.repeat, faults.overtake, faults.forge):
        asked = shop.asks(payee)
        fault(times=4)
        shop.stage.bank.pay(asked["link"])
        ends.append(asked)
        shop.stage.run_for(5)
        faults.clear()
    unpaid = shop.asks(payee)
    shop.stage.bank.forge(unpaid["link"], knows_secret=hints(payee))
    shop.stage.run_for(3 * 3600)
    assert [(shop.sees(one)["state"], len(shop.sees(one)["receipts"])) for one in ends] == [("PAID", 1)] * 4
    assert (shop.sees(unpaid)["state"], shop.sees(unpaid)["receipts"]) == ("EXPIRED", [])


@EACH
def test_another_sum_twice_and_late_are_seen(shop: Shop, payee: DemoPayee) -> None:
    """Each is a receipt of its own kind; money that came too late counts, and says so."""
    bank = shop.stage.bank
    wrong, twice, late = shop.asks(payee), shop.asks(payee), shop.asks(payee)
    bank.pay(wrong["link"], amount=24_900)
    bank.pay(twice["link"])
    bank.pay(twice["link"])
    bank.pay_later(late["link"], 1_200)
    shop.stage.run_for(3 * 3600)
    assert shop.sees(wrong)["state"] == "REVIEW"
    assert [one["kind"] for one in shop.sees(wrong)["receipts"]] == ["mismatch"]
    # Where a bank tells one payment of a reference, and its callbacks are hints, the second stands only in the file of the day.
    second = ["surplus"] if payee.provider in MANY or not hints(payee) else []
    assert sorted(one["kind"] for one in shop.sees(twice)["receipts"]) == ["primary", *second]
    # Razorpay's code can be paid for half an hour at the least, and so can the request.
    assert (shop.sees(late)["state"], shop.sees(late)["paid_late"]) == ("PAID", payee is not RAZORPAY)


@EACH
def test_left_open_and_finished(shop: Shop, payee: DemoPayee) -> None:
    """A payment that the bank is not sure of is waited for."""
    asked = shop.asks(payee)
    payment = shop.stage.bank.pay(asked["link"], word="DEEMED")
    assert shop.after(asked, FIRST_LOOK)["state"] == "PROCESSING"
    shop.stage.bank.finish(payment.id, "SUCCESS")
    assert shop.after(asked, 3_600)["state"] == "PAID"


@EACH
def test_refund_whose_answer_was_lost_is_made_once(shop: Shop, payee: DemoPayee) -> None:
    """The bank has done it, the shop learns that by asking."""
    asked = shop.asks(payee)
    payment = shop.stage.bank.pay(asked["link"])
    shop.after(asked, FIRST_LOOK)
    shop.stage.bank.faults.silent()
    shop.stage.bank.faults.lose("refund")
    body = {"rrn": payment.rrn, "amount": {"minor": 10_000, "currency": "INR"}}
    shop.api.json("POST", f"payments/{asked['reference_id']}/refunds", body, expect=201)
    refunds = shop.after(asked, 3_600)["refunds"]
    assert [(one["state"], one["amount"]["minor"]) for one in refunds] == [("DONE", 10_000)]
    assert [one.amount for one in shop.stage.bank.world.refunds.values()] == [10_000]


def test_order_is_paid_from_the_link_in_the_chat(shop: Shop) -> None:
    """Accepted, asked, paid, told: what a customer sees of it."""
    customer = shop.accepted()
    (link,) = re.findall(r"upi://pay\?\S+", "\n".join(shop.stall.heard(customer)))
    assert shop.stage.others.links() == [link]
    before = len(shop.stall.heard(customer))
    shop.stage.bank.pay(link)
    shop.stage.run_for(FIRST_LOOK)
    told = shop.stall.heard(customer)[before:]
    assert len(told) == 1
    assert "₹60" in told[0]


def test_opening_accounts_again_changes_nothing(shop: Shop) -> None:
    """As every start of `make run` does."""
    before = shop.stage.items("payment")
    open_accounts(shop.stage)
    assert shop.stage.items("payment") == before
