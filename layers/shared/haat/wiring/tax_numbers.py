"""Fills what payments ask of the shop's tax numbers from its profile."""

from dataclasses import dataclass

from haat.business.store.merchants import DynamoMerchants
from haat.kernel.ids import MerchantId


@dataclass(frozen=True, slots=True)
class ProfiledTaxNumbers:
    """Fills payment's port TaxNumbers."""

    _merchants: DynamoMerchants

    def gstin(self, merchant: MerchantId) -> str:
        """The number in the shop's profile."""
        found = self._merchants.get(merchant)
        return found.gstin if found is not None else ""
