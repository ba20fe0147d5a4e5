"""What a settlement file does to money that was told of otherwise, in memory and on the table: whichever came first, the end is the same."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from haat.facts.settlement import RefundFiled
from haat.kernel.errors import Unavailable
from haat.kernel.time import Instant, later
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Payment, Payout
from haat.payment.ports import Payments, Writing
from haat.payment.rules import machine, refunds
from haat.payment.store import repair
from haat.payment.store.files import DynamoFiles
from haat.payment.store.lists import DynamoLists
from haat.payment.store.payments import DynamoPayments
from tests.contract.payment.file_books import AT, NOW, Books, uploaded
from tests.contract.payment.test_file_steps import make
from tests.unit.payment.recon import ACCOUNT, line

if TYPE_CHECKING:
    from tests.contract.tables import Tables

__all__ = ["make"]

CREDIT = line("payment", "pay_1", 20_000, "setl_1", order_receipt="Hunpaid", fee=236, tax=36)
BACK = line("refund", "rfnd_1", 15_000, "setl_1", payment_id="pay_1")
TAKEN = line("adjustment", "adj_1", 20_000, "setl_1", payment_id="pay_1", dispute_id="disp_1")
both = pytest.mark.parametrize("times", [1, 2])


def unpaid(books: Books) -> Payment:
    """The request that nobody had told of."""
    found = books.payments.load("Hunpaid")
    assert found is not None
    return found


def meanings(books: Books) -> list[str]:
    """Of each line, in the order of the file."""
    parts, _ = books.files.parts(books.id, None, 50)
    lines = [one for part in parts for one in part.lines]
    return [one.meaning for one in sorted(lines, key=lambda one: one.row.line) if one.meaning != "missing"]


def heard(books: Books, txn: str, amount: int, tr: str = "", rrn: str = "", at: Instant = AT) -> None:
    """The bank tells of money."""
    said = Evidence(
        provider="razorpay", provider_txn_id=txn, tr=tr, rrn=rrn, amount=amount, currency="INR", status="SUCCESS",
        status_word="captured", trust="proof", occurred_at=at, merchant_id="acc_1",
    )  # fmt: skip
    books.settling.evidence(ACCOUNT, said, NOW)


@both
@pytest.mark.parametrize("order", [(CREDIT, BACK), (BACK, CREDIT)], ids=["payment first", "refund first"])
def test_refund_in_a_file_counts_wherever_its_payment_stands(make: Callable[[], Books], order: Any, times: int) -> None:
    """Else the shop could give back once more what the bank has given back."""
    books = make()
    uploaded(books, order, times=times)
    payment = unpaid(books)
    (receipt,), (refund,) = payment.receipts, payment.refunds
    assert (payment.request.state, refund.state, refund.amount) == ("PAID", "DONE", 15_000)
    assert refunds.left(payment, receipt) == 5_000
    assert sorted(meanings(books)) == ["recovers", "refund"]


@both
@pytest.mark.parametrize("order", [(CREDIT, TAKEN), (TAKEN, CREDIT)], ids=["payment first", "complaint first"])
def test_chargeback_in_a_file_is_told_wherever_its_payment_stands(
    make: Callable[[], Books], order: Any, times: int
) -> None:
    """Flagged and told once; paid stays paid."""
    books = make()
    *_, told = uploaded(books, order, times=times)
    payment = unpaid(books)
    assert (payment.request.state, payment.receipts[0].disputed) == ("PAID", 20_000)
    assert "chargeback" in payment.request.flags
    assert sum("payment.chargeback" in one for one in told) == 1


@both
def test_refund_of_money_that_no_request_has_waits_for_it(make: Callable[[], Books], times: int) -> None:
    """The file gives back what nobody has told of yet; when that is told of, it is given back."""
    books = make()
    uploaded(books, [BACK], times=times)
    assert meanings(books) == ["refund_unknown"]
    heard(books, "pay_1", 20_000, tr="Hunpaid")
    books.plays(times=times)
    payment = unpaid(books)
    assert [(one.state, one.amount) for one in payment.refunds] == [("DONE", 15_000)]
    assert payment.request.state == "PAID"


def test_refund_of_ours_that_the_file_names_by_its_sum_is_no_second_one(make: Callable[[], Books]) -> None:
    """Two of ours, and two lines of the same sum with ids of the bank's own: each line is one of them."""
    books = make()
    books.holds_money()
    heard(books, "pay_1", 20_000, tr="Hunpaid")
    first = refunds.ask(unpaid(books), "R1", "pay_1", 5_000, AT)
    both_asked = refunds.ask(first.after, "R2", "pay_1", 5_000, AT)
    told = [replace_line(BACK, f"bank_{number}", 5_000) for number in (1, 2)]
    books.payments.save(unpaid(books), both_asked, Writing(at=NOW))
    books.holds_money = lambda: None  # type: ignore[method-assign]  # they hold it already
    uploaded(books, told, times=2)
    payment = unpaid(books)
    assert [(one.id, one.state) for one in payment.refunds] == [("R1", "DONE"), ("R2", "DONE")]
    assert refunds.left(payment, payment.receipts[0]) == 10_000


