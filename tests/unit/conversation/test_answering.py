"""A fact of a conversation comes in; what follows is written in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import override

import pytest

from haat.conversation.memory import MemoryConversations, MemoryShops
from haat.conversation.memory.counter import MemoryCounter
from haat.conversation.model import RECENT_KEYS, WINDOW_MS, Conversation, Outgoing, Shop
from haat.conversation.ports import Kept
from haat.conversation.service.answering import ATTEMPTS, Answering
from haat.conversation.service.telling import Outcome
from haat.facts.conversation import AccountNews, Contact, CustomerNoted, Inbound
from haat.kernel.errors import Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import Fingerprint, MessageId
from haat.kernel.time import HOUR, MINUTE, SECOND, Instant, later
from tests.invented import (
    ADDRESS,
    ANITA,
    ANITAS_ID,
    ANITAS_PHONE,
    BIMAL,
    BOOK,
    CHANNEL,
    MERCHANT,
    NOW,
    OTHER_ADDRESS,
    OTHER_CHANNEL,
    OTHER_MERCHANT,
    PEPPER,
    altered,
    echo,
    key_of,
    message,
    new,
    no_staff,
    renamed,
    shop,
)

NEWS = AccountNews(
    channel="whatsapp", address="", account="300000000000001", key=Fingerprint("a" * 32),
    occurred_at=NOW, received_at=NOW, kind="account_update",
)  # fmt: skip


def noted(kind: str = "call") -> CustomerNoted:
    """Something about a customer that nobody answers."""
    return CustomerNoted(
        channel="whatsapp", address=ADDRESS, key=key_of(kind), occurred_at=NOW, received_at=NOW,
        id=MessageId("n"), contact=ANITA, kind=kind,
    )  # fmt: skip


@dataclass(slots=True)
class Crowded(MemoryConversations):
    """Conversations at which somebody else is at work between our reading and our writing."""

    between: list[Callable[[], object]] = field(default_factory=list)

    @override
    def keep(self, kept: Kept) -> bool:
        if self.between:
            self.between.pop(0)()
        return MemoryConversations.keep(self, kept)

    @override
    def keep_burst(
        self,
        before: Conversation,
        after: Conversation,
        outgoing: Outgoing | None,
        listed: tuple[Fingerprint, ...],
        resembles: str = "",
        answered: str = "",
    ) -> None:
        if self.between:
            self.between.pop(0)()
        MemoryConversations.keep_burst(self, before, after, outgoing, listed, resembles, answered)


class Market:
    """Two shops and what happens in them."""

    def __init__(self, **manners: object) -> None:
        self.conversations = Crowded()
        for channel in (CHANNEL, OTHER_CHANNEL):
            self.conversations.channels[(channel.kind, channel.address)] = channel
        self.shops = MemoryShops(countries=frozenset({"IN"}))
        self.open(shop(**manners))
        self.open(shop(merchant=OTHER_MERCHANT, name="Sarees"))
        self.answering = Answering(
            conversations=self.conversations,
            shops=self.shops,
            pepper=PEPPER,
            counter=MemoryCounter(),
            commands=no_staff,
        )

    def open(self, opened: Shop) -> None:
        """Open a shop, or change it."""
        self.shops.shops[opened.merchant] = (opened, BOOK)

    def hears(self, fact: Inbound, now: Instant = NOW) -> str:
        """What becomes of a fact."""
        return self.answering.receive(fact, now).word

    def looks(self, last: str, now: Instant = NOW) -> Outcome:
        """A burst of the only conversation may be over."""
        (there,) = self.conversations.conversations.values()
        return self.answering.look_again(there.merchant, there.customer, there.address, key_of(last), now)

    @property
    def said(self) -> list[str]:
        """What waits to be said."""
        return [outgoing.text for outgoing in self.conversations.outbox]

    @property
    def only(self) -> Conversation:
        """The only conversation."""
        (there,) = self.conversations.conversations.values()
        return there


@pytest.fixture
def market() -> Market:
    """Return two shops in which nothing has happened."""
    return Market()


WORDS: dict[str, tuple[Inbound, str]] = {
    "taught": (message(), "matched"),
    "unknown": (message("x y z"), "greeted"),
    "picture": (message("", kind="image"), "shown"),
    "group": (message(group=True), "shown"),
    "echo": (echo(), "echoed"),
    "reaction": (altered("reacted", text="❤"), "reacted"),
    "edit": (altered("edited", text="x"), "edited"),
    "deletion": (altered("revoked"), "revoked"),
    "new number": (renamed(ANITA, BIMAL), "renamed"),
    "call": (noted(), "noted"),
    "news": (NEWS, "noted"),
}


@pytest.mark.parametrize(("fact", "word"), WORDS.values(), ids=WORDS)
def test_fact_has_its_word_and_a_second_one_changes_nothing(market: Market, fact: Inbound, word: str) -> None:
    """Each kind of fact becomes what it should, and the same once more is known and says nothing."""
    assert market.hears(fact) == word
    said, there = list(market.said), dict(market.conversations.conversations)
    assert market.hears(fact, later(NOW, HOUR)) == "duplicate"
    assert (market.said, market.conversations.conversations) == (said, there)


def test_duplicate_that_the_conversation_has_forgotten_is_known(market: Market) -> None:
    """A message that comes again days and many messages later is not answered again."""
    for number in range(RECENT_KEYS + 2):
        market.hears(message(id=f"wamid.{number}"))
    assert key_of("wamid.0") not in market.only.recent
    said = len(market.said)
    assert market.hears(message(id="wamid.0"), later(NOW, HOUR)) == "duplicate"
    assert len(market.said) == said


def test_recent_duplicate_costs_no_write(market: Market) -> None:
    """A message that comes again at once is known from what was read: nothing is written for it."""
    market.hears(message())
    written = list[str]()
    market.conversations.between = [lambda: written.append("written")]
    assert market.hears(message()) == "duplicate"
    assert written == []


@pytest.mark.parametrize("fact", [message(address="100000000000000"), replace(noted(), address="100000000000000")])
def test_fact_for_an_unknown_address_is_passed_over(market: Market, fact: Inbound) -> None:
    """What is for a number that nobody has here is counted, and the queue goes on."""
    assert market.answering.receive(fact, NOW) == Outcome(word="unknown_address")
    assert market.conversations.messages == {}


def test_reply_carries_all_that_the_sender_needs(market: Market) -> None:
    """What waits to be said knows its customer, address, window and the message that it quotes."""
    done = market.answering.receive(message(at=later(NOW, -MINUTE)), NOW)
    (outgoing,) = market.conversations.outbox
    there = market.only
    assert outgoing == Outgoing(
        id=outgoing.id,
        merchant=MERCHANT,
        conversation=there.id,
        customer=there.customer,
        channel="whatsapp",
        address=ADDRESS,
        contact=ANITA,
        text=outgoing.text,
        quotes=message().provider_id,
        window_ends=later(NOW, WINDOW_MS - MINUTE),
        not_before=Instant(0),
        decided_at=NOW,
        correlation="request-1",
        source=message().key,
    )
    assert done == Outcome(word="matched", merchant=MERCHANT, conversation=there.id, outgoing=outgoing.id)


def test_reply_over_the_pair_limit_carries_its_time(market: Market) -> None:
    """The 46th reply in one moment waits, and says until when."""
    for number in range(46):
        market.hears(message(id=f"wamid.{number}"))
    times = [outgoing.not_before for outgoing in market.conversations.outbox]
    assert times == [0] * 45 + [later(NOW, 6 * SECOND)]


def test_two_customers_with_one_text_get_a_reply_each(market: Market) -> None:
    """The same words in the same second from two people are two questions."""
    market.hears(message(id="wamid.a", contact=ANITA))
    market.hears(message(id="wamid.b", contact=BIMAL))
    assert len(market.said) == 2
    assert len({outgoing.id for outgoing in market.conversations.outbox}) == 2
    assert len({there.customer for there in market.conversations.conversations.values()}) == 2


def test_one_person_at_two_shops_is_two_customers(market: Market) -> None:
    """Each shop answers for itself, in its own name."""
    market.hears(message("price"))
    market.hears(message("price", address=OTHER_ADDRESS))
    assert [text.split("\n")[0] for text in market.said] == ["Welcome to Mishti!", "Welcome to Sarees!"]
    assert {there.merchant for there in market.conversations.conversations.values()} == {MERCHANT, OTHER_MERCHANT}


def test_customer_is_one_whichever_name_comes(market: Market) -> None:
    """With number and id, with either alone, and with a new number: one customer, welcomed once."""
    moved = Contact(phone="919800000003")
    for number, contact in enumerate((ANITAS_PHONE, ANITA, ANITAS_ID)):
        market.hears(message(id=f"wamid.{number}", contact=contact))
    market.hears(renamed(ANITAS_PHONE, moved))
    market.hears(message(id="wamid.9", contact=moved))
    assert (market.only.contact.phone, market.only.version) == (moved.phone, 4)
    assert sum(text.startswith("Welcome") for text in market.said) == 1


def test_unanswered_question_is_listed(market: Market) -> None:
    """What nobody taught stands on the shop's list, by the message's key."""
    market.hears(message("x y z"))
    market.hears(message("hours", id="wamid.2"))
    assert market.conversations.listed == [(key_of("wamid.1"),)]


def test_country_that_is_not_open_is_not_answered(market: Market) -> None:
    """Where automatic answers are closed, messages are kept for people."""
    market.open(shop(country="FR"))
    assert market.hears(message()) == "closed"
    assert (market.said, market.conversations.listed) == ([], [(message().key,)])


def test_flag_that_nobody_can_read_keeps_the_message_waiting(market: Market) -> None:
    """Nothing is guessed about a country: the message comes again, unkept."""

    @dataclass(slots=True)
    class Dark(MemoryShops):
        @override
        def open_for(self, country: str) -> bool:
            raise Unavailable("flags")

    shops = Dark(shops=market.shops.shops)
    dark = replace(market.answering, shops=shops)
    with pytest.raises(Unavailable):
        dark.receive(message(), NOW)
    assert market.conversations.messages == {}
    assert market.hears(message()) == "matched"


def test_channel_of_a_shop_that_is_gone_says_so(market: Market) -> None:
    """A number without its merchant is a fault that an operator must see, not a message to drop."""
    del market.shops.shops[MERCHANT]
    with pytest.raises(NotFound):
        market.hears(message())
    assert market.conversations.messages == {}


# Somebody else is at work


def test_decision_is_made_again_on_what_changed_in_between(market: Market) -> None:
    """A person answers while the bot decides: the bot sees it and keeps silent."""
    market.hears(message(id="wamid.0"))
    market.conversations.between = [lambda: market.hears(echo())]
    assert market.hears(message(id="wamid.1")) == "silent"
    assert len(market.said) == 1


def test_message_taken_by_two_processes_is_answered_once(market: Market) -> None:
    """The same message in two hands: one keeps it, for the other it is a duplicate."""
    market.conversations.between = [lambda: market.hears(message())]
    assert market.hears(message()) == "duplicate"
    assert len(market.said) == 1


def test_conversation_that_never_rests_makes_the_message_come_again(market: Market) -> None:
    """After some attempts the message waits in its queue, and nothing of it is kept."""
    market.hears(message(id="wamid.0"))

    def meanwhile(number: int) -> Callable[[], object]:
        return lambda: MemoryConversations.keep(
            market.conversations, Kept(fact=message(id=f"wamid.busy.{number}"), before=market.only, after=market.only)
        )

    market.conversations.between = [meanwhile(number) for number in range(ATTEMPTS)]
    with pytest.raises(Unavailable):
        market.hears(message(id="wamid.1"))
    assert key_of("wamid.1") not in market.conversations.messages
    assert market.hears(message(id="wamid.1")) == "matched"


def test_deletion_that_crosses_its_message_is_done_again(market: Market) -> None:
    """A deletion that meets its own message on the way is taken up again until it is done."""

    @dataclass(slots=True)
    class Crossing(MemoryConversations):
        crossed: bool = False

        @override
        def alter(self, fact: object) -> None:
            if not self.crossed:
                self.crossed = True
                raise Conflict("the message came in between")
            MemoryConversations.alter(self, fact)  # type: ignore[arg-type]  # as it came

    crossing = Crossing(channels=market.conversations.channels)
    answering = replace(market.answering, conversations=crossing)
    assert answering.receive(altered("revoked"), NOW).word == "revoked"
    assert answering.receive(message(), NOW).word == "duplicate"


# Echoes and changes


def test_bot_is_silent_after_an_echo_and_back_by_itself(market: Market) -> None:
    """The merchant answers from the phone: the bot leaves the word to people for half an hour."""
    market.hears(echo())
    assert market.hears(message(id="wamid.1", at=later(NOW, 29 * MINUTE)), later(NOW, 29 * MINUTE)) == "silent"
    assert market.hears(message(id="wamid.2", at=later(NOW, 30 * MINUTE)), later(NOW, 30 * MINUTE)) == "matched"


def test_echo_does_not_open_the_window(market: Market) -> None:
    """What the shop says is not what the customer says: the 24 hours run from the customer's last word."""
    market.hears(message(at=NOW))
    market.hears(echo(at=later(NOW, HOUR)), later(NOW, HOUR))
    assert market.only.last_customer_at == NOW


