"""How like a text is to each of many examples, from 0 to 1: cosines of tf-idf, over words, letters, sounds and meanings.

An inverted index, kept in few objects: a process holds the books of many shops. Nothing here is by chance: the same examples
in the same order always give the same numbers.
"""

import sys
from array import array
from collections.abc import Sequence
from math import log, sqrt
from typing import Final

from haat.conversation.rules.features import WEIGHTS, Bag, Bags

# Of the squared mass of features that no example has, so much counts in the length of a text: a text full of words that the
# shop never used is not very like anything.
_UNKNOWN: Final = 0.5


class _Block:
    """The features of one kind. `_places` numbers them; the examples of feature k stand from _starts[k] to _starts[k + 1]."""

    __slots__ = ("_examples", "_places", "_rarity", "_starts", "_weights")

    def __init__(self, bags: Sequence[Bag], weight: float) -> None:
        among = 1 + len(bags)
        self._rarity = [log(among / (1 + have)) + 1 for have in range(among)]  # by how many examples have a feature
        found: dict[str, list[tuple[int, float]]] = {}
        for number, bag in enumerate(bags):
            for feature, counts in bag.items():
                found.setdefault(feature, []).append((number, counts))
        length = [0.0] * len(bags)
        for have in found.values():
            rarity = self._rarity[len(have)]
            for number, often in have:
                length[number] += (often * rarity) ** 2
        scale = [weight / sqrt(squared) if squared else 0.0 for squared in length]
        self._places = {feature: place for place, feature in enumerate(found)}
        self._starts, self._examples, self._weights = array("I", [0]), array("H"), array("d")
        for have in found.values():
            rarity = self._rarity[len(have)]
            self._examples.extend(number for number, _ in have)
            self._weights.extend(times * rarity * scale[number] for number, times in have)
            self._starts.append(len(self._examples))

    def add(self, bag: Bag, likeness: list[float]) -> None:
        """Add to the likeness to each example what this kind of feature has to say."""
        known: list[tuple[float, int, int]] = []
        squared = 0.0
        for feature, weight in bag.items():
            if (place := self._places.get(feature)) is None:
                squared += _UNKNOWN * (weight * self._rarity[0]) ** 2
                continue
            start, end = self._starts[place], self._starts[place + 1]
            rare = weight * self._rarity[end - start]
            squared += rare * rare
            known.append((rare, start, end))
        length = sqrt(squared)
        for weight, start, end in known:
            part = weight / length
            for number, there in zip(self._examples[start:end], self._weights[start:end], strict=True):
                likeness[number] += part * there

    @property
    def size_bytes(self) -> int:
        """Memory of all of it, strings and numbers too."""
        kept = (self._places, self._starts, self._examples, self._weights, self._rarity)
        texts = sum(map(sys.getsizeof, self._places))
        return sum(map(sys.getsizeof, kept)) + texts + 32 * (len(self._places) + len(self._rarity))


class Index:
    """Examples, at most 65,535, and how like they are."""

    __slots__ = ("_blocks", "_count")

    def __init__(self, bags: Sequence[Bags]) -> None:
        whole = sum(WEIGHTS)
        self._count = len(bags)
        self._blocks = [_Block([each[kind] for each in bags], weight / whole) for kind, weight in enumerate(WEIGHTS)]

    def likeness(self, bags: Bags) -> list[float]:
        """How like a text is to each example, in the order of the examples."""
        found = [0.0] * self._count
        for block, bag in zip(self._blocks, bags, strict=True):
            block.add(bag, found)
        return found

    @property
    def size_bytes(self) -> int:
        """Memory of all of it."""
        return 200 + sum(block.size_bytes for block in self._blocks)
