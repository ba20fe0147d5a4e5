"""How much the words of a shop's name say about which shop it is.

light: an honorific, a legal form, a way to order; place: a town; claim: that it is the real one. With them or without, it is the same name.
general: kinds of premises (store, house). trade: what is sold; words of one trade are one word. common: a surname, a deity, a given name,
which thousands of shops have in theirs. Everything else is distinctive; a town is, where a name has nothing else (town).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from haat.verification.rules import everyday
from haat.verification.rules.looks import plain
from haat.verification.rules.sounds import bones, distance, sound

Kind = Literal["light", "place", "claim", "general", "trade", "common", "town", "own"]

IDLE: Final = ("light", "place", "claim")  # kinds of words that make no name


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name: what it stands for (words of one meaning have the same), how it sounds, how it was written."""

    kind: Kind
    canon: str
    heard: str
    written: str

    @property
    def weight(self) -> int:
        """What it adds to a name: 2 a distinctive word, 1 a common one."""
        return {"own": 2, "common": 1, "town": 1}.get(self.kind, 0)


# How villages and quarters end.
_VILLAGE: Final = re.compile(
    plain(  # written as names are looked at
        "(?:pur|pore|nagar|nagore|ganj|gunj|gunge|guri|abad|garh|danga|hati|tala|para|gram|ghat|khali|chak|pith"
        "|পুর|নগর|গঞ্জ|গুড়ি|বাদ|ডাঙা|হাটি|তলা|পাড়া|গ্রাম|ঘাট|খালি|চক|পীঠ|पुर|नगर|गंज|बाद|गढ़)$"
    )
)

type _Meaning = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class _Book:
    written: dict[str, _Meaning]
    heard: dict[str, _Meaning]
    near: dict[str, list[tuple[str, _Meaning]]]  # by the consonants


@lru_cache(maxsize=1)
def _book() -> _Book:
    book = _Book({}, {}, {})
    groups: tuple[tuple[Kind, list[str]], ...] = (
        ("claim", everyday.CLAIMS.split()),
        ("light", (everyday.LIGHT + everyday.STREETS).split()),
        ("place", everyday.PLACES.split()),
        ("common", everyday.COMMON.strip().replace("\n", "|").split("|")),  # Ghosh sounds like gas
        ("trade", everyday.TRADES.strip().splitlines()),
        ("general", everyday.GENERAL.strip().splitlines()),
    )
    for kind, lines in groups:
        for line in lines:
            meanings = line.split()
            for word in meanings:
                meaning = (kind, sound(plain(word)) if kind in IDLE else meanings[0])
                book.written.setdefault(plain(word), meaning)
                book.heard.setdefault(sound(plain(word)), meaning)
                if kind in ("trade", "general") and word.isascii() and len(word) > 3:
                    book.written.setdefault(word.removesuffix("s") if word.endswith("s") else word + "s", meaning)
    for heard, meaning in book.heard.items():
        if meaning[0] in IDLE:
            continue  # they are dropped, so they must be what they are
        book.near.setdefault(bones(heard), []).append((heard, meaning))
    return book


def _variants(written: str, heard: str) -> list[str]:
    """As it is, with a hard c (medicel), a plural that is written as it sounds (computerz), one of many, many of one."""
    found = [heard]
    if written.isascii() and written.endswith("z"):
        found.append(heard[:-1] + "s")
    if "c" in written and "ch" not in written:
        found.append(sound(written.replace("c", "k")))
    if len(heard) > 4:
        found.append(heard.removesuffix("s") if heard.endswith("s") else heard + "s")
    return found


@lru_cache(maxsize=4096)
def weigh(written: str) -> Word:
    """What a word of `looks.words` is in a name. The list is learnt when the first name is looked at."""
    heard = sound(written)
    if written[:1].isdigit():
        return Word("light", written, heard, written)
    book = _book()
    known = book.written.get(written) or book.heard.get(heard)
    for variant in () if known else _variants(written, heard):
        frame = bones(variant)
        near = book.near.get(frame, ()) if len(frame) > 3 else ()  # long enough to be no other word with other vowels
        known = book.heard.get(variant) or next(
            (meaning for other, meaning in near if distance(variant, other) <= 0.8), None
        )
        if known:
            break
    if known is None and len(written) > 5 and _VILLAGE.search(written):
        known = ("place", heard)
    return Word(*(known or ("own", heard)), heard, written)
