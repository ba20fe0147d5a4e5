"""An order that is confirmed asks for its money, and hears what becomes of it: through the deployed functions."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from haat.aws.table import Table
from haat.facts.payments import BankAnswered, dump
from haat.kernel.ids import MerchantId, OrderId, ulid
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY, HOUR, rfc3339
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Account
from haat.payment.service.ordering import reference
from haat.payment.store.accounts import DynamoAccounts
from infra.local.faults import Point
from infra.local.seed import seed
from infra.local.simulators.customer import Customer
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.notified import opened
from tests.stack.business.ordering import NUMBER, Stall
from tests.stack.business.test_staff_told import person, told

VPA = "orders@simbank"
MINUTES = 180.0


class Till(Stall):
    """A shop that sells and is paid: one payee account of a bank that needs no call to begin."""

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        for account in DynamoAccounts(self.payment, lambda: 0.0).list(MerchantId(SWEET_SHOP)):
            # What the stage seeds itself: this shop has one account, which the test knows.
            DynamoAccounts(self.payment, lambda: 0.0).save(closed(account))
        self.open_account()

    @property
    def payment(self) -> Table:
        """The payment table, as stores read it."""
        return Table(self.stage.client("dynamodb"), self.stage.deployment.outputs["PaymentTable"])

    def open_account(self) -> None:
        """A live one, kept by the product's own store."""
        account = PayeeAccount(
            id=ulid(self.api.now, b"0123456789"), merchant=MerchantId(SWEET_SHOP), name="Sweets (invented)",
            state="live", opened_at=self.api.now, version=1,
            bank=Account(provider="simbank", merchant_id="m", vpa=VPA, base_url=""),
        )  # fmt: skip
        once = Once(key="account", asked="a", at=self.api.now)
        DynamoAccounts(self.payment, lambda: 0.0).begin(account, once, Answer(status=201))

    def accepted(self, rina: Customer) -> dict[str, Any]:
        """An order of forty rupees that the shop has accepted."""
        self.cart(rina, (self.product(), 2))
        return self.move(self.orders()[0], "accept")

    def proves(self, order: dict[str, Any], word: str = "SUCCESS", number: int = 1) -> None:
        """The bank answers that the order's money has come, or not."""
        tr, now = reference(MerchantId(SWEET_SHOP), OrderId(order["id"])), self.api.now
        payment = {
            "id": f"pay{number}", "reference": tr, "rrn": f"60061112223{number}", "amount": "40.00", "currency": "INR",
            "status": word, "at": rfc3339(now), "payee": VPA, "merchant": "m", "payer": "rina@simbank",
        }  # fmt: skip
        raw = base64.b64encode(json.dumps({"payments": [payment]}).encode()).decode()
        fact = BankAnswered(what="pull", tr=tr, number=number, status=200, raw=raw, answered_at=now)
        self.put("payment-evidence", dump(fact))
        self.stage.drain()

    def put(self, queue: str, body: str) -> None:
        """Put a record into a queue."""
        sqs = self.stage.client("sqs")
        (name,) = [name for name in self.stage.deployment.queues if name.endswith(f"-{queue}")]
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=body)

    def paid(self) -> tuple[str, str | None]:
        """What the API says of the only order's money."""
        (order,) = self.orders()
        return order["payment"]["state"], order["payment"]["reference_id"]


def closed(account: PayeeAccount) -> PayeeAccount:
    """The account, closed."""
    return replace(account, state="closed", version=account.version + 1)


@pytest.fixture
def till(api: Api) -> Till:
    """Return a shop that sells and is paid."""
    return Till(api)


def test_confirmed_order_is_asked_for_in_the_chat(till: Till) -> None:
    """After the step the customer gets the sum and the link; the order says so, and `reference_id` leads to the request."""
    rina = till.customer()
    order = till.accepted(rina)
    confirmation, step, asks = till.heard(rina)
    assert order["number"] in confirmation
    assert order["number"] in step
    assert "₹40" in asks
    assert order["number"] in asks
    tr = reference(MerchantId(SWEET_SHOP), OrderId(order["id"]))
    assert f"tr={tr}" in asks
    assert till.paid() == ("asked", tr)


