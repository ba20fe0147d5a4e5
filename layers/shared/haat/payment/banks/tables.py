"""Settlement files that are tables: columns by name, never by place.

What is normal in them: a byte order mark, CRLF, columns moved, an apostrophe in front of a number that a spreadsheet must not touch, digits grouped
as in India, a line of totals at the end. What is refused: a file without a column that is needed (whole), a line of another merchant, and an RRN
that a spreadsheet has turned into 6.0611E+11 (never matched, whatever else the line says). A status word that is not listed is no line that moved no
money: nobody knows what it is, and a person sees it.

Source: reference on UPI and the banks, section 16.
"""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.payment.banks import Account, BadRow, Row, Rows
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, paise, too_many
from haat.payment.rules.refunds import NAMELESS

Line = Mapping[str, str]  # by our names; a column that the file has not is ""
LONGEST = 64 * 1024  # letters of a line; one of a bank has about a thousand
_RRN = re.compile(r"[0-9]{12}")
_GROUPED = re.compile(
    r"(?:[0-9]{1,3})(?:,[0-9]{2})*,[0-9]{3}(\.[0-9]{1,2})?|(?:[0-9]{1,3})(?:,[0-9]{3})+(\.[0-9]{1,2})?"
)


def read(
    account: Account,
    raw: bytes,
    columns: Mapping[str, Sequence[str]],
    needed: Sequence[str],
    row: Callable[[Account, Line], Row],
) -> Rows:
    """A table's rows. `columns`: our name for each, and how the bank may call it (letters in either case, blanks about it do not count).

    `needed` are those without which the file is refused whole, as it is with more than MOST_LINES. `row` raises Rejected for a line that can't be
    used. A refund for which the file has no id gets one that is the same whenever this line is read.
    """
    if len(raw) > reading.FILE:
        return (), (BadRow(line=0, reason="too_large"),)
    try:
        lines = _lines(raw)
        heading = [_plain(cell) for cell in next(lines, [])]
        places = _places(heading, columns)
        if missing := [name for name in needed if name not in places]:
            return (), (BadRow(line=0, reason=f"no_{missing[0]}_column"),)
        rows: list[Row] = []
        bad: list[BadRow] = []
        for number, cells in enumerate(lines, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) + len(bad) == reading.MOST_LINES:
                raise too_many()
            said = {name: _cell(cells, places.get(name)) for name in columns}
            try:
                rows.append(replace(_known(row(account, said)), line=number))
            except Rejected as refused:
                bad.append(BadRow(line=number, reason=refused.word))
    except Rejected as refused:
        return (), (BadRow(line=0, reason=refused.word),)
    except (UnicodeDecodeError, csv.Error):
        return (), (BadRow(line=0, reason="malformed"),)
    return tuple(_named(account, rows)), tuple(bad)


def rrn(said: str) -> str:
    """An RRN of twelve digits. Rejected (bad_rrn) for anything else, above all for what a spreadsheet makes of one."""
    if not _RRN.fullmatch(said):
        raise Rejected("no RRN", word="bad_rrn")
    return said


def amount(said: str) -> int:
    """Rupees as text, in minor units; grouped as 1,23,456.00 too. Rejected (bad_amount)."""
    return paise(said.replace(",", "") if _GROUPED.fullmatch(said) else said)


def maybe_amount(said: str) -> int:
    """The same; 0 where nothing stands."""
    return amount(said) if said else 0


def ours(merchant: str, number: str, merchant_id: str) -> str:
    """The RRN of a line, which must be of the merchant that the file is read for. Rejected: other_merchant, bad_rrn.

    A line without an RRN, as totals are, is bad_rrn whatever stands where the merchant should: another merchant's money in our file is an
    alarm, and a total is none.
    """
    if number and merchant and merchant != merchant_id:
        raise Rejected("a line of another merchant", word="other_merchant")
    found = rrn(number)
    if not merchant:
        raise Rejected("a line of nobody", word="other_merchant")
    return found


def moment(said: str, forms: Sequence[str]) -> Instant | None:
    """A time of an Indian clock in the first of the forms (of `strptime`) that fits.

    None where nothing stands, or none fits: money is no less for a time that a spreadsheet has written in its own way.
    """
    for form in forms:
        try:
            return reading.india(said, form, "the time")
        except Rejected:
            continue
    return None


def _lines(raw: bytes) -> Iterator[list[str]]:
    """Line by line: all of it at once, or a line of millions of cells, would be many times its bytes. Raises as `_each` does, and csv.Error."""
    return csv.reader(_each(io.TextIOWrapper(io.BytesIO(raw), "utf-8-sig", newline="")), strict=True)


def _each(text: io.TextIOWrapper) -> Iterator[str]:
    """Raises Rejected (malformed, too_many_lines), UnicodeDecodeError."""
    for _ in range(reading.MOST_VALUES):  # lines that say nothing are counted, too
        line = text.readline(LONGEST + 1)
        if len(line) > LONGEST:
            raise malformed("a line")
        if not line:
            return
        yield line
    raise too_many()


def _known(row: Row) -> Row:
    if row.status == "UNKNOWN":
        raise Rejected("a status word that is not listed", word="unknown_status")
    return row


def _named(account: Account, rows: Sequence[Row]) -> Iterator[Row]:
    """Each refund with an id, as two refunds of one sum are two. Its line's own time is part of it, so that those of two days' files are two."""
    alike: Counter[str] = Counter()
    for row in rows:
        if row.kind != "refund" or row.provider_refund_id:
            yield row
            continue
        said = json.dumps([account.merchant_id, row.rrn, row.tr, row.refund_id, row.amount, row.kind, row.occurred_at])
        alike[said] += 1
        digest = hashlib.sha256(f"{said}#{alike[said]}".encode()).hexdigest()
        yield replace(row, provider_refund_id=NAMELESS + digest[:32])


def _places(heading: Sequence[str], columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Where each column stands. One that stands twice stands nowhere: nobody can say which is meant."""
    found = {}
    for name, calls in columns.items():
        at = [place for place, cell in enumerate(heading) if cell in {_plain(call) for call in calls}]
        if len(at) == 1:
            found[name] = at[0]
    return found


def _plain(cell: str) -> str:
    return " ".join(cell.replace("_", " ").split()).casefold()


def _cell(cells: Sequence[str], place: int | None) -> str:
    said = cells[place].strip() if place is not None and place < len(cells) else ""
    return said.removeprefix("'").strip()
