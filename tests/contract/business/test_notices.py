"""What the ports Endpoints and Deliveries promise, in memory and in DynamoDB."""

from dataclasses import dataclass, replace

import pytest

from haat.aws.table import Table
from haat.business.memory.notices import MemoryDeliveries, MemoryEndpoints
from haat.business.model.notice import MOST_ENDPOINTS, Attempt, Delivery, Endpoint, Health
from haat.business.ports.notices import Deliveries, Endpoints
from haat.business.rules.notices import again
from haat.business.store.notices import DynamoDeliveries, DynamoEndpoints
from haat.facts.notices import QUEUE, NoticeDue, load
from haat.kernel.errors import Changed, Conflict, NotFound
from haat.kernel.ids import EndpointId, MerchantId, NoticeId, ulid
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.time import DAY, Instant, later
from tests.contract.tables import Tables
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT

ANSWER = Answer(status=201, body={"made": 1})


def endpoint(number: int = 1, merchant: MerchantId = MERCHANT) -> Endpoint:
    """An invented endpoint."""
    return Endpoint(
        id=EndpointId(ulid(later(NOW, number), b"endpoint")),
        merchant=merchant,
        url=f"https://shop.example/{number}",
        created_at=NOW,
        kinds=("question.unanswered",),
        secret=b"sealed 1",
    )


def delivery(number: int = 1, **more: object) -> Delivery:
    """An invented delivery to the first endpoint."""
    made = Delivery(
        id=NoticeId(ulid(later(NOW, number), b"notice")),
        merchant=MERCHANT,
        endpoint=endpoint().id,
        kind="question.unanswered",
        occurred_at=NOW,
        data={"conversation": "প্রশ্ন"},
    )
    return replace(made, **more)  # type: ignore[arg-type]  # as given


def once(key: str, asked: str = "this") -> Once:
    """A request's own name."""
    return Once(key=key, asked=asked, at=NOW)


@dataclass(frozen=True)
class House:
    """Both ports, and what of deliveries has been published."""

    endpoints: Endpoints
    deliveries: Deliveries
    memory: MemoryDeliveries | None = None
    table: Table | None = None

    def due(self) -> list[NoticeDue]:
        """What the outbox has been given, in the order of its keys."""
        if self.memory is not None:
            return self.memory.due
        assert self.table is not None
        rows = [row for row in self.table.having("queue") if row["queue"] == QUEUE]
        facts = [load(row["body"]) for row in rows]
        return sorted((f for f in facts if isinstance(f, NoticeDue)), key=lambda fact: (fact.id, fact.round))


@pytest.fixture(params=["memory", "dynamodb"])
def house(request: pytest.FixtureRequest) -> House:
    """Return an empty house."""
    if request.param == "memory":
        answers = Remembered()
        endpoints = MemoryEndpoints(answers)
        memory = MemoryDeliveries(endpoints, answers)
        return House(endpoints, memory, memory=memory)
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)
    return House(DynamoEndpoints(tables.business), DynamoDeliveries(tables.business), table=tables.business)


@pytest.fixture
def opened(house: House) -> House:
    """Return a house with one endpoint."""
    house.endpoints.add(endpoint(), once("opened"), ANSWER)
    return house


def test_endpoint_is_read_back_whole(opened: House) -> None:
    """All that was said of it, by its own merchant only."""
    assert opened.endpoints.get(MERCHANT, endpoint().id) == endpoint()
    assert opened.endpoints.all(MERCHANT) == [endpoint()]
    assert opened.endpoints.get(OTHER_MERCHANT, endpoint().id) is None
    assert opened.endpoints.all(OTHER_MERCHANT) == []


def test_same_request_adds_one_endpoint(opened: House) -> None:
    """The answer of the first is given again."""
    assert opened.endpoints.add(endpoint(2), once("opened"), Answer(status=201, body={"made": 2})) == ANSWER
    assert len(opened.endpoints.all(MERCHANT)) == 1


def test_sixth_endpoint_is_refused_until_one_is_removed(house: House) -> None:
    """Five for each merchant."""
    for number in range(MOST_ENDPOINTS):
        house.endpoints.add(endpoint(number), once(str(number)), ANSWER)
    with pytest.raises(Conflict) as refused:
        house.endpoints.add(endpoint(9), once("9"), ANSWER)
    assert refused.value.word == "too-many-endpoints"
    house.endpoints.add(endpoint(9, OTHER_MERCHANT), once("other"), ANSWER)
    assert house.endpoints.remove(MERCHANT, endpoint(0).id)
    house.endpoints.add(endpoint(9), once("9"), ANSWER)
    assert [e.id for e in house.endpoints.all(MERCHANT)] == [endpoint(n).id for n in (1, 2, 3, 4, 9)]


def test_endpoint_is_removed_once(opened: House) -> None:
    """And never by another merchant."""
    assert not opened.endpoints.remove(OTHER_MERCHANT, endpoint().id)
    assert opened.endpoints.remove(MERCHANT, endpoint().id)
    assert not opened.endpoints.remove(MERCHANT, endpoint().id)
    assert opened.endpoints.get(MERCHANT, endpoint().id) is None


def test_secret_is_renewed_from_the_one_that_was_seen(opened: House) -> None:
    """Who lost the race is told, and changes nothing; the same request again is answered again."""
    after = replace(endpoint(), secret=b"sealed 2", old_secret=b"sealed 1", old_until=later(NOW, DAY))
    assert opened.endpoints.renew(endpoint(), after, once("renew"), ANSWER) == ANSWER
    assert opened.endpoints.get(MERCHANT, endpoint().id) == after
    assert opened.endpoints.renew(endpoint(), after, once("renew"), Answer(status=1)) == ANSWER
    with pytest.raises(Changed):
        opened.endpoints.renew(endpoint(), replace(after, secret=b"sealed 3"), once("late"), ANSWER)
    assert opened.endpoints.get(MERCHANT, endpoint().id) == after


