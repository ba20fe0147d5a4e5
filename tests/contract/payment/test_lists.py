"""Payments in lists, on memory and on the table: what was written is found there, once, and is gone when it should be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import MINUTE, Instant, later
from haat.payment.memory.lists import MemoryLists
from haat.payment.memory.payments import MemoryPayments
from haat.payment.memory.people import MemoryPeople
from haat.payment.model.evidence import Evidence
from haat.payment.model.ledger import Entry
from haat.payment.model.payment import Change, Orphan, Payment, Proof, Request
from haat.payment.ports import Listed, Payments, Writing
from haat.payment.ports.lists import Lists
from haat.payment.ports.people import People
from haat.payment.rules import asking, machine, refunds
from haat.payment.store.lists import DynamoLists
from haat.payment.store.payments import DynamoPayments
from haat.payment.store.people import DynamoPeople

if TYPE_CHECKING:
    from tests.contract.tables import Tables

SHOP, OTHER = MerchantId("01KDVDNA008252GHK0JAF24VNQ"), MerchantId("01KDVDNA008252GHK0JAF24VNR")
NOW = Instant(1_772_425_800_000)
FOR_EVER = Instant(2_000_000_000_000)


@dataclass(frozen=True)
class House:
    """A store and its lists."""

    payments: Payments
    lists: Lists
    people: People

    def begins(self, tr: str, amount: int = 50_000, *, merchant: MerchantId = SHOP, at: Instant = NOW) -> Payment:
        """A request that the customer has before them."""
        request = Request(
            tr=tr,
            merchant=merchant,
            account="account",
            provider="simbank",
            payee_vpa="shop@upi",
            payee_id="",
            amount=amount,
            currency="INR",
            created_at=at,
            expires_at=later(at, 15 * MINUTE),
        )
        self.payments.begin(machine.present(Payment(request=request)).after, Writing(at=at))
        return self.now(tr)

    def now(self, tr: str) -> Payment:
        """As it is."""
        found = self.payments.load(tr)
        assert found is not None
        return found

    def hears(self, said: Evidence, at: Instant, tr: str = "") -> Payment:
        """Evidence comes in by a callback."""
        before = self.now(tr or said.tr)
        change = machine.hear(before, said, at)
        self.payments.save(before, change, Writing(at=at, proof=asking.proof(said, "callback", at)))
        return self.now(tr or said.tr)

    def writes(self, tr: str, step: Callable[[Payment], Change], at: Instant) -> None:
        """A decision of the rules."""
        before = self.now(tr)
        self.payments.save(before, step(before), Writing(at=at))


@pytest.fixture(params=["memory", "table"])
def house(request: pytest.FixtureRequest) -> House:
    """Return each store in turn, empty."""
    if request.param == "memory":
        memory = MemoryPayments()
        return House(memory, MemoryLists(memory), MemoryPeople(memory))
    tables: Tables = request.getfixturevalue("tables")
    return House(DynamoPayments(tables.payment), DynamoLists(tables.payment), DynamoPeople(tables.payment))


def told(tr: str, rrn: str = "412345678901", amount: int = 50_000, **more: object) -> Evidence:
    """A bank tells of money that has come."""
    said = Evidence(
        provider="simbank",
        provider_txn_id=f"txn-{rrn}",
        tr=tr,
        rrn=rrn,
        amount=amount,
        currency="INR",
        status="SUCCESS",
        status_word="OK",
        trust="proof",
        occurred_at=NOW,
        payee_vpa="shop@upi",
        event_id=f"event-{rrn}",
    )
    return replace(said, **more)  # type: ignore[arg-type]  # fields of it


def orphan(rrn: str, **more: object) -> Orphan:
    """Money of a printed code."""
    it = Orphan(
        provider="simbank",
        account="account",
        rrn=rrn,
        provider_txn_id=f"txn-{rrn}",
        tr="",
        amount=100,
        currency="INR",
        occurred_at=NOW,
        merchant=SHOP,
    )
    return replace(it, **more)  # type: ignore[arg-type]  # fields of it


def all_of[T](read: Callable[[str | None, int], Listed[T]], limit: int = 2) -> list[T]:
    """Everything, page by page."""
    found, after = read(None, limit)
    while after is not None:
        assert len(found) % limit == 0, "a page that is not the last is full"
        more, after = read(after, limit)
        found = [*found, *more]
    return found


def watched(house: House, state: str) -> list[tuple[str, Instant]]:
    """What an operator sees of a state."""

    def read(after: str | None, limit: int) -> Listed[tuple[Payment, Instant]]:
        return house.lists.watched(state, after, limit)  # type: ignore[arg-type]  # one of the two

    found = all_of(read)
    assert found == all_of(read, limit=3) == read(None, 100)[0], "a page is full of what is there"
    return [(payment.request.tr, since) for payment, since in found]


def ledger(house: House, begins: int = 0, ends: int = FOR_EVER) -> list[Entry]:
    """The shop's money."""
    return all_of(lambda after, limit: house.lists.ledger(SHOP, Instant(begins), Instant(ends), after, limit))


