"""Which of our own phrases a message is, where the customer writes (nearly) those very words: what leads to the counter.

What follows from it shows orders and goods, so near is narrow: the same words in another order, or words with a slip of the
finger or of spelling. Nothing is guessed. What a shop taught is matched by what its examples have in common (matching.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from haat.conversation.model import Entry, Match
from haat.conversation.rules.saying import Example, Saying, saying, sorted_out

EXACT: Final = 1.0
OTHER_ORDER: Final = 0.95
ONE_SLIP: Final = 0.9
TWO_SLIPS: Final = 0.8

_TWO_SLIPS_FROM: Final = 4  # words in a message
_SLIP_FROM: Final = 4  # letters in a word: shorter ones are mostly another word (kab, kal)
_OTHER_LETTER_FROM: Final = (
    7  # a letter replaced often makes another word (khola, khela; bondho, bondhu; shirts, skirts)
)

# Bengali and Hindi spellings that sound alike and are confused daily: long and short i and u, the sibilants, the two n,
# Bengali ja and ya, and whether a nasal sign is written.
_ALIKE_INDIC: Final = str.maketrans("ঈঊীূষসণযईऊीूषसण", "ইউিুশশনজइउिुशशन", "ঁँं")
# Romanised spellings of one sound. Not o and u, nor o and e: bondho and bondhu, khola and khela are different words.
_ALIKE_LATIN: Final = str.maketrans("aywcz", "oivkj")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseBook:
    """Our phrases, compiled."""

    _exact: Mapping[Saying, Example]
    _any_order: Mapping[Saying, Example]
    _by_length: Mapping[int, Sequence[Example]]  # number of words -> examples in the order of their entries' ids

    def match(self, text: str) -> Match | None:
        """The entry that answers this message, or None where no example is near enough. The same text always gets the same."""
        said = saying(text)
        if not said.words:
            return None
        if found := self._exact.get(said):
            return _match(found, EXACT)
        if found := self._any_order.get(said.sorted()):
            return _match(found, OTHER_ORDER)
        return self._nearest(said)

    def _nearest(self, said: Saying) -> Match | None:
        best: Match | None = None
        for example in self._by_length.get(len(said.words), ()):
            confidence = _nearness(said, example.saying)
            if confidence > (best.confidence if best else 0):
                best = _match(example, confidence)
        return best


def compile_phrases(entries: tuple[Entry, ...]) -> PhraseBook:
    """Read the entries once. Of two entries with one phrase the first by id keeps it."""
    examples, _ = sorted_out(entries)
    by_length: dict[int, list[Example]] = {}
    any_order: dict[Saying, Example] = {}
    for example in examples:
        by_length.setdefault(len(example.saying.words), []).append(example)
        any_order.setdefault(example.saying.sorted(), example)
    return PhraseBook(
        _exact={example.saying: example for example in examples}, _any_order=any_order, _by_length=by_length
    )


def _match(example: Example, confidence: float) -> Match:
    return Match(entry=example.entry, confidence=confidence, resembles=example.text)


def _nearness(said: Saying, taught: Saying) -> float:
    """The confidence for two sayings of equally many words; 0 where one is not a slip of the other."""
    if said.numbers != taught.numbers:
        return 0
    allowed = 2 if len(said.words) >= _TWO_SLIPS_FROM else 1
    slips = 0
    for one, other in zip(said.words, taught.words, strict=True):
        if one == other:
            continue
        slips += 1
        if slips > allowed or not _is_slip(one, other):
            return 0
    return TWO_SLIPS if slips == 2 else ONE_SLIP


def _is_slip(one: str, other: str) -> bool:
    """Whether two different words are most likely one word, typed or spelt differently."""
    short, long = sorted((one, other), key=len)
    if long == short + short[-1] and short.isascii():
        return True  # a stretched end: hii
    if short.translate(_ALIKE_INDIC) == long.translate(_ALIKE_INDIC):
        return True
    if len(short) < _SLIP_FROM:
        return False
    return _one_edit(short, long) or short.translate(_ALIKE_LATIN) == long.translate(_ALIKE_LATIN)


def _one_edit(short: str, long: str) -> bool:
    """One letter missing, two neighbours swapped or, in long words, one letter replaced; never the first letter."""
    if short[0] != long[0]:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        # Indic words are short and a sign at the end often makes another word (bandha closed, bandhu friend).
        return short[start:] == long[start + 1 :] and (long.isascii() or start < len(short))
    if short[start + 2 :] == long[start + 2 :] and short[start : start + 2] == long[start : start + 2][::-1]:
        return True
    return len(short) >= _OTHER_LETTER_FROM and short[start + 1 :] == long[start + 1 :]
