"""One money is one receipt of one order, whatever is told of it, at which address and in which order; on memory and on the table."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId, MerchantId, OrderId, ulid
from haat.kernel.once import Answer, Once
from haat.kernel.time import MINUTE, Instant, later
from haat.payment.banks import Account, Keys
from haat.payment.banks.registry import bank
from haat.payment.memory.accounts import MemoryAccounts
from haat.payment.memory.checklists import MemoryChecklists
from haat.payment.memory.lists import MemoryLists
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.account import PayeeAccount
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Payment
from haat.payment.model.shop import Owed, Reach
from haat.payment.ports import Accounts, Payments
from haat.payment.ports.lists import Lists
from haat.payment.rules import account_changes
from haat.payment.service.open_banks import OpenBanks
from haat.payment.service.receipts import Receipts
from haat.payment.service.requests import Requests, Wish
from haat.payment.service.settling import Settling
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.lists import DynamoLists
from haat.payment.store.payments import DynamoPayments
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT

ORDER, SECOND = (OrderId(ulid(NOW, name)) for name in (b"order-0001", b"order-0002"))
ONE, TWO = "01KE4JVFR00NEM0NEYACC00001", "01KE4JVFR00NEM0NEYACC00002"
EVER = Instant(2_000_000_000_000)


class NoKeys:
    """Fills the port KeyRing."""

    def keys(self, account: PayeeAccount) -> Keys:
        """None: what is heard here was verified."""
        return {}


class EveryOrder:
    """Fills the ports Orders and Customers: whatever is asked after costs Rs 5, and nobody is told."""

    def owed(self, merchant: MerchantId, order: OrderId) -> Owed | None:
        """It is there."""
        return Owed(order=order, number="K7M-3QX", total=500, currency="INR", customer=None)

    def reach(self, merchant: MerchantId, customer: CustomerId, address: str = "") -> Reach | None:
        """Nobody is."""


@dataclass
class House:
    """A shop's money, in one kind of store."""

    payments: Payments
    accounts: Accounts
    lists: Lists
    rows: Callable[[], list[dict[str, Any]]]
    asked: list[Once] = field(default_factory=list)

    @property
    def settling(self) -> Settling:
        """Who hears what banks say."""
        return Settling(payments=self.payments, accounts=self.accounts, keys=NoKeys(), banks=bank)

    @property
    def receipts(self) -> Receipts:
        """Where the shop's people match money to orders."""
        every = EveryOrder()
        return Receipts(payments=self.payments, accounts=self.accounts, lists=self.lists, orders=every, customers=every)

    def once(self) -> Once:
        """A request of its own."""
        self.asked.append(Once(key=f"request {len(self.asked)}", asked="", at=NOW))
        return self.asked[-1]

    def account(self, id: str = ONE, *, vpa: str = "shop@upi", **more: Any) -> PayeeAccount:
        """A live account at a gateway whose callbacks are proof."""
        known: dict[str, Any] = {
            "id": id, "merchant": MERCHANT, "name": "Sweets", "state": "live", "opened_at": NOW, "version": 1,
            "bank": Account(provider="razorpay", merchant_id=f"acc_{vpa}", vpa=vpa, base_url=""),
        }  # fmt: skip
        account = PayeeAccount(**(known | more))
        self.accounts.begin(account, self.once(), Answer(status=201))
        return account

    def asks(self, tr: str, account: PayeeAccount, *, order: str = "") -> None:
        """The shop wants Rs 5."""
        wish = Wish(account=account.id, amount=500, currency="INR", order=order)
        open_banks = OpenBanks(banks=bank, checklists=MemoryChecklists())
        requests = Requests(payments=self.payments, accounts=self.accounts, banks=bank, open_banks=open_banks)
        requests.ask(account.merchant, tr, wish, self.once())

    def hears(self, account: PayeeAccount, tr: str = "", rrn: str = "412345678901", **more: Any) -> str:
        """The bank tells of Rs 5 at the account's own address; what becomes of it."""
        known: dict[str, Any] = {
            "provider": "razorpay", "provider_txn_id": f"pay_{rrn}", "tr": tr, "rrn": rrn, "amount": 500, "currency": "INR",
            "status": "SUCCESS", "status_word": "captured", "trust": "proof", "occurred_at": NOW,
            "merchant_id": account.bank.merchant_id,
        }  # fmt: skip
        return self.settling.evidence(account, Evidence(**(known | more)), later(NOW, MINUTE)).word

    def assigns(self, account: PayeeAccount, order: OrderId = ORDER, rrn: str = "412345678901") -> str:
        """Somebody gives the money to an order: the state of its request, or the word of the refusal."""
        tr = "H" + ulid(NOW, f"assign{len(self.asked):04}".encode())
        try:
            answer = self.receipts.assign(account.merchant, tr, rrn, account.id, order, self.once())
        except Conflict as refused:
            return str(refused.word)
        return str(answer.body["state"])

    def payment(self, tr: str) -> Payment:
        """As it is now."""
        found = self.payments.load(tr)
        assert found is not None
        return found

    def books(self, merchant: MerchantId = MERCHANT) -> list[str]:
        """Each money of the shop's ledger: whose it is, or that it is nobody's."""
        entries, _ = self.lists.ledger(merchant, Instant(0), EVER, None, 50)
        return sorted(f"of {entry.request.tr}" if entry.request else "nobody's" for entry in entries)


