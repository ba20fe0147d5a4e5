"""A bank's settlement file: what it told of a payee account's days, line by line, and what that meant for our books."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from haat.kernel.ids import MerchantId
from haat.kernel.time import MINUTE, Instant
from haat.payment.model.bank import Row

# waiting: for the file itself; fetching: the bank is asked for it, page by page; settling: it is held against our books.
FileState = Literal["waiting", "reading", "fetching", "settling", "done", "refused"]
# confirms: money that we knew; recovers: money that nobody had told of; differs: known, with another sum; orphan: of no request of ours,
# and orphan_known one that we knew; not_money: a line that failed; missing: money of these days that we hold and the file does not name.
Meaning = Literal[
    "", "confirms", "recovers", "differs", "orphan", "orphan_known", "refund", "refund_unknown", "chargeback",
    "chargeback_unknown", "not_money", "duplicate", "bad", "other_merchant", "missing",
]  # fmt: skip
MEANINGS: Final[tuple[Meaning, ...]] = tuple(meaning for meaning in get_args(Meaning) if meaning)
FORM_MS: Final = 60 * MINUTE  # for which the form is good by which a file is posted
# What a person should look at.
QUESTIONS: tuple[Meaning, ...] = (
    "differs", "orphan", "refund_unknown", "chargeback", "chargeback_unknown", "bad", "other_merchant", "missing",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, and what it meant. `reason` is why one could not be used, in one word."""

    row: Row
    meaning: Meaning = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some lines of a file, numbered from 1. `rounds` were made: after two each line has its meaning. `version` counts its changes."""

    file: str
    number: int
    lines: tuple[Line, ...]
    rounds: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFile:
    """One file or report of one payee account. Sums are minor units of INR over the lines that are money, each once; days are India's.

    `fees` hold their tax, `taxes` are that part of them; `by_settlement` is what each payment of the bank to the shop came to.
    """

    id: str
    account: str
    merchant: MerchantId
    provider: str
    first_day: str
    last_day: str
    source: Literal["upload", "fetch"]
    state: FileState
    created_at: Instant
    late_days: int = (
        0  # so many days after a payment its line has come, at the latest; what has none by then is missing
    )
    reason: str = ""  # why it was refused, or waits once more
    same_as: str = ""  # the file with the same content, where it was refused for that
    sha256: str = ""
    parts: int = 0  # that were read
    lines: int = 0  # in them
    taken_back: bool = False  # some of them tell of money that was taken back: a second round is made
    counts: Mapping[str, int] = field(default_factory=dict)  # lines by their meaning
    received: int = 0
    refunded: int = 0
    charged_back: int = 0
    fees: int = 0
    taxes: int = 0
    by_settlement: Mapping[str, int] = field(default_factory=dict)
    searched: str = ""  # where the search for what is missing goes on
    calls: int = 0  # to the bank, for a page that it has not given yet
    done_at: Instant = Instant(0)
    version: int = 1

    @property
    def questions(self) -> int:
        """How many lines a person should look at."""
        return sum(self.counts.get(meaning, 0) for meaning in QUESTIONS)
