"""Templates from which a shop starts to teach its bot: entries of one trade, with replies to be edited."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from haat.conversation.model import Entry, Language

LANGUAGES: Final[tuple[Language, ...]] = ("en", "bn", "hi")
FORMS: Final = frozenset({"en", "bn", "hi", "bn-Latn", "hi-Latn"})  # BCP 47: Latn is written in Latin letters
# Characters of a title: WhatsApp's buttons (Cloud API, Interactive reply buttons) and Messenger's quick replies both cut after 20.
TITLE_LIMIT: Final = 20

_ID: Final = re.compile("[a-z0-9][a-z0-9-]{0,39}")
_BLANK: Final = re.compile(r"\[[^\[\]\n]+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """What a shop of one trade may start from. `entries` are as if the shop had taught them."""

    trade: str
    name: Mapping[Language, str]
    about: Mapping[Language, str]  # for whom it is, in a sentence
    entries: tuple[Entry, ...]


def starter_of(document: Mapping[str, Any]) -> Starter:
    """The template in one of the files of `conversation/starters`, as docs/replies.md describes these.

    Raises ValueError, naming what is wrong, where a shop could not start from it; keys that are not known are ignored.
    """
    try:
        starter = Starter(
            trade=_name(document["trade"]),
            name=_by_language(document["name"]),
            about=_by_language(document["about"]),
            entries=tuple(_entry(said) for said in document["entries"]),
        )
    except KeyError as missing:
        raise ValueError(f"a template needs {missing}") from None
    ids = [entry.id for entry in starter.entries]
    if twice := sorted({id for id in ids if ids.count(id) > 1}):
        raise ValueError(f"entries of one name: {', '.join(twice)}")
    return starter


def blanks(reply: str) -> tuple[str, ...]:
    """What the shop has still to fill in: the places in square brackets, such as [3 km], in their order."""
    return tuple(_BLANK.findall(reply))


def _entry(said: Mapping[str, Any]) -> Entry:
    id = _name(said["id"])
    titles, replies = _by_language(said["titles"]), _by_language(said["replies"])
    if long := [title for title in titles.values() if len(title) > TITLE_LIMIT]:
        raise ValueError(f"{id}: a title has at most {TITLE_LIMIT} characters: {long[0]}")
    if len({len(blanks(reply)) for reply in replies.values()}) > 1:
        raise ValueError(f"{id}: the replies have not the same places to fill in")
    if strange := {example["lang"] for example in said["examples"]} - FORMS:
        raise ValueError(f"{id}: no written form that is known: {', '.join(sorted(strange))}")
    examples = tuple(_text(example["text"]) for example in said["examples"])
    return Entry(id=id, examples=examples, replies=replies, titles=titles, to_person=bool(said["to_person"]))


def _name(said: str) -> str:
    if not _ID.fullmatch(said):
        raise ValueError(f"a name has small letters a to z, digits and hyphens: {said}")
    return said


def _by_language(said: Mapping[str, str]) -> Mapping[Language, str]:
    """A text for each of our languages. Raises ValueError where one is missing."""
    if missing := [language for language in LANGUAGES if language not in said]:
        raise ValueError(f"a text is missing in: {', '.join(missing)}")
    return {language: _text(said[language]) for language in LANGUAGES}


def _text(said: str) -> str:
    text = unicodedata.normalize("NFC", said.strip())
    if not text:
        raise ValueError("a text is empty")
    return text
