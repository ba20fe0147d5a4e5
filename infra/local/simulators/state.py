"""The simulator's memory as JSON, so that chats survive a restart of `make run`."""

import base64
from collections.abc import Mapping
from dataclasses import asdict

from infra.local.simulators.outbox import Mark, Posting
from infra.local.simulators.people import Person, ShopNumber
from infra.local.simulators.wire import Json
from infra.local.simulators.world import Chat, Held, Line, SeenReceipt, Sent, World

VERSION = 1


def dump(world: World) -> Json:
    """Return the whole memory, the shops' tokens too; faults are not part of it."""
    chats = [
        asdict(chat) | {"shop": shop, "customer": customer, "lines": [asdict(line) for line in chat.lines.values()]}
        for (shop, customer), chat in world.chats.items()
    ]
    return {
        "version": VERSION,
        "numbers": [asdict(number) for number in world.numbers.values()],
        "counter": world.counter,
        "people": [asdict(person) for person in world.people.values()],
        "user_ids": [[portfolio, user_id, key] for (portfolio, user_id), key in world.user_ids.items()],
        "chats": chats,
        "sent": [asdict(sent) for sent in world.sent],
        "receipts": [asdict(receipt) for receipt in world.receipts],
        "held": [{"body": _text(held.body), "mark": asdict(held.mark)} for held in world.held],
        "outbox": [asdict(posting) | {"body": _text(posting.body)} for posting in world.outbox.waiting.values()],
    }


def load(document: Json, numbers: Mapping[str, ShopNumber], revision: int = 0) -> World:
    """Return the memory of a dump; of a number that stands in it and in `numbers` the latter counts."""
    if document.get("version") != VERSION:
        raise ValueError(f"simulator state of version {document.get('version')!r}, expected {VERSION}")
    kept_numbers = [ShopNumber(**number) for number in document["numbers"]]
    world = World({number.phone_number_id: number for number in kept_numbers} | dict(numbers), revision)
    for person in document["people"]:
        world.keep(Person(**person))
    world.user_ids = {(portfolio, user_id): key for portfolio, user_id, key in document["user_ids"]}
    for kept in document["chats"]:
        lines = {line["wamid"]: Line(**line) for line in kept["lines"]}
        rest = {name: value for name, value in kept.items() if name not in ("shop", "customer", "lines")}
        world.chats[kept["shop"], kept["customer"]] = Chat(lines=lines, **rest)
    world.sent = [Sent(**sent) for sent in document["sent"]]
    world.receipts = [SeenReceipt(**receipt) for receipt in document["receipts"]]
    world.held = [Held(body=_bytes(held["body"]), mark=Mark(**held["mark"])) for held in document["held"]]
    for posting in document["outbox"]:
        mark = Mark(**posting["mark"]) if posting["mark"] else None
        world.outbox.add(Posting(**posting | {"body": _bytes(posting["body"]), "mark": mark}))
    world.counter = document["counter"]
    return world


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
