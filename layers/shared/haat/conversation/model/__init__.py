"""What a conversation is made of. Nothing here does anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from haat.facts.conversation import Contact
from haat.facts.said import Bill, Choice, Template
from haat.kernel.ids import ConversationId, CustomerId, Fingerprint, MerchantId, MessageId, ProviderId
from haat.kernel.time import Instant

Language = Literal["en", "bn", "hi"]
Sureness = Literal["careful", "normal", "eager"]

RECENT_KEYS = 8  # how many of the last messages a conversation remembers, to know a duplicate without a write


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """When a shop is open, in its own time zone.

    `week` maps a weekday (Monday 0 ... Sunday 6) to ranges of minutes since local midnight; a range may end past 1440, that is
    after midnight, and belongs to the day on which it began. A weekday that is missing is closed. `closures` are whole local days.
    An empty `week` means that the shop told no hours: it is then never "away".
    """

    timezone: str  # IANA name
    week: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    closures: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A question that the shop has taught: how customers ask it, and what is said then.

    A reply may hold {hours} and {shop}. `replies` is by language; the shop's default language is used where one is missing.
    `titles` is how a menu names it. `askers` says of examples that are a customer's own words whose they are: they are
    forgotten with the customer.
    """

    id: str
    examples: tuple[str, ...]
    replies: Mapping[Language, str]
    askers: Mapping[str, CustomerId] = field(default_factory=dict)
    titles: Mapping[Language, str] = field(default_factory=dict)
    to_person: bool = False  # its reply is said, and then a person goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The entry that a text asks for, how sure we are (0 to 1), and the example that it resembles."""

    entry: Entry
    confidence: float
    resembles: str


