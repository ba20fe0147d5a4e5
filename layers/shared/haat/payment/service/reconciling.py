"""Finds what is due: a record says that something was, the schedule finds what no record told of."""

from collections.abc import Callable
from dataclasses import dataclass

from haat.facts.payments import PaymentDue
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.time import MINUTE, Instant
from haat.payment.ports import Payments, Writing
from haat.payment.rules import news, reconciling
from haat.payment.service import counted

ATTEMPTS = 5
PAGE = 100  # requests that one sweep looks at before it asks for more
LATE_MS = MINUTE  # a record comes by then; else the sweep does


SPARE_MS = 10_000  # no request is looked at with less of the function's life left


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many requests a sweep looked at, and what went wrong."""

    seen: int
    failed: tuple[Exception, ...] = ()


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
                self.payments.save(before, change, Writing(rows=[*news.rows(before, change, now), *calls], at=now))
            except Changed:
                continue
            return (counted.word(change) if change.events else "asked"), 0
        raise Unavailable("the payment kept changing")

    def sweep(self, now: Instant, left_ms: Callable[[], int]) -> Swept:
        """Look at what is late, for as long as there is time. What fails holds nobody else up: it is late the next time, too."""
        seen, failed = set[str](), list[Exception]()
        while left_ms() > SPARE_MS:
            # What could not be moved stands first in the index again.
            late = [one for one in self.payments.due(Instant(now - LATE_MS), PAGE + len(seen)) if one[0] not in seen]
            for tr, at in late:
                if left_ms() <= SPARE_MS:
                    break
                seen.add(tr)
                try:
                    self.look(PaymentDue(tr=tr, at=at), now)
                except Exception as error:  # noqa: BLE001  # one request's fault must not be the others'
                    failed.append(error)
            if not late:
                break
        return Swept(seen=len(seen), failed=tuple(failed))
