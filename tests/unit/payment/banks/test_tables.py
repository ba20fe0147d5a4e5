"""Settlement files that are tables, where a bank's own columns do not matter."""

import tracemalloc
from typing import Literal

import pytest

from haat.kernel.errors import Rejected
from haat.payment.banks import Account, BadRow, Row, Rows, tables
from haat.payment.rules import reading

ACCOUNT = Account(provider="bank", merchant_id="SHOP1", vpa="shop@bank", base_url="https://bank.example")
COLUMNS = {"rrn": ("RRN",), "kind": ("Kind",), "amount": ("Amount",), "word": ("Word",)}


def row(account: Account, line: tables.Line) -> Row:
    """A line as a bank might read it."""
    kind: Literal["payment", "refund"] = "refund" if line["kind"] == "R" else "payment"
    word = reading.status({"S": "SUCCESS", "F": "FAILED"}, line["word"])
    return Row(kind=kind, amount=tables.amount(line["amount"]), rrn=tables.rrn(line["rrn"]), status=word)


def read(raw: bytes, account: Account = ACCOUNT) -> Rows:
    """What is read of it."""
    return tables.read(account, raw, COLUMNS, ("rrn", "kind", "amount"), row)


def test_file_of_too_many_lines_is_refused_whole_and_costs_little() -> None:
    """The largest file of the shortest lines: neither its letters nor its lines are all held at once."""
    head = b"RRN,Kind,Amount,Word\n"
    bomb = head + b"a\n" * ((reading.FILE - len(head)) // 2)
    tracemalloc.start()
    try:
        assert read(bomb) == ((), (BadRow(line=0, reason="too_many_lines"),))
        assert tracemalloc.get_traced_memory()[1] < 3 * reading.FILE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("head", "line"),
    [*((b"RRN,Kind,Amount,Word\n", line) for line in (b"\n", b",\n", b"aa,", b'"a\n",')), (b"", b"aa,")],
)
def test_file_of_nothing_costs_little(head: bytes, line: bytes) -> None:
    """Lines without a word, a line without an end, a heading without one, cells that are lines: what can't be a bank's is refused whole."""
    raw = head + line * ((reading.FILE - len(head)) // len(line))
    tracemalloc.start()
    try:
        rows, (bad,) = read(raw)
        assert tracemalloc.get_traced_memory()[1] < 12 * reading.FILE
    finally:
        tracemalloc.stop()
    assert (rows, bad.line) == ((), 0)


def test_as_many_lines_as_a_file_may_have_are_read() -> None:
    """Lines that say nothing are none; with one more that does the file is refused."""
    raw = b"RRN,Kind,Amount,Word\n" + b"006110000001,P,1.00,S\n,,,\n" * reading.MOST_LINES
    rows, bad = read(raw)
    assert (len(rows), bad, rows[-1].line) == (reading.MOST_LINES, (), 2 * reading.MOST_LINES)
    assert read(raw + b"a\n") == ((), (BadRow(line=0, reason="too_many_lines"),))


@pytest.mark.parametrize(
    "raw", [b"RRN,Kind,Amount\n\xff,P,1.00\n", b"RRN,Kind,Amount\n" + b"1,P,1\n" * 9_999 + b"\xff\n"]
)
def test_file_that_is_no_text_is_refused_whole(raw: bytes) -> None:
    """Wherever that shows."""
    assert read(raw) == ((), (BadRow(line=0, reason="malformed"),))


def test_word_that_is_not_listed_makes_a_bad_line() -> None:
    """It may be money: it is not passed over as one that failed is."""
    rows, bad = read(b"RRN,Kind,Amount,Word\n006110000001,P,1.00,Settled\n006110000002,P,1.00,F\n")
    assert [(one.line, one.status) for one in rows] == [(3, "FAILED")]
    assert bad == (BadRow(line=2, reason="unknown_status"),)


def test_id_that_a_refund_is_given_is_the_accounts_own() -> None:
    """The same line in two shops' files is two refunds, and each is the same when it is read again."""
    raw = b"RRN,Kind,Amount,Word\n006110000001,R,1.00,S\n006110000001,P,1.00,S\n"
    other = Account(provider="bank", merchant_id="SHOP2", vpa="other@bank", base_url="https://bank.example")
    (mine, paid), _ = read(raw)
    (theirs, _), _ = read(raw, other)
    assert mine.provider_refund_id
    assert mine.provider_refund_id != theirs.provider_refund_id
    assert paid.provider_refund_id == ""
    assert read(raw)[0][0] == mine


@pytest.mark.parametrize("said", ["6.0611E+11", "00611000000", "0061100000011", "٠٠٦١١٠٠٠٠٠٠١", ""])
def test_rrn_has_twelve_digits(said: str) -> None:
    """Nothing else is one, above all what a spreadsheet makes of it."""
    with pytest.raises(Rejected) as refused:
        tables.rrn(said)
    assert refused.value.word == "bad_rrn"
