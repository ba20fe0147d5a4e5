"""What a shop may teach its bot, and how that is written and shown."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from haat.conversation.model import Entry, Manners, Taught, Texts
from haat.conversation.rules.lessons import MOST_EXAMPLES, examples_in
from haat.conversation.rules.menus import TITLE
from haat.conversation.rules.saying import Saying, saying, sorted_out
from haat.conversation.rules.starters import Starter
from haat.kernel.errors import Conflict, NotFound, Rejected
from haat.kernel.ids import CustomerId
from haat.kernel.text import name_fault, too_long
from haat.kernel.time import MINUTE, SECOND

MOST_BYTES = 350_000  # of all examples and texts of a shop: one item of at most 400 KB holds them, with their names
EXAMPLE = 500  # letters as people count them
RESERVED = frozenset({"test", "checks", "from-template"})  # addresses of their own
LONG = f"must have at most {EXAMPLE} letters"
MUTE = "has neither letters nor digits: the bot would never find it in a message"
TEXTS = ("greeting", "away", "not_understood", "unsupported")


def entry_of(id: str, said: Mapping[str, Any]) -> Entry:
    """The entry in a body that the document has passed. Raises Rejected."""
    examples = tuple(dict.fromkeys(example.strip() for example in said["examples"]))
    wrong = {}
    if not all(examples):
        wrong["examples"] = "must not be empty"
    wrong |= {f"examples.{i}": LONG for i, example in enumerate(said["examples"]) if too_long(example, EXAMPLE)}
    mute = {f"examples.{i}": MUTE for i, example in enumerate(said["examples"]) if not saying(example).words}
    wrong |= mute if all(examples) else {}
    if not said["replies"]:
        wrong["replies"] = "needs a text in one language"
    titles = {language: title.strip() for language, title in said.get("titles", {}).items()}
    wrong |= {f"titles.{lang}": fault for lang, title in titles.items() if (fault := name_fault(title, TITLE))}
    if wrong:
        raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)
    return Entry(
        id=id, examples=examples, replies=dict(said["replies"]), titles=titles, to_person=said.get("to_person", False)
    )


def add(before: Taught, entry: Entry) -> Taught:
    """With one more entry. Raises Conflict where there is one of that name, Rejected where it can't be told apart."""
    if entry.id in RESERVED or any(known.id == entry.id for known in before.entries):
        raise Conflict("there is an entry of this name", word="name-taken")
    return _with(before, (*before.entries, entry))


def change(before: Taught, entry: Entry) -> Taught:
    """With an entry replaced; an example that stays is still its asker's. Raises NotFound, Rejected."""
    askers = {**find(before, entry.id).askers, **entry.askers}
    entry = replace(entry, askers={text: who for text, who in askers.items() if text in entry.examples})
    return _with(before, tuple(entry if known.id == entry.id else known for known in before.entries))


def remove(before: Taught, id: str) -> Taught:
    """Without an entry. Raises NotFound."""
    find(before, id)
    return _with(before, tuple(known for known in before.entries if known.id != id))


def forget(before: Taught, customers: Collection[CustomerId]) -> Taught:
    """Without examples in these customers' own words; the same object where there are none. The shop's answers stay."""
    if not any(who in customers for entry in before.entries for who in entry.askers.values()):
        return before
    return replace(before, version=before.version + 1, entries=tuple(_without(e, customers) for e in before.entries))


