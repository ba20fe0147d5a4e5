"""Which reports banks are asked for each morning, and how one that was given up is asked for once more."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from haat.facts.payments import outbox_row
from haat.facts.settlement import ReportWanted
from haat.kernel.errors import Rejected
from haat.kernel.time import Instant, as_datetime
from haat.payment.model.account import PayeeAccount
from haat.payment.model.files import SettlementFile
from haat.payment.model.outbox import Row
from haat.payment.rules import files
from haat.payment.rules.reading import INDIA

LOOKS_BACK: Final = 3  # days: a morning on which nothing could be asked for costs none of them
AFTER_CLOSING: Final = 8  # days for which payouts of a closed account may still follow


def today(now: Instant) -> str:
    """The day in India."""
    return _day(now).isoformat()


def fetchable(file: SettlementFile, now: Instant) -> None:
    """Raises Rejected: a report is one day's, and whole when that is over."""
    wrong = {}
    if file.first_day != file.last_day:
        wrong["last_day"] = "one day is fetched at once"
    elif date.fromisoformat(file.first_day) >= _day(now):
        wrong["first_day"] = "is not over: its report is not whole yet"
    if wrong:
        raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)


def before(day: str, account: PayeeAccount) -> list[str]:
    """The days before this one whose reports an account should have, the oldest first.

    None from before it was connected: that money is not ours to know of. None either long after it was closed.
    """
    morning, opened = date.fromisoformat(day), _day(account.opened_at)
    days = [morning - timedelta(days=back) for back in range(LOOKS_BACK, 0, -1)]
    return [one.isoformat() for one in days if opened <= one and not _rests(account, one)]


def is_at_rest(day: str, account: PayeeAccount) -> bool:
    """Whether it was closed so long ago that no report is asked for on this day, or on any later one."""
    return _rests(account, date.fromisoformat(day) - timedelta(days=LOOKS_BACK))


def at_rest(account: PayeeAccount) -> PayeeAccount:
    """It is asked for no reports any more."""
    return replace(account, fetched=False, version=account.version + 1)


def is_given_up(file: SettlementFile) -> bool:
    """Whether a bank did not give it, which may be another matter now: what it gave and nobody could use stays as it is."""
    return file.source == "fetch" and file.state == "refused" and file.reason.startswith("http_")


def once_more(file: SettlementFile) -> tuple[SettlementFile, list[Row]]:
    """One that was refused is asked for again, behind the pages that were read."""
    number, skip = file.calls + 1, file.lines
    row = outbox_row(ReportWanted(file=file.id, skip=skip, number=number))
    after = replace(file, state="fetching", reason="", calls=number)
    return files.moved(after), [Row(name=f"page#{skip}#{number}", row=row)]


def _rests(account: PayeeAccount, day: date) -> bool:
    return account.state == "closed" and day > _day(account.changed_at) + timedelta(days=AFTER_CLOSING)


def _day(at: Instant) -> date:
    return as_datetime(at).astimezone(INDIA).date()
