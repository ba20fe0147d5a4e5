"""HDFC's file of the day, the merchant payout report."""

from collections.abc import Mapping
from typing import Any

import pytest

from haat.payment.banks import hdfc, hdfc_entities
from tests.unit.payment.banks.kits import ASKED, AT, KITS
from tests.unit.payment.banks.kits.hdfc import MERCHANT

KIT = KITS["hdfc"]()
KEYS = KIT.settlement_keys()
OURS = ASKED.refund_id


HEADING = (
    "External MID,External TID,UPI Merchant ID,Merchant Name,Merchant VPA,Payer VPA,UPI Trxn ID,Order ID,Txn ref no. (RRN),"
    "Transaction Req Date,Settlement Date,Currency,Transaction Amount,MSF Amount,CGST AMT,SGST AMT,IGST AMT,UTGST AMT,Net Amount,"
    "GST Invoice No,Trans Type,Pay Type,CR / DR"
).split(",")


def paid_line(**said: str) -> dict[str, str]:
    """A line of the file."""
    return {
        **dict.fromkeys(HEADING, ""),
        "UPI Merchant ID": MERCHANT,
        "Merchant VPA": "shop@testhdfc",
        "UPI Trxn ID": "HDF1",
        "Order ID": ASKED.tr,
        "Txn ref no. (RRN)": "006110000001",
        "Transaction Req Date": "02-Mar-2026 10:01:00",
        "Currency": "INR",
        "Transaction Amount": "250.00",
        "Trans Type": "PAY",
        "Pay Type": "P2M",
        "CR / DR": "CR",
        **said,
    }


def file(*lines: Mapping[str, str], heading: list[str] = HEADING) -> bytes:
    """A file."""
    rows = [heading, *([f'"{each.get(name, "")}"' for name in heading] for each in lines)]
    return "\r\n".join(",".join(row) for row in rows).encode()


def rows_of(raw: bytes) -> Any:
    """What is read from it."""
    return hdfc.read_settlement(KIT.account, raw)


def test_payment_is_read_by_column_name() -> None:
    """Whatever their order, and by each of the names that a column may have."""
    (row,), bad = rows_of(file(paid_line()))
    assert bad == ()
    assert (row.kind, row.status, row.amount, row.tr, row.rrn, row.line) == (
        *("payment", "SUCCESS", 25000),
        *(ASKED.tr, "006110000001", 2),
    )
    assert (row.occurred_at, row.provider_txn_id, row.payee, row.refund_id) == (AT * 1000, "HDF1", MERCHANT, "")
    assert rows_of(file(paid_line(), heading=HEADING[::-1])) == ((row,), ())
    for name, others in hdfc_entities.COLUMNS.items():
        for other in others[1:]:
            renamed = [other if column == others[0] else column for column in HEADING]
            assert rows_of(file({**paid_line(), other: paid_line().get(others[0], "")}, heading=renamed)) == (
                (row,),
                (),
            ), name


def test_fee_has_the_tax_on_it() -> None:
    """The report names both apart."""
    said = {"MSF Amount": "2.00", "CGST AMT": "0.18", "SGST AMT": "0.18", "IGST AMT": "0.00"}
    (row,), _ = rows_of(file(paid_line(**said)))
    assert (row.amount, row.fee, row.tax) == (25000, 236, 36)


def test_debit_is_a_refund_or_a_dispute_and_never_a_payment() -> None:
    """With our refund id where it is named, else with the order that was paid."""
    debit = {"CR / DR": "DR"}
    (of_order, ours, taken), bad = rows_of(
        file(
            paid_line(**debit),
            paid_line(**debit, **{"Order ID": OURS}),
            paid_line(**{"CR / DR": "Debit", "Trans Type": "UPI Chargeback"}),
        )
    )
    assert bad == ()
    assert (of_order.kind, of_order.tr, of_order.refund_id) == ("refund", ASKED.tr, "")
    assert (ours.kind, ours.tr, ours.refund_id) == ("refund", "", OURS)
    assert (taken.kind, taken.tr, taken.amount) == ("dispute", ASKED.tr, 25000)
    (paid,), _ = rows_of(file(paid_line(**{"Order ID": OURS})))
    assert (paid.kind, paid.tr, paid.refund_id) == ("payment", OURS, "")


