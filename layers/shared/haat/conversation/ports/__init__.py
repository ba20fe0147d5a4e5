"""What a conversation needs from the rest of the world, in its own words. `wiring` fills these."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from haat.conversation.model import Channel, Connected, Conversation, Matcher, Number, Outgoing, SendState, Shop, Taught
from haat.facts.conversation import Contact, CustomerRenamed, DeliveryReported, Inbound, MessageAltered, SeenUpTo
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId, MessageId, ProviderId
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A fact on its way into a queue. Group and dedupe hold fingerprints only."""

    body: str
    group: Fingerprint | None = None
    dedupe: Fingerprint | None = None


class Queue(Protocol):
    """Where facts wait for their function."""

    def put(self, entries: Sequence[Entry]) -> None:
        """All of them are kept, or Unavailable is raised; then some may be."""


class Shops(Protocol):
    """Shops as a conversation sees them; may be a minute old."""

    def shop(self, merchant: MerchantId) -> tuple[Shop, Matcher]:
        """Raises NotFound."""

    def open_for(self, country: str) -> bool:
        """Whether automatic answers are open in a country. Raises Unavailable when nobody can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What one fact changes: written in one transaction, or not at all. The fact itself is the once-only marker."""

    fact: Inbound
    before: Conversation
    after: Conversation
    outgoing: Outgoing | None = None
    listed: tuple[Fingerprint, ...] = ()  # messages that go on the shop's list of questions without an answer
    answered: str = ""  # a question that leaves that list: the customer said which they meant
    look_again_in: int = 0  # ms; a burst may be over then
    reason: str = ""
    resembles: str = ""


class Conversations(Protocol):
    """Where conversations are kept. Every write is conditional on what was read."""

    def channel(self, kind: str, address: str) -> Channel | None:
        """The shop's address; may be a minute old."""

    def find(self, channel: Channel, contact: Contact, new: Conversation) -> Conversation:
        """The conversation of a contact, found by user id, then by phone; `new` where there is none yet (version 0).

        Its `erased_before` says what of this contact was erased, also where nothing else is known of them. What the contact adds to what was known (a second name of theirs) is in the answer, and is kept with the next `keep`.
        """

    def called(self, merchant: MerchantId, phone: str) -> CustomerId | None:
        """Whom a telephone number (digits) leads to now. None for nobody, and for somebody who was erased."""

    def load(self, merchant: MerchantId, customer: CustomerId, address: str) -> Conversation | None:
        """A conversation whose customer is known."""

    def keep(self, kept: Kept) -> bool:
        """Write it. False: this fact was kept before. Raises Conflict when the conversation moved in between."""

    def knows(self, key: Fingerprint) -> bool:
        """Whether a message was kept before."""

    def tell(self, before: Conversation, after: Conversation, outgoing: Outgoing) -> bool:
        """Write something that the shop says by itself. False: it was said before. Raises Conflict when the conversation moved."""

    def keep_burst(
        self,
        before: Conversation,
        after: Conversation,
        outgoing: Outgoing | None,
        listed: tuple[Fingerprint, ...],
        resembles: str = "",
        answered: str = "",
    ) -> None:
        """Write the answer to a burst. Raises Conflict when the conversation moved in between."""

    def alter(self, fact: MessageAltered) -> None:
        """Let an edit or a deletion reach the message that it is about; the same again changes nothing."""

    def rename(self, channel: Channel, fact: CustomerRenamed) -> bool:
        """Let both names lead to one customer, the older one; the same again changes nothing. False: one was erased since, nothing is done."""

    def note(self, fact: Inbound, about: Conversation | None = None) -> bool:
        """Keep a fact that belongs to no conversation, with the customer whom it is about. False: kept before.

        Somebody new is a customer from then on. Raises Conflict when somebody else was given that name in between.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is needed to speak on a channel."""

    channel: Channel
    token: Secret[str]


class Lines(Protocol):
    """Channels with their tokens decrypted; may be a minute old."""

    def line(self, kind: str, address: str) -> Line | None:
        """None where the shop has no such channel (any more)."""

    def stop(self, kind: str, address: str, reason: str, now: Instant) -> None:
        """Nothing more is sent there until an operator mends it."""


class Channels(Protocol):
    """Which addresses are whose."""

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""

    def owner(self, kind: str, address: str) -> MerchantId | None:
        """Whose address it is now."""

    def page(self, merchant: MerchantId, after: str | None, limit: int) -> tuple[list[Connected], str | None]:
        """One page of a merchant's channels, and where the next one begins."""

    def connect(self, connected: Connected, once: Once, answer: Answer) -> Answer:
        """Save a channel, new or anew; a stop that lay on it is lifted. Returns the answer of the request that was first.

        Raises Conflict (number-taken) where the address is another merchant's.
        """

    def disconnect(self, merchant: MerchantId, kind: str, address: str, at: Instant) -> bool:
        """Forget it and its token, `at` that time. False where the merchant has no such channel."""


class Numbers(Protocol):
    """What the channel itself knows of an address."""

    def ask(self, address: str, account: str, token: Secret[str]) -> Number:
        """Ask with a token that may be wrong, and let what customers write there come to us. `account` is empty where a channel has none.

        Raises Rejected naming what is wrong (access_token, phone_number_id, account_id or page_id), Unavailable.
        """


