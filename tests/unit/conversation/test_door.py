"""What a webhook brought is put where it cannot be lost."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from haat.conversation.memory import MemoryQueue
from haat.conversation.ports import Entry
from haat.conversation.service.door import group_of, take
from haat.facts.conversation import AccountNews, DeliveryReported, Inbound, load
from haat.kernel.errors import Unavailable
from haat.kernel.ids import Fingerprint
from tests.invented import (
    ANITA,
    ANITAS_ID,
    ANITAS_PHONE,
    BIMAL,
    NOW,
    OTHER_ADDRESS,
    PEPPER,
    PHONE,
    USER,
    altered,
    echo,
    message,
    outgoing,
    renamed,
    status,
)

NEWS = AccountNews(
    channel="whatsapp", address="", account="300000000000001", key=Fingerprint("a" * 32),
    occurred_at=NOW, received_at=NOW, kind="account_update",
)  # fmt: skip


@dataclass
class Written:
    """The statuses that were written at once."""

    taken: list[DeliveryReported] = field(default_factory=list)
    broken: bool = False

    def report(self, fact: DeliveryReported) -> bool:
        """Take one."""
        if self.broken:
            raise Unavailable("table: Throttling")
        self.taken.append(fact)
        return True

    def outgoing(self, fact: DeliveryReported) -> None:
        """Nobody asks this at the door."""
        raise AssertionError

    def fail_reported(self, *_: object) -> bool:
        """Nobody fails a message at the door."""
        raise AssertionError


class Refusing(MemoryQueue):
    """A queue that takes nothing."""

    def put(self, entries: Sequence[Entry]) -> None:
        """Refuse."""
        raise Unavailable("queue: Throttling")


def brought(
    facts: Sequence[Inbound] = (), statuses: Sequence[DeliveryReported] = (), *, reports: Written | None = None
) -> tuple[list[Entry], list[Entry], list[DeliveryReported]]:
    """(entries of the inbound queue, entries of the status queue, statuses written at once)."""
    inbound, crowd, written = MemoryQueue(), MemoryQueue(), reports or Written()
    take(facts, statuses, inbound=inbound, crowd=crowd, reports=written, pepper=PEPPER)
    return inbound.entries, crowd.entries, written.taken


def test_facts_are_queued_whole_and_in_order() -> None:
    """Every kind of fact lies in the queue as it was read, in the order in which it came."""
    facts: list[Inbound] = [message(), echo(), altered("edited", text="x"), renamed(ANITA, BIMAL), NEWS]
    inbound, crowd, written = brought(facts)
    assert [load(entry.body) for entry in inbound] == facts
    assert [entry.dedupe for entry in inbound] == [fact.key for fact in facts]
    assert (crowd, written) == ([], [])


def test_messages_of_one_customer_share_a_group() -> None:
    """What one customer says to one number stays in order; nobody else waits for it."""
    anita = group_of(message(), PEPPER)
    assert group_of(message("other", id="wamid.2"), PEPPER) == group_of(echo(), PEPPER) == anita
    assert group_of(message(contact=ANITAS_ID), PEPPER) == anita
    others: list[Inbound] = [message(contact=BIMAL), message(address=OTHER_ADDRESS), NEWS]
    assert len({anita, *(group_of(fact, PEPPER) for fact in others)}) == 4


def test_customer_without_an_id_has_a_group_by_number() -> None:
    """Where only the number is known, it makes the group."""
    assert group_of(message(contact=ANITAS_PHONE), PEPPER) != group_of(message(contact=BIMAL), PEPPER)


def test_group_and_deduplication_id_hold_nothing_of_a_person() -> None:
    """Queue attributes are shown in consoles and logs: they are fingerprints, short enough for SQS."""
    inbound, _, _ = brought([message("secret words", id=f"wamid.{PHONE}"), echo(), NEWS])
    for entry in inbound:
        for shown in (entry.group, entry.dedupe):
            assert re.fullmatch("[0-9a-f]{32}", shown or "")
            assert not any(word in str(shown) for word in (PHONE, USER, "wamid", "secret"))


@pytest.mark.parametrize("many", [1, 2, 3])
def test_few_statuses_are_written_at_once(many: int) -> None:
    """The common webhook, up to three ticks, costs no queue."""
    statuses = [status(outgoing(n), "delivered") for n in range(many)]
    inbound, crowd, written = brought(statuses=statuses)
    assert (inbound, crowd, written) == ([], [], statuses)


def test_many_statuses_go_through_the_queue() -> None:
    """A crowd of ticks must not hold up the door."""
    statuses = [status(outgoing(n), "delivered") for n in range(4)]
    _, crowd, written = brought(statuses=statuses)
    assert ([load(entry.body) for entry in crowd], written) == (statuses, [])
    assert all(entry.group is None and entry.dedupe is None for entry in crowd), "the queue of statuses is no FIFO"


def test_failure_always_goes_through_the_queue() -> None:
    """What follows from a failure is more than one write; the ticks beside it are still written at once."""
    failed, read = status(outgoing(1), "failed", code=131026), status(outgoing(2), "read")
    _, crowd, written = brought(statuses=[failed, read])
    assert ([load(entry.body) for entry in crowd], written) == ([failed], [read])


def test_unknown_word_is_taken_like_a_tick() -> None:
    """A status that Meta invents tomorrow is no trouble for the others."""
    odd = status(outgoing(1), "warming up")
    assert brought(statuses=[odd])[2] == [odd]


def test_nothing_at_all_calls_nothing() -> None:
    """A webhook without anything for us costs no call."""
    take([], [], inbound=Refusing(), crowd=Refusing(), reports=Written(broken=True), pepper=PEPPER)


@pytest.mark.parametrize("part", ["inbound", "crowd", "reports"])
def test_part_that_refuses_makes_the_whole_webhook_come_again(part: str) -> None:
    """If anything was not kept the provider must bring all of it once more."""
    statuses = [status(outgoing(1), "read"), status(outgoing(2), "failed")]
    queues = {name: Refusing() if name == part else MemoryQueue() for name in ("inbound", "crowd")}
    with pytest.raises(Unavailable):
        take([message()], statuses, reports=Written(broken=part == "reports"), pepper=PEPPER, **queues)
