"""Whether a shop's name could be taken for another's. A likeness decides nothing: it tells a reviewer where to look.

The register of verified names is asked by `keys`; what shares one is compared by `likenesses`. Names are compared as they sound and as they
look, word by word, and each word counts for what it tells (rules/lexicon.py): neighbours share a town, a trade, a surname, an honorific.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

from haat.kernel.ids import MerchantId
from haat.verification.model.request import Likeness
from haat.verification.rules.guarded import guarded
from haat.verification.rules.lexicon import IDLE, Word
from haat.verification.rules.looks import silhouette
from haat.verification.rules.reading import Reading, matched, read, singular
from haat.verification.rules.sounds import bones, distance, sound

MOST_KEYS: Final = 12
_CORE: Final = frozenset(("own", "common", "town"))
_WHYS: Final = ("same", "confusable", "spacing", "script", "official", "spelling", "addition")  # the nearest first
_MOST_ALIKE: Final = 50
_MOST: Final = 120  # letters of a sound that are compared
_MOST_WORDS: Final = 24  # more are in no name; what is compared stays bounded


def keys(name: str) -> tuple[str, ...]:
    """What the register finds a name by, at most twelve of 48 letters: two names that are alike share one. Empty where it has no letters.

    Of a million generated names, with few given names and trades on top, half of the keys have one name, 999 of 1,000 at most 93, and
    the most common one 1,459: all the shops called Krishna, of one trade.
    """
    return tuple(dict.fromkeys(key[:48] for key in _keys(read(name))))[:MOST_KEYS]


def _keys(name: Reading) -> Iterator[str]:
    """The most telling ones first."""
    for words in (name.telling, [word for word in name.words if word.kind != "claim"]):
        if words:
            joined = "".join(word.heard for word in words)
            yield "j" + _frame(joined) if len(_frame(joined)) > 3 else "k" + joined
            yield "v" + silhouette("".join(word.written for word in words))
    if not name.core:
        return
    core = [_told(word, word.heard) for word in name.core]
    trade = next((word.canon for word in name.telling if word.kind == "trade"), "")
    if name.weight > 1:
        yield "c" + ".".join(sorted(core))
        yield "c" + ".".join(sorted(_told(word, singular(word)) for word in name.core))
    else:
        others = [trade] if trade else [word.canon for word in name.telling if word.kind == "general"]
        yield "s" + ".".join(sorted(core + others))
    if len(core) > 2:
        for pair in pairwise(core):
            yield "c" + ".".join(sorted(pair))
    for left, right in pairwise(name.core[:4]):  # one word that was broken apart, with others beside it
        if "own" in (left.kind, right.kind) and len(frame := _frame(left.heard + right.heard)) > 3:
            yield "c" + frame
    if trade or any(word.kind == "own" for word in name.core):
        yield from _near([_frame(sound(word.canon)) for word in name.core], trade)


def _told(word: Word, heard: str) -> str:
    """A word in a key. Those that we know, and short ones, are told apart by their vowels, too."""
    if word.kind == "common":
        return sound(word.canon)
    return frame if len(frame := _frame(heard)) > 2 else heard


def _near(frames: Sequence[str], trade: str) -> Iterator[str]:
    """What names that differ by a consonant have in common: each long word, and the whole without any one of its consonants."""
    for frame in [frame for frame in frames if len(frame) > (2 if trade else 3)][:3]:
        yield f"d{frame}|{trade}"
    whole = "".join(frames)
    if len(whole) > 7:
        yield f"p{whole[:5]}|{trade}"
        yield f"q{whole[-5:]}|{trade}"
    elif len(whole) > (3 if trade else 4):
        yield f"d{whole}|{trade}"
        for gone in range(len(whole)):
            yield f"d{whole[:gone]}{whole[gone + 1 :]}|{trade}"
    elif trade and len(whole) == 3:
        yield f"d{whole}|{trade}"


def _frame(heard: str) -> str:
    """The consonants that people agree on: d and r are one where Hindi and Bengali have a third, and h is often not written."""
    return bones(heard).replace("h", "").replace("d", "r")


def likenesses(name: str, others: Sequence[tuple[MerchantId, str]]) -> list[Likeness]:
    """The names among `others` that a name resembles, each once, and the protected names in it.

    `others`: of other shops, those that share a key. `why` is one of same, confusable, spacing, script, official, spelling, addition, and
    the nearest come first: at most 50 of them, since nobody reads a thousand shops called Krishna Medical.
    """
    mine = read(name)
    alike = ((other, _like(mine, read(other))) for other in dict.fromkeys(other for _, other in others))
    near = sorted((_WHYS.index(why), other, why) for other, why in alike if why)
    return [*guarded(mine), *(Likeness(name=other, why=why) for _, other, why in near[:_MOST_ALIKE])]


def _like(mine: Reading, other: Reading) -> str:
    """In one word why two names are alike; empty where they are not."""
    if not mine.letters or not other.letters:
        return ""
    if mine.said == other.said:
        return "same"
    if mine.letters == other.letters:
        return "spacing"
    if any(
        seen and seen == silhouette(there)
        for seen, there in ((silhouette(mine.letters), other.letters), (silhouette(mine.plain), other.plain))
    ):
        return "confusable"
    pairing = _paired(mine.telling[:_MOST_WORDS], other.telling[:_MOST_WORDS])
    pairing.mine, pairing.other = _elsewhere(pairing.mine, other), _elsewhere(pairing.other, mine)
    return _why(mine, other, pairing) if _parted(mine, other) or _alike(pairing) else ""


@dataclass(slots=True)
class _Pairing:
    """Words of two names side by side. `core` is the weight of what they share, `trade` whether they share one."""

    mine: list[Word]
    other: list[Word]
    core: int = 0
    trade: bool = False
    cost: float = 0.0


def _elsewhere(left: list[Word], name: Reading) -> list[Word]:
    """The words that the other name does not have at all, not even as the place where it is."""
    heard = {word.heard for word in name.words if word.kind == "place"}
    return [word for word in left if word.heard not in heard]


def _parted(mine: Reading, other: Reading) -> bool:
    """Whether two names are one sound, with spaces elsewhere; claims and towns may be missing."""
    return any(
        one[0] != two[0]
        and len(bones(one[1])) > 3
        and bones(one[1]) == bones(two[1])
        and distance(one[1], two[1]) <= 0.35
        for one, two in product(_sounds(mine), _sounds(other))
    )


def _sounds(name: Reading) -> set[tuple[int, str]]:
    """How many words, and their sound: of all of the name, and of parts of it."""
    parts = (name.words, name.telling, [word for word in name.words if word.kind not in ("claim", "place")])
    return {(len(part), "".join(word.heard for word in part)[:_MOST]) for part in parts}


def _alike(pairing: _Pairing) -> bool:
    if pairing.cost > 2.2:
        return False
    left, right = ({word.kind for word in words} for words in (pairing.mine, pairing.other))
    core = pairing.core
    if not left and not right:
        return True
    if not core or right & _CORE:
        # What the other shop is called by is not all there: only a long name may lose a word.
        lost = sum(word.weight for word in pairing.other)
        return core > 2 * lost and not left & _CORE and not left & right
    if left & _CORE:
        return not right - {"general"} and (core >= 3 or (core == 2 and pairing.trade))
    if "trade" in left and "trade" in right:
        return core >= 4
    if "trade" in left | right:
        return core >= (4 if left and right else 1 if pairing.trade else 2)
    return core >= 2 or not (left and right)


def _paired(mine: Sequence[Word], other: Sequence[Word]) -> _Pairing:
    pairing = _Pairing([], list(other))
    for word in mine:
        costs = [
            (cost, index) for index, there in enumerate(pairing.other) if (cost := matched(word, there)) is not None
        ]
        if not costs:
            pairing.mine.append(word)
            continue
        cost, index = min(costs)
        there = pairing.other.pop(index)
        pairing.cost += cost
        pairing.core += min(word.weight, there.weight) or max(word.weight, there.weight)
        pairing.trade |= "trade" in (word.kind, there.kind)
    if pairing.mine and pairing.other:
        _joined(pairing)
    return pairing


def _joined(pairing: _Pairing) -> None:
    """What is left of both names may be the same words, parted elsewhere."""
    for left, right in (
        (pairing.mine, pairing.other),
        (_bare(pairing.mine), pairing.other),
        (pairing.mine, _bare(pairing.other)),
        *_broken(pairing.mine, pairing.other),
        *((whole, run) for run, whole in _broken(pairing.other, pairing.mine)),
    ):
        one, two = ("".join(word.heard for word in words) for words in (left, right))
        if not one or not two or len(left) == len(right) == 1:
            continue
        apart = distance(one, two)
        if apart <= (0.6 if len(left) == len(right) else 1.0 if len(one) < 9 else 1.5):
            pairing.cost += apart
            words = max(left, right, key=len)
            pairing.core += sum(word.weight for word in words)
            pairing.trade |= any(word.kind == "trade" for word in words)
            pairing.mine = [word for word in pairing.mine if word not in left]
            pairing.other = [word for word in pairing.other if word not in right]
            return


def _broken(words: Sequence[Word], wholes: Sequence[Word]) -> list[tuple[list[Word], list[Word]]]:
    """Two words side by side, and the one of the other name that has their consonants: it was broken apart, with more beside it."""
    pairs = [([one, two], bones(one.heard + two.heard)) for one, two in pairwise(words)]
    return [(pair, [whole]) for pair, frame in pairs for whole in wholes if bones(whole.heard) == frame]


def _bare(words: Sequence[Word]) -> list[Word]:
    return [word for word in words if word.kind != "general"]


def _why(mine: Reading, other: Reading, pairing: _Pairing) -> str:
    idle, there = ({word.canon for word in name.words if word.kind in IDLE} for name in (mine, other))
    if {word.canon for word in mine.claims} - {word.canon for word in other.claims}:
        return "official"
    if mine.scripts != other.scripts:
        return "confusable" if "other" in mine.scripts else "script"
    if mine.plain == other.plain:
        return "confusable"
    if len(mine.words) != len(other.words) and mine.heard == other.heard:
        return "spacing"
    if pairing.mine or pairing.other or idle - there:
        return "addition"
    return "spelling" if len(mine.telling) == len(other.telling) else "spacing"
