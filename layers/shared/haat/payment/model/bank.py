"""What is asked of a bank or gateway, and what it answers: values only, the same for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.model.evidence import Trust

Keys = Mapping[str, Secret[str]]  # by the names that the module's CAPS lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What a provider can do, and which keys it needs of a merchant."""

    trust: Trust  # of its callbacks
    door_keys: tuple[str, ...]  # what verifies a callback; the door holds nothing else
    settlement_keys: tuple[str, ...] = ()  # what decrypts a callback
    call_keys: tuple[str, ...] = ()  # what calls the bank
    optional_keys: tuple[str, ...] = ()  # which of all these may be missing
    secret_headers: tuple[str, ...] = ()  # of a callback, in lower case: they hold a key itself, and are not kept
    creates: bool = False  # a request must be made known to it before the customer can pay
    intent: bool = True
    dynamic_qr: bool = True
    static_qr: bool = True
    partial_refund: bool = True
    refund_pull: bool = True
    settlement_format: Literal["", "csv", "json"] = ""
    least_life_ms: int = 0  # for which what was created can be paid at the least, whatever was asked
    simulated: bool = False  # no money moves: to be refused where the stage is not local


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A merchant's payee account at a provider: what identifies it in the provider's books, nothing secret."""

    provider: str
    merchant_id: str  # in the provider's books
    vpa: str
    base_url: str  # the provider's API, without a slash at its end
    settings: Mapping[str, str] = field(default_factory=dict)  # what else a bank wants, e.g. a terminal id


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a provider: about one payment request, and for refunds about one receipt of it."""

    tr: str
    amount: int  # minor units
    currency: str
    note: str = ""
    expires_at: Instant = Instant(0)
    created_at: Instant = Instant(0)
    provider_ref: str = ""  # what `create` was answered, e.g. an order's or a QR's id
    provider_txn_id: str = ""  # of the payment that is given back
    rrn: str = ""
    refund_id: str = ""
    provider_refund_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request to a provider."""

    method: Literal["GET", "POST"]
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    def __repr__(self) -> str:  # the headers hold credentials
        return f"Call({self.method})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The provider knows the request: its own id for it, and where it gives them its own `upi://` link, and the address of a page or picture."""

    provider_ref: str
    link: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """The provider knows nothing of it (yet). Soon after creation that is not failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No answer that can be used. `refused`: the provider understood and will not; else nobody knows, and the same is asked again."""

    reason: str
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a settlement file or report, always in INR."""

    kind: Literal["payment", "refund", "dispute"]
    amount: int  # minor units, before the fee
    tr: str = ""
    rrn: str = ""
    provider_txn_id: str = ""
    payee: str = ""  # address or merchant id, as the file names it
    occurred_at: Instant | None = None
    status_word: str = ""
    settlement_id: str = ""
    fee: int = 0  # with the tax on it
    refund_id: str = ""  # ours, where the file holds it
    provider_refund_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A line that cannot be used: counted from 1 with the heading as line 1 (in a JSON list: its first item is 1). 0: nothing can be used."""

    line: int
    reason: str


Rows = tuple[tuple[Row, ...], tuple[BadRow, ...]]