def test_each_refund_has_an_id() -> None:
    """Its own where the file names it. Without one two of the same sum are two, and each is the same in the same file read again."""
    nameless = {"CR / DR": "DR", "UPI Trxn ID": "NA"}
    lines = [
        paid_line(),
        paid_line(**{"CR / DR": "DR", "UPI Trxn ID": "HDFR1"}),
        paid_line(**nameless),
        paid_line(**nameless),
        paid_line(**nameless, **{"Transaction Amount": "100.00"}),
        paid_line(**nameless, **{"Transaction Req Date": "03-Mar-2026 10:01:00"}),
        paid_line(**nameless, **{"Txn ref no. (RRN)": "006110000002"}),
        paid_line(**nameless, **{"Order ID": OURS}),
    ]
    (paid, named, *others), bad = rows_of(file(*lines))
    assert bad == ()
    assert (paid.provider_refund_id, paid.provider_txn_id) == ("", "HDF1")
    assert (named.provider_refund_id, named.provider_txn_id, named.rrn) == ("HDFR1", "", "006110000001")
    ids = [row.provider_refund_id for row in others]
    assert all(ids)
    assert len(set(ids)) == 6
    (_, _, *again), _ = rows_of(file(*lines))
    assert [row.provider_refund_id for row in again] == ids
    (_, late), _ = rows_of(file(paid_line(), lines[5]))
    assert late.provider_refund_id == ids[3]


def test_status_is_read_where_there_is_one() -> None:
    """Deemed is money; failed and pending are none. A word that nobody knows is neither: a person sees the line."""
    heading = [*HEADING, "Status"]
    words = ["SUCCESS", "", "Deemed", "FAILED", "FAILURE", "PENDING", "on hold"]
    rows, bad = rows_of(file(*(paid_line(Status=word) for word in words), heading=heading))
    assert [(one.line, one.reason) for one in bad] == [(8, "unknown_status")]
    assert [row.status for row in rows] == [*["SUCCESS"] * 3, "FAILED", "FAILED", "PENDING"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"UPI Merchant ID": "HDFC000000000009"}, "other_merchant"),
        ({"Txn ref no. (RRN)": "6.0611E+11"}, "bad_rrn"),
        ({"Txn ref no. (RRN)": ""}, "bad_rrn"),
        ({"Transaction Amount": "250.000"}, "bad_amount"),
        ({"Transaction Amount": ""}, "bad_amount"),
        ({"MSF Amount": "2,0"}, "bad_amount"),
        ({"IGST AMT": "free"}, "bad_amount"),
        ({"CR / DR": ""}, "malformed"),
        ({"CR / DR": "NET"}, "malformed"),
        ({"Currency": "USD"}, "bad_currency"),
    ],
)
def test_line_that_can_not_be_used_is_named_and_hides_no_other(said: dict[str, str], reason: str) -> None:
    """It is counted by its line and its reason."""
    rows, bad = rows_of(file(paid_line(**said), paid_line()))
    assert [(each.line, each.reason) for each in bad] == [(2, reason)]
    assert [row.line for row in rows] == [3]


def test_time_that_can_not_be_read_costs_no_money() -> None:
    """The line is without a time then."""
    rows, bad = rows_of(file(paid_line(**{"Transaction Req Date": "yesterday"})))
    assert (bad, [row.occurred_at for row in rows]) == ((), [None])


def test_what_spreadsheets_do_is_normal() -> None:
    """A byte order mark, an apostrophe, digits grouped as in India."""
    said = {"Txn ref no. (RRN)": "'006110000001", "Transaction Amount": "1,23,456.50"}
    (row,), bad = rows_of(b"\xef\xbb\xbf" + file(paid_line(**said)))
    assert (row.rrn, row.amount, bad) == ("006110000001", 12345650, ())


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("UPI Merchant ID", "no_merchant_column"),
        ("Txn ref no. (RRN)", "no_rrn_column"),
        ("Transaction Amount", "no_amount_column"),
        ("CR / DR", "no_side_column"),
    ],
)
def test_file_without_a_column_that_is_needed_is_refused_whole(column: str, reason: str) -> None:
    """Above all without the side: every refund would be a payment."""
    rows, (bad,) = rows_of(file(paid_line(), heading=[name for name in HEADING if name != column]))
    assert (rows, bad.line, bad.reason) == ((), 0, reason)