@pytest.fixture(params=["memory", "table"])
def house(request: pytest.FixtureRequest) -> House:
    """Return each kind of store in turn, empty."""
    if request.param == "memory":
        accounts = MemoryAccounts()
        memory = MemoryPayments(accounts)
        return House(memory, accounts, MemoryLists(memory), lambda: [dict(row.row) for row in memory.rows])
    table = request.getfixturevalue("tables").payment

    def rows() -> list[dict[str, Any]]:
        return [item for item in table.having("queue") if item["pk"].startswith("NEWS#")]

    return House(DynamoPayments(table), DynamoAccounts(table, lambda: 0.0), DynamoLists(table), rows)


# One payee


def test_money_of_another_accounts_request_is_assigned_to_nothing(house: House) -> None:
    """One payee's money was told of at two addresses: at one it paid its request, at the other it is nobody's, and stays so."""
    first, second = house.account(), house.account(TWO, vpa="shop.two@upi")
    house.asks("H1", first)
    assert (house.hears(first, "H1"), house.hears(second, "H1")) == ("paid", "orphan")
    assert house.assigns(second) == "receipt-taken"
    house.asks("H2", house.account("01KE4JVFR00NEM0NEYACC00003", vpa="saree@upi", merchant=OTHER_MERCHANT))
    house.hears(second, "H2", "412345678902")
    assert house.assigns(second, rrn="412345678902") == "receipt-taken", "nor is money of another shop's request"
    house.hears(second, "of nobody", "412345678903")
    assert house.assigns(second, rrn="412345678903") == "PAID"


def test_payee_that_was_connected_once_more_pays_no_second_order(house: House) -> None:
    """Its printed code's money was assigned at the account that is closed now; the provider tells of it at both."""
    old = house.account()
    house.hears(old)
    assert house.assigns(old) == "PAID"
    house.accounts.save(replace(old, state="closed", version=2))
    again = house.account(TWO)
    assert house.hears(again) == "orphan"
    assert house.assigns(again, SECOND) == "receipt-taken"


# Names of one money: its RRN, and the bank's own id


@pytest.mark.parametrize("rrns", [("", "412345678901"), ("412345678901", ""), ("", "")], ids=str)
def test_money_of_no_request_is_one_by_either_name(house: House, rrns: tuple[str, str]) -> None:
    """One event names the RRN and another does not: the shop sees it once, and it pays one order."""
    account = house.account()
    assert [house.hears(account, rrn=rrn, provider_txn_id="pay_9") for rrn in rrns] == ["orphan", "duplicate"]
    assert house.books() == ["nobody's"]
    (orphan,) = house.lists.orphans(account.id, None, 10)[0]
    assert house.assigns(account, rrn=orphan.rrn) == "PAID"
    assert house.lists.orphans(account.id, None, 10) == ([], None)
    assert house.hears(account, rrn=rrns[1], provider_txn_id="pay_9") == "duplicate"
    assert len(house.books()) == 1


