"""What the shop taught in a customer's own words: given out with an export, and forgotten with the customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from haat.conversation.ports import Teachings
from haat.conversation.rules.teaching import forget
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import CustomerId, MerchantId

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class TaughtHoldings:
    """Fills the port Elsewhere, for what lies near."""

    _teachings: Teachings

    def held(
        self, merchant: MerchantId, customers: Sequence[CustomerId], after: str | None, limit: int
    ) -> tuple[list[Mapping[str, Any]], str | None]:
        """Examples that are a person's own words, page by page."""
        found = [
            {"kind": "example", "held": {"entry_id": entry.id, "example": text}}
            for entry in self._teachings.read(merchant).entries
            for text, who in entry.askers.items()
            if who in customers
        ]
        start = int(after) if after and after.isdecimal() else 0
        end = start + limit
        return list(found[start:end]), str(end) if end < len(found) else None

    def erase(self, merchant: MerchantId, customers: Sequence[CustomerId]) -> None:
        """Forget them; the same again changes nothing. Raises Unavailable."""
        for _ in range(ATTEMPTS):
            before = self._teachings.read(merchant)
            after = forget(before, customers)
            if after is before:
                return
            try:
                self._teachings.write(merchant, after)
            except Changed:
                continue
            return
        raise Unavailable("what the shop taught kept changing")
