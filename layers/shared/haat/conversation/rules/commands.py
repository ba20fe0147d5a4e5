"""What the shop's own people tell its bot by writing to the shop's number. Pure.

A command is a whole message in one of these forms, in any case and spacing. Nothing near to one is taken for it: "bot off" and
"bot on" are one letter apart. From anybody else's phone the same words are an ordinary message.

A command may name a customer: by telephone number, or by the number of an order as the shop reads it aloud. What is kept of such a
message does not: it lies in the conversation of the shop's person, where nobody would look for it when that customer is erased.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from haat.conversation.model import Language, Shop
from haat.conversation.rules.text import folded
from haat.facts.conversation import MessageReceived

Kind = Literal["off", "on", "orders"]

FORMS: Final[Mapping[Kind, Mapping[Language, tuple[str, ...]]]] = {
    "off": {
        "en": ("bot off", "turn off bot", "turn off the bot", "turn the bot off", "stop bot", "stop the bot"),
        "bn": (
            "বট বন্ধ", "বট বন্ধ করো", "বট বন্ধ করুন", "বট বন্ধ কর", "বট অফ", "বট অফ করো", "বট অফ করুন", "bot bondho", "bot bondho koro",
            "bot bondho korun", "bot off koro", "bot off korun",
        ),
        "hi": (
            "बॉट बंद", "बॉट बन्द", "बॉट बंद करो", "बॉट बंद करें", "बॉट बंद कीजिए", "बॉट ऑफ", "बॉट ऑफ करो", "बॉट ऑफ करें", "bot band",
            "bot band karo", "bot band karen", "bot band kijiye", "bot off karo", "bot off karen",
        ),
    },
    "on": {
        "en": ("bot on", "turn on bot", "turn on the bot", "turn the bot on", "start bot", "start the bot"),
        "bn": (
            "বট চালু", "বট চালু করো", "বট চালু করুন", "বট চালু কর", "বট অন", "বট অন করো", "বট অন করুন", "bot chalu", "bot chalu koro",
            "bot chalu korun", "bot on koro", "bot on korun",
        ),
        "hi": (
            "बॉट चालू", "बॉट चालू करो", "बॉट चालू करें", "बॉट चालू कीजिए", "बॉट ऑन", "बॉट ऑन करो", "बॉट ऑन करें", "bot chalu",
            "bot chalu karo", "bot chalu karen", "bot chalu kijiye", "bot on karo", "bot on karen",
        ),
    },
    "orders": {
        "en": ("orders today", "today orders", "today's orders", "show today's orders"),
        "bn": ("আজকের অর্ডার", "আজকের অর্ডারগুলো", "আজকের অর্ডার দেখাও", "আজকের অর্ডার দেখান", "ajker order", "aajker order", "ajker order dekhan"),
        "hi": (
            "आज के ऑर्डर", "आज के आर्डर", "आज का ऑर्डर", "आज के ऑर्डर दिखाओ", "आज के ऑर्डर दिखाइए", "aaj ke order", "aaj ke orders",
            "aj ke order", "aaj ke order dikhao",
        ),
    },
}  # fmt: skip

LONGEST: Final = 100  # characters of a message that may be a command
# Calling codes of the countries where shops are. The library that knows all of them is too heavy for the function that answers
# customers; without a code here a number must be written as other countries dial it.
CALLING: Final[Mapping[str, str]] = {"IN": "91", "BD": "880", "NP": "977", "BT": "975", "LK": "94"}

_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’`"))
_ENDS: Final = " .!?,;:।॥"
_PHONE: Final = re.compile(r"[+(]{0,2}[0-9][0-9 ().\-]*")
_LEAST, _MOST = 7, 15  # digits of a telephone number (ITU-T E.164)
_ORDER: Final = re.compile(r"[a-z0-9]{3}[ \-]?[a-z0-9]{3}")
# Words have vowels. An order's number of letters alone, written without its dash, has none.
_NO_WORD: Final = re.compile(r"[^aeiou]+|.*[0-9\-].*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody of the shop wants, and in which language they said it.

    `phones` are readings of a number that names a customer, the likeliest first, in digits; `order` is what an order's number may be
    meant by. `kept` is the message without either.
    """

    kind: Kind
    language: Language
    kept: MessageReceived
    phones: tuple[str, ...] = ()
    order: str = ""

    @property
    def names_customer(self) -> bool:
        """Whether it is about one customer."""
        return bool(self.phones or self.order)

    def __repr__(self) -> str:
        return f"Command({self.kind})"


