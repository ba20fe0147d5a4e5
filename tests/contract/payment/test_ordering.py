"""What orders want of payments: one request for each order, taken back with it; on the memory stores and on the tables."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from haat.facts import said
from haat.facts.payments import BankWanted, OrderMoney, OrderWantsMoney, OrderWantsNone, load
from haat.kernel.errors import Conflict, Unavailable
from haat.kernel.ids import OrderId, ulid
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY, HOUR, MINUTE, Instant, later
from haat.payment.banks import Account
from haat.payment.banks.registry import bank
from haat.payment.memory.accounts import MemoryAccounts
from haat.payment.memory.checklists import MemoryChecklists
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.account import AccountState, PayeeAccount
from haat.payment.model.checklist import Tick
from haat.payment.model.link import Link
from haat.payment.model.payment import Change, Payment
from haat.payment.ports import Accounts, Payments, Writing
from haat.payment.rules import links
from haat.payment.service.open_banks import OpenBanks
from haat.payment.service.ordering import Ordering, reference
from haat.payment.service.requests import Requests, Wish
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.payments import DynamoPayments
from tests.contract.tables import Tables
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT

ORDER = OrderId(ulid(NOW, b"order-0001"))
ACCEPTED = later(NOW, 5 * MINUTE)
TR = reference(MERCHANT, ORDER)
WANTS = OrderWantsMoney(
    merchant=MERCHANT, order=ORDER, amount=4_050, currency="INR", note="অর্ডার K7M-3QX", customer=ulid(NOW, b"rina-00001"),
    channel="whatsapp", address="100000000000001", language="bn", occurred_at=ACCEPTED,
)  # fmt: skip
NONE = OrderWantsNone(merchant=MERCHANT, order=ORDER, occurred_at=later(ACCEPTED, MINUTE))


@dataclass(frozen=True)
class Shelf:
    """A shop's accounts and payments, and what went into the outbox."""

    payments: Payments
    accounts: Accounts
    rows: Callable[[], list[dict[str, Any]]]
    checklists: MemoryChecklists = field(default_factory=MemoryChecklists)

    @property
    def open_banks(self) -> OpenBanks:
        """Who says whether a bank is open."""
        return OpenBanks(banks=bank, checklists=self.checklists)

    @property
    def ordering(self) -> Ordering:
        """What is tested."""
        return Ordering(payments=self.payments, accounts=self.accounts, banks=bank, open_banks=self.open_banks)

    def account(self, number: int = 1, state: AccountState = "live", **more: Any) -> PayeeAccount:
        """A payee account of a shop."""
        known: dict[str, Any] = {
            "id": ulid(NOW, f"account{number:03}".encode()), "merchant": MERCHANT, "name": "Sweets", "state": state,
            "opened_at": later(NOW, number), "version": 1,
            "bank": Account(provider="simbank", merchant_id=f"m{number}", vpa=f"sweets{number}@simbank", base_url=""),
        }  # fmt: skip
        account = PayeeAccount(**(known | more))
        self.accounts.begin(
            account, Once(key=f"account {number}", asked="a", at=NOW), Answer(status=201, body={"made": True})
        )
        return account

    def payment(self) -> Payment:
        """The order's request."""
        found = self.payments.load(TR)
        assert found is not None
        return found

    def told(self) -> list[str]:
        """The states that the order heard of."""
        return [
            fact.state
            for row in self.rows()
            if row["queue"] == "business-notice" and '"order_money"' in row["body"]
            if isinstance(fact := load(row["body"]), OrderMoney) and (fact.merchant, fact.order) == (MERCHANT, ORDER)
        ]

    def asked(self) -> list[said.ShopSays]:
        """What the customer is told."""
        facts = [said.load(row["body"]) for row in self.rows() if row["queue"] == "conversation-inbound.fifo"]
        return [fact for fact in facts if isinstance(fact, said.ShopSays)]

    def put(self, state: Any) -> None:
        """Something else happens to the request."""
        before = self.payment()
        request = replace(before.request, state=state, version=before.request.version + 1)
        self.payments.save(before, Change(after=replace(before, request=request)), Writing())


