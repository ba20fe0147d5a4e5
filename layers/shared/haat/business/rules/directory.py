"""Under which words a shop stands in the directory."""

import unicodedata

from haat.business.model.merchant import Merchant

MOST_WORDS = 8  # of a name: each is a row in up to three lists


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
    below = [f"={name[:80]}#{merchant.id}", *(f"~{word[:40]}#{merchant.id}" for word in words)]
    return {(pk, sk) for pk in lists(merchant.country, merchant.place, merchant.category) for sk in below}


def asked(country: str, place: str, category: str, word: str) -> tuple[str, str] | None:
    """The list that a search reads, and how what it wants begins there; None where neither place nor category is given."""
    named = lists(country, place, category)
    if not named:
        return None
    folded = fold(word).split()
    return named[-1], f"~{folded[0][:40]}" if folded else "="
