"""What follows from a customer's message.

`decide` is the whole answer policy: one message in, at most one message out. In the order in which they win:

1. never answered: a customer who is blocked, media without words, groups, what a person is answering now, a bot that was told to be
   off, a shop that is closed down or a country that is not open, a message whose window has closed before it came;
2. an unsupported message gets one kind sentence, once for each conversation;
3. what the shop's counter says to a cart, a tap or a question for goods and orders (rules/asking.py), and what is said to a
   command of the shop's own people (rules/commands.py);
4. a matched question gets its reply, at any hour, with the greeting as its first line on first contact;
5. nothing matched: greeting and away text as they are due, in one message; else one "not understood" in a day; and the question
   stands on the shop's list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from haat.conversation.model import RECENT_KEYS, WINDOW_MS, BurstPart, Conversation, Language, Matcher, Served, Shop
from haat.conversation.rules import hours
from haat.conversation.rules.sending import take_turn
from haat.conversation.rules.text import READ, cut, script_language
from haat.facts.conversation import MessageAltered, MessageReceived
from haat.facts.said import Choice
from haat.kernel.ids import Fingerprint, ProviderId
from haat.kernel.time import DAY, MINUTE, Instant, as_datetime, later

GREET_AFTER_MS = 14 * DAY  # as in the phone app: first contact, or after 14 days of silence
GUARD_REPLIES, GUARD_MS = 3, 10 * MINUTE
NOT_UNDERSTOOD_EVERY_MS = DAY
TEXT_LIMIT = 4096  # characters of a text message (Cloud API, Messages)
WORDLESS = frozenset({"unsupported", "request_welcome"})  # kinds that have an answer although they hold no words


class Reason(StrEnum):
    """Why a message was answered or not: one word for logs, metrics and the merchant."""

    MATCHED = "matched"
    GREETED = "greeted"
    AWAY = "away"
    NOT_UNDERSTOOD = "not_understood"
    LISTED = "listed"  # not understood, and the customer is not told again
    UNSUPPORTED = "unsupported"
    SHOWN = "shown"  # no words to answer
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


def decide(
    before: Conversation,
    message: MessageReceived,
    shop: Shop,
    book: Matcher,
    *,
    open_country: bool,
    now: Instant,
    served: Served | None = None,
) -> Decision:
    """Take one message of a customer. `served` is what the counter, or a command, says to it, if it was asked. Pure: the same arguments give the same decision."""
    begins = message.occurred_at - before.last_customer_at >= GREET_AFTER_MS
    after = replace(
        before,
        recent=(*before.recent, message.key)[-RECENT_KEYS:],
        last_customer_at=max(before.last_customer_at, message.occurred_at),
        unwelcomed=before.unwelcomed or begins,
        inbox_day=as_datetime(now).date().isoformat(),
    )
    if before.blocked_at:
        return Decision(conversation=after, reason=Reason.BLOCKED)
    if served is not None:
        return _serve(after, served, message.provider_id, shop, now)
    if not (message.text.strip() or message.kind in WORDLESS) or message.group:
        return Decision(conversation=after, reason=Reason.SHOWN)
    quiet = barred(before, message, shop, open_country=open_country, now=now) or keeps_quiet(before, shop, now)
    if quiet is not None:
        return Decision(conversation=after, reason=quiet, listed=_is_question(message))
    if message.kind == "unsupported":
        return _unsupported(after, message, shop, now)
    if shop.manners.burst_ms and message.kind != "request_welcome":
        part = BurstPart(
            key=message.key,
            text=message.text[:READ],
            provider_id=message.provider_id,
        )
        return Decision(
            conversation=replace(after, burst=(*before.burst, part)[-20:]),
            reason=Reason.WAITING,
            look_again_in=shop.manners.burst_ms,
        )
    return _answer(after, message.text, message.provider_id, message.occurred_at, shop, book, now=now)


def barred(
    before: Conversation, message: MessageReceived, shop: Shop, *, open_country: bool, now: Instant
) -> Reason | None:
    """Why nothing at all may follow from a message, neither words nor an order."""
    for reason, applies in (
        (Reason.BLOCKED, before.blocked_at),
        (Reason.SHOWN, message.group),
        (Reason.TOO_LATE, now - message.occurred_at >= WINDOW_MS),
        (Reason.SHUT, not shop.serves),
        (Reason.CLOSED, not open_country),
    ):
        if applies:
            return reason
    return None


def keeps_quiet(before: Conversation, shop: Shop, now: Instant) -> Reason | None:
    """Why the bot says nothing to words: it is off, a person is answering, or it has said enough."""
    if shop.manners.off or now < before.silent_until:
        return Reason.SILENT
    return Reason.GUARDED if shop.manners.loop_guard and _guarded(before, now) else None


def decide_burst(
    before: Conversation, last: Fingerprint, shop: Shop, book: Matcher, *, now: Instant
) -> Decision | None:
    """The customer may have finished: one reply to the whole, quoting the last. None when they went on, or it was answered."""
    if not before.burst or before.burst[-1].key != last:
        return None
    after = replace(before, burst=())
    if before.blocked_at:
        return Decision(conversation=after, reason=Reason.BLOCKED)
    if not shop.serves:
        return Decision(conversation=after, reason=Reason.SHUT, listed=True)
    if shop.manners.off or now < before.silent_until:
        return Decision(conversation=after, reason=Reason.SILENT, listed=True)
    text = "\n".join(part.text for part in before.burst)
    return _answer(after, text, before.burst[-1].provider_id, before.last_customer_at, shop, book, now=now)


def alter(before: Conversation, change: MessageAltered) -> Conversation:
    """A customer edited or deleted a message: one that still waits for its answer is answered as it is now."""
    after = replace(before, last_customer_at=max(before.last_customer_at, change.occurred_at))
    if change.action == "reacted" or change.original_key is None:
        return after
    text = "" if change.action == "revoked" else change.text[:READ]
    burst = tuple(replace(part, text=text) if part.key == change.original_key else part for part in before.burst)
    return replace(after, burst=burst)


def silence(before: Conversation, shop: Shop, *, at: Instant, now: Instant) -> Conversation:
    """A person answered: the bot is silent for the shop's set time, and what it was about to answer is theirs."""
    return hush(before, later(min(at, now), shop.manners.silence_ms))


