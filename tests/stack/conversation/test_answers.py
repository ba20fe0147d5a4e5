"""What a customer gets when writing to a shop: HTTP in, Meta's API out, everything between as deployed."""

import pytest

from tests.stack.conversation.conftest import HARDWARE_SHOP, SAREE_SHOP, SWEET_SHOP, Market
from tests.stack.conversation.ways import EVERYWHERE


@pytest.mark.parametrize("text", ["hours", "HOURS", " Hours? ", "ｈｏｕｒｓ", "hours।"])
@pytest.mark.parametrize("shop", [SWEET_SHOP, SAREE_SHOP, HARDWARE_SHOP])
@pytest.mark.parametrize("hour", [3, 12])
def test_hours_are_told_at_any_time(market: Market, shop: str, text: str, hour: int) -> None:
    """Each shop answers `hours` with its opening hours, day and night, however it is typed."""
    market.go_to(market.local(hour, days=1))
    (answer,) = market.says(market.customer(), text, to=shop)
    assert "We are open:" in answer
    assert {SWEET_SHOP: "08:00–21:00", SAREE_SHOP: "12:00–20:00", HARDWARE_SHOP: "09:00–19:00"}[shop] in answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("দাম কত?", "সন্দেশ ₹২০, রসগোল্লা ₹১৫ একটি; মিষ্টি দই ₹১৮০ কেজি।"),
        ("dam koto", "সন্দেশ ₹২০, রসগোল্লা ₹১৫ একটি; মিষ্টি দই ₹১৮০ কেজি।"),
        ("दाम क्या है", "संदेश ₹20, रसगुल्ला ₹15 एक; मिष्टी दोई ₹180 किलो।"),
        ("Price", "Sandesh ₹20 a piece, rosogolla ₹15 a piece, mishti doi ₹180 a kg."),
    ],
)
def test_question_is_answered_in_its_own_language(market: Market, text: str, answer: str) -> None:
    """A question in Bengali, Hindi or English gets the reply in it; romanised Bengali gets the shop's own language."""
    rina = market.customer()
    market.says(rina, "hours")
    assert market.says(rina, text) == [answer]


@EVERYWHERE
def test_reply_quotes_the_message_that_it_answers(market: Market) -> None:
    """Each automatic reply quotes the customer's message."""
    rina = market.customer()
    first = rina.writes(market.way.sweets, "hours")
    second = rina.writes(market.way.sweets, "price")
    market.stage.drain()
    assert [sent.quoted for sent in market.stage.graph.sent()] == [first, second]


def test_greeting_is_the_first_line_of_the_first_answer(market: Market) -> None:
    """A new customer is welcomed in the same message that answers, the next time not, after 14 quiet days again."""
    rina = market.customer()
    assert market.says(rina, "price")[0].startswith("Welcome to Mishti Bhandar!\nSandesh")
    assert market.says(rina, "price")[0].startswith("Sandesh")
    market.go_to(market.local(12, days=15))
    assert market.says(rina, "price")[0].startswith("Welcome to Mishti Bhandar!\nSandesh")


def test_greeting_waits_for_the_first_answer(market: Market) -> None:
    """A customer whose first message is a picture without words is welcomed with the first answer."""
    rina = market.customer()
    rina.sends_image(SWEET_SHOP)
    market.stage.drain()
    assert market.says(rina, "price")[0].startswith("Welcome to Mishti Bhandar!\nSandesh")
    assert market.says(rina, "price")[0].startswith("Sandesh")


@EVERYWHERE
def test_night_gets_the_away_message_once(market: Market) -> None:
    """Outside hours the away text is said once for each closure, and a taught question is answered all the same."""
    rina = market.customer()
    market.says(rina, "hours")
    market.go_to(market.local(23, days=0))
    assert market.says(rina, "any bridal mehndi") == [
        "We are closed now. We open tomorrow at 08:00 and will answer you then."
    ]
    assert market.says(rina, "hello?") == []
    market.go_to(market.local(5, days=1))
    assert market.says(rina, "anyone") == []
    assert market.says(rina, "price")[0].startswith("Sandesh")
    market.go_to(market.local(23, days=1))
    assert market.says(rina, "still closed then") == [
        "We are closed now. We open tomorrow at 08:00 and will answer you then."
    ]


def test_question_that_nobody_taught_is_listed_and_told_once(market: Market) -> None:
    """What the bot can't answer goes on the shop's list each time; the customer hears so once in a day."""
    rina = market.customer()
    market.says(rina, "hours")
    assert market.says(rina, "sugarless laddoo") == [
        "I did not understand that. Someone from the shop will answer you."
    ]
    assert market.says(rina, "well, candles?") == []
    assert len(market.items("UNANSWERED#")) == 2


@EVERYWHERE
def test_two_customers_with_one_text_get_two_replies(market: Market) -> None:
    """Two customers who write the same in the same second are both answered."""
    one, two = market.customer(1), market.customer(2)
    one.writes(market.way.sweets, "hours")
    two.writes(market.way.sweets, "hours")
    market.stage.drain()
    assert len(market.at_home(market.way.sweets, one)) == len(market.at_home(market.way.sweets, two)) == 1
    assert len({item["pk"]["S"] for item in market.items("CUSTOMER#")}) == 2


