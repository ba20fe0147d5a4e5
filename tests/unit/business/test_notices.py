"""How notices are signed, tried again, and given up."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from haat.business.memory.merchants import MemoryMerchants
from haat.business.memory.notices import Came, MemoryDeliveries, MemoryEndpoints, MemoryOutside, MemorySeals, Posted
from haat.business.memory.orders import MemoryOrders
from haat.business.memory.products import MemoryProducts
from haat.business.memory.staff import MemoryStaffLine
from haat.business.model.merchant import Merchant, StaffNumber
from haat.business.model.notice import Delivery, Endpoint, Health
from haat.business.rules import notices as rules
from haat.business.service.notices import Notices, Told
from haat.business.service.staff_notices import StaffNotices
from haat.facts.notices import KINDS, UNANSWERED, NoticeDue, NoticeRaised
from haat.kernel.ids import EndpointId, NoticeId, ulid
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.secret import Secret
from haat.kernel.time import DAY, HOUR, MINUTE, Instant, later, rfc3339
from infra.local.settings import ROOT
from tests.invented import MERCHANT, NOW

NOTICE = NoticeRaised(
    id=NoticeId(ulid(NOW, b"notice-one")),
    merchant=MERCHANT,
    kind=UNANSWERED,
    occurred_at=NOW,
    data={"conversation": "c"},
)
ENDPOINT = Endpoint(
    id=EndpointId(ulid(NOW, b"endpoint-1")),
    merchant=MERCHANT,
    url="https://shop.example/",
    created_at=NOW,
    secret=MemorySeals().seal(MERCHANT, rules.write_secret(b"1" * 32)),
)
DUE = rules.begun(NOTICE, ENDPOINT)
ANITA = StaffNumber(id=ulid(NOW, b"staff-one!"), phone="919800000001", name="A", language="en", told=(UNANSWERED,))
SHOP = Merchant(id=MERCHANT, name="S", country="IN", currency="INR", language="en", timezone="UTC", staff=(ANITA,))


def tried(before: Delivery, status: int | None, endpoint: Endpoint = ENDPOINT, **more: int) -> tuple[Delivery, Health]:
    """One more try."""
    asked = {"retry_after_ms": 0, "now": NOW, **more}
    trouble = "" if status else "timed_out"
    return rules.tried(before, endpoint, status=status, trouble=trouble, **asked)  # type: ignore[arg-type]  # as given


def test_example_of_the_specification_is_signed_as_it_says() -> None:
    """Standard Webhooks: HMAC-SHA256 over id, timestamp and body, with the decoded secret, in base64 after v1."""
    secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    delivery = replace(DUE, id=NoticeId("msg_p5jXN8AQM9LWM0D4loKWxJek"))
    headers = rules.headers(delivery, [secret], b'{"test": 2432232314}', Instant(1614265330_500))
    assert headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_body_says_what_happened_and_when() -> None:
    """Type, time and our own ids, in the form that the specification recommends."""
    assert json.loads(rules.body(DUE)) == {
        "type": "question.unanswered",
        "timestamp": rfc3339(NOW),
        "data": {"merchant": MERCHANT, "conversation": "c"},
    }


def test_both_secrets_sign_for_a_day() -> None:
    """The newest first; afterwards the old one counts no more."""
    renewed = replace(ENDPOINT, secret=b"new", old_secret=b"old", old_until=later(NOW, DAY))
    assert rules.signing(renewed, later(NOW, DAY - 1)) == [b"new", b"old"]
    assert rules.signing(renewed, later(NOW, DAY)) == [b"new"]


@given(st.binary(min_size=32, max_size=32))
def test_secret_is_written_as_receivers_read_it(chance: bytes) -> None:
    """A prefix and base64 of the bytes."""
    text = rules.write_secret(chance).reveal()
    assert text.startswith("whsec_")
    assert base64.b64decode(text.removeprefix("whsec_")) == chance


def test_notice_is_tried_ten_times_in_a_little_over_three_days() -> None:
    """The waits of the specification, each up to a tenth longer; then it is given up."""
    delivery, at, waits = DUE, NOW, []
    while delivery.state != "given_up":
        endpoint = replace(ENDPOINT, failing_since=NOW if delivery.tries else Instant(0))
        delivery, health = tried(delivery, 500, endpoint, now=at)
        assert health.waiting == (1 if delivery.tries == 1 else -1 if delivery.state == "given_up" else 0)
        if delivery.state == "waiting":
            waits.append(delivery.next_at - at)
            at = delivery.next_at
    assert (delivery.tries, len(delivery.attempts)) == (10, 10)
    assert all(plain <= wait <= plain * 1.1 for plain, wait in zip(rules.WAITS_MS, waits, strict=True))
    assert 75 * HOUR < at - NOW < 84 * HOUR


def test_waits_of_two_notices_differ() -> None:
    """What failed together does not come back together."""
    waits = {rules.jitter(NoticeId(ulid(NOW, bytes([n] * 10))), HOUR) for n in range(50)}
    assert len(waits) > 20


@pytest.mark.parametrize("status", [100, 199, 300, 301, 400, 404, 429, 500, None])
def test_anything_but_success_is_tried_again(status: int | None) -> None:
    """Also a redirect, and no answer at all."""
    after, health = tried(DUE, status)
    assert after.state == "waiting"
    assert health == Health(waiting=1, failing_since=NOW)
    assert after.attempts[0].outcome == (str(status) if status else "timed_out")


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_success_ends_it_and_heals_the_endpoint(status: int) -> None:
    """What waited waits no more."""
    assert tried(DUE, status) == (
        replace(DUE, state="delivered", tries=1, attempts=tried(DUE, status)[0].attempts),
        Health(),
    )
    waiting, _ = tried(DUE, 500)
    after, health = tried(waiting, status, replace(ENDPOINT, failing_since=NOW, waiting=1))
    assert (after.state, health) == ("delivered", Health(waiting=-1, failing_since=Instant(0)))


def test_longer_wait_that_was_asked_for_is_kept() -> None:
    """Retry-After counts where it is longer than our own wait."""
    assert tried(DUE, 503, retry_after_ms=HOUR)[0].next_at == later(NOW, HOUR)
    assert tried(DUE, 503, retry_after_ms=1000)[0].next_at < later(NOW, MINUTE)


def test_address_that_is_gone_is_off_at_once() -> None:
    """410 says so."""
    after, health = tried(DUE, 410)
    assert (after.state, health.off, health.waiting) == ("given_up", "gone", 0)


def test_address_that_fails_for_five_days_is_off() -> None:
    """Not a moment before."""
    failing = replace(ENDPOINT, failing_since=NOW)
    assert tried(DUE, 500, failing, now=later(NOW, 5 * DAY - 1))[1].off == ""
    assert tried(DUE, 500, failing, now=later(NOW, 5 * DAY))[1].off == "failing"
    assert tried(DUE, 200, failing, now=later(NOW, 5 * DAY))[1].off == ""


def test_one_dead_endpoint_holds_only_so_many() -> None:
    """What finds a full house is given up and stands in the log; what waits already goes on."""
    full = replace(ENDPOINT, waiting=rules.MOST_WAITING, failing_since=NOW)
    after, health = tried(DUE, 500, full)
    assert (after.state, health) == ("given_up", Health())
    waiting, _ = tried(DUE, 500)
    assert tried(waiting, 500, full)[0].state == "waiting"


def test_kinds_of_the_document_are_those_of_the_facts() -> None:
    """What an endpoint may ask for is what is raised."""
    document = yaml.safe_load((ROOT / "infra/api/notices.yaml").read_text("utf-8"))
    assert document["schemas"]["NoticeKind"]["enum"] == list(KINDS)


class Room:
    """The service on memory, and a merchant with one endpoint."""

    def __init__(self) -> None:
        answers = Remembered()
        self.endpoints = MemoryEndpoints(answers)
        self.deliveries = MemoryDeliveries(self.endpoints, answers)
        self.outside = MemoryOutside()
        self.line, merchants = MemoryStaffLine(), MemoryMerchants()
        merchants.save(SHOP)
        orders = MemoryOrders(MemoryProducts(answers))
        self.notices = Notices(
            endpoints=self.endpoints,
            deliveries=self.deliveries,
            outside=self.outside,
            seals=MemorySeals(),
            staff=StaffNotices(merchants=merchants, orders=orders, line=self.line),
        )
        self.endpoints.add(ENDPOINT, Once(key="1", asked="1", at=NOW), Answer(status=201))

    def due(self) -> NoticeDue:
        """What the queue holds."""
        return self.deliveries.due[-1]


@pytest.fixture
def room() -> Room:
    """Return a room with one endpoint."""
    return Room()


def test_notice_is_spread_once_to_each_endpoint_that_wants_it(room: Room) -> None:
    """The same notice again changes nothing."""
    other = replace(ENDPOINT, id=EndpointId(ulid(NOW, b"endpoint-2")), kinds=("order.placed",))
    room.endpoints.add(other, Once(key="2", asked="2", at=NOW), Answer(status=201))
    assert room.notices.spread(NOTICE, NOW) == Told(word="spread")
    assert room.notices.spread(NOTICE, NOW) == Told(word="spread")
    assert [due.endpoint for due in room.deliveries.due] == [ENDPOINT.id]


def test_notice_of_long_ago_is_told_to_nobody(room: Room) -> None:
    """An operator's repair must not tell last month's news."""
    assert room.notices.spread(NOTICE, later(NOW, rules.TOO_OLD_MS + 1)).word == "too_old"
    assert room.deliveries.due == []
    assert room.line.told == []


def test_notice_goes_to_staff_beside_the_endpoints(room: Room) -> None:
    """And to them alone where no endpoint wants it; where nobody at all does, the word says so."""
    room.notices.spread(NOTICE, NOW)
    assert [(one.staff, one.occurred_at) for one in room.line.told] == [(ANITA.id, NOW)]
    room.endpoints.remove(MERCHANT, ENDPOINT.id)
    assert room.notices.spread(replace(NOTICE, id=NoticeId(ulid(NOW, b"notice-two"))), NOW).word == "spread"
    assert len(room.line.told) == 2
    assert room.notices.spread(replace(NOTICE, kind="channel.stopped"), NOW).word == "nobody_to_tell"


def test_delivery_is_posted_signed_and_recorded(room: Room) -> None:
    """And not again when its record comes again."""
    room.notices.spread(NOTICE, NOW)
    assert room.notices.deliver(room.due(), NOW) == Told(word="delivered")
    assert room.notices.deliver(room.due(), NOW) == Told(word="done_before")
    (posted,) = room.outside.posted
    signed = f"{NOTICE.id}.{NOW // 1000}.".encode() + posted.body
    mine = base64.b64encode(hmac.digest(b"1" * 32, signed, hashlib.sha256)).decode()
    assert posted.headers["webhook-signature"] == f"v1,{mine}"


def test_record_that_comes_too_early_waits_for_its_time(room: Room) -> None:
    """However often the queue brings it."""
    room.outside.answer = lambda _: Came(status=500)
    room.notices.spread(NOTICE, NOW)
    told = room.notices.deliver(room.due(), NOW)
    assert told.word == "not_taken"
    early = room.notices.deliver(room.due(), later(NOW, 1000))
    assert (early.word, early.wait_ms) == ("not_yet", told.wait_ms - 1000)
    assert len(room.outside.posted) == 1


def test_run_that_was_overtaken_looks_again(room: Room) -> None:
    """Two runs of one record post twice, under one id, and record once."""
    room.notices.spread(NOTICE, NOW)

    def meanwhile(posted: Posted) -> Came:
        room.outside.answer = lambda _: Came()
        assert room.notices.deliver(room.due(), NOW).word == "delivered"
        return Came(status=500)

    room.outside.answer = meanwhile
    told = room.notices.deliver(room.due(), NOW)
    assert (told.word, told.wait_ms > 0) == ("overtaken", True)
    assert {posted.headers["webhook-id"] for posted in room.outside.posted} == {NOTICE.id}
    assert room.notices.deliver(room.due(), NOW) == Told(word="done_before")


def test_record_of_an_earlier_round_does_nothing(room: Room) -> None:
    """What its merchant has asked for again goes its own way."""
    room.notices.spread(NOTICE, NOW)
    old = room.due()
    before = room.deliveries.get(MERCHANT, ENDPOINT.id, NOTICE.id)
    assert before is not None
    room.deliveries.again(before, rules.again(before), Once(key="3", asked="3", at=NOW), Answer(status=202))
    assert room.notices.deliver(old, NOW) == Told(word="done_before")
    assert room.notices.deliver(room.due(), NOW) == Told(word="delivered")


def test_endpoint_that_is_off_or_gone_gets_nothing(room: Room) -> None:
    """What waited for it is given up, and its record leaves the queue."""
    room.notices.spread(NOTICE, NOW)
    delivery = room.deliveries.get(MERCHANT, ENDPOINT.id, NOTICE.id)
    assert delivery is not None
    after, health = tried(delivery, 500)
    room.deliveries.record(delivery, after, replace(health, off="failing"))
    assert room.notices.deliver(room.due(), after.next_at) == Told(word="given_up")
    off = room.endpoints.get(MERCHANT, ENDPOINT.id)
    assert off is not None
    assert off.waiting == 0
    room.endpoints.remove(MERCHANT, ENDPOINT.id)
    assert room.notices.deliver(room.due(), NOW) == Told(word="endpoint_gone")
    assert room.outside.posted == []
