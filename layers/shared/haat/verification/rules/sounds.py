"""How a name sounds: Indian scripts in Latin letters, and Latin letters as Indians of any school spell them, in one form.

Names are compared by their sound, since the same shop is Shree, Sri, শ্রী and श्री on four papers.
"""

import re
from functools import lru_cache
from typing import Final

# The blocks of the Indian scripts, U+0900 to U+0D7F, are parallel: one table of offsets in a block serves them all.
_VIRAMA: Final = 0x4D
_CONSONANTS: Final[dict[int, str]] = dict(
    enumerate(
        "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h".split(), start=0x15
    )
) | dict(zip(range(0x58, 0x60), "k kh g j r rh f y".split(), strict=True))
_VOWELS: Final[dict[int, str]] = dict(enumerate("a a a i i u u ri li e e e ai o o o au".split(), start=0x04))
_SIGNS: Final[dict[int, str]] = dict(enumerate("a i i u u ri ri e e e ai o o o au".split(), start=0x3E))
_OTHERS: Final[dict[int, str]] = {0x01: "n", 0x02: "n", 0x03: "", _VIRAMA: "", 0x3C: "", 0x3D: "", 0x57: "au"}
_OF_BENGALI: Final[dict[str, str]] = {"য": "j", "ৎ": "t", "ৰ": "r", "ৱ": "b"}
_ALIKE: Final = (
    ("\u09c1\u09af\u09bc\u09be", "\u09c1আ"),
    ("\u09bf\u09af\u09bc\u09be", "\u09bfআ"),
    ("\u09cd\u09af", "\u09cd\u09df"),
    ("ওয়া", "oa"),
    ("ও\u09af\u09bc", "w"),
    ("জ্ঞ", "গি"),
    ("ज्ञ", "गि"),
    ("ড\u09bc", "র"),
    ("ঢ\u09bc", "র"),
    ("য\u09bc", "\u09df"),
    ("ড\u09bc", "র"),
    ("ड\u093c", "र"),
    ("ढ\u093c", "र"),
    ("ज\u093c", "ज"),
    ("फ\u093c", "फ"),
)
# Ya after a virama only lengthens (bank, cash), but after a dental, or before a consonant, it is a y (sandhya, kavya).
_YA: Final = re.compile("(?<![তথদধন])\u09cd\u09af(?=\u09be)")
_SPELT: Final = re.compile("sch|tch|chh|ch|ck|ce|ci|cy|ksh|kkh|sh|ph|th|dh|bh|gh|kh|jh|rh|jn|ng|[cfwvzqx]")
_SOUND: Final = {
    "sch": "s", "tch": "C", "chh": "C", "ch": "C", "ck": "k", "ce": "se", "ci": "si", "cy": "sy", "c": "k", "ksh": "ks", "kkh": "ks", "sh": "s", "ph": "p", "th": "t",
    "dh": "d", "bh": "b", "gh": "g", "kh": "k", "jh": "j", "rh": "r", "jn": "gi", "ng": "n", "f": "p", "w": "b", "v": "b",
    "z": "j", "q": "k", "x": "ks",
}  # fmt: skip
_VOWEL_SOUND: Final = re.compile("ee|ea|ue|ie|oo|ou|au|ow|aw|ai|ay|ei|ey|oi|oy|[aeiouy]")
_VOWEL_IS: Final = {
    "ee": "i", "ea": "i", "ie": "i", "ue": "u", "oo": "u", "ou": "u", "au": "a", "ai": "ai", "ay": "ai", "ei": "i", "ey": "i", "oi": "ai", "oy": "ai",
    "a": "a", "o": "a", "e": "i", "i": "i", "y": "i", "u": "u",
}  # fmt: skip
_FIRST_Y: Final = re.compile("^y(?=[aeiou])")
_SILENT_H: Final = re.compile("(?<=[aeiou])h(?![aeiou])")
_TWICE: Final = re.compile(r"([^\W\d])\1+")
_BEFORE_LIPS: Final = re.compile("m(?=[pb])")
_VOWELS_OUT: Final = re.compile("[aiu]+")


