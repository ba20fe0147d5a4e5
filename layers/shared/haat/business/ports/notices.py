"""What notices to merchants' own systems need from the rest of the world."""

from collections.abc import Mapping
from typing import Protocol

from haat.business.model.notice import Delivery, Endpoint, Health
from haat.kernel.ids import EndpointId, MerchantId, NoticeId
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret


class Endpoints(Protocol):
    """Where merchants' own systems are told, at most MOST_ENDPOINTS (model/notice.py) for each."""

    def all(self, merchant: MerchantId) -> list[Endpoint]:
        """All of them, oldest first."""

    def get(self, merchant: MerchantId, id: EndpointId) -> Endpoint | None:
        """The endpoint, or None."""

    def add(self, endpoint: Endpoint, once: Once, answer: Answer) -> Answer:
        """Keep a new one; returns the answer of the request that was first. Raises Conflict (too-many-endpoints)."""

    def renew(self, before: Endpoint, after: Endpoint, once: Once, answer: Answer) -> Answer:
        """Replace its secrets; returns as `add`. Raises Changed where they are not those of `before`."""

    def resume(self, endpoint: Endpoint, once: Once, answer: Answer) -> Answer:
        """It is on again, and well; returns as `add`. Raises NotFound."""

    def remove(self, merchant: MerchantId, id: EndpointId) -> bool:
        """Forget it. False where there was none."""


class Deliveries(Protocol):
    """Notices on their way, by endpoint."""

    def begin(self, delivery: Delivery) -> bool:
        """Keep a new one, and where it is due also that it must go; False where it is there already."""

    def get(self, merchant: MerchantId, endpoint: EndpointId, id: NoticeId) -> Delivery | None:
        """The delivery, or None."""

    def record(self, before: Delivery, after: Delivery, health: Health) -> None:
        """Keep what a try has brought, and what it means for the endpoint. Raises Changed where `before` is not what is there."""

    def page(
        self, merchant: MerchantId, endpoint: EndpointId, after: str | None, limit: int
    ) -> tuple[list[Delivery], str | None]:
        """One page, newest first, and where the next one begins."""

    def again(self, before: Delivery, after: Delivery, once: Once, answer: Answer) -> Answer:
        """Let it go once more; returns the answer of the request that was first. Raises Changed."""


class Reached(Protocol):
    """What came of a POST to somebody else: an HTTP status, or one word for why there is none."""

    @property
    def status(self) -> int | None:
        """The answer's status."""

    @property
    def trouble(self) -> str:
        """Why there was no answer."""

    @property
    def retry_after_s(self) -> int:
        """How long the other side asks us to wait, in seconds."""


class Outside(Protocol):
    """Addresses that merchants chose."""

    def check(self, url: str) -> None:
        """Raises Rejected (field url) where nothing may be sent."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reached:
        """One POST, in bounded time. Never raises for what the other side or the network does."""


class Seals(Protocol):
    """Merchants' secrets, encrypted: one merchant's can't be opened as another's."""

    def seal(self, merchant: MerchantId, secret: Secret[str]) -> bytes:
        """Raises Unavailable."""

    def open(self, merchant: MerchantId, sealed: bytes) -> Secret[str]:
        """Raises Unavailable."""
