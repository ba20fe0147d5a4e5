import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.model import Language
from haat.conversation.rules.text import READ, cut, normalise, numbers, script_language, words

INDIC = st.text(st.characters(min_codepoint=0x900, max_codepoint=0x9FF))
AWKWARD = st.text(
    st.sampled_from("aAI İΣßé\u0301\u0323\u0334\u200b\u200d\ufe0f \t\n¨ﷺＡ１৫५٣৳ক্ষড়ঢ়য়ে\u09be\u09bc\u093cन\u0929क़a")
)
TEXTS = st.one_of(st.text(), INDIC, AWKWARD)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Price \t please\n", "price please"),
        ("ＰＲＩＣＥ", "price"),
        ("ক্\u200dষ ক\u200cখ \ufeffa\u2060b\u200b", "ক্ষ কখ ab"),
        ("❤\ufe0f", "❤"),
        ("বা\u09a1\u09bcি", "বারি"),
        ("বা\u09dcি", "বারি"),
        ("আষা\u09a2\u09bc", "আষার"),
        ("\u09af\u09bc", "\u09df"),
        ("\u09df", "\u09df"),
        ("\u09af\u09bc\u200d\u0334", "\u09af\u0334"),
        ("\u0958\u0932\u092e", "कलम"),
        ("क\u093cलम", "कलम"),
        ("\u0929\u0931\u0934", "नरळ"),
        ("क\u09bcख", "कख"),
        ("\u09c7\u09bc\u09be", "\u09cb"),
        ("১২ १२ 12 ٣", "12 12 12 3"),
        ("kitnaaaaa", "kitnaa"),
        ("hiii", "hii"),
        ("pleasee", "pleasee"),
        ("১1১1", "11"),
        ("a\0b", "a\0b"),
        ("", ""),
    ],
)
def test_normalised_text_is_the_same_for_every_way_of_typing(text: str, expected: str) -> None:
    """Case, width, joiners, nukta, digits, stretched letters and spaces have one form each."""
    assert normalise(text) == expected


@given(TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    """What is normalised stays as it is."""
    assert normalise(normalise(text)) == normalise(text)


@given(TEXTS)
def test_normalised_text_is_the_same_for_composed_and_decomposed_input(text: str) -> None:
    """NFC and NFD of a text are one text."""
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))


def test_long_text_is_read_to_its_limit() -> None:
    """The same 500 characters are read of a long text in either Unicode form."""
    text = "é ক্ষ " * 120
    assert len(normalise(text)) <= READ
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(text)
    assert normalise("abcd " * 200) == normalise(normalise("abcd " * 200)) == ("abcd " * 100).rstrip()


def test_costly_text_is_read_quickly() -> None:
    """Marks that are sorted and ligatures that are spelt out take milliseconds, however many there are."""
    for text in ("\u0301\u0323" * 30_000, "ﷺ" * 60_000):
        begun = time.process_time()
        assert len(normalise(text)) <= READ
        assert time.process_time() - begun < 0.1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is it 5000 or 500?", ("5000", "500")),
        ("৫০০০ টাকা", ("5000",)),
        ("5\u200b000", ("5000",)),
        ("2kg", ("2",)),
        ("none", ()),
    ],
)
def test_numbers_keep_all_their_digits(text: str, expected: tuple[str, ...]) -> None:
    """Five thousand and five hundred are told apart, in any script."""
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what's the price?", ["what", "s", "the", "price"]),
        ("দাম কত।", ["দাম", "কত"]),
        ("कितना है॥", ["कितना", "है"]),
        ("a_b, c—d 12", ["a", "b", "c", "d", "12"]),
        ("👍 🎉 !!", []),
        ("\u200fhours\u202e", ["hours"]),
    ],
)
def test_words_keep_their_vowel_signs(text: str, expected: list[str]) -> None:
    """Letters, digits and combining marks make words; everything else parts them."""
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "default", "expected"),
    [
        ("দাম কত", "hi", "bn"),
        ("कितना है", "bn", "hi"),
        ("when are you open", "bn", "en"),
        ("HOURS", "hi", "en"),
        ("dam koto", "hi", "bn"),
        ("kitna hai", "bn", "hi"),
        ("price koto hobe", "en", "bn"),
        ("kitna hobe", "hi", "hi"),
        ("dam?", "bn", "bn"),
        ("daam", "hi", "hi"),
        ("dam ki", "en", "en"),
        ("daam batao", "bn", "hi"),
        ("dam bolun", "hi", "bn"),
        ("kurti er size ache", "en", "bn"),
        ("delivery ka charge", "en", "hi"),
        ("my tooth will ache, what is the eta of the bata shoes", "bn", "en"),
        ("my bag and a bandage", "bn", "en"),
        ("ফ্রি delivery পাবেন কি", "en", "bn"),
        ("do you have শাড়ি", "bn", "en"),
        ("দাম কত ar delivery?", "en", "bn"),
        ("কখ कख", "hi", "hi"),
        ("কখ कख", "en", "bn"),
        ("123 👍।", "bn", "bn"),
        ("১২৩।", "hi", "hi"),
        ("எவ்வளவு", "bn", "bn"),
        ("", "hi", "hi"),
        ("\ud800\0", "en", "en"),
    ],
)
def test_language_follows_the_script_of_most_letters(text: str, default: Language, expected: Language) -> None:
    """Script decides, grammar words tell romanised text from English, and the shop's language fills the gaps."""
    assert script_language(text, default) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("hello", 5, "hello"),
        ("hello!", 5, "hell…"),
        ("one two", 5, "one…"),
        ("কক্ষক", 4, "ক…"),
        ("কি কি", 3, "কি…"),
        ("কক্\u200dষক", 5, "ক…"),
        ("कक्षा", 5, "कक्षा"),
        ("कक्षाकक", 6, "कक्षा…"),
        ("कक्षाकक", 5, "क…"),
        ("ক্ত ", 3, "…"),
        ("a👩\u200d🍳b", 4, "a…"),
        ("a👍\U0001f3fdb", 3, "a…"),
        ("hello", 1, "…"),
        ("hello", 0, ""),
        ("hello", -3, ""),
    ],
)
def test_cut_text_ends_at_a_whole_cluster(text: str, limit: int, expected: str) -> None:
    """A text over its limit ends in an ellipsis after a whole letter with all that is joined to it."""
    assert cut(text, limit) == expected


@given(TEXTS, st.integers(0, 40))
def test_cut_text_is_a_beginning_within_the_limit(text: str, limit: int) -> None:
    """What is cut is never longer than allowed, begins the text, and leaves no mark or virama to itself."""
    short = cut(text, limit)
    assert len(short) <= limit
    if short != text and short:
        kept = short.removesuffix("…")
        assert text.startswith(kept)
        rest = text[len(kept) :]
        assert not kept or unicodedata.category(rest[0])[0] != "M" or kept[-1].isspace()
