"""What the simulated bank remembers: payee accounts, codes and orders, payments, refunds, and what its callbacks wait for.

Plain records; `bank.py` changes them under one lock. Amounts are paise, times seconds since 1970.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from infra.local.simulators.bank_outbox import BankOutbox, BankPosting
from infra.local.simulators.wire import Json, digits

# One of those in `bank_formats.FORMATS`.
type Provider = str
# DEEMED: the payee's bank has not answered, and the money is taken to be there; it may still come to nothing.
type PaymentWord = Literal["SUCCESS", "FAILED", "PENDING", "DEEMED"]
type RefundWord = Literal["DONE", "FAILED", "PENDING"]
OPEN: tuple[PaymentWord, ...] = ("PENDING", "DEEMED")

INDIA = timezone(timedelta(hours=5, minutes=30))
VERSION = 1
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Impossible(ValueError):
    """What was asked of the bank can't be done; the text says why, for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """A payee: what it is called, how its callbacks are proven, and what may call the API for it.

    `keys` has the names that its line in `bank_formats.FORMATS` asks for: the bank's side of them. `settings` are what else the
    bank knows it by, e.g. a terminal's number. `fee_rate`: what is kept of a payment, in hundredths of a percent, before GST.
    `switched_off`: its callbacks failed for a day, and none is sent any more.
    """

    provider: Provider
    merchant_id: str
    vpa: str
    name: str
    webhook: str
    keys: Mapping[str, str]
    switched_off: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    fee_rate: int = 0

    @property
    def id(self) -> str:
        """Its name here."""
        return f"{self.provider}:{self.merchant_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A QR code that the API made; `amount` 0: the payer says how much."""

    id: str
    account: str
    tr: str
    amount: int
    single_use: bool
    description: str
    notes: Mapping[str, str]
    created_at: float
    close_by: float | None = None
    paid: bool = False

    def status(self, now: float) -> str:
        """Say whether one may pay."""
        return "closed" if self.paid or (self.close_by is not None and now >= self.close_by) else "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order that the API made."""

    id: str
    account: str
    amount: int
    receipt: str
    notes: Mapping[str, str]
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPayment:
    """One attempt of a payer. `reference` stands in what was paid; `code` and `order` are what the API had made."""

    id: str
    account: str
    reference: str
    rrn: str
    amount: int
    word: PaymentWord
    at: float
    payer: str
    note: str = ""
    code: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankRefund:
    """Money given back. `refund_id` and `notes` are the caller's; `asked` is the body that made it, `key` its idempotency key."""

    id: str
    account: str
    payment: str
    amount: int
    word: RefundWord
    at: float
    refund_id: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeBack:
    """Money that the payer's bank took back. Nobody is called: it stands in the day's file."""

    id: str
    account: str
    payment: str
    amount: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """A payment that somebody will make."""

    at: float
    target: str
    word: PaymentWord
    amount: int | None
    payer: str


