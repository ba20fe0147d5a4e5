"""The file of a day of ICICI, in columns that are assumed."""

from typing import Any

import pytest

from haat.payment.banks import BadRow, icici
from tests.unit.payment.banks.kits import AT, KITS

KIT = KITS["icici"]()
HEADING = "merchantId,transactionType,merchantTranId,BankRRN,originalmerchantTranId,originalBankRRN,Amount,TxnStatus,TxnCompletionDate,Charges,GST"


def settled(*lines: str, heading: str = HEADING) -> Any:
    """What is read of a file."""
    return icici.read_settlement(KIT.account, "\n".join((heading, *lines)).encode())


def test_file_says_what_came_went_back_and_was_taken() -> None:
    """A payment with its fee and the tax on it, a refund under our id, a chargeback: both by the RRN of the payment."""
    rows, bad = settled(
        '500123,PAY,H1,006110000001,,,"1,23,456.50",SUCCESS,20260302100100,2.00,0.36',
        "500123,REFUND,RF1,006110000002,H1,006110000001,100.00,SUCCESS,02-03-2026 10:01:00,,",
        "500123,Chargeback,H1,006110000003,H1,006110000001,50.00,SUCCESS,2026-03-02,,",
        "500123,P,H2,'006110000004,,,1,deemed,,,",
        "500123,P,H3,006110000005,,,1,REJECT,,,",
    )
    assert bad == ()
    paid, back, taken, deemed, failed = rows
    assert (paid.kind, paid.tr, paid.rrn, paid.amount) == ("payment", "H1", "006110000001", 12345650)
    assert (paid.fee, paid.tax, paid.occurred_at, paid.payee, paid.line) == (236, 36, AT * 1000, "500123", 2)
    assert (back.kind, back.refund_id, back.tr, back.rrn) == ("refund", "RF1", "H1", "006110000001")
    assert (back.provider_refund_id, back.occurred_at) == ("006110000002", AT * 1000)
    assert (taken.kind, taken.tr, taken.rrn, taken.amount) == ("dispute", "H1", "006110000001", 5000)
    assert taken.occurred_at is None
    assert [deemed.status, deemed.rrn, failed.status] == ["SUCCESS", "006110000004", "FAILED"]


def test_lines_that_can_not_be_used_are_named() -> None:
    """Another merchant's, a spreadsheet's RRN, a kind that nobody knows (never taken for a payment), a sum that is none, a line of totals."""
    rows, bad = settled(
        "500999,PAY,H1,006110000001,,,1.00,SUCCESS,,,",
        "500123,PAY,H1,6.0611E+11,,,1.00,SUCCESS,,,",
        "500123,ADJUSTMENT,H1,006110000001,,,1.00,SUCCESS,,,",
        "500123,,H1,006110000001,,,1.00,SUCCESS,,,",
        "500123,PAY,H1,006110000001,,,-1.00,SUCCESS,,,",
        "500123,REFUND,H1,006110000001,,6.0611E+11,1.00,SUCCESS,,,",
        "Total,,,,,,6.00,,,,",
    )
    assert rows == ()
    reasons = [
        "other_merchant",
        "bad_rrn",
        "unknown_type",
        "unknown_type",
        "bad_amount",
        "bad_rrn",
        "bad_rrn",
    ]
    assert bad == tuple(BadRow(line=line, reason=reason) for line, reason in enumerate(reasons, start=2))


@pytest.mark.parametrize(
    ("gone", "ours"),
    [
        ("BankRRN", "rrn"),
        ("Amount", "amount"),
        ("TxnStatus", "status"),
        ("transactionType", "kind"),
        ("merchantId", "merchant"),
    ],
)
def test_file_without_a_column_that_is_needed_is_refused_whole(gone: str, ours: str) -> None:
    """Without its status a failed payment would be money, without its kind a refund."""
    heading = ",".join("x" if name == gone else name for name in HEADING.split(","))
    assert settled("500123,PAY,H1,006110000001,,,1.00,SUCCESS,,,", heading=heading) == (
        (),
        (BadRow(line=0, reason=f"no_{ours}_column"),),
    )


def test_columns_are_found_by_any_of_their_names_in_any_order() -> None:
    """As other reports of the bank write them."""
    rows, bad = settled(
        "1.00,pay,Success,006110000001,H1,500123",
        heading="Transaction Amount, TXN_TYPE ,Transaction Status,Bank RRN,Merchant Tran Id,MID",
    )
    assert bad == ()
    assert [(row.kind, row.tr, row.amount, row.status) for row in rows] == [("payment", "H1", 100, "SUCCESS")]
