"""What follows from a customer's message.

`decide` is the whole answer policy: one message in, at most one message out. In the order in which they win:

1. never answered: a customer who is blocked, media without words, groups, what another program or a person is answering now, a bot
   that was told to be off, a shop that is closed down or a country that is not open, a message whose window has closed before it came;
2. an unsupported message gets one kind sentence, once for each conversation;
3. what the shop's counter says to a cart, a tap or a question for goods and orders (rules/asking.py), and what is said to a
   command of the shop's own people (rules/commands.py);
4. what was picked from a menu, and a matched question of which the bot is sure enough for this shop, get their reply, at any hour,
   with the greeting as its first line on first contact; where the shop wants that, a person then goes on;
5. a question of which it is unsure gets a menu of what it might be, and stands on the shop's list until one is picked;
6. nothing matched: greeting and away text as they are due, in one message; else one "not understood" in a day; and the question
   stands on the shop's list.
"""

from dataclasses import replace

from haat.conversation.model import RECENT_KEYS, WINDOW_MS, BurstPart, Conversation, Matcher, Served, Shop
from haat.conversation.rules import menus
from haat.conversation.rules.decision import GREET_AFTER_MS, GUARD_MS, GUARD_REPLIES, Decision, Reason
from haat.conversation.rules.replies import answer, choose, excuse, serve
from haat.conversation.rules.text import READ
from haat.facts.conversation import MessageAltered, MessageReceived
from haat.kernel.ids import Fingerprint
from haat.kernel.time import Instant, as_datetime

WORDLESS = frozenset({"unsupported", "request_welcome"})  # kinds that have an answer although they hold no words


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
        introduced=before.introduced and not begins,
        inbox_day=as_datetime(now).date().isoformat(),
    )
    if before.blocked_at:
        return Decision(conversation=after, reason=Reason.BLOCKED)
    if served is not None:
        return serve(after, served, message.provider_id, shop, now)
    if message.standby:  # what waits for an answer, or for a choice, is the other program's by now
        return Decision(conversation=replace(after, burst=(), menu=(), asked=""), reason=Reason.STANDBY)
    if not (message.text.strip() or message.kind in WORDLESS) or message.group:
        return Decision(conversation=after, reason=Reason.SHOWN)
    quiet = barred(before, message, shop, open_country=open_country, now=now) or keeps_quiet(before, shop, now)
    if quiet is not None:
        return Decision(conversation=after, reason=quiet, listed=_is_question(message))
    if message.kind == "unsupported":
        return excuse(after, message, shop, now)
    if (entry := menus.picked(before, message, shop)) is not None:
        return choose(after, entry, message, shop, now=now)
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
    return answer(after, message.text, message.provider_id, message.occurred_at, shop, book, now=now)


def barred(
    before: Conversation, message: MessageReceived, shop: Shop, *, open_country: bool, now: Instant
) -> Reason | None:
    """Why nothing at all may follow from a message, neither words nor an order."""
    for reason, applies in (
        (Reason.BLOCKED, before.blocked_at),
        (Reason.SHOWN, message.group),
        (Reason.STANDBY, message.standby),
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
    return answer(after, text, before.burst[-1].provider_id, before.last_customer_at, shop, book, now=now)


def alter(before: Conversation, change: MessageAltered) -> Conversation:
    """A customer edited or deleted a message: one that still waits for its answer is answered as it is now."""
    after = replace(before, last_customer_at=max(before.last_customer_at, change.occurred_at))
    if change.action == "reacted" or change.original_key is None:
        return after
    text = "" if change.action == "revoked" else change.text[:READ]
    burst = tuple(replace(part, text=text) if part.key == change.original_key else part for part in before.burst)
    return replace(after, burst=burst)


def _is_question(message: MessageReceived) -> bool:
    return bool(message.text.strip())


def _guarded(conversation: Conversation, now: Instant) -> bool:
    recent = [at for at in conversation.automatic if now - at < GUARD_MS]
    return len(recent) >= GUARD_REPLIES