def test_request_is_watched_for_as_long_as_it_is_in_that_state(house: House) -> None:
    """Oldest first by the time since when, page by page; what is paid or fails is gone from the list."""
    for number in range(5):
        house.begins(f"H{number}")
    for number in (3, 1, 4, 0, 2):  # not in the order in which they began
        at = later(NOW, number * MINUTE)
        house.hears(told(f"H{number}", status="PENDING"), at)
    assert watched(house, "PROCESSING") == [(f"H{n}", later(NOW, n * MINUTE)) for n in range(5)]
    house.hears(told("H3", status="PENDING", event_id="again"), later(NOW, 30 * MINUTE))
    assert watched(house, "PROCESSING")[3] == ("H3", later(NOW, 3 * MINUTE)), "since when does not move"
    house.hears(told("H0", "1"), later(NOW, 40 * MINUTE))
    house.hears(told("H1", "2", status="FAILED"), later(NOW, 41 * MINUTE))
    house.hears(told("H2", "3", amount=1), later(NOW, 42 * MINUTE))
    assert [tr for tr, _ in watched(house, "PROCESSING")] == ["H3", "H4"]
    assert watched(house, "REVIEW") == [("H2", later(NOW, 42 * MINUTE))]
    house.hears(told("H2", "4"), later(NOW, 43 * MINUTE))
    assert watched(house, "REVIEW") == []


def test_each_source_of_evidence_is_kept_once(house: House) -> None:
    """What is said again fills nothing; of hints, which anyone can send, one is kept."""
    house.begins("H1")
    for number in range(5):
        house.hears(told("H1", "", trust="hint", event_id=str(number)), later(NOW, number * MINUTE))
        house.hears(told("H1", status="PENDING"), later(NOW, number * MINUTE))
    house.hears(told("H1"), later(NOW, 9 * MINUTE))
    before = house.now("H1")
    pulled = asking.proof(told("H1", event_id=""), "pull", later(NOW, 10 * MINUTE))
    house.payments.save(before, Change(after=before), Writing(proof=pulled))
    kept = [(it.source, it.trust, it.status, it.event_id) for it in house.lists.proofs("H1")]
    assert sorted(kept[:2]) == [
        ("callback", "hint", "SUCCESS", "4"),
        ("callback", "proof", "PENDING", "event-412345678901"),
    ]
    assert kept[2:] == [
        ("callback", "proof", "SUCCESS", "event-412345678901"),
        ("pull", "proof", "SUCCESS", ""),
    ]
    assert house.lists.proofs("H2") == []


def test_money_stands_in_the_ledger_at_its_own_time(house: House) -> None:
    """Receipts, refunds and the money of printed codes, by time, of this shop alone; from a moment to before another."""
    house.begins("H1")
    house.begins("H9", merchant=OTHER)
    house.hears(told("H9", "9"), NOW)
    house.hears(told("H1", "1", occurred_at=later(NOW, 3)), NOW)
    house.hears(told("H1", "2", occurred_at=later(NOW, 1)), NOW)
    house.writes("H1", lambda before: refunds.ask(before, "R1", "1", 20_000, later(NOW, 5)), NOW)
    house.payments.keep_orphan(orphan("3", occurred_at=later(NOW, 2)), Writing())
    house.payments.keep_orphan(orphan("4", tr="nobodys", occurred_at=later(NOW, 2)), Writing())

    def read(entry: Entry) -> tuple[int, str]:
        name = entry.receipt.rrn if entry.receipt else entry.refund.id if entry.refund else ""
        return entry.at - NOW, name or f"orphan {entry.orphan.rrn if entry.orphan else ''}"

    assert [read(entry) for entry in ledger(house)] == [(1, "2"), (2, "orphan 3"), (3, "1"), (5, "R1")]
    assert [read(entry) for entry in ledger(house, NOW + 2, NOW + 5)] == [(2, "orphan 3"), (3, "1")]
    assert [entry.request.tr for entry in ledger(house) if entry.request] == ["H1", "H1", "H1"]
    assert ledger(house, NOW + 6) == []


