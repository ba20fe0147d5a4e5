"""What the simulated platform remembers: people, chats, sends, and the webhooks on their way.

Plain records without behaviour of the API; `graph.py` and `customer.py` change them under one lock.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from infra.local.simulators.messenger_world import Pages
from infra.local.simulators.outbox import MESSENGER_PATH, PATH, Mark, Outbox, Posting
from infra.local.simulators.people import Person, ShopNumber
from infra.local.simulators.webhooks import Webhooks, What
from infra.local.simulators.wire import digits, escape, wamid

if TYPE_CHECKING:
    from infra.local.simulators.media import Medium
    from infra.local.simulators.templates import Template

WINDOW = 24 * 3600.0
BURST = 45.0
REFILL = 6.0

type Author = Literal["customer", "haat", "merchant"]
# How far a line has come, as Haat has acknowledged it. Of a shop's line: accepted, sent, delivered, read, failed.
# Of a customer's: posted (Meta has it), received (Haat answered 200), read (Haat sent a read receipt).
RANKS = ("posted", "accepted", "sent", "received", "delivered", "read", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be tapped under a message: a tap sends its id and title back. A quick reply is gone with the next message."""

    kind: Literal["button", "row", "quick reply", "postback"]
    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message of a chat as both sides' phones show it."""

    wamid: str
    author: Author
    kind: str
    text: str
    at: float
    tick: str
    quoted: str | None = None
    reaction: str = ""
    edited: bool = False
    deleted: bool = False
    seen: bool = False
    error: int | None = None
    to: str | None = None
    opaque: str | None = None
    offers: tuple[Offer, ...] = ()
    picture: str = ""  # the id of the file that it shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One attempt of Haat to send a message, whatever became of it.

    `outcome`: accepted; error (with its code); broken; or refused, timeout, dropped, where no answer came back.
    `accepted` says whether Meta has the message, `answered` whether Haat was told anything. On Messenger `phone_number_id` is
    the page's id, `recipient` the page-scoped id, `opaque` the metadata, and `tag` is there where one was used.
    """

    phone_number_id: str
    customer: str | None
    kind: str
    text: str
    quoted: str | None
    to: str | None
    recipient: str | None
    opaque: str | None
    at: float
    outcome: str
    accepted: bool
    answered: bool
    error: int | None = None
    wamid: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenReceipt:
    """A read receipt that Haat sent, with or without "typing"."""

    phone_number_id: str
    message_id: str
    typing: bool
    at: float


@dataclass(slots=True, kw_only=True)
class Chat:
    """One customer at one shop's number: lines by wamid, the window, and the pair's bucket."""

    lines: dict[str, Line] = field(default_factory=dict)
    last_written_at: float | None = None
    tokens: float = BURST
    tokens_at: float = 0.0
    typing_until: float = 0.0

    def open_at(self, now: float, window: float = WINDOW) -> bool:
        """Say whether the customer service window is open, or one of as many seconds."""
        return self.last_written_at is not None and now < self.last_written_at + window

    def take_token(self, now: float) -> bool:
        """Take one send from the pair's bucket of 45 that regains one each 6 s; False when it is empty."""
        self.tokens = min(BURST, self.tokens + max(0.0, now - self.tokens_at) / REFILL)
        self.tokens_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A status that waits for `release()`; one that says "all up to here" has more marks than the first."""

    body: bytes
    mark: Mark
    number: str
    more: tuple[Mark, ...] = ()


class World:
    """The memory of the simulator: the shops' numbers and pages, and nobody else at first.

    `revision` grows with every change, also over a reset: a page that has seen one need not look again.
    """

    def __init__(
        self, numbers: dict[str, ShopNumber], habits: Webhooks, revision: int = 0, pages: Pages | None = None
    ) -> None:
        self.numbers = numbers
        self.pages = pages or Pages()
        self.people: dict[str, Person] = {}
        self.chats: dict[tuple[str, str], Chat] = {}
        self.sent: list[Sent] = []
        self.receipts: list[SeenReceipt] = []
        self.held: list[Held] = []
        self.outbox = Outbox(habits)
        self.media: dict[str, Medium] = {}
        self.templates: dict[str, Template] = {}
        # Accounts (WABA) whose webhooks this app does not want, and the references of orders, by portfolio.
        self.unsubscribed: set[str] = set()
        self.references: set[tuple[str, str]] = set()
        self.recent: dict[str, deque[float]] = {}
        self.phones: dict[str, str] = {}
        self.user_ids: dict[tuple[str, str], str] = {}
        self.counter = 0
        self.revision = revision

    def serial(self, what: str) -> str:
        """Return the next of all serials: the same run yields the same ones."""
        self.counter += 1
        return f"{what}-{self.counter:08d}"

    def new_wamid(self, person: Person, direction: Literal["in", "out"]) -> str:
        """Return a new message id, which contains the person's phone number, as at Meta."""
        return wamid(person.phone, self.serial("message"), direction)

    def media_id(self) -> str:
        """Return a new media id."""
        return digits(self.serial("media"), 16)

    def chat(self, phone_number_id: str, customer: str) -> Chat:
        """Return a chat; it begins with the first look at it."""
        return self.chats.setdefault((phone_number_id, customer), Chat())

    def keep(self, person: Person) -> None:
        """Remember a person, and where their present number leads."""
        before = self.people.get(person.key)
        if before is not None and self.phones.get(before.phone) == person.key:
            del self.phones[before.phone]
        self.people[person.key] = person
        if person.phone:
            self.phones[person.phone] = person.key
        self.revision += 1

    def met(self, person: Person, shop: ShopNumber) -> None:
        """Remember that this shop's portfolio has seen this person's user id."""
        self.user_ids[shop.portfolio, person.id_at(shop)] = person.key

    def forget_ids(self, person: Person, shop: ShopNumber) -> None:
        """Let a user id that has become another lead nowhere, as the old phone number does."""
        self.user_ids.pop((shop.portfolio, person.id_at(shop)), None)

    def post(
        self,
        document: object,
        now: float,
        *,
        due_at: float | None = None,
        mark: Mark | None = None,
        more: tuple[Mark, ...] = (),
        number: str | None = None,
        what: What = "event",
    ) -> str:
        """Put a webhook on its way; bytes go as they are, anything else in Meta's escaped form.

        `number` is a number's or a page's id, which says where it goes.
        """
        body = document if isinstance(document, bytes) else escape(document)
        page = self.pages.by_id.get(number or "")
        posting = Posting(
            id=self.serial("webhook"),
            body=body,
            made_at=now,
            due_at=now if due_at is None else due_at,
            marks=((mark,) if mark else ()) + more,
            number=number,
            what=what,
            path=MESSENGER_PATH if page else PATH,
            secret=page.app_secret if page else "",
        )
        shop = self.numbers.get(number or "")
        if shop is None or shop.waba_id not in self.unsubscribed:
            self.outbox.add(posting)
        self.revision += 1
        return posting.id

    def take_turn(self, number: str, limit: int, now: float) -> bool:
        """Count one message of a number; False where it has had `limit` in the last second."""
        recent = self.recent.setdefault(number, deque())
        while recent and recent[0] <= now - 1.0:
            recent.popleft()
        if len(recent) >= limit:
            return False
        recent.append(now)
        return True

    def write(self, phone_number_id: str, customer: str, line: Line) -> None:
        """Add a line to a chat."""
        self.chat(phone_number_id, customer).lines[line.wamid] = line
        self.revision += 1

    def advance(self, mark: Mark, error: int | None = None) -> None:
        """Move a line's tick up, never down; a line that is not there is none of our business."""
        lines = self.chat(mark.phone_number_id, mark.customer).lines
        line = lines.get(mark.wamid)
        if line is not None and RANKS.index(mark.tick) > RANKS.index(line.tick):
            lines[mark.wamid] = replace(line, tick=mark.tick, error=error or line.error)
            self.revision += 1
