"""What the payment functions tell each other, and what an order hears of its money: rows of the outbox, records of queues.

| fact | queue | taken by |
| --- | --- | --- |
| CallbackKept | payment-evidence | payment_settlement |
| BankAnswered | payment-evidence | payment_settlement |
| OrderWantsMoney | payment-evidence | payment_settlement |
| OrderWantsNone | payment-evidence | payment_settlement |
| CustomerForgotten | payment-evidence | payment_settlement |
| BankWanted | payment-bank | payment_bank_call |
| PaymentDue | payment-due | payment_reconciler |
| SettlementFileGiven | payment-due | payment_reconciler |
| SettlementGoesOn | payment-evidence | payment_settlement |
| RefundFiled | payment-evidence | payment_settlement |
| ReportsWanted | payment-due | payment_reconciler |
| ReportWanted | payment-bank | payment_bank_call |
| ReportAnswered | payment-due | payment_reconciler |
| OrderMoney | business-notice | merchant_notice |

The queues keep no order: what follows from evidence does not depend on it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from haat.facts.codec import check_version, from_plain, to_json
from haat.facts.settlement import (
    RefundFiled,
    ReportAnswered,
    ReportsWanted,
    ReportWanted,
    SettlementFileGiven,
    SettlementGoesOn,
)
from haat.kernel.errors import Rejected
from haat.kernel.ids import CustomerId, MerchantId, OrderId, RequestId
from haat.kernel.time import Instant

EVIDENCE, BANK, DUE, NOTICE = "payment-evidence", "payment-bank", "payment-due", "business-notice"
MOST_DELAY_S = 900  # of a record in SQS; what is due later is found by the reconciler's schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackKept:
    """A provider's callback as it came: `raw` in base64, and those of its headers that prove or name it, in lower case."""

    name: ClassVar[str] = "callback_kept"
    version: ClassVar[int] = 1

    id: str
    provider: str
    account: str
    raw: str
    headers: Mapping[str, str]
    received_at: Instant

    def __repr__(self) -> str:
        return f"CallbackKept({self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAnswered:
    """What a bank answered to a call of ours over TLS. `status` 0: no answer came. `number` counts the calls of this kind."""

    name: ClassVar[str] = "bank_answered"
    version: ClassVar[int] = 1

    what: Literal["create", "pull", "refund", "pull_refund"]
    tr: str
    number: int
    status: int
    raw: str
    answered_at: Instant
    refund: str = ""
    wanted: str = ""  # what was to be asked, where something else was asked in its place

    def __repr__(self) -> str:
        return f"BankAnswered({self.what}, {self.status})"


@dataclass(frozen=True, slots=True, kw_only=True)
class BankWanted:
    """A bank is to be called. `number` counts the calls of this kind for this request or refund."""

    name: ClassVar[str] = "bank_wanted"
    version: ClassVar[int] = 1

    what: Literal["create", "pull", "refund", "pull_refund"]
    tr: str
    number: int
    refund: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDue:
    """A request is to be looked at: something was due at that time. What is due then is read, not believed."""

    name: ClassVar[str] = "payment_due"
    version: ClassVar[int] = 1

    tr: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoney:
    """An order's payment request has changed: `state` is the request's. `number` grows with each change, so the latest is known."""

    name: ClassVar[str] = "order_money"
    version: ClassVar[int] = 1

    merchant: MerchantId
    order: OrderId
    tr: str
    state: str
    number: int
    occurred_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWantsMoney:
    """An order was confirmed and is to be paid: its customer is asked, where the shop has a live payee account. Once for each order."""

    name: ClassVar[str] = "order_wants_money"
    version: ClassVar[int] = 1

    merchant: MerchantId
    order: OrderId
    amount: int
    currency: str
    note: str
    customer: str
    channel: str
    address: str
    language: str
    occurred_at: Instant

    def __repr__(self) -> str:
        return f"OrderWantsMoney({self.order})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWantsNone:
    """An order is no more: its customer is asked for nothing any longer. Money that has come stays, and is shown.

    `trs` are the references of its requests that the order has heard of, those that the shop made by itself too.
    """

    name: ClassVar[str] = "order_wants_none"
    version: ClassVar[int] = 1

    merchant: MerchantId
    order: OrderId
    occurred_at: Instant
    trs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerForgotten:
    """A shop's customer is erased, under all ids of theirs: payments forget whose they were. It comes more than once."""

    name: ClassVar[str] = "customer_forgotten"
    version: ClassVar[int] = 1

    merchant: MerchantId
    customers: tuple[CustomerId, ...]
    occurred_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeNameWanted:
    """A bank is to be asked whose a UPI address is, with the shop's own account. The answer is `PayeeNamed` (verification.py)."""

    name: ClassVar[str] = "payee_name_wanted"
    version: ClassVar[int] = 1

    merchant: MerchantId
    request: RequestId
    round: int
    number: int  # counts the times that it is asked in this round
    payee: str  # the address's mark (verification.py): nobody but the payment context need know it in plain
    occurred_at: Instant

    def __repr__(self) -> str:
        return f"PayeeNameWanted({self.request})"


