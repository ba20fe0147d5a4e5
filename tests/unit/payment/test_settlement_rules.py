"""What a file comes to before anything of the books is looked at: its sums are those of its lines, in whatever order and pages they come."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.kernel.errors import Conflict, Rejected
from haat.kernel.time import DAY, Instant, later
from haat.payment.banks import BadRow, Row, Rows
from haat.payment.model.files import MEANINGS, QUESTIONS, Line, Part, SettlementFile
from haat.payment.rules import files, files_shown
from haat.payment.rules.reading import MOST_LINES
from tests.unit.payment.recon import ACCOUNT

if TYPE_CHECKING:
    from haat.payment.model.evidence import Status

NOW = Instant(1_767_587_400_000)  # 2026-01-05, ten in the morning in India


def begun(first: str = "2026-01-04", last: str = "2026-01-04", **more: Any) -> SettlementFile:
    """A file that is being read."""
    return replace(files.begun("F1", ACCOUNT, first, last, "upload", NOW), state="reading", **more)


@st.composite
def told(draw: st.DrawFn) -> Row | BadRow:
    """A line; the same money says the same of itself wherever it stands."""
    number = draw(st.integers(0, 12))
    kinds: list[Literal["payment", "refund", "dispute"]] = ["payment", "payment", "refund", "dispute"]
    kind = draw(st.sampled_from(kinds))
    if draw(st.integers(0, 9)) == 0:
        return BadRow(line=1, reason=draw(st.sampled_from(["bad_rrn", "other_merchant"])))
    statuses: list[Status] = ["SUCCESS", "SUCCESS", "SUCCESS", "FAILED", "PENDING"]
    status = draw(st.sampled_from(statuses))
    return Row(
        kind=kind, status=status, amount=7 + 10**number, rrn=f"{number:012}" if number % 2 else "", provider_txn_id=f"pay_{number}",
        fee=number * 118, tax=number * 18, settlement_id=f"setl_{number % 3}" if number % 4 else "",
    )  # fmt: skip


def numbered(lines: Sequence[Row | BadRow]) -> Rows:
    """A page as an adapter reads it."""
    rows = [replace(line, line=number) for number, line in enumerate(lines, start=1)]
    return tuple(row for row in rows if isinstance(row, Row)), tuple(bad for bad in rows if isinstance(bad, BadRow))


def read(pages: Sequence[Sequence[Row | BadRow]]) -> tuple[SettlementFile, list[Part]]:
    """A file of these pages, and its parts."""
    file, parts = begun(), list[Part]()
    for page in pages:
        file, more = files.read(file, numbered(page), files.named(parts))
        parts += more
    return file, parts


def sums(file: SettlementFile) -> tuple[Any, ...]:
    """What it comes to."""
    return file.received, file.refunded, file.charged_back, file.fees, file.taxes, dict(file.by_settlement)


@given(st.lists(told(), max_size=40), st.randoms(use_true_random=False), st.lists(st.integers(0, 40), max_size=4))
def test_sums_are_those_of_the_lines_in_any_order_and_pages(
    lines: list[Row | BadRow], chance: Any, cuts: list[int]
) -> None:
    """Each money once, failed and bad lines never; nothing is lost, and every line has its place."""
    money = {(row.kind, row.amount): row for row in lines if isinstance(row, Row) and row.status == "SUCCESS"}.values()

    def of(kind: str) -> int:
        return sum(row.amount for row in money if row.kind == kind)

    shuffled = list(lines)
    chance.shuffle(shuffled)
    at = sorted({0, *(cut for cut in cuts if cut < len(lines)), len(lines)})
    file, parts = read([shuffled[begins:ends] for begins, ends in pairwise(at)])
    assert (file.received, file.refunded, file.charged_back) == (of("payment"), of("refund"), of("dispute"))
    assert (file.fees, file.taxes) == (sum(row.fee for row in money), sum(row.tax for row in money))
    assert files_shown.net(file) == of("payment") - of("refund") - of("dispute") - file.fees
    unnamed = sum((1 if row.kind == "payment" else -1) * row.amount - row.fee for row in money if not row.settlement_id)
    assert sum(file.by_settlement.values()) + unnamed == files_shown.net(file)
    assert sums(read([lines])[0]) == sums(file)
    assert [line.row.line for part in parts for line in part.lines] == list(range(1, len(lines) + 1))
    assert (file.lines, file.parts) == (len(lines), len(parts))
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))


@given(st.lists(told(), max_size=10), st.integers(0, 9))
def test_line_that_comes_again_is_a_duplicate(lines: list[Row | BadRow], number: int) -> None:
    """On the same page or a later one; it changes no sum."""
    once = read([lines])
    again = lines[number % len(lines) :][:1] if lines else []
    for pages in ([[*lines, *again]], [lines, again]):
        file, parts = read(pages)
        assert sums(file) == sums(once[0])
        last = [line.meaning for part in parts for line in part.lines][len(lines) :]
        assert set(last) <= {"duplicate", "bad", "other_merchant", "not_money"}


def test_parts_hold_a_hundred_lines() -> None:
    """And a file as many as fifty thousand, over all its pages; one more is none of ours."""
    _, parts = read([[Row(kind="payment", amount=1, rrn=f"{number:012}") for number in range(250)]])
    assert [len(part.lines) for part in parts] == [100, 100, 50]
    two = numbered([Row(kind="payment", amount=1), BadRow(line=1, reason="bad_rrn")])
    assert files.unusable(begun(lines=MOST_LINES - 2), two) == ""
    assert files.unusable(begun(lines=MOST_LINES - 1), two) == "too_many_lines"
    assert files.unusable(begun(), ((), (BadRow(line=0, reason="no_rrn_column"),))) == "no_rrn_column"


def test_content_is_known_by_itself_unless_it_says_nothing() -> None:
    """Yesterday's file under today's date is the same file; two days without money look alike."""
    row = Row(kind="payment", amount=1)
    days = [begun("2026-01-03", "2026-01-03"), begun("2026-01-04", "2026-01-04")]
    assert len({files.held(file, "hash", ((row,), ()))[1] for file in days}) == 1
    assert len({files.held(file, "hash", ((), ()))[1] for file in days}) == 2
    assert files.held(days[0], "hash", ((), ()))[0].sha256 == "hash"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-01-04", "2026-01-03", "last_day"),
        ("2026-01-05", "2026-01-06", "last_day"),
        ("2025-12-01", "2026-01-01", "last_day"),
    ],
)
def test_days_that_can_not_be_are_refused(first: str, last: str, field: str) -> None:
    """They end before they begin, have not begun in India, or are more than a month."""
    with pytest.raises(Rejected) as refused:
        files.begun("F1", ACCOUNT, first, last, "upload", NOW)
    assert set(refused.value.fields) == {field}


def test_today_is_a_day_as_soon_as_it_begins_in_india() -> None:
    """Which is before it begins in Greenwich."""
    midnight = Instant(NOW - NOW % DAY - 5 * DAY // 24 - DAY // 48)
    assert files.begun("F1", ACCOUNT, "2026-01-05", "2026-01-05", "upload", midnight).state == "waiting"
    with pytest.raises(Rejected):
        files.begun("F1", ACCOUNT, "2026-01-05", "2026-01-05", "upload", later(midnight, -1))


def test_only_a_file_that_waits_is_given() -> None:
    """Asking twice reads once."""
    waiting = replace(begun(), state="waiting", reason="no_file")
    reading, rows = files.given(waiting)
    assert (reading.state, reading.reason, len(rows)) == ("reading", "", 1)
    for state in ("reading", "fetching", "settling", "done", "refused"):
        with pytest.raises(Conflict):
            files.given(replace(waiting, state=state))


def test_questions_are_lines_for_a_person() -> None:
    """Every meaning is one or is none, and the number is what is shown."""
    file = files.counted(begun(), [Line(row=Row(kind="payment", amount=1), meaning=meaning) for meaning in MEANINGS])
    assert (sum(file.counts.values()), file.questions) == (len(MEANINGS), len(QUESTIONS))
    assert files_shown.shown(file)["questions"] == len(QUESTIONS)
