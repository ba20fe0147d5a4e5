"""Whose requests are, in memory, under the contract of the table's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import Instant
from haat.payment.memory.payments import MemoryPayments


@dataclass(slots=True)
class MemoryPeople:
    """Fills the port People, beside payments that are in memory too."""

    payments: MemoryPayments

    def shut(self, merchant: MerchantId, customer: CustomerId, now: Instant) -> None:
        self.payments.shut.add((merchant, customer))

    def of(self, merchant: MerchantId, customer: CustomerId, after: str | None, limit: int) -> Sequence[str]:
        leads = sorted(tr for of, who, tr in self.payments.leads if (of, who) == (merchant, customer))
        return [tr for tr in leads if after is None or tr > after][:limit]

    def drop(self, merchant: MerchantId, customer: CustomerId, tr: str) -> None:
        self.payments.leads.discard((merchant, customer, tr))