def test_delivery_begins_once(opened: House) -> None:
    """It is read back whole, and goes to the queue once."""
    assert opened.deliveries.begin(delivery())
    assert not opened.deliveries.begin(delivery(state="given_up"))
    assert opened.deliveries.get(MERCHANT, endpoint().id, delivery().id) == delivery()
    assert opened.deliveries.get(OTHER_MERCHANT, endpoint().id, delivery().id) is None
    assert opened.due() == [NoticeDue(id=delivery().id, merchant=MERCHANT, endpoint=endpoint().id, round=1)]


def test_delivery_to_an_endpoint_that_is_off_waits_for_its_merchant(opened: House) -> None:
    """It stands in the log, and in no queue."""
    assert opened.deliveries.begin(delivery(state="given_up"))
    assert opened.due() == []


def failed(before: Delivery) -> Delivery:
    """The delivery after a try that failed."""
    attempts = (*before.attempts, Attempt(at=NOW, outcome="503"))
    return replace(before, state="waiting", tries=before.tries + 1, next_at=later(NOW, 5_000), attempts=attempts)


def test_try_is_recorded_with_what_it_says_of_the_endpoint(opened: House) -> None:
    """The counts move, and a try that follows what somebody else has recorded changes nothing."""
    opened.deliveries.begin(delivery())
    after = failed(delivery())
    opened.deliveries.record(delivery(), after, Health(waiting=1, failing_since=NOW))
    assert opened.deliveries.get(MERCHANT, endpoint().id, delivery().id) == after
    assert opened.endpoints.get(MERCHANT, endpoint().id) == replace(endpoint(), waiting=1, failing_since=NOW)
    with pytest.raises(Changed):
        opened.deliveries.record(delivery(), after, Health(waiting=1))
    done = replace(after, state="delivered", tries=2, attempts=(*after.attempts, Attempt(at=NOW, outcome="204")))
    opened.deliveries.record(after, done, Health(waiting=-1, failing_since=Instant(0)))
    assert opened.endpoints.get(MERCHANT, endpoint().id) == endpoint()
    assert opened.deliveries.get(MERCHANT, endpoint().id, delivery().id) == done


def test_delivered_at_once_leaves_the_endpoint_alone(opened: House) -> None:
    """Nothing is felt of what goes well."""
    opened.deliveries.begin(delivery())
    opened.deliveries.record(delivery(), delivery(state="delivered", tries=1), Health())
    assert opened.endpoints.get(MERCHANT, endpoint().id) == endpoint()


def test_try_at_an_endpoint_that_is_gone_is_not_recorded(opened: House) -> None:
    """Half of it would be wrong."""
    opened.deliveries.begin(delivery())
    opened.endpoints.remove(MERCHANT, endpoint().id)
    with pytest.raises(Changed):
        opened.deliveries.record(delivery(), failed(delivery()), Health(waiting=1, failing_since=NOW))
    assert opened.endpoints.get(MERCHANT, endpoint().id) is None
    assert opened.deliveries.get(MERCHANT, endpoint().id, delivery().id) == delivery()


def test_endpoint_goes_off_and_is_resumed(opened: House) -> None:
    """Resuming leaves its secrets alone and makes it well."""
    opened.deliveries.begin(delivery())
    opened.deliveries.record(delivery(), failed(delivery()), Health(failing_since=NOW, off="failing"))
    off = opened.endpoints.get(MERCHANT, endpoint().id)
    assert off == replace(endpoint(), off="failing", off_at=NOW, failing_since=NOW)
    assert opened.endpoints.resume(endpoint(), once("resume"), ANSWER) == ANSWER
    assert opened.endpoints.get(MERCHANT, endpoint().id) == endpoint()
    with pytest.raises(NotFound):
        opened.endpoints.resume(endpoint(7), once("nobody"), ANSWER)


def test_log_is_read_in_pages_newest_first(opened: House) -> None:
    """Each delivery stands in it once, and no other endpoint's."""
    for number in range(7):
        opened.deliveries.begin(delivery(number))
    opened.deliveries.begin(delivery(8, endpoint=endpoint(2).id))
    seen: list[Delivery] = []
    after = None
    while True:
        page, after = opened.deliveries.page(MERCHANT, endpoint().id, after, 3)
        seen += page
        if after is None:
            break
    assert seen == [delivery(number) for number in reversed(range(7))]


def test_delivery_goes_once_more_in_its_next_round(opened: House) -> None:
    """Once for a request; what waited waits no more; who saw an older state is told."""
    opened.deliveries.begin(delivery())
    waiting = failed(delivery())
    opened.deliveries.record(delivery(), waiting, Health(waiting=1, failing_since=NOW))
    assert opened.deliveries.again(waiting, again(waiting), once("again"), ANSWER) == ANSWER
    assert opened.deliveries.again(waiting, again(waiting), once("again"), Answer(status=1)) == ANSWER
    with pytest.raises(Changed):
        opened.deliveries.again(waiting, again(waiting), once("other"), ANSWER)
    assert opened.deliveries.get(MERCHANT, endpoint().id, delivery().id) == again(waiting)
    assert [fact.round for fact in opened.due()] == [1, 2]
    found = opened.endpoints.get(MERCHANT, endpoint().id)
    assert found is not None
    assert found.waiting == 0
