"""What a merchant is told, where, and how that went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from haat.kernel.ids import EndpointId, MerchantId, NoticeId
from haat.kernel.time import Instant

MOST_ENDPOINTS = 5
DeliveryState = Literal["due", "waiting", "delivered", "given_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address of a merchant's own system. Its secrets are sealed, the merchant as context.

    `waiting` counts the notices that failed there and wait for another try. `off` says why nothing is sent there any more.
    """

    id: EndpointId
    merchant: MerchantId
    url: str
    created_at: Instant
    kinds: tuple[str, ...] = ()  # those that it wants; none is all
    secret: bytes = b""
    old_secret: bytes = b""  # signs beside the new one until `old_until`
    old_until: Instant = Instant(0)
    off: str = ""
    off_at: Instant = Instant(0)
    failing_since: Instant = Instant(0)  # since then no try has succeeded; 0 while all is well
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try: when, and what came of it: an HTTP status, or one word."""

    at: Instant
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One notice on its way to one endpoint. `tries` and `attempts` are those of this round."""

    id: NoticeId
    merchant: MerchantId
    endpoint: EndpointId
    kind: str
    occurred_at: Instant
    data: Mapping[str, Any] = field(default_factory=dict)
    state: DeliveryState = "due"
    round: int = 1
    tries: int = 0
    next_at: Instant = Instant(0)  # not before
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What one try changes at its endpoint; None leaves it as it is."""

    waiting: int = 0  # more or fewer that wait
    failing_since: Instant | None = None  # 0: it is well again
    off: str = ""
