"""A merchant's payee account with a bank or gateway, as Haat keeps it."""

from dataclasses import dataclass
from typing import Literal

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.payment.model.bank import Account

AccountState = Literal["testing", "live", "closed"]
# new: nobody has confirmed it, and it was never live; held: so too, and it must be confirmed, as the shop had another one that was live;
# confirmed: an owner did, after its time; proven: it was live once.
Standing = Literal["new", "held", "confirmed", "proven"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The account's keys, encrypted for those who may use them: JSON of names and values each, under contexts of their own."""

    door: bytes = b""  # what verifies a callback
    settlement: bytes = b""  # what decrypts one, and what the bank answers
    call: bytes = b""  # what calls the bank
    waiting: bytes = b""  # what is to call it when a change is confirmed; sealed as `call`
    waiting_settlement: bytes = (
        b""  # what is to decrypt then, where the bank has one key for both; sealed as `settlement`
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeAccount:
    """`id` can't be guessed: it is the last part of the address that the bank calls. `version` counts its changes.

    An account is live when a test payment has arrived on it that was asked for at `since` or later: from then on address and keys are
    what they are now. What would lead the shop's money elsewhere (an account beside one that is or was live, another UPI address,
    other keys that call the bank) waits for a day, and the shop's owner confirms it then; until that the old one stands.
    """

    id: str
    merchant: MerchantId
    bank: Account  # nothing secret
    name: str  # the payee's name that the bank knows; customers see it
    state: AccountState = "testing"
    standing: Standing = "new"
    tested: bool = False  # of one that is held: its test payment has arrived
    since: Instant = Instant(0)
    former: tuple[str, ...] = ()  # its UPI addresses before, the last first: codes are printed with them
    new_vpa: str = ""
    new_keys: tuple[str, ...] = ()  # the names of all keys that it has when those that wait are in their places
    change_at: Instant = Instant(0)  # when the other address and keys can be confirmed
    limit: int = 10_000_000  # minor units for one payment; Rs 1 lakh
    mcc: str = ""  # merchant category code, four digits
    order_details: bool = False  # the shop has WhatsApp's own payment messages
    order_details_name: str = ""  # the payment configuration's name with Meta
    fetched: bool = False  # its bank gives a report of what was settled, which is asked for each day
    keys: tuple[str, ...] = ()  # the names of those that are sealed
    opened_at: Instant = Instant(0)
    changed_at: Instant = Instant(0)
    version: int = 0
    sealed: Sealed = Sealed()

    @property
    def was_live(self) -> bool:
        """Whether it is live or was."""
        return self.standing == "proven" or self.state == "live"

    @property
    def is_reported(self) -> bool:
        """Whether its bank pays out and tells so each day: while it is live, and behind that, as payouts follow days after the money."""
        return self.fetched and self.was_live
