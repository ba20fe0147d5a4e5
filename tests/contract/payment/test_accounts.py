"""The port Accounts, on the table and in memory; and that a test payment that arrives makes its account live with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from haat.facts.notices import NoticeRaised, load
from haat.kernel.errors import Changed, Conflict, Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY, MINUTE, Instant
from haat.payment.banks import Keys
from haat.payment.banks.registry import bank
from haat.payment.memory.accounts import MemoryAccounts
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.account import PayeeAccount, Sealed
from haat.payment.model.bank import Account
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Change, Payment, Request
from haat.payment.ports import Accounts, Payments, Writing
from haat.payment.rules import account_changes as changes
from haat.payment.rules import accounts as rules
from haat.payment.service.settling import Settling
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.payments import DynamoPayments

if TYPE_CHECKING:
    from tests.contract.tables import Tables

NOW = Instant(1_700_000_000_000)
SHOP, ID, TR = MerchantId("merchant"), "account-1", "H01KDVDNA00TEST0000000001A"
ACCOUNT = PayeeAccount(
    id=ID,
    merchant=SHOP,
    bank=Account(
        provider="razorpay", merchant_id="acc_example", vpa="shop@upi", base_url="", settings={"terminal": "T"}
    ),
    name="মিষ্টি ভাণ্ডার",
    keys=("key_id", "key_secret", "webhook_secret"),
    opened_at=NOW,
    changed_at=NOW,
    version=1,
    new_keys=("key_id", "key_secret", "webhook_secret"),
    change_at=Instant(NOW + DAY),
    since=NOW,
    sealed=Sealed(
        door=b"door", settlement=b"reads", call=b"call", waiting=b"waits", waiting_settlement=b"waits to read"
    ),
)
MADE = Answer(status=201, body={"id": ID})


@dataclass(frozen=True)
class Shelf:
    """A store of accounts with its payments; `another` is one that has seen nothing yet of what is kept there."""

    accounts: Accounts
    payments: Payments
    told: Callable[[], list[NoticeRaised]]
    another: Callable[[], Accounts]


@pytest.fixture(params=["memory", "table"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Return each store in turn, empty."""
    if request.param == "memory":
        memory = MemoryAccounts()
        payments = MemoryPayments(memory)
        return Shelf(
            memory, payments, lambda: _told([r.row["body"] for r in [*memory.rows, *payments.rows]]), lambda: memory
        )
    tables: Tables = request.getfixturevalue("tables")

    def fresh() -> DynamoAccounts:
        return DynamoAccounts(tables.payment, lambda: 0.0)

    return Shelf(
        fresh(),
        DynamoPayments(tables.payment),
        lambda: _told([item["body"] for item in tables.payment.having("queue") if item["pk"].startswith("NEWS#")]),
        fresh,
    )


def _told(bodies: list[str]) -> list[NoticeRaised]:
    facts = [load(body) for body in bodies if '"notice_raised"' in body]
    return [fact for fact in facts if isinstance(fact, NoticeRaised) and fact.kind.startswith("account.")]


def once(key: str = "key", asked: str = "this") -> Once:
    """A request of one name."""
    return Once(key=key, asked=asked, at=NOW)


def other(number: int, vpa: str = "", merchant_id: str = "") -> PayeeAccount:
    """One more account of the shop, of another payee."""
    payee = replace(ACCOUNT.bank, vpa=vpa or f"shop{number}@upi", merchant_id=merchant_id or f"acc_{number}")
    return replace(ACCOUNT, id=f"account-{number:02d}", bank=payee)


def begun(shelf: Shelf, account: PayeeAccount = ACCOUNT) -> None:
    """Keep it."""
    shelf.accounts.begin(account, once(account.id), MADE)


# What is kept


def test_account_comes_back_as_it_was_kept(shelf: Shelf) -> None:
    """All of it: settings, letters of any script, sealed keys."""
    begun(shelf)
    assert shelf.another().get(ID, fresh=True) == ACCOUNT
    assert shelf.another().get(ID) == ACCOUNT
    assert shelf.accounts.get("nobodys", fresh=True) is None


def test_accounts_of_a_shop_are_listed_oldest_first(shelf: Shelf) -> None:
    """And no other shop's."""
    later = replace(other(0), opened_at=Instant(NOW + 1))
    begun(shelf, later)
    begun(shelf)
    begun(shelf, replace(ACCOUNT, id="account-2", merchant=MerchantId("other")))
    assert shelf.accounts.list(SHOP) == [ACCOUNT, later]


def test_same_request_keeps_one_account(shelf: Shelf) -> None:
    """It gets the first answer; its key for another request is refused."""
    assert shelf.accounts.begin(ACCOUNT, once(), MADE) == MADE
    second = replace(ACCOUNT, id="account-2")
    assert shelf.accounts.begin(second, once(), Answer(status=201, body={"id": "account-2"})) == MADE
    assert shelf.accounts.given(once()) == MADE
    assert shelf.accounts.list(SHOP) == [ACCOUNT]
    with pytest.raises(Rejected):
        shelf.accounts.begin(second, once(asked="that"), MADE)


