"""The accountant's table: days of India, rupees, and cells that stay text."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from haat.kernel.errors import Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY, Instant, later, rfc3339
from haat.payment.memory.lists import MemoryLists
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.ledger import Entry
from haat.payment.model.payment import Orphan, Receipt, Refund, Request
from haat.payment.ports import Writing
from haat.payment.rules.ledger import COLUMNS, days, write
from haat.payment.service.books import Books

SHOP = MerchantId("01KDVDNA008252GHK0JAF24VNQ")

GSTIN = "19AAAFB0001C1ZJ"
# As the table was before it told of fees: whoever reads it by place finds all of these where they were.
BEFORE = (
    "date", "time", "kind", "received", "refunded", "currency", "reference", "order", "rrn", "state", "late", "settled",
    "account", "provider", "provider_payment_id", "refund_id", "provider_refund_id",
)  # fmt: skip

NOON = Instant(1_767_587_400_000)  # 2026-01-05T04:30Z, ten in the morning in India


class NoNumbers:
    """Fills the port TaxNumbers for a shop that told none."""

    def gstin(self, merchant: MerchantId) -> str:
        """None."""
        return ""


def test_days_are_indias() -> None:
    """A day begins at half past six in the evening of UTC's day before; the last day is whole."""
    begins, ends = days("2026-01-05", "2026-01-05", NOON)
    assert (rfc3339(begins), ends - begins) == ("2026-01-04T18:30:00.000Z", DAY)
    assert days(None, None, NOON) == (begins - 30 * DAY, ends)
    late = Instant(NOON + 14 * 3_600_000)  # 18:30Z: it is tomorrow in India
    assert days(None, None, late)[1] == ends + DAY


@pytest.mark.parametrize(("begins", "ends"), [("2026-01-06", "2026-01-05"), (None, "0001-01-01")])
def test_days_that_can_not_be_are_refused(begins: str | None, ends: str | None) -> None:
    """By the name of the field."""
    with pytest.raises(Rejected) as refused:
        days(begins, ends, NOON)
    assert set(refused.value.fields) == {"from"}


def orphan(rrn: str) -> Orphan:
    """Money of a printed code."""
    return Orphan(
        provider="simbank",
        account="account",
        rrn=rrn,
        provider_txn_id="",
        tr="",
        amount=12_345_678_905,
        currency="INR",
        occurred_at=NOON,
        merchant=SHOP,
    )


def test_parts_of_a_table_join_into_the_whole() -> None:
    """One heading, each line once, however little time an answer has."""
    payments = MemoryPayments()
    for number in range(120):
        payments.keep_orphan(orphan(f"4{number:03d}"), Writing())
    books = Books(lists=MemoryLists(payments), tax_numbers=NoNumbers())
    whole, rest = books.export(SHOP, Instant(0), later(NOON, DAY), None, lambda: 28_000)
    assert (len(whole.splitlines()), rest) == (121, None)
    text, after = books.export(SHOP, Instant(0), later(NOON, DAY), None, lambda: 0)
    assert len(text.splitlines()) == 51
    while after is not None:
        part, after = books.export(SHOP, Instant(0), later(NOON, DAY), after, lambda: 0)
        text += part
    assert text == whole


@pytest.mark.parametrize("rrn", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "'x", "007"])
def test_cell_is_never_a_formula(rrn: str) -> None:
    """What a spreadsheet would run, or cut zeros off, has an apostrophe before it."""
    heading, line = csv.reader(io.StringIO(write([Entry(at=NOON, orphan=orphan(rrn))], heading=True), newline=""))
    assert tuple(heading) == COLUMNS
    said = dict(zip(heading, line, strict=True))
    assert said["rrn"] == f"'{rrn}"
    assert (said["received"], said["date"], said["time"]) == ("123456789.05", "2026-01-05", "10:00:00")


def lines(*entries: Entry, gstin: str = "") -> list[dict[str, str]]:
    """The table by its headings."""
    return list(csv.DictReader(io.StringIO(write(entries, heading=True, gstin=gstin), newline="")))


