"""A merchant's payee account with a bank or gateway, as Haat keeps it."""

from dataclasses import dataclass
from typing import Literal

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.payment.model.bank import Account

AccountState = Literal["testing", "live", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The account's keys, encrypted for those who may use them: JSON of names and values each, under contexts of their own."""

    door: bytes = b""  # what verifies a callback
    settlement: bytes = b""  # what decrypts one
    call: bytes = b""  # what calls the bank


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeAccount:
    """`id` can't be guessed: it is the last part of the address that the bank calls. `version` counts its changes.

    An account is live when a test payment has arrived on it. A change of its UPI address waits until `change_at`, and the
    shop's owner confirms it then; until that the old one stands.
    """

    id: str
    merchant: MerchantId
    bank: Account  # nothing secret
    name: str  # the payee's name that the bank knows; customers see it
    state: AccountState = "testing"
    test_tr: str = ""  # the request of its test payment
    new_vpa: str = ""
    change_at: Instant = Instant(0)
    limit: int = 10_000_000  # minor units for one payment; Rs 1 lakh
    mcc: str = ""  # merchant category code, four digits
    order_details: bool = False  # the shop has WhatsApp's own payment messages
    order_details_name: str = ""  # the payment configuration's name with Meta
    opened_at: Instant = Instant(0)
    version: int = 0
    sealed: Sealed = Sealed()
