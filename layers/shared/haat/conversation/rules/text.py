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
_OWN_SCRIPT: Final = 2  # Latin letters to one of their own script, in which people of that language still write it
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

    The script decides: Bengali or Devanagari where it has half as many letters as Latin, in which everybody writes names and words
    of trade. Latin letters are English, unless a word of grammar tells Bengali or Hindi in them. Text without letters, or in
    another script, gets the default (the shop's).
    """
    plain = normalise(text)
    letters = [_script(char) for char in plain if _category(char) in "LM"]
    count = {script: letters.count(script) for script in ("bn", "hi", "latin", "other")}
    most = max(count.values())
    if most == 0 or count["other"] == most:
        return default
    own = max(count["bn"], count["hi"])
    if own * _OWN_SCRIPT < most:
        return _latin_language(plain, default)
    if count["bn"] == count["hi"]:
        return "hi" if default == "hi" else "bn"
    return "bn" if count["bn"] == own else "hi"


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


# Words of grammar and of every day that no English message holds: Latin letters with one of these are Bengali or Hindi. Left out
# on purpose: what English has too ("ache", "band", "din", "eta", "hi") and names ("bata", "lena").
_EITHER: Final = (
    "dam daam ki kal aaj"  # both languages have these, and no English question: they speak for the shop's own language
)
_GRAMMAR_BENGALI: Final = """
    ami amra amar amader amake tumi tomar tomake apni apnar apnara apnader apnake koto kato kotota kotay kotar kobe kokhon kakhon
    kothay kothai keno kemon kibhabe kivabe bhabe achhe achen achhen chilo chhilo hobe hoy hoye hoyeche hoyni jabe jabo geche gechhe
    gelo pabo paben korbo korben korun koren korte kore korechi korchi thakbe lagbe parbo parben debo deben diben dile dite diye
    dicchen dichhen neben niben nebo nen nicchen nichhen cholbe cholche bolun bolben bolbo bolte pathan pathano pathaben pathabo
    pathate pathiye pathiyechen dekhbo dekhte dekhlen asbe ashbe eseche khola khole khulbe khulben bondho dokan dorkar er te ta
    theke sathe shathe jonno jonyo kono kichu kichhu ektu ekta ekhon ekhono ekhane ajke aajke kalke onek khub bhalo valo kina naki
    kotha taka kharap ferot nomoskar nomoshkar shubho suprobhat dhonnobad"""
_GRAMMAR_HINDI: Final = """
    kya kitna kitne kitni kab kahan kahaan kaise kaun kaunsa kyun hai hain hoga hogi hua hui hoon milega milegi milta milti chahiye
    chahie aap aapka aapki aapke apna apni apne mujhe mera meri hamara iska iski isko uska unka karna karenge karo kar karte karta
    karti karke kardo karwa kariye kijiye dijiye dedo doge denge lenge bhej bhejo bhejna bhejte bhejiye batao bataye bataiye sakta
    sakte sakti raha rahe rahi rehta rehti gaya gayi gaye aaya aayi aayega ayega jayega chalega chalegi chalta lagega lagta khula
    khuli khulta khulti dukan dukaan nahi nahin ka ko ke tak mein liye wala wali wale thoda thodi sirf kuch kisi bahut bohot abhi
    aur phir haan kharab saman samaan paise dhanyavad shukriya"""
_ROMANISED: Final = tuple(frozenset(f"{grammar} {_EITHER}".split()) for grammar in (_GRAMMAR_BENGALI, _GRAMMAR_HINDI))


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
