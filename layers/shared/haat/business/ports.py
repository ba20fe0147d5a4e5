"""What the business context needs from a store."""

from typing import Protocol

from haat.business.model import Merchant
from haat.kernel.ids import MerchantId


class Merchants(Protocol):
    """Where merchants are kept."""

    def get(self, id: MerchantId) -> Merchant | None:
        """The merchant, or None."""

    def save(self, merchant: Merchant) -> None:
        """Write it whole. Raises Conflict when the one there does not have the version before."""