def test_full_shop_gets_no_account_more(shelf: Shelf) -> None:
    """Closed ones leave their place."""
    for number in range(rules.MOST):
        begun(shelf, other(number))
    more = other(99)
    with pytest.raises(Conflict) as refused:
        shelf.accounts.begin(more, once(), MADE)
    assert refused.value.word == "too-many-accounts"
    there = shelf.accounts.get("account-03", fresh=True)
    assert there is not None
    shelf.accounts.save(changes.closed(there, NOW))
    assert shelf.accounts.begin(more, once(), MADE) == MADE


@pytest.mark.parametrize("second", [other(2, vpa="Shop@UPI"), other(2, merchant_id="acc_example")], ids=["vpa", "id"])
def test_payee_has_one_open_account_of_a_shop(shelf: Shelf, second: PayeeAccount) -> None:
    """A money told of at two accounts would pay two orders. Another shop may be at the same payee, and a closed account is none."""
    begun(shelf)
    with pytest.raises(Conflict) as refused:
        begun(shelf, second)
    assert refused.value.word == "payee-taken"
    assert shelf.accounts.list(SHOP) == [ACCOUNT]
    begun(shelf, replace(second, id="account-3", merchant=MerchantId("other")))
    shelf.accounts.save(changes.closed(ACCOUNT, NOW))
    begun(shelf, second)
    assert len(shelf.accounts.list(SHOP)) == 2


def test_wanted_address_is_taken_as_well(shelf: Shelf) -> None:
    """It may be confirmed tomorrow."""
    begun(shelf)
    shelf.accounts.save(changes.address_wanted(ACCOUNT, "new@upi", NOW))
    with pytest.raises(Conflict) as refused:
        begun(shelf, other(2, vpa="new@upi"))
    assert refused.value.word == "payee-taken"


def test_of_two_that_begin_at_once_one_is_refused(tables: "Tables") -> None:
    """The second has not seen the first: it says so, and may try again."""
    first, second = (DynamoAccounts(tables.payment, lambda: 0.0) for _ in range(2))

    class Slow(DynamoAccounts):
        """Somebody is faster, after it has looked."""

        def list(self, merchant: MerchantId) -> list[PayeeAccount]:
            """As it is; then the other one begins."""
            found = super().list(merchant)
            first.begin(other(1, vpa="shop@upi"), once("first"), MADE)
            return found

    with pytest.raises(Conflict):
        Slow(tables.payment, lambda: 0.0).begin(ACCOUNT, once(), MADE)
    assert [account.id for account in second.list(SHOP)] == ["account-01"]


def test_version_that_is_gone_is_not_replaced(shelf: Shelf) -> None:
    """Of two changes of one version the second is refused, and tells nothing."""
    begun(shelf)
    first = replace(ACCOUNT, limit=100, version=2)
    shelf.accounts.save(first, rows=[changes.row(first, "keys")])
    second = replace(ACCOUNT, limit=200, version=2)
    with pytest.raises(Changed):
        shelf.accounts.save(second, rows=[changes.row(second, "closed")])
    assert shelf.another().get(ID, fresh=True) == first
    assert [notice.data["what"] for notice in shelf.told()] == ["keys"]


def test_change_that_comes_again_is_made_once(shelf: Shelf) -> None:
    """The same request gets its first answer, though the version has moved on."""
    begun(shelf)
    after, answer = replace(ACCOUNT, limit=100, version=2), Answer(status=200, body={"version": 2})
    assert shelf.accounts.save(after, (once("change"), answer)) == answer
    assert shelf.accounts.save(after, (once("change"), Answer(status=200))) == answer
    assert shelf.another().get(ID, fresh=True) == after


def test_change_is_seen_by_who_made_it(shelf: Shelf) -> None:
    """What a store remembers of an account for a minute ends with its own change."""
    begun(shelf)
    assert shelf.accounts.get(ID) == ACCOUNT
    after = replace(ACCOUNT, limit=100, version=2)
    shelf.accounts.save(after)
    assert shelf.accounts.get(ID) == after


# A test payment


class NoKeys:
    """Fills the port KeyRing."""

    def keys(self, account: PayeeAccount) -> Keys:
        """None: what is heard here was verified."""
        return {}


def asked(**more: object) -> Payment:
    """The request of a test payment."""
    request = Request(
        tr=TR,
        merchant=SHOP,
        account=ID,
        provider="razorpay",
        payee_vpa="shop@upi",
        payee_id="acc_example",
        amount=100,
        currency="INR",
        created_at=NOW,
        expires_at=Instant(NOW + 15 * MINUTE),
        state="PRESENTED",
        test=True,
    )
    return Payment(request=replace(request, **more))  # type: ignore[arg-type]  # fields of a request


def money(amount: int = 100, at: int = NOW + MINUTE) -> Evidence:
    """Proof of money."""
    return Evidence(
        provider="razorpay",
        provider_txn_id=f"pay_{amount}",
        tr=TR,
        rrn=f"4010{amount:08d}",
        amount=amount,
        currency="INR",
        status="SUCCESS",
        status_word="captured",
        trust="proof",
        occurred_at=Instant(at),
        merchant_id="acc_example",
    )


