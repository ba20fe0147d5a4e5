"""What a shop says of itself, and how it is found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from haat.business.model.merchant import Card, Merchant
from haat.business.ports import Merchants
from haat.business.rules import directory, profile
from haat.kernel.errors import Changed, NotFound, Rejected
from haat.kernel.ids import MerchantId

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """Profiles of merchants, changed by their people, read by anyone."""

    merchants: Merchants

    def read(self, id: MerchantId) -> Merchant:
        """As it is now. Raises NotFound."""
        merchant = self.merchants.get(id, fresh=True)
        if merchant is None:
            raise NotFound("merchant")
        return merchant

    def change(self, id: MerchantId, seen: int, said: Said) -> Merchant:
        """Raises Rejected, Changed, Conflict (handle-taken)."""
        return self._change(id, seen, said, profile.change)

    def change_hours(self, id: MerchantId, seen: int, said: Said) -> Merchant:
        """Raises Rejected, Changed."""
        return self._change(id, seen, said, profile.change_hours)

    def _change(self, id: MerchantId, seen: int, said: Said, rule: Callable[[Merchant, Said], Merchant]) -> Merchant:
        before = self.read(id)
        if before.version != seen:
            raise Changed("the merchant was changed in between")
        after = rule(before, said)
        self.merchants.save(after)
        return after

    def public(self, handle: str) -> Merchant:
        """A shop that stands in the directory. Raises NotFound for any other."""
        merchant = self.merchants.named(handle)
        if merchant is None or not directory.stands(merchant):
            raise NotFound("shop")
        return merchant

    def search(
        self, *, country: str, place: str, category: str, word: str, after: str | None, limit: int
    ) -> tuple[list[Card], str | None]:
        """One page of shops. Raises Rejected where neither place nor category is given."""
        asked = directory.asked(country, place, category, word)
        if asked is None:
            needs = "a place or a category is needed"
            raise Rejected(needs, word="invalid", fields={"place": needs})
        return self.merchants.search(*asked, after, limit)
