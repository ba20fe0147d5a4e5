"""What the business context needs from a store, and of whom every use case asks. What one subject alone needs is beside this."""

from collections.abc import Mapping
from typing import Protocol

from haat.business.model.merchant import Card, Merchant, State
from haat.business.model.token import Token
from haat.kernel.ids import MerchantId, TokenId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant


class Merchants(Protocol):
    """Where merchants are kept."""

    def get(self, id: MerchantId, *, fresh: bool = False) -> Merchant | None:
        """The merchant, or None; may be a second old unless `fresh`."""

    def begin(self, merchant: Merchant, once: Once, answer: Answer) -> Answer:
        """Keep a new merchant with the answer to give again; returns the answer of the request that was first.

        Raises Conflict (handle-taken) for another's handle.
        """

    def save(self, merchant: Merchant, *, show: bool = False) -> None:
        """Write it whole, its rows in the directory with it, and the number of merchants of its state.

        Channels are told what they show of it where that has changed, and with `show` where it has not.
        Raises Changed when the one there does not have the version before, Conflict (handle-taken) for another's handle.
        """

    def save_once(self, merchant: Merchant, once: Once, answer: Answer) -> Answer:
        """As `save`, with the answer to give again; returns the answer of the request that was first.

        Raises as `save`, and Rejected where the key was used for another request.
        """

    def named(self, handle: str) -> Merchant | None:
        """The merchant of a handle."""

    def page(self, after: str | None, limit: int) -> tuple[list[Merchant], str | None]:
        """One page of all merchants, in the order in which they came, and where the next one begins."""

    def counts(self) -> Mapping[State, int]:
        """How many merchants there are in each state; the same cost for ten and for a million."""

    def search(self, pk: str, prefix: str, after: str | None, limit: int) -> tuple[list[Card], str | None]:
        """One page of a list of the directory (rules/directory.py), and where the next one begins."""


class Tokens(Protocol):
    """Where tokens are kept, found by their digest and listed by their merchant; None in its place: those of operators."""

    def find(self, digest: str, *, fresh: bool) -> Token | None:
        """The token of a digest; may be a minute old unless `fresh`."""

    def list(self, merchant: MerchantId | None) -> list[Token]:
        """The tokens of a merchant, or of operators, also those that no longer count, oldest first."""

    def page(self, merchant: MerchantId | None, after: str | None, limit: int) -> "Listed[Token]":
        """One page of the same: revoked ones stay, so that there may be any number."""

    def issue(self, token: Token, once: Once, answer: Answer) -> Answer:
        """Keep a new token with the answer to give again; returns the answer of the request that was first."""

    def revoke(self, merchant: MerchantId | None, id: TokenId, now: Instant) -> bool:
        """It counts no more, at once. False where there is no such token there."""


class Rates(Protocol):
    """How often a token was used."""

    def hit(self, token: TokenId, minute: int) -> int:
        """Count one request in a minute (whole minutes since 1970); returns how many there are now."""


class Answers(Protocol):
    """Answers to requests that may come again."""

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""


type Listed[T] = tuple[list[T], str | None]  # one page, and where the next one begins
