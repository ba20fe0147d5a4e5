"""What the ports People and Payments promise of a shop's customers, in memory and in DynamoDB; and what forgetting does with it."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from haat.facts.payments import CustomerForgotten
from haat.kernel.errors import Conflict, Unavailable
from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import Instant
from haat.payment.memory.payments import MemoryPayments
from haat.payment.memory.people import MemoryPeople
from haat.payment.model.payment import Change, Payment, Receipt, Request
from haat.payment.ports import Payments, Writing
from haat.payment.ports.people import People
from haat.payment.rules.forgetting import forgotten
from haat.payment.service.forgetting import PAGE, PAGES, Forgetting
from haat.payment.service.holdings import PaymentHoldings
from haat.payment.store.payments import DynamoPayments
from haat.payment.store.people import DynamoPeople

if TYPE_CHECKING:
    from tests.contract.tables import Tables

SHOP, OTHER = MerchantId("01KE4JVFR0SH0P000000000001"), MerchantId("01KE4JVFR0SH0P000000000002")
RINA, AMIT = CustomerId("01KE4JVFR0CVST0MER00000001"), CustomerId("01KE4JVFR0CVST0MER00000002")
NOW = Instant(1_767_587_400_000)


@dataclass(frozen=True)
class Shelf:
    """A store, and who leads to what in it."""

    payments: Payments
    people: People


@pytest.fixture(params=["memory", "dynamodb"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Return an empty one."""
    if request.param == "memory":
        memory = MemoryPayments()
        return Shelf(memory, MemoryPeople(memory))
    tables: Tables = request.getfixturevalue("tables")
    return Shelf(DynamoPayments(tables.payment), DynamoPeople(tables.payment))


def request(number: int = 1, merchant: MerchantId = SHOP, customer: str = RINA) -> Payment:
    """What somebody was asked for."""
    return Payment(
        request=Request(
            tr=f"H01KE4JVFR0REQUEST{number:010d}",
            merchant=merchant,
            account="account",
            provider="simbank",
            payee_vpa="shop@testpsp",
            payee_id="SHOP",
            amount=4_000,
            currency="INR",
            created_at=NOW,
            expires_at=Instant(NOW + 900_000),
            state="PRESENTED",
            customer=customer,
            channel="whatsapp",
            address="100000000000001",
            language="bn",
            note="sweets for Rina",
            link="upi://pay?pa=shop@testpsp&tn=sweets%20for%20Rina",
        )
    )


def begin(shelf: Shelf, *payments: Payment) -> None:
    """Keep them."""
    for payment in payments:
        shelf.payments.begin(payment, Writing())


def forget(shelf: Shelf, *customers: CustomerId) -> str:
    """Forget somebody of the shop."""
    fact = CustomerForgotten(merchant=SHOP, customers=customers or (RINA,), occurred_at=NOW)
    return Forgetting(payments=shelf.payments, people=shelf.people).forget(fact, NOW)


def test_customer_leads_to_their_requests_alone(shelf: Shelf) -> None:
    """In order, a page at a time; not to another's, to another shop's, or to one that is of nobody."""
    begin(shelf, *(request(number) for number in (3, 1, 2)))
    begin(shelf, request(4, customer=AMIT), request(5, merchant=OTHER), request(6, customer=""))
    mine = [request(number).request.tr for number in (1, 2, 3)]
    assert list(shelf.people.of(SHOP, RINA, None, 10)) == mine
    assert list(shelf.people.of(SHOP, RINA, None, 2)) == mine[:2]
    assert list(shelf.people.of(SHOP, RINA, mine[0], 10)) == mine[1:]
    shelf.people.drop(SHOP, RINA, mine[1])
    assert list(shelf.people.of(SHOP, RINA, None, 10)) == [mine[0], mine[2]]


def test_all_that_is_held_comes_in_pages(shelf: Shelf) -> None:
    """Under all ids of a person, each payment once, a page after the other until none is left; nothing of another's."""
    begin(shelf, *(request(number) for number in range(5)), request(7, customer=AMIT), request(8, merchant=OTHER))
    holdings = PaymentHoldings(shelf.payments, shelf.people)
    for limit in (1, 2, 5, 6):
        found: list[str] = []
        after: str | None = None
        for _ in range(20):
            page, after = holdings.held(SHOP, (RINA, AMIT), after, limit)
            found += [line["held"]["reference_id"] for line in page]
            if after is None:
                break
        assert found == [request(number).request.tr for number in (0, 1, 2, 3, 4, 7)]
    assert holdings.held(SHOP, (), None, 5) == ([], None)


def test_nobody_asks_who_is_erased(shelf: Shelf) -> None:
    """No request to them begins any more; others' do, and one that is there stays."""
    begin(shelf, request(1))
    shelf.people.shut(SHOP, RINA, NOW)
    shelf.people.shut(SHOP, RINA, NOW)
    with pytest.raises(Conflict) as refused:
        begin(shelf, request(2))
    assert refused.value.word == "customer-erased"
    assert shelf.payments.load(request(2).request.tr) is None
    with pytest.raises(Conflict) as refused:
        begin(shelf, request(1))
    assert refused.value.word == "reference-taken"
    begin(shelf, request(3, customer=AMIT), request(4, merchant=OTHER), request(5, customer=""))
    assert list(shelf.people.of(SHOP, RINA, None, 10)) == [request(1).request.tr]


def test_forgetting_takes_the_person_out_of_all(shelf: Shelf) -> None:
    """Of more than a page, under two ids, with a receipt; the same again finds nothing, and others' stay."""
    count = PAGE + 2
    begin(shelf, *(request(number) for number in range(count)), request(90, customer=AMIT), request(91, merchant=OTHER))
    one = shelf.payments.load(request(0).request.tr)
    assert one is not None
    receipt = Receipt(
        rrn="600510000001",
        provider_txn_id="",
        amount=4_000,
        currency="INR",
        kind="primary",
        occurred_at=NOW,
        payer_vpa="r@psp",
    )
    shelf.payments.save(one, Change(after=replace(one, receipts=(receipt,))), Writing(at=NOW))
    assert forget(shelf, RINA, AMIT) == "forgotten"
    for number in (*range(count), 90):
        there = shelf.payments.load(request(number).request.tr)
        assert there is not None
        assert "Rina" not in repr(there)
        assert (there.request.customer, there.request.address, there.request.forgotten_at) == ("", "", NOW)
        assert there.request.amount == 4_000
        assert all(not receipt.payer_vpa for receipt in there.receipts)
    other = shelf.payments.load(request(91).request.tr)
    assert other is not None
    assert other.request.customer == RINA
    assert forget(shelf, RINA, AMIT) == "nothing_held"


def test_forgetting_goes_on_where_there_is_too_much() -> None:
    """Where one go does not reach the record comes again, and the next go does the rest."""
    memory = MemoryPayments()
    shelf = Shelf(memory, MemoryPeople(memory))
    begin(shelf, *(request(number) for number in range(PAGE * PAGES + 1)))
    with pytest.raises(Unavailable, match="go on"):
        forget(shelf)
    assert forget(shelf) == "forgotten"
    assert not shelf.people.of(SHOP, RINA, None, 10)


def test_what_is_forgotten_is_forgotten_once() -> None:
    """A payment without its person changes no more; one of nobody is marked too, so that no payer's address comes to it later."""
    change = forgotten(request(), NOW)
    assert forgotten(change.after, Instant(NOW + 1)).after == change.after
    assert change.after.request.version == 1
    assert forgotten(request(customer=""), NOW).after.request.forgotten_at == NOW
