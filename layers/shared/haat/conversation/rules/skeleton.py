"""The consonants of a word as they sound, the same for Bengali, Hindi and both in Latin letters: koto = কত = `kt`.

People who write Bengali or Hindi in Latin letters agree on the consonants, and hardly on the vowels.
"""

import re
from typing import Final

_LEADING: Final = "A"  # any vowel that begins a word
# The blocks of Devanagari (U+0900) and Bengali (U+0980) are parallel: one table of the lower seven bits serves both. What is
# missing here has no sound of its own: vowel signs, the inherent vowel, virama, visarga.
_SOUNDS: Final[dict[int, str]] = {
    **dict.fromkeys((0x01, 0x02), "n"),  # candrabindu, anusvara
    **dict.fromkeys(range(0x04, 0x15), "a"),
    0x0B: "r",  # vocalic r, and its sign: krishna
    0x43: "r",
    **dict(enumerate(
        "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l b s s s h".split(), start=0x15
    )),
    0x5F: "y",  # Bengali yya, which stays one letter in a normalised text
}  # fmt: skip
_BENGALI: Final[dict[int, str]] = {
    0x09AF: "j",
    0x09CE: "t",
    0x09F0: "r",
    0x09F1: "b",
}  # ya, khanda ta, Assamese ra and wa
_NATIVE: Final[dict[int, str]] = {
    start + offset: _SOUNDS.get(offset, "") for start in (0x0900, 0x0980) for offset in range(0x66)
} | _BENGALI
_YA_PHALA: Final = "\u09cd\u09af"  # ya after a virama only lengthens: bag, cash

_ALIKE: Final = {
    "chh": "c", "ch": "c", "ck": "k", "c": "k", "sh": "s", "ph": "p", "f": "p", "w": "b", "v": "b", "z": "j", "q": "k",
    "x": "ks", "ng": "n",
}  # fmt: skip
_SPELT: Final = re.compile("chh|ch|ck|sh|ph|ng|[cfwvzqx]")
_VOWEL: Final = re.compile("(?<=.)[aeiouy]+")
_DOUBLE: Final = re.compile(r"(\D)\1+")


def skeleton(word: str) -> str:
    """The consonants of a normalised word, the aspirated ones with their h; empty where it has none that sounds."""
    latin = word if word.isascii() else word.replace(_YA_PHALA, "").translate(_NATIVE)
    sounds = _SPELT.sub(lambda spelt: _ALIKE[spelt[0]], latin)
    if sounds[:1] in tuple("aeiou"):
        sounds = _LEADING + sounds[1:]
    return _DOUBLE.sub(r"\1", _VOWEL.sub("", sounds))
