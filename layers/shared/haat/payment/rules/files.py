"""What a settlement file may be, and what its lines come to before anything of our books is looked at."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from haat.facts.payments import outbox_row
from haat.facts.settlement import ReportWanted, SettlementFileGiven, SettlementGoesOn
from haat.kernel.errors import Conflict, Rejected
from haat.kernel.ids import ulid
from haat.kernel.time import DAY, MINUTE, SECOND, Instant, as_datetime
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import BadRow, Row, Rows
from haat.payment.model.evidence import Evidence
from haat.payment.model.files import Line, Meaning, Part, SettlementFile
from haat.payment.model.outbox import Row as NewsRow
from haat.payment.model.payment import Payout
from haat.payment.rules.ledger import days
from haat.payment.rules.reading import INDIA, MOST_LINES

type Name = tuple[str, ...]  # of one money, as a file names it

PART: Final = 100  # lines that are settled in one go: each is a read and a transaction
MOST_DAYS: Final = 31
MOST_SETTLEMENTS: Final = 200  # payments of the bank to the shop that one file names; it is mostly one
MOST_CALLS: Final = 6  # to a bank for one page; as many again when somebody wants it once more
AGAIN_S: Final = 10 * MINUTE // SECOND


def begun(
    id: str,
    account: PayeeAccount,
    first: str,
    last: str,
    source: Literal["upload", "fetch"],
    now: Instant,
    late_days: int = 0,
) -> SettlementFile:
    """A file of an account and some days of India's calendar; `late_days` as the bank's CAPS say. Raises Rejected."""
    wrong = {}
    today = as_datetime(now).astimezone(INDIA).date()
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    if begins > ends:
        wrong["last_day"] = "must not be before `first_day`"
    elif (ends - begins).days >= MOST_DAYS:
        wrong["last_day"] = f"is too far from `first_day`: a file has at most {MOST_DAYS} days"
    if ends > today:
        wrong["last_day"] = "has not begun"
    if wrong:
        raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)
    return SettlementFile(
        id=id,
        account=account.id,
        merchant=account.merchant,
        provider=account.bank.provider,
        first_day=first,
        last_day=last,
        source=source,
        state="waiting" if source == "upload" else "fetching",
        created_at=now,
        late_days=late_days,
        calls=0 if source == "upload" else 1,
    )


def window(file: SettlementFile) -> tuple[Instant, Instant]:
    """From when until when our books must hold nothing that no file has named by now."""
    begins, ends = days(file.first_day, file.last_day, file.created_at)
    return Instant(begins - file.late_days * DAY), Instant(ends - file.late_days * DAY)


def of_day(account: str, day: str) -> str:
    """The id of the file that is fetched for a day: the same however often it is begun, by itself or by hand."""
    digest = hashlib.sha256(f"{account}/{day}/fetched".encode()).digest()
    return ulid(days(day, day, Instant(0))[0], digest)


def given(before: SettlementFile) -> tuple[SettlementFile, list[NewsRow]]:
    """It lies there, and is to be read. Raises Conflict (file-not-waiting)."""
    if before.state != "waiting":
        raise Conflict(f"the file is {before.state}", word="file-not-waiting")
    row = NewsRow(name="given", row=outbox_row(SettlementFileGiven(file=before.id)))
    return moved(replace(before, state="reading", reason="")), [row]


def not_there(before: SettlementFile) -> SettlementFile:
    """Nobody has posted it yet."""
    return moved(replace(before, state="waiting", reason="no_file"))


def refused(before: SettlementFile, reason: str, same_as: str = "") -> SettlementFile:
    """It can't be used as a whole."""
    return moved(replace(before, state="refused", reason=reason, same_as=same_as))


def unusable(before: SettlementFile, rows: Rows) -> str:
    """Why a file, or a page of a report behind what was read of it before, is refused whole; "" where it is not."""
    whole = [bad.reason for bad in rows[1] if bad.line == 0]
    if whole:
        return whole[0]
    return "too_many_lines" if before.lines + len(rows[0]) + len(rows[1]) > MOST_LINES else ""


def held(before: SettlementFile, sha256: str, rows: Rows) -> tuple[SettlementFile, str]:
    """With the content that it is read with from now on -> and the name under which the account has this content once.

    A file without any line looks the same each day: that one is known by its days, too.
    """
    lines = any(rows)
    name = sha256 if lines else f"{sha256}#{before.first_day}#{before.last_day}"
    return moved(replace(before, sha256=sha256)), name


def named(parts: Iterable[Part]) -> dict[Name, int]:
    """The money that these parts name, and its sums."""
    return {_name(line.row): line.row.amount for part in parts for line in part.lines if not line.meaning}


def read(
    before: SettlementFile, rows: Rows, earlier: Mapping[Name, int] = MappingProxyType({})
) -> tuple[SettlementFile, list[Part]]:
    """A file, or a page of a report, behind what was read of it before -> with its sums, and its lines in parts.

    `earlier` is the money that pages before have named: a report that grows while it is read names some for a second time.
    """
    lines = _lines(before, rows, earlier)
    parts = [
        Part(file=before.id, number=before.parts + number, lines=tuple(lines[at : at + PART]))
        for number, at in enumerate(range(0, len(lines), PART), start=1)
    ]
    back = any(not line.meaning and line.row.kind != "payment" for line in lines)
    count, taken_back = before.lines + len(lines), before.taken_back or back
    after = replace(before, parts=before.parts + len(parts), lines=count, taken_back=taken_back)
    return _summed(after, lines), parts


