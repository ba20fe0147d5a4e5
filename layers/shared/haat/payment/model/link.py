"""Links and codes by which a customer's app learns whom to pay, what and for what."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A `upi://pay` link. Text that is absent is empty. UPI takes INR only, so there is no currency here."""

    pa: str  # the payee's address
    pn: str = ""  # the payee's name, for people: anyone can write anything here
    amount: int | None = None  # paise; None: the payer types it
    tr: str = ""  # our reference
    tn: str = ""  # a note to the payer
    mc: str = ""  # merchant category, 4 digits
    mode: str = ""  # how the payment starts, 2 digits
    extra: Mapping[str, str] = field(default_factory=dict)  # all else, by its key in the link

    def __repr__(self) -> str:  # payment addresses are personal data
        return f"Link(amount={self.amount})"


@dataclass(frozen=True, slots=True, kw_only=True)
class BharatQr:
    """A Bharat QR that takes UPI. Text that is absent is empty. A checksum is no signature: nothing here is proven."""

    pa: str  # the payee's address
    name: str
    city: str
    pin: str = ""
    mcc: str  # merchant category, 4 digits
    amount: int | None = None  # paise; None: the payer types it
    least: int | None = None  # paise, where the payer types the amount
    tr: str = ""  # our reference
    url: str = ""  # a page about the payment
    dynamic: bool = False  # for one payment
    more: Mapping[str, str] = field(
        default_factory=dict
    )  # field 62, by its tags: 01 bill, 05 reference, 07 terminal, 08 purpose
    others: Mapping[str, str] = field(
        default_factory=dict
    )  # what is not UPI's, by tag and unread: 02 Visa, 06 RuPay, 08 bank account

    def __repr__(self) -> str:  # payment addresses are personal data
        return f"BharatQr(amount={self.amount})"


@dataclass(frozen=True, slots=True)
class Unusable:
    """A link or code that cannot be used. `reason` is one word, e.g. bad_pa."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placard:
    """A page to print. `printed` is the name that stands on it, empty where a line was left to write it on by hand."""

    pdf: bytes
    printed: str
