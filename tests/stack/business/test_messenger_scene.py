"""A whole acquaintance on Messenger, as the customer and the shop's people see it: HTTP in, Meta's Send API out."""

from collections.abc import Iterator

import pytest

from haat.business.model.token import Role
from infra.local.market import SWEETS
from infra.local.simulators.world import Line, Sent
from tests.stack.business.conftest import Api
from tests.stack.business.ordering import Stall

PAGE = SWEETS.page_id
MINUTE, HOUR = 60.0, 3_600.0
A_BOT = "This is an automatic reply from Mishti Bhandar."
WELCOME = "Welcome to Mishti Bhandar!"
PRICE = {
    "en": "Sandesh ₹20 a piece, rosogolla ₹15 a piece, mishti doi ₹180 a kg.",
    "bn": "সন্দেশ ₹২০, রসগোল্লা ₹১৫ একটি; মিষ্টি দই ₹১৮০ কেজি।",
    "hi": "संदेश ₹20, रसगुल्ला ₹15 एक; मिष्टी दोई ₹180 किलो।",
}
UNSURE = "দিয়ে যাবেন"  # near to "delivery", and not near enough


class Chat:
    """One customer and the sweet shop's page."""

    def __init__(self, api: Api) -> None:
        self.api, self.stage = api, api.stage
        self.rina = api.stage.graph.messenger.customer(name="Rina")

    def says(self, text: str) -> list[str]:
        """She writes -> what she is answered."""
        begun = len(self.heard())
        self.rina.writes(PAGE, text)
        self.stage.drain()
        return self.heard()[begun:]

    def taps(self, title: str) -> list[str]:
        """She taps a quick reply -> what she is answered."""
        begun = len(self.heard())
        self.rina.chooses(PAGE, title)
        self.stage.drain()
        return self.heard()[begun:]

    def lines(self) -> list[Line]:
        """What the shop has said by Haat, on her phone."""
        return [line for line in self.stage.graph.transcript(PAGE, self.rina) if line.author == "haat"]

    def heard(self) -> list[str]:
        """The same, as words."""
        return [line.text for line in self.lines()]

    def offered(self) -> list[str]:
        """What she can tap now."""
        return [offer.title for offer in self.lines()[-1].offers]

    def sent(self) -> list[Sent]:
        """What Meta has taken."""
        return [sent for sent in self.stage.graph.sent(PAGE) if sent.accepted]

    def path(self) -> str:
        """The one conversation of the inbox."""
        (there,) = self.api.json("GET", "conversations")["items"]
        return f"conversations/{there['id']}"

    def person_says(self, text: str) -> None:
        """Somebody of the shop answers by the API."""
        self.api.json("POST", f"{self.path()}/messages", {"text": text}, role=Role.STAFF, expect=201)
        self.stage.drain()

    def ticks(self) -> dict[str, str]:
        """What the shop's people see of each line of theirs and of the bot's, by its last line."""
        items = self.api.json("GET", f"{self.path()}/messages")["items"]
        return {it["text"].rpartition("\n")[2]: it["state"] for it in items if it["direction"] == "out"}


@pytest.fixture
def chat(api: Api) -> Iterator[Chat]:
    """Return the empty chat."""
    yield Chat(api)
    assert [sent.tag for sent in api.stage.graph.sent(PAGE) if sent.tag and sent.text.startswith(A_BOT)] == []


def test_bot_says_that_it_is_one_and_answers_in_five_written_forms(chat: Chat) -> None:
    """Who speaks and the welcome stand in the first answer alone; each question is answered in its own language."""
    assert chat.says("price?") == [f"{A_BOT}\n{WELCOME}\n{PRICE['en']}"]
    for question, language in (
        ("দাম কত?", "bn"),
        ("dam koto", "bn"),
        ("दाम क्या है", "hi"),
        ("Price list 🙏", "en"),
    ):
        assert chat.says(question) == [PRICE[language]], question
    (told,) = chat.says("dukan kab khulti hai")
    assert told.startswith("हम खुले रहते हैं:")
    assert [sent.quoted for sent in chat.sent()] == [
        line.wamid for line in chat.stage.graph.transcript(PAGE, chat.rina) if line.author == "customer"
    ]
    chat.stage.run_for(15 * 24 * HOUR)
    assert chat.says("price") == [f"{A_BOT}\n{WELCOME}\n{PRICE['en']}"]


