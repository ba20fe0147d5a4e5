"""A name, read: its words, what they weigh, its letters; and whether two words may be the same one."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from haat.kernel.text import clean
from haat.verification.rules import everyday, looks
from haat.verification.rules.lexicon import IDLE, Word, weigh
from haat.verification.rules.sounds import bones, distance

_PARTS: Final = re.compile(r"[,(|;]| [-–—] ")
_STREETS: Final = frozenset(looks.plain(everyday.STREETS).split())
_LONGEST: Final = 40  # letters of a word that are compared
_ONE_OF_MANY: Final = 0.4  # how far Herons are from Heron
_UNKNOWN: Final = ("own", "town")  # not in the list as what they are
_MOST: Final = 2_000  # signs of a name that are looked at, the unseen ones among them
_READ: Final = 240  # letters that are read; a name has at most 75, each with its marks


@dataclass(frozen=True)
class Reading:
    """A name. `said` is what was written, without case; `letters` that without spaces and signs; `plain` the same, look-alikes made Latin."""

    said: str
    letters: str
    words: tuple[Word, ...]
    scripts: frozenset[str]

    @cached_property
    def telling(self) -> tuple[Word, ...]:
        """The words that make it this name: not honorifics, towns, claims, unless there is nothing else."""
        telling = [word for word in self.words if word.kind not in IDLE]
        if not any(word.weight for word in telling):  # "Nabadwip Dahi Ghar" has no other name than its town
            kind = "place" if any(word.kind == "place" for word in self.words) else "light"
            telling = [
                replace(word, kind="town") if word.kind == kind else word
                for word in self.words
                if word.kind not in IDLE or word.kind == kind
            ]
        return tuple(telling) or self.words

    @cached_property
    def core(self) -> tuple[Word, ...]:
        """What the shop is called by."""
        return tuple(word for word in self.telling if word.weight)

    @cached_property
    def claims(self) -> tuple[Word, ...]:
        """The words that claim to be genuine."""
        return tuple(word for word in self.words if word.kind == "claim")

    @cached_property
    def weight(self) -> int:
        """Of its core."""
        return sum(word.weight for word in self.core)

    @cached_property
    def plain(self) -> str:
        """All its letters as they are read."""
        return "".join(word.written for word in self.words)

    @cached_property
    def heard(self) -> str:
        """All of it as it sounds."""
        return "".join(word.heard for word in self.words)


@lru_cache(maxsize=256)
def read(name: str) -> Reading:
    """Read a name of any letters."""
    name = clean(name[:_MOST])
    parts = [part for part in _PARTS.split(" ".join(looks.plain(name).split())[:_READ]) if looks.words(part)]
    words, rest = _words(parts[:-1] or parts), _words(parts[-1:] if len(parts) > 1 else [])
    if len(rest) <= 2 and any(word.weight for word in words):
        # Where a name ends in a comma and a word, that is where the shop is.
        rest = [Word("place", word.canon, word.heard, word.written) if word.kind == "own" else word for word in rest]
    words = _on_streets(words)
    folded = name.casefold()
    return Reading(
        said=" ".join(folded.split()),
        letters="".join(char for char in folded if unicodedata.category(char)[0] in "LMN"),
        words=tuple(words + rest),
        scripts=frozenset(_script(char) for char in folded if char.isalpha()),
    )


def _words(parts: Sequence[str]) -> list[Word]:
    return [weigh(word[:_LONGEST]) for part in parts for word in _joined(looks.words(part))]


def _on_streets(words: list[Word]) -> list[Word]:
    """Boring Road is where a shop is, if it is called something before that."""
    found = list(words)
    for index, (word, after) in enumerate(pairwise(words)):
        if word.kind == "own" and after.written in _STREETS and any(before.weight for before in words[:index]):
            found[index] = replace(word, kind="place")
    return found


def _joined(words: list[str]) -> list[str]:
    """S. B. I. is one word."""
    found: list[str] = []
    single = False
    for word in words:
        if single and len(word) == 1:
            found[-1] += word
        else:
            found.append(word)
            single = len(word) == 1
    return found


def _script(letter: str) -> str:
    if letter < "\u0250":
        return "latin"
    return f"indian {ord(letter) >> 7}" if "\u0900" <= letter <= "\u0d7f" else "other"


def singular(word: Word) -> str:
    """How a word sounds, without the s by which English makes many of one."""
    many = word.written.isascii() and word.written.endswith("s") and len(word.heard) > 4
    return word.heard.removesuffix("s") if many else word.heard


def matched(one: Word, other: Word) -> float | None:
    """How far two words are apart, where they may be one word; None where they are two.

    Two words that we know are never taken for each other: Tara is no Tora.
    """
    if one.canon == other.canon and one.kind == other.kind:
        return 0.0
    if (seen := looks.silhouette(one.written)) and seen == looks.silhouette(other.written):
        return 0.0
    if one.kind not in _UNKNOWN and other.kind not in _UNKNOWN:
        return None
    size = min(len(one.heard), len(other.heard))
    if size < 2 or (one.written.isdigit() or other.written.isdigit()):
        return None
    if singular(one) == singular(other):
        return _ONE_OF_MANY
    limit = 0.4 if size < 4 else 0.6 if size < 5 or (size < 7 and "common" in (one.kind, other.kind)) else 1.0
    frame, longer = sorted((len(bones(one.heard)), len(bones(other.heard))))
    limit = 1.5 if frame > 6 else min(limit, 0.7) if frame < 4 else limit
    if longer - frame > 3:  # more consonants than may be missing
        return None
    apart = distance(one.heard, other.heard)
    return apart if apart <= limit else None
