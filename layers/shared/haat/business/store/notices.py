"""Notices to merchants in DynamoDB.

| thing | pk | sk |
| --- | --- | --- |
| endpoint | ENDPOINTS#merchant | ENDPOINT#endpoint |
| how many endpoints there are | ENDPOINTS#merchant | COUNT |
| delivery | NOTICES#merchant#endpoint | notice |
| that a delivery goes once more | AGAIN#merchant#endpoint | notice#round |

A delivery and the row that brings it back are their own outbox rows. What changes at an endpoint with each try (`waiting`, `failing_since`,
`off`) are attributes of its own, so that a try and its owner's change never write over each other.
"""

import json
from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Delete, Item, Put, Refused, Table, Update, Value
from haat.business.model.notice import MOST_ENDPOINTS, Attempt, Delivery, Endpoint, Health
from haat.facts.codec import from_plain
from haat.facts.notices import NoticeDue, outbox_row
from haat.kernel.errors import Changed, Conflict, NotFound, Unavailable
from haat.kernel.ids import EndpointId, MerchantId, NoticeId
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY, Instant, later

LOG_LIFE_MS = 30 * DAY
ATTEMPTS = 3  # where others write the same rows at the same moment


def _home(merchant: MerchantId) -> str:
    return f"ENDPOINTS#{merchant}"


def _log(merchant: MerchantId, endpoint: EndpointId) -> str:
    return f"NOTICES#{merchant}#{endpoint}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _endpoint_item(endpoint: Endpoint) -> Item:
    doc = {"url": endpoint.url, "kinds": endpoint.kinds, "created_at": endpoint.created_at}
    return {
        "pk": _home(endpoint.merchant),
        "sk": f"ENDPOINT#{endpoint.id}",
        "doc": _compact(doc),
        "secret": endpoint.secret,
        "waiting": 0,
    }


def _read_endpoint(item: dict[str, Any]) -> Endpoint:
    named = {"merchant": item["pk"].partition("#")[2], "id": item["sk"].partition("#")[2]}
    own = ("secret", "old_secret", "old_until", "off", "off_at", "failing_since", "waiting")
    held = {name: item[name] for name in own if name in item}
    return from_plain(Endpoint, {**json.loads(item["doc"]), **named, **held})


class DynamoEndpoints:
    """Fills the port Endpoints."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers = table, DynamoAnswers(table)

    def all(self, merchant: MerchantId) -> list[Endpoint]:
        page = self._table.page(_home(merchant), prefix="ENDPOINT#", limit=MOST_ENDPOINTS)
        return [_read_endpoint(item) for item in page.items]

    def get(self, merchant: MerchantId, id: EndpointId) -> Endpoint | None:
        item = self._table.get(_home(merchant), f"ENDPOINT#{id}")
        return _read_endpoint(item) if item else None

    def add(self, endpoint: Endpoint, once: Once, answer: Answer) -> Answer:
        room = Update(
            pk=_home(endpoint.merchant),
            sk="COUNT",
            add={"endpoints": 1},
            when="attribute_not_exists(#endpoints) OR #endpoints < :most",
            values={"most": MOST_ENDPOINTS},
        )
        full = Conflict(f"there are {MOST_ENDPOINTS} endpoints already: remove one", word="too-many-endpoints")
        return self._once([Put(item=_endpoint_item(endpoint), absent=True), room], once, answer, full)

    def renew(self, before: Endpoint, after: Endpoint, once: Once, answer: Answer) -> Answer:
        change = Update(
            pk=_home(after.merchant),
            sk=f"ENDPOINT#{after.id}",
            set={"secret": after.secret, "old_secret": after.old_secret, "old_until": after.old_until},
            when="#secret = :seen",
            values={"seen": before.secret},
        )
        return self._once([change], once, answer, Changed("its secret was changed in between"))

    def resume(self, endpoint: Endpoint, once: Once, answer: Answer) -> Answer:
        on = Update(
            pk=_home(endpoint.merchant),
            sk=f"ENDPOINT#{endpoint.id}",
            remove=("off", "off_at", "failing_since"),
            when="attribute_exists(pk)",
        )
        return self._once([on], once, answer, NotFound("notice endpoint"))

    def remove(self, merchant: MerchantId, id: EndpointId) -> bool:
        gone: list[Action] = [
            Delete(pk=_home(merchant), sk=f"ENDPOINT#{id}", when="attribute_exists(pk)"),
            Update(pk=_home(merchant), sk="COUNT", add={"endpoints": -1}),
        ]
        for _ in range(ATTEMPTS):
            try:
                self._table.transact(gone)
            except Refused as refused:
                if refused.at:
                    return False
            else:
                return True
        raise Unavailable("table: others were at work there")

    def _once(self, actions: list[Action], once: Once, answer: Answer, otherwise: Conflict | NotFound) -> Answer:
        return written_once(self._table, self._answers, actions, once, answer, otherwise)


def written_once(
    table: Table,
    answers: DynamoAnswers,
    actions: list[Action],
    once: Once,
    answer: Answer,
    otherwise: Conflict | NotFound,
) -> Answer:
    """Write all with the marker of a request; the answer of the request that was first. Raises `otherwise` where a condition fails."""
    for _ in range(ATTEMPTS):
        try:
            table.transact([marker(once, answer), *actions])
        except Refused as refused:
            if (given := answers.given(once)) is not None:
                return given
            if refused.at:
                raise otherwise from None
        else:
            return answer
    raise Unavailable("table: others were at work there")


def _delivery_doc(delivery: Delivery) -> str:
    return _compact({"kind": delivery.kind, "occurred_at": delivery.occurred_at, "data": delivery.data})


def _way(delivery: Delivery) -> dict[str, Value]:
    """What changes on a delivery's way."""
    tries = [[one.at, one.outcome] for one in delivery.attempts]
    return {
        "state": delivery.state,
        "round": delivery.round,
        "tries": delivery.tries,
        "next_at": delivery.next_at,
        "attempts": _compact(tries),
    }


