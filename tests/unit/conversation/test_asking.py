"""What is for the shop's counter: carts, taps, and questions for orders and goods."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.memory import MemoryConversations, MemoryShops
from haat.conversation.memory.counter import MemoryCounter
from haat.conversation.model import WINDOW_MS, Ask, Conversation, Item, Served
from haat.conversation.rules.asking import ask_of
from haat.conversation.rules.matching import compile_book
from haat.conversation.service.answering import Answering
from haat.facts.conversation import MessageReceived
from haat.facts.said import Choice, ShopSays
from haat.kernel.time import HOUR, Instant, later
from tests.invented import ADDRESS, BOOK, CHANNEL, MERCHANT, NOW, PEPPER, key_of, message, new, no_staff, shop

KNOWN = replace(new(), version=1, last_customer_at=later(NOW, -HOUR))


def asked(
    fact: MessageReceived, before: Conversation = KNOWN, *, by: Any = None, open_country: bool = True
) -> Ask | None:
    """What the counter is asked."""
    return ask_of(before, fact, by or shop(), BOOK, open_country=open_country, now=NOW)


def cart(order: Any, **more: Any) -> MessageReceived:
    """A cart as the channel's parser leaves it."""
    return message("", kind="order", content={"order": order, **more})


@pytest.mark.parametrize(
    ("text", "kind", "language"),
    [
        ("my order", "orders", "en"),
        ("Where is my order???", "orders", "en"),
        ("amar order", "orders", "bn"),
        ("আমার অর্ডার কোথায়?", "orders", "bn"),
        ("মেরা", None, ""),
        ("मेरा ऑर्डर", "orders", "hi"),
        ("mera order kab aayega", "orders", "hi"),
        ("menu", "goods", "en"),
        ("MENU.", "goods", "en"),
        ("catlogue", "goods", "en"),
        ("ki ki ache", "goods", "bn"),
        ("কি কি আছে", "goods", "bn"),
        ("क्या क्या है?", "goods", "hi"),
        ("order", None, ""),
        ("I ordered a cake in my order yesterday and it was bad", None, ""),
        ("", None, ""),
    ],
)
def test_question_is_known_in_each_script(text: str, kind: str | None, language: str) -> None:
    """Nearly in these words, and in no others; the language is that of the words."""
    ask = asked(message(text))
    assert (ask.kind if ask else None) == kind
    assert ask is None or ask.language == language


def test_what_the_shop_taught_comes_first() -> None:
    """A shop that taught "menu" answers it itself."""
    entry = replace(shop().entries[0], id="menu", examples=("menu",))
    assert ask_of(KNOWN, message("menu"), shop(), compile_book((entry,)), open_country=True, now=NOW) is None


def test_cart_is_read_whole() -> None:
    """Products, whole quantities, prices in minor units without a float's error, and the note."""
    items = [
        {"product_retailer_id": "A", "quantity": 2, "item_price": 19.99, "currency": "INR"},
        {"product_retailer_id": "B", "quantity": "3", "item_price": "250", "currency": "JPY"},
        {"product_retailer_id": "C", "quantity": 1.0, "item_price": 0.005, "currency": "INR"},
    ]
    ask = asked(cart({"product_items": items, "text": "soon please"}))
    assert ask == Ask(
        kind="cart",
        language="en",
        items=(Item(ref="A", quantity=2, price=1_999), Item(ref="B", quantity=3, price=250), Item(ref="C", quantity=1)),
        note="soon please",
    )


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "x", None, True, [], 10**30, "１"])
def test_quantity_that_is_none_is_zero(quantity: object) -> None:
    """The counter then says that it can't be ordered; nothing is guessed."""
    ask = asked(cart({"product_items": [{"product_retailer_id": "A", "quantity": quantity}]}))
    assert ask is not None
    assert ask.items == (Item(ref="A", quantity=0),)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=8), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["product_items", "product_retailer_id", "quantity", "item_price", "currency", "text"]), inner), max_leaves=20))  # fmt: skip
def test_cart_of_any_shape_is_read_without_trouble(order: object) -> None:
    """Whatever the channel passes on: an ask, or none."""
    ask = asked(cart(order))
    assert ask is None or all(0 <= item.quantity <= 10**6 for item in ask.items)


def test_cart_that_was_cut_is_for_a_person() -> None:
    """Half an order is no order."""
    assert asked(cart({"product_items": []}, truncated=True)) is None


@pytest.mark.parametrize(
    "fact",
    [cart({"product_items": []}), message("Order 1", kind="button_reply", choice="counter:buy:1"), message("my order")],
    ids=["cart", "tap", "words"],
)
def test_counter_is_closed_where_nothing_may_follow(fact: MessageReceived) -> None:
    """Blocked customers, groups, late messages, shops and countries that are closed: no order, no words."""
    assert asked(fact) is not None
    assert asked(fact, replace(KNOWN, blocked_at=NOW)) is None
    assert asked(replace(fact, group=True)) is None
    assert asked(replace(fact, occurred_at=later(NOW, -WINDOW_MS))) is None
    assert asked(fact, by=shop(serves=False)) is None
    assert asked(fact, open_country=False) is None