def test_change_of_a_message_reaches_it_and_opens_the_window(market: Market) -> None:
    """Who edits a message has just been here, and reads in the chat what was meant."""
    market.hears(message("x y z"))
    market.hears(altered("edited", text="hours", at=later(NOW, HOUR)), later(NOW, HOUR))
    assert market.only.last_customer_at == later(NOW, HOUR)
    assert market.conversations.altered[message().key].text == "hours"
    assert len(market.said) == 1, "an edit is not answered"


@pytest.mark.parametrize("action", ["edited", "revoked", "reacted"])
def test_change_reaches_no_message_of_another_address(market: Market, action: str) -> None:
    """A change that names another shop's message by its key is refused, and that message stays as it is."""
    market.hears(message("private", address=OTHER_ADDRESS))
    forged = replace(altered(action, text="x"), original_key=key_of("wamid.1", OTHER_ADDRESS))
    with pytest.raises(Rejected):
        market.hears(forged)
    assert market.conversations.altered == {}
    assert forged.key not in market.conversations.messages


def test_change_that_does_not_say_of_what_is_kept(market: Market) -> None:
    """A deletion without an original deletes nothing, and is no trouble."""
    market.hears(message())
    assert market.hears(replace(altered("revoked"), original=None, original_key=None)) == "revoked"
    assert market.conversations.altered == {}