def test_money_makes_the_order_paid_and_everybody_hears_of_it_once(till: Till) -> None:
    """The customer, the shop's own system, and its people; what the bank says again is no news."""
    rina, endpoint = till.customer(), opened(till.api)
    order = till.accepted(rina)
    anita = person(till.api, 1, "order.paid", language="bn")
    heard = told(till.api, lambda: till.proves(order))
    assert [(fact.staff, fact.text) for fact in heard] == [(anita, f"অর্ডার {order['number']} (₹40)-এর টাকা পাওয়া গেছে।")]
    assert told(till.api, lambda: till.proves(order)) == []
    assert till.paid()[0] == "paid"
    news = [heard.body for heard in till.stage.listener.heard if heard.signed_with(endpoint["secret"])]
    (paid,) = [body["data"] for body in news if body["type"] == "order.paid"]
    assert (paid["order_id"], paid["number"], paid["state"]) == (order["id"], order["number"], "accepted")
    assert paid["reference_id"] == till.paid()[1]
    assert [body["type"] for body in news].count("payment.paid") == 1
    assert len(till.heard(rina)) == 4, "confirmation, step, the code, thanks"
    assert "টাকা পাওয়া গেছে" in till.says(rina, "আমার অর্ডার")[0]


def test_order_that_is_taken_back_asks_for_nothing_any_longer(till: Till) -> None:
    """Its request is cancelled; money that comes all the same is shown for a person to decide."""
    rina = till.customer()
    order = till.accepted(rina)
    till.move(order, "cancel")
    assert till.paid()[0] == "cancelled"
    till.proves(order)
    assert till.paid()[0] == "review"


def test_order_of_a_shop_without_an_account_is_paid_as_ever(till: Till) -> None:
    """Nobody is asked, and nothing says that somebody was."""
    for account in DynamoAccounts(till.payment, lambda: 0.0).list(MerchantId(SWEET_SHOP)):
        if account.state == "live":
            DynamoAccounts(till.payment, lambda: 0.0).save(closed(account))
    rina = till.customer()
    till.accepted(rina)
    assert len(till.heard(rina)) == 2
    assert till.paid() == ("none", None)


def test_customer_whose_window_is_over_is_not_asked(till: Till) -> None:
    """A request that nobody hears of would only expire."""
    rina = till.customer()
    till.cart(rina, (till.product(), 1))
    till.stage.run_for((DAY + HOUR) / 1000)
    till.move(till.orders()[0], "accept")
    assert till.paid() == ("none", None)


@pytest.mark.parametrize(
    ("function", "every"),
    [
        *((name, 5) for name in ("payment_settlement", "merchant_notice")),
        *(pytest.param(name, 1, marks=pytest.mark.slow) for name in ("payment_settlement", "merchant_notice")),
    ],
)
def test_death_at_every_point_loses_and_doubles_nothing(api: Api, function: str, every: int) -> None:
    """Whichever call a function dies before or after: one message that asks, one thanks, one notice, a paid order.

    Every fifth point is tried every day, and all of them with the slow tests.
    """
    stage = api.stage

    def played(point: Point | None) -> Till:
        stage.reset()
        seed(stage)
        till = Till(Api(stage))
        opened(till.api)
        sandesh, rina = till.product(), till.customer()
        rina.sends_cart(NUMBER, [(sandesh["id"], 2)])
        stage.drain()
        stage.faults.clear()
        if point is None:
            plays(till)
        else:
            with stage.faults.kill(function=point.function, call=point.call, when=point.when):
                plays(till)
        return till

    def plays(till: Till) -> None:
        till.api.json("POST", f"orders/{till.orders()[0]['id']}/transitions", {"action": "accept"})
        stage.run_for(MINUTES)
        till.proves(till.orders()[0])
        stage.run_for(3_000.0)

    def check(till: Till) -> None:
        assert till.paid()[0] == "paid"
        texts = till.heard(till.customer())
        assert ["upi://" in text for text in texts] == [False, False, True, False]
        ids = {heard.id for heard in stage.listener.heard if heard.body["type"] == "order.paid"}
        assert len(ids) == 1

    check(played(None))
    points = stage.faults.points(function)[::every]
    assert points
    wrong = {}
    for point in points:
        try:
            check(played(point))
        except (AssertionError, ValueError, IndexError) as error:
            wrong[point.name] = str(error).split("\n")[0]
    assert not wrong, f"{len(wrong)} of {len(points)}: {wrong}"
