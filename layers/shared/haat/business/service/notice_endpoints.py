"""Where a merchant's own system is told, as its owner keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from haat.business.model.notice import Delivery, Endpoint
from haat.business.ports import Answers
from haat.business.ports.notices import Deliveries, Endpoints, Outside, Seals
from haat.business.rules.notices import OLD_SECRET_MS, again, delivery_shown, endpoint_shown, write_secret
from haat.kernel.errors import Conflict, NotFound
from haat.kernel.ids import EndpointId, MerchantId, NoticeId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant, later


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEndpoints:
    """Endpoints and their logs."""

    endpoints: Endpoints
    deliveries: Deliveries
    answers: Answers
    outside: Outside
    seals: Seals

    def add(self, merchant: MerchantId, said: Mapping[str, Any], id: EndpointId, chance: bytes, once: Once) -> Answer:
        """A new one, its secret shown this one time. Raises Rejected, Conflict (too-many-endpoints), Unavailable."""
        if (given := self.answers.given(once)) is not None:
            return given
        self.outside.check(said["url"])
        secret = write_secret(chance)
        endpoint = Endpoint(
            id=id,
            merchant=merchant,
            url=said["url"],
            kinds=tuple(said.get("kinds", ())),
            created_at=once.at,
            secret=self.seals.seal(merchant, secret),
        )
        answer = Answer(status=201, body={"endpoint": endpoint_shown(endpoint), "secret": None})
        return _once_shown(self.endpoints.add(endpoint, once, answer), answer, secret.reveal())

    def renew(self, merchant: MerchantId, id: EndpointId, chance: bytes, once: Once) -> Answer:
        """A new secret; the old one signs beside it for a day. Raises NotFound, Changed, Unavailable."""
        if (given := self.answers.given(once)) is not None:
            return given
        before, secret = self.read(merchant, id), write_secret(chance)
        after = replace(
            before,
            secret=self.seals.seal(merchant, secret),
            old_secret=before.secret,
            old_until=later(once.at, OLD_SECRET_MS),
        )
        answer = Answer(status=201, body={"endpoint": endpoint_shown(after), "secret": None})
        return _once_shown(self.endpoints.renew(before, after, once, answer), answer, secret.reveal())

    def resume(self, merchant: MerchantId, id: EndpointId, once: Once) -> Answer:
        """Send there again. Raises NotFound, Unavailable."""
        if (given := self.answers.given(once)) is not None:
            return given
        after = replace(self.read(merchant, id), off="", failing_since=Instant(0))
        return self.endpoints.resume(after, once, Answer(status=200, body=endpoint_shown(after)))

    def read(self, merchant: MerchantId, id: EndpointId) -> Endpoint:
        """Raises NotFound, Unavailable."""
        found = self.endpoints.get(merchant, id)
        if found is None:
            raise NotFound("notice endpoint")
        return found

    def remove(self, merchant: MerchantId, id: EndpointId) -> None:
        """Raises NotFound, Unavailable."""
        if not self.endpoints.remove(merchant, id):
            raise NotFound("notice endpoint")

    def log(
        self, merchant: MerchantId, id: EndpointId, after: str | None, limit: int
    ) -> tuple[list[Delivery], str | None]:
        """One page of what was told there, newest first. Raises NotFound, Unavailable."""
        self.read(merchant, id)
        return self.deliveries.page(merchant, id, after, limit)

    def again(self, merchant: MerchantId, id: EndpointId, notice: NoticeId, once: Once) -> Answer:
        """Tell one notice once more. Raises NotFound, Conflict (endpoint-off), Changed, Unavailable."""
        if (given := self.answers.given(once)) is not None:
            return given
        endpoint, before = self.read(merchant, id), self.deliveries.get(merchant, id, notice)
        if before is None:
            raise NotFound("notice")
        if endpoint.off:
            raise Conflict("the endpoint is off: resume it first", word="endpoint-off")
        after = again(before)
        return self.deliveries.again(before, after, once, Answer(status=202, body=delivery_shown(after)))


def _once_shown(first: Answer, mine: Answer, secret: str) -> Answer:
    """The secret's text is in no table: who asks again is told which endpoint it was, and must ask for a new one."""
    return replace(mine, body={**mine.body, "secret": secret}) if first is mine else first