@pytest.fixture(params=["memory", "table"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Return each pair of stores in turn, empty."""
    if request.param == "memory":
        memory = MemoryPayments()
        return Shelf(memory, MemoryAccounts(), lambda: [dict(row.row) for row in memory.rows])
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)

    def rows() -> list[dict[str, Any]]:
        return [item for item in tables.payment.having("queue") if item["pk"].startswith("NEWS#")]

    return Shelf(DynamoPayments(tables.payment), DynamoAccounts(tables.payment, lambda: 0.0), rows)


def test_customer_of_a_confirmed_order_is_asked_with_a_link_of_its_sum(shelf: Shelf) -> None:
    """The message holds the order's name and the link, the request the order; the order hears of it."""
    account = shelf.account()
    assert shelf.ordering.wants(WANTS, later(ACCEPTED, 500)) == "asked"
    request = shelf.payment().request
    assert (request.order, request.amount, request.account, request.state) == (ORDER, 4_050, account.id, "PRESENTED")
    assert (request.customer, request.channel, request.address) == (WANTS.customer, WANTS.channel, WANTS.address)
    assert request.expires_at == later(ACCEPTED, 500 + HOUR)
    link = links.read(request.link)
    assert isinstance(link, Link)
    assert (link.pa, link.amount, link.tr, link.tn) == ("sweets1@simbank", 4_050, TR, "অর্ডার K7M-3QX")
    (says,) = shelf.asked()
    assert (says.customer, says.code) == (WANTS.customer, request.link)
    assert "K7M-3QX" in says.text
    assert "₹40.50" in says.text
    assert "দিন" in says.text
    assert shelf.told() == ["PRESENTED"]


@pytest.mark.parametrize(("channel", "card"), [("whatsapp", True), ("messenger", False)])
def test_card_asks_where_there_is_one(shelf: Shelf, channel: str, card: bool) -> None:  # noqa: FBT001  # a case of the test
    """WhatsApp's own is WhatsApp's: a customer elsewhere is asked by the picture and the link, and hears of no card later."""
    shelf.account(order_details=True)
    assert shelf.ordering.wants(replace(WANTS, channel=channel, address="200000000000001"), ACCEPTED) == "asked"
    (says,) = shelf.asked()
    assert (says.bill is not None, says.code) == (card, shelf.payment().request.link)
    shelf.ordering.wants_none(NONE, later(ACCEPTED, MINUTE))
    assert len(shelf.asked()) == (2 if card else 1)


def test_same_fact_again_asks_nobody_again(shelf: Shelf) -> None:
    """Nor does it when the shop has opened another account since, or the request has gone on."""
    shelf.account()
    assert shelf.ordering.wants(WANTS, ACCEPTED) == "asked"
    assert shelf.ordering.wants(WANTS, later(ACCEPTED, 1)) == "duplicate"
    shelf.account(2, opened_at=Instant(0))
    shelf.put("PAID")
    assert shelf.ordering.wants(WANTS, later(ACCEPTED, MINUTE)) == "duplicate"
    assert len(shelf.asked()) == 1
    assert shelf.payment().request.state == "PAID"


def test_shop_without_a_live_account_asks_nobody(shelf: Shelf) -> None:
    """An account that is tested or closed is none, and neither is another shop's."""
    shelf.account(1, "testing")
    shelf.account(2, "closed")
    shelf.account(3, merchant=OTHER_MERCHANT)
    assert shelf.ordering.wants(WANTS, ACCEPTED) == "no_account"
    assert shelf.payments.load(TR) is None
    assert shelf.rows() == []


def test_oldest_live_account_is_paid(shelf: Shelf) -> None:
    """Of several the first that is live, whichever was opened last."""
    shelf.account(1, "closed", opened_at=later(NOW, 1))
    newer = shelf.account(2, opened_at=later(NOW, 9))
    older = shelf.account(3, opened_at=later(NOW, 2))
    assert shelf.ordering.wants(WANTS, ACCEPTED) == "asked"
    assert shelf.payment().request.account == older.id != newer.id


def test_account_at_a_bank_that_is_not_open_is_passed_over(shelf: Shelf) -> None:
    """The next oldest is paid; where there is none nobody is asked. When the bank is open it is the oldest again."""
    shut = shelf.account(1, bank=Account(provider="hdfc", merchant_id="HDFC1", vpa="sweets@hdfcbank", base_url=""))
    assert shelf.ordering.wants(WANTS, ACCEPTED) == "no_account"
    assert shelf.rows() == []
    other = shelf.account(2)
    assert shelf.ordering.wants(WANTS, ACCEPTED) == "asked"
    assert shelf.payment().request.account == other.id
    for item in bank("hdfc").CAPS.before_money:
        shelf.checklists.tick("hdfc", Tick(item=item, by="operator", at=NOW))
    wants = replace(WANTS, order=OrderId(ulid(NOW, b"order00002")))
    assert shelf.ordering.wants(wants, ACCEPTED) == "asked"
    found = shelf.payments.load(reference(MERCHANT, wants.order))
    assert found is not None
    assert found.request.account == shut.id


def test_provider_that_makes_the_code_is_called_first(shelf: Shelf) -> None:
    """The customer is asked when the provider has answered, and not before."""
    shelf.account(bank=Account(provider="razorpay", merchant_id="acc_1", vpa="sweets@rzp", base_url=""))
    assert shelf.ordering.wants(WANTS, ACCEPTED) == "asked"
    facts = [load(row["body"]) for row in shelf.rows() if row["queue"] == "payment-bank"]
    assert facts == [BankWanted(what="create", tr=TR, number=1)]
    assert shelf.asked() == []
    assert shelf.told() == ["CREATED"]


@pytest.mark.parametrize("change", [{"currency": "USD"}, {"amount": 10_000_001}, {"amount": 0}], ids=str)
def test_what_no_bank_takes_is_refused_and_is_no_trouble(shelf: Shelf, change: dict[str, Any]) -> None:
    """Another currency, more than a lakh, nothing: the order is paid in another way."""
    shelf.account()
    assert shelf.ordering.wants(replace(WANTS, **change), ACCEPTED) == "refused"
    assert shelf.rows() == []


def test_fact_of_the_day_before_asks_nobody(shelf: Shelf) -> None:
    """What an operator brings back from a queue of failures does not ask for cakes that were eaten."""
    shelf.account()
    assert shelf.ordering.wants(WANTS, later(ACCEPTED, DAY + 1)) == "too_late"
    assert shelf.payments.load(TR) is None


def test_order_that_is_no_more_asks_for_nothing_any_longer(shelf: Shelf) -> None:
    """Its request is cancelled, once, and the order hears of it."""
    shelf.account()
    assert shelf.ordering.wants_none(NONE, NONE.occurred_at) == "no_request"
    shelf.ordering.wants(WANTS, ACCEPTED)
    assert shelf.ordering.wants_none(NONE, NONE.occurred_at) == "cancelled"
    assert shelf.ordering.wants_none(NONE, later(NONE.occurred_at, 1)) == "duplicate"
    assert shelf.payment().request.state == "CANCELLED"
    assert shelf.told() == ["PRESENTED", "CANCELLED"]
    assert len(shelf.asked()) == 1
    assert shelf.ordering.wants(WANTS, later(ACCEPTED, 2)) == "duplicate"


def test_shops_own_requests_for_the_order_are_taken_back_too(shelf: Shelf) -> None:
    """Those that the order has heard of: not another order's, and not another shop's."""
    account = shelf.account()
    shelf.ordering.wants(WANTS, ACCEPTED)
    requests = Requests(payments=shelf.payments, accounts=shelf.accounts, banks=bank, open_banks=shelf.open_banks)
    for tr, order in (("HOWN", ORDER), ("HOTHER", "01KE66PJA0R0T5VY9G4N0ZB3QD")):
        wish = Wish(account=account.id, amount=4_050, currency="INR", order=order)
        requests.ask(MERCHANT, tr, wish, Once(key=tr, asked="", at=ACCEPTED))
    none = replace(NONE, trs=("HOWN", "HOTHER", TR, "HNONE"))
    assert shelf.ordering.wants_none(replace(none, merchant=OTHER_MERCHANT), NONE.occurred_at) == "no_request"
    assert shelf.ordering.wants_none(none, NONE.occurred_at) == "cancelled"
    found = [shelf.payments.load(tr) for tr in (TR, "HOWN", "HOTHER")]
    assert [payment.request.state for payment in found if payment] == ["CANCELLED", "CANCELLED", "PRESENTED"]
    assert shelf.ordering.wants_none(none, NONE.occurred_at) == "duplicate"


@pytest.mark.parametrize(
    ("state", "word"), [("PROCESSING", "in_flight"), ("PAID", "has_money"), ("REVIEW", "has_money")]
)
def test_money_that_moves_is_left_alone(shelf: Shelf, state: str, word: str) -> None:
    """What a customer has begun to pay can't be stopped, and what has come is shown."""
    shelf.account()
    shelf.ordering.wants(WANTS, ACCEPTED)
    shelf.put(state)
    assert shelf.ordering.wants_none(NONE, NONE.occurred_at) == word
    assert shelf.payment().request.state == state


def test_other_shop_with_the_same_order_has_a_request_of_its_own(shelf: Shelf) -> None:
    """A fact about another shop finds nothing of this one."""
    shelf.account()
    shelf.ordering.wants(WANTS, ACCEPTED)
    assert shelf.ordering.wants_none(replace(NONE, merchant=OTHER_MERCHANT), NONE.occurred_at) == "no_request"
    assert shelf.payment().request.state == "PRESENTED"
    assert reference(OTHER_MERCHANT, ORDER) != TR
    assert (len(TR), TR[0]) == (27, "H")


class Crowded(MemoryPayments):
    """Two begin at once, and the table lets neither in."""

    def begin(self, payment: Payment, writing: Writing) -> Answer | None:
        """Raise Conflict, as the table does where somebody else was at work."""
        raise Conflict("this reference is taken", word="reference-taken")


def test_two_who_begin_at_once_lose_nothing() -> None:
    """Who is refused and finds nothing there takes the fact again: the other may have failed as well."""
    shelf = Shelf(Crowded(), MemoryAccounts(), list)
    shelf.account()
    with pytest.raises(Unavailable):
        shelf.ordering.wants(WANTS, ACCEPTED)