def test_deleted_message_is_never_answered(market: Market) -> None:
    """A deletion that was faster than its message wins."""
    market.hears(altered("revoked"))
    assert market.hears(message()) == "duplicate"
    assert market.said == []


# Bursts


def test_burst_is_answered_once_as_a_whole() -> None:
    """Two pieces, two looks: one answer, quoting the last."""
    market = Market(burst_ms=8_000)
    assert [market.hears(message(text, id=f"wamid.{text}")) for text in ("kokhon", "khola")] == ["waiting"] * 2
    assert market.looks("wamid.kokhon").word == "went_on"
    done = market.looks("wamid.khola", later(NOW, 8_000))
    (outgoing,) = market.conversations.outbox
    assert (done.word, done.outgoing, outgoing.quotes) == ("matched", outgoing.id, "wamid.khola")
    assert market.looks("wamid.khola").word == "went_on"
    assert len(market.said) == 1


def test_burst_that_nobody_understood_is_listed_as_a_whole() -> None:
    """All its messages stand on the list as one question."""
    market = Market(burst_ms=8_000)
    for text in ("x", "y z"):
        market.hears(message(text, id=f"wamid.{text}"))
    market.looks("wamid.y z")
    assert market.conversations.listed == [(key_of("wamid.x"), key_of("wamid.y z"))]


