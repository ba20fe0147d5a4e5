"""The channel says what became of what we sent."""

from dataclasses import replace

import pytest

from haat.conversation.channels.graph import action_for
from haat.conversation.memory import MemoryLines, MemorySends
from haat.conversation.model import Outgoing
from haat.conversation.ports import STOPS, Action, Line
from haat.conversation.rules.sending import OUTCOME_UNKNOWN
from haat.conversation.service.reporting import SAY_AGAIN, Reporting
from haat.facts.conversation import DeliveryReported
from haat.kernel.ids import ProviderId
from haat.kernel.secret import Secret
from haat.kernel.time import MINUTE, SECOND, Instant, later
from tests.invented import CHANNEL, NOW, OTHER_ADDRESS, PEPPER, outgoing, status

CODES = {action: number for number, action in enumerate(Action, 1)}  # a code for each action
AGAIN = (Action.RETRY, Action.WAIT_PAIR, Action.SLOW_NUMBER, Action.RETRY_MINUTES, Action.RETRY_ONCE)


class Room:
    """A reporter with everything that it needs, and one message that the channel took."""

    def __init__(self) -> None:
        self.sends, self.lines = MemorySends(), MemoryLines()
        line = Line(channel=CHANNEL, token=Secret("token"))
        self.lines.lines[(CHANNEL.kind, CHANNEL.address)] = line
        actions = {code: action for action, code in CODES.items()}
        self.reporting = Reporting(
            reports=self.sends, marks=self.sends, lines=self.lines, action=actions.__getitem__, pepper=PEPPER
        )

    def sent(self, said: Outgoing | None = None) -> Outgoing:
        """Say a message."""
        said = said or outgoing()
        self.sends.claim(said, NOW)
        self.sends.sent(said.id, ProviderId("wamid.out"))
        return said

    def fails(self, said: Outgoing, action: Action, now: Instant = NOW) -> str:
        """The channel reports a failure."""
        return self.reporting.take(status(said, "failed", code=CODES[action]), now)

    @property
    def stopped(self) -> str:
        """Why the line is stopped."""
        return self.lines.lines[(CHANNEL.kind, CHANNEL.address)].channel.stopped


@pytest.fixture
def room() -> Room:
    """Return a reporter to whom nothing was reported."""
    return Room()


def test_ticks_are_reported_upward_only(room: Room) -> None:
    """Sent, delivered, read; the same again, or an earlier one, is no news."""
    said = room.sent()
    words = ["sent", "delivered", "delivered", "sent", "read", "played", "read"]
    taken = [room.reporting.take(status(said, word), NOW) for word in words]
    assert taken == ["reported", "reported", "no_change", "no_change", "reported", "reported", "no_change"]
    assert room.sends.state(said.id).rank == 4


@pytest.mark.parametrize("word", ["", "warming up"])
def test_word_that_nobody_knows_changes_nothing(room: Room, word: str) -> None:
    """What Meta invents tomorrow is no news today, and no trouble."""
    assert room.reporting.take(status(room.sent(), word), NOW) == "no_change"


@pytest.mark.parametrize("action", list(Action))
def test_later_failure_does_what_its_code_asks(room: Room, action: Action) -> None:
    """A failure after the channel took it is said again where that can help, else told; a bad token stops the line."""
    said = room.sent()
    word = room.fails(said, action)
    assert room.sends.state(said.id).state == "failed"
    assert room.stopped == (action if action in STOPS else "")
    if action in AGAIN:
        assert (word, room.sends.notices, len(room.sends.outbox)) == ("said_again", [], 1)
    else:
        assert word == (action if action in STOPS else "failed")
        assert (room.sends.notices, room.sends.outbox) == ([(said.id, CODES[action])], [])


@pytest.mark.parametrize("action", [Action.RETRY, Action.GIVE_UP])
def test_failure_that_is_reported_twice_counts_once(room: Room, action: Action) -> None:
    """Statuses come again: nothing is said or told a second time."""
    said = room.sent()
    room.fails(said, action)
    assert room.fails(said, action) == "no_change"
    assert len(room.sends.notices) + len(room.sends.outbox) == 1


