"""A customer is erased: payments forget whose they were. What must be kept of a payment stays, see rules/forgetting.py."""

from dataclasses import dataclass

from haat.facts.payments import CustomerForgotten
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import Instant
from haat.payment.ports import Payments, Writing
from haat.payment.ports.people import People
from haat.payment.rules.forgetting import forgotten

ATTEMPTS = 5
PAGE, PAGES = 25, 8  # requests that one go unlinks; a record that comes again goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """Forgets people."""

    payments: Payments
    people: People

    def forget(self, fact: CustomerForgotten, now: Instant) -> str:
        """Forget them under all their ids -> one word: forgotten, or nothing_held. Raises Unavailable; it must then come again.

        First nothing more may begin, then what is there is gone through: what began in between is found.
        """
        for customer in fact.customers:
            self.people.shut(fact.merchant, customer, now)
        found = sum(self._all(fact.merchant, customer, now) for customer in fact.customers)
        return "forgotten" if found else "nothing_held"

    def _all(self, merchant: MerchantId, customer: CustomerId, now: Instant) -> int:
        found = 0
        for _ in range(PAGES):
            page = self.people.of(merchant, customer, None, PAGE)
            for tr in page:
                self._one(tr, now)
                self.people.drop(merchant, customer, tr)
            found += len(page)
            if len(page) < PAGE:
                return found
        raise Unavailable("more payments are to be unlinked: go on")

    def _one(self, tr: str, now: Instant) -> None:
        for _ in range(ATTEMPTS):
            before = self.payments.load(tr)
            if before is None:
                return
            change = forgotten(before, now)
            if change.after == before:
                return
            try:
                self.payments.save(before, change, Writing(at=now))
            except Changed:
                continue
            return
        raise Unavailable("the payment kept changing")
