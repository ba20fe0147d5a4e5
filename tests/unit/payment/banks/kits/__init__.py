"""One kit for each bank: its account and keys, and how it would write what the conformance suite wants to hear.

Every module here is the kit of the bank of its name: a function `kit() -> Kit`, and `FIXTURES` where the shared fixtures have callbacks of it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.banks import Account, Asked, Bank, Call, Keys
from haat.payment.model.evidence import Said

AT = 1772425860  # seconds: 2 March 2026, 10:01 in India
SECRETS = ("canary-door-secret-1", "canary-door-secret-2", "canary-call-secret-1", "canary-call-secret-2")
ASKED = Asked(
    tr="H01JQ0000000000000000000001",
    amount=25000,
    currency="INR",
    note="Order 7",
    created_at=Instant((AT - 60) * 1000),
    expires_at=Instant((AT + 840) * 1000),
    provider_txn_id="pay_1",
    rrn="006110000001",
    refund_id="01JQ0000000000000000000RF1",
    asked_at=Instant((AT + 90) * 1000),
)


def written(document: Any) -> bytes:
    """A document as bytes, as most banks write it; bytes as they are."""
    return document if isinstance(document, bytes) else json.dumps(document, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What a bank says, as a document to be changed, and as bytes to be sent. `body`, `made` and `payments` seal what the bank seals.

    What the suite compares with is the same for every bank. A kit's `event()` is the payment that ASKED asked for: its `tr`, 250 rupees
    (25000 paise, as the bank writes them), the RRN 006110000001, the bank's id `pay_1` (or `txn`), paid by payer@testpsp at AT. Its `refund()` gives
    all of it back, under ASKED.refund_id. Keys are SECRETS, where a key may be any text: the first two of the door, the last two of calls.
    """

    bank: Bank
    account: Account  # at http://127.0.0.1:9, where nothing listens
    keys: Keys  # one for each name in CAPS, the optional ones too
    event: Callable[..., Any]  # a callback about a paid payment; takes `word`, `amount`, `merchant`
    refund: Callable[..., Any]  # the answer to a refund that is done; takes `refund_id`
    # What comes with such a body. Takes any bytes, and a secret in place of the first door key; "" too, with which it signs as anyone could.
    headers: Callable[..., dict[str, str]]
    payments: Callable[
        [Sequence[Any]], bytes
    ]  # the answer to a pull that finds what these events told; of none: the bank's "nothing", with 200
    # HTTP status and answer to the question after the refund of ASKED.refund_id, where these refunds are there: ours among them, or the bank's
    # "nothing" (where it tells all refunds of a payment: all of them).
    refunded: Callable[[Sequence[Any]], tuple[int, bytes]]
    words: Mapping[
        str, str
    ]  # a status word for SUCCESS, FAILED and PENDING, and for UNKNOWN one that the bank's table has not
    bad_amounts: Sequence[Any]  # for `event(amount=...)`: how this bank never writes an amount
    ack: bytes  # the body of a 200
    body: Callable[..., bytes] = written  # a callback's bytes, from a document or from what should stand sealed in them
    made: Callable[[Any], bytes] = written  # the answer to a refund's call
    opened: Callable[[Call], bytes] = field(
        default=lambda call: call.body
    )  # what a call says, when the bank has opened it
    txn: str = "pay_1"  # the bank's own id of that payment; "" where it tells none
    many: bool = True  # one answer can tell of several attempts to pay

    def door_keys(self) -> Keys:
        """What the door holds."""
        return {name: self.keys[name] for name in self.bank.CAPS.door_keys}

    def settlement_keys(self) -> Keys:
        """What the function that reads holds."""
        return {name: self.keys[name] for name in self.bank.CAPS.settlement_keys}

    def call_keys(self) -> Keys:
        """What the function that calls banks holds."""
        return {name: self.keys[name] for name in self.bank.CAPS.call_keys}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixtures:
    """What the shared fixtures call a bank and its keys. `keys`: the name in secrets.json, or of a file beside it."""

    provider: str
    keys: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)  # ours: what the profile calls it
    variants: str = ""  # how the names of its callbacks begin, where another form of the bank has a module of its own
    not_variants: str = ""  # how those begin that are not its own


def keys(**names: str) -> Keys:
    """Keys by name."""
    return {name: Secret(value) for name, value in names.items()}


def heard(kit: Kit, document: Any) -> Said:
    """What is read from a callback that the bank itself sends: a document, or bytes as they stand in it."""
    raw = kit.body(document)
    return kit.bank.read_callback(kit.account, kit.keys, kit.headers(raw), raw)


def leave_out(kit: Kit, cap: str, why: str) -> None:
    """Skip a test that a bank's CAPS leave without a sense. It is the suite's only way to skip, and quotes them."""
    pytest.skip(f"CAPS of {kit.account.provider}: {cap} is {getattr(kit.bank.CAPS, cap)!r}, so {why}")


def module(name: str) -> Any:
    """The kit's module of a bank."""
    return import_module(f"{__name__}.{name}")


KITS: Mapping[str, Callable[[], Kit]] = {
    found.name: cache(lambda name=found.name: module(name).kit())
    for found in iter_modules([str(Path(__file__).parent)])
}