def _read_delivery(item: dict[str, Any]) -> Delivery:
    _, merchant, endpoint = item["pk"].split("#")
    doc = json.loads(item["doc"])
    way = {name: item[name] for name in ("state", "round", "tries", "next_at")}
    attempts = tuple(Attempt(at=Instant(at), outcome=outcome) for at, outcome in json.loads(item["attempts"]))
    return Delivery(
        id=NoticeId(item["sk"]),
        merchant=MerchantId(merchant),
        endpoint=EndpointId(endpoint),
        attempts=attempts,
        **doc,
        **way,
    )


def _due(delivery: Delivery) -> dict[str, str]:
    return outbox_row(
        NoticeDue(id=delivery.id, merchant=delivery.merchant, endpoint=delivery.endpoint, round=delivery.round)
    )


def _moved(before: Delivery, after: Delivery) -> Update:
    return Update(
        pk=_log(before.merchant, before.endpoint),
        sk=before.id,
        set=_way(after),
        when="#state = :state AND #round = :round AND #tries = :tries",
        values={"state": before.state, "round": before.round, "tries": before.tries},
    )


class DynamoDeliveries:
    """Fills the port Deliveries."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers = table, DynamoAnswers(table)

    def begin(self, delivery: Delivery) -> bool:
        item: dict[str, Value] = {
            "pk": _log(delivery.merchant, delivery.endpoint),
            "sk": delivery.id,
            "doc": _delivery_doc(delivery),
            "ttl": later(delivery.occurred_at, LOG_LIFE_MS) // 1000,
            **_way(delivery),
        }
        if delivery.state == "due":
            item |= _due(delivery)
        try:
            self._table.put(Put(item=item, absent=True))
        except Refused:
            return False
        return True

    def get(self, merchant: MerchantId, endpoint: EndpointId, id: NoticeId) -> Delivery | None:
        item = self._table.get(_log(merchant, endpoint), id)
        return _read_delivery(item) if item else None

    def record(self, before: Delivery, after: Delivery, health: Health) -> None:
        actions: list[Action] = [_moved(before, after)]
        if health != Health():
            actions.append(_felt(before, after, health))
        try:
            self._table.transact(actions)
        except Refused:
            raise Changed("somebody else was at this delivery") from None

    def page(
        self, merchant: MerchantId, endpoint: EndpointId, after: str | None, limit: int
    ) -> tuple[list[Delivery], str | None]:
        page = self._table.page(_log(merchant, endpoint), after=after, limit=limit, newest_first=True)
        return [_read_delivery(item) for item in page.items], page.next

    def again(self, before: Delivery, after: Delivery, once: Once, answer: Answer) -> Answer:
        row: dict[str, Value] = {
            "pk": f"AGAIN#{after.merchant}#{after.endpoint}",
            "sk": f"{after.id}#{after.round}",
            "ttl": later(once.at, LOG_LIFE_MS) // 1000,
        }
        actions: list[Action] = [_moved(before, after), Put(item=row | _due(after), absent=True)]
        if before.state == "waiting":
            actions.append(_felt(before, after, Health(waiting=-1)))
        changed = Changed("this notice was tried in between: read it again")
        return written_once(self._table, self._answers, actions, once, answer, changed)


def _felt(before: Delivery, after: Delivery, health: Health) -> Update:
    """What a try means for its endpoint."""
    at = after.attempts[-1].at if after.attempts else before.occurred_at
    change: dict[str, Value] = {}
    if health.failing_since:
        change["failing_since"] = health.failing_since
    if health.off:
        change |= {"off": health.off, "off_at": at}
    return Update(
        pk=_home(before.merchant),
        sk=f"ENDPOINT#{before.endpoint}",
        set=change,
        add={"waiting": health.waiting} if health.waiting else {},
        remove=("failing_since",) if health.failing_since == 0 else (),
        when="attribute_exists(pk)",
    )
