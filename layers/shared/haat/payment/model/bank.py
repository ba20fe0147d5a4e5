"""What is asked of a bank or gateway, and what it answers: values only, the same for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.model.evidence import Status, Trust

Keys = Mapping[str, Secret[str]]  # by the names that the module's CAPS lists
KeyForm = Literal["hex32", "private_pem", "public_pem"]  # of AES-128; of RSA, PKCS#8; of RSA, SPKI or in a certificate
Needed = Literal["kit", "test_environment", "certificates", "listed_addresses", "sign_off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What a provider can do, and what it needs of a merchant."""

    trust: Trust  # of its callbacks
    # What verifies a callback; the door holds nothing else. None, or two: the newer, and behind it the older, which is optional and is
    # called as the newer with `_previous` behind: while a key is changed, both are good.
    door_keys: tuple[str, ...]
    settlement_keys: tuple[str, ...] = ()  # what decrypts callbacks and answers
    call_keys: tuple[str, ...] = ()  # what calls the bank
    key_forms: Mapping[str, KeyForm] = field(default_factory=dict)  # how a key is written, where it is no plain text
    shared_key: bool = False  # the bank gives one key that both reads and calls; docs/payments.md says so
    settings: tuple[str, ...] = ()  # what else identifies the merchant there, e.g. a terminal's number
    optional_settings: tuple[str, ...] = ()  # which of these may be missing
    optional_keys: tuple[str, ...] = ()  # which of all these may be missing
    secret_headers: tuple[str, ...] = ()  # of a callback, in lower case: they hold a key itself, and are not kept
    same_books_as: str = (
        ""  # the provider with the same bank behind it, in whose books a merchant id means the same merchant
    )
    creates: bool = False  # a request must be made known to it before the customer can pay
    intent: bool = True
    dynamic_qr: bool = True
    static_qr: bool = True
    partial_refund: bool = True
    refund_pull: bool = True
    written: Literal["json", "pipes"] = "json"  # how a callback reads when it is decrypted
    # What a signature is over: the bytes as they came, or what they say, written anew; then what can't be read can't be verified.
    signs: Literal["bytes", "document"] = "bytes"
    settlement_format: Literal["", "csv", "json"] = ""
    tells_names: bool = False  # it says whose a UPI address is
    fetches_settlement: bool = False  # its report can be asked for; else a person brings a file
    # How many days after its own a payment is in a file at the latest. A file of day D has then named every payment up to D minus so many
    # days, and what it has not is reported missing. 0: D's own file holds all of D. Too small a figure reports money as missing that is on
    # its way; too large a one reports it late.
    settles_within_days: int = 0
    # What must be had of the bank before real money. Its accounts are shut until an operator has ticked off each of these; a bank that
    # names none is open from the first day.
    before_money: tuple[Needed, ...] = ()
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
    books: str = ""  # whose books these are, where they are not the provider's own


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
    asked_at: Instant = Instant(0)  # when the call is made: some banks want that in a header


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
class Named:
    """Whose a UPI address is, as the bank writes the name."""

    name: str

    def __repr__(self) -> str:  # a person's, mostly
        return "Named(***)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No answer that can be used. `refused`: the provider understood and will not; else nobody knows, and the same is asked again.

    `reason` is one word of small letters, digits and underscores. Where others know the same, their word: `too_large`, `malformed`,
    `bad_amount`, `undecryptable`, `bad_checksum`, `no_key` (ours is missing or is none), `credentials` (401, 403), `busy` (409), `throttled`
    (429), `http_<status>`, `not_found` (it answered a call as if it knew nothing of it), `too_many`, `error` and `failed` (it said no more
    than that). With `refused`: `refused`, or a word for why, e.g. `amount`; a merchant is shown it.
    """

    reason: str
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a settlement file or report, always in INR.

    Only SUCCESS is money; a deemed one in a file is. Where a file has no column for a status, what stands in it is settled: SUCCESS. `rrn` and
    `provider_txn_id` are those of the payment, also in a line of a refund or a dispute: the refund's own stand in `provider_refund_id`. A fee
    that a file names without its GST is the two together here.
    """

    kind: Literal["payment", "refund", "dispute"]
    amount: int  # minor units, before the fee; never below 0: `kind` says in which way it went
    status: Status = "SUCCESS"
    line: int = 0  # as in BadRow
    tr: str = ""  # our reference of the payment
    rrn: str = ""
    provider_txn_id: str = ""
    payee: str = ""  # address or merchant id, as the file names it
    occurred_at: Instant | None = None  # None where the file says none that can be read: the line is money all the same
    status_word: str = ""
    settlement_id: str = ""
    fee: int = 0  # with the tax on it
    tax: int = 0  # the part of the fee that is GST
    refund_id: str = ""  # ours, where the file holds it
    provider_refund_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A line that cannot be used: counted from 1 with the heading as line 1 (in a JSON list: its first item is 1). 0: nothing can be used.

    `reason` is one of these. Of a line: `other_merchant` (an alarm: it names another one), `bad_rrn` (of a total, too, which has none),
    `bad_amount`, `bad_currency`, `unknown_type` (neither payment, refund nor dispute), `unknown_status`, `malformed`. Of all of it: `too_large`,
    `too_many_lines`, `malformed`, and `no_<name>_column`.
    """

    line: int
    reason: str


Rows = tuple[tuple[Row, ...], tuple[BadRow, ...]]
