"""Joins the notices to merchants to the real tables, keys, and the open internet."""

from dataclasses import dataclass
from functools import cache, cached_property

from cachetools import LRUCache

from haat.aws import clients
from haat.aws.outside import Outside
from haat.aws.sealer import Sealer
from haat.aws.table import Table
from haat.business.service.notices import Notices
from haat.business.service.order_money import OrderMoneys
from haat.business.service.staff_notices import StaffNotices
from haat.business.store.merchants import DynamoMerchants
from haat.business.store.notices import DynamoDeliveries, DynamoEndpoints
from haat.business.store.orders import DynamoOrders
from haat.business.store.staff import SqsStaffLine
from haat.edge.batch import Outcome
from haat.facts import payments
from haat.facts.notices import NoticeDue, load
from haat.kernel.errors import Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.wiring.clock import now as clock

MOST = 2_000  # secrets that one process keeps open


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What merchant_notice needs to know."""

    business_table: str
    notice_queue_url: str
    notice_dlq_url: str
    inbound_queue_url: str
    notice_key: str
    allowed_notice_hosts: str


class KeptSeals:
    """Seals that asks the key once for each secret. Its client is made when it first does: most requests never do."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._open: LRUCache[tuple[MerchantId, bytes], Secret[str]] = LRUCache(maxsize=MOST)

    def seal(self, merchant: MerchantId, secret: Secret[str]) -> bytes:
        """Raises Unavailable."""
        return self._sealer.seal(merchant, secret)

    def open(self, merchant: MerchantId, sealed: bytes) -> Secret[str]:
        """Raises Unavailable."""
        if (known := self._open.get((merchant, sealed))) is None:
            known = self._open[merchant, sealed] = self._sealer.open(merchant, sealed)
        return known

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer(clients.kms(), self._key)


def outside(allowed: str) -> Outside:
    """The open internet, and the hosts that the deployment trusts: comma separated, or none."""
    return Outside(frozenset(host.strip() for host in allowed.split(",") if host.strip() not in ("", "none")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What merchant_notice does: tells merchants, and orders of their money."""

    notices: Notices
    moneys: OrderMoneys


def build(settings: Settings) -> Telling:
    """The real thing."""
    business = Table(clients.dynamodb(), settings.business_table)
    orders = DynamoOrders(business)
    notices = Notices(
        endpoints=DynamoEndpoints(business),
        deliveries=DynamoDeliveries(business),
        outside=outside(settings.allowed_notice_hosts),
        seals=KeptSeals(settings.notice_key),
        staff=StaffNotices(
            merchants=DynamoMerchants(business, clock),
            orders=orders,
            line=SqsStaffLine(cache(clients.sqs), settings.inbound_queue_url),
        ),
    )
    return Telling(notices=notices, moneys=OrderMoneys(orders=orders))


def take(telling: Telling, body: str, now: Instant) -> Outcome:
    """One record of the queue. Raises Rejected when it is none of ours."""
    if payments.is_one(body):
        return _money(telling.moneys, payments.load(body), now)
    notices, fact = telling.notices, load(body)
    ids = {"merchant": fact.merchant, "notice": fact.id}
    if isinstance(fact, NoticeDue):
        told, ids = notices.deliver(fact, now), {**ids, "endpoint": fact.endpoint}
    else:
        told = notices.spread(fact, now)
    return Outcome(word=told.word, wait_ms=told.wait_ms, ids=ids)


def _money(moneys: OrderMoneys, fact: payments.PaymentFact, now: Instant) -> Outcome:
    if not isinstance(fact, payments.OrderMoney):
        raise Rejected("a fact of payments that is not for this queue")
    ids = {"merchant": fact.merchant, "order": fact.order, "reference": fact.tr}
    return Outcome(word=moneys.hear(fact, now).word, ids=ids)
