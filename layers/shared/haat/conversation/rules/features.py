"""What is counted in a text to see how like another one it is: its words, their letters, their sounds and what they mean."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from math import log
from typing import Final

from haat.conversation.rules.meanings import SMALL, meaning
from haat.conversation.rules.skeleton import skeleton

type Bag = dict[str, float]  # a feature, and how much it counts: 1 + ln of how often it is there
type Bags = tuple[Bag, Bag, Bag, Bag]

WEIGHTS: Final = (0.5, 1.0, 1.0, 1.0)  # of words, letters, sounds and meanings in a likeness
_LETTERS: Final = range(2, 6)
_SOUNDS: Final = range(2, 5)
# Among meanings: small words stand in talk about anything, and words that mean nothing here may mean all. Without these two
# "who won the election" is a question for whichever entry asks "who".
_SMALL_COUNTS: Final = 0.7
_UNKNOWN_COUNTS: Final = 0.3


def bags_of(said: Sequence[str]) -> Bags:
    """Words and pairs of neighbours; 2 to 5 letters in a row, with a space at both ends; sounds, whole and 2 to 4 in a row; meanings."""
    heard = [sounds for word in said if (sounds := skeleton(word))]
    return (
        _counted(chain(said, (f"{one} {two}" for one, two in pairwise(said)))),
        _counted(chain.from_iterable(_runs(word, _LETTERS) for word in said)),
        _counted(chain(heard, chain.from_iterable(_runs(word, _SOUNDS) for word in heard))),
        _meant(said),
    )


def _counted(features: Iterable[str]) -> Bag:
    return {feature: 1 + log(times) for feature, times in Counter(features).items()}


def _meant(said: Sequence[str]) -> Bag:
    meant = _counted(meaning(word) or f"?{word}" for word in said)
    return {name: counts * _share(name) for name, counts in meant.items()}


def _share(name: str) -> float:
    if name.startswith("?"):
        return _UNKNOWN_COUNTS
    return _SMALL_COUNTS if name in SMALL else 1.0


def _runs(word: str, lengths: range) -> list[str]:
    spaced = f" {word} "
    return [spaced[start : start + many] for many in lengths for start in range(len(spaced) - many + 1)]
