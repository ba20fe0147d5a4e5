"""A request to be verified."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from haat.kernel.ids import OperatorId, RequestId, TokenId
from haat.kernel.time import Instant
from haat.verification.model.evidence import Document

# open: evidence is gathered; checking: the checks run; waiting: for a reviewer; more_wanted: a reviewer asked for more.
RequestState = Literal["open", "checking", "waiting", "more_wanted", "approved", "refused", "withdrawn"]
CheckKind = Literal[
    "gstin", "pan", "pan_in_gstin", "udyam", "licence", "names", "payee_name", "number", "website", "imitation"
]
CheckState = Literal["waiting", "passed", "failed", "unreachable", "not_given"]
Risk = Literal["low", "medium", "high"]
Verdict = Literal["approve", "refuse", "ask_more"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that is looked at. `word` says why it is so, in one word of ours; rules/words.py has the sentence for people.

    unreachable: whoever knows did not answer; it is tried again at `again_at` (0: no more), and never counts as failed.
    """

    kind: CheckKind
    state: CheckState = "waiting"
    word: str = ""
    tries: int = 0
    asked_at: Instant = Instant(0)
    again_at: Instant = Instant(0)
    done_at: Instant = Instant(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is to be verified, as it was when the request was sent: the badge will stand on it. It holds what the profile shows anyone."""

    name: str  # trade name of the profile
    legal_name: str  # as the register knows it
    channel: str = ""  # kind of the channel of its number
    address: str = ""  # of its number at that channel
    number: str = ""  # as people dial it
    payee: str = ""  # mark of its UPI address (facts/verification.py); empty where none was given
    others: tuple[str, ...] = ()  # marks of the other live ones that it had beside it then


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A name that the request's resembles, and how: of a verified shop, or a protected one (a bank, an office of the state)."""

    name: str
    why: str  # one word of ours
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A reviewer's yes. Two of them are of two principals, whatever tokens they hold."""

    by: OperatorId
    token: TokenId
    reason: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `round` counts how often it was sent; checks belong to a round."""

    id: RequestId
    state: RequestState = "open"
    begun_at: Instant = Instant(0)
    sent_at: Instant = Instant(0)
    decided_at: Instant = Instant(0)
    round: int = 0
    basis: Basis | None = None
    given: tuple[str, ...] = ()  # which fields of evidence are there
    shown: Mapping[str, str] = field(default_factory=dict)  # those fields as their shop sees them, mostly hidden
    documents: tuple[Document, ...] = ()
    site_token: str = ""  # what its website is to show
    checks: tuple[Check, ...] = ()
    likenesses: tuple[Likeness, ...] = ()
    approvals: tuple[Approval, ...] = ()
    reason: str = ""  # of the last decision, in a reviewer's words for the shop
    wanted: tuple[str, ...] = ()  # what a reviewer asked for: fields of evidence, or documents
    refused_by: OperatorId | None = None
    appealed_at: Instant = Instant(0)
    appeal: str = ""  # what the shop said to it
    erased_at: Instant = Instant(0)  # evidence and documents are gone

    def check(self, kind: CheckKind) -> Check | None:
        """Its check of a kind."""
        return next((one for one in self.checks if one.kind == kind), None)

    @property
    def protected(self) -> bool:
        """Whether two reviewers must agree."""
        return any(one.protected for one in self.likenesses)

    @property
    def ended(self) -> bool:
        """Whether it is over; a refused one may still be appealed against."""
        return self.state in ("approved", "refused", "withdrawn")
