"""What the inbox does otherwise on Messenger: names, windows, lengths, and ticks by times."""

from dataclasses import replace

import pytest

from haat.conversation.memory import MemoryConversations, MemoryLines, MemorySends, MemoryTeachings
from haat.conversation.memory.inbox import MemoryInbox
from haat.conversation.model import WINDOW_MS, Conversation, Outgoing, SendState
from haat.conversation.model.people import Message, Seen
from haat.conversation.rules.inbox import conversation_shown, message_shown
from haat.conversation.service.inbox import InboxOfShop
from haat.conversation.service.reporting import Reporting
from haat.kernel.errors import Conflict, Rejected
from haat.kernel.ids import MessageId, ProviderId
from haat.kernel.once import Once
from haat.kernel.time import DAY, HOUR, MINUTE, Instant, later
from tests.invented import CHANNEL, MERCHANT, MINA, NOW, PAGE, PAGE_CHANNEL, PEPPER, new, outgoing, seen_up_to

WEEK = 7 * DAY


def talk(hours_ago: int = 0, *, whatsapp: bool = False) -> Conversation:
    """A conversation whose customer wrote so long ago."""
    there = new(channel=CHANNEL) if whatsapp else new(MINA, channel=PAGE_CHANNEL)
    return replace(there, last_customer_at=later(NOW, -hours_ago * HOUR))


class Desk:
    """A shop's inbox with one conversation."""

    def __init__(self, there: Conversation) -> None:
        self.kept, self.there = MemoryConversations(), there
        self.kept.channels[PAGE_CHANNEL.kind, PAGE_CHANNEL.address] = PAGE_CHANNEL
        self.kept.aliases[MERCHANT, "user_id", MINA.user_id or ""] = there.customer
        self.kept.move(there, there)
        self.sends = MemorySends(conversations=self.kept)
        inbox = MemoryInbox(kept=self.kept, sends=self.sends)
        self.shop = InboxOfShop(inbox=inbox, teachings=MemoryTeachings())
        self.reporting = Reporting(
            reports=self.sends,
            marks=self.sends,
            lines=MemoryLines(),
            action=lambda code: pytest.fail(str(code)),
            pepper=PEPPER,
        )

    def says(self, text: str = "Yes") -> Outgoing:
        """A person answers now -> what goes out."""
        once = Once(key="one", asked="this", at=NOW)
        self.shop.say(MERCHANT, self.there.id, text, MessageId("m"), "token", once)
        (out,) = self.kept.outbox
        return out

    def sent(self, number: int, at: Instant) -> None:
        """The bot says something, which is given to the channel at that time."""
        said = outgoing(number, conversation=self.there, text=str(number))
        self.kept.say(said)
        self.sends.claim(said, at)
        self.sends.sent(said.id, ProviderId(f"m_{number}"))

    def states(self, now: Instant) -> dict[str, str]:
        """What became of each."""
        lines, _ = self.shop.messages(MERCHANT, self.there.id, None, 25, now)
        return {line["text"]: line["state"] for line in lines}


def test_customer_is_shown_by_the_id_that_the_page_knows() -> None:
    """Without the page, behind which we keep it; on WhatsApp the id is shown whole."""
    shown = conversation_shown(talk(), NOW)
    assert (shown["channel"], shown["number"], shown["user_id"], shown["phone"]) == (
        "messenger",
        PAGE,
        "7000000000000001",
        None,
    )
    assert conversation_shown(talk(whatsapp=True), NOW)["channel"] == "whatsapp"


def test_people_may_write_for_seven_days_where_the_channel_gives_people_longer() -> None:
    """Nobody may where the customer never wrote."""
    shown = conversation_shown(talk(), NOW)
    assert (shown["window_ends_at"], shown["agent_until"]) == ("2026-01-06T04:30:00.000Z", "2026-01-12T04:30:00.000Z")
    assert conversation_shown(talk(whatsapp=True), NOW)["agent_until"] is None
    assert conversation_shown(new(MINA, channel=PAGE_CHANNEL), NOW)["agent_until"] is None


