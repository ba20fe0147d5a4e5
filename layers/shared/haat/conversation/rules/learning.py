"""Learns from a shop's entries which words tell them apart. Only who saves entries needs this; who answers reads what was learnt.

Kernel ridge regression: with K the likenesses of all examples to each other, solve (K + RIDGE * I) A = Y, where Y says which
example is of which entry. How much a text is of an entry is then the sum of its likenesses to all examples, weighed by A.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from haat.conversation.model import Entry
from haat.conversation.rules.features import bags_of
from haat.conversation.rules.guessing import Column, Guess, columns_of, guesses
from haat.conversation.rules.learnt import NOBODY, STEP, SURE_STEP, Learnt, is_of, pack, steps, unpack, version_of
from haat.conversation.rules.likeness import Index
from haat.conversation.rules.menus import SURE
from haat.conversation.rules.saying import Example, sorted_out
from haat.conversation.rules.training import Rows, inverse

__all__ = ["AT_ONCE", "LookAlike", "is_of", "learn", "look_alikes", "version_of"]

AT_ONCE: Final = 200  # examples from which one learns while somebody waits: well under a second
RIDGE: Final = 0.3
ALIKE: Final = SURE["eager"]  # from here on the most eager bot would answer


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """An example of `entry` that `other` would answer if it were not there, and how surely (0 to 1)."""

    example: str
    entry: str
    other: str
    confidence: float


def learn(entries: tuple[Entry, ...]) -> bytes:
    """What is learnt, packed. The work grows with the cube of the examples: seconds at 600. The same entries give the same bytes."""
    examples, _ = sorted_out(entries)
    columns = columns_of(examples)
    alike = _alike(examples)
    solved = inverse(alike, RIDGE)
    weights = [[sum(row[column.start : column.end]) for row in solved] for column in columns]
    left_out = [_without(number, alike, columns, solved, weights) for number in range(len(examples))]
    kept = Learnt(
        weights=[steps(column, STEP) for column in weights],
        without=steps([guess.column if guess else NOBODY for guess in left_out], 1),
        sure=steps([guess.confidence if guess else 0.0 for guess in left_out], SURE_STEP),
    )
    return pack(kept, entries)


def look_alikes(entries: tuple[Entry, ...], learnt: bytes = b"") -> tuple[LookAlike, ...]:
    """Examples that another entry would answer if they were not there (leave-one-out), the surest mistake first.

    Without what was learnt of these entries the nearest of the other examples tells.
    """
    examples, _ = sorted_out(entries)
    columns = columns_of(examples)
    kept = unpack(learnt, len(examples), len(columns)) if is_of(learnt, entries) else None
    if kept is None:
        alike = _alike(examples)
        left_out = [_without(number, alike, columns) for number in range(len(examples))]
        found = [(guess.column, guess.confidence) if guess else (NOBODY, 0.0) for guess in left_out]
    else:
        found = [(place, sure * SURE_STEP) for place, sure in zip(kept.without, kept.sure, strict=True)]
    mistaken = [
        LookAlike(
            example=example.text, entry=example.entry.id, other=columns[place].entry.id, confidence=round(sure, 4)
        )
        for example, (place, sure) in zip(examples, found, strict=True)
        if place != NOBODY and sure >= ALIKE and columns[place].entry.id != example.entry.id
    ]
    return tuple(sorted(mistaken, key=lambda each: (-each.confidence, each.entry, each.example)))


def _alike(examples: Sequence[Example]) -> Rows:
    bags = [bags_of(example.words) for example in examples]
    index = Index(bags)
    return [index.likeness(each) for each in bags]


def _without(
    number: int, alike: Rows, columns: Sequence[Column], solved: Rows | None = None, weights: Rows | None = None
) -> Guess | None:
    """Who would answer an example if it were not there: for a ridge this needs no learning anew."""
    likeness = alike[number].copy()
    likeness[number] = 0.0
    votes = None
    if solved is not None and weights is not None:
        votes = [
            (column.start <= number < column.end) - weights[place][number] / solved[number][number]
            for place, column in enumerate(columns)
        ]
    return next(iter(guesses(likeness, columns, votes)), None)
