"""Protected names (rules/protected.py) in a shop's name."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from haat.verification.model.request import Likeness
from haat.verification.rules import protected
from haat.verification.rules.lexicon import Word
from haat.verification.rules.looks import plain, silhouette, words
from haat.verification.rules.reading import Reading
from haat.verification.rules.sounds import bones, distance, latin, sound

_LONGEST: Final = 5  # words of a form


@dataclass(frozen=True, slots=True)
class _Forms:
    spelt: dict[str, str]  # in Latin letters, without spaces -> name
    seen: dict[str, str]  # silhouettes
    heard: dict[str, list[tuple[str, str]]]  # consonants -> (sound, name), of the long ones
    claims: frozenset[str]


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    """Read when the first name is looked at."""
    forms = _Forms({}, {}, {}, frozenset(_names(protected.OFFICE)))
    for book in (
        protected.BANKS,
        protected.PAYMENT,
        protected.STATE,
        protected.CARRIERS,
        protected.MARKET,
        protected.OFFICE,
    ):
        for line in book.strip().splitlines():
            name, _, text = line.partition(":")
            for form in text.split(","):
                parts = words(plain(form))
                forms.spelt.setdefault("".join(latin(part) for part in parts), name)
                forms.seen.setdefault(silhouette("".join(parts)), name)
                heard = "".join(sound(part) for part in parts)
                if len(bones(heard)) > 3 or (len(bones(heard)) > 2 and len(heard) > 4):
                    forms.heard.setdefault(bones(heard), []).append((heard, name))
    return forms


def _names(book: str) -> Iterator[str]:
    return (line.partition(":")[0] for line in book.strip().splitlines())


def guarded(name: Reading) -> list[Likeness]:
    """The protected names that stand in it, each once, the longest first."""
    forms, found = _forms(), dict[str, str]()
    taken: set[int] = set()
    for size in range(min(_LONGEST, len(name.words)), 0, -1):
        for start in range(len(name.words) - size + 1):
            here = range(start, start + size)
            if taken.issuperset(here):
                continue
            hit = _hit(forms, name.words[start : start + size])
            if hit is None or _elsewhere(hit[0], name.words, here):
                continue
            taken.update(here)
            protected_name, why = hit
            if protected_name in forms.claims:
                why = "official"
            elif why == "same" and size < len(name.words):
                why = "addition"
            found.setdefault(protected_name, why)
    return [Likeness(name=one, why=why, protected=True) for one, why in found.items()]


def _hit(forms: _Forms, part: tuple[Word, ...]) -> tuple[str, str] | None:
    if exact := forms.spelt.get("".join(latin(word.written) for word in part)):
        return exact, "same"
    if seen := forms.seen.get(silhouette("".join(word.written for word in part)) or "-"):
        return seen, "confusable"
    if all(word.kind == "common" for word in part):
        return None  # Sarkar is a surname, and what sounds like it is an office
    heard = "".join(word.heard for word in part)
    for other, name in forms.heard.get(bones(heard), ()):
        if distance(heard, other) <= (0.7 if len(bones(heard)) > 3 else 0.0):
            return name, "spelling"
    return None


def _elsewhere(name: str, all_words: tuple[Word, ...], here: range) -> bool:
    """Whether the words beside it make another thing of it: Bank Road is a street."""
    beside = {word.written for word in all_words[max(0, here.start - 1) : here.stop + 1]}
    return bool(beside & protected.BESIDE.get(name, frozenset()))
