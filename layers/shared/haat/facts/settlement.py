"""What the payment functions tell each other about banks' settlement files and reports. How they lie in queues stands in `payments.py`."""

from dataclasses import dataclass
from typing import ClassVar

from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFileGiven:
    """A bank's settlement file lies in the bucket, and is to be read."""

    name: ClassVar[str] = "settlement_file_given"
    version: ClassVar[int] = 1

    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementGoesOn:
    """A part of a file that was read is to be held against our books; past the last part: what it should have named is looked for.

    `round` 1: the money that came; 2: what was taken back of it, which may stand before it in a file. `after` is where the search goes on.
    """

    name: ClassVar[str] = "settlement_goes_on"
    version: ClassVar[int] = 1

    file: str
    part: int
    after: str = ""
    round: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFiled:
    """A bank's settlement file told of a refund whose payment is not known yet: it waits for that. `id` names the line."""

    name: ClassVar[str] = "refund_filed"
    version: ClassVar[int] = 1

    id: str
    account: str
    amount: int
    received_at: Instant
    status_word: str = ""
    refund_id: str = ""
    provider_refund_id: str = ""
    rrn: str = ""
    provider_txn_id: str = ""
    tr: str = ""
    occurred_at: Instant = Instant(0)

    def __repr__(self) -> str:
        return f"RefundFiled({self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsWanted:
    """Banks are to be asked for the reports of the days before `day` (of India's calendar), for one page of accounts behind `after`."""

    name: ClassVar[str] = "reports_wanted"
    version: ClassVar[int] = 1

    day: str
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWanted:
    """A page of a bank's settlement report is to be asked for, past its first `skip` lines. `number` counts the calls for this page."""

    name: ClassVar[str] = "report_wanted"
    version: ClassVar[int] = 1

    file: str
    skip: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAnswered:
    """What the bank answered to that. `status` 0: no answer came. `raw` in base64; `reason` says in one word why it can not be had."""

    name: ClassVar[str] = "report_answered"
    version: ClassVar[int] = 1

    file: str
    skip: int
    number: int
    status: int
    raw: str
    answered_at: Instant
    reason: str = ""

    def __repr__(self) -> str:
        return f"ReportAnswered({self.file}, {self.status})"
