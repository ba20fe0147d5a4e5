"""The labelled sets that matching is measured with, as entries and messages.

The shop's stand in this repository. HINT3's (ODbL 1.0, see the paper of Arora et al., doi 10.18653/v1/2020.insights-1.16) lie
beside the checkout, where they are there.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from haat.conversation.model import Entry
from haat.conversation.rules.matching import ReplyBook
from tests.unit.conversation.scores import Guessed

SHOP = Path(__file__).parents[2] / "fixtures/auto-reply/shop"
HINT3 = Path(__file__).parents[3].parent / "shared/fixtures/auto-reply/sofmattress"
_NOTHING = "NO_NODES_DETECTED"


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer writes, in which written form, and the entry that it is of; None is of none."""

    text: str
    lang: str
    right: str | None


def entries(name: str) -> tuple[Entry, ...]:
    """One of the shop's FAQ files."""
    faq = json.loads((SHOP / f"{name}.json").read_text("utf-8"))
    return tuple(
        Entry(id=entry["id"], examples=tuple(example["text"] for example in entry["examples"]), replies={})
        for entry in faq["entries"]
    )


def messages() -> list[Message]:
    """The shop's messages."""
    lines = (SHOP / "messages_dev.jsonl").read_text("utf-8").splitlines()
    return [Message(said["text"], said["lang"], said["intent"]) for said in map(json.loads, lines)]


def hint3_entries(name: str) -> tuple[Entry, ...]:
    """One of the bot's training files."""
    examples: dict[str, list[str]] = {}
    for text, label in _hint3(name):
        examples.setdefault(label, []).append(text)
    return tuple(Entry(id=label, examples=tuple(texts), replies={}) for label, texts in examples.items())


def hint3_messages() -> list[Message]:
    """The bot's messages from live traffic."""
    return [Message(text, "en", None if label == _NOTHING else label) for text, label in _hint3("test")]


def guessed(book: ReplyBook, said: list[Message]) -> list[Guessed]:
    """What a book guesses of messages."""
    found = ((message.right, book.match(message.text)) for message in said)
    return [
        Guessed(right, match.entry.id if match else None, match.confidence if match else 0.0) for right, match in found
    ]


def _hint3(name: str) -> list[tuple[str, str]]:
    with (HINT3 / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [(row["sentence"], row["label"]) for row in csv.DictReader(file)]
