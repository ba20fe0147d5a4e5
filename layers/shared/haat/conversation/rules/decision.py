"""What was decided of a customer's message: the reason, what is said, and the conversation as it is from then on."""

from dataclasses import dataclass
from enum import StrEnum

from haat.conversation.model import Conversation
from haat.facts.said import Choice
from haat.kernel.ids import ProviderId
from haat.kernel.time import DAY, MINUTE, Instant

GREET_AFTER_MS = 14 * DAY  # as in the phone app: first contact, or after 14 days of silence
GUARD_REPLIES, GUARD_MS = 3, 10 * MINUTE
NOT_UNDERSTOOD_EVERY_MS = DAY


class Reason(StrEnum):
    """Why a message was answered or not: one word for logs, metrics and the merchant."""

    MATCHED = "matched"
    MENU = "menu"  # it might be one of a few questions: the customer is asked which
    HANDED_OVER = "handed_over"  # answered, and a person goes on
    GREETED = "greeted"
    AWAY = "away"
    NOT_UNDERSTOOD = "not_understood"
    IDLE = "idle"  # thanks, or an emoji: nobody waits for an answer
    LISTED = "listed"  # not understood, and the customer is not told again
    UNSUPPORTED = "unsupported"
    SHOWN = "shown"  # no words to answer
    STANDBY = "standby"  # another program has the conversation now
    SILENT = "silent"  # a person is answering
    CLOSED = "closed"  # the country flag
    SHUT = "shut"  # the shop is closed down or blocked
    TOO_LATE = "too_late"  # its window closed before it came
    GUARDED = "guarded"  # loop guard
    WAITING = "waiting"  # the customer may go on
    BLOCKED = "blocked"  # the shop wants to hear no more of this customer
    ORDERED = "ordered"  # the counter took an order
    ORDER_REFUSED = "order_refused"  # it could not, and said why
    SERVED = "served"  # it showed goods, or said how orders stand
    COMMANDED = "commanded"  # one of the shop's people told it what to do, and it did
    COMMAND_REFUSED = "command_refused"  # it could not, and said why


COMMANDS = frozenset({Reason.COMMANDED, Reason.COMMAND_REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the shop says, and the message that it answers."""

    text: str
    quotes: ProviderId
    not_before: Instant
    entry: str = ""
    resembles: str = ""
    confidence: float = 0.0
    choices: tuple[Choice, ...] = ()
    opener: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The conversation as it is from now on, and what must happen."""

    conversation: Conversation
    reason: Reason
    said: Said | None = None
    listed: bool = False  # goes on the shop's list of what the bot could not answer
    look_again_in: int = 0  # ms; a burst may be over then