def replace_line(item: dict[str, Any], id: str, amount: int) -> dict[str, Any]:
    """The same line about another refund."""
    return {**item, "entity_id": id, "amount": amount, "debit": amount}


def test_refund_with_another_sum_than_ours_is_a_question(make: Callable[[], Books]) -> None:
    """Nothing is marked as done; a person looks."""
    books = make()
    books.holds_money()
    heard(books, "pay_1", 20_000, tr="Hunpaid")
    change = refunds.ask(unpaid(books), "R1", "pay_1", 5_000, NOW)
    known = replace(change.after.refunds[0], provider_refund_id="rfnd_1")
    books.payments.save(unpaid(books), replace(change, after=replace(change.after, refunds=(known,))), Writing(at=NOW))
    books.holds_money = lambda: None  # type: ignore[method-assign]  # they hold it already
    file, *_ = uploaded(books, [BACK])
    payment = unpaid(books)
    assert [(one.state, one.amount) for one in payment.refunds] == [("SENT", 5_000)]
    assert "settlement_mismatch" in payment.request.flags
    assert file.counts["differs"] == 1


@both
def test_what_a_file_says_of_nobodys_money_goes_on_with_it(make: Callable[[], Books], times: int) -> None:
    """First the file, without our reference; then the bank tells whose it is: the receipt is settled, with its fee, and never missing."""
    books = make()
    nameless = {**CREDIT, "order_receipt": None}
    uploaded(books, [nameless], times=times)
    assert meanings(books) == ["orphan"]
    heard(books, "pay_1", 20_000, tr="Hunpaid", rrn="606110000001")
    (receipt,) = unpaid(books).receipts
    assert (receipt.settled, receipt.fee, receipt.tax, receipt.settlement) == (True, 236, 36, "setl_1")


def test_nobodys_money_with_another_sum_is_a_question(make: Callable[[], Books]) -> None:
    """The bank told of 100, and its file says 200."""
    books = make()
    heard(books, "pay_1", 10_000)
    file, *_ = uploaded(books, [{**CREDIT, "order_receipt": None}])
    assert meanings(books) == ["differs"]
    assert file.questions


def test_money_named_twice_with_two_sums_is_bad_the_second_time(make: Callable[[], Books]) -> None:
    """Nobody can say which is right; the first stands, and a person looks."""
    books = make()
    file, *_ = uploaded(books, [CREDIT, {**CREDIT, "amount": 99_900, "credit": 99_900}])
    assert meanings(books) == ["recovers", "bad"]
    assert file.received == 20_000


def test_later_file_without_a_fee_takes_none_away(make: Callable[[], Books]) -> None:
    """Some banks repeat a line without its fee."""
    books = make()
    uploaded(books, [CREDIT])
    payment = unpaid(books)
    (receipt,) = payment.receipts
    assert receipt.fee == 236
    said = Evidence(
        provider="razorpay", provider_txn_id="pay_1", tr="Hunpaid", rrn="", amount=20_000, currency="INR", status="SUCCESS",
        status_word="", trust="proof", occurred_at=later(AT, 1), merchant_id="acc_1",
    )  # fmt: skip
    after = machine.hear(payment, said, NOW, payout=Payout(file="F2")).after
    assert (after.receipts[0].fee, after.receipts[0].tax, after.receipts[0].settlement) == (236, 36, "setl_1")


def test_twelve_refunds_of_money_that_comes_later_are_all_given_back(make: Callable[[], Books]) -> None:
    """None of them is forgotten for being many."""
    books = make()
    uploaded(books, [replace_line(BACK, f"rfnd_{number}", 1_000) for number in range(12)])
    heard(books, "pay_1", 20_000, tr="Hunpaid")
    books.plays(times=2)
    payment = unpaid(books)
    assert [one.state for one in payment.refunds] == ["DONE"] * 12
    assert refunds.left(payment, payment.receipts[0]) == 8_000


def test_right_line_after_a_wrong_one_is_right(make: Callable[[], Books]) -> None:
    """A quarrel about one refund says nothing about the next."""
    books = make()
    books.holds_money()
    heard(books, "pay_1", 20_000, tr="Hunpaid")
    asked = refunds.ask(unpaid(books), "R1", "pay_1", 5_000, AT)
    known = replace(asked.after.refunds[0], provider_refund_id="rfnd_1")
    books.payments.save(unpaid(books), replace(asked, after=replace(asked.after, refunds=(known,))), Writing(at=NOW))
    books.holds_money = lambda: None  # type: ignore[method-assign]  # they hold it already
    uploaded(books, [BACK, replace_line(BACK, "rfnd_2", 2_000)])
    assert meanings(books) == ["differs", "refund"]