def test_orphans_are_listed_by_account_and_the_strange_ones_are_watched(house: House) -> None:
    """A printed code's money is the shop's to assign; what names another request or payee is for an operator, too."""
    for number in range(1, 6):
        assert house.payments.keep_orphan(orphan(str(number)), Writing())
    assert house.payments.keep_orphan(orphan("6", tr="nobodys"), Writing())
    assert house.payments.keep_orphan(orphan("7", foreign=True, occurred_at=Instant(NOW - 1)), Writing())
    assert not house.payments.keep_orphan(orphan("7"), Writing()), "it is known"
    assert house.payments.keep_orphan(orphan("8", account="another"), Writing())
    listed = all_of(lambda after, limit: house.lists.orphans("account", after, limit))
    assert [it.rrn for it in listed] == ["7", "6", "5", "4", "3", "2", "1"]
    assert house.lists.orphan("account", "3") == orphan("3")
    assert house.lists.orphan("account", "8") is None
    assert [it.rrn for it in all_of(house.lists.watched_orphans)] == ["7", "6"]


def test_orphan_that_finds_its_request_is_one_no_more(house: House) -> None:
    """A request that begins with it takes it out of every list; a second one is refused, and the evidence stays to be read."""
    proof = Proof(
        source="callback",
        trust="proof",
        status="SUCCESS",
        status_word="OK",
        heard_at=NOW,
        occurred_at=NOW,
        amount=50_000,
        currency="INR",
        rrn="1",
    )
    house.payments.keep_orphan(orphan("1", tr="nobodys", amount=50_000), Writing(proof=proof))
    assert house.lists.orphan_proofs("account", "1") == [proof]
    unborn = Payment(request=replace(house.begins("H0").request, tr="H1", state="CREATED"))
    change = machine.hear(unborn, told("H1", "1"), NOW)
    house.payments.save(unborn, change, Writing(proof=proof, at=NOW))
    assert house.now("H1").request.state == "PAID"
    assert house.lists.orphan("account", "1") is None
    assert house.lists.watched_orphans(None, 10) == ([], None)
    assert [(entry.receipt.rrn if entry.receipt else "") for entry in ledger(house)] == ["1"]
    assert house.lists.proofs("H1") == [proof]
    other = replace(unborn, request=replace(unborn.request, tr="H2"))
    with pytest.raises(Conflict) as refused:
        house.payments.save(other, machine.hear(other, told("H2", "1"), NOW), Writing())
    assert refused.value.word == "receipt-taken"
    assert house.payments.load("H2") is None


def test_request_that_begins_with_money_leads_from_its_customer(house: House) -> None:
    """Who asks to be forgotten is found by it; and nothing begins for somebody who is."""
    rina, amit = CustomerId("rina"), CustomerId("amit")
    model = replace(house.begins("H0").request, state="CREATED")
    for number, customer in enumerate((rina, amit), 1):
        house.payments.keep_orphan(orphan(str(number), amount=50_000), Writing())
        unborn = Payment(request=replace(model, tr=f"H{number}", customer=customer))
        change = machine.hear(unborn, told(f"H{number}", str(number)), NOW)
        house.people.shut(SHOP, amit, NOW)
        if customer == rina:
            house.payments.save(unborn, change, Writing())
            continue
        with pytest.raises(Conflict) as refused:
            house.payments.save(unborn, change, Writing())
        assert refused.value.word == "customer-erased"
    assert list(house.people.of(SHOP, rina, None, 10)) == ["H1"]
    assert house.payments.load("H2") is None
    assert house.lists.orphan("account", "2") is not None
