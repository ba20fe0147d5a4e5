"""The simulator's memory as JSON, so that chats survive a restart of `make run`."""

import base64
from collections.abc import Mapping
from dataclasses import asdict

from infra.local.simulators.media import Medium
from infra.local.simulators.messenger_world import load_pages
from infra.local.simulators.outbox import Mark, Posting
from infra.local.simulators.people import Page, Person, ShopNumber
from infra.local.simulators.templates import Template
from infra.local.simulators.webhooks import Webhooks
from infra.local.simulators.wire import Json
from infra.local.simulators.world import Chat, Held, Line, Offer, SeenReceipt, Sent, World

VERSION = 2
# Files larger than this are forgotten when the simulator stops: the state is written every few seconds.
KEPT_MEDIA = 256 * 1024


def dump(world: World) -> Json:
    """Return the whole memory, the tokens of shops and pages too; faults are not part of it."""
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
        "held": [asdict(held) | {"body": _text(held.body)} for held in world.held],
        "outbox": [asdict(posting) | {"body": _text(posting.body)} for posting in world.outbox.waiting.values()],
        "media": [
            asdict(medium) | {"content": _text(medium.content)}
            for medium in world.media.values()
            if len(medium.content) <= KEPT_MEDIA
        ],
        "templates": [asdict(template) for template in world.templates.values()],
        "unsubscribed": sorted(world.unsubscribed),
        "references": sorted(map(list, world.references)),
        "messenger": world.pages.dump(),
    }


def load(
    document: Json,
    numbers: Mapping[str, ShopNumber],
    habits: Webhooks,
    revision: int = 0,
    pages: Mapping[str, Page] | None = None,
) -> World:
    """Return the memory of a dump; of a number or page that stands in it and in `numbers` or `pages` the latter counts."""
    if document.get("version") not in (1, VERSION):
        raise ValueError(f"simulator state of version {document.get('version')!r}, expected {VERSION}")
    kept_numbers = [ShopNumber(**number) for number in document["numbers"]]
    known = {number.phone_number_id: number for number in kept_numbers} | dict(numbers)
    world = World(known, habits, revision, load_pages(document.get("messenger", {}), pages or {}))
    for person in document["people"]:
        world.keep(Person(**person))
    world.user_ids = {(portfolio, user_id): key for portfolio, user_id, key in document["user_ids"]}
    for kept in document["chats"]:
        lines = {line["wamid"]: _line(line) for line in kept["lines"]}
        rest = {name: value for name, value in kept.items() if name not in ("shop", "customer", "lines")}
        world.chats[kept["shop"], kept["customer"]] = Chat(lines=lines, **rest)
    world.sent = [Sent(**sent) for sent in document["sent"]]
    world.receipts = [SeenReceipt(**receipt) for receipt in document["receipts"]]
    for held in document["held"]:
        mark = Mark(**held["mark"])
        number = held.get("number", mark.phone_number_id)
        more = tuple(Mark(**one) for one in held.get("more", ()))
        world.held.append(Held(body=_bytes(held["body"]), mark=mark, number=number, more=more))
    for posting in document["outbox"]:
        world.outbox.add(_posting(posting))
    for medium in document.get("media", []):
        world.media[medium["id"]] = Medium(**medium | {"content": _bytes(medium["content"])})
    for template in document.get("templates", []):
        world.templates[template["id"]] = Template(**template)
    world.unsubscribed = set(document.get("unsubscribed", []))
    world.references = {(waba, reference) for waba, reference in document.get("references", [])}
    world.counter = document["counter"]
    return world


def _line(kept: Json) -> Line:
    """Return a line; an older dump knew nothing that could be tapped."""
    return Line(**kept | {"offers": tuple(Offer(**offer) for offer in kept.get("offers", ()))})


def _posting(kept: Json) -> Posting:
    """Return a posting; the first version of a dump had one mark or none, and knew no habits."""
    fields = {name: value for name, value in kept.items() if name != "mark"}
    marks = kept["marks"] if "marks" in kept else [kept["mark"]] if kept["mark"] else []
    return Posting(**fields | {"body": _bytes(kept["body"]), "marks": tuple(Mark(**mark) for mark in marks)})


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
