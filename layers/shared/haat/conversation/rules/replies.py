"""What a shop says by itself, put into words: the texts that it wrote, in the customer's language, within the channel's limit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from haat.conversation.model import Conversation, Entry, Language, Match, Matcher, Served, Shop
from haat.conversation.rules import bot_words, hours, menus
from haat.conversation.rules.closings import is_closing
from haat.conversation.rules.customs import says_it_is_a_bot, text_limit
from haat.conversation.rules.decision import COMMANDS, GUARD_REPLIES, NOT_UNDERSTOOD_EVERY_MS, Decision, Reason, Said
from haat.conversation.rules.sending import take_turn
from haat.conversation.rules.silence import hush
from haat.conversation.rules.text import cut, script_language
from haat.facts.conversation import MessageReceived
from haat.facts.said import Choice
from haat.kernel.ids import ProviderId
from haat.kernel.time import Instant, later


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What is answered: the words, the message that they stand in and when it was written, their language, and the greeting that is due."""

    text: str
    quotes: ProviderId
    at: Instant
    language: Language
    greeting: str


def answer(
    after: Conversation,
    text: str,
    quotes: ProviderId,
    at: Instant,
    shop: Shop,
    book: Matcher,
    *,
    now: Instant,
) -> Decision:
    """What is said to words, if anything."""
    language = script_language(text, shop.language)
    greeting = _pick(shop.texts.greeting, language, shop) if after.unwelcomed else ""
    heard = _Heard(text=text, quotes=quotes, at=at, language=language, greeting=greeting)
    before, wrote = after, script_language(text, after.language or shop.language)
    after = replace(after, unwelcomed=False, language=None if wrote == shop.language else wrote, menu=(), asked="")
    match = book.match(text) if text.strip() else None
    if match is not None and menus.is_sure(match.confidence, shop):
        decision = _entry(after, match, heard, shop, now)
        if decision is not None:
            return decision
    elif text.strip() and is_closing(text):
        if not greeting:
            return Decision(conversation=after, reason=Reason.IDLE)
        return _say(after, greeting, quotes, Reason.GREETED, shop, language, now)
    elif match is not None and match.confidence >= menus.UNSURE:
        menu = menus.offer(text, before, shop, book, language, lambda entry: bool(_body(entry, heard, shop)))
        if menu is not None:
            # A person may be needed after all: at night the customer should know when one comes.
            after, away = _away(replace(after, menu=menu.entries), heard, shop)
            decision = _say(after, _lines(greeting, away, menu.text), quotes, Reason.MENU, shop, language, now)
            return replace(_with(decision, menu.choices, menu.opener), listed=True)
    return _unknown(after, heard, shop, now)


def choose(after: Conversation, entry: Entry, message: MessageReceived, shop: Shop, *, now: Instant) -> Decision:
    """What is said to who picked an entry from a menu."""
    language = after.language or shop.language
    greeting = _pick(shop.texts.greeting, language, shop) if after.unwelcomed else ""
    on_list = bool(after.asked) and entry.id in after.menu
    after = replace(after, unwelcomed=False, menu=(), asked="")
    match = Match(entry=entry, confidence=1.0, resembles=menus.title_of(entry, language, shop.language))
    heard = _Heard(
        text=message.text, quotes=message.provider_id, at=message.occurred_at, language=language, greeting=greeting
    )
    decision = _entry(after, match, heard, shop, now) or Decision(
        conversation=after, reason=Reason.LISTED, listed=bool(message.text.strip())
    )
    # The question that the menu was for is on the shop's list; a bare "2" beside it would say nothing.
    return replace(decision, listed=decision.listed and not on_list)


def serve(after: Conversation, served: Served, quotes: ProviderId, shop: Shop, now: Instant) -> Decision:
    """What the counter says, or whoever obeyed the shop's own people."""
    language, reason = served.language, Reason(served.word)
    # The shop does not welcome its own people where they tell it what to do.
    welcomes = after.unwelcomed and reason not in COMMANDS
    greeting = _pick(shop.texts.greeting, language, shop) if welcomes else ""
    unwelcomed = after.unwelcomed and not welcomes
    after = replace(after, unwelcomed=unwelcomed, language=None if language == shop.language else language)
    after = replace(after, menu=(), asked="")
    decision = _say(after, _lines(greeting, served.text), quotes, reason, shop, language, now)
    return _with(decision, menus.for_counter(served.choices), served.opener)


def excuse(after: Conversation, message: MessageReceived, shop: Shop, now: Instant) -> Decision:
    """That this kind of message can't be seen here, once for each conversation."""
    text = _pick(shop.texts.unsupported, shop.language, shop)
    if after.unsupported_at or not text:
        return Decision(conversation=after, reason=Reason.SHOWN)
    after = replace(after, unsupported_at=now, menu=(), asked="")
    return _say(after, text, message.provider_id, Reason.UNSUPPORTED, shop, shop.language, now)


