"""What a person of the shop does in a conversation, and how its things are shown to them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from haat.conversation.model import FOREVER, WINDOW_MS, Conversation, Entry
from haat.conversation.model.people import Erasure, Message, Question, Seen
from haat.conversation.rules.channels import MESSENGER
from haat.conversation.rules.customs import agent_ms, text_limit
from haat.conversation.rules.saying import saying
from haat.conversation.rules.sending import RANKS
from haat.conversation.rules.silence import hush
from haat.conversation.rules.teaching import EXAMPLE, MUTE
from haat.kernel.errors import Conflict, Rejected
from haat.kernel.text import too_long
from haat.kernel.time import DAY, MINUTE, Instant, later, rfc3339

UNSEEN = Seen()
STATES_KEPT_MS = 30 * DAY  # what became of a message is known for so long
_WORDS = {rank: word for word, rank in RANKS.items()}


def window_ends(there: Conversation) -> Instant:
    """Until when the channel lets the shop write freely."""
    return later(there.last_customer_at, WINDOW_MS)


def agent_until(there: Conversation) -> Instant:
    """Until when a person of the shop may still write, where the channel gives people longer than bots; else 0."""
    longer = agent_ms(there.channel)
    return later(there.last_customer_at, longer) if longer and there.last_customer_at else Instant(0)


def person_may_write(there: Conversation, now: Instant) -> tuple[Instant, bool]:
    """Until when what a person says now may go, and whether it goes as a person's alone. Raises Conflict (window-closed)."""
    if now < (ends := window_ends(there)):
        return ends, False
    longer = agent_until(there)
    if now < longer:
        return longer, True
    since = "7 days" if longer else "24 hours"
    raise Conflict(f"the customer last wrote more than {since} ago", word="window-closed")


def fits(there: Conversation, text: str) -> None:
    """Refuse what the channel does not take in one message. Raises Rejected naming the limit."""
    most = text_limit(there.channel)
    if len(text) > most:
        fields = {"text": f"must have at most {most} characters in this conversation"}
        raise Rejected("some fields are not as they should be", word="invalid", fields=fields)


def take_over(before: Conversation, minutes: int | None, now: Instant) -> Conversation:
    """The bot says nothing for so long, or until it is told to."""
    until = FOREVER if minutes is None else later(now, minutes * MINUTE)
    return replace(hush(before, now), silent_until=until)


def release(before: Conversation) -> Conversation:
    """The bot answers again."""
    return replace(before, silent_until=Instant(0))


def bot_shown(there: Conversation, now: Instant) -> dict[str, Any]:
    """What the bot does in a conversation; `until` is null where it does so until it is told otherwise."""
    if there.blocked_at:
        return {"state": "blocked", "until": None}
    if now >= there.silent_until:
        return {"state": "answers", "until": None}
    return {"state": "silent", "until": rfc3339(there.silent_until) if there.silent_until < FOREVER else None}


def conversation_shown(there: Conversation, now: Instant) -> dict[str, Any]:
    """A conversation as its shop sees it."""
    contact = there.contact
    return {
        "id": there.id,
        "customer_id": there.customer,
        "name": contact.name,
        "phone": f"+{contact.phone}" if contact.phone else None,
        "user_id": _own_id(there),
        "channel": there.channel,
        "number": there.address,
        "last_message_at": rfc3339(there.last_customer_at),
        "window_ends_at": rfc3339(window_ends(there)) if there.last_customer_at else None,
        "agent_until": rfc3339(until) if (until := agent_until(there)) else None,
        "bot": bot_shown(there, now),
    }


def _own_id(there: Conversation) -> str | None:
    """The channel's own id of the customer. We keep Messenger's behind its page, as it means nothing at another."""
    known = there.contact.user_id
    return known.partition(":")[2] if known and there.channel == MESSENGER else known


def message_shown(line: Message, now: Instant, seen: Seen = UNSEEN) -> dict[str, Any]:
    """One line of a conversation as its shop sees it; `seen` is how far its customer has come."""
    ours = line.author in ("bot", "staff")
    return {
        "id": line.id,
        "direction": "in" if line.author == "customer" else "out",
        "author": line.author,
        "at": rfc3339(line.at),
        "kind": line.kind,
        "text": line.text,
        "key": line.key,
        "about": line.about,
        "edited": line.edited,
        "deleted": line.deleted,
        "choice": line.choice or None,
        "content": dict(line.content) or None,
        "reason": line.reason or None,
        "resembles": line.resembles or None,
        "state": _state(line, now, seen) if ours else None,
        "error": line.state.error if line.state is not None else None,
    }


def _state(line: Message, now: Instant, seen: Seen) -> str | None:
    """One word for what became of what we sent; None where nobody remembers."""
    state = line.state
    if state is None or (state.state == "due" and now - line.at > STATES_KEPT_MS):
        return None
    if state.state == "sent":
        return _WORDS.get(max(state.rank or RANKS["sent"], _seen(state.since, seen)), "sent")
    return "waiting" if state.state == "due" else state.state


def _seen(at: Instant, seen: Seen) -> int:
    """The rank of what was given to the channel at that time. When it was decided says less: it may have waited since."""
    if not at:
        return 0
    return RANKS["read"] if at <= seen.read else RANKS["delivered"] if at <= seen.delivered else 0


def question_shown(question: Question) -> dict[str, Any]:
    """What the bot could not answer, as its shop sees it; without text where the customer deleted it."""
    return {
        "id": question.id,
        "conversation_id": question.conversation,
        "customer_id": question.customer,
        "at": rfc3339(question.at),
        "text": "\n".join(question.texts) or None,
    }


def example_of(question: Question, said: Mapping[str, Any]) -> str:
    """The example that a question becomes: in the shop's own words where it gives some. Raises Rejected."""
    own = str(said.get("example", "")).strip()
    if too_long(own, EXAMPLE):
        fields = {"example": f"must have at most {EXAMPLE} letters"}
        raise Rejected("some fields are not as they should be", word="invalid", fields=fields)
    example = own or _own_words(question)
    if not example:
        raise Rejected("there is nothing to learn from", word="invalid", fields={"example": "the customer deleted it"})
    if not saying(example).words:
        raise Rejected("there is nothing to learn from", word="invalid", fields={"example": MUTE})
    return example


def asked_by(entry: Entry, question: Question) -> Entry:
    """The entry, knowing which of its examples is what a customer wrote: the one that the shop did not put into other words."""
    words = _own_words(question)
    known = words in entry.askers or words not in entry.examples
    return entry if known else replace(entry, askers={**entry.askers, words: question.customer})


def _own_words(question: Question) -> str:
    return " ".join(question.texts).strip()[:EXAMPLE].strip()


def erasure_shown(erasure: Erasure) -> dict[str, Any]:
    """That somebody was erased."""
    return {
        "customer_id": erasure.customer,
        "state": "erased" if erasure.done_at else "erasing",
        "asked_by": erasure.by,
        "asked_at": rfc3339(erasure.at),
        "done_at": rfc3339(erasure.done_at) if erasure.done_at else None,
    }
