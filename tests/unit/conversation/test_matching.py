import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.model import Entry
from haat.conversation.rules.chatter import LINES
from haat.conversation.rules.learning import learn
from haat.conversation.rules.matching import Clash, ReplyBook, compile_book
from haat.conversation.rules.saying import saying
from haat.conversation.rules.text import READ
from tests.unit.conversation import shops
from tests.unit.conversation.written import SAME

ENTRIES = shops.entries("faq_rich")
LEARNT = learn(ENTRIES)
SHOP, NEAREST = compile_book(ENTRIES, LEARNT), compile_book(ENTRIES)
MESSAGES = [message.text for message in shops.messages()]
NUMBERED = ["২টা শাড়ির দাম কত হবে", "2 किलो मिठाई कितने की है", "order no 4512 kothay", "is 500 rs ok"]


def entry(name: str, *examples: str) -> Entry:
    """An entry with these examples."""
    return Entry(id=name, examples=examples, replies={"en": name})


def taught(*entries: Entry) -> ReplyBook:
    """The book of a shop that has learnt."""
    return compile_book(entries, learn(entries))


def seen(book: ReplyBook, text: str) -> tuple[str, float, str] | None:
    """All that a match says."""
    match = book.match(text)
    return (match.entry.id, match.confidence, match.resembles) if match else None


@given(st.sampled_from([*MESSAGES, *NUMBERED]), st.lists(st.sampled_from(sorted(SAME)), min_size=1, max_size=4))
def test_encoding_and_punctuation_change_nothing(message: str, changes: list[str]) -> None:
    """A message gets the same entry, the same confidence and the same example, however it is encoded, cased and punctuated."""
    text = message
    for change in changes:
        text = SAME[change](text)
    assert seen(SHOP, text) == seen(SHOP, message)
    assert seen(NEAREST, text) == seen(NEAREST, message)


@pytest.mark.parametrize("change", sorted(SAME))
def test_every_message_is_matched_as_it_is_written_otherwise(change: str) -> None:
    """No message of the shop gets another entry or another confidence by one of these changes."""
    assert [text for text in MESSAGES if seen(SHOP, SAME[change](text)) != seen(SHOP, text)] == []


def test_taught_question_is_answered_with_certainty() -> None:
    """Every example finds its entry for certain and says itself, in the shop's spelling; learnt or not."""
    for book in (SHOP, NEAREST):
        assert [
            (kept.id, text) for kept in ENTRIES for text in kept.examples if seen(book, text) != (kept.id, 1.0, text)
        ] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("daam kotto hobe bolun to", "price"),
        ("kya aaj dukaan khulli hai", "hours"),
        ("pls tell adress of ur shop", "location"),
        ("ডেলিভারী কত দিনে হবে", "delivery"),
        ("पैसे वापस मिल जाएंगे क्या", "return_exchange"),
    ],
)
def test_misspelt_and_mixed_question_finds_its_entry(text: str, name: str) -> None:
    """A question in other words and other spellings is guessed rightly, not for certain, and says what it resembles."""
    match = SHOP.match(text)
    assert match is not None
    assert match.entry.id == name
    assert 0.2 < match.confidence < 1
    assert match.resembles in match.entry.examples


def test_meaning_joins_languages() -> None:
    """A shop that taught English only is asked in other languages, in words that no example has."""
    shop = taught(
        entry("price", "what is the price"), entry("hours", "when are you open"), entry("place", "where is the shop")
    )
    asked = {"दाम कितना है": "price", "kokhon khola thake": "hours", "দোকান কোথায়": "place"}
    assert {text: match.entry.id for text in asked if (match := shop.match(text))} == asked


@pytest.mark.parametrize("book", [SHOP, NEAREST], ids=["learnt", "nearest"])
@pytest.mark.parametrize("text", [*MESSAGES[::9], "price", "dam koto"])
def test_near_entries_come_best_first(book: ReplyBook, text: str) -> None:
    """The first is the match, each entry comes once, and fewer are the first of more."""
    near = book.near(text, 12)
    assert (near[0] if near else None) == book.match(text)
    assert len({match.entry.id for match in near}) == len(near)
    assert book.near(text, 3) == near[:3]
    assert all(0 <= match.confidence <= 1 and match.resembles in match.entry.examples for match in near)


@pytest.mark.parametrize("text", ["", " ", "?!।", "👍🎉", "❤\ufe0f", "\u200f\u202e", "\0", "\u0301\u0323" * 5000])
def test_message_without_words_is_like_nothing(text: str) -> None:
    """What holds no word gets no guess, also where the shop taught nonsense."""
    assert SHOP.match(text) is None
    assert SHOP.near(text, 3) == []
    assert taught(entry("nonsense", "", "👍", "\0"), entry("empty")).match(text) is None


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000, "price " * 2_000, "a " * 1_000, "ﷺ" * 10_000, "\ud800", "\udfff price \ud800x", "\0price\0", "\u202eprice", "क" * 10_000,
     "".join(map(chr, range(0x900, 0xA00))) * 40],
)  # fmt: skip
def test_hostile_message_does_no_harm(text: str) -> None:
    """It gets a guess or none; and what stands behind the letters that are read changes nothing."""
    match = SHOP.match(text)
    assert match is None or 0 <= match.confidence <= 1
    shop = taught(entry("hostile", text), entry("price", "price"))
    assert shop.match("price") is not None
    long = "price " + "x " * READ
    assert seen(SHOP, long) == seen(SHOP, long + "delivery to my home")


