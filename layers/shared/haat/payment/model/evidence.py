"""What somebody says about money, as a bank's adapter has read it."""

from dataclasses import dataclass
from typing import Literal

from haat.kernel.time import Instant

Trust = Literal[
    "proof", "hint"
]  # whether the source is proven: set by the account's configuration, never by what the message says
Status = Literal["SUCCESS", "FAILED", "PENDING", "UNKNOWN"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One statement about one payment. `amount` is in minor units of `currency`, as the bank says it."""

    provider: str
    provider_txn_id: str
    tr: str  # our reference, "" where the payment carries none (a static QR)
    rrn: str  # "" where it is not known yet
    amount: int
    currency: str
    status: Status
    status_word: str  # the bank's own, as it came
    trust: Trust
    occurred_at: Instant
    payee_vpa: str = ""
    merchant_id: str = ""  # the payee in the bank's books; either this or payee_vpa is there
    payer_vpa: str = ""
    event_id: str = ""  # a first filter only: it need not be under the signature

    def __repr__(self) -> str:  # payment addresses are personal data
        return f"Evidence({self.provider}, {self.status})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundEvidence:
    """One statement about one refund."""

    provider: str
    provider_refund_id: str
    refund_id: str  # ours, "" for a refund that was made elsewhere
    amount: int
    status: Literal["DONE", "FAILED", "PENDING"]
    status_word: str
    trust: Trust
    # Of the payment that is given back. Some banks tell the refund's own alone (Axis): it stands here then, and names no payment of ours, so
    # the payment is found by our refund id or by `provider_txn_id`, one of which must be there.
    rrn: str = ""
    provider_txn_id: str = ""  # of that payment
    merchant_id: str = ""  # whose money it is, in the bank's books; "" where the bank does not say
    event_id: str = ""

    def __repr__(self) -> str:
        return f"RefundEvidence({self.provider}, {self.status})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something else that a provider tells. It moves no money; `kind` is our word for it.

    A proven callback of a kind that we do not know is `unknown_event` with `known=False`: it is kept, answered 2xx, and nothing follows. That is
    for formats in which a callback names its kind. Where it names none, or none can be read, it is `Refused` (malformed).
    """

    provider: str
    kind: str
    trust: Trust
    tr: str = ""
    event_id: str = ""
    known: bool = True  # False: proven, but of a kind that we do not know


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A callback that cannot be used. `reason` is one of these words.

    What a door sees, and answers 401 or 413: `missing_signature`, `bad_signature`, `missing_token`, `bad_token`, `too_large`. What shows later, and
    is answered 200: `malformed` (it can't be read, or lacks what is needed), `bad_amount`, `undecryptable`, `bad_checksum`, `no_key` (ours is
    missing or is none).
    """

    reason: str


Said = Evidence | RefundEvidence | Notice | Refused
