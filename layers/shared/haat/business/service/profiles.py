"""What a shop says of itself, and how it is found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from haat.business.model.merchant import Card, Merchant
from haat.business.ports import Merchants
from haat.business.ports.badges import Badges, Level, Named
from haat.business.rules import directory, profile
from haat.kernel.errors import Changed, NotFound
from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """Profiles of merchants, changed by their people.

    `read_gstin` makes a compact number of what people write, for a shop of a country (ISO 3166); it raises Rejected (field gstin).
    `refused` says whether a channel has refused what the shop said last.
    """

    merchants: Merchants
    badges: Badges
    read_gstin: Callable[[str, str], str]
    refused: Callable[[MerchantId], bool]

    def read(self, id: MerchantId) -> Merchant:
        """As it is now. Raises NotFound."""
        merchant = self.merchants.get(id, fresh=True)
        if merchant is None:
            raise NotFound("merchant")
        return merchant

    def level(self, merchant: Merchant, now: Instant) -> Level:
        """What is drawn beside its name: nothing while the shop is closed or blocked. Raises Unavailable."""
        return _level(self.badges, merchant, now) if merchant.state == "open" else "unconfirmed"

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
    """Profiles as anyone finds them, with the badges that may be drawn beside their names."""

    merchants: Merchants
    badges: Badges

    def public(self, handle: str) -> Merchant:
        """A shop that stands in the directory. Raises NotFound for any other."""
        merchant = self.merchants.named(handle) if profile.is_handle(handle) else None
        if merchant is None or not directory.stands(merchant):
            raise NotFound("shop")
        return merchant

    def level(self, merchant: Merchant, now: Instant) -> Level:
        """The level of such a shop. Raises Unavailable."""
        return _level(self.badges, merchant, now)

    def search(
        self, *, country: str, place: str, category: str, word: str, after: str | None, limit: int, now: Instant
    ) -> tuple[list[tuple[Card, Level]], str | None]:
        """One page of shops, with their levels. Raises Rejected, Unavailable."""
        cards, rest = self.merchants.search(*directory.asked(country, place, category, word), after, limit)
        # As old as the cards may be.
        named = [Named(merchant=card.merchant, name=card.name) for card in cards]
        levels = self.badges.levels(named, now, fresh=False)
        return [(card, levels[card.merchant]) for card in cards], rest


def _level(badges: Badges, merchant: Merchant, now: Instant) -> Level:
    named = Named(merchant=merchant.id, name=merchant.name, legal_name=merchant.legal_name)
    return badges.levels([named], now, fresh=True)[merchant.id]
