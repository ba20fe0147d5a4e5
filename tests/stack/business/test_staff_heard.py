"""The shop's own people hear what happened: a record in the queue becomes one message on their phone, or none."""

from typing import Any

import pytest

from haat.facts.said import StaffHears, Template, dump
from haat.kernel.ids import Fingerprint, MerchantId
from haat.kernel.time import Instant
from infra.local.market import HARDWARE, SWEETS
from infra.local.simulators.customer import Customer
from infra.local.simulators.world import Line
from tests.stack.business.conftest import HARDWARE_SHOP, SWEET_SHOP, Api
from tests.stack.business.ordering import NUMBER

BOSS, STRANGER = "919800000131", "919800000132"
DAY, HOUR, MINUTE = 86_400.0, 3_600.0, 60.0
NEWS = Template(name="shop_news", language="en")
TEXT = "New order K4M-72R: ₹60\n– Sandesh: 3 piece"


class Room:
    """The sweet shop with two phones of its own, one of which has written to it."""

    def __init__(self, api: Api) -> None:
        self.api, self.stage, self.records = api, api.stage, 0
        self.boss, self.stranger = self.employs(BOSS), self.employs(STRANGER)
        self.stage.run_for(MINUTE)  # so long auto_reply may hold what it has read of the shop
        self.writes()

    def employs(self, phone: str, merchant: str = SWEET_SHOP) -> Customer:
        """One of the shop's people."""
        body = {"phone": f"+{phone}", "name": "Boss (invented)", "language": "en", "told": []}
        self.api.json("POST", "staff-numbers", body, expect=201, as_=merchant)
        return self.stage.graph.customer(phone=phone, name="Boss (invented)")

    def writes(self) -> None:
        """The boss opens the window."""
        self.boss.writes(NUMBER, "hours")
        self.stage.drain()

    def approved(self) -> None:
        """Meta approves a template of the shop's account."""
        components = [{"type": "BODY", "text": "News from your shop: {{1}}"}]
        made = {"name": "shop_news", "language": "en", "category": "UTILITY", "components": components}
        with self.stage.graph.lock:
            self.stage.graph.templates.create(SWEETS.account, made)
        self.stage.drain()

    def record(self, **more: Any) -> StaffHears:
        """Something for the boss, that has just happened."""
        self.records += 1
        known: dict[str, Any] = {
            "key": Fingerprint(f"{self.records:032x}"), "merchant": MerchantId(SWEET_SHOP), "staff": "BOSS",
            "phone": BOSS, "occurred_at": Instant(int(self.stage.clock.now() * 1000)), "text": TEXT,
        }  # fmt: skip
        return StaffHears(**(known | more))

    def put(self, fact: StaffHears) -> None:
        """Put it into the queue, as merchant_notice does."""
        sqs = self.stage.client("sqs")
        name = next(queue for queue in self.stage.deployment.queues if queue.endswith("conversation-inbound.fifo"))
        sqs.send_message(
            QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"],
            MessageBody=dump(fact),
            MessageGroupId=f"{fact.merchant}-{fact.staff}",
            MessageDeduplicationId=fact.key,
        )

    def hears(self, fact: StaffHears, seconds: float = 0) -> list[Line]:
        """What the boss's phone shows of it, after so long."""
        before = len(self.lines(self.boss))
        self.put(fact)
        if seconds:
            self.stage.run_for(seconds)
        else:
            self.stage.drain()
        return self.lines(self.boss)[before:]

    def lines(self, who: Customer, number: str = NUMBER) -> list[Line]:
        """What a phone shows of the shop."""
        return [line for line in self.stage.graph.transcript(number, who) if line.author == "haat"]

    def sent(self) -> int:
        """How many messages Meta was asked to send, by any shop."""
        return len(self.stage.graph.sent())

    def counted(self, word: str) -> int:
        """How many records auto_reply has done with this word."""
        return sum(f'"message":"{word}"' in line for line in self.stage.logs.lines("auto_reply"))


@pytest.fixture
def room(api: Api) -> Room:
    """Return the shop."""
    return Room(api)


def test_record_is_said_while_the_window_is_open(room: Room) -> None:
    """As it is, with its lines, though a template is there; until the last minute of the window."""
    room.approved()
    (line,) = room.hears(room.record(template=NEWS))
    assert (line.kind, line.text, line.quoted) == ("text", TEXT, None)
    room.stage.run_for(DAY - 2 * MINUTE)
    assert [line.kind for line in room.hears(room.record(template=NEWS))] == ["text"]


def test_record_goes_into_the_template_when_the_window_is_closed(room: Room) -> None:
    """In one line, within the words that Meta has approved; Meta refuses nothing of it, and its statuses count."""
    room.approved()
    room.stage.run_for(DAY)
    (line,) = room.hears(room.record(template=NEWS))
    assert (line.kind, line.text) == ("template", "News from your shop: New order K4M-72R: ₹60 · – Sandesh: 3 piece")
    room.stage.run_for(MINUTE)
    assert [line.tick for line in room.lines(room.boss)][-1] == "read"
    assert room.counted("broken") == 0


def test_record_without_a_template_is_not_said_after_the_window(room: Room) -> None:
    """Nothing is sent, nothing fails, nobody is told of a failure: the shop's own system has the notice."""
    room.stage.run_for(DAY)
    before = room.sent()
    assert room.hears(room.record(), HOUR) == []
    assert (room.sent(), room.counted("too_late")) == (before, 1)