def _entry(after: Conversation, match: Match, heard: _Heard, shop: Shop, now: Instant) -> Decision | None:
    """An entry's reply; None where it has no words."""
    entry, language = match.entry, heard.language
    body = _body(entry, heard, shop)
    if not body:
        return None
    reason, away = Reason.MATCHED, ""
    if entry.to_person:  # at night it should be said when a person comes
        reason, (after, away) = Reason.HANDED_OVER, _away(after, heard, shop)
    decision = _say(after, _lines(heard.greeting, body, away), heard.quotes, reason, shop, language, now)
    assert decision.said is not None
    # A customer's own words must not stay with another customer's message when their writer is erased.
    theirs = match.resembles in entry.askers
    resembles = menus.title_of(entry, shop.language, shop.language) if theirs else match.resembles
    said = replace(decision.said, entry=entry.id, resembles=resembles, confidence=match.confidence)
    decision = replace(decision, said=said)
    if entry.to_person:
        spoken = hush(decision.conversation, later(now, shop.manners.silence_ms))
        return replace(decision, conversation=spoken, listed=True)
    return decision


def _body(entry: Entry, heard: _Heard, shop: Shop) -> str:
    return _pick(entry.replies, heard.language, shop, lambda kept: _fill_hours(kept, shop, heard.language, heard.at))


def _unknown(after: Conversation, heard: _Heard, shop: Shop, now: Instant) -> Decision:
    """Greeting and away text as they are due, else that it was not understood, once in a day; the shop's people see the question."""
    at, language = heard.at, heard.language
    after, away = _away(after, heard, shop)
    listed = bool(heard.text.strip())
    if heard.greeting or away:
        reason = Reason.AWAY if away else Reason.GREETED
        decision = _say(after, _lines(heard.greeting, away), heard.quotes, reason, shop, language, now)
        return replace(decision, listed=listed)
    sorry = _pick(shop.texts.not_understood, language, shop)
    if listed and sorry and hours.is_open(shop.hours, at) and now - after.not_understood_at >= NOT_UNDERSTOOD_EVERY_MS:
        after = replace(after, not_understood_at=now)
        return replace(_say(after, sorry, heard.quotes, Reason.NOT_UNDERSTOOD, shop, language, now), listed=True)
    return Decision(conversation=after, reason=Reason.LISTED if listed else Reason.SHOWN, listed=listed)


def _away(after: Conversation, heard: _Heard, shop: Shop) -> tuple[Conversation, str]:
    """That the shop is closed, once for each closure; nothing while it is open."""
    at, language = heard.at, heard.language
    if hours.is_open(shop.hours, at) or (closure := hours.closure_start(shop.hours, at)) == after.away_for:
        return after, ""
    away = _pick(shop.texts.away, language, shop, lambda kept: _fill_opens(kept, shop, language, at))
    return (replace(after, away_for=closure) if away else after), away


def _say(
    after: Conversation, text: str, quotes: ProviderId, reason: Reason, shop: Shop, language: Language, now: Instant
) -> Decision:
    if says_it_is_a_bot(after.channel) and not after.introduced:
        text = _lines(bot_words.introduction(language, shop.name), text)
        after = replace(after, introduced=True)
    pair, not_before = take_turn(after.pair, now)
    after = replace(after, pair=pair, automatic=(*after.automatic, now)[-GUARD_REPLIES:])
    said = Said(text=cut(text, text_limit(after.channel)), quotes=quotes, not_before=not_before)
    return Decision(conversation=after, reason=reason, said=said)


def _with(decision: Decision, choices: tuple[Choice, ...], opener: str) -> Decision:
    assert decision.said is not None
    return replace(decision, said=replace(decision.said, choices=choices, opener=opener))


def _pick(
    texts: Mapping[Language, str], language: Language, shop: Shop, fill: Callable[[str], str] = lambda kept: kept
) -> str:
    text = texts.get(language) or texts.get(shop.language) or next(iter(texts.values()), "")
    return fill(text).replace("{shop}", shop.name)


def _fill_hours(text: str, shop: Shop, language: Language, at: Instant) -> str:
    """The text with the shop's hours; nothing where it tells of hours that the shop never told: a person must say them."""
    if "{hours}" not in text:
        return text
    told = hours.describe(shop.hours, language, at)
    return text.replace("{hours}", told) if told else ""


def _fill_opens(text: str, shop: Shop, language: Language, at: Instant) -> str:
    return text.replace("{opens}", hours.describe_opening(shop.hours, at, language)) if "{opens}" in text else text


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
