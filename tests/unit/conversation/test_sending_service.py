"""An outgoing message's turn has come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, override

import pytest

from haat.conversation.memory import MemoryLines, MemorySends
from haat.conversation.model import WINDOW_MS, Outgoing, SendState
from haat.conversation.ports import (
    STOPS,
    Accepted,
    Action,
    Claimed,
    Line,
    NotConnected,
    Refused,
    SendOutcome,
    Unknown,
)
from haat.conversation.rules.sending import CLAIM_MS, MAX_WAIT_MS, OUTCOME_UNKNOWN, PAIR_BURST, WINDOW_CLOSED, Pace
from haat.conversation.service.sending import NO_LINE, Result, Sending
from haat.kernel.ids import MessageId, ProviderId, ulid
from haat.kernel.secret import Secret
from haat.kernel.time import DAY, HOUR, MINUTE, SECOND, Instant, later
from tests.invented import BIMAL, CHANNEL, NOW, OTHER_ADDRESS, OTHER_CHANNEL, PEPPER, new, outgoing, status

TAKEN = Accepted(provider_id=ProviderId("wamid.out"))
AFTER_CLAIM = later(NOW, CLAIM_MS + SECOND)


class Died(Exception):
    """The function was killed here."""


@dataclass
class Channel:
    """A channel that answers as it was told to, and remembers what it was asked."""

    answers: list[SendOutcome | Exception] = field(default_factory=list)
    calls: list[tuple[Line, Outgoing]] = field(default_factory=list)
    meanwhile: Callable[[], object] = bool

    def say(self, line: Line, said: Outgoing) -> SendOutcome:
        """Take one message."""
        self.calls.append((line, said))
        self.meanwhile()
        answer = self.answers.pop(0) if self.answers else TAKEN
        if isinstance(answer, Exception):
            raise answer
        return answer


class Room:
    """A sender with everything that it needs."""

    def __init__(self) -> None:
        self.channel, self.sends, self.lines = Channel(), MemorySends(), MemoryLines()
        for connected in (CHANNEL, OTHER_CHANNEL):
            line = Line(channel=connected, token=Secret("token"))
            self.lines.lines[(connected.kind, connected.address)] = line
        self.sending = self.process()

    def process(self) -> Sending:
        """Another process over the same state: it has its own memory of the limits."""
        return Sending(sends=self.sends, lines=self.lines, speaker=self.channel, pace=Pace())

    def turn(self, said: Outgoing | None = None, now: Instant = NOW, *, answers: Sequence[SendOutcome] = ()) -> Result:
        """One turn of a message."""
        self.channel.answers += answers
        return self.sending.send(said or outgoing(), now)

    def state(self, said: Outgoing | None = None) -> SendState:
        """What is known of a message."""
        return self.sends.state((said or outgoing()).id)

    @property
    def calls(self) -> int:
        """How often the channel was called."""
        return len(self.channel.calls)


@pytest.fixture
def room() -> Room:
    """Return a sender to whom nothing has happened."""
    return Room()


def test_message_is_said_once_and_done(room: Room) -> None:
    """A turn calls the channel with the shop's own line; a second turn of the same message calls nobody."""
    assert room.turn() == Result(word="sent")
    assert room.turn() == Result(word="done_before")
    ((line, said),) = room.channel.calls
    assert (line.channel, said) == (CHANNEL, outgoing())
    assert (room.state().state, room.state().tries) == ("sent", 1)


# What the channel refuses

RETRIED = {
    Action.RETRY: 1 * SECOND,
    Action.WAIT_PAIR: 1 * SECOND,
    Action.SLOW_NUMBER: 1 * SECOND,
    Action.RETRY_MINUTES: 2 * MINUTE,
    Action.RETRY_ONCE: 4 * SECOND,
}


@pytest.mark.parametrize("action", list(Action))
def test_refusal_does_what_its_action_asks(room: Room, action: Action) -> None:
    """Each refusal waits, gives up, or stops the shop's line; the merchant hears of what will not be said."""
    result = room.turn(answers=[Refused(code=77, action=action)])
    line = room.lines.line(CHANNEL.kind, CHANNEL.address)
    assert line is not None
    assert line.channel.stopped == (action if action in STOPS else "")
    if action in RETRIED:
        assert (result.word, result.code, room.state().state) == ("refused", 77, "due")
        assert RETRIED[action] <= result.wait_ms <= RETRIED[action] * 5 // 4
        assert room.sends.notices == []
    else:
        assert result == Result(word=action if action in STOPS else "failed", code=77)
        assert (room.state().state, room.state().error) == ("failed", 77)
        assert room.sends.notices == [(outgoing().id, 77)]
    assert room.calls == 1


