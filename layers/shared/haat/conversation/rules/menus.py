"""A menu for a question of which the bot is unsure: what is offered, and what a customer picks from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from haat.conversation.model import Conversation, Entry, Language, Matcher, Shop
from haat.conversation.rules import bot_words
from haat.conversation.rules.customs import TAPS
from haat.conversation.rules.text import cut, normalise, script_language, words
from haat.facts.conversation import MessageReceived
from haat.facts.said import Choice
from haat.kernel.ids import Fingerprint, ulid
from haat.kernel.time import Instant

# Least confidence of what is said (rules/matching.py): half of a reply's worth is that it is never foolish.
SURE: Final[Mapping[str, float]] = {"careful": 0.40, "normal": 0.35, "eager": 0.25}
UNSURE: Final = 0.20  # from here on it is worth asking which was meant
OFFERED: Final = 3
COUNTER: Final = "counter:"  # how the ids of choices begin that lead to the shop's counter
ENTRY: Final = "entry:"  # how the ids of a menu's choices begin
TITLE: Final = 24  # characters; as many as a row of a list holds (Cloud API, Interactive lists)
_BUTTON: Final = 20  # as many as a button and a quick reply hold
_KEYCAP: Final = "\u20e3"  # what turns a digit into an emoji

# How people write which of a menu's lines they mean, and what they write beside it.
_NUMBERS: Final[Mapping[str, int]] = {
    word: number
    for number, listed in enumerate(
        (
            "1 one first 1st ek এক একটা प्रथम एक पहला पहली pehla",
            "2 two second 2nd dui do দুই দুটো दो दूसरा दूसरी dusra",
            "3 three third 3rd tin teen তিন তিনটে तीन तीसरा तीसरी tisra",
        ),
        1,
    )
    for word in map(normalise, listed.split())
}
_BESIDE: Final = frozenset(
    map(normalise, "no number option nombor nambar nomber নম্বর নাম্বার নং অপশন नंबर नम्बर विकल्प ta টা the wala वाला".split())
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """What is asked back."""

    text: str
    choices: tuple[Choice, ...]
    opener: str
    entries: tuple[str, ...]


def is_sure(confidence: float, shop: Shop) -> bool:
    """Whether a guess is good enough for this shop to be said."""
    # A word of the next version is taken as if nothing had been set.
    return confidence >= SURE.get(shop.manners.sureness, SURE["normal"])


def offer(
    text: str, before: Conversation, shop: Shop, book: Matcher, language: Language, has_words: Callable[[Entry], bool]
) -> Menu | None:
    """The entries that a question of which we are unsure comes nearest to, of those that have something to say.

    None where that helps nobody: the very same was offered last.
    """
    near = (match.entry for match in book.near(text, max(OFFERED, len(shop.entries))))
    entries = list(islice(filter(has_words, near), OFFERED))
    ids = tuple(entry.id for entry in entries)
    if not ids or ids == before.menu:
        return None
    titles = [title_of(entry, language, shop.language) for entry in entries]
    # Rows of a list may have one title, buttons may not (Cloud API, Interactive reply buttons).
    short = all(len(title) <= _BUTTON for title in titles) and len({*titles}) == len(titles)
    return Menu(
        text=bot_words.menu(titles, language),
        choices=tuple(Choice(id=ENTRY + id, title=title) for id, title in zip(ids, titles, strict=True)),
        opener="" if short else bot_words.choose(language),
        entries=ids,
    )


def picked(before: Conversation, message: MessageReceived, shop: Shop) -> Entry | None:
    """The entry that a customer chose: by a tap, however old the menu; by its number, where a menu was the last thing said."""
    if message.kind in TAPS and message.choice.startswith(ENTRY):
        return _entry(shop, message.choice.removeprefix(ENTRY))
    if message.kind != "text" or not before.menu or before.burst:
        return None
    said = [word for word in words(normalise(message.text).replace(_KEYCAP, "")) if word not in _BESIDE]
    number = _NUMBERS.get(said[0], 0) if len(said) == 1 else 0
    return _entry(shop, before.menu[number - 1]) if 0 < number <= len(before.menu) else None


def _entry(shop: Shop, id: str) -> Entry | None:
    return next((entry for entry in shop.entries if entry.id == id), None)


def title_of(entry: Entry, language: Language, default: Language) -> str:
    """How a menu names an entry, in one line: its own title, else an example, in that language if there is one; else how its reply begins.

    An example in a customer's own words is never shown to another customer.
    """
    for known in (language, default, *entry.titles):
        if title := entry.titles.get(known, ""):
            return cut(title, TITLE)
    own = [text for text in entry.examples if text not in entry.askers]
    example = next((text for text in own if script_language(text, default) == language), own[0] if own else "")
    reply = entry.replies.get(language) or entry.replies.get(default) or next(iter(entry.replies.values()), "")
    begins = reply.partition("{")[0]
    return cut(" ".join((example or begins).split()) or entry.id, TITLE)


def for_counter(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Choices with an id by which a tap is known as one for the counter."""
    return tuple(replace(choice, id=COUNTER + choice.id) for choice in choices)


def question_id(key: Fingerprint, at: Instant) -> str:
    """The place of a message on the shop's list of questions: by time, the same for the same message."""
    return ulid(at, bytes.fromhex(key))