def test_only_words_wait_for_a_person_who_answers() -> None:
    """A cart and a tap are served in the bot's silence."""
    silent = replace(KNOWN, silent_until=later(NOW, 1))
    assert asked(message("my order"), silent) is None
    assert asked(cart({"product_items": []}), silent) is not None
    assert asked(message("x", kind="list_reply", choice="counter:product:1"), silent) is not None


def test_tap_on_something_else_is_no_question_for_the_counter() -> None:
    """A button that somebody else made is read as its words."""
    assert asked(message("Hours", kind="button_reply", choice="hours")) is None
    assert asked(message("counter:buy:1")) is None


def test_language_of_a_cart_is_that_of_the_last_words() -> None:
    """What a customer wrote is remembered where it is not the shop's own language, and forgotten when it is again."""
    house = House()
    house.answering.receive(message("price", id="1"), NOW)
    assert house.conversation.language is None
    house.answering.receive(message("কখন খোলা", id="2"), NOW)
    assert house.conversation.language == "bn"
    house.answering.receive(message("👍", id="3"), NOW)
    assert house.conversation.language == "bn"
    house.answering.receive(replace(cart({"product_items": []}), key=key_of("4")), NOW)
    assert house.counter.asked[key_of("4")].language == "bn"
    house.answering.receive(message("price", id="5"), NOW)
    assert house.conversation.language is None


class House:
    """One shop with a counter, in memory."""

    def __init__(self) -> None:
        self.conversations = MemoryConversations(channels={("whatsapp", ADDRESS): CHANNEL})
        self.counter = MemoryCounter(says={"cart": Served(word="ordered", text="Thank you!", language="bn", choices=(Choice(id="a", title="A"),))})  # fmt: skip
        shops = MemoryShops(shops={MERCHANT: (shop(), BOOK)}, countries=frozenset({"IN"}))
        self.answering = Answering(
            conversations=self.conversations, shops=shops, pepper=PEPPER, counter=self.counter, commands=no_staff
        )

    @property
    def conversation(self) -> Conversation:
        """The only one."""
        (found,) = self.conversations.conversations.values()
        return found


def test_what_the_counter_says_is_the_answer() -> None:
    """With the greeting first, quoting the cart, and with choices that lead back to the counter."""
    house = House()
    fact = cart({"product_items": []})
    assert house.answering.receive(fact, NOW).word == "ordered"
    (out,) = house.conversations.outbox
    assert (out.text, out.quotes) == ("Mishti-এ স্বাগতম!\nThank you!", fact.provider_id)
    assert [choice.id for choice in out.choices] == ["counter:a"]
    assert house.answering.receive(fact, NOW).word == "duplicate"


def test_older_duplicate_of_a_cart_does_not_reach_the_counter() -> None:
    """A cart that was kept without the counter, in a country that was closed, is not served when it comes again."""
    house = House()
    house.answering.shops.countries = frozenset()  # type: ignore[attr-defined]  # MemoryShops
    fact = cart({"product_items": []})
    assert house.answering.receive(fact, NOW).word == "shown"
    house.answering.shops.countries = frozenset({"IN"})  # type: ignore[attr-defined]  # as above
    for number in range(10):
        house.answering.receive(message("hours", id=f"later {number}"), NOW)
    assert house.answering.receive(fact, NOW).word == "duplicate"
    assert house.counter.asked == {}


def says(at: Instant = NOW) -> ShopSays:
    """A shop has news for a customer."""
    return ShopSays(
        key=key_of("news"), merchant=MERCHANT, customer=new().customer, channel="whatsapp", address=ADDRESS,
        occurred_at=at, text="It is ready.", choices=(Choice(id="a", title="A"),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({}, "said"),
        ({"blocked_at": NOW}, "blocked"),
        ({"last_customer_at": later(NOW, -WINDOW_MS)}, "too_late"),
        ({"silent_until": later(NOW, HOUR)}, "said"),
    ],
)
def test_news_is_said_inside_the_window(changed: dict[str, Any], word: str) -> None:
    """To who may hear it, though the bot is silent to words; else nothing is said."""
    house = House()
    there = replace(KNOWN, **changed)
    house.conversations.conversations[there.merchant, there.customer, there.address] = there
    assert house.answering.say(says(), NOW).word == word
    assert len(house.conversations.outbox) == (word == "said")
    if word == "said":
        assert house.answering.say(says(), NOW).word == "duplicate"
        (out,) = house.conversations.outbox
        assert (out.text, out.quotes, [choice.id for choice in out.choices]) == ("It is ready.", None, ["counter:a"])


def test_news_for_nobody_is_dropped() -> None:
    """Who was erased is told nothing."""
    assert House().answering.say(says(), NOW).word == "unknown_conversation"