def test_failure_after_delivery_changes_nothing(room: Room) -> None:
    """What the customer has is not said again."""
    said = room.sent()
    room.reporting.take(status(said, "delivered"), NOW)
    assert room.fails(said, Action.RETRY) == "no_change"
    assert (room.sends.outbox, room.sends.notices) == ([], [])


def test_message_said_again_is_a_new_one_with_the_same_words(room: Room) -> None:
    """It quotes the same message to the same customer, has an id and a wait of its own, and counts."""
    said = room.sent(outgoing(text="সন্দেশ ₹২০"))
    room.fails(said, Action.RETRY)
    (again,) = room.sends.outbox
    assert again.id != said.id
    assert again == replace(said, id=again.id, again=1, not_before=later(NOW, 4 * SECOND), decided_at=NOW)


def test_message_is_said_again_a_few_times_longer_apart(room: Room) -> None:
    """Three times, after 4, 16 and 64 seconds; then the merchant is told."""
    said, waits = room.sent(), []
    for _ in range(SAY_AGAIN):
        assert room.fails(said, Action.RETRY) == "said_again"
        said = room.sent(room.sends.outbox[-1])
        waits.append(said.not_before - NOW)
    assert waits == [4 * SECOND, 16 * SECOND, 64 * SECOND]
    assert room.fails(said, Action.RETRY) == "failed"
    assert room.sends.notices == [(said.id, CODES[Action.RETRY])]
    assert len({again.id for again in room.sends.outbox}) == SAY_AGAIN


def test_failure_for_once_is_said_again_once(room: Room) -> None:
    """Media that failed twice is told to the merchant."""
    room.fails(room.sent(), Action.RETRY_ONCE)
    again = room.sent(room.sends.outbox[-1])
    assert room.fails(again, Action.RETRY_ONCE) == "failed"


def test_number_that_is_being_mended_waits_minutes(room: Room) -> None:
    """A number in upgrade is not asked again for two minutes."""
    room.fails(room.sent(), Action.RETRY_MINUTES)
    assert room.sends.outbox[0].not_before == later(NOW, 2 * MINUTE)


def test_failure_after_the_window_is_told(room: Room) -> None:
    """What may not be said any more is not said again."""
    assert room.fails(room.sent(outgoing(window_ends=NOW)), Action.RETRY) == "failed"
    assert room.sends.outbox == []


def test_failure_without_a_code_is_told_and_not_guessed(room: Room) -> None:
    """A failure of which nobody says why is not said again."""
    said = room.sent()
    assert room.reporting.take(status(said, "failed"), NOW) == "failed"
    assert room.sends.notices == [(said.id, OUTCOME_UNKNOWN)]


@pytest.mark.parametrize(
    "about", [status(outgoing(9), "failed", code=1), status(outgoing(), "failed", code=1, address=OTHER_ADDRESS)]
)
def test_failure_of_what_is_not_ours_changes_nothing(room: Room, about: DeliveryReported) -> None:
    """An id that we never used, or that came for another shop's number, fails nothing and stops no line."""
    said = room.sent()
    stopping = replace(about, error_code=CODES[Action.STOP_TOKEN])
    assert room.reporting.take(about, NOW) == room.reporting.take(stopping, NOW) == "not_ours"
    assert (room.sends.state(said.id).state, room.stopped) == ("sent", "")


def test_real_codes_of_the_channel_are_understood() -> None:
    """With WhatsApp's own table: an unknown code is said again, one for a closed window is told."""
    room = Room()
    reporting = replace(room.reporting, action=action_for)
    first, second = room.sent(), room.sent(outgoing(2))
    assert reporting.take(status(first, "failed", code=999_999), NOW) == "said_again"
    assert reporting.take(status(second, "failed", code=131047), NOW) == "failed"
