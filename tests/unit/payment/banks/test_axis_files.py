"""The settlement files of Axis, the same for both of its forms."""

from collections import Counter
from typing import Any

import pytest

from haat.payment.banks import BadRow, Row
from haat.payment.banks.registry import bank
from haat.payment.rules import reading
from tests.unit.payment.banks.kits import KITS
from tests.unit.payment.banks.test_fixtures import account_of
from tests.upi_fixtures import UPI, upi_json

CASE = upi_json("settlement/settlement.json")
BAD = {"total-line": "bad_rrn", "excel-damage": "bad_rrn", "other-merchant": "other_merchant"}
HEADING = "rrn,txnid,orderid,amount,vpa,response,txn_date,creditvpa,remarks,surcharge,tax,debit_amount,mdr_tax,merchant_id,unq_cust_id"
LINE = {
    "rrn": "606110000901",
    "txnid": "AXI1",
    "orderid": "H01JQ0000000000000000000001",
    "amount": "250.00",
    "response": "success",
    "txn_date": "2026-03-02 10:01:00",
    "creditvpa": "shop@testaxis",
    "merchant_id": "MERCHANT1",
}
each_form = pytest.mark.parametrize("name", ["axis", "axis_older"])


def read(*lines: dict[str, str], name: str = "axis") -> tuple[tuple[Row, ...], tuple[BadRow, ...]]:
    """What is read of these lines, each as LINE but for what is given."""
    shown = [",".join({**LINE, **line}.get(column, "") for column in HEADING.split(",")) for line in lines]
    return bank(name).read_settlement(KITS[name]().account, "\n".join([HEADING, *shown, ""]).encode())


@pytest.mark.upi
@each_form
@pytest.mark.parametrize("file", CASE["files"], ids=lambda file: str(file["id"]))
def test_file_is_read_as_expected(file: dict[str, Any], name: str) -> None:
    """Against the ledger: what is confirmed, missing, too much, of another sum, there twice, bad; and what is refused whole."""
    rows, bad = bank(name).read_settlement(account_of(name)[0], (UPI / file["file"]).read_bytes())
    expect = file["expect"]
    if not expect["accepted"]:
        assert rows == ()
        assert [(one.line, one.reason) for one in bad] == [(0, "no_rrn_column")]
        return
    ledger = {line["rrn"]: line["amount_paise"] for line in CASE["ledger"]}
    money = [row for row in rows if row.status == "SUCCESS"]
    paid = {row.rrn: row.amount for row in money}
    assert {row.kind for row in rows} == {"payment"}
    assert expect == {
        "accepted": True,
        "matched": [rrn for rrn in ledger if paid.get(rrn) == ledger[rrn]],
        "missing_in_file": [rrn for rrn in ledger if rrn not in paid],
        "extra_in_file": [rrn for rrn in paid if rrn not in ledger],
        "amount_differs": [rrn for rrn in ledger if rrn in paid and paid[rrn] != ledger[rrn]],
        "duplicate_rows": sum(count - 1 for count in Counter(row.rrn for row in money).values()),
        "bad_rows": len(bad),
    }
    lines = (UPI / file["file"]).read_text("utf-8-sig").splitlines()
    assert sorted([row.line for row in rows] + [one.line for one in bad]) == list(range(2, len(lines) + 1))
    assert [one.reason for one in bad] == [BAD.get(file["id"], "")] * expect["bad_rows"]
    known = {line["rrn"]: line["tr"] for line in CASE["ledger"]}
    assert all(row.tr == known[row.rrn] for row in rows if row.rrn in known)


