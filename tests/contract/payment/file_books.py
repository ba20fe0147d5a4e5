"""Books of a shop for tests of settlement files: who works on a file there may die at any write, and is delivered to again."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from haat.aws.outbox import unfold
from haat.facts.payments import BankWanted, PaymentDue, PaymentFact, load
from haat.facts.settlement import RefundFiled, ReportAnswered, ReportWanted, SettlementFileGiven, SettlementGoesOn
from haat.kernel.once import Once
from haat.kernel.time import DAY, HOUR, Instant, later
from haat.payment.banks.registry import bank
from haat.payment.memory.files import MemoryFiles, MemoryShelf
from haat.payment.memory.lists import MemoryLists
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Payment, Request
from haat.payment.ports import Payments, Writing
from haat.payment.ports.files import Files
from haat.payment.ports.lists import Lists
from haat.payment.rules import machine
from haat.payment.rules.files import of_day
from haat.payment.service.filed import Filed
from haat.payment.service.files import Reading, SettlementFiles
from haat.payment.service.settling import Settling
from tests.contract.payment.test_settling import NoKeys, OneAccount
from tests.unit.payment.recon import ACCOUNT, NOON, day, line, written

AT = Instant(NOON * 1_000)
NOW = later(AT, 12 * DAY)
DAYS = ("2026-03-02", "2026-03-13")
# The day by which the bank has paid out all of that day's money, at the latest.
PAID_OUT = day(NOON + bank("razorpay").CAPS.settles_within_days * 86_400)
QUEUES = frozenset({"payment-due", "payment-evidence", "payment-bank"})
WRITES = frozenset({"save", "keep", "answered", "keep_orphan", "settle_orphan", "wait"})
LINES = [
    line("payment", "pay_known", 10_000, "setl_1", fee=236, tax=36),
    line("payment", "pay_told_by_nobody", 20_000, "setl_1", order_receipt="Hunpaid"),
    line("payment", "pay_of_another_sum", 29_900, "setl_1"),
    line("payment", "pay_of_nobody", 400, "setl_1"),
    line("payment", "pay_of_a_code", 500, "setl_1"),
    line("payment", "pay_known", 10_000, "setl_1"),
    line("refund", "rfnd_1", 1_000, "setl_1", payment_id="pay_known"),
    line("refund", "rfnd_2", 1, "setl_1", payment_id="pay_unheard_of"),
    line("adjustment", "adj_1", 10_000, "setl_1", payment_id="pay_known", dispute_id="disp_1"),
    line("adjustment", "adj_2", 7, "setl_1"),
    line("payment", "pay_in_dollars", 7, "setl_1", currency="USD"),
]
ENDS = {
    "confirms": 1, "recovers": 1, "differs": 1, "orphan": 1, "orphan_known": 1, "duplicate": 1, "refund": 1, "refund_unknown": 1,
    "chargeback": 1, "bad": 2, "missing": 1,
}  # fmt: skip


class Killed(Exception):
    """The function died."""


@dataclass
class Fate:
    """When one dies: at the n-th write, before it or after it, and once. Nobody does at the 0th."""

    doom: tuple[int, Literal["before", "after"]] = (0, "before")
    writes: int = 0
    met: bool = False
    sleeps: bool = True  # until what is tried begins

    def meets(self, when: str) -> None:
        """Die, if it is time."""
        if (self.writes, when) == self.doom and not self.met and not self.sleeps:
            self.met = True
            raise Killed


class Mortal:
    """A store whose caller may die at a write."""

    def __init__(self, store: Any, fate: Fate) -> None:
        self._store, self._fate = store, fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return self._dies(found) if name in WRITES else found

    def _dies(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def written(*args: Any, **more: Any) -> Any:
            self._fate.writes += not self._fate.sleeps
            self._fate.meets("before")
            done = write(*args, **more)
            self._fate.meets("after")
            return done

        return written


@dataclass
class Books:
    """Stores, and those who work on a file in them."""

    files: Files
    payments: Payments
    lists: Lists
    rows: Callable[[], list[dict[str, Any]]]
    fate: Fate = field(default_factory=Fate)
    pages: dict[int, bytes] = field(default_factory=dict)
    shelf: MemoryShelf = field(default_factory=MemoryShelf)
    words: list[str] = field(default_factory=list)
    id: str = ""  # of the file

    def __post_init__(self) -> None:
        accounts: Any = OneAccount(ACCOUNT)
        files, payments = Mortal(self.files, self.fate), Mortal(self.payments, self.fate)
        self.settling = Settling(payments=payments, accounts=accounts, keys=NoKeys(), banks=bank)
        self.desk = SettlementFiles(files=self.files, accounts=accounts, shelf=self.shelf, banks=bank)
        self.reading = Reading(files=files, accounts=accounts, shelf=self.shelf, banks=bank)
        self.filed = Filed(files=files, lists=self.lists, settling=self.settling)

    def holds_money(self) -> None:
        """What the shop knew before any file."""
        for tr, amount in (("Hknown", 10_000), ("Hunpaid", 20_000), ("Hother", 30_000), ("Hmissing", 40_000)):
            request = Request(
                tr=tr, merchant=ACCOUNT.merchant, account=ACCOUNT.id, provider="razorpay", payee_vpa="shop@bank", payee_id="acc_1",
                amount=amount, currency="INR", created_at=later(AT, -HOUR), expires_at=later(AT, HOUR),
            )  # fmt: skip
            self.payments.begin(machine.present(Payment(request=request)).after, Writing(at=AT))
        for tr, txn, amount in (
            ("Hknown", "pay_known", 10_000),
            ("Hother", "pay_of_another_sum", 30_000),
            ("Hmissing", "pay_missing", 40_000),
            ("", "pay_of_a_code", 500),
        ):
            said = Evidence(
                provider="razorpay", provider_txn_id=txn, tr=tr, rrn="", amount=amount, currency="INR", status="SUCCESS",
                status_word="captured", trust="proof", occurred_at=AT, payee_vpa="shop@bank",
            )  # fmt: skip
            self.settling.evidence(ACCOUNT, said, AT)

    def begins(self, *, fetch: bool = False) -> str:
        """A file is announced; its id."""
        once = Once(key="begin", asked="", at=NOW)
        first, last = (PAID_OUT, PAID_OUT) if fetch else DAYS
        # The id that the report of that day has anyhow: so that books are the same whichever way the lines came.
        id = of_day(ACCOUNT.id, PAID_OUT)
        self.id = str(self.desk.begin(id, ACCOUNT.id, first, last, once, fetch=fetch).body["id"])
        return self.id

    def deliver(self, fact: PaymentFact) -> str:
        """One record, as the functions take it."""
        match fact:
            case SettlementFileGiven():
                return self.reading.given(fact)
            case SettlementGoesOn():
                return self.filed.go_on(fact, NOW)
            case RefundFiled():
                return self.settling.filed(fact, NOW).word
            case ReportWanted():
                raw = self.pages.get(fact.skip, b"")
                said = ReportAnswered(
                    file=fact.file, skip=fact.skip, number=fact.number, status=200 if raw else 500, raw=base64.b64encode(raw).decode(), answered_at=NOW
                )  # fmt: skip
                return self.reading.answered(said)
            case _:
                raise AssertionError(fact)

    def plays(self, *, times: int = 1) -> None:
        """Deliver each row of the outbox until none is new; whoever died is delivered to again."""
        seen: set[str] = set()
        while new := [row for row in self.rows() if row["queue"] in QUEUES and row["body"] not in seen]:
            for row in new:
                seen.add(row["body"])
                fact = load(unfold(row["body"]))
                if isinstance(fact, BankWanted | PaymentDue):
                    continue
                for _ in range(times):
                    self.words.append(self._until_done(fact))

    def _until_done(self, fact: PaymentFact) -> str:
        try:
            return self.deliver(fact)
        except Killed:
            return self.deliver(fact)

    def end(self) -> Any:
        """All that anybody can see of it."""
        file = self.files.get(self.id)
        assert file is not None
        parts, _ = self.files.parts(self.id, None, 50)
        payments = [self.payments.load(tr) for tr in ("Hknown", "Hunpaid", "Hother", "Hmissing")]
        orphans, _ = self.lists.orphans(ACCOUNT.id, None, 50)
        told = sorted(row["body"] for row in self.rows() if row["queue"] == "business-notice")
        seen = [replace(payment, lock=0) for payment in payments if payment]
        return (
            replace(file, version=0),
            [replace(part, version=0) for part in parts],
            seen,
            sorted(orphans, key=repr),
            told,
        )


def memory() -> Books:
    """New books in memory."""
    payments, files = MemoryPayments(), MemoryFiles()
    return Books(
        files, payments, MemoryLists(payments), lambda: [dict(row.row) for row in (*files.rows, *payments.rows)]
    )


def uploaded(books: Books, lines: Sequence[Any] = LINES, *, times: int = 1) -> Any:
    """A file is brought and gone through; how it ends. Who dies does so behind the operator's part."""
    books.holds_money()
    id = books.begins()
    books.shelf.raw[id] = written(lines)
    books.desk.read(id, Once(key="read", asked="", at=NOW))
    books.fate.sleeps = False
    books.plays(times=times)
    return books.end()


def fetched(books: Books, size: int = 4, *, times: int = 1) -> Any:
    """The same as a report, page by page. Each page but the first begins with the last line of the one before: it grew in between."""
    books.holds_money()
    books.begins(fetch=True)
    place, at = 0, 0
    while at < len(LINES):
        page = LINES[max(at - 1, 0) : at + size]
        books.pages[place] = written(page)
        place, at = place + len(page), at + size
    books.pages[place] = written([])
    books.fate.sleeps = False
    books.plays(times=times)
    return books.end()
