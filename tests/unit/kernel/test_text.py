import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.kernel.text import clean

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
