"""What a person of the shop does in a conversation, and how its things are shown to them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from haat.conversation.model import FOREVER, WINDOW_MS, Conversation, Entry
from haat.conversation.model.people import Erasure, Message, Question
from haat.conversation.rules.reply import hush
from haat.conversation.rules.sending import RANKS
from haat.conversation.rules.teaching import EXAMPLE
from haat.kernel.errors import Rejected
from haat.kernel.text import too_long
from haat.kernel.time import DAY, MINUTE, Instant, later, rfc3339

STATES_KEPT_MS = 30 * DAY  # what became of a message is known for so long
_WORDS = {rank: word for word, rank in RANKS.items()}


def window_ends(there: Conversation) -> Instant:
    """Until when the channel lets the shop write freely."""
    return later(there.last_customer_at, WINDOW_MS)


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
        "user_id": contact.user_id,
        "number": there.address,
        "last_message_at": rfc3339(there.last_customer_at),
        "window_ends_at": rfc3339(window_ends(there)) if there.last_customer_at else None,
        "bot": bot_shown(there, now),
    }


def message_shown(line: Message, now: Instant) -> dict[str, Any]:
    """One line of a conversation as its shop sees it."""
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
        "state": _state(line, now) if ours else None,
        "error": line.state.error if line.state is not None else None,
    }


def _state(line: Message, now: Instant) -> str | None:
    """One word for what became of what we sent; None where nobody remembers."""
    state = line.state
    if state is None or (state.state == "due" and now - line.at > STATES_KEPT_MS):
        return None
    if state.state == "sent":
        return _WORDS.get(state.rank or RANKS["sent"], "sent")
    return "waiting" if state.state == "due" else state.state


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
