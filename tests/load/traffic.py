"""What Meta posts in half a minute of a busy market: the bodies, and when each is due. The same every time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from infra.local.market import MARKET, DemoShop
from infra.local.simulators.customer import Customer
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.packing import merge, rewrap
from infra.local.simulators.people import App, Page, ShopNumber
from infra.local.simulators.wire import escape

MESSAGES, CUSTOMERS, SECONDS = 500, 40, 30.0
BURST, BURST_AT = 100, 15.0
STRANGERS = 21  # webhooks that Meta has not signed

type Signature = Literal["good", "another secret's", "another body's", "none"]
FORGED: tuple[Signature, ...] = ("another secret's", "another body's", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a customer; `chat` is who and where, `at` is in seconds from the start."""

    number: int
    wamid: str
    chat: tuple[str, str]
    at: float
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One webhook and what it brings."""

    at: float
    body: bytes
    wamids: tuple[str, ...]
    signature: Signature = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """All of it, in order of time."""

    messages: tuple[Message, ...]
    posts: tuple[Post, ...]


def shops() -> list[ShopNumber]:
    """Return the numbers of the market, as Meta knows them."""
    return [
        ShopNumber.of(shop.phone_number_id, name=shop.merchant.name, waba_id=shop.account, token=shop.token)
        for shop in MARKET
    ]


def pages() -> list[Page]:
    """Return the pages of the market."""
    return [Page.of(shop.page_id, name=shop.merchant.name, token=shop.page_token) for shop in MARKET if shop.page_id]


def traffic(graph: GraphSimulator, app: App = "whatsapp") -> Traffic:
    """Let everybody write by an app, and take the bodies before they are posted.

    Of 40 customers each fifth hides the number, where there are numbers. 100 messages come at once, the others evenly, two by two from the same
    customer; 60 of them are three to a webhook, 10 change places with their neighbours. 25 webhooks come again as they
    were, and 25 messages in other bodies.
    """
    people = [_customer(graph, number, app) for number in range(CUSTOMERS)]
    messages = [_written(graph, people, number, _shops(app)) for number in range(MESSAGES)]
    even, burst = messages[: MESSAGES - BURST], messages[MESSAGES - BURST :]
    posts = [*_posts(_with_swaps(even)), *(_post(message) for message in burst)]
    posts += [replace(post, at=post.at + gap(number)) for number, post in enumerate(posts[7::17][:25])]
    again = messages[9::20]
    posts += [_rewrapped(message, messages[message.number - 1], gap(message.number)) for message in again]
    posts += _forged(graph, app)
    return Traffic(messages=tuple(messages), posts=tuple(sorted(posts, key=lambda post: post.at)))


def gap(number: int) -> float:
    """Return after how many seconds something comes again: at once, soon, or when it was long answered."""
    return (0.0, 0.05, 1.0, 5.0)[number % 4]


def _shops(app: App) -> list[str]:
    """Where one can write by an app: numbers, or pages."""
    return [shop.page_id if app == "messenger" else shop.phone_number_id for shop in MARKET if _there(shop, app)]


def _there(shop: DemoShop, app: App) -> bool:
    return app == "whatsapp" or bool(shop.page_id)


def _customer(graph: GraphSimulator, number: int, app: App) -> Customer:
    if app == "messenger":
        return graph.messenger.customer(name=f"Customer {number}")
    return graph.customer(phone=f"9198000010{number:02d}", hides_number=number % 5 == 0)


def _written(graph: GraphSimulator, people: Sequence[Customer], number: int, shops: Sequence[str]) -> Message:
    even = MESSAGES - BURST
    at = number * SECONDS / even if number < even else BURST_AT
    # Neighbours are of one customer, and the next two of another.
    who = number // 2 * 17 % CUSTOMERS
    shop = shops[who % len(shops)]
    wamid = people[who].writes(shop, "hours")
    return Message(number=number, wamid=wamid, chat=(shop, people[who].key), at=at, body=_taken(graph))


def _taken(graph: GraphSimulator) -> bytes:
    """Take the one body that waits out of the simulator: it is posted here, not there."""
    (webhook,) = graph.due(graph.now())
    graph.answered(webhook, 200, graph.now())
    return webhook.body


def _with_swaps(messages: Sequence[Message]) -> list[Message]:
    """Let five pairs change places: 2 % of all are overtaken, or overtake."""
    swapped = list(messages)
    for first in range(40, len(messages), 80):
        one, other = messages[first], messages[first + 1]
        swapped[first], swapped[first + 1] = replace(other, at=one.at), replace(one, at=other.at)
    return swapped


def _posts(messages: Sequence[Message]) -> Iterator[Post]:
    """Put three of each twenty into one webhook, posted when the last of them is there."""
    rest = list(messages)
    while rest:
        size = 3 if rest[0].number % 20 == 10 else 1
        group, rest = rest[:size], rest[size:]
        body = escape(merge([json.loads(one.body) for one in group], "messages")) if size > 1 else group[0].body
        yield Post(at=group[-1].at, body=body, wamids=tuple(one.wamid for one in group))


def _post(message: Message) -> Post:
    return Post(at=message.at, body=message.body, wamids=(message.wamid,))


def _rewrapped(message: Message, before: Message, later: float) -> Post:
    body = escape(rewrap(json.loads(message.body), json.loads(before.body)))
    return Post(at=message.at + later, body=body, wamids=(before.wamid, message.wamid))


def _forged(graph: GraphSimulator, app: App) -> Iterator[Post]:
    stranger = graph.messenger.customer() if app == "messenger" else graph.customer(phone="919800009999")
    shops = _shops(app)
    for number in range(STRANGERS):
        wamid = stranger.writes(shops[number % len(shops)], "hours")
        forged = FORGED[number % len(FORGED)]
        yield Post(at=number * SECONDS / STRANGERS, body=_taken(graph), wamids=(wamid,), signature=forged)
