"""Whether two papers name the same business or person.

Papers differ in script, spelling, order, initials, legal form, and banks cut names off. They do not differ in the surname.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from haat.kernel.text import clean
from haat.verification.rules.lexicon import Word, weigh
from haat.verification.rules.looks import plain, words
from haat.verification.rules.sounds import bones, distance, latin

_CUT_FROM: Final = 18  # letters; banks keep 20 to 50 of a name
_MOST: Final = 300

_SPLIT: Final = re.compile(
    r"[()\[\]|]|\b(?:prop(?:rietor|rietress)?|propr|dba|t/a|trading as|c/o)\b[.:/-]*|\b(?:প্রোঃ|প্রো:|প্রোপ্রাইটর)|(?:প্রো|प्रो)[.:]|प्रोपराइटर|স্বত্বাধিকারী"
)
_BESIDE: Final = frozenset(
    """
mr mrs ms m/s messrs smt shri sri sree shree shrimati kumari km dr prof late the and pvt private ltd limited llp opc co company inc corp corporation ac
account current savings শ্রী শ্রীমতী শ্রীমতি মেসার্স প্রাইভেট প্রাঃ প্রা লিমিটেড লিঃ লি এলএলপি কোং ডাঃ ডা ও এবং দি
श्री श्रीमती सुश्री कुमारी मेसर्स प्राइवेट प्रा लिमिटेड लि एलएलपी कंपनी डॉ और एवं
""".split()
)  # fmt: skip
_MIDDLE: Final = frozenset(
    """
kumar chandra nath lal prasad kanti ranjan bala rani devi bibi mohammad kumari প্রসাদ কুমার চন্দ্র নাথ লাল কান্তি রঞ্জন বালা রানী দেবী বিবি মহম্মদ মোহাম্মদ কুমারী
कुमार चंद्र चन्द्र नाथ लाल प्रसाद रानी देवी बीबी मोहम्मद कुमारी
""".split()
)
_SHORT: Final = {
    "md": "mohammad", "mohd": "mohammad", "mohammed": "mohammad", "muhammad": "mohammad", "mohamed": "mohammad", "kr": "kumar", "ch": "chandra",
    "pd": "prasad", "sk": "sheikh", "shk": "sheikh", "মোঃ": "mohammad", "মো": "mohammad", "মহঃ": "mohammad", "মহ": "mohammad", "मो": "mohammad", "कु": "kumar", "কু": "kumar", "নিউ": "new", "न्यू": "new",
}  # fmt: skip
_LETTERS: Final = {
    word: letter
    for text, letters in (
        ("এ বি সি ডি ই এফ জি এইচ আই জে কে এল এম এন ও পি আর এস টি ইউ ভি", "abcdefghijklmnoprstuv"),
        ("ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी आर एस टी यू वी", "abcdefghijklmnoprstuv"),
    )
    for word, letter in zip(text.split(), letters, strict=True)
}
_FIRST: Final = str.maketrans("vwyzcqf", "bbjjkkp")


@dataclass(frozen=True, slots=True)
class _Name:
    words: tuple[Word, ...]
    size: int  # letters as they were written


def agrees(one: str, other: str) -> bool:
    """Whether two names are of one business or person, as far as names tell. An empty name agrees with none."""
    return any(_agree(left, right) for left in _parts(one) for right in _parts(other))


def _parts(text: str) -> Iterator[_Name]:
    """The name, and where a paper names a shop with its owner, each of the two."""
    folded = plain(clean(text[:_MOST]).replace("M/s", " ").replace("M/S", " ").replace("m/s", " "))
    for part in dict.fromkeys((folded, *_SPLIT.split(folded))):
        kept = [_SHORT.get(word, word) for word in words(part)]
        kept = [word for word in kept if word not in _BESIDE] or kept
        if kept:
            yield _Name(tuple(weigh(word) for word in kept), len(" ".join(part.split())))


def _agree(one: _Name, other: _Name) -> bool:
    if "".join(latin(word.written) for word in one.words) == "".join(latin(word.written) for word in other.words):
        return True
    if _fit(one.words, other.words):
        return True
    short, long = sorted((one, other), key=lambda name: name.size)
    return short.size >= _CUT_FROM and short.size < long.size and _cut(short.words, long.words)


def _cut(short: Sequence[Word], long: Sequence[Word]) -> bool:
    """Whether the shorter one is the longer one as far as it goes."""
    if len(short) < 2:
        return False
    if any(word.startswith(short[-1].written) for word in _BESIDE) and _fit(short[:-1], long):
        return True
    if len(short) > len(long):
        return False
    last, there = short[-1].heard, long[len(short) - 1].heard
    return there.startswith(last.rstrip("aiu") or last) and _fit(short[:-1], long[: len(short) - 1])


def _fit(one: Sequence[Word], other: Sequence[Word]) -> bool:
    left, right, core = [], list(other), 0
    for word in one:
        there = next((there for there in right if _same(word, there)), None)
        if there is None:
            left.append(word)
        else:
            right.remove(there)
            core += max(word.weight, there.weight)
    left, right = _initials(left, right)
    if left and right and _together(left, right):
        return True
    if not core:
        return not left and not right
    if left and right:  # Ghosh Traders are not Ghosh Transport: a name that thousands have is not enough
        return (
            core > 1
            and all(_idle(word) for word in left + right)
            and not {word.kind for word in left} & {word.kind for word in right}
        )
    return all(_idle(word) or word.written in _MIDDLE for word in left + right)


def _same(one: Word, other: Word) -> bool:
    if one.written == other.written:
        return True
    if len(one.written) == 1 or len(other.written) == 1:
        return False
    if one.kind != "own" and other.kind != "own":
        return (one.kind, one.canon) == (other.kind, other.canon) and not (
            one.kind in ("light", "place", "claim") and one.heard != other.heard
        )
    size = min(len(one.heard), len(other.heard))
    apart = distance(one.heard, other.heard)
    if bones(one.heard) == bones(other.heard):
        return apart <= (0.3 if size < 4 else 0.6 if size < 6 else 0.9)
    return size >= 8 and apart <= 1.0


def _initials(left: list[Word], right: list[Word]) -> tuple[list[Word], list[Word]]:
    """What is left when each initial has taken the place of a word that begins so."""
    for short, full in ((left, right), (right, left)):
        for word in list(short):
            letters = _initial(word)
            places = [next((there for there in full if _begins(there, letter)), None) for letter in letters]
            if letters and all(places):
                short.remove(word)
                for there in places:
                    if there in full:
                        full.remove(there)
    return left, right


def _initial(word: Word) -> str:
    if letter := _LETTERS.get(word.written):
        return letter
    if len(word.written) == 1 or (
        len(word.written) <= 3
        and word.kind == "own"
        and (len(word.written) == 2 or not set(word.written) & set("aeiou"))
    ):
        return latin(word.written)[:1] if len(word.written) == 1 or not word.written.isascii() else word.written
    return ""


def _begins(word: Word, letter: str) -> bool:
    return len(word.written) > 1 and latin(word.written)[:1].translate(_FIRST) == letter.translate(_FIRST)


def _together(left: Sequence[Word], right: Sequence[Word]) -> bool:
    """Whether the words that are left are the same letters, parted elsewhere."""
    if len(left) == len(right) == 1:
        return False
    one, two = ("".join(word.heard for word in part) for part in (left, right))
    return bones(one) == bones(two) and len(bones(one)) > 3 and distance(one, two) <= 0.6


def _idle(word: Word) -> bool:
    """Whether a paper may leave it out."""
    return word.kind in ("light", "place", "claim", "general", "trade")
