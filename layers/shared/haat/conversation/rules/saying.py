"""What makes two texts one saying: the same words and the same numbers, however they are encoded, cased and punctuated."""

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from haat.conversation.model import Entry
from haat.conversation.rules.text import normalise, numbers, words

# Letters of an example by which it is known. Nobody asks in more; 600 examples that were longer would take more memory than a
# process keeps of books, and learning from them longer than a small function lives.
LEARNT: Final = 100
_DIGIT: Final = re.compile("[0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One question taught twice: `kept` answers it, `refused` does not. Both are ids of entries; `example` as `refused` has it."""

    example: str
    kept: str
    refused: str


@dataclass(frozen=True, slots=True)
class Saying:
    """What is compared. Numbers stand beside the words because normalised words have lost long runs of a digit."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]

    def sorted(self) -> "Saying":
        """The same in any order of the words."""
        return Saying(tuple(sorted(self.words)), self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An example of an entry, as the shop spells it, and what is compared of it."""

    saying: Saying
    text: str
    entry: Entry

    @property
    def words(self) -> Sequence[str]:
        """What is learnt of it: the words of its first LEARNT letters."""
        ends = list(accumulate(map(len, self.saying.words)))
        return self.saying.words[: max(1, bisect(ends, LEARNT))]


def saying(text: str) -> Saying:
    """What is compared of a text of any length; without words where it has none."""
    plain = normalise(text)
    # A run that is nothing but marks is what remains of an emoji, not a word.
    said = (word for word in words(plain) if not all(unicodedata.category(char)[0] == "M" for char in word))
    return Saying(tuple(said), numbers(text) if _DIGIT.search(plain) else ())


def sorted_out(entries: tuple[Entry, ...]) -> tuple[list[Example], tuple[Clash, ...]]:
    """Each saying once, by the entries' ids and by the texts in an entry; and those that were taught in two entries.

    The first entry by id keeps an example. An example without a word is left out.
    """
    kept: dict[Saying, Example] = {}
    clashes: list[Clash] = []
    for example in _examples(entries):
        first = kept.setdefault(example.saying, example)
        if first.entry.id != example.entry.id and example.saying.words:
            clashes.append(Clash(example=example.text, kept=first.entry.id, refused=example.entry.id))
    return [example for example in kept.values() if example.saying.words], tuple(clashes)


def _examples(entries: tuple[Entry, ...]) -> Iterator[Example]:
    for entry in sorted(entries, key=lambda entry: entry.id):
        for text in sorted(entry.examples):
            yield Example(saying=saying(text), text=text, entry=entry)