def test_template_that_meta_does_not_know_ends_there(room: Room) -> None:
    """One try, refused; the failure stands at the message in the inbox, and is told to no staff."""
    room.api.json("POST", "staff-numbers", {"phone": "+919800000133", "name": "B", "language": "en", "told": ["message.not_sent"]}, expect=201)  # fmt: skip
    room.stage.graph.customer(phone="919800000133", name="B").writes(NUMBER, "hours")
    room.stage.run_for(DAY)
    before = room.sent()
    assert room.hears(room.record(template=NEWS), 3 * HOUR) == []
    assert room.sent() == before + 1
    (there,) = [it for it in room.api.json("GET", "conversations")["items"] if it["phone"] == f"+{BOSS}"]
    newest = room.api.json("GET", f"conversations/{there['id']}/messages")["items"][0]
    assert (newest["text"], newest["state"], newest["error"]) == (TEXT, "failed", 132001)


def test_stranger_is_never_written_to(room: Room) -> None:
    """A phone that never wrote to the shop hears nothing, whoever says that it is the shop's own; nor one that wrote to another."""
    room.approved()
    room.employs(BOSS, HARDWARE_SHOP)
    room.stranger.writes(HARDWARE.phone_number_id, "hours")
    room.stage.run_for(MINUTE)
    before = room.sent()
    for template in (None, NEWS):
        room.put(room.record(phone=STRANGER, template=template))
        room.put(room.record(merchant=MerchantId(HARDWARE_SHOP), template=template))
    room.stage.run_for(HOUR)
    assert room.sent() == before
    assert room.counted("never_wrote") == 4


def test_who_left_or_was_blocked_hears_nothing(room: Room) -> None:
    """Somebody who is blocked; and, a minute after their number was taken off, somebody who left."""
    (there,) = room.api.json("GET", "conversations")["items"]
    customer = {"customer_id": there["customer_id"]}
    room.api.json("POST", "blocked-customers", customer, expect=201)
    assert room.hears(room.record()) == []
    assert room.api.call("DELETE", f"blocked-customers/{there['customer_id']}").status == 204
    assert len(room.hears(room.record())) == 1
    for entry in room.api.json("GET", "staff-numbers")["items"]:
        assert room.api.call("DELETE", f"staff-numbers/{entry['id']}").status == 204
    room.stage.run_for(MINUTE)
    assert room.hears(room.record()) == []
    assert (room.counted("blocked"), room.counted("no_longer_staff")) == (1, 1)


def test_who_was_erased_hears_nothing_until_they_write(room: Room) -> None:
    """Erased at the shop, they are a stranger; who writes again is known again."""
    (there,) = room.api.json("GET", "conversations")["items"]
    assert room.api.call("DELETE", f"customers/{there['customer_id']}").status == 202
    room.stage.run_for(10 * MINUTE)
    assert room.hears(room.record()) == []
    room.writes()
    assert len(room.hears(room.record())) == 1


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_death_at_every_point_is_heard_once(room: Room, closed: bool) -> None:  # noqa: FBT001  # a column of the table
    """Whichever of the functions on the way dies before or after whichever of its calls: one message, freely or by template."""
    room.approved()
    if closed:
        room.stage.run_for(DAY)
    room.stage.runner.forget()
    room.stage.faults.clear()
    assert len(room.hears(room.record(template=NEWS), 15 * MINUTE)) == 1
    points = [
        point for name in ("auto_reply", "outbox_relay", "outbound_message") for point in room.stage.faults.points(name)
    ]
    assert len(points) > 15
    wrong = {}
    for point in points:
        room.stage.runner.forget()
        with room.stage.faults.kill(function=point.function, call=point.call, when=point.when):
            heard = room.hears(room.record(template=NEWS), 15 * MINUTE)
        if [line.kind for line in heard] != ["template" if closed else "text"]:
            wrong[point.name] = [line.kind for line in heard]
    assert not wrong, f"{len(wrong)} of {len(points)}: {wrong}"


def test_record_that_comes_twice_is_heard_once(room: Room) -> None:
    """At once, and again after an hour, queues remembering nothing."""
    fact = room.record(template=NEWS)
    with room.stage.without_deduplication(), room.stage.faults.twice("auto_reply"):
        assert len(room.hears(fact)) == 1
        room.stage.run_for(HOUR)
        assert room.hears(fact) == []


def test_record_that_was_set_aside_for_a_day_is_no_news(room: Room) -> None:
    """Brought back from a dead-letter queue, it is dropped, whatever the window."""
    room.approved()
    fact = room.record(template=NEWS)
    room.stage.run_for(DAY)
    room.writes()
    assert room.hears(fact) == []


def test_stopped_number_lets_a_template_wait_for_a_day(room: Room) -> None:
    """And then it is given up: the person's next answer does not wait behind it for ever."""
    room.approved()
    room.stage.run_for(DAY)
    room.stage.graph.faults.error(131042)
    assert room.hears(room.record(template=NEWS), MINUTE) == []
    room.put(room.record(template=NEWS))
    room.stage.run_for(DAY + HOUR)
    (there,) = [it for it in room.api.json("GET", "conversations")["items"] if it["phone"] == f"+{BOSS}"]
    found = room.api.json("GET", f"conversations/{there['id']}/messages")["items"][:2]
    assert [(line["state"], line["error"]) for line in found] == [("failed", -2), ("failed", 131042)]