class Blind:
    """Payments in which somebody is faster: the first time the money is not found, though it is somebody's."""

    def __init__(self, payments: Payments) -> None:
        self._payments, self._blind = payments, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._payments, name)

    def find(self, *args: Any, **more: Any) -> str | None:
        """Nothing, once."""
        blind, self._blind = self._blind, False
        return None if blind else self._payments.find(*args, **more)


def test_money_that_is_taken_while_its_line_is_read_is_looked_at_again(make: Callable[[], Books]) -> None:
    """Nothing is said to be recovered that another request has got in between: the step comes again, and finds that one."""
    books = make()
    books.holds_money()
    heard(books, "pay_1", 20_000, tr="Hknown")
    books.holds_money = lambda: None  # type: ignore[method-assign]  # they hold it already
    blind: Any = Blind(books.payments)
    books.filed = replace(books.filed, settling=replace(books.settling, payments=blind))
    with pytest.raises(Unavailable):
        uploaded(books, [CREDIT])
    books.plays()
    assert meanings(books) == ["confirms"]
    assert unpaid(books).request.state == "PRESENTED"


def test_refund_line_that_names_our_reference_alone_is_of_that_money(make: Callable[[], Books]) -> None:
    """Where the request has one receipt; a line that names nothing at all waits for nothing."""
    books = make()
    books.holds_money()
    heard(books, "pay_1", 20_000, tr="Hunpaid")
    told = RefundFiled(
        id="F#1", account=ACCOUNT.id, amount=5_000, received_at=NOW, provider_refund_id="rfnd_1", tr="Hunpaid"
    )
    for _ in range(2):
        books.settling.filed(told, NOW)
    assert [(one.id, one.state) for one in unpaid(books).refunds] == [("rfnd_1", "DONE")]
    assert books.settling.filed(replace(told, tr=""), NOW).word == "of_nothing_known"


def test_money_of_another_request_is_confirmed_there(make: Callable[[], Books]) -> None:
    """A line recovers nothing that is somebody else's already: it ends with that request."""
    books = make()
    books.holds_money()
    heard(books, "pay_1", 20_000, tr="Hknown")  # which is paid: a second payment of that request
    books.holds_money = lambda: None  # type: ignore[method-assign]  # they hold it already
    file, *_ = uploaded(books, [CREDIT])
    assert meanings(books) == ["confirms"]
    assert unpaid(books).request.state == "PRESENTED"
    assert file.counts.get("recovers", 0) == 0


def test_search_in_several_steps_that_come_twice_tells_each_missing_money_once(make: Callable[[], Books]) -> None:
    """More receipts than one step looks at."""
    books = make()
    books.holds_money()
    for number in range(60):
        tr = f"Hmany{number}"
        request = replace(unpaid(books).request, tr=tr)
        books.payments.begin(Payment(request=request), Writing(at=AT))
        heard(books, f"pay_many_{number}", 20_000, tr=tr)
    books.holds_money = lambda: None  # type: ignore[method-assign]  # they hold it already
    file, *_ = uploaded(books, [CREDIT], times=2)
    assert file.counts["missing"] == 60 + 3  # and those that the books held before
    parts, _ = books.files.parts(books.id, None, 50)
    named = [one.row.tr for part in parts for one in part.lines if one.meaning == "missing"]
    assert len(named) == len(set(named)) == file.counts["missing"]


def test_second_file_changes_nothing_of_what_the_first_said_of_nobodys_money(make: Callable[[], Books]) -> None:
    """The first file's fee and payout stand."""
    books = make()
    nameless = {**CREDIT, "order_receipt": None}
    uploaded(books, [nameless])
    (orphan,) = [one for one in books.lists.orphans(ACCOUNT.id, None, 50)[0] if one.provider_txn_id == "pay_1"]
    again = books.payments.settle_orphan(ACCOUNT.id, "", "pay_1", Payout(fee=1, settlement="setl_2", file="F2"))
    assert again == orphan
    assert (orphan.fee, orphan.settlement, orphan.found_in) == (236, "setl_1", books.id)


def test_refund_that_was_handed_out_and_lost_is_found_by_the_repair(tables: "Tables") -> None:
    """It is lost from when its payment is known until somebody has taken it, and while it waits it is not."""
    told = RefundFiled(
        id="F#1", account=ACCOUNT.id, amount=5_000, received_at=AT, provider_refund_id="rfnd_1", provider_txn_id="pay_1"
    )
    table = tables.payment
    books = Books(DynamoFiles(table), DynamoPayments(table), DynamoLists(table), list)
    books.holds_money()
    assert books.settling.filed(told, AT).word == "refund_waits"

    def lost() -> list[str]:
        found = repair.lost(table, later(NOW, 1), lambda _: False)
        return [row["sk"] for row in found if row["sk"].startswith("waited#")]

    assert lost() == []
    heard(books, "pay_1", 20_000, tr="Hunpaid")
    assert lost() == ["waited#F#1"]
    books.settling.filed(told, NOW)
    assert lost() == []
