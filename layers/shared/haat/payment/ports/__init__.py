"""What payments need from the rest of the world. `wiring` fills these."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from haat.facts.payments import BankAnswered, CallbackKept
from haat.facts.settlement import RefundFiled
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Call, Keys
from haat.payment.model.outbox import Mark, Row
from haat.payment.model.payment import Change, Orphan, Payment, Payout, Proof

MOST_WAITING: Final = 10  # callbacks that wait for one money; a bank tells of a refund in two or three

MOST_FILED: Final = 30  # refunds of a settlement file that wait for one money: a transaction hands them out

type Listed[T] = tuple[list[T], str | None]  # one page, and where the next one begins


class KnownEvent(Exception):
    """This event id was heard before. `same` says whether with the same content."""

    def __init__(self, *, same: bool) -> None:
        super().__init__("an event id that was heard before")
        self.same = same


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What is written with a change beside it. `at` is when it is decided; `proof` is what was heard of the money."""

    mark: Mark | None = None
    rows: Sequence[Row] = ()
    once: tuple[Once, Answer] | None = None
    at: Instant = Instant(0)
    proof: Proof | None = None
    kept: bool = False  # only where nothing waits for the money that it brings: else the bank has given it back
    account: PayeeAccount | None = None  # a payee account that changes with it, in the place of its version before


class Payments(Protocol):
    """Where requests, receipts and refunds are kept."""

    def load(self, tr: str) -> Payment | None:
        """A request with its receipts and refunds, as they are now. Raises Unavailable."""

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""

    def begin(self, payment: Payment, writing: Writing) -> Answer | None:
        """Keep a new one. With `once`: returns the answer of the request that was first.

        Raises Conflict: reference-taken, or customer-erased where nobody of that id may be asked any more.
        """

    def save(self, before: Payment, change: Change, writing: Writing) -> Answer | None:
        """Write a change, all of it or nothing: request, new receipts with their names, changed refunds, orphan, rows, marks.

        `before` without a lock was never kept: the request begins with this change, and customer-erased as `begin` has it may be raised.
        A receipt that was an orphan is one no more. With `kept`, Conflict (refund-waits) where a refund of its money waits.
        Raises Changed where anything moved in between, KnownEvent for a mark that is there, Conflict (receipt-taken) where the
        same money is a receipt of another request. With `once`: returns the answer of the request that was first.
        """

    def keep_orphan(self, orphan: Orphan, writing: Writing) -> bool:
        """Keep money that belongs to no request. False: it is known. Raises KnownEvent."""

    def settle_orphan(self, account: str, rrn: str, provider_txn_id: str, payout: Payout) -> Orphan | None:
        """A bank's file confirms money of no request; returns it as it is then. None where there is no such money. Raises Unavailable."""

    def find(self, account: str, *, refund: str = "", rrn: str = "", provider_txn_id: str = "") -> str | None:
        """The reference of the request that has a refund, or a receipt of this money."""

    def answered(self, said: BankAnswered) -> None:
        """Keep what a bank answered, as its own outbox row; the same call's answer again changes nothing."""

    def claim(self, tr: str, what: str, refund: str, number: int) -> bool:
        """Mark that a call is about to be made, the n-th of its kind. False: somebody may have made it before."""

    def wait(self, account: str, name: str, told: CallbackKept | RefundFiled) -> bool:
        """Keep what was told of a money that has not come yet, by its RRN or the bank's id; `save` hands it out again when that comes.

        False: MOST_WAITING wait for it already (of a file MOST_FILED), and this one stays where callbacks are kept. Raises Changed where the money has
        come in between.
        """

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Payment]:
        """One page of a merchant's requests without receipts and refunds, newest first."""

    def due(self, now: Instant, limit: int) -> Sequence[tuple[str, Instant]]:
        """References of requests at which something has been due for a while, the longest first."""


class Callbacks(Protocol):
    """Where callbacks are kept as they came."""

    def keep(self, kept: CallbackKept) -> None:
        """Keep one, with the row by which settlement gets it. Raises Unavailable."""

    def keep_forged(self, account: str, reason: str, raw: bytes, now: Instant, chance: int) -> None:
        """Keep a copy of one that was refused, a few for each account and hour. `chance` (0 to 255) says which copy gives way. Raises Unavailable."""


class Accounts(Protocol):
    """Where payee accounts are kept."""

    def get(self, id: str, *, fresh: bool = False) -> PayeeAccount | None:
        """The account, or None; may be a minute old unless `fresh`."""

    def list(self, merchant: MerchantId) -> list[PayeeAccount]:
        """A merchant's accounts, oldest first."""

    def fetched(self, after: str | None, limit: int) -> Listed[str]:
        """One page of the ids of accounts that are or were live and whose settlement reports are fetched; may be a moment old."""

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""

    def begin(self, account: PayeeAccount, once: Once, answer: Answer, rows: Sequence[Row] = ()) -> Answer:
        """Keep a new one; returns the answer of the request that was first. Raises Conflict (too-many-accounts, payee-taken)."""

    def save(
        self, after: PayeeAccount, once: tuple[Once, Answer] | None = None, rows: Sequence[Row] = ()
    ) -> Answer | None:
        """In the place of its version before. Raises Changed. With `once`: returns the answer of the request that was first."""


class Seals(Protocol):
    """Who encrypts keys for those who may use them, and can't read them afterwards."""

    def seal(self, merchant: MerchantId, secret: Secret[str]) -> bytes:
        """Raises Unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back over HTTP; `status` 0: nothing did."""

    status: int
    raw: bytes = field(default=b"", repr=False)


class Bank(Protocol):
    """The one who calls banks."""

    def call(self, call: Call) -> Reply:
        """One HTTP call in bounded time and size. Never raises for what the bank or the network does."""


class KeyRing(Protocol):
    """An account's keys, opened for one purpose."""

    def keys(self, account: PayeeAccount) -> Keys:
        """Raises Unavailable."""