@pytest.mark.parametrize("rrns", [("", "412345678901"), ("412345678901", "")], ids=str)
def test_receipt_is_no_orphan_under_its_other_name(house: House, rrns: tuple[str, str]) -> None:
    """What is told of it again, without our reference, is known."""
    account = house.account()
    house.asks("H1", account)
    assert house.hears(account, "H1", rrns[0], provider_txn_id="pay_9") == "paid"
    assert house.hears(account, "", rrns[1], provider_txn_id="pay_9") == "duplicate"
    assert house.books() == ["of H1"]


@pytest.mark.parametrize("rrns", [("", "412345678901"), ("412345678901", "")], ids=str)
def test_orphan_under_its_other_name_is_none_when_its_request_is_told(house: House, rrns: tuple[str, str]) -> None:
    """And then it pays that request, and no order; under both names."""
    account = house.account()
    house.asks("H1", account)
    assert house.hears(account, "", rrns[0], provider_txn_id="pay_9") == "orphan"
    assert house.hears(account, "H1", rrns[1], provider_txn_id="pay_9") == "paid"
    assert house.books() == ["of H1"]
    assert house.lists.orphans(account.id, None, 10) == ([], None)
    assert house.assigns(account, rrn=rrns[0] or "pay_9") == "receipt-taken"
    house.asks("H2", account)
    house.hears(account, "H2", rrns[0], provider_txn_id="pay_9")
    assert house.payment("H2").receipts == ()
    assert house.books() == ["of H1"]


# A payee's addresses


def moves(house: House, account: PayeeAccount, vpa: str) -> PayeeAccount:
    """The shop's owner changes its UPI address, and it is tested."""
    wanted = account_changes.address_wanted(account, vpa, NOW)
    house.accounts.save(wanted)
    after, _ = account_changes.confirmed(wanted, later(NOW, account_changes.WAIT_MS))
    house.accounts.save(replace(after, state="live"))
    found = house.accounts.get(account.id, fresh=True)
    assert found is not None
    return found


def test_money_to_an_address_before_is_the_shops_own(house: House) -> None:
    """A code that was printed with it brings money for ever; it stands in the books, and pays an order. Of strangers' it does not."""
    account = moves(house, moves(house, house.account(), "new@upi"), "newest@upi")
    for number, vpa in enumerate(("shop@upi", "New@UPI", "newest@upi")):
        rrn = f"41234567890{number}"
        assert house.hears(account, rrn=rrn, payee_vpa=vpa) == "orphan"
        assert house.assigns(account, rrn=rrn) == "PAID"
    house.hears(account, rrn="412345678909", payee_vpa="somebody@upi")
    assert house.assigns(account, rrn="412345678909") == "other-payee"
    assert len(house.books()) == 3


def test_requests_money_at_another_address_of_the_shop_is_the_shops_own(house: House) -> None:
    """It does not pay the request, which names another payee; somebody decides. Told twice it is one."""
    old = house.account()
    new = moves(house, old, "new@upi")
    house.asks("H1", new)
    assert house.hears(new, "H1", payee_vpa="shop@upi") == "orphan"
    house.hears(new, "H1", payee_vpa="shop@upi", event_id="again")
    assert house.payment("H1").receipts == ()
    assert house.assigns(new) == "PAID"
    assert len(house.books()) == 1


def test_account_keeps_its_ten_last_addresses(house: House) -> None:
    """And no other account may have one of them."""
    account = house.account()
    for number in range(12):
        account = moves(house, account, f"shop{number}@upi")
    assert account.former == tuple(f"shop{number}@upi" for number in range(10, 0, -1))
    assert moves(house, account, "shop5@upi").former.count("shop11@upi") == 1
    with pytest.raises(Conflict) as refused:
        house.account(TWO, vpa="shop7@upi")
    assert refused.value.word == "payee-taken"