def settles(shelf: Shelf, *said: Evidence, payments: Payments | None = None) -> PayeeAccount:
    """Let settlement hear it; the account as it is then."""
    settling = Settling(payments=payments or shelf.payments, accounts=shelf.accounts, keys=NoKeys(), banks=bank)
    for one in said:
        settling.evidence(ACCOUNT, one, Instant(NOW + DAY))
    found = shelf.another().get(ID, fresh=True)
    assert found is not None
    return found


def test_test_payment_that_arrives_makes_its_account_live(shelf: Shelf) -> None:
    """With the receipt, in one transaction; it is told once, however often the proof comes."""
    begun(shelf)
    shelf.payments.begin(asked(), Writing())
    account = settles(shelf, money(), money())
    assert (account.state, account.version, account.sealed) == ("live", 2, ACCOUNT.sealed)
    assert [notice.data["what"] for notice in shelf.told()] == ["live"]


def test_account_that_goes_live_has_its_reports_fetched(shelf: Shelf) -> None:
    """Also one that the version before connected, which knew of no reports."""
    begun(shelf)
    shelf.payments.begin(asked(), Writing())
    assert not ACCOUNT.fetched
    assert settles(shelf, money()).fetched
    assert shelf.accounts.fetched(None, 10)[0] == [ID]


def test_test_payment_beside_a_live_account_makes_none_live(shelf: Shelf) -> None:
    """The shop had none when this one was connected: it is to be confirmed, and told so once. A closed one counts as well."""
    begun(shelf)
    other = replace(ACCOUNT, id="account-2", bank=replace(ACCOUNT.bank, vpa="other@upi", merchant_id="acc_other"))
    begun(shelf, changes.closed(replace(other, state="live"), NOW))
    shelf.payments.begin(asked(), Writing())
    account = settles(shelf, money(), money())
    assert (account.state, account.standing, account.tested, account.version) == ("testing", "held", True, 2)
    assert [(notice.kind, notice.data["what"]) for notice in shelf.told()] == [
        ("account.change_wanted", "account_wanted")
    ]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (asked(created_at=Instant(NOW - 1)), money()),
        (asked(), money(at=NOW + DAY)),
        (asked(), money(amount=101)),
        (asked(test=False), money()),
        (asked(state="CANCELLED", cancelled_at=NOW), money()),
        (asked(payee_vpa="old@upi"), money()),
        (asked(), replace(money(), trust="hint")),
        (asked(), replace(money(), status="PENDING")),
        (asked(), replace(money(), merchant_id="acc_of_somebody_else")),
    ],
    ids=[
        "asked before the keys were these",
        "late",
        "another sum",
        "no test",
        "cancelled",
        "to an old address",
        "a hint",
        "pending",
        "another's",
    ],
)
def test_other_money_makes_no_account_live(shelf: Shelf, request_: Payment, said: Evidence) -> None:
    """It must be the test's own, proven, in time, in full, and to the payee that the account names now."""
    begun(shelf)
    shelf.payments.begin(request_, Writing())
    assert settles(shelf, said) == ACCOUNT
    assert shelf.told() == []


def test_exact_sum_after_another_makes_it_live(shelf: Shelf) -> None:
    """What came before lies in review; the test is passed."""
    begun(shelf)
    shelf.payments.begin(asked(), Writing())
    assert settles(shelf, money(amount=101), money()).state == "live"


def test_closed_account_stays_closed(shelf: Shelf) -> None:
    """Its test payment comes, and is a receipt as any other."""
    begun(shelf)
    shelf.payments.begin(asked(), Writing())
    closed = changes.closed(ACCOUNT, NOW)
    shelf.accounts.save(closed)
    assert settles(shelf, money()) == closed
    payment = shelf.payments.load(TR)
    assert payment is not None
    assert (payment.request.state, len(payment.receipts)) == ("PAID", 1)


class Overtaken:
    """Payments at which somebody changes the account just before a decision is written."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf, self._left = shelf, 1

    def __getattr__(self, name: str) -> object:
        return getattr(self._shelf.payments, name)

    def save(self, before: Payment, change: Change, writing: Writing) -> Answer | None:
        """The first time somebody wants another address in between."""
        if self._left:
            self._left -= 1
            self._shelf.accounts.save(changes.address_wanted(ACCOUNT, "new@upi", NOW))
        return self._shelf.payments.save(before, change, writing)


def test_change_in_between_is_not_lost(shelf: Shelf) -> None:
    """The account is read again: it is live, and the wish for another address stands."""
    begun(shelf)
    shelf.payments.begin(asked(), Writing())
    account = settles(shelf, money(), payments=Overtaken(shelf))  # type: ignore[arg-type]  # all else is the port's own
    assert (account.state, account.new_vpa, account.version) == ("live", "new@upi", 3)
    payment = shelf.payments.load(TR)
    assert payment is not None
    assert (payment.request.state, len(payment.receipts)) == ("PAID", 1)
