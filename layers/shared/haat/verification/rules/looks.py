"""How a name looks: letters of any script that pass for others, what shows nothing, digits in the place of letters.

Which letters look alike are facts of Unicode Technical Standard 39 (confusables), here for the scripts that shops write and imitators
borrow from; pairs inside Bengali and Devanagari are what a reader in haste takes for each other.
"""

import re
import unicodedata
from typing import Final

from haat.verification.rules.lookalikes import LIKE


def _pairs(letters: str, like: str) -> dict[int, str]:
    return {ord(letter): plain for letter, plain in zip(letters, like, strict=True)}


# Capitals are mapped as capitals: a Greek Eta looks like an H, the small one like an n.
_LATIN: Final[dict[int, str]] = {ord(letter): like for like, letters in LIKE.items() for letter in letters} | {
    ord("æ"): "ae", ord("œ"): "oe", ord("ß"): "ss", 0x09E6: "o", 0x0966: "o",
}  # fmt: skip
_FOR_LETTERS: Final[dict[int, str]] = _pairs("0123456789@$!|€£¡", "olzeasbtbgasiliei")
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_BIG_I: Final = re.compile(r"(?<=[a-z])I(?=[a-z])|(?<=[a-z]{2})I\b")
_SMALL_L: Final = re.compile(r"\bl(?!td\b)(?=[bcdfgkmnpqrstvwxz][aeiou]|[bcdfgkmnpqrstvwxz]{2})")
_FIRST_RN: Final = re.compile(r"\brn(?=[aeiou])", re.IGNORECASE)
_ONE_FOR_I: Final = re.compile(
    r"(?<=[bcdfghjkmnprstvwxyz])1(?=[bcdfghjkmnpqrstvwxyz])|\b1(?=[bcdfghjkmnpqrstvwxyz]{2}|n)"
)
_WORD: Final = re.compile(r"[^\W_]+(?:[@$!|€£¡\u0900-\u0dff]+[^\W_]*)*|[@$|]\w+")
_MIXED: Final = re.compile(r"[^\W\d_]")

_INDIC: Final[dict[int, str]] = _pairs("রৰৱযঘথণভ", "ববব" + "ষষখনড") | _pairs("वधभषढडय", "बघमपदङथ")
_SPELT_OUT: Final = (("অা", "আ"), ("अा", "आ"), ("रव", "ख"), ("एे", "ऐ"), ("ओे", "औ"))
_NUKTA: Final = frozenset("\u09bc\u093c")
_ROUND: Final = (("i", "l"), ("j", "l"), ("q", "g"), ("z", "s"), ("rn", "m"), ("vv", "w"), ("cl", "d"))


def plain(text: str) -> str:
    """A name in letters that everyone can read: composed, in small letters, without what shows nothing, look-alikes made Latin.

    Spaces and signs stay; a word that was written together in CamelCase falls apart.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_LATIN)
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if not _unseen(char))
    text = _BIG_I.sub("l", text)
    text = _CAMEL.sub(" ", text)
    text = _SMALL_L.sub("i", text)
    text = _FIRST_RN.sub("m", text).casefold()
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_LATIN)


def _unseen(char: str) -> bool:
    """Whether it shows nothing by itself, or is an accent on a Latin letter. Marks of Indian scripts are letters."""
    if char in _BLANK:
        return True
    kind = unicodedata.category(char)
    return kind in ("Cf", "Cc", "Cs", "Co") or (kind in ("Mn", "Me") and not "\u0900" <= char <= "\u0dff")


def words(text: str) -> list[str]:
    """The words of a `plain` text; in those that have letters, digits and signs are read as the letters they stand for."""
    found = []
    for word in _WORD.findall(text.replace("'", "").replace("’", "").replace("&", " ").replace("+", " ")):
        if not word.isalpha() and 2 * len(_MIXED.findall(word)) >= len(word) > 1:
            word = _ONE_FOR_I.sub("i", word).translate(_FOR_LETTERS)  # noqa: PLW2901
        found.append(word)
    return found


def silhouette(text: str) -> str:
    """What is left of some `words` for an eye in haste: two texts that look alike have one silhouette. It is not for reading."""
    for spelt, seen in _SPELT_OUT:
        text = text.replace(spelt, seen)
    text = text.translate(_INDIC).translate(_FOR_LETTERS)
    for spelt, seen in _ROUND:
        text = text.replace(spelt, seen)
    return "".join(char for char in text if char not in _NUKTA and (char.isalnum() or "\u0900" <= char <= "\u0dff"))
