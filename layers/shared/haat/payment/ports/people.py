"""Whose requests are, where a shop's customer was asked."""

from collections.abc import Sequence
from typing import Protocol

from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import Instant


class People(Protocol):
    """What leads from a customer to their requests. The port Payments writes it when a request begins."""

    def shut(self, merchant: MerchantId, customer: CustomerId, now: Instant) -> None:
        """Let no request to this customer begin any more. Raises Unavailable."""

    def of(self, merchant: MerchantId, customer: CustomerId, after: str | None, limit: int) -> Sequence[str]:
        """References of their requests in order, those after one. Raises Unavailable."""

    def drop(self, merchant: MerchantId, customer: CustomerId, tr: str) -> None:
        """Let nothing lead from them to a request. Raises Unavailable."""