class Teachings(Protocol):
    """What shops have taught their bots, as those who teach see it."""

    def read(self, merchant: MerchantId) -> Taught:
        """As it is now, with what was learnt from it; empty, with version 0, where nothing was taught."""

    def write(self, merchant: MerchantId, taught: Taught) -> None:
        """Replace it, and with it what was learnt (rules/lessons.py), or wish that this be learnt later.

        Raises Changed when what is there does not have the version before.
        """

    def write_once(self, merchant: MerchantId, taught: Taught, once: Once, answer: Answer) -> Answer:
        """The same for a request that may come again: returns the answer of the one that was first. Raises Changed."""

    def keep_learnt(self, merchant: MerchantId, taught: Taught, learnt: bytes, wished: int) -> None:
        """Keep what was learnt from these entries, in place of what was learnt before, and strike out the wish of a version.

        Raises Changed where something is kept that was learnt from a younger version.
        """

    def unwish(self, merchant: MerchantId, wished: int) -> None:
        """Strike out the wish of a version; nothing happens where there is none."""

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """It is ours to send, this being the n-th try."""

    tries: int
    again: bool = False  # an earlier call's outcome was never known


class Sends(Protocol):
    """The state of outgoing messages. Every write is conditional on the state that it may follow."""

    def state(self, id: MessageId) -> SendState:
        """What is known; a message without an item is due."""

    def claim(self, outgoing: Outgoing, now: Instant) -> Claimed | SendState:
        """Mark a due message "sending", or say which state stands in the way."""

    def take_over(self, outgoing: Outgoing, seen: SendState, now: Instant) -> Claimed | None:
        """Claim a message whose claim is dead. None when somebody else was faster."""

    def sent(self, id: MessageId, provider_id: ProviderId) -> None:
        """The channel took it. Nothing happens where a status was faster."""

    def release(self, id: MessageId) -> None:
        """The channel refused it for now: due again."""

    def fail(self, outgoing: Outgoing, code: int, now: Instant) -> bool:
        """It will not be said: state and notice to the merchant in one transaction. False when it was final already."""

    def drop(self, id: MessageId, code: int, now: Instant) -> None:
        """It will not be said, and nobody has to hear of it. Nothing happens where it was final already."""

    def window_ends(self, outgoing: Outgoing) -> Instant:
        """When the customer's window closes, read now."""


class Reports(Protocol):
    """What the channel reports of outgoing messages."""

    def report(self, fact: DeliveryReported) -> bool:
        """A status other than failed, rank upward only. False when it changed nothing."""

    def outgoing(self, fact: DeliveryReported) -> Outgoing | None:
        """The message that a status is about, if that was sent from the address that the status came for."""

    def fail_reported(
        self, fact: DeliveryReported, outgoing: Outgoing, code: int, now: Instant, again: Outgoing | None
    ) -> bool:
        """A status failed: state, and either the notice to the merchant or the message that says it again. False when nothing changed."""


class Marks(Protocol):
    """What the channel reports of outgoing messages without naming them: up to when a customer has got or read them."""

    def customer(self, fact: SeenUpTo) -> tuple[MerchantId, CustomerId] | None:
        """Whose address it came for, and whom its contact leads to there. None for a stranger, and for somebody who was erased."""

    def see(self, who: tuple[MerchantId, CustomerId], fact: SeenUpTo, now: Instant) -> bool:
        """Keep up to when that customer has got or read what the address sent, upward only. False when it changed nothing."""


class Action(StrEnum):
    """What a refusal asks for, whatever the channel's code for it is."""

    RETRY = "retry"  # the channel is in trouble: wait 4^n s
    SLOW_NUMBER = "slow_number"  # the shop's number is too fast: that number waits
    WAIT_PAIR = "wait_pair"  # too fast to this customer: that customer waits 4^n s
    RETRY_MINUTES = "retry_minutes"
    RETRY_ONCE = "retry_once"
    STOP_TOKEN = "stop_token"  # noqa: S105  # no retry; nothing more is sent for that shop until it is mended
    STOP_SPAM = "stop_spam"
    STOP_POLICY = "stop_policy"
    STOP_BILLING = "stop_billing"
    GIVE_UP = "give_up"  # no retry; the merchant sees the code
    PLAINER = "plainer"  # it won't take the message as it is: without its card or picture it may; else as GIVE_UP
    UNDELIVERABLE = "undeliverable"  # no retry; after several the customer counts as unreachable


STOPS = frozenset({Action.STOP_TOKEN, Action.STOP_SPAM, Action.STOP_POLICY, Action.STOP_BILLING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The channel took it and calls it so. Accepted is not delivered."""

    provider_id: ProviderId


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The channel said no: it was not sent."""

    code: int
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody can say whether it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotConnected:
    """No byte of the message left us."""


SendOutcome = Accepted | Refused | Unknown | NotConnected


class Speaker(Protocol):
    """Speaks a channel's language."""

    def say(self, line: Line, outgoing: Outgoing) -> SendOutcome:
        """One call to the channel, before it one for a picture that goes along. Never raises for what the channel or the network does."""