class BankWorld:
    """All of it. `revision` grows with every change, also over a reset."""

    def __init__(self, accounts: Mapping[str, BankAccount], revision: int = 0) -> None:
        self.accounts = dict(accounts)
        self.codes: dict[str, Code] = {}
        self.orders: dict[str, Order] = {}
        self.payments: dict[str, BankPayment] = {}
        self.refunds: dict[str, BankRefund] = {}
        self.charge_backs: dict[str, ChargeBack] = {}
        self.later: list[Later] = []
        # Whose an address is, where it is told otherwise than its account says: "" is not told, None is nobody's.
        self.names: dict[str, str | None] = {}
        self.outbox = BankOutbox()
        self.counter = 0
        self.revision = revision

    def name_of(self, address: str) -> str | None:
        """Return whose an address is: "" where that is not told, None where it is nobody's."""
        address = address.casefold()
        if address in self.names:
            return self.names[address]
        return next((one.name for one in self.accounts.values() if one.vpa.casefold() == address), None)

    def serial(self, what: str) -> str:
        """Return the next of all serials: the same run yields the same ones."""
        self.counter += 1
        self.revision += 1
        return f"{what}-{self.counter:08d}"

    def new_id(self, kind: str, length: int = 14) -> str:
        """Return an id as Razorpay makes them: its kind, and letters."""
        value = int.from_bytes(hashlib.sha256(self.serial(kind).encode()).digest())
        letters = ""
        for _ in range(length):
            value, place = divmod(value, len(_LETTERS))
            letters += _LETTERS[place]
        return f"{kind}_{letters}"

    def new_rrn(self, at: float) -> str:
        """Return a retrieval reference number: last digit of the year, day of the year, eight more."""
        day = datetime.fromtimestamp(at, UTC).astimezone(INDIA)
        return f"{day.year % 10}{day.timetuple().tm_yday:03}{digits(self.serial('rrn'), 8)}"

    def payments_of(self, account: str) -> list[BankPayment]:
        """Return an account's payments, oldest first."""
        return [payment for payment in self.payments.values() if payment.account == account]

    def refunds_of(self, payment: str) -> list[BankRefund]:
        """Return a payment's refunds, oldest first."""
        return [refund for refund in self.refunds.values() if refund.payment == payment]

    def standing(self, account: str, reference: str) -> BankPayment | None:
        """Return what a bank tells that says one thing of a reference: the first payment that succeeded, else the last attempt."""
        tried = [payment for payment in self.payments_of(account) if payment.reference == reference]
        paid = [payment for payment in tried if payment.word == "SUCCESS"]
        return next(iter(paid or tried[-1:]), None)

    def given_back(self, payment: str) -> int:
        """Return how much of a payment is given back, or is about to be."""
        return sum(refund.amount for refund in self.refunds_of(payment) if refund.word != "FAILED")

    def charged_back(self, payment: str) -> int:
        """Return how much of a payment its payer's bank took back."""
        return sum(one.amount for one in self.charge_backs.values() if one.payment == payment)

    def dump(self) -> Json:
        """Return the whole memory as JSON, the accounts' keys too."""
        outbox = self.outbox
        return {
            "version": VERSION,
            "counter": self.counter,
            "accounts": [asdict(account) for account in self.accounts.values()],
            "codes": [asdict(code) for code in self.codes.values()],
            "orders": [asdict(order) for order in self.orders.values()],
            "payments": [asdict(payment) for payment in self.payments.values()],
            "refunds": [asdict(refund) for refund in self.refunds.values()],
            "charge_backs": [asdict(one) for one in self.charge_backs.values()],
            "names": self.names,
            "later": [asdict(later) for later in self.later],
            "waiting": [posting.dumped() for posting in outbox.waiting.values()],
            "held": [posting.dumped() for posting in outbox.held],
        }


def load(document: Json, accounts: Mapping[str, BankAccount], revision: int) -> BankWorld:
    """Return the memory of a dump; of an account that stands in it and in `accounts` the latter counts."""
    if document.get("version") != VERSION:
        raise ValueError(f"bank state of version {document.get('version')!r}, expected {VERSION}")
    kept = [BankAccount(**account) for account in document["accounts"]]
    world = BankWorld({account.id: account for account in kept} | dict(accounts), revision)
    world.codes = {kept["id"]: Code(**kept) for kept in document["codes"]}
    world.orders = {kept["id"]: Order(**kept) for kept in document["orders"]}
    world.payments = {kept["id"]: BankPayment(**kept) for kept in document["payments"]}
    world.refunds = {kept["id"]: BankRefund(**kept) for kept in document["refunds"]}
    # An older state knows none of these two.
    world.names = dict(document.get("names", {}))
    world.charge_backs = {kept["id"]: ChargeBack(**kept) for kept in document.get("charge_backs", [])}
    world.later = [Later(**kept) for kept in document["later"]]
    for posting in document["waiting"]:
        world.outbox.add(BankPosting.loaded(posting))
    world.outbox.held = [BankPosting.loaded(posting) for posting in document["held"]]
    world.counter = document["counter"]
    return world