def test_of_a_long_example_the_beginning_is_learnt() -> None:
    """What stands behind a hundred letters is like no message, so that long examples cost no more; said as a whole it is certain."""
    long = " ".join(f"word{number}" for number in range(30)) + " zxqj"
    shop = taught(entry("long", long), entry("price", "price"))
    assert shop.match("zxqj") is None
    assert seen(shop, long) == ("long", 1.0, long)


def test_nothing_similar_is_no_guess() -> None:
    """Words that share no two letters with any example get no guess; an empty book has none for anything."""
    assert taught(entry("a", "price"), entry("b", "open")).match("жук") is None
    for book in (taught(), taught(entry("empty"))):
        assert (book.match("price"), book.near("price", 3)) == (None, [])


def test_order_of_entries_and_examples_changes_nothing() -> None:
    """The same entries in another order learn the same bytes and match the same."""
    turned = tuple(replace(kept, examples=kept.examples[::-1]) for kept in ENTRIES[::-1])
    assert learn(turned) == LEARNT
    other = compile_book(turned, LEARNT)
    assert [text for text in MESSAGES if seen(other, text) != seen(SHOP, text)] == []


def test_what_was_learnt_of_other_entries_is_left_aside() -> None:
    """Older, foreign and damaged bytes make the book that has learnt nothing; and learning makes another one."""
    fewer = (*ENTRIES[:-1], replace(ENTRIES[-1], examples=ENTRIES[-1].examples[1:]))
    for learnt in (
        b"",
        learn(fewer),
        LEARNT[:-1],
        LEARNT + b"x",
        LEARNT[:40] + b"\0\0" + LEARNT[42:],
        b"HL\x00\x00" + LEARNT[4:],
    ):
        book = compile_book(ENTRIES, learnt)
        assert [text for text in MESSAGES[::9] if seen(book, text) != seen(NEAREST, text)] == []
    assert any(seen(SHOP, text) != seen(NEAREST, text) for text in MESSAGES[::9])


def test_reply_is_no_reason_to_learn_again() -> None:
    """Another reply or title keeps what was learnt, and is what is answered."""
    changed = tuple(replace(kept, replies={"en": "new"}, titles={"en": "New"}) for kept in ENTRIES)
    match = compile_book(changed, LEARNT).match("shop kobe khulbe")
    was = SHOP.match("shop kobe khulbe")
    assert match is not None
    assert was is not None
    assert (match.confidence, match.entry.replies) == (was.confidence, {"en": "new"})


def test_question_taught_twice_is_listed() -> None:
    """An example in two entries stays with the first by id and names both; twice in one entry, or two numbers, is no clash."""
    shop = taught(
        entry("b", "Price?", "100 rs"), entry("a", "price", "PRICE", "1000 rs", "👍"), entry("c", "price!", "👍")
    )
    assert shop.clashes == (
        Clash(example="Price?", kept="a", refused="b"),
        Clash(example="price!", kept="a", refused="c"),
    )
    answers = {text: match.entry.id for text in ("price", "100 rs", "1000 rs") if (match := shop.match(text))}
    assert answers == {"price": "a", "100 rs": "b", "1000 rs": "a"}


def test_chatter_is_too_unsure_for_an_answer() -> None:
    """Small talk is no question of the shop, however it is spelt, unless the shop taught it."""
    for text in ("thank you so mutch", "are u a robot??", "aaj bohot garmi hai na"):
        assert all(match.confidence < 0.2 for match in SHOP.near(text, 3)), text
    polite = taught(*ENTRIES, entry("thanks", "thank you so much", "thanks a lot"))
    match = polite.match("thank you so mutch")
    assert match is not None
    assert (match.entry.id, match.confidence > 0.35) == ("thanks", True)


def test_chatter_is_no_message_that_is_measured_with() -> None:
    """No line of it is one of the labelled messages or of the shop's examples."""
    lines = {saying(line) for line in LINES.strip().splitlines()}
    said = {saying(text) for text in (*MESSAGES, *(text for kept in ENTRIES for text in kept.examples))}
    assert lines & said == set()


@pytest.mark.parametrize("learnt", [b"", LEARNT], ids=["nearest", "learnt"])
def test_size_is_no_less_than_what_is_kept(learnt: bytes) -> None:
    """The estimate is at least what the book takes, and not twice as much; texts of the shop count."""
    compile_book(ENTRIES, learnt).match("price please")  # what all books share is there before
    tracemalloc.start()
    try:
        book = compile_book(ENTRIES, learnt)
        real = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert real <= book.size_bytes <= 2 * real
    assert compile_book(()).size_bytes < 5_000
    long = Entry(id="long", examples=("x",), replies={"en": "ক" * 4_000}, titles={"en": "y" * 1_000})
    assert compile_book((long,)).size_bytes > 9_000