def settles(before: SettlementFile) -> tuple[SettlementFile, list[NewsRow]]:
    """All of it was read: now it is held against our books, from its first part on."""
    return moved(replace(before, state="settling", calls=0)), [goes_on(before, 1)]


def wanted(before: SettlementFile, skip: int, *, again: bool = False) -> tuple[SettlementFile, list[NewsRow]]:
    """The bank is asked for a page: the next one, or the same again, later."""
    number = before.calls + 1 if again else 1
    row = outbox_row(ReportWanted(file=before.id, skip=skip, number=number), delay_s=AGAIN_S if again else 0)
    return moved(replace(before, calls=number)), [NewsRow(name=f"page#{skip}#{number}", row=row)]


def first_page(file: SettlementFile) -> list[NewsRow]:
    """What is written with a file that is to be fetched."""
    return [NewsRow(name="page#0#1", row=outbox_row(ReportWanted(file=file.id, skip=0, number=1)))]


def goes_on(file: SettlementFile, part: int, after: str = "", round: int = 1) -> NewsRow:  # as the fact says
    """The next step."""
    said = SettlementGoesOn(file=file.id, part=part, after=after, round=round)
    place = hashlib.sha256(after.encode()).hexdigest()[:16]
    return NewsRow(name=f"part#{part}#{round}#{place}", row=outbox_row(said))


def next_step(file: SettlementFile, part: int, round: int) -> NewsRow:  # as above
    """What follows a part: the next one, the second round where money was taken back, and the search."""
    if part < file.parts:
        return goes_on(file, part + 1, round=round)
    if round == 1 and file.taken_back:
        return goes_on(file, 1, round=2)
    return goes_on(file, file.parts + 1, round=2)


def counted(before: SettlementFile, lines: Sequence[Line]) -> SettlementFile:
    """With the meanings of these lines."""
    counts = dict(before.counts)
    for line in lines:
        counts[line.meaning] = counts.get(line.meaning, 0) + 1
    return moved(replace(before, counts=counts))


def done(before: SettlementFile, now: Instant) -> SettlementFile:
    """Every line was held against our books, and what is missing was looked for."""
    return moved(replace(before, state="done", done_at=now))


def evidence(account: PayeeAccount, file: SettlementFile, row: Row) -> tuple[Evidence, Payout]:
    """What a line says about money. Where it tells no time, the day stands for it."""
    said = Evidence(
        provider=account.bank.provider,
        provider_txn_id=row.provider_txn_id,
        tr=row.tr,
        rrn=row.rrn,
        amount=row.amount,
        currency="INR",
        status="SUCCESS",
        status_word=row.status_word,
        trust="proof",
        occurred_at=row.occurred_at
        if row.occurred_at is not None
        else days(file.first_day, file.last_day, file.created_at)[0],
        # Whichever of the shop's addresses it came to: the file is this account's, and lines of another merchant were left out.
        merchant_id=account.bank.merchant_id,
        payee_vpa="" if account.bank.merchant_id else account.bank.vpa,
    )
    return said, Payout(fee=row.fee, tax=row.tax, settlement=row.settlement_id, file=file.id)


def moved(file: SettlementFile) -> SettlementFile:
    """Its next version."""
    return replace(file, version=file.version + 1)


def _lines(before: SettlementFile, rows: Rows, earlier: Mapping[Name, int]) -> list[Line]:
    """Good and bad ones in the order of the file, numbered behind what was read of it before.

    Who names a money for a second time is a duplicate, and bad where it says another sum. A line without a time tells nothing of the day in a
    file of several.
    """
    good, bad = rows
    seen = dict(earlier)
    several = before.first_day != before.last_day
    found = [_bad(one) for one in bad]
    for row in good:
        name = _name(row)
        line = Line(row=row)
        if row.status != "SUCCESS":
            line = Line(row=row, meaning="not_money")
        elif row.occurred_at is None and several and row.kind == "payment":
            line = Line(row=row, meaning="bad", reason="no_time")
        elif name in seen:
            same = seen[name] == row.amount
            line = Line(row=row, meaning="duplicate") if same else Line(row=row, meaning="bad", reason="other_sum")
        else:
            seen[name] = row.amount
        found.append(line)
    found.sort(key=lambda line: line.row.line)
    past = before.lines
    return [replace(line, row=replace(line.row, line=past + line.row.line)) for line in found] if past else found


def _name(row: Row) -> Name:
    if row.kind == "payment":
        return row.kind, row.rrn or row.provider_txn_id
    return row.kind, row.rrn, row.provider_txn_id, row.refund_id, row.provider_refund_id, str(row.amount)


def _bad(one: BadRow) -> Line:
    meaning: Meaning = "other_merchant" if one.reason == "other_merchant" else "bad"
    return Line(row=Row(kind="payment", amount=0, line=one.line), meaning=meaning, reason=one.reason)


def _summed(before: SettlementFile, lines: Sequence[Line]) -> SettlementFile:
    sums = {"payment": before.received, "refund": before.refunded, "dispute": before.charged_back}
    fees, taxes, by = before.fees, before.taxes, dict(before.by_settlement)
    for row in (line.row for line in lines if not line.meaning):
        sums[row.kind] += row.amount
        fees, taxes = fees + row.fee, taxes + row.tax
        if row.settlement_id in by or len(by) < MOST_SETTLEMENTS:
            sign = 1 if row.kind == "payment" else -1
            by[row.settlement_id] = by.get(row.settlement_id, 0) + sign * row.amount - row.fee
    by.pop("", None)
    return replace(
        before,
        received=sums["payment"],
        refunded=sums["refund"],
        charged_back=sums["dispute"],
        fees=fees,
        taxes=taxes,
        by_settlement=by,
    )
