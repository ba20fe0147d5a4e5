"""Limits of what a shop's people write: in letters as people count them, whatever the script; and words that can be searched for."""

from typing import Any

import pytest

from haat.business.model.merchant import Merchant
from haat.business.rules import directory, merchants, orders, profile, staff, tokens
from haat.business.rules.products import collection_of, made
from haat.kernel.errors import Rejected
from haat.kernel.ids import CollectionId, MerchantId, ProductId
from haat.kernel.time import Instant

CONJUNCT = "ক্ষ্ম"  # one letter to a reader, five code points
SHOP = Merchant(id=MerchantId("m"), name="x", language="en", country="IN", currency="INR", timezone="Asia/Kolkata")
MERCHANT = {
    "name": "x",
    "legal_name": "x",
    "country": "IN",
    "currency": "INR",
    "timezone": "Asia/Kolkata",
    "language": "en",
}
PRODUCT = {"name": "x", "price": {"minor": 1, "currency": "INR"}, "unit": "kg"}
AT = Instant(0)


def product(said: dict[str, Any]) -> object:
    """A product of which something is said."""
    return made(MerchantId("m"), "INR", PRODUCT | said, ProductId("p"), AT)


WRITTEN: dict[str, tuple[int, Any]] = {
    "an order's note": (1_000, lambda text: orders.words(text, "note", orders.NOTE)),
    "why an order is refused": (300, lambda text: orders.words(text, "reason", orders.REASON)),
    "whose a token is": (80, tokens.named),
    "a shop's name": (75, lambda text: profile.change(SHOP, {"name": text, "language": "en"})),
    "where it is": (60, lambda text: profile.change(SHOP, {"name": "x", "language": "en", "place": text})),
    "what it says of itself": (139, lambda text: profile.change(SHOP, {"name": "x", "language": "en", "about": text})),
    "how the law knows it": (160, lambda text: merchants.begin(MerchantId("m"), MERCHANT | {"legal_name": text})),
    "a product's name": (120, lambda text: product({"name": text})),
    "its name in a language": (120, lambda text: product({"names": {"bn": text}})),
    "a collection's name": (60, lambda text: collection_of(MerchantId("m"), {"name": text}, CollectionId("c"))),
    "whose phone it is": (60, lambda text: staff.begun({"name": text, "language": "bn"}, "i", "919800000001", AT)),
    "a place that is searched for": (60, lambda text: directory.asked("IN", text, "", "")),
}
NAMES = [name for name in WRITTEN if "name" in name or name.startswith(("whose", "how the law"))]


@pytest.mark.parametrize("what", WRITTEN)
@pytest.mark.parametrize("letter", ["a", CONJUNCT])
def test_limit_counts_letters_as_people_do(what: str, letter: str) -> None:
    """So many letters are taken in Latin and in Bengali, and one more is refused by its field in either."""
    most, write = WRITTEN[what]
    write(letter * most)
    with pytest.raises(Rejected) as refused:
        write(letter * (most + 1))
    assert [said for said in refused.value.fields.values() if said != f"must have at most {most} letters"] == []


@pytest.mark.parametrize("what", NAMES)
@pytest.mark.parametrize("name", ["\u200b\u200b", "a\u202eb", "a\nb"])
def test_name_is_seen_and_hides_nothing(what: str, name: str) -> None:
    """Neither letters without width alone nor marks that turn the names of others around."""
    with pytest.raises(Rejected):
        WRITTEN[what][1](name)


@pytest.mark.parametrize("place", ["!!!", "—", "\u200b"])
def test_place_of_marks_alone_is_refused(place: str) -> None:
    """A shop there would be in no list, and a search for it would find everybody."""
    with pytest.raises(Rejected) as refused:
        profile.change(SHOP, {"name": "x", "language": "en", "place": place})
    assert refused.value.fields == {"place": directory.SEEN}
    with pytest.raises(Rejected) as refused:
        directory.asked("IN", place, "", "")
    assert refused.value.fields == {"place": directory.SEEN}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("!!!", directory.SEEN),
        ("kashi zzz", "must be one word, or its beginning"),
        ("a-b", "must be one word, or its beginning"),
    ],
)
def test_word_of_a_search_is_one_word(word: str, said: str) -> None:
    """What would be left out of account is refused instead."""
    with pytest.raises(Rejected) as refused:
        directory.asked("IN", "Kolkata", "", word)
    assert refused.value.fields == {"word": said}


def test_search_names_everything_that_is_wrong() -> None:
    """Field by field; a place or a category is needed."""
    with pytest.raises(Rejected) as refused:
        directory.asked("IN", "", "", "!")
    assert refused.value.fields == {"place": "a place or a category is needed", "word": directory.SEEN}
    assert directory.asked("IN", "Kolkata", "sweets", " Kashi ") == ("DIRECTORY#IN#both#sweets#kolkata", "~kashi")