def _without(entry: Entry, customers: Collection[CustomerId]) -> Entry:
    gone = {text for text, who in entry.askers.items() if who in customers}
    left = {text: who for text, who in entry.askers.items() if text not in gone}
    return replace(entry, examples=tuple(text for text in entry.examples if text not in gone), askers=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An example of a template that the shop has taught itself: `entry` would have had it, `kept` answers it."""

    example: str
    entry: str
    kept: str


def start_from(before: Taught, starter: Starter) -> tuple[Taught, tuple[Entry, ...], tuple[LeftOut, ...]]:
    """With those entries of a template whose names the shop has not, and which these are. Raises Rejected where they don't fit.

    What the shop has taught stays as it is, and so what it already answers is left out: a refusal would ask a merchant to mend a
    template which is not theirs. An entry of which nothing is left is not added.
    """
    own: dict[Saying, str] = {saying(text): entry.id for entry in before.entries for text in entry.examples}
    known = {entry.id for entry in before.entries}
    added: list[Entry] = []
    left_out: list[LeftOut] = []
    for entry in starter.entries:
        if entry.id in known:
            continue
        clear = tuple(text for text in entry.examples if saying(text) not in own)
        left_out += [
            LeftOut(example=text, entry=entry.id, kept=own[saying(text)])
            for text in entry.examples
            if text not in clear
        ]
        if clear:
            added.append(replace(entry, examples=clear))
    return _with(before, (*before.entries, *added), "template"), tuple(added), tuple(left_out)


def find(taught: Taught, id: str) -> Entry:
    """The entry of a name. Raises NotFound."""
    for entry in taught.entries:
        if entry.id == id:
            return entry
    raise NotFound("entry")


def _with(before: Taught, entries: Sequence[Entry], field: str = "") -> Taught:
    after = replace(before, entries=tuple(entries), version=before.version + 1)
    refuse(after, field)
    return after


def refuse(taught: Taught, field: str = "") -> None:
    """Raises Rejected where a shop may not have such entries; `field` is what its people have sent, where that is no entry."""
    count = examples_in(taught)
    if count > MOST_EXAMPLES:
        said = f"a shop has at most {MOST_EXAMPLES} examples; these would be {count}"
        raise Rejected(said, word="invalid", fields={field or "examples": said})
    _refuse_large(taught, field or "replies")
    if clashes := sorted_out(taught.entries)[1]:
        named = "; ".join(f"“{one.example}” stands in {one.kept} and in {one.refused}" for one in clashes[:5])
        raise Rejected("one example can't lead to two answers", word="invalid", fields={field or "examples": named})


def _refuse_large(taught: Taught, field: str) -> None:
    """Raises Rejected where what a shop taught would not fit in one place: DynamoDB's items have at most 400 KB."""
    texts = [
        text
        for entry in taught.entries
        for text in (*entry.examples, *entry.replies.values(), *entry.titles.values(), *entry.askers)
    ]
    texts += [text for name in TEXTS for text in getattr(taught.texts, name).values()]
    size = sum(len(json.dumps(text, ensure_ascii=False).encode()) + 40 for text in texts) + 100 * len(taught.entries)
    if size > MOST_BYTES:
        said = f"all that the bot was taught takes at most {MOST_BYTES} bytes; with this it would be {size}"
        raise Rejected(said, word="invalid", fields={field: said})


def behave(before: Taught, said: Mapping[str, Any]) -> Taught:
    """With other texts and manners. Raises Rejected where the texts are too long together."""
    texts, manners = said["texts"], said["manners"]
    after = replace(
        before,
        version=before.version + 1,
        texts=Texts(**{name: dict(texts[name]) for name in TEXTS if name in texts}),
        manners=Manners(
            silence_ms=manners["silence_minutes"] * MINUTE,
            burst_ms=manners["wait_seconds"] * SECOND,
            loop_guard=manners["loop_guard"],
            off=manners.get("off", False),
            sureness=manners.get("sureness", "normal"),
        ),
    )
    _refuse_large(after, "texts")
    return after


def entry_shown(entry: Entry) -> dict[str, Any]:
    """An entry as the shop's people see it. What it may leave out stands there only where it was said."""
    shown: dict[str, Any] = {"id": entry.id, "examples": list(entry.examples), "replies": dict(entry.replies)}
    if entry.titles:
        shown["titles"] = dict(entry.titles)
    return shown | {"to_person": True} if entry.to_person else shown


def bot_shown(taught: Taught) -> dict[str, Any]:
    """Texts and manners as the shop's people see them."""
    manners = taught.manners
    return {
        "texts": {name: dict(texts) for name in TEXTS if (texts := getattr(taught.texts, name))},
        "manners": {
            "silence_minutes": manners.silence_ms // MINUTE,
            "wait_seconds": manners.burst_ms // SECOND,
            "loop_guard": manners.loop_guard,
            "off": manners.off,
            "sureness": manners.sureness,
        },
    }