PaymentFact = (
    CallbackKept
    | BankAnswered
    | BankWanted
    | PaymentDue
    | OrderMoney
    | OrderWantsMoney
    | OrderWantsNone
    | CustomerForgotten
    | SettlementFileGiven
    | SettlementGoesOn
    | RefundFiled
    | ReportsWanted
    | ReportWanted
    | ReportAnswered
    | PayeeNameWanted
)
_CLASSES: Mapping[str, type[PaymentFact]] = {
    cls.name: cls
    for cls in (
        CallbackKept,
        BankAnswered,
        BankWanted,
        PaymentDue,
        OrderMoney,
        OrderWantsMoney,
        OrderWantsNone,
        CustomerForgotten,
        SettlementFileGiven,
        SettlementGoesOn,
        RefundFiled,
        ReportsWanted,
        ReportWanted,
        ReportAnswered,
        PayeeNameWanted,
    )
}
_QUEUES: Mapping[str, str] = {
    CallbackKept.name: EVIDENCE,
    BankAnswered.name: EVIDENCE,
    OrderWantsMoney.name: EVIDENCE,
    OrderWantsNone.name: EVIDENCE,
    CustomerForgotten.name: EVIDENCE,
    BankWanted.name: BANK,
    PaymentDue.name: DUE,
    SettlementFileGiven.name: DUE,
    SettlementGoesOn.name: EVIDENCE,
    RefundFiled.name: EVIDENCE,
    ReportsWanted.name: DUE,
    ReportWanted.name: BANK,
    ReportAnswered.name: DUE,
    OrderMoney.name: NOTICE,
    PayeeNameWanted.name: BANK,
}


def dump(fact: PaymentFact) -> str:
    """The fact as one JSON text."""
    return to_json(fact, fact.name, fact.version)


def outbox_row(fact: PaymentFact, *, delay_s: int = 0) -> dict[str, Any]:
    """The attributes that make an item the outbox row of it; `delay_s` above MOST_DELAY_S is cut to that."""
    row: dict[str, Any] = {"queue": _QUEUES[fact.name], "body": dump(fact)}
    return row | ({"delay": min(delay_s, MOST_DELAY_S)} if delay_s > 0 else {})


def is_one(body: str) -> bool:
    """Whether a record is of these: told by how all facts of ours begin."""
    return body.startswith(tuple(f'{{"fact":"{name}"' for name in _CLASSES))


def load(body: str) -> PaymentFact:
    """Read it, of this version or the one before or after. Raises Rejected when it is none."""
    try:
        data = json.loads(body)
    except ValueError:
        raise Rejected("not a fact of payments: no JSON") from None
    name = data.get("fact") if isinstance(data, dict) else None
    cls = _CLASSES.get(name) if isinstance(name, str) else None
    if cls is None:
        raise Rejected("not a fact of payments that this version knows")
    check_version(data, cls.version)
    return from_plain(cls, data)