@each_form
def test_line_is_read_in_full(name: str) -> None:
    """The payment, its ids, when and to whom, and what the bank kept, the tax in it."""
    charged = {"surcharge": "2.00", "tax": "0.36", "mdr_tax": "0.10"}
    (row,), bad = read(charged, name=name)
    assert bad == ()
    assert row == Row(
        kind="payment",
        amount=25000,
        line=2,
        tr="H01JQ0000000000000000000001",
        rrn="606110000901",
        provider_txn_id="AXI1",
        payee="shop@testaxis",
        occurred_at=row.occurred_at,
        status_word="success",
        fee=246,
        tax=46,
    )
    assert row.occurred_at == reading.moment("2026-03-02T10:01:00+05:30", "at")


def test_only_success_and_deemed_are_money() -> None:
    """In any case. A word that nobody knows is neither money nor none: a person sees the line."""
    words = {
        "success": "SUCCESS",
        "Deemed": "SUCCESS",
        "FAILURE": "FAILED",
        "failed": "FAILED",
        "pending": "PENDING",
    }
    odd = ("PARKED", "", "\u017fUCCESS")
    rows, bad = read(*({"response": word} for word in (*words, *odd)))
    assert [row.status for row in rows] == list(words.values())
    assert bad == tuple(BadRow(line=line, reason="unknown_status") for line in (7, 8, 9))


def test_lines_that_take_money_are_told_by_the_banks_word() -> None:
    """A refund with our id of it, a chargeback with the payment's own ids. What the payer wrote in a note makes neither."""
    rows, bad = read(
        {"response": "REFUND", "rrn": "606110000777", "txnid": "AXIR1", "unq_cust_id": "01JQ0000000000000000000RF1"},
        {"response": "chargeback", "unq_cust_id": "C1"},
        {"remarks": "REFUND"},
        {"remarks": "chargeback"},
    )
    assert bad == ()
    assert [(row.kind, row.status, row.refund_id, row.provider_refund_id, row.provider_txn_id) for row in rows] == [
        ("refund", "SUCCESS", "01JQ0000000000000000000RF1", "AXIR1", ""),
        ("dispute", "SUCCESS", "", "", "AXI1"),
        ("payment", "SUCCESS", "", "", "AXI1"),
        ("payment", "SUCCESS", "", "", "AXI1"),
    ]


def test_odd_cell_makes_one_bad_line() -> None:
    """An amount, a charge or an RRN that is none; the lines about it stand."""
    rows, bad = read(
        {},
        {"amount": "-250.00"},
        {"amount": "2.5E2"},
        {"surcharge": "free"},
        {"rrn": "60611000090"},
        {"rrn": "6.0611E+11"},
        {"rrn": "6.0611E+11", "merchant_id": "MERCHANT2"},
        {"merchant_id": ""},
        {},
    )
    assert [row.line for row in rows] == [2, 10]
    assert [(one.line, one.reason) for one in bad] == [
        (3, "bad_amount"),
        (4, "bad_amount"),
        (5, "bad_amount"),
        (6, "bad_rrn"),
        (7, "bad_rrn"),
        (8, "other_merchant"),
        (9, "other_merchant"),
    ]


def test_time_that_can_not_be_read_costs_no_money() -> None:
    """Three forms are known; another one leaves the line without a time."""
    times = ("2026-03-02 10:01:00", "02-03-2026 10:01:00", "02/03/2026 10:01:00", "46083.4", "")
    rows, _ = read(*({"txn_date": time} for time in times))
    at = reading.moment("2026-03-02T10:01:00+05:30", "at")
    assert [row.occurred_at for row in rows] == [at, at, at, None, None]


@pytest.mark.parametrize("column", ["rrn", "orderid", "amount", "response", "merchant_id"])
def test_file_without_a_column_that_is_needed_is_refused(column: str) -> None:
    """Without one of these a line says nothing that can be settled; nor does one that stands there twice."""
    raw = f"{HEADING}\n606110000901\n".encode()
    for heading in (raw.replace(column.encode() + b",", b"x,", 1), column.encode() + b"," + raw):
        rows, bad = bank("axis").read_settlement(KITS["axis"]().account, heading)
        assert (rows, bad) == ((), (BadRow(line=0, reason=f"no_{column}_column"),))
