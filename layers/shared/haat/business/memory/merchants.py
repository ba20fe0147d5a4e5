"""Merchants in memory, under the same contract as in DynamoDB."""

from haat.business.model.merchant import Merchant
from haat.kernel.errors import Conflict
from haat.kernel.ids import MerchantId


class MemoryMerchants:
    """Fills the port Merchants."""

    def __init__(self) -> None:
        self._kept: dict[MerchantId, Merchant] = {}

    def get(self, id: MerchantId) -> Merchant | None:
        return self._kept.get(id)

    def save(self, merchant: Merchant) -> None:
        known = self._kept.get(merchant.id)
        if (known.version if known else 0) != merchant.version - 1:
            raise Conflict("the merchant was changed in between")
        self._kept[merchant.id] = merchant
