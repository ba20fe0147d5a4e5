"""Which entry a text is of, and how sure that is, from how like it is to each example."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from haat.conversation.model import Entry
from haat.conversation.rules.saying import Example

# How sure the likeness to the nearest example alone makes us. Less than the likeness itself: there is nothing else to confirm it.
_ALONE: Final = 0.8
_PLACES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An entry that has examples, and which of all examples are its own: from `start` up to `end`."""

    entry: Entry
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """An entry by the place of its column, how sure we are (0 to 1), and its example that is nearest."""

    column: int
    confidence: float
    nearest: int


def columns_of(examples: Sequence[Example]) -> list[Column]:
    """The entries of examples that stand together by entry, in their order."""
    columns: list[Column] = []
    for _, group in groupby(examples, key=lambda example: example.entry.id):
        own = list(group)
        start = columns[-1].end if columns else 0
        columns.append(Column(entry=own[0].entry, start=start, end=start + len(own)))
    return columns


def guesses(likeness: Sequence[float], columns: Sequence[Column], votes: Sequence[float] | None) -> list[Guess]:
    """Every entry that has an example which is at all like the text, the best guess first; of equals the first.

    `votes` says by column how much the text is of each entry by what was learnt; without it the nearest example decides alone.
    """
    found: list[tuple[float, Guess]] = []
    for place, column in enumerate(columns):
        own = likeness[column.start : column.end]
        if (top := max(own)) <= 0:
            continue
        rank = top if votes is None else votes[place]
        sure = _ALONE * top if votes is None else (votes[place] + top) / 2
        confidence = round(max(0.0, min(1.0, sure)), _PLACES)
        found.append((rank, Guess(column=place, confidence=confidence, nearest=column.start + own.index(top))))
    return [guess for _, guess in sorted(found, key=lambda each: -each[0])]
