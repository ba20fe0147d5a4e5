"""A shop's money as a table (RFC 4180) for its accountant: one line for each receipt and each refund, in rupees and Indian time.

What was received and what was given back stand in columns of their own, so that no amount needs a sign. A refund stands at the time at
which it was asked for. Refunds that moved no money (refused, failed, or of a payment that has not come) are no lines.

What the bank kept stands with the money that it kept it of: `fee` without the tax on it, and that tax, India's GST, beside it. Both and `net`
are empty until a settlement file of the bank names the money: until then nobody knows them, and that is not nought.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from haat.kernel.cells import guarded
from haat.kernel.errors import Rejected
from haat.kernel.time import DAY, SECOND, Instant, as_datetime
from haat.payment.model.ledger import Entry
from haat.payment.model.payment import Orphan, Receipt, Refund, Request
from haat.payment.rules.reading import INDIA, rupees

COLUMNS: Final = (
    "date", "time", "kind", "received", "refunded", "currency", "reference", "order", "rrn", "state", "late", "settled",
    "account", "provider", "provider_payment_id", "refund_id", "provider_refund_id",
    "fee", "gst_on_fee", "net", "settlement", "charged_back", "gstin",
)  # fmt: skip
KINDS: Final = {"primary": "payment", "mismatch": "other_amount", "surplus": "second_payment"}
MONTH_DAYS: Final = 30
MOVED: Final = frozenset({"SENT", "DONE"})
# Numbers of ours: a sign makes no formula of them.
AMOUNTS: Final = frozenset({"received", "refunded", "fee", "gst_on_fee", "net", "charged_back"})


def days(begins: str | None, ends: str | None, now: Instant) -> tuple[Instant, Instant]:
    """The first instant of the first day and the one after the last, both days of India's calendar; today is the last without one.

    Raises Rejected.
    """
    today = as_datetime(now).astimezone(INDIA).date()
    last = date.fromisoformat(ends) if ends else today
    try:
        first = date.fromisoformat(begins) if begins else last - timedelta(days=MONTH_DAYS)
        if first > last:
            raise _wrong("must not be after `to`")
        return _midnight(first), Instant(_midnight(last) + DAY)
    except OverflowError:
        raise _wrong("is no day that a payment can have") from None


def write(entries: Iterable[Entry], *, heading: bool, gstin: str = "") -> str:
    """The table. `gstin` is the shop's own, "" where it told none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if heading:
        writer.writerow(COLUMNS)
    for entry in entries:
        if (said := _line(entry, gstin)) is not None:
            writer.writerow([_cell(column, said.get(column, "")) for column in COLUMNS])
    return out.getvalue()


def _cell(column: str, said: str) -> str:
    return said if column in AMOUNTS else guarded(said)


def _line(entry: Entry, gstin: str) -> dict[str, str] | None:
    at = as_datetime(entry.at).astimezone(INDIA)
    when = {"date": at.strftime("%Y-%m-%d"), "time": at.strftime("%H:%M:%S")}
    if entry.orphan is not None:
        return when | _orphan(entry.orphan) | _payout(entry.orphan) | {"gstin": gstin}
    if entry.request is None:
        return None
    if entry.receipt is not None:
        said = _receipt(entry.request, entry.receipt) | _payout(entry.receipt)
        return when | _of(entry.request) | said | {"gstin": gstin}
    if entry.refund is not None and entry.refund.state in MOVED:
        return when | _of(entry.request) | _refund(entry.request, entry.refund)
    return None


def _of(it: Request) -> dict[str, str]:
    return {
        "reference": it.tr,
        "order": it.order,
        "account": it.account,
        "provider": it.provider,
    }


def _receipt(request: Request, it: Receipt) -> dict[str, str]:
    late = it.kind == "primary" and request.late
    return {
        "kind": KINDS[it.kind],
        "received": rupees(it.amount),
        "currency": it.currency,
        "rrn": it.rrn,
        "state": request.state,
        "late": "yes" if late else "no",
        "provider_payment_id": it.provider_txn_id,
        "charged_back": _rupees(it.disputed) if it.disputed else "",
    }


def _payout(it: Receipt | Orphan) -> dict[str, str]:
    """What the bank's file says of a money beside its sum."""
    if not it.settled:
        return {"settled": "no"}
    return {
        "settled": "yes",
        "fee": _rupees(it.fee - it.tax),
        "gst_on_fee": _rupees(it.tax),
        "net": _rupees(it.amount - it.fee),
        "settlement": it.settlement,
    }


def _rupees(amount: int) -> str:
    return rupees(amount) if amount >= 0 else f"-{rupees(-amount)}"


def _refund(request: Request, it: Refund) -> dict[str, str]:
    return {
        "kind": "refund",
        "refunded": rupees(it.amount),
        "currency": request.currency,
        "rrn": it.rrn,
        "state": it.state,
        "provider_payment_id": it.provider_txn_id,
        "refund_id": it.id,
        "provider_refund_id": it.provider_refund_id,
    }


def _orphan(it: Orphan) -> dict[str, str]:
    return {
        "kind": "unassigned",
        "received": rupees(it.amount),
        "currency": it.currency,
        "rrn": it.rrn,
        "account": it.account,
        "provider": it.provider,
        "provider_payment_id": it.provider_txn_id,
    }


def _midnight(day: date) -> Instant:
    return Instant(int(datetime(day.year, day.month, day.day, tzinfo=INDIA).timestamp()) * SECOND)


def _wrong(said: str) -> Rejected:
    return Rejected("some fields are not as they should be", word="invalid", fields={"from": said})
