"""Finds what is due: a record says that something was, the schedule finds what no record told of."""

from collections.abc import Callable
from dataclasses import dataclass

from haat.facts.payments import PaymentDue
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.time import MINUTE, Instant
from haat.payment.ports import Payments, Writing
from haat.payment.rules import news, reconciling

ATTEMPTS = 5
PAGE = 100  # requests that one sweep looks at before it asks for more
LATE_MS = MINUTE  # a record comes by then; else the sweep does


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """Looks at requests at which something is due."""

    payments: Payments

    def look(self, due: PaymentDue, now: Instant) -> tuple[str, int]:
        """One request -> one word, and after how many milliseconds the record must come again (0: never). Raises Unavailable."""
        if due.at > now:  # SQS keeps a record for 15 minutes at the most
            return "not_yet", min(due.at - now, 12 * 60 * MINUTE)
        for _ in range(ATTEMPTS):
            before = self.payments.load(due.tr)
            if before is None:
                return "gone", 0
            change, calls = reconciling.look(before, now)
            if change.after == before:
                return "nothing_due", 0
            try:
                self.payments.save(before, change, Writing(rows=[*news.rows(before, change, now), *calls]))
            except Changed:
                continue
            return (change.events[0].kind if change.events else "asked"), 0
        raise Unavailable("the payment kept changing")

    def sweep(self, now: Instant, left_ms: Callable[[], int]) -> int:
        """Look at what is late, for as long as there is time -> at how many requests. Raises Unavailable."""
        seen = 0
        while left_ms() > 10_000:
            late = self.payments.due(Instant(now - LATE_MS), PAGE)
            if not late:
                break
            for tr, at in late:
                self.look(PaymentDue(tr=tr, at=at), now)
                seen += 1
            if len(late) < PAGE:
                break
        return seen