@pytest.mark.parametrize("number", ["2", "২"])
def test_unsure_question_gets_quick_replies_and_a_number_will_do(chat: Chat, number: str) -> None:
    """Of three that it might have been one is picked by a tap or by its bare number, once; a later number says nothing."""
    (asked,) = chat.says(UNSURE)
    offered = chat.offered()
    assert len(offered) == 3
    assert [f"{digit}. {title}" in asked for digit, title in zip("১২৩", offered, strict=True)] == [True] * 3
    (by_number,) = chat.says(number)
    assert chat.offered() == []
    chat.says(UNSURE)
    assert chat.taps(offered[1]) == [by_number]
    assert chat.api.json("GET", "unanswered-messages")["items"] == []


def test_old_quick_reply_means_what_it_said(chat: Chat) -> None:
    """A tap names its entry, so that it is right however much was said since."""
    chat.says(UNSURE)
    first = chat.lines()[-1].offers[0]
    (right,) = chat.taps(first.title)
    chat.says("কখন খোলা")
    begun = len(chat.heard())
    chat.rina.taps(PAGE, first.id, first.title)
    chat.stage.drain()
    assert chat.heard()[begun:] == [right]


def test_person_in_the_pages_inbox_silences_the_bot_for_a_while(chat: Chat) -> None:
    """While somebody answers there the bot listens; it comes back by itself and says again that it is a bot."""
    chat.says("hours")
    chat.stage.graph.messenger.echo(PAGE, chat.rina, "I am here, what do you need?")
    chat.stage.drain()
    assert chat.says("price") == []
    chat.stage.run_for(31 * MINUTE)
    (back,) = chat.says("price")
    assert back.endswith(PRICE["en"])
    assert back.startswith(A_BOT)


def test_entry_for_a_person_hands_over(chat: Chat) -> None:
    """The reply is said, the bot is silent then, and what was asked stands on the shop's list."""
    taught = {"examples": ["price", "dam koto"], "replies": {"en": "Anita will tell you."}, "to_person": True}
    seen = chat.api.call("GET", "auto-replies").headers["etag"]
    chat.api.json("PUT", "auto-replies/price", taught, match=seen)
    chat.stage.run_for(MINUTE + 1)
    assert chat.says("price")[0].endswith("Anita will tell you.")
    assert chat.says("hours") == []
    assert chat.api.json("GET", chat.path())["bot"]["state"] == "silent"
    listed = {it["text"] for it in chat.api.json("GET", "unanswered-messages")["items"]}
    assert listed == {"price", "hours"}


def test_another_program_has_the_conversation_and_gives_it_back(chat: Chat) -> None:
    """In standby everything is heard and nothing said; given back, the bot answers."""
    chat.says("hours")
    chat.stage.graph.messenger.hands_over(PAGE, chat.rina)
    assert chat.says("price") == []
    assert len(chat.api.json("GET", f"{chat.path()}/messages")["items"]) == 3
    chat.stage.graph.messenger.gives_back(PAGE, chat.rina)
    chat.stage.run_for(31 * MINUTE)
    assert chat.says("price")[0].endswith(PRICE["en"])


def test_goods_are_shown_and_ordered_by_quick_replies(chat: Chat) -> None:
    """The catalogue, a product, a quantity, and the confirmation, in one chat without a cart."""
    stall = Stall(chat.api)
    sandesh = stall.product(stock=2)
    stall.product("Mishti doi", 18_000)
    chat.says("menu")
    assert set(chat.offered()) == {"Sandesh", "Mishti doi"}
    chat.taps("Sandesh")
    assert chat.offered() == ["Order 1", "Order 2"]
    (told,) = chat.taps("Order 2")
    (order,) = stall.orders()
    assert told.split("\n")[:3] == [
        f"Thank you! Order {order['number']}",
        "Sandesh: 2 piece × ₹20 = ₹40",
        "Total ₹40, cash on delivery.",
    ]
    assert stall.stock(sandesh) == 0
    assert "cancelled" in chat.taps(f"Cancel {order['number']}")[0]
    assert stall.stock(sandesh) == 2


def test_person_writes_for_seven_days_and_sees_what_was_read(chat: Chat) -> None:
    """Within a day as anybody, then as a person by the tag that is for people alone; delivered and read are shown."""
    chat.rina.shows(reads="when opened")
    chat.says("hours")
    chat.stage.run_for(MINUTE)
    chat.person_says("Come today")
    chat.stage.run_for(25 * HOUR)
    chat.person_says("Or tomorrow")
    assert [sent.tag for sent in chat.sent()] == [None, None, "HUMAN_AGENT"]
    assert set(chat.ticks().values()) == {"delivered"}
    chat.rina.opens(PAGE)
    chat.stage.drain()
    assert set(chat.ticks().values()) == {"read"}
    chat.stage.run_for(6 * 24 * HOUR)
    said = {"text": "Where are you?"}
    assert chat.api.refused("POST", f"{chat.path()}/messages", said) == (409, "window-closed")