@pytest.mark.parametrize("action", sorted(RETRIED))
def test_refused_message_is_said_at_its_next_turn(room: Room, action: Action) -> None:
    """A refusal was certainly not sent: after the wait it is tried anew, and counts as one message."""
    result = room.turn(answers=[Refused(code=77, action=action)])
    assert room.turn(now=later(NOW, result.wait_ms)).word == "sent"
    assert (room.calls, room.state().tries, room.state().lost) == (2, 2, 0)


def test_refusal_for_once_is_tried_once_more_and_not_again(room: Room) -> None:
    """Media that would not come down twice is given up."""
    media = Refused(code=131052, action=Action.RETRY_ONCE)
    wait = room.turn(answers=[media]).wait_ms
    assert room.turn(now=later(NOW, wait), answers=[media]) == Result(word="failed", code=131052)
    assert room.calls == 2


@pytest.mark.parametrize("trouble", [Refused(code=1, action=Action.RETRY), NotConnected()])
def test_trouble_is_waited_out_longer_each_time_and_apart_from_others(room: Room, trouble: SendOutcome) -> None:
    """A channel in trouble is asked after 1, 4, 16 ... seconds, and not by all messages in the same moment."""
    now, waits = NOW, []
    for _ in range(7):
        waits.append(room.turn(now=now, answers=[trouble]).wait_ms)
        now = later(now, waits[-1])
    assert all(4**n * SECOND <= wait <= 4**n * SECOND * 5 // 4 for n, wait in enumerate(waits[:5]))
    assert waits[6] <= MAX_WAIT_MS * 5 // 4
    ids = [MessageId(ulid(NOW, PEPPER.digest(str(number)))) for number in range(10)]
    others = {Room().turn(outgoing(id=id), answers=[trouble]).wait_ms for id in ids}
    assert len(others) > 1


def test_waiting_ends_with_the_window(room: Room) -> None:
    """A message that the channel never takes is given up when the customer's window closes, and the merchant hears of it."""
    now, turns = NOW, 0
    while (result := room.turn(now=now, answers=[NotConnected()])).wait_ms:
        now, turns = later(now, result.wait_ms), turns + 1
        assert turns < 1_000, "the queue's own maxReceiveCount"
    assert result == Result(word="failed", code=WINDOW_CLOSED)
    assert WINDOW_MS <= now - NOW <= WINDOW_MS + MAX_WAIT_MS * 5 // 4


# Limits


def test_slow_number_holds_its_customers_and_no_other_number(room: Room) -> None:
    """After 130429 nobody of that number is called until the hold is over; the shop next door goes on."""
    room.turn(answers=[Refused(code=130429, action=Action.SLOW_NUMBER)])
    bimal = outgoing(2, conversation=new(BIMAL, seed=b"customer02"))
    assert room.turn(bimal) == Result(word="held", wait_ms=SECOND)
    neighbour = outgoing(3, conversation=new(channel=OTHER_CHANNEL))
    assert room.turn(neighbour).word == "sent"
    assert room.turn(bimal, later(NOW, SECOND)).word == "sent"
    assert room.calls == 3


def test_hold_of_a_number_doubles_while_refused_and_ends_with_a_success(room: Room) -> None:
    """1 s, 2 s, 4 s ...; a message that is taken forgives all of it."""
    slow = Refused(code=130429, action=Action.SLOW_NUMBER)
    now, waits = NOW, []
    for _ in range(8):
        waits.append(room.turn(now=now, answers=[slow]).wait_ms)
        now = later(now, waits[-1])
    assert waits == [s * SECOND for s in (1, 2, 4, 8, 16, 32, 60, 60)]
    assert room.turn(now=now).word == "sent"
    assert room.turn(outgoing(2), now, answers=[slow]).wait_ms == SECOND


def test_pair_that_was_told_much_waits(room: Room) -> None:
    """The 46th message to one customer waits six seconds; others do not."""
    for number in range(PAIR_BURST):
        assert room.turn(outgoing(number)).word == "sent"
    assert room.turn(outgoing(100)) == Result(word="held", wait_ms=6 * SECOND)
    assert room.turn(outgoing(101, conversation=new(BIMAL, seed=b"customer02"))).word == "sent"
    assert room.turn(outgoing(100), later(NOW, 6 * SECOND)).word == "sent"


def test_message_waits_for_its_own_time(room: Room) -> None:
    """What was decided for later is not said sooner, and waiting is done in steps that the queue can hide."""
    soon, far = (outgoing(n, not_before=later(NOW, by)) for n, by in ((1, 6 * SECOND), (2, HOUR)))
    assert room.turn(soon) == Result(word="held", wait_ms=6 * SECOND)
    assert room.turn(far) == Result(word="held", wait_ms=MAX_WAIT_MS)
    assert (room.calls, room.state(soon).state) == (0, "due")
    assert room.turn(soon, later(NOW, 6 * SECOND)).word == "sent"


# The window


def test_message_after_the_window_is_failed_without_a_call(room: Room) -> None:
    """What Meta would refuse is not sent; the merchant sees 131047."""
    late = outgoing(window_ends=NOW)
    assert room.turn(late) == Result(word="failed", code=WINDOW_CLOSED)
    assert room.turn(late) == Result(word="done_before")
    assert (room.calls, room.sends.notices) == (0, [(late.id, WINDOW_CLOSED)])


def test_window_that_the_customer_opened_again_is_used(room: Room) -> None:
    """Who wrote while the answer waited is answered."""
    there = replace(new(), last_customer_at=NOW)
    room.sends.conversations.conversations[(there.merchant, there.customer, there.address)] = there
    assert room.turn(outgoing(window_ends=later(NOW, -HOUR))).word == "sent"


def on_page(room: Room, **changed: Any) -> Outgoing:
    """A message to a customer of the shop's page, decided while the window was open, which closed an hour ago."""
    page = replace(CHANNEL, kind="messenger", address="200000000000001")
    room.lines.lines[(page.kind, page.address)] = Line(channel=page, token=Secret("token"))
    wrote = later(NOW, -WINDOW_MS - HOUR)
    there = replace(new(channel=page), last_customer_at=wrote)
    room.sends.conversations.conversations[(there.merchant, there.customer, there.address)] = there
    return outgoing(conversation=there, window_ends=later(NOW, -HOUR), **changed)


def test_persons_message_that_waited_past_the_window_goes_as_theirs(room: Room) -> None:
    """On Messenger a person may write for seven days: what waited for a new token is not lost after one."""
    said = on_page(room, by="token")
    assert room.turn(said).word == "sent"
    assert room.channel.calls[0][1].agent
    assert room.turn(on_page(room, id=outgoing(2).id, by="token"), later(NOW, 7 * DAY)).code == WINDOW_CLOSED


@pytest.mark.parametrize("agent", [False, True])
def test_persons_message_goes_as_anybodys_where_the_window_is_open_again(room: Room, *, agent: bool) -> None:
    """The customer wrote while it waited: a page that may not write as a person says it all the same."""
    ends = later(NOW, 6 * DAY) if agent else later(NOW, -HOUR)
    said = replace(on_page(room, by="token"), agent=agent, window_ends=ends)
    [(key, there)] = room.sends.conversations.conversations.items()
    room.sends.conversations.conversations[key] = replace(there, last_customer_at=later(NOW, -MINUTE))
    assert room.turn(said).word == "sent"
    assert not room.channel.calls[0][1].agent


def test_bot_never_writes_after_the_window(room: Room) -> None:
    """Not on Messenger either."""
    assert room.turn(on_page(room)) == Result(word="failed", code=WINDOW_CLOSED)
    assert room.calls == 0


def test_window_that_closes_while_it_waits_ends_the_waiting(room: Room) -> None:
    """A message that was refused and waits is given up when its window closes, without another call."""
    short = outgoing(window_ends=later(NOW, 2 * MINUTE))
    wait = room.turn(short, answers=[Refused(code=131057, action=Action.RETRY_MINUTES)]).wait_ms
    assert room.turn(short, later(NOW, wait)) == Result(word="failed", code=WINDOW_CLOSED)
    assert room.calls == 1


def test_unknown_outcome_waits_beyond_the_window(room: Room) -> None:
    """What may have been sent is not called failed before its claim is dead; then it is, without another call."""
    short = outgoing(window_ends=later(NOW, MINUTE))
    room.turn(short, answers=[Unknown()])
    assert room.turn(short, later(NOW, MINUTE)) == Result(word="unknown", wait_ms=MINUTE + SECOND)
    assert room.turn(short, AFTER_CLAIM) == Result(word="failed", code=OUTCOME_UNKNOWN)
    assert room.turn(short, AFTER_CLAIM) == Result(word="done_before")
    assert (room.calls, room.sends.notices) == (1, [(short.id, OUTCOME_UNKNOWN)])


# Stopped lines


def test_stopped_line_holds_its_messages_until_it_is_mended(room: Room) -> None:
    """After a refused token nothing is called, nothing is lost; the operator mends it and all goes on."""
    room.turn(answers=[Refused(code=190, action=Action.STOP_TOKEN)])
    waiting = outgoing(2)
    assert room.turn(waiting) == Result(word="stopped", wait_ms=MAX_WAIT_MS)
    assert (room.calls, room.state(waiting).state) == (1, "due")
    room.lines.lines[(CHANNEL.kind, CHANNEL.address)] = Line(channel=CHANNEL, token=Secret("new"))
    assert room.turn(waiting, later(NOW, MAX_WAIT_MS)).word == "sent"


def test_stopped_line_does_not_wait_longer_than_the_window(room: Room) -> None:
    """The last wait ends with the window, and then the merchant is told."""
    room.lines.stop(CHANNEL.kind, CHANNEL.address, "stop_token", NOW)
    short = outgoing(window_ends=later(NOW, MINUTE))
    assert room.turn(short) == Result(word="stopped", wait_ms=MINUTE)
    assert room.turn(short, later(NOW, MINUTE)) == Result(word="failed", code=WINDOW_CLOSED)
    assert room.calls == 0


def test_channel_that_is_gone_fails_its_messages(room: Room) -> None:
    """A number that was disconnected says nothing more; what may have been sent waits for its status first."""
    room.turn(answers=[Unknown()])
    room.lines.lines.clear()
    due = outgoing(2)
    assert room.turn(due) == Result(word="failed", code=NO_LINE)
    assert room.turn(now=NOW).word == "unknown"
    assert room.sends.notices == [(due.id, NO_LINE)]


def test_number_that_has_another_owner_does_not_say_the_words_of_the_first(room: Room) -> None:
    """A number that moved to another merchant speaks for that one only; the first is told that nothing was said."""
    moved = Line(channel=replace(CHANNEL, merchant=OTHER_CHANNEL.merchant), token=Secret("theirs"))
    room.lines.lines[(CHANNEL.kind, CHANNEL.address)] = moved
    assert room.turn() == Result(word="failed", code=NO_LINE)
    assert (room.calls, room.sends.notices) == (0, [(outgoing().id, NO_LINE)])


# Unknown outcomes, deaths, statuses


def test_unknown_outcome_is_said_once_more_after_two_minutes(room: Room) -> None:
    """Without a status for two minutes there is no way to know: it is said again, once, and counted as that."""
    assert room.turn(answers=[Unknown()]) == Result(word="unknown", wait_ms=CLAIM_MS + SECOND)
    assert room.turn(now=later(NOW, MINUTE)) == Result(word="unknown", wait_ms=MINUTE + SECOND)
    assert room.calls == 1
    assert room.turn(now=AFTER_CLAIM) == Result(word="sent_again")
    assert (room.calls, room.state().lost) == (2, 1)


def test_second_unknown_outcome_is_told_to_the_merchant(room: Room) -> None:
    """Twice unknown is not tried a third time."""
    room.turn(answers=[Unknown()])
    assert room.turn(now=AFTER_CLAIM, answers=[Unknown()]).word == "unknown"
    third = later(AFTER_CLAIM, CLAIM_MS + SECOND)
    assert room.turn(now=third) == Result(word="failed", code=OUTCOME_UNKNOWN)
    assert (room.calls, room.sends.notices) == (2, [(outgoing().id, OUTCOME_UNKNOWN)])


@pytest.mark.parametrize("word", ["sent", "delivered", "read"])
def test_status_answers_what_was_unknown(room: Room, word: str) -> None:
    """A status with our id says that it was sent: nothing is said again."""
    room.turn(answers=[Unknown()])
    assert room.sends.report(status(outgoing(), word))
    assert room.turn(now=AFTER_CLAIM) == Result(word="done_before")
    assert room.calls == 1


def test_failure_status_answers_what_was_unknown(room: Room) -> None:
    """A failed status is an answer too, and final for this message."""
    room.turn(answers=[Unknown()])
    assert room.sends.fail_reported(status(outgoing(), "failed"), outgoing(), 131026, NOW, None)
    assert room.turn(now=AFTER_CLAIM) == Result(word="done_before")
    assert room.calls == 1


def test_status_that_is_faster_than_our_mark_stands(room: Room) -> None:
    """Delivered stays delivered, and failed stays failed, though our own mark comes after it."""
    room.channel.meanwhile = lambda: room.sends.report(status(outgoing(), "delivered"))
    assert room.turn().word == "sent"
    assert room.state().rank == 2
    failed = outgoing(2)
    report = status(failed, "failed")
    room.channel.meanwhile = lambda: room.sends.fail_reported(report, failed, 131026, NOW, None)
    assert room.turn(failed).word == "sent"
    assert room.state(failed).state == "failed"


@pytest.mark.parametrize("answer", [NotConnected(), Refused(code=1, action=Action.RETRY), Unknown()])
def test_status_during_the_call_beats_its_answer(room: Room, answer: SendOutcome) -> None:
    """Whatever the call says, a status that came during it says that the message is out."""
    room.channel.meanwhile = lambda: room.sends.report(status(outgoing(), "sent"))
    wait = room.turn(answers=[answer]).wait_ms
    assert room.turn(now=later(NOW, wait)) == Result(word="done_before")
    assert room.calls == 1


def test_status_during_a_final_refusal_is_believed(room: Room) -> None:
    """A message that was reported is not told to the merchant as failed."""
    room.channel.meanwhile = lambda: room.sends.report(status(outgoing(), "sent"))
    assert room.turn(answers=[Refused(code=100, action=Action.GIVE_UP)]) == Result(word="done_before")
    assert (room.state().state, room.sends.notices) == ("sent", [])


def test_death_before_the_mark_waits_for_the_status(room: Room) -> None:
    """Killed between the channel's answer and our mark: the status answers, and nothing is said twice."""
    room.channel.answers = [Died()]
    with pytest.raises(Died):
        room.turn()
    assert room.state().state == "sending"
    assert room.turn(now=later(NOW, MINUTE)).word == "unknown"
    room.sends.report(status(outgoing(), "sent"))
    assert room.turn(now=AFTER_CLAIM).word == "done_before"
    assert room.calls == 1


def test_two_processes_call_once(room: Room) -> None:
    """A record in two hands is said by one of them."""
    other = room.process()
    room.channel.meanwhile = lambda: results.append(other.send(outgoing(), NOW)) if room.calls == 1 else None
    results = list[Result]()
    assert room.turn().word == "sent"
    assert results == [Result(word="unknown", wait_ms=CLAIM_MS + SECOND)]
    assert room.calls == 1


def test_dead_claim_is_taken_over_by_one_of_two(room: Room) -> None:
    """Two processes find the same dead claim: one says it again, the other waits."""
    room.turn(answers=[Unknown()])
    other = room.process()

    @dataclass(slots=True)
    class Slow(MemorySends):
        """Sends that let somebody else go first."""

        @override
        def take_over(self, said: Outgoing, seen: SendState, now: Instant) -> Claimed | None:
            results.append(other.send(outgoing(), AFTER_CLAIM))
            return room.sends.take_over(said, seen, now)

    results = list[Result]()
    slow = Sending(sends=Slow(states=room.sends.states), lines=room.lines, speaker=room.channel, pace=Pace())
    assert slow.send(outgoing(), AFTER_CLAIM) == Result(word="unknown", wait_ms=CLAIM_MS)
    assert results == [Result(word="sent_again")]
    assert room.calls == 2


def test_message_is_known_by_its_id_alone(room: Room) -> None:
    """Two messages with the same words are two messages."""
    assert [room.turn(outgoing(n)).word for n in (1, 2)] == ["sent", "sent"]
    assert room.state(outgoing(1, id=MessageId("other"))).state == "due"
    assert OTHER_ADDRESS not in {said.address for _, said in room.channel.calls}
