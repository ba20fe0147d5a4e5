import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.model import Entry
from haat.conversation.rules.phrases import EXACT, ONE_SLIP, OTHER_ORDER, TWO_SLIPS, PhraseBook, compile_phrases
from tests.unit.conversation.written import SAME

FAQ = json.loads((Path(__file__).parents[2] / "fixtures/auto-reply/shop/faq_rich.json").read_text(encoding="utf-8"))


def entry(name: str, *examples: str) -> Entry:
    """An entry whose reply is its name."""
    return Entry(id=name, examples=examples, replies={"en": name})


def book(*examples: str) -> PhraseBook:
    """The book of a shop with one entry."""
    return compile_phrases((entry("it", *examples),))


ENTRIES = tuple(entry(kept["id"], *(example["text"] for example in kept["examples"])) for kept in FAQ["entries"])
SHOP = compile_phrases(ENTRIES)
NUMBERS = ("2 kg 100 rupees", "১০টা খোলা")
WITH_NUMBERS = compile_phrases((*ENTRIES, entry("numbers", *NUMBERS)))
EXAMPLES = [(kept.id, text) for kept in ENTRIES for text in kept.examples]


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_taught_question_is_answered_with_certainty(name: str, text: str) -> None:
    """Every example of every entry finds its entry, and says itself as what it resembles."""
    match = SHOP.match(text)
    assert match is not None
    assert (match.entry.id, match.confidence, match.resembles) == (name, EXACT, text)


@given(st.sampled_from([*(text for _, text in EXAMPLES), *NUMBERS]), st.lists(st.sampled_from(sorted(SAME))))
def test_encoding_and_punctuation_change_nothing(example: str, changes: list[str]) -> None:
    """A message gets the same entry and the same confidence, however it is encoded, cased and punctuated."""
    text = example
    for change in changes:
        text = SAME[change](text)
    assert WITH_NUMBERS.match(text) == WITH_NUMBERS.match(example) is not None


@pytest.mark.parametrize(
    ("taught", "said", "confidence"),
    [
        ("khola ache", "khola achhe", ONE_SLIP),
        ("dam koto", "koto dam", OTHER_ORDER),
        ("dam koto", "dam kato", ONE_SLIP),
        ("kothay dokan", "kothai dokan", ONE_SLIP),
        ("dukan kahan hai", "dukaan kahan hai", ONE_SLIP),
        ("what is the price", "what is the pirce", ONE_SLIP),
        ("what is the price", "what is the pric", ONE_SLIP),
        ("what is the price", "whats is the pricee", TWO_SLIPS),
        ("do you deliver", "do you delivar", ONE_SLIP),
        ("hours", "huors", ONE_SLIP),
        ("hours", "HOUR??", ONE_SLIP),
        ("delivery", "delivary", ONE_SLIP),
        ("hi", "hiiiii", ONE_SLIP),
        ("দোকান কোথায়", "দোকান কোথায়?", EXACT),
        ("শাড়ি আছে", "শাড়ী আছে", ONE_SLIP),
        ("কোথায় পাঁচ", "কোথায় পাচ", ONE_SLIP),
        ("দোকান কোথায়", "দকান কোথায়", ONE_SLIP),
        ("दुकान कहाँ है", "दुकान कहां है", ONE_SLIP),
        ("दुकान कहाँ है", "दुकान कहा है", ONE_SLIP),
        ("দাম কত", "কত দাম", OTHER_ORDER),
    ],
)
def test_near_question_is_answered_with_less_certainty(taught: str, said: str, confidence: float) -> None:
    """Another order of the words, or a slip of finger or spelling in a word, is near enough."""
    match = book(taught).match(said)
    assert match is not None
    assert (match.confidence, match.resembles) == (confidence, taught)


@pytest.mark.parametrize(
    ("taught", "said"),
    [
        ("khola ache", "khola nei"),
        ("khola ache", "khela ache"),
        ("aj bondho", "aj bondhu"),
        ("আজ বন্ধ", "আজ বন্ধু"),
        ("do you have shirts", "do you have skirts"),
        ("kab aaye", "kal aaye"),
        ("hours", "yours"),
        ("cash", "cast"),
        ("price", "prize"),
        ("dam", "dim"),
        ("dam", "dom"),
        ("is it new", "is it news"),
        ("order", "border"),
        ("price", "palace"),
        ("are you open", "are you open on sunday"),
        ("are you open", "you open"),
        ("what is the price", "whta is teh pirce"),
        ("shop timing", "shap temeng"),
        ("delivery price", "delivary pirce"),
        ("is 5000 ok", "is 500 ok"),
        ("is 500 ok", "is 5000 ok"),
        ("2 kg for 500", "500 kg for 2"),
        ("order a1234", "order a1235"),
        ("order 12345", "order 1235"),
        ("kurta price", "kurti price"),
        ("price", "price please"),
    ],
)
def test_other_question_is_left_to_a_person(taught: str, said: str) -> None:
    """Another word, a word more or less, another number or too many slips get no answer."""
    assert book(taught).match(said) is None


@pytest.mark.parametrize(
    "text",
    ["", " ", "?!।", "👍🎉", "❤\ufe0f", "☎\ufe0e", "\u200f\u202e", "\0", "\ud800", "\udfff price \ud800x", "a" * 1000, "price " * 2000, "a " * 1000,
     "\u0301\u0323" * 5000, "ﷺ" * 10_000],
)  # fmt: skip
def test_hostile_message_is_left_to_a_person(text: str) -> None:
    """What is no question gets no answer and does no harm, also where the shop taught nonsense."""
    assert SHOP.match(text) is None
    assert compile_phrases((entry("nonsense", "", "👍", "\0", "\ud800"), entry("empty"))).match(text) is None


def test_nearest_of_two_entries_answers() -> None:
    """The surer entry wins over the one whose id comes first."""
    shop = compile_phrases((entry("a", "kothay dokaan", "dam kata"), entry("b", "kothay dokan", "koto dam")))
    for text in ("kothay dokan", "dam koto"):
        match = shop.match(text)
        assert match is not None
        assert match.entry.id == "b"


@pytest.mark.parametrize("turned", [False, True])
def test_order_of_entries_changes_nothing(*, turned: bool) -> None:
    """Of two equally near entries the first by id answers, however they are stored."""
    entries = (entry("a", "open todayx", "x"), entry("b", "open todayy", "x"))
    shop = compile_phrases(entries[::-1] if turned else entries)
    match = shop.match("open today")
    assert match is not None
    assert (match.entry.id, match.resembles) == ("a", "open todayx")


def test_phrase_of_two_entries_is_the_firsts() -> None:
    """By their ids; and two numbers are two phrases."""
    shop = compile_phrases(
        (entry("b", "Price?", "100 rs"), entry("a", "price", "PRICE", "1000 rs", "👍"), entry("c", "price!", "👍"))
    )
    answers = {text: match.entry.id for text in ("price", "100 rs", "1000 rs") if (match := shop.match(text))}
    assert answers == {"price": "a", "100 rs": "b", "1000 rs": "a"}
