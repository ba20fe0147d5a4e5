"""Forgetting a person, however much there is, and whatever dies on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from haat.conversation.model.people import Erasure
from haat.conversation.ports.inbox import Customers, Elsewhere, Erasures, Listed
from haat.kernel.errors import Conflict, NotFound
from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import MINUTE, Instant

ATTEMPTS = 5
PAGES = 12  # of 30 messages, in one go
SETTLED_MS = MINUTE  # after so long nothing that was being written then is still unseen


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """Forgets people. `elsewhere` is what other contexts hold of them."""

    erasures: Erasures
    customers: Customers
    elsewhere: Sequence[Elsewhere] = ()

    def erase(self, merchant: MerchantId, customer: CustomerId, by: str, now: Instant) -> Erasure:
        """Forget somebody, or go on with it; the same again changes nothing. Raises NotFound, Conflict, Unavailable."""
        return self._sweep(self._begun(merchant, customer, by, now), now)[0]

    def _begun(self, merchant: MerchantId, customer: CustomerId, by: str, now: Instant) -> Erasure:
        for _ in range(ATTEMPTS):
            if (known := self.erasures.find(merchant, customer)) is not None:
                return known
            person = self.customers.person(merchant, customer)
            if person is None:
                raise NotFound("customer")
            try:
                return self.erasures.begin(person, by, now)
            except Conflict:
                continue
        raise Conflict("somebody was at work there; try again")

    def look_again(self, merchant: MerchantId, customer: CustomerId, step: int, now: Instant) -> str:
        """The later look, or one more of them -> one word for the log. Raises Conflict, Unavailable."""
        known = self.erasures.find(merchant, customer)
        if known is None or known.done_at or known.step != step:
            return "done_before"
        after, clean = self._sweep(known, now)
        if not clean:
            self.erasures.go_on(after)
        return "erased" if clean else "erasing"

    def _sweep(self, erasure: Erasure, now: Instant) -> tuple[Erasure, bool]:
        if erasure.done_at:
            return erasure, True
        for place in self.elsewhere:
            place.erase(erasure.merchant, erasure.customers)
        erasure, clean = self.erasures.sweep(erasure, PAGES, now)
        if clean and now - erasure.at >= SETTLED_MS:
            return self.erasures.finish(erasure, now), True
        return erasure, False

    def erasures_of(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Erasure]:
        """What was erased, the latest acquaintance first."""
        return self.erasures.erasures(merchant, after, limit)
