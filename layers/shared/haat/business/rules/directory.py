"""Under which words a shop stands in the directory."""

import unicodedata

from haat.business.model.merchant import Merchant
from haat.kernel.errors import Rejected
from haat.kernel.text import too_long

MOST_WORDS = 8  # of a name: each is a row in up to three lists
WORD = 40  # characters of a word that are compared
PLACE = 60  # letters as people count them
SEEN = "must have a letter or a digit"


def fold(text: str) -> str:
    """A text as it is compared: case, width and marks of typing do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate({0x200C: None, 0x200D: None})
    kept = "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in plain)
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def stands(merchant: Merchant) -> bool:
    """Whether anyone finds it."""
    return merchant.listed and merchant.state == "open" and bool(merchant.handle)


def lists(country: str, place: str, category: str) -> list[str]:
    """The lists in which a shop of this place and category stands; the last one is where both are asked for."""
    key = fold(place)
    named = [f"place#{key}"] if key else []
    named += [f"category#{category}"] if category else []
    named += [f"both#{category}#{key}"] if key and category else []
    return [f"DIRECTORY#{country}#{name}" for name in named]


def rows(merchant: Merchant) -> set[tuple[str, str]]:
    """List and place in it of each row of a shop: one for its name, one for each word of it."""
    if not stands(merchant):
        return set()
    name = fold(merchant.name)
    words = list(dict.fromkeys(name.split()))[:MOST_WORDS]
    below = [f"={name[:80]}#{merchant.id}", *(f"~{word[:WORD]}#{merchant.id}" for word in words)]
    return {(pk, sk) for pk in lists(merchant.country, merchant.place, merchant.category) for sk in below}


def asked(country: str, place: str, category: str, word: str) -> tuple[str, str]:
    """The list that a search reads, and how what it wants begins there. Raises Rejected naming each field."""
    folded = fold(word).split()
    wrong = {name: SEEN for name, text in (("place", place), ("word", word)) if text and not fold(text)}
    if too_long(place, PLACE):
        wrong["place"] = f"must have at most {PLACE} letters"
    if len(folded) > 1:
        wrong["word"] = "must be one word, or its beginning"
    if not place and not category:
        wrong["place"] = "a place or a category is needed"
    if wrong:
        raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)
    return lists(country, place, category)[-1], f"~{folded[0][:WORD]}" if folded else "="
