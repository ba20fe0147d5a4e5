"""What a shop may teach its bot, and how that is written and shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from haat.conversation.model import Entry, Manners, Taught, Texts
from haat.conversation.rules.matching import compile_book
from haat.kernel.errors import Conflict, NotFound, Rejected
from haat.kernel.time import MINUTE, SECOND

MOST_EXAMPLES = 600
RESERVED = frozenset({"test"})  # an address of its own
TEXTS = ("greeting", "away", "not_understood", "unsupported")


def entry_of(id: str, said: Mapping[str, Any]) -> Entry:
    """The entry in a body that the document has passed. Raises Rejected."""
    examples = tuple(dict.fromkeys(example.strip() for example in said["examples"]))
    wrong = {}
    if not all(examples):
        wrong["examples"] = "must not be empty"
    if not said["replies"]:
        wrong["replies"] = "needs a text in one language"
    if wrong:
        raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)
    return Entry(id=id, examples=examples, replies=dict(said["replies"]))


def add(before: Taught, entry: Entry) -> Taught:
    """With one more entry. Raises Conflict where there is one of that name, Rejected where it can't be told apart."""
    if entry.id in RESERVED or any(known.id == entry.id for known in before.entries):
        raise Conflict("there is an entry of this name", word="name-taken")
    return _with(before, (*before.entries, entry))


def change(before: Taught, entry: Entry) -> Taught:
    """With an entry replaced. Raises NotFound, Rejected."""
    find(before, entry.id)
    return _with(before, tuple(entry if known.id == entry.id else known for known in before.entries))


def remove(before: Taught, id: str) -> Taught:
    """Without an entry. Raises NotFound."""
    find(before, id)
    return _with(before, tuple(known for known in before.entries if known.id != id))


def find(taught: Taught, id: str) -> Entry:
    """The entry of a name. Raises NotFound."""
    for entry in taught.entries:
        if entry.id == id:
            return entry
    raise NotFound("entry")


def _with(before: Taught, entries: Sequence[Entry]) -> Taught:
    count = sum(len(entry.examples) for entry in entries)
    if count > MOST_EXAMPLES:
        said = f"a shop has at most {MOST_EXAMPLES} examples; these would be {count}"
        raise Rejected(said, word="invalid", fields={"examples": said})
    if clashes := compile_book(tuple(entries)).clashes:
        named = "; ".join(f"“{one.example}” stands in {one.kept} and in {one.refused}" for one in clashes[:5])
        raise Rejected("one example can't lead to two answers", word="invalid", fields={"examples": named})
    return replace(before, entries=tuple(entries), version=before.version + 1)


def behave(before: Taught, said: Mapping[str, Any]) -> Taught:
    """With other texts and manners."""
    texts, manners = said["texts"], said["manners"]
    return replace(
        before,
        version=before.version + 1,
        texts=Texts(**{name: dict(texts[name]) for name in TEXTS if name in texts}),
        manners=Manners(
            silence_ms=manners["silence_minutes"] * MINUTE,
            burst_ms=manners["wait_seconds"] * SECOND,
            loop_guard=manners["loop_guard"],
        ),
    )


def entry_shown(entry: Entry) -> dict[str, Any]:
    """An entry as the shop's people see it."""
    return {"id": entry.id, "examples": list(entry.examples), "replies": dict(entry.replies)}


def bot_shown(taught: Taught) -> dict[str, Any]:
    """Texts and manners as the shop's people see them."""
    manners = taught.manners
    return {
        "texts": {name: dict(texts) for name in TEXTS if (texts := getattr(taught.texts, name))},
        "manners": {
            "silence_minutes": manners.silence_ms // MINUTE,
            "wait_seconds": manners.burst_ms // SECOND,
            "loop_guard": manners.loop_guard,
        },
    }
