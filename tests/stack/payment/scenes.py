"""Histories of money, played on the whole stage, and what must be true after them whatever died on the way."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.once import Once
from haat.payment.banks.registry import bank
from haat.payment.model.payment import Payment
from haat.payment.service.requests import Requests, Wish
from haat.payment.store.accounts import DynamoAccounts
from haat.wiring.open_banks import open_banks
from infra.local import moto_queues
from infra.local.http import Request
from infra.local.market import SWEETS
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.conversation.conftest import SWEET_SHOP, Market
from tests.stack.payment.till import ScriptedBank, Till, payment_entity

TR = "H01KE4JVFR0REQUEST0000000001"
RRN, AMOUNT = "600510000001", 25_000
MERCHANT_ID = "acc_sweets"
FOUR = ("payment_callback", "payment_settlement", "payment_bank_call", "payment_reconciler")


class Counter:
    """The sweet shop, a customer who has written to it, and its account at a gateway that answers by script."""

    def __init__(self, stage: Stage, script: ScriptedBank) -> None:
        seed(stage)
        self.stage, self.script, self.market = stage, script, Market(stage)
        self.rina = self.market.customer()
        self.market.says(self.rina, "hours")
        self.till = Till.opened(stage, script, merchant=SWEETS.merchant.id, merchant_id=MERCHANT_ID)
        self.refunds: dict[str, dict[str, Any]] = {}
        script.puts("POST", f"/v1/payments/pay_{RRN}/refund", self._refund)
        script.puts("GET", f"/v1/payments/pay_{RRN}/refunds", lambda _: self.listed(list(self.refunds.values())))
        self.told_before = len(self.told())

    def ask(self, tr: str = TR, **more: Any) -> None:
        """The shop asks her for money, as its API does."""
        (customer,) = {item["pk"]["S"].rpartition("#")[2] for item in self.market.items("CUSTOMER#")}
        wish = Wish(
            account=self.till.account.id,
            amount=AMOUNT,
            currency="INR",
            note="Sandesh",
            customer=CustomerId(customer),
            channel="whatsapp",
            address=SWEET_SHOP,
            language="en",
            **more,
        )
        self.requests.ask(self.till.account.merchant, tr, wish, self._once(tr))

    def give_back(self, id: str, amount: int) -> None:
        """The shop gives money back, as its API does."""
        money = Money(minor=Minor(amount), currency=Currency("INR"))
        with suppress(Conflict):  # too much is refused, and kept so
            self.requests.give_back(self.till.account.merchant, TR, id, RRN, money, self._once(id))

    def cancel(self) -> None:
        """The shop takes its request back."""
        self.requests.cancel(self.till.account.merchant, TR, self._once("cancel"))

    def pays(self, *, told: int = 1, event_id: str = "E1") -> None:
        """She pays; the gateway tells it so often, and each time again until it is taken."""
        entity = payment_entity("", RRN, AMOUNT, at=self.till.now() // 1_000)
        self.script.puts("GET", "/v1/payments/qr_codes/", self.listed([entity]))
        body = self.till.paid(TR, RRN, AMOUNT)
        for _ in range(told):
            for _ in range(10):
                if self.till.post(body, event_id).status == 200:
                    break

    def settled(self) -> None:
        """Let whatever is due happen: records come again after six minutes at the most."""
        self.stage.run_for(2_100)

    def sees_it(self) -> None:
        """She is asked, sooner or later."""
        for _ in range(15):
            if self.news():
                return
            self.stage.run_for(60)

    def forget_what_is_due(self) -> None:
        """Lose every record that says so."""
        (due,) = (queue for queue in self.stage.queues() if queue.name == "haat-local-payment-due")
        moto_queues.empty(due)

    @property
    def payment(self) -> Payment:
        """The request."""
        return self.till.payment(TR)

    def told(self) -> list[str]:
        """What she was told."""
        return self.market.said(SWEET_SHOP)

    def news(self) -> list[str]:
        """What she was told of the money."""
        return self.told()[self.told_before :]

    @property
    def requests(self) -> Requests:
        """What the API does with."""
        accounts = DynamoAccounts(self.till.table, lambda: 0.0)
        return Requests(
            payments=self.till.payments, accounts=accounts, banks=bank, open_banks=open_banks(self.till.table)
        )

    def _once(self, name: str) -> Once:
        return Once(key=name, asked=name, at=self.till.now())

    def _refund(self, request: Request) -> Mapping[str, Any]:
        """One refund for each key, as Razorpay documents it."""
        key, asked = request.headers["x-refund-idempotency"], json.loads(request.body)
        made = {
            "id": f"rfnd_{len(self.refunds) + 1}",
            "entity": "refund",
            "payment_id": f"pay_{RRN}",
            "status": "processed",
            "amount": asked["amount"],
            "notes": asked["notes"],
            "receipt": asked["receipt"],
            "created_at": self.till.now() // 1_000,
        }
        return self.refunds.setdefault(key, made)

    @staticmethod
    def listed(items: list[dict[str, Any]]) -> dict[str, Any]:
        """A list as Razorpay writes one."""
        return {"entity": "collection", "count": len(items), "items": items}


@dataclass(frozen=True, slots=True)
class Scene:
    """A history, and what must be true at its end."""

    play: Callable[[Counter], None]
    check: Callable[[Counter], None]


def _told_by_webhook(it: Counter) -> None:
    it.ask()
    it.sees_it()
    it.pays()
    it.settled()


def _found_by_asking(it: Counter) -> None:
    it.ask()
    it.sees_it()
    entity = payment_entity("", RRN, AMOUNT, at=it.till.now() // 1_000)
    it.script.puts("GET", "/v1/payments/qr_codes/", it.listed([entity]))  # its own
    it.settled()


def _paid_once(it: Counter) -> None:
    payment = it.payment
    assert payment.request.state == "PAID"
    assert [(receipt.rrn, receipt.amount, receipt.kind) for receipt in payment.receipts] == [(RRN, AMOUNT, "primary")]
    asked, paid = it.news()
    assert ("250" in asked, "250" in paid) == (True, True)
    assert asked != paid
    assert it.till.told()["PaymentPaid"] == 1


def _given_back_in_two_parts(it: Counter) -> None:
    _told_by_webhook(it)
    it.give_back("R1", 10_000)
    it.settled()
    it.give_back("R2", 15_000)
    it.give_back("R3", 1)
    it.settled()


def _all_of_it_is_back(it: Counter) -> None:
    states = {refund.id: (refund.amount, refund.state) for refund in it.payment.refunds}
    assert states == {"R1": (10_000, "DONE"), "R2": (15_000, "DONE"), "R3": (1, "REFUSED")}
    assert sorted(made["amount"] for made in it.refunds.values()) == [10_000, 15_000]
    assert it.till.told()["RefundDone"] == 2


def _never_paid(it: Counter) -> None:
    it.ask(minutes=5)
    it.settled()
    it.settled()


def _over(it: Counter) -> None:
    assert it.payment.request.state == "EXPIRED"
    assert it.till.told()["PaymentExpired"] == 1
    assert len(it.payment.request.pulls) <= 3


def _found_by_the_schedule(it: Counter) -> None:
    it.ask()
    it.sees_it()
    entity = payment_entity("", RRN, AMOUNT, at=it.till.now() // 1_000)
    it.script.puts("GET", "/v1/payments/qr_codes/", it.listed([entity]))
    it.forget_what_is_due()
    it.stage.schedules_sleep = False
    it.stage.run_for(1_900)
    it.stage.schedules_sleep = True


SCENES = {
    "paid, told by a webhook": Scene(_told_by_webhook, _paid_once),
    "paid, found by asking": Scene(_found_by_asking, _paid_once),
    "paid, found by the schedule": Scene(_found_by_the_schedule, _paid_once),
    "given back in two parts": Scene(_given_back_in_two_parts, _all_of_it_is_back),
    "never paid": Scene(_never_paid, _over),
}
