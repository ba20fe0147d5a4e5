"""The accountant's table: days of India, rupees, and cells that stay text."""

import csv
import io

import pytest

from haat.kernel.errors import Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY, Instant, later, rfc3339
from haat.payment.memory.lists import MemoryLists
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.ledger import Entry
from haat.payment.model.payment import Orphan
from haat.payment.ports import Writing
from haat.payment.rules.ledger import COLUMNS, days, write
from haat.payment.service.books import Books

SHOP = MerchantId("01KDVDNA008252GHK0JAF24VNQ")

NOON = Instant(1_767_587_400_000)  # 2026-01-05T04:30Z, ten in the morning in India


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
    books = Books(lists=MemoryLists(payments))
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