def hush(before: Conversation, until: Instant) -> Conversation:
    """The bot is silent until then, or longer if it was to be; what it was about to answer is a person's."""
    return replace(before, silent_until=max(before.silent_until, until), automatic=(), burst=(), unwelcomed=False)


def _is_question(message: MessageReceived) -> bool:
    return bool(message.text.strip())


def _guarded(conversation: Conversation, now: Instant) -> bool:
    recent = [at for at in conversation.automatic if now - at < GUARD_MS]
    return len(recent) >= GUARD_REPLIES


def _unsupported(after: Conversation, message: MessageReceived, shop: Shop, now: Instant) -> Decision:
    text = _pick(shop.texts.unsupported, shop.language, shop)
    if after.unsupported_at or not text:
        return Decision(conversation=after, reason=Reason.SHOWN)
    return _say(replace(after, unsupported_at=now), text, message.provider_id, Reason.UNSUPPORTED, now)


def _answer(
    after: Conversation,
    text: str,
    quotes: ProviderId,
    at: Instant,
    shop: Shop,
    book: Matcher,
    *,
    now: Instant,
) -> Decision:
    language = script_language(text, shop.language)
    greeting = _pick(shop.texts.greeting, language, shop) if after.unwelcomed else ""
    heard = script_language(text, after.language or shop.language)
    after = replace(after, unwelcomed=False, language=None if heard == shop.language else heard)
    match = book.match(text) if text.strip() else None
    if match is not None:
        body = _pick(match.entry.replies, language, shop, lambda kept: _fill_hours(kept, shop, language, at))
        if body:
            decision = _say(after, _lines(greeting, body), quotes, Reason.MATCHED, now)
            assert decision.said is not None
            said = replace(decision.said, entry=match.entry.id, resembles=match.resembles, confidence=match.confidence)
            return replace(decision, said=said)
    away = ""
    if not hours.is_open(shop.hours, at):
        closure = hours.closure_start(shop.hours, at)
        if closure != after.away_for:
            away = _pick(shop.texts.away, language, shop, lambda kept: _fill_opens(kept, shop, language, at))
            after = replace(after, away_for=closure) if away else after
    listed = bool(text.strip())
    if greeting or away:
        return replace(
            _say(after, _lines(greeting, away), quotes, Reason.AWAY if away else Reason.GREETED, now), listed=listed
        )
    sorry = _pick(shop.texts.not_understood, language, shop)
    if listed and sorry and hours.is_open(shop.hours, at) and now - after.not_understood_at >= NOT_UNDERSTOOD_EVERY_MS:
        return replace(
            _say(replace(after, not_understood_at=now), sorry, quotes, Reason.NOT_UNDERSTOOD, now), listed=True
        )
    return Decision(conversation=after, reason=Reason.LISTED if listed else Reason.SHOWN, listed=listed)


def _serve(after: Conversation, served: Served, quotes: ProviderId, shop: Shop, now: Instant) -> Decision:
    language, reason = served.language, Reason(served.word)
    # The shop does not welcome its own people where they tell it what to do.
    welcomes = after.unwelcomed and reason not in COMMANDS
    greeting = _pick(shop.texts.greeting, language, shop) if welcomes else ""
    unwelcomed = after.unwelcomed and not welcomes
    after = replace(after, unwelcomed=unwelcomed, language=None if language == shop.language else language)
    decision = _say(after, _lines(greeting, served.text), quotes, reason, now)
    assert decision.said is not None
    return replace(decision, said=replace(decision.said, choices=served.choices, opener=served.opener))


def _say(after: Conversation, text: str, quotes: ProviderId, reason: Reason, now: Instant) -> Decision:
    pair, not_before = take_turn(after.pair, now)
    after = replace(after, pair=pair, automatic=(*after.automatic, now)[-GUARD_REPLIES:])
    said = Said(text=cut(text, TEXT_LIMIT), quotes=quotes, not_before=not_before)
    return Decision(conversation=after, reason=reason, said=said)


def _pick(
    texts: Mapping[Language, str], language: Language, shop: Shop, fill: Callable[[str], str] = lambda kept: kept
) -> str:
    text = texts.get(language) or texts.get(shop.language) or next(iter(texts.values()), "")
    return fill(text).replace("{shop}", shop.name)


def _fill_hours(text: str, shop: Shop, language: Language, at: Instant) -> str:
    return text.replace("{hours}", hours.describe(shop.hours, language, at)) if "{hours}" in text else text


def _fill_opens(text: str, shop: Shop, language: Language, at: Instant) -> str:
    return text.replace("{opens}", hours.describe_opening(shop.hours, at, language)) if "{opens}" in text else text


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
