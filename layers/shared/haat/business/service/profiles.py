"""What a shop says of itself, and how it is found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from haat.business.model.merchant import Card, Merchant
from haat.business.ports import Merchants
from haat.business.rules import directory, profile
from haat.kernel.errors import Changed, NotFound
from haat.kernel.ids import MerchantId

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """Profiles of merchants, changed by their people.

    `read_gstin` makes a compact number of what people write, for a shop of a country (ISO 3166); it raises Rejected (field gstin).
    `refused` says whether a channel has refused what the shop said last.
    """

    merchants: Merchants
    read_gstin: Callable[[str, str], str]
    refused: Callable[[MerchantId], bool]

    def read(self, id: MerchantId) -> Merchant:
        """As it is now. Raises NotFound."""
        merchant = self.merchants.get(id, fresh=True)
        if merchant is None:
            raise NotFound("merchant")
        return merchant

    def change(self, id: MerchantId, seen: int, said: Said) -> Merchant:
        """Channels are told again what they refused, also in the same words. Raises Rejected, Changed, Conflict (handle-taken)."""
        return self._change(id, seen, said, self._said)

    def change_hours(self, id: MerchantId, seen: int, said: Said) -> Merchant:
        """Raises Rejected, Changed."""
        return self._change(id, seen, said, profile.change_hours)

    def _change(self, id: MerchantId, seen: int, said: Said, rule: Callable[[Merchant, Said], Merchant]) -> Merchant:
        before = self.read(id)
        if before.version != seen:
            raise Changed("the merchant was changed in between")
        after = rule(before, said)
        same = profile.shared(after) == profile.shared(before)
        self.merchants.save(after, show=same and any(profile.shared(after)) and self.refused(id))
        return after

    def _said(self, before: Merchant, said: Said) -> Merchant:
        if given := (said.get("gstin") or "").strip():
            said = {**said, "gstin": self.read_gstin(given, before.country)}
        return profile.change(before, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Profiles as anyone finds them."""

    merchants: Merchants

    def public(self, handle: str) -> Merchant:
        """A shop that stands in the directory. Raises NotFound for any other."""
        merchant = self.merchants.named(handle) if profile.is_handle(handle) else None
        if merchant is None or not directory.stands(merchant):
            raise NotFound("shop")
        return merchant

    def search(
        self, *, country: str, place: str, category: str, word: str, after: str | None, limit: int
    ) -> tuple[list[Card], str | None]:
        """One page of shops. Raises Rejected."""
        return self.merchants.search(*directory.asked(country, place, category, word), after, limit)