@pytest.mark.parametrize(
    ("hours_ago", "agent", "lasts"),
    [(0, False, WINDOW_MS), (23, False, WINDOW_MS), (24, True, WEEK), (167, True, WEEK)],
)
def test_persons_answer_says_that_it_is_one_after_a_day(hours_ago: int, *, agent: bool, lasts: int) -> None:
    """Within the window it goes as any message, later as a person's, and it may wait as long as the channel takes it."""
    there = talk(hours_ago)
    out = Desk(there).says()
    assert (out.agent, out.by, out.window_ends) == (agent, "token", later(there.last_customer_at, lasts))


@pytest.mark.parametrize(("there", "words"), [(talk(168), "7 days"), (talk(24, whatsapp=True), "24 hours")])
def test_person_is_told_when_it_is_too_late(there: Conversation, words: str) -> None:
    """In the channel's own measure."""
    with pytest.raises(Conflict, match=words) as refused:
        Desk(there).says()
    assert refused.value.word == "window-closed"


@pytest.mark.parametrize(("there", "most"), [(talk(), 2000), (talk(whatsapp=True), 4096)])
def test_text_is_as_long_as_the_channel_takes(there: Conversation, most: int) -> None:
    """The limit is named; letters count as the channel counts them, and the longest goes whole."""
    with pytest.raises(Rejected) as refused:
        Desk(there).says("ক" * (most + 1))
    assert refused.value.fields == {"text": f"must have at most {most} characters in this conversation"}
    assert Desk(there).says("ক" * most).text == "ক" * most


def test_ticks_follow_the_times_that_the_channel_tells() -> None:
    """What was given to the channel until then is delivered or read, what went later is only sent; no report moves anything down."""
    desk = Desk(talk())
    for number, minutes in enumerate((1, 2, 3), 1):
        desk.sent(number, later(NOW, minutes * MINUTE))
    now = later(NOW, HOUR)
    told = [("delivered", 2), ("read", 1), ("delivered", 1), ("read", 0), ("delivered", 2)]
    words = [desk.reporting.see(seen_up_to(word, later(NOW, minutes * MINUTE)), now) for word, minutes in told]
    assert words == ["reported", "reported", "no_change", "no_change", "no_change"]
    assert desk.states(now) == {"1": "read", "2": "delivered", "3": "sent"}


def test_report_of_a_stranger_is_none_of_ours() -> None:
    """Nothing is kept of somebody whom no name leads to."""
    desk = Desk(talk())
    assert desk.reporting.see(seen_up_to("read", NOW, contact=replace(MINA, user_id=f"{PAGE}:8")), NOW) == "not_ours"
    assert desk.reporting.see(seen_up_to("read", NOW, address="299999999999999"), NOW) == "not_ours"
    assert desk.sends.seen == {}


def test_time_in_the_future_stands_for_nothing_that_is_still_to_be_sent() -> None:
    """A channel whose clock is wrong can't say that what goes out tomorrow was read."""
    desk = Desk(talk())
    desk.reporting.see(seen_up_to("read", later(NOW, WEEK)), NOW)
    desk.sent(1, NOW)
    desk.sent(2, later(NOW, MINUTE))
    assert desk.states(later(NOW, HOUR)) == {"1": "read", "2": "sent"}


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (SendState(id=MessageId("m"), state="sending", since=NOW), "sending"),
        (SendState(id=MessageId("m"), state="failed", since=NOW, rank=0), "failed"),
        (SendState(id=MessageId("m")), "waiting"),
        (SendState(id=MessageId("m"), state="sent"), "sent"),
        (SendState(id=MessageId("m"), state="sent", since=NOW, rank=4), "played"),
    ],
)
def test_time_makes_nothing_read_that_was_not_sent(state: SendState, word: str) -> None:
    """Nor what is known better, nor what went at a time that nobody knows."""
    line = Message(id=MessageId("m"), author="bot", at=NOW, state=state)
    assert message_shown(line, NOW, Seen(delivered=NOW, read=NOW))["state"] == word