def request() -> Request:
    """A request of Rs 250."""
    return Request(
        tr="H1", merchant=SHOP, account="account", provider="simbank", payee_vpa="shop@bank", payee_id="",
        amount=25_000, currency="INR", created_at=NOON, expires_at=later(NOON, DAY), state="PAID", late=False,
    )  # fmt: skip


def receipt(**more: Any) -> Receipt:
    """The money that paid it."""
    return Receipt(
        rrn="606110000001", provider_txn_id="t1", amount=25_000, currency="INR", kind="primary", occurred_at=NOON, **more
    )  # fmt: skip


NEW = ("fee", "gst_on_fee", "net", "settlement", "charged_back", "gstin")


def new(line: dict[str, str]) -> tuple[str, ...]:
    """The columns of settlement."""
    return tuple(line[column] for column in NEW)


def test_columns_of_before_stand_where_they_were() -> None:
    """What is new comes behind."""
    assert (*BEFORE, *NEW) == COLUMNS


def test_fee_is_parted_from_the_tax_on_it() -> None:
    """The bank's file tells the fee with its tax; only the tax can be claimed. What is left is what came to the account."""
    settled = receipt(settled=True, fee=590, tax=90, settlement="setl_1")
    (line,) = lines(Entry(at=NOON, request=request(), receipt=settled), gstin=GSTIN)
    assert new(line) == ("5.00", "0.90", "244.10", "setl_1", "", GSTIN)
    assert (line["received"], line["settled"]) == ("250.00", "yes")


def test_what_no_file_has_told_is_not_nought() -> None:
    """A fee that nobody knows is an empty cell; one that a file says is nothing is 0.00."""
    unsettled, free = receipt(), receipt(settled=True)
    known, told = lines(
        Entry(at=NOON, request=request(), receipt=unsettled), Entry(at=NOON, request=request(), receipt=free)
    )
    assert (known["settled"], new(known)) == ("no", ("", "", "", "", "", ""))
    assert (told["settled"], new(told)) == ("yes", ("0.00", "0.00", "250.00", "", "", ""))


def test_chargeback_stands_beside_what_was_received() -> None:
    """The payment stays what it was; what the bank took has a column of its own."""
    taken = receipt(settled=True, fee=590, tax=90, disputed=25_000)
    (line,) = lines(Entry(at=NOON, request=request(), receipt=taken))
    assert (line["received"], line["net"], line["charged_back"], line["state"]) == (
        "250.00",
        "244.10",
        "250.00",
        "PAID",
    )


def test_money_of_no_request_has_its_fee_too() -> None:
    """It was received all the same."""
    money = replace(orphan("7"), amount=10_000, settled=True, fee=236, tax=36, settlement="=setl")
    (line,) = lines(Entry(at=NOON, orphan=money), gstin=GSTIN)
    assert (line["kind"], line["settled"]) == ("unassigned", "yes")
    assert new(line) == ("2.00", "0.36", "97.64", "'=setl", "", GSTIN)
    (unknown,) = lines(Entry(at=NOON, orphan=orphan("7")))
    assert (unknown["settled"], new(unknown)) == ("no", ("", "", "", "", "", ""))


def test_fee_above_the_money_is_a_number_all_the_same() -> None:
    """A spreadsheet adds it up: an apostrophe before it would make a text of it."""
    (line,) = lines(Entry(at=NOON, orphan=replace(orphan("7"), amount=100, settled=True, fee=295, tax=45)))
    assert (line["fee"], line["gst_on_fee"], line["net"]) == ("2.50", "0.45", "-1.95")


def test_refund_is_a_line_as_it_was() -> None:
    """Nothing is kept of what goes back."""
    gone = Refund(id="R1", rrn="606110000001", amount=100, state="DONE")
    (line,) = lines(Entry(at=NOON, request=request(), refund=gone), gstin=GSTIN)
    assert (line["kind"], line["refunded"], new(line)) == ("refund", "1.00", ("", "", "", "", "", ""))
