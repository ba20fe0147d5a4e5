"""What the business context needs from a store."""

from typing import Protocol

from haat.business.model.merchant import Merchant
from haat.business.model.token import Token
from haat.kernel.ids import MerchantId, TokenId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant


class Merchants(Protocol):
    """Where merchants are kept."""

    def get(self, id: MerchantId) -> Merchant | None:
        """The merchant, or None."""

    def save(self, merchant: Merchant) -> None:
        """Write it whole. Raises Conflict when the one there does not have the version before."""


class Tokens(Protocol):
    """Where tokens are kept, found by their digest and listed by their merchant."""

    def find(self, digest: str, *, fresh: bool) -> Token | None:
        """The token of a digest; may be a minute old unless `fresh`."""

    def list(self, merchant: MerchantId) -> list[Token]:
        """A merchant's tokens, also those that no longer count, oldest first."""

    def issue(self, token: Token, once: Once, answer: Answer) -> Answer:
        """Keep a new token with the answer to give again; returns the answer of the request that was first."""

    def revoke(self, merchant: MerchantId, id: TokenId, now: Instant) -> bool:
        """It counts no more, at once. False where the merchant has no such token."""


class Rates(Protocol):
    """How often a token was used."""

    def hit(self, token: TokenId, minute: int) -> int:
        """Count one request in a minute (whole minutes since 1970); returns how many there are now."""


class Answers(Protocol):
    """Answers to requests that may come again."""

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""