def test_burst_that_goes_on_while_it_is_answered_is_not_answered_yet() -> None:
    """A piece that comes in the moment of the answer belongs to the question."""
    market = Market(burst_ms=8_000)
    market.hears(message("kokhon", id="wamid.1"))
    market.conversations.between = [lambda: market.hears(message("khola", id="wamid.2"))]
    assert market.looks("wamid.1").word == "went_on"
    assert market.said == []
    assert market.looks("wamid.2").word == "matched"


def test_burst_that_never_rests_comes_again() -> None:
    """A look that is always crossed waits in its queue."""
    market = Market(burst_ms=8_000)
    market.hears(message("hours"))

    def crossing() -> None:
        there = market.only
        fact = message(id=f"wamid.busy.{there.version}")
        MemoryConversations.keep(market.conversations, Kept(fact=fact, before=there, after=there))

    market.conversations.between = [crossing] * ATTEMPTS
    with pytest.raises(Unavailable):
        market.looks("wamid.1")
    assert market.looks("wamid.1").word == "matched"


def test_look_at_nobody_says_so(market: Market) -> None:
    """A look at a conversation that was forgotten is done."""
    done = market.answering.look_again(MERCHANT, new().customer, ADDRESS, key_of("wamid.1"), NOW)
    assert done == Outcome(word="unknown_conversation", merchant=MERCHANT)
