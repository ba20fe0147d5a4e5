"""A shop's money as a table, and what operators look at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.payment.ports import Listed
from haat.payment.ports.lists import Lists, Watched
from haat.payment.ports.shop import TaxNumbers
from haat.payment.rules import ledger, shown

PART, ROWS = 50, 5_000  # entries that are read at once, and of one answer: at most 3 MB
SPARE_MS = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Reads what was written of money."""

    lists: Lists
    tax_numbers: TaxNumbers

    def export(
        self, merchant: MerchantId, begins: Instant, ends: Instant, after: str | None, left_ms: Callable[[], int]
    ) -> tuple[str, str | None]:
        """A merchant's money from one instant to before another as CSV, as much as one answer holds, and where the next one begins.

        The tax number is the one that the shop has today, whatever it had on those days. Raises Unavailable.
        """
        found, place = self.lists.ledger(merchant, begins, ends, after, PART)
        while place is not None and len(found) < ROWS and left_ms() > SPARE_MS:
            entries, place = self.lists.ledger(merchant, begins, ends, place, PART)
            found += entries
        return ledger.write(found, heading=after is None, gstin=self.tax_numbers.gstin(merchant)), place

    def watched(self, state: Watched, after: str | None, limit: int) -> Listed[dict[str, Any]]:
        """Requests that have been in a state for long, the longest first. Raises Unavailable."""
        found, rest = self.lists.watched(state, after, limit)
        return [shown.watched(payment, since) for payment, since in found], rest

    def orphans(self, after: str | None, limit: int) -> Listed[dict[str, Any]]:
        """Money that names a request or payee which is none of its account's. Raises Unavailable."""
        found, rest = self.lists.watched_orphans(after, limit)
        return [shown.watched_orphan(orphan) for orphan in found], rest
