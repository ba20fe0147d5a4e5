"""The shop's orders and customers, as far as its money is about them."""

from dataclasses import dataclass

from haat.kernel.ids import CustomerId, OrderId
from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What an order costs, and who has ordered. `total` is in minor units of `currency`."""

    order: OrderId
    number: str  # what people call it
    total: int
    currency: str
    customer: CustomerId | None  # None where they were erased
    address: str = ""  # the shop's own, where the order came in
    settled: str = ""  # why nothing is to be paid for it any more, in words; "" while something is


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a customer can be told something, and until when."""

    customer: CustomerId
    channel: str
    address: str
    language: str
    until: Instant