def latin(word: str) -> str:
    """A word with its Indian letters written in Latin ones; an inherent vowel at its end is silent, but after a conjunct."""
    if word.isascii():
        return word
    word = _YA.sub("", word)
    for spelt, like in _ALIKE:
        word = word.replace(spelt, like)
    offsets = [_offset(char) for char in word]
    out: list[str] = []
    for index, (char, offset) in enumerate(zip(word, offsets, strict=True)):
        if offset in _CONSONANTS:
            out.append(_OF_BENGALI.get(char, _CONSONANTS[offset]))
            out.append(_inherent(offsets, index))
        elif char in _OF_BENGALI:
            out.append(_OF_BENGALI[char])
        else:
            out.append(_VOWELS.get(offset) or _SIGNS.get(offset) or _OTHERS.get(offset, char))
    return "".join(out)


def _offset(char: str) -> int:
    return ord(char) & 0x7F if "\u0900" <= char <= "\u0d7f" else -1


def _inherent(offsets: list[int], index: int) -> str:
    if index + 1 == len(offsets):
        return "a" if index > 1 and offsets[index - 1] == _VIRAMA else ""
    following = offsets[index + 1]
    return "" if following in _SIGNS or following in (_VIRAMA, 0x57) else "a"


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """A word of `looks.words` as it sounds: consonants without breath, three vowels (a, i, u), nothing doubled."""
    spelt = latin(word)
    heard = _SPELT.sub(lambda part: _SOUND[part[0]], spelt).replace("C", "c")
    if not heard.startswith(("ee", "oo")):
        heard = _TWICE.sub(r"\1", heard)
    heard = _SILENT_H.sub("", _FIRST_Y.sub("j", heard))
    heard = _TWICE.sub(r"\1", _VOWEL_SOUND.sub(lambda part: _VOWEL_IS.get(part[0], "a"), heard))
    silent = spelt[-1:] in ("a", "e", "o") and spelt[-2:] not in ("ee", "ae", "ie", "ue", "oe")
    return heard[:-1] if silent and len(heard) > 2 and heard[-2] not in "aiu" else heard


def bones(heard: str) -> str:
    """The consonants of a `sound`."""
    return _BEFORE_LIPS.sub("n", _VOWELS_OUT.sub("", heard))


_WEAK: Final = {"a": 0.3, "i": 0.5, "u": 0.5, "h": 0.5, "n": 0.7}  # what is often left out, or put in
_NEAR: Final[dict[frozenset[str], float]] = {
    frozenset(pair): cost for cost, pairs in ((0.6, "dr jg sj mn sc td"), (0.8, "kg bp")) for pair in pairs.split()
}


def distance(one: str, other: str) -> float:
    """How far two sounds are apart: 1 for a consonant, less for a vowel; two letters that changed places count as one."""
    last = len(one.rstrip("aiu")) - 1, len(other.rstrip("aiu")) - 1
    before2: list[float] = []
    before = [0.0]
    for char in other:
        before.append(before[-1] + _WEAK.get(char, 1.0))
    for row, left in enumerate(one):
        cost = _WEAK.get(left, 1.0)
        now = [before[0] + cost]
        for column, right in enumerate(other):
            best = min(
                before[column + 1] + cost,
                now[column] + _WEAK.get(right, 1.0),
                before[column]
                + _changed(left, right, end=(row == 0 and column == 0) or (row >= last[0] and column >= last[1])),
            )
            if row and column and left == other[column - 1] and right == one[row - 1] and left != right:
                best = min(best, before2[column - 1] + (0.5 if left in "aiu" or right in "aiu" else 0.9))
            now.append(best)
        before2, before = before, now
    return before[-1]


def _changed(left: str, right: str, *, end: bool) -> float:
    """Names of one pattern differ at their ends (Khagen, Nagen): there another consonant is another name."""
    if left == right:
        return 0.0
    if left in "aiu" and right in "aiu":
        return 0.8 if left + right in ("iu", "ui") else 0.4
    return _NEAR.get(frozenset((left, right)), 1.4 if end else 1.0)
