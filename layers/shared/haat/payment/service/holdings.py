"""What payments hold of a shop's customer, for an export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from haat.kernel.ids import CustomerId, MerchantId
from haat.payment.model.payment import Payment
from haat.payment.ports import Payments
from haat.payment.ports.people import People
from haat.payment.rules import shown

Held = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PaymentHoldings:
    """Fills conversation's port Elsewhere."""

    _payments: Payments
    _people: People

    def held(
        self, merchant: MerchantId, customers: Sequence[CustomerId], after: str | None, limit: int
    ) -> tuple[list[Held], str | None]:
        """One page of what a person was asked for and has paid, by any of their ids, and where the next one begins."""
        at, _, place = (after or "0").partition(".")
        number = int(at) if at.isdecimal() else 0
        while number < len(customers):
            found = self._people.of(merchant, customers[number], place or None, limit)
            following = f"{number}.{found[-1]}" if len(found) == limit else f"{number + 1}."
            if found:
                loaded = (self._payments.load(tr) for tr in found)
                return [{"kind": "payment", "held": _held(one)} for one in loaded if one is not None], following
            number, place = number + 1, ""
        return [], None

    def erase(self, merchant: MerchantId, customers: Sequence[CustomerId]) -> None:
        """Nothing: payments hear of an erasure by the fact CustomerForgotten, which is written with it."""


def _held(payment: Payment) -> Held:
    receipts = [shown.receipt(payment, one) | {"payer": one.payer_vpa or None} for one in payment.receipts]
    return shown.request(payment) | {"receipts": receipts}
