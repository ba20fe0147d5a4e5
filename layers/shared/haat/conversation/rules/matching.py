"""Which entry of a shop answers a message: what was learnt of its examples, by words, letters, sounds and meanings.

Every message gets the best guess there is, and how sure it is; what is sure enough to be said is for rules/menus.py. Without
what was learnt of these very entries (rules/learning.py) the nearest example decides, more cautiously.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sumprod
from sys import getsizeof
from typing import Final

from haat.conversation.model import Entry, Match
from haat.conversation.rules.chatter import is_chatter
from haat.conversation.rules.features import bags_of
from haat.conversation.rules.guessing import Column, Guess, columns_of, guesses
from haat.conversation.rules.learnt import STEP, Learnt, is_of, unpack
from haat.conversation.rules.likeness import Index
from haat.conversation.rules.menus import UNSURE
from haat.conversation.rules.saying import Clash, Example, Saying, saying, sorted_out

__all__ = ["Clash", "ReplyBook", "compile_book"]

_CHATTER: Final = UNSURE - 0.01  # at most: too little for an answer and for a menu


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyBook:
    """A shop's entries, compiled. `size_bytes` estimates its memory, for a cache with a bound; `clashes` are for the merchant."""

    clashes: tuple[Clash, ...]
    size_bytes: int
    _examples: Sequence[Example]
    _columns: Sequence[Column]
    _exact: Mapping[Saying, int]
    _index: Index
    _learnt: Learnt | None

    def match(self, text: str) -> Match | None:
        """The best guess, however unsure; None where nothing is similar at all. The same text always gets the same."""
        return next(iter(self.near(text, 1)), None)

    def near(self, text: str, most: int) -> list[Match]:
        """The best guesses, one for each entry, the best first and the first of them that of `match`.

        Taught words, said as they are, are certain (1.0).
        """
        said = saying(text)
        if not said.words:
            return []
        exact = self._exact.get(said)
        found = [] if exact is not None and most == 1 else self._guesses(said)
        matches = [
            Match(
                entry=self._columns[guess.column].entry,
                confidence=guess.confidence,
                resembles=self._examples[guess.nearest].text,
            )
            for guess in found
        ]
        if exact is not None:
            sure = self._examples[exact]
            certain = Match(entry=sure.entry, confidence=1.0, resembles=sure.text)
            matches = [certain, *(match for match in matches if match.entry.id != sure.entry.id)]
        return matches[:most]

    def _guesses(self, said: Saying) -> list[Guess]:
        bags = bags_of(said.words)
        likeness = self._index.likeness(bags)
        votes = None
        if self._learnt is not None:
            votes = [STEP * sumprod(weights, likeness) for weights in self._learnt.weights]
        found = guesses(likeness, self._columns, votes)
        if found and is_chatter(bags, max(likeness)):
            return [replace(guess, confidence=min(guess.confidence, _CHATTER)) for guess in found]
        return found


def compile_book(entries: tuple[Entry, ...], learnt: bytes = b"") -> ReplyBook:
    """Read the entries once, with what was learnt of them. What is damaged, or of other entries, is left aside.

    Of two entries with one example the first by id keeps it, and the clash is listed.
    """
    examples, clashes = sorted_out(entries)
    columns = columns_of(examples)
    index = Index([bags_of(example.words) for example in examples])
    known = unpack(learnt, len(examples), len(columns)) if is_of(learnt, entries) else None
    exact = {example.saying: number for number, example in enumerate(examples)}
    return ReplyBook(
        clashes=clashes,
        size_bytes=_size(entries, examples) + getsizeof(exact) + index.size_bytes + (known.size_bytes if known else 0),
        _examples=examples,
        _columns=columns,
        _exact=exact,
        _index=index,
        _learnt=known,
    )


def _size(entries: tuple[Entry, ...], examples: Sequence[Example]) -> int:
    """Bytes of memory of the texts and of what holds them, about and rather too many."""
    texts = (
        text
        for entry in entries
        for text in (entry.id, *entry.examples, *entry.replies.values(), *entry.titles.values())
    )
    parts = (part for example in examples for part in (*example.saying.words, *example.saying.numbers))
    return 2_000 + 1_500 * len(entries) + 400 * len(examples) + sum(map(getsizeof, texts)) + sum(map(getsizeof, parts))
