"""What was learnt from a shop's entries, as it is kept: small integers, packed. No word of a shop or a customer is in it.

magic and recipe   4 bytes
of what            16 bytes, a hash of the entries that it was learnt from
sum                8 bytes, a hash of the rest: what was damaged is not used
the rest           zlib of 16-bit integers, little end first: for each entry a weight of each example; then for each
                   example the number of the entry that would answer it if it were not there, and how surely
"""

import sys
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from haat.conversation.model import Entry

RECIPE: Final = 3  # goes up with every change of what is counted, weighed or learnt
STEP: Final = 1 / 512  # of a weight; finer ones decide nothing, and 600 entries would not fit in an item of 400 KB
SURE_STEP: Final = 1 / 10_000
NOBODY: Final = -1

_MAGIC: Final = b"HL" + RECIPE.to_bytes(2, "little")
_OF, _SUM = 16, 8
_BODY: Final = len(_MAGIC) + _OF + _SUM
_MOST: Final = 32_767


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """`weights` has one list for each entry that has examples, by id, with one number for each example, in STEPs."""

    weights: Sequence[array[int]]
    without: array[int]  # for each example the entry that answers it where it is left out, by its place; or NOBODY
    sure: array[int]  # how surely, in SURE_STEPs

    @property
    def size_bytes(self) -> int:
        """Memory of all of it."""
        return 200 + sum(8 + sys.getsizeof(each) for each in (*self.weights, self.without, self.sure))


def version_of(entries: tuple[Entry, ...]) -> str:
    """Names what is learnt from these entries, in any order: another recipe, id or example makes another one; a reply does not."""
    return _of(entries).hex()


def is_of(learnt: bytes, entries: tuple[Entry, ...]) -> bool:
    """Whether this is whole, and was learnt from these entries by this recipe."""
    return (
        len(learnt) > _BODY
        and learnt.startswith(_MAGIC)
        and learnt[len(_MAGIC) : len(_MAGIC) + _OF] == _of(entries)
        and learnt[_BODY - _SUM : _BODY] == _sum(learnt[_BODY:])
    )


def pack(learnt: Learnt, entries: tuple[Entry, ...]) -> bytes:
    """The bytes to keep beside these entries."""
    numbers = array("h")
    for each in (*learnt.weights, learnt.without, learnt.sure):
        numbers.extend(each)
    if sys.byteorder == "big":
        numbers.byteswap()
    body = zlib.compress(numbers.tobytes(), 9)
    return _MAGIC + _of(entries) + _sum(body) + body


def unpack(learnt: bytes, examples: int, columns: int) -> Learnt | None:
    """What was packed of so many examples and entries with examples; None where it is of another shape."""
    numbers = array("h")
    wanted = (columns + 2) * examples * numbers.itemsize
    unzip = zlib.decompressobj()
    try:
        body = unzip.decompress(learnt[_BODY:], wanted + 1)
    except zlib.error:
        return None
    if len(body) != wanted:
        return None
    numbers.frombytes(body)
    if sys.byteorder == "big":
        numbers.byteswap()
    rows = [numbers[start * examples : (start + 1) * examples] for start in range(columns + 2)]
    return Learnt(weights=rows[:-2], without=rows[-2], sure=rows[-1])


def steps(values: Sequence[float], step: float) -> array[int]:
    """Numbers as they are packed, to the nearest step."""
    return array("h", (max(-_MOST, min(_MOST, round(value / step))) for value in values))


def _of(entries: tuple[Entry, ...]) -> bytes:
    found = blake2b(_MAGIC, digest_size=_OF)
    for entry in sorted(entries, key=lambda entry: entry.id):
        for text in (entry.id, *sorted(entry.examples)):
            kept = text.encode("utf-8", "surrogatepass")
            found.update(len(kept).to_bytes(4, "little") + kept)
        found.update(b"\xff\xff\xff\xff")  # no text is so long: what follows is another entry
    return found.digest()


def _sum(body: bytes) -> bytes:
    return blake2b(body, digest_size=_SUM).digest()
