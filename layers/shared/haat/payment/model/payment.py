"""A payment request and all that is known of it."""

from dataclasses import dataclass
from typing import Literal

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.payment.model.evidence import Status, Trust

State = Literal["CREATED", "PRESENTED", "PROCESSING", "PAID", "FAILED", "EXPIRED", "CANCELLED", "REVIEW"]
Kind = Literal["primary", "mismatch", "surplus"]
RefundState = Literal["WAITING", "SENT", "DONE", "FAILED", "REFUSED"]
Source = Literal[
    "callback", "pull", "file"
]  # who brought evidence: the bank's call, its answer to ours, its settlement file
EventKind = Literal[
    "PaymentPaid", "PaymentFailed", "PaymentExpired", "PaymentCancelled", "SurplusReceived", "ReviewNeeded",
    "RefundProposed", "RefundDone", "RefundFailed", "ChargedBack",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a merchant asks a customer to pay. `version` counts its changes; `amount` is in minor units."""

    tr: str  # our reference with the bank, at most 35 letters and digits
    merchant: MerchantId
    account: str  # the payee account of the merchant
    provider: str
    payee_vpa: str
    payee_id: str  # the merchant in the bank's books
    amount: int
    currency: str
    created_at: Instant
    expires_at: Instant
    state: State = "CREATED"
    late: bool | None = None  # of the money that paid it: whether that came after `expires_at`
    cancelled_at: Instant = Instant(0)
    flags: tuple[str, ...] = ()  # sorted words for people
    pulls: tuple[Instant, ...] = ()  # when the bank was asked
    pull_at: Instant = Instant(0)  # when it is asked next; 0 is never
    again_at: Instant = Instant(
        0
    )  # when it is asked once more if no answer has come by then; 0 where none is waited for
    creates: int = 0  # calls by which the bank was to learn of it
    version: int = 0
    payee_name: str = ""  # as the bank knows it; customers see it
    note: str = ""  # what the customer reads that it is for
    order: str = ""  # the order that it pays, "" for none
    part: bool = False  # it asks for another sum than the order costs: that is not paid by it, and hears nothing of it
    link: str = ""  # the upi:// link that the customer pays by
    picture: str = ""  # the address of the provider's own picture of its code, where it gives no text of it
    provider_ref: str = ""  # the provider's own id of it, where it makes one
    customer: str = ""  # whom the shop asks, "" where the merchant shows the code themselves
    channel: str = ""
    address: str = ""
    language: str = ""
    test: bool = False  # the payment of Re 1 by which an account goes live
    paid_at: Instant = Instant(0)
    forgotten_at: Instant = Instant(0)  # when its customer was erased: nothing of a person is added from then on
    refund_number: int = 0  # calls to the bank about refunds, in the order in which they were wanted
    order_details: bool = False  # it is asked for on WhatsApp's own payment card, where there is a link
    order_details_name: str = ""  # the payment configuration that the card names in place of the link


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One money that came. Its name is (rrn, payee); where the bank told no RRN, its own transaction id stands in."""

    rrn: str
    provider_txn_id: str
    amount: int
    currency: str
    kind: Kind
    occurred_at: Instant
    payer_vpa: str = ""  # erased with the customer
    proposed: str = ""  # why it should be given back, where it should
    settled: bool = False  # the bank's file confirms it
    fee: int = 0  # what the bank's file says that it kept, with the tax on it
    tax: int = 0  # the part of the fee that is GST
    settlement: str = ""  # the bank's own name of the payment by which it came to the shop's account
    found_in: str = ""  # the file that told of it first; "" where somebody else did
    disputed: int = 0  # what the bank's file says that it took back for a complaint of the payer's


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """What a bank's file says of one money beside its sum; the names are those of a receipt. `found`: nobody had told of it."""

    fee: int = 0
    tax: int = 0
    settlement: str = ""
    file: str = ""
    found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back, against one receipt. SENT and DONE count against the receipt."""

    id: str  # ours, or the provider's where somebody else began it
    rrn: str  # of the receipt; "" while only `provider_txn_id` is known
    amount: int
    state: RefundState
    provider_refund_id: str = ""
    provider_txn_id: str = ""
    foreign: bool = False  # not begun by us
    filed: str = ""  # the bank's id of it in a settlement file
    asked_at: Instant = Instant(0)
    calls: int = 0  # how often the bank was asked about it
    ask_at: Instant = Instant(0)  # when it is asked again; 0 is never
    reason: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """Proven money that belongs to no request of ours: kept and shown, never applied."""

    provider: str
    account: str
    rrn: str
    provider_txn_id: str
    tr: str
    amount: int
    currency: str
    occurred_at: Instant
    merchant: MerchantId = MerchantId("")  # whose account it was told of at
    foreign: bool = False  # it names another payee than that account's
    settled: bool = False  # the bank's file confirms it, with what follows
    fee: int = 0
    tax: int = 0
    settlement: str = ""
    found_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who said what about a money: kept beside what followed from it. `amount` is in minor units of `currency`."""

    source: Source
    trust: Trust
    status: Status
    status_word: str  # the bank's own, as it came
    heard_at: Instant
    occurred_at: Instant
    amount: int
    currency: str
    rrn: str = ""
    provider_txn_id: str = ""
    event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What others hear of, once."""

    kind: EventKind
    about: str = ""  # the RRN or refund id that it is about; "" where it is the request itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A request with its receipts and refunds."""

    request: Request
    receipts: tuple[Receipt, ...] = ()
    refunds: tuple[Refund, ...] = ()
    lock: int = 0  # the store's own count of writes: a write is refused where it has moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What follows from one fact: written in one transaction, or not at all."""

    after: Payment
    events: tuple[Event, ...] = ()
    orphan: Orphan | None = None
    call_refund: str = ""  # the refund whose call to the bank is due now
