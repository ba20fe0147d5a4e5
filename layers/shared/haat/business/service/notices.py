"""Telling merchants: a notice goes to each of their endpoints, each on its own way, and to their staff."""

from dataclasses import dataclass

from haat.business.model.notice import Delivery, Endpoint, Health
from haat.business.ports.notices import Deliveries, Endpoints, Outside, Seals
from haat.business.rules import notices as rules
from haat.business.service.staff_notices import StaffNotices
from haat.facts.notices import NoticeDue, NoticeRaised
from haat.kernel.errors import Changed
from haat.kernel.time import SECOND, Instant

LOOK_AGAIN_MS = 5 * SECOND  # where another run of the same delivery was faster


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One word for what became of a record; `wait_ms` above 0: it must come again after so long."""

    word: str
    wait_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Tells merchants' own systems, and their staff. At least once, under the same id each time."""

    endpoints: Endpoints
    deliveries: Deliveries
    outside: Outside
    seals: Seals
    staff: StaffNotices

    def spread(self, notice: NoticeRaised, now: Instant) -> Told:
        """Begin a delivery to each endpoint that wants this, and tell staff; what has begun is left alone. Raises Unavailable."""
        if now - notice.occurred_at > rules.TOO_OLD_MS:
            return Told(word="too_old")
        wanting = [e for e in self.endpoints.all(notice.merchant) if rules.wants(e, notice.kind)]
        for endpoint in wanting:
            self.deliveries.begin(rules.begun(notice, endpoint))
        told = self.staff.tell(notice)
        return Told(word="spread" if wanting or told else "nobody_to_tell")

    def deliver(self, due: NoticeDue, now: Instant) -> Told:
        """Try one delivery once, if it is due. Raises Unavailable."""
        delivery = self.deliveries.get(due.merchant, due.endpoint, due.id)
        endpoint = self.endpoints.get(due.merchant, due.endpoint)
        if delivery is None or endpoint is None:
            return Told(word="endpoint_gone")
        if delivery.round != due.round or delivery.state in ("delivered", "given_up"):
            return Told(word="done_before")
        if now < delivery.next_at:
            return Told(word="not_yet", wait_ms=delivery.next_at - now)
        after, health = self._try(delivery, endpoint, now)
        try:
            self.deliveries.record(delivery, after, health)
        except Changed:
            return Told(word="overtaken", wait_ms=LOOK_AGAIN_MS)
        if after.state == "waiting":
            return Told(word="not_taken", wait_ms=after.next_at - now)
        return Told(word=after.state)

    def _try(self, delivery: Delivery, endpoint: Endpoint, now: Instant) -> tuple[Delivery, Health]:
        if endpoint.off:
            return rules.stopped(delivery)
        posted = rules.body(delivery)
        secrets = [self.seals.open(endpoint.merchant, sealed) for sealed in rules.signing(endpoint, now)]
        reached = self.outside.post(endpoint.url, posted, rules.headers(delivery, secrets, posted, now))
        return rules.tried(
            delivery,
            endpoint,
            status=reached.status,
            trouble=reached.trouble,
            retry_after_ms=reached.retry_after_s * SECOND,
            now=now,
        )