@EVERYWHERE
def test_one_customer_at_two_shops_is_two_customers(market: Market) -> None:
    """Shops share no customers: the same person is known to each by another id."""
    rina = market.customer()
    market.says(rina, "hours", to=market.way.sweets)
    market.says(rina, "hours", to=market.way.sarees)
    customers = {item["pk"]["S"] for item in market.items("CUSTOMER#")}
    assert len(customers) == 2
    assert len({customer.split("#")[1] for customer in customers}) == 2
    assert len({customer.split("#")[2] for customer in customers}) == 2


def test_customer_stays_one_when_the_number_is_withheld(market: Market) -> None:
    """A customer who begins to hide the number is known by the user id, and answered there."""
    rina = market.customer()
    market.says(rina, "hours")
    rina.shows(number=False)
    assert len(market.says(rina, "price")) == 1
    assert len(market.items("CUSTOMER#")) == 1


def test_customer_without_a_number_is_answered_by_user_id(market: Market) -> None:
    """A customer whose number was never seen is answered at the user id alone."""
    anon = market.stage.graph.customer(name="Anon", username="anon.kol")
    assert len(market.says(anon, "hours")) == 1
    (sent,) = market.stage.graph.sent()
    assert sent.to is None
    assert sent.recipient


def test_customer_stays_one_when_the_user_id_is_withheld(market: Market) -> None:
    """A webhook without a user id finds the customer by the number."""
    rina = market.customer()
    market.says(rina, "hours")
    rina.shows(user_id=False)
    assert len(market.says(rina, "price")) == 1
    assert len(market.items("CUSTOMER#")) == 1


def test_customer_stays_one_when_the_number_changes(market: Market) -> None:
    """A new number, announced by Meta, leads to the same customer, and replies go there."""
    rina = market.customer()
    market.says(rina, "hours")
    rina.changes_number("919800000077")
    market.stage.drain()
    assert len(market.says(rina, "price")) == 1
    assert len(market.items("CUSTOMER#")) == 1
    assert market.stage.graph.sent()[-1].to == "919800000077"


@EVERYWHERE
def test_bot_is_silent_while_a_person_answers(market: Market) -> None:
    """After the merchant answered by phone the bot keeps silent for the set time, and comes back by itself."""
    rina = market.customer()
    market.says(rina, "hours")
    market.stage.graph.echo(market.way.sweets, rina, "I am here, what do you need?")
    market.stage.drain()
    assert market.says(rina, "price") == []
    market.go_to(market.stage.clock.now() + 31 * 60)
    assert len(market.says(rina, "price")) == 1


@EVERYWHERE
def test_bot_never_answers_what_is_no_question(market: Market) -> None:
    """Reactions, stickers, voice, pictures without words, echoes and statuses get no automatic reply."""
    rina = market.customer()
    market.says(rina, "hours")
    answered = market.stage.graph.transcript(market.way.sweets, rina)[-1].wamid
    rina.reacts(market.way.sweets, answered, "👍")
    rina.sends_sticker(market.way.sweets)
    rina.sends_audio(market.way.sweets)
    rina.sends_image(market.way.sweets)
    market.stage.drain()
    assert len(market.said()) == 1


def test_caption_is_answered_as_text(market: Market) -> None:
    """A picture with a question under it is answered like the question."""
    rina = market.customer()
    rina.sends_image(SWEET_SHOP, "price")
    market.stage.drain()
    assert len(market.said()) == 1


@EVERYWHERE
def test_unsupported_message_gets_one_kind_sentence_once(market: Market) -> None:
    """A message that the platform can't show is answered kindly the first time, and only then."""
    rina = market.customer()
    rina.sends_unsupported(market.way.sweets)
    rina.sends_unsupported(market.way.sweets)
    market.stage.drain()
    assert len(market.said()) == 1


@EVERYWHERE
def test_deleted_message_is_gone(market: Market) -> None:
    """A message that the customer deletes is in no item any more."""
    rina = market.customer()
    wamid = rina.writes(market.way.sweets, "my secret is 4711")
    market.stage.drain()
    rina.revokes(market.way.sweets, wamid)
    market.stage.drain()
    assert "4711" not in str(market.stage.items("conversation"))


@EVERYWHERE
def test_closed_country_gets_no_automatic_answer(market: Market) -> None:
    """Where the country's flag is closed, messages are kept and shown, and the bot says nothing."""
    market.stage.flags.set("flags", {"automatic_answers": {"default": False}})
    assert market.says(market.customer(), "hours") == []
    assert len(market.items("MESSAGE#")) == 1
    assert len(market.items("UNANSWERED#")) == 1


@EVERYWHERE
def test_message_from_long_ago_is_kept_and_not_answered(market: Market) -> None:
    """A message that arrives after its window has closed is on the list, and nothing is sent."""
    assert market.says(market.customer(), "hours", at=market.stage.clock.now() - 25 * 3600) == []
    assert len(market.items("UNANSWERED#")) == 1


def test_ticks_reach_the_send_state(market: Market) -> None:
    """What Meta reports of a reply is kept, upward only."""
    rina = market.customer()
    market.says(rina, "hours")
    (state,) = market.items("SEND#")
    assert (state["st"]["S"], state["rnk"]["N"]) == ("sent", "3")