def command_of(message: MessageReceived, shop: Shop) -> Command | None:
    """The command in a message of the shop's own people; None for all other messages."""
    own = shop.staff.get(message.contact.phone or "")
    if own is None or message.kind != "text" or (found := _read(message.text)) is None:
        return None
    kind, languages, form, rest = found
    return Command(
        kind=kind,
        # "bot chalu" is Bengali and Hindi: then it is theirs.
        language=own if own in languages else languages[0],
        kept=replace(message, text=form, content={}) if rest else message,
        phones=_phones(rest, shop.country) if _is_phone(rest) else (),
        order="" if _is_phone(rest) else rest,
    )


def without_customer(text: str) -> str:
    """A text as it may be kept in the conversation of the shop's own person: a command in it names no customer any more."""
    found = _read(text)
    return found[2] if found is not None and found[3] else text


def table() -> str:
    """All forms in Markdown, as docs/staff.md shows them."""
    rows = ["| | English | বাংলা | हिन्दी |", "| --- | --- | --- | --- |"]
    meant = {"off": "the bot is off", "on": "it answers again", "orders": "the day's orders"}
    for kind, forms in FORMS.items():
        rows.append(
            f"| {meant[kind]} | " + " | ".join("; ".join(forms[language]) for language in ("en", "bn", "hi")) + " |"
        )
    return "\n".join(rows)


@cache
def _forms() -> Mapping[str, tuple[Kind, tuple[Language, ...]]]:
    found: dict[str, tuple[Kind, tuple[Language, ...]]] = {}
    for kind, by_language in FORMS.items():
        for language, forms in by_language.items():
            for form in map(_plain, forms):
                known, languages = found.get(form, (kind, ()))
                assert known == kind, "one form can't be two commands"
                found[form] = (kind, (*languages, language) if language not in languages else languages)
    return found


def _plain(text: str) -> str:
    # A telephone number that was copied from an address book may be wrapped in marks of direction, which nobody sees.
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return folded(visible).translate(_DASHES).translate(_APOSTROPHES).rstrip(_ENDS)


def _read(text: str) -> tuple[Kind, tuple[Language, ...], str, str] | None:
    """What a text commands, in which languages, in which form, and by which words a customer is named in it."""
    if len(text) > LONGEST:
        return None
    forms, said = _forms(), _plain(text)
    if said in forms:
        return (*forms[said], said, "")
    words = said.split(" ")
    for end in range(len(words) - 1, 0, -1):
        form, rest = " ".join(words[:end]), " ".join(words[end:])
        if form in forms and forms[form][0] != "orders" and (_is_phone(rest) or _is_order(rest)):
            return (*forms[form], form, rest)
    return None


def _digits(text: str) -> str:
    return "".join(char for char in text if char in "0123456789")


def _is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None and _LEAST <= len(_digits(text).lstrip("0")) <= _MOST


def _is_order(text: str) -> bool:
    return _ORDER.fullmatch(text) is not None and _NO_WORD.fullmatch(text) is not None


def _phones(text: str, country: str) -> tuple[str, ...]:
    """As it is dialled from abroad, then as it is dialled in the shop's country: with a 0 in front or without."""
    digits = _digits(text)
    if "+" in text or digits.startswith("00"):
        return (digits.lstrip("0"),)
    bare = digits.lstrip("0")
    home = CALLING.get(country, "") + bare
    return tuple(dict.fromkeys(phone for phone in (digits if digits == bare else home, home) if len(phone) <= _MOST))
