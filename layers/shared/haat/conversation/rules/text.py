"""Text as the rules read it, and text cut to a channel's limit.

Three scripts, any spelling habit: one text in two encodings must be one text here. No words of a shop may enter.
"""

import re
import unicodedata
from typing import Final

from haat.conversation.model import Language

READ: Final = 500  # characters of a message that are read; nobody asks a question in more
# What is looked at to find them: decomposed text has up to four code points for a character. A bound, because the work should
# not grow with what a stranger sends: a ligature may be spelt out in eighteen characters.
_LOOKED_AT: Final = 4 * READ

_INVISIBLE: Final = dict.fromkeys([0x200B, 0x200C, 0x200D, 0xFEFF, 0x2060, 0xFE0F])
_RRA_RHA: Final = re.compile("[\u09a1\u09a2]\u09bc")
_RA: Final = "\u09b0"
# Unicode never composes yya, so in NFC it is ya + nukta: the one nukta that stays.
_YYA_DECOMPOSED: Final = "\u09af\u09bc"
_YYA: Final = "\u09df"
_NUKTA: Final = re.compile("\u093c|(?<!\u09af)\u09bc")
# The three nukta letters that NFC does compose.
_COMPOSED_NUKTA: Final = str.maketrans("\u0929\u0931\u0934", "\u0928\u0930\u0933")
_OTHER_DIGIT: Final = re.compile(r"[^\D0-9]")
_STRETCHED: Final = re.compile(r"(.)\1{2,}", re.DOTALL)
_NUMBER: Final = re.compile("[0-9]+")


def folded(text: str) -> str:
    """As `normalise`, but with every letter and digit as often as it was written."""
    plain = unicodedata.normalize("NFKC", text[:_LOOKED_AT])[:_LOOKED_AT].translate(_INVISIBLE)
    plain = unicodedata.normalize("NFC", plain).lower()
    if not plain.isascii():
        plain = _fold_indic(plain)
    return " ".join(plain.split())[:READ].rstrip()


def normalise(text: str) -> str:
    """The text as it is compared: one form for all encodings and most habits of typing; at most READ characters.

    Idempotent. Unicode NFKC and lower case, no invisible joiners, no nukta but in Bengali yya, ASCII digits, single spaces,
    and no character more than twice in a row.
    """
    return _STRETCHED.sub(r"\1\1", folded(text))


def numbers(text: str) -> tuple[str, ...]:
    """The numbers in a text, with all their digits: `normalise` takes 5000 for 500, as it takes "pleeease" for "pleease"."""
    return tuple(_NUMBER.findall(folded(text)))


def words(text: str) -> list[str]:
    """The runs of letters, digits and combining marks in a text that has been normalised."""
    # Not re's word class: it leaves out vowel signs, and so tears Bengali and Hindi words apart.
    return "".join(char if _category(char) in "LNM" else " " for char in text).split()


def cut(text: str, limit: int) -> str:
    """At most `limit` characters (code points) of the text, ending in "…" where some are missing.

    Never ends inside a cluster: a letter with its marks, consonants joined by a virama, an emoji joined to the next.
    """
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and not _may_break(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() + "…" if end >= 0 else ""


def script_language(text: str, default: Language) -> Language:
    """The language in which a text wants its answer.

    The script decides: Bengali or Devanagari where it has most letters. Latin letters are English, unless a word of grammar
    tells Bengali or Hindi in Latin letters. Text without letters, or in another script, gets the default (the shop's).
    """
    plain = normalise(text)
    letters = [_script(char) for char in plain if _category(char) in "LM"]
    count = {script: letters.count(script) for script in ("bn", "hi", "latin", "other")}
    most = max(count.values())
    if most == 0 or count["other"] == most:
        return default
    if count["bn"] == count["hi"] == most:
        return "hi" if default == "hi" else "bn"
    if count["bn"] == most:
        return "bn"
    return "hi" if count["hi"] == most else _latin_language(plain, default)


def _fold_indic(text: str) -> str:
    text = _NUKTA.sub("", _RRA_RHA.sub(_RA, text)).translate(_COMPOSED_NUKTA)
    # Without its nukta a letter may compose with what follows; and lower-casing leaves NFC now and then.
    text = unicodedata.normalize("NFC", text).replace(_YYA_DECOMPOSED, _YYA)
    return _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


def _category(char: str) -> str:
    return unicodedata.category(char)[0]


def _script(char: str) -> str:
    if "\u0980" <= char <= "\u09ff":
        return "bn"
    if "\u0900" <= char <= "\u097f":
        return "hi"
    # Combining accents (0300) belong to Latin letters here: no other script of ours uses them.
    return "latin" if char < "\u0370" or "\u1e00" <= char <= "\u1eff" else "other"


# Words of grammar that no English message holds: Latin letters with one of these are Bengali or Hindi. Left out on purpose:
# what English has too ("ache", "band", "dam", "hi") and what both languages have ("ki", "kal").
_GRAMMAR_BENGALI: Final = """
    ami amar amader amake tumi tomar apni apnar apnara apnader koto kato kotota kobe kokhon kakhon kothay kothai keno kemon
    kibhabe kivabe achhe achen achhen hobe jabe pabo paben korbo korben thakbe lagbe parbo parben debo deben khola khole
    bondho dokan dorkar"""
_GRAMMAR_HINDI: Final = """
    kya kitna kitne kitni kab kahan kahaan kaise kaun kaunsa kyun hai hain hoga hogi milega milegi milta milti chahiye aap
    aapka aapki aapke mujhe mera meri hamara karna karenge dijiye khula khuli khulta khulti dukan dukaan nahi nahin"""
_ROMANISED: Final = tuple(frozenset(grammar.split()) for grammar in (_GRAMMAR_BENGALI, _GRAMMAR_HINDI))


def _latin_language(plain: str, default: Language) -> Language:
    said = words(plain)
    bengali, hindi = (sum(word in grammar for word in said) for grammar in _ROMANISED)
    if bengali == hindi:
        return default if bengali else "en"
    return "bn" if bengali > hindi else "hi"


def _may_break(before: str, after: str) -> bool:
    joined = before in "\u200c\u200d" or after in "\u200c\u200d"
    conjunct = unicodedata.combining(before) == 9 and after.isalpha()  # class 9: the viramas of all scripts
    skin_tone = "\U0001f3fb" <= after <= "\U0001f3ff"
    return not (joined or conjunct or skin_tone or _category(after) == "M")
