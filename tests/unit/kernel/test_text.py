import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.kernel.text import clean, name_fault, too_long

ANYTHING = st.text(st.characters(exclude_categories=()))


@given(ANYTHING)
def test_clean_text_can_be_held_everywhere(text: str) -> None:
    """Whatever a customer sends becomes text that UTF-8, SQS and DynamoDB take, in NFC."""
    cleaned = clean(text)
    cleaned.encode()
    assert not {"\0", "\ufffe", "\uffff"} & set(cleaned)
    assert unicodedata.is_normalized("NFC", cleaned)


@given(ANYTHING)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """Text that was cleaned stays as it is."""
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffe\uffff")))
def test_good_text_is_only_composed(text: str) -> None:
    """Nothing of what a customer wrote well is lost."""
    assert clean(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("a\0b", "ab"),
        ("\0", ""),
        ("\ud800", "\ufffd"),
        ("x\udfffy", "x\ufffdy"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\ufffe\uffff", "\ufffd\ufffd"),
        ("e\0\u0301", "\u00e9"),
        ("কি দাম\0?", "কি দাম?"),
        ("\ufeffa", "\ufeffa"),
    ],
)
def test_what_no_queue_holds_is_replaced(dirty: str, cleaned: str) -> None:
    """NUL goes, half a pair becomes a replacement mark, and a pair in two halves its letter."""
    assert clean(dirty) == cleaned


CONJUNCT = "ক্ষ্ম"  # one letter to a reader, five code points


@pytest.mark.parametrize("name", ["Sandesh", "সন্দেশ", "क्‍ष", "🍬", "a" * 20, CONJUNCT * 20, "5", "₹", "\u200ealef א"])
def test_name_that_people_can_read_is_good(name: str) -> None:
    """In any script, as many letters as people count."""
    assert name_fault(name, 20) == ""


@pytest.mark.parametrize("name", ["", " ", "\u200b\u200b", "\u200d", "\ufeff", "\u0301", "\u00ad", "\u3164", "\u2800"])
def test_name_in_which_nothing_is_seen_is_empty(name: str) -> None:
    """Spaces, joiners and marks alone name nothing."""
    assert name_fault(name, 20) == "must not be empty"


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\n", "\t", "\x85", "\u2028", "\x1b"])
def test_name_does_not_change_how_others_are_shown(hidden: str) -> None:
    """No turn of direction, no line end, no control character."""
    assert name_fault(f"a{hidden}b", 20) == "must be one line without control characters"


@pytest.mark.parametrize("name", ["a" * 21, CONJUNCT * 21, "a" + "\u0301" * 200])
def test_name_is_not_longer_than_letters_or_bytes_allow(name: str) -> None:
    """A single letter with marks without end is too long, too."""
    assert name_fault(name, 20) == "must have at most 20 letters"
    assert too_long(name, 20)