class Matcher(Protocol):
    """Knows what a shop was taught. Whether a guess is good enough to be said is for the rules (rules/menus.py)."""

    def match(self, text: str) -> Match | None:
        """The best guess, however unsure; None where nothing is similar at all. The same text always gets the same."""

    def near(self, text: str, most: int) -> list[Match]:
        """The best guesses, one for each entry, the best first and the first of them that of `match`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What the shop says by itself, by language. A text that is missing is not said."""

    greeting: Mapping[Language, str] = field(default_factory=dict)
    away: Mapping[Language, str] = field(default_factory=dict)  # may hold {opens}
    not_understood: Mapping[Language, str] = field(default_factory=dict)
    unsupported: Mapping[Language, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a shop wants its bot to behave."""

    silence_ms: int = 30 * 60_000  # the bot is silent for so long after a person answered
    burst_ms: int = 0  # wait so long for a customer to finish, at most 15 minutes; 0 is off
    loop_guard: bool = False  # at most three automatic replies in a row in ten minutes
    off: bool = False  # it answers no words at all, until it is told to; carts and taps still get their order
    sureness: Sureness = "normal"  # how sure it must be to answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """All that a shop told its bot. `learnt` is what was learnt from the entries, packed (rules/learning.py); it may be of older ones."""

    entries: tuple[Entry, ...] = ()
    texts: Texts = field(default_factory=Texts)
    manners: Manners = field(default_factory=Manners)
    version: int = 0
    learnt: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What a conversation needs to know of the merchant. `version` changes with anything in it."""

    merchant: MerchantId
    version: str
    name: str
    country: str  # ISO 3166-1 alpha-2
    language: Language
    hours: OpeningHours
    entries: tuple[Entry, ...] = ()
    texts: Texts = field(default_factory=Texts)
    manners: Manners = field(default_factory=Manners)
    serves: bool = True  # it does business; else nothing is said by itself
    staff: Mapping[str, Language] = field(default_factory=dict)  # phones of its people (digits), with their languages


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A shop's address on a channel."""

    kind: str
    address: str
    merchant: MerchantId
    account: str = ""
    token: bytes = b""  # encrypted, with the merchant as context
    stopped: str = ""  # why nothing may be sent (token, policy, spam, billing); empty while all is well


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """What a channel says of a shop's address, in the channel's own words."""

    display: str = ""  # as people dial it
    name: str = ""  # under which customers see it
    verification: str = ""  # whether the shop has shown that the number is its own
    quality: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A channel as its shop and the operators see it."""

    channel: Channel
    number: Number = field(default_factory=Number)
    connected_at: Instant = Instant(0)
    stopped_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstPart:
    """One message of a customer who has not finished yet."""

    key: Fingerprint
    text: str  # as much of it as is read
    provider_id: ProviderId


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One customer at one address of one merchant. `version` counts its changes; 0 has never been saved."""

    id: ConversationId
    merchant: MerchantId
    customer: CustomerId
    channel: str
    address: str
    contact: Contact
    version: int = 0
    last_customer_at: Instant = Instant(0)  # provider's time of the customer's last message: the window counts from it
    recent: tuple[Fingerprint, ...] = ()  # the last RECENT_KEYS messages
    unwelcomed: bool = False  # it began, or began again after a long silence, and nobody has greeted yet
    away_for: Instant = Instant(0)  # beginning of the closure for which the away text was said
    not_understood_at: Instant = Instant(0)
    unsupported_at: Instant = Instant(0)
    silent_until: Instant = Instant(0)  # a person is answering
    automatic: tuple[Instant, ...] = ()  # times of the last automatic replies, since a person last answered
    pair: Instant = Instant(0)  # pair limit: the bucket is full again at this time
    burst: tuple[BurstPart, ...] = ()
    inbox_day: str = ""  # the day under which the merchant's inbox lists it
    blocked_at: Instant = Instant(0)  # the shop wants to hear no more of this customer; 0 is not blocked
    erased_before: Instant = Instant(0)  # what this person wrote until then was erased, and must not come back
    began_as: CustomerId | None = None  # it began under a younger name of the same person, where it is kept no more
    language: Language | None = None  # in which the customer last wrote, where that is not the shop's own
    menu: tuple[str, ...] = ()  # entries that were offered by number, until something else is said
    asked: str = ""  # the question on the shop's list that the menu was for
    introduced: bool = False  # the bot has said that it is one, since this began or since a person last spoke

    def __repr__(self) -> str:
        return f"Conversation({self.id}, version={self.version})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message that the shop says, as it waits in the queue."""

    id: MessageId
    merchant: MerchantId
    conversation: ConversationId
    customer: CustomerId
    channel: str
    address: str
    contact: Contact
    text: str
    quotes: ProviderId | None
    window_ends: Instant
    not_before: Instant = Instant(0)
    decided_at: Instant = Instant(0)
    correlation: str = ""
    source: str = ""  # key of the row that holds it, so that a failed one can be said again
    again: int = 0  # how often it has been said again because a later status failed it
    by: str = ""  # the token of the person who wrote it; empty where the bot did
    choices: tuple[Choice, ...] = ()  # what can be chosen with a tap
    opener: str = ""  # with it the choices are a list behind a button of that name, without it buttons
    template: Template | None = (
        None  # the text goes into this one, and `window_ends` is only when it is no news any more
    )
    staff: str = ""  # the entry of the shop's own person whom it tells something
    code: str = ""  # a text that goes along as the picture of a QR code
    bill: Bill | None = None  # the channel's own payment card, said in place of text and code where it can be
    agent: bool = False  # a person says it after the window in which a bot may write, where the channel allows that

    def __repr__(self) -> str:
        return f"Outgoing({self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendState:
    """What we know of one outgoing message. No item at all means: due. See rules/sending.py for the table."""

    id: MessageId
    state: Literal["due", "sending", "sent", "failed"] = "due"
    since: Instant = Instant(0)  # when "sending" was last written
    tries: int = 0
    lost: int = 0  # claims whose owner died, or whose outcome never came
    rank: int | None = None  # what the channel last reported: failed 0, sent 1, delivered 2, read 3, played 4
    error: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing in a cart, as the channel names it. `quantity` is 0 where none can be read; `price` in minor units."""

    ref: str
    quantity: int
    price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a customer wants of the shop's counter. `ref` of a choice is the counter's own word for it."""

    kind: Literal["cart", "choice", "orders", "goods"]
    language: Language
    ref: str = ""
    items: tuple[Item, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the counter says to that, or whoever obeys the shop's own people."""

    word: Literal["ordered", "order_refused", "served", "commanded", "command_refused"]
    text: str
    language: Language
    choices: tuple[Choice, ...] = ()
    opener: str = ""


WINDOW_MS = (
    24 * 3_600_000
)  # after a customer's message anything may be sent for so long (Cloud API, customer service window)
FOREVER = Instant(253_402_300_799_000)  # the last second that a time of ours can name
