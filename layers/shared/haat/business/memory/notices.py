"""Notices in memory, under the same contract as in DynamoDB; and an outside and seals that only remember."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from haat.business.model.notice import MOST_ENDPOINTS, Delivery, Endpoint, Health
from haat.facts.notices import NoticeDue
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import EndpointId, MerchantId, NoticeId
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.secret import Secret
from haat.kernel.time import Instant


class MemoryEndpoints:
    """Fills the port Endpoints."""

    def __init__(self, answers: Remembered) -> None:
        self._kept: dict[tuple[MerchantId, EndpointId], Endpoint] = {}
        self._answers = answers

    def all(self, merchant: MerchantId) -> list[Endpoint]:
        return sorted((e for e in self._kept.values() if e.merchant == merchant), key=lambda endpoint: endpoint.id)

    def get(self, merchant: MerchantId, id: EndpointId) -> Endpoint | None:
        return self._kept.get((merchant, id))

    def add(self, endpoint: Endpoint, once: Once, answer: Answer) -> Answer:
        if (given := self._answers.given(once)) is not None:
            return given
        if len(self.all(endpoint.merchant)) >= MOST_ENDPOINTS:
            raise Conflict("too many", word="too-many-endpoints")
        self._kept[endpoint.merchant, endpoint.id] = endpoint
        self._answers.give(once, answer)
        return answer

    def renew(self, before: Endpoint, after: Endpoint, once: Once, answer: Answer) -> Answer:
        if (given := self._answers.given(once)) is not None:
            return given
        here = self.get(before.merchant, before.id)
        if here is None or here.secret != before.secret:
            raise Changed("its secret was changed in between")
        self._kept[after.merchant, after.id] = replace(
            here, secret=after.secret, old_secret=after.old_secret, old_until=after.old_until
        )
        self._answers.give(once, answer)
        return answer

    def resume(self, endpoint: Endpoint, once: Once, answer: Answer) -> Answer:
        if (given := self._answers.given(once)) is not None:
            return given
        here = self.get(endpoint.merchant, endpoint.id)
        if here is None:
            raise NotFound("notice endpoint")
        well = replace(here, off="", off_at=Instant(0), failing_since=Instant(0))
        self._kept[endpoint.merchant, endpoint.id] = well
        self._answers.give(once, answer)
        return answer

    def remove(self, merchant: MerchantId, id: EndpointId) -> bool:
        return self._kept.pop((merchant, id), None) is not None

    def felt(self, after: Delivery, health: Health) -> None:
        """What a try means for its endpoint. Raises Changed where there is none."""
        here = self.get(after.merchant, after.endpoint)
        if here is None:
            raise Changed("the endpoint is gone")
        here = replace(here, waiting=here.waiting + health.waiting)
        if health.failing_since is not None:
            here = replace(here, failing_since=health.failing_since)
        if health.off:
            here = replace(here, off=health.off, off_at=after.attempts[-1].at)
        self._kept[after.merchant, after.endpoint] = here


class MemoryDeliveries:
    """Fills the port Deliveries. `due` is what the outbox would publish."""

    def __init__(self, endpoints: MemoryEndpoints, answers: Remembered) -> None:
        self._kept: dict[tuple[MerchantId, EndpointId, NoticeId], Delivery] = {}
        self._endpoints, self._answers = endpoints, answers
        self.due: list[NoticeDue] = []

    def begin(self, delivery: Delivery) -> bool:
        if self.get(delivery.merchant, delivery.endpoint, delivery.id) is not None:
            return False
        self._keep(delivery)
        if delivery.state == "due":
            self._publish(delivery)
        return True

    def get(self, merchant: MerchantId, endpoint: EndpointId, id: NoticeId) -> Delivery | None:
        return self._kept.get((merchant, endpoint, id))

    def record(self, before: Delivery, after: Delivery, health: Health) -> None:
        if self.get(before.merchant, before.endpoint, before.id) != before:
            raise Changed("somebody else was at this delivery")
        if health != Health():
            self._endpoints.felt(after, health)
        self._keep(after)

    def page(
        self, merchant: MerchantId, endpoint: EndpointId, after: str | None, limit: int
    ) -> tuple[list[Delivery], str | None]:
        here = [d for d in self._kept.values() if (d.merchant, d.endpoint) == (merchant, endpoint)]
        rest = sorted((d for d in here if after is None or d.id < after), key=lambda d: d.id, reverse=True)
        return rest[:limit], rest[limit - 1].id if len(rest) > limit else None

    def again(self, before: Delivery, after: Delivery, once: Once, answer: Answer) -> Answer:
        if (given := self._answers.given(once)) is not None:
            return given
        self.record(before, after, Health(waiting=-1) if before.state == "waiting" else Health())
        self._publish(after)
        self._answers.give(once, answer)
        return answer

    def _keep(self, delivery: Delivery) -> None:
        self._kept[delivery.merchant, delivery.endpoint, delivery.id] = delivery

    def _publish(self, delivery: Delivery) -> None:
        due = NoticeDue(id=delivery.id, merchant=delivery.merchant, endpoint=delivery.endpoint, round=delivery.round)
        self.due.append(due)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What went out."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of it."""

    status: int | None = 200
    trouble: str = ""
    retry_after_s: int = 0


@dataclass(slots=True)
class MemoryOutside:
    """Fills the port Outside: keeps what goes out, and answers as it is told."""

    answer: Callable[[Posted], Came] = lambda _: Came()
    posted: list[Posted] = field(default_factory=list)

    def check(self, url: str) -> None:
        if not url.startswith("https://"):
            raise Rejected("must begin with https://", word="invalid", fields={"url": "must begin with https://"})

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Came:
        posted = Posted(url=url, body=body, headers=headers)
        self.posted.append(posted)
        return self.answer(posted)


class MemorySeals:
    """Fills the port Seals: what is sealed names its merchant, and opens for nobody else."""

    def seal(self, merchant: MerchantId, secret: Secret[str]) -> bytes:
        return f"{merchant} {secret.reveal()}".encode()

    def open(self, merchant: MerchantId, sealed: bytes) -> Secret[str]:
        owner, _, text = sealed.decode().partition(" ")
        if owner != merchant:
            raise Unavailable("keys: sealed for somebody else")
        return Secret(text)
