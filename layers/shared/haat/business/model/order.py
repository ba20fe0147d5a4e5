"""What a customer has ordered, and what is said about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from haat.kernel.ids import CustomerId, MerchantId, OrderId, ProductId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

type State = Literal["placed", "accepted", "ready", "out_for_delivery", "delivered", "rejected", "cancelled"]
type Act = Literal[
    "accept", "reject", "ready", "send_out", "deliver", "cancel", "withdraw"
]  # withdraw: by the customer
type By = Literal["shop", "customer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """So many units of one product, at the shop's price of that moment. Amounts are minor units of the order's currency."""

    product: ProductId
    name: str
    unit: str
    quantity: int
    price: int  # of one unit, without tax
    tax: int = 0  # basis points
    amount: int  # of all units, without tax
    tax_amount: int = 0
    hsn: str = ""
    counted: bool = False  # stock was taken for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The order came into a state. `told` says whether the customer was told of it: outside the channel's window nothing is said."""

    state: State
    at: Instant
    by: By
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """How an order's payment request stands, as payments told last: `state` in their words, `number` grows with each change of it."""

    tr: str  # our reference with the bank
    state: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order. `version` counts its changes. Without a customer it was unlinked: its customer was erased."""

    id: OrderId
    merchant: MerchantId
    number: str  # short, to be read aloud; unique at its merchant
    lines: tuple[Line, ...]
    currency: str  # ISO 4217
    steps: tuple[Step, ...]  # the last one is how it stands
    customer: CustomerId | None = None
    channel: str = ""  # where the customer hears of it
    address: str = ""  # the shop's own there
    language: str = "en"
    note: str = ""  # what the customer wrote with it
    reason: str = ""  # why it was rejected or cancelled
    payment: str = "cash_on_delivery"  # where nothing was paid before
    money: Money | None = None  # the request that counts; None where nobody was asked
    requests: tuple[str, ...] = ()  # references of all its payment requests that were heard of, the latest heard last
    paid_by: tuple[str, ...] = ()  # those of them that are paid: more than one is money too much
    version: int = 1

    @property
    def state(self) -> State:
        """How it stands."""
        return self.steps[-1].state

    @property
    def subtotal(self) -> int:
        """All amounts, without tax."""
        return sum(line.amount for line in self.lines)

    @property
    def tax(self) -> int:
        """The tax of all lines, each rounded by itself."""
        return sum(line.tax_amount for line in self.lines)

    @property
    def total(self) -> int:
        """What is to be paid."""
        return self.subtotal + self.tax

    @property
    def paid(self) -> bool:
        """Whether its money has come, by proof of the bank."""
        return self.money is not None and self.money.state == "PAID"

    def __repr__(self) -> str:
        return f"Order({self.id}, version={self.version})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to order: a product by our id or by the shop's own number, and the price they saw, if any."""

    ref: str
    quantity: int  # 0 where what was written is no whole number that an order may have
    price: int | None = None  # minor units


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why an order can't be made: one product and what is wrong with it."""

    kind: Literal["unknown", "not_for_sale", "short", "quantity", "too_many", "too_much", "empty"]
    ref: str = ""
    name: str = ""
    left: int = 0  # units that there are, where there are too few


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something that can be chosen with a tap. `id` comes back with it."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What the shop says at its counter. With an `opener` the options are a list behind a button of that name."""

    word: Literal["ordered", "order_refused", "served"]
    text: str
    language: str = "en"
    options: tuple[Option, ...] = ()
    opener: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who stands at the counter, and what makes this request of theirs happen once."""

    merchant: MerchantId
    customer: CustomerId
    channel: str
    address: str
    language: str
    key: str  # the fingerprint of the message
    now: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a known customer can be told something, and until when."""

    customer: CustomerId
    channel: str
    address: str
    language: str
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a visitor was told, kept under the fingerprint of their message: the same message has one effect and one answer."""

    merchant: MerchantId
    key: str
    spoken: Spoken
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a caller of the API is told, kept under their request's own name."""

    once: Once
    answer: Answer


type Mark = Heard | Given


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that somebody must be told: the attributes of an outbox row, under a name of its own within one change."""

    name: Literal["customer", "merchant", "payment"]
    row: Mapping[str, Any]
