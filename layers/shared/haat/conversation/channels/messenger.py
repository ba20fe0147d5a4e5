"""Messenger's own dialect (a Facebook page): which facts stand in a webhook, how an answer is written down, and what a refusal asks for.

A customer is the page's id, a colon and their page-scoped id, which means nothing at any other page. No message is answered from
here, and none is lost: what can't be understood is kept as a note at the customer, or as AccountNews. docs/messages.md lists it all.

Sources: Messenger Platform, the references of its webhook events; Send API; Common Error Codes (which subcodes stand under which
code is in part from what other clients saw); Graph API, Page Messages.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from haat.conversation.channels.messenger_place import CHANNEL, FRAME, Place, beside, take_id, take_text
from haat.conversation.channels.meta import Envelope, gathered, mark, marked
from haat.conversation.channels.place import CONTENT_BYTES, Item
from haat.conversation.channels.wire import as_object, bounded, decode, instant, objects, word
from haat.conversation.model import Outgoing
from haat.conversation.ports import Action, Refused
from haat.conversation.rules.customs import text_limit
from haat.conversation.rules.text import cut
from haat.facts.conversation import (
    Contact,
    DeliveryReported,
    Inbound,
    MessageAltered,
    MessageEchoed,
    MessageReceived,
    SeenUpTo,
)
from haat.kernel.errors import Rejected
from haat.kernel.ids import CorrelationId, Pepper, ProviderId
from haat.kernel.time import Instant

_REPLIES, _TITLE, _PAYLOAD = 13, 20, 1000  # quick replies of a message; characters of each
_PAGE, _PERSON, _CHOICE = 64, 128, 2_000  # characters of ids; those of a page and a person have at most 20 digits today
# The Get Started button of our pages (graph_pages.py), and as others called it who had the page before us: small letters only.
_STARTS: Final = frozenset({"getstarted", "getstartedpayload", "facebookwelcome"})
_SEEN: Final = {"delivery": "delivered", "read": "read"}
# Events that are known and never answered. They only go first where a word of tomorrow stands beside one.
_NOTED: Final = frozenset(
    """optin referral account_linking policy_enforcement policy-enforcement messaging_feedback app_roles
    pass_thread_control take_thread_control request_thread_control""".split()
)

type Found = Inbound | DeliveryReported | SeenUpTo


def parse(body: bytes, pepper: Pepper, received_at: Instant, correlation: CorrelationId) -> Envelope:
    """Split a webhook into facts. Raises Rejected for what is no JSON object; nothing else, whatever the bytes."""
    document = decode(body)
    if document.get("object") != "page":
        return Envelope(ignored={"unknown_object": 1})
    at = Place(pepper=pepper, received_at=received_at, correlation=correlation)
    return gathered(_document(at, document))


def request_for(outgoing: Outgoing, picture: str = "") -> Mapping[str, Any]:
    """The body of a send. A bill is said in its words; a picture, by its id, is a message without words (Send API, looked up).

    A quotation is `reply_to` with the message's id: looked up (Graph API, Page Messages, names the parameter; clients of
    others that send it to pages show its shape). Raises Rejected for a template, for whom the page does not know, and for what
    nobody wrote after the window in which a bot may write: HUMAN_AGENT is for people.
    """
    page, _, person = (outgoing.contact.user_id or "").partition(":")
    if not person or page != outgoing.address:
        raise Rejected("an outgoing message has nobody to go to at this page")
    if outgoing.template is not None:
        raise Rejected("Messenger has no templates of ours")
    if outgoing.agent and not outgoing.by:
        raise Rejected("only a person may write after the window")
    late = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    image = {"attachment": {"type": "image", "payload": {"attachment_id": picture}}}
    fit = [choice for choice in outgoing.choices if len(choice.id) <= _PAYLOAD][:_REPLIES]
    replies = [{"content_type": "text", "title": cut(it.title, _TITLE), "payload": it.id} for it in fit]
    return {
        "recipient": {"id": person},
        **(late if outgoing.agent else {"messaging_type": "RESPONSE"}),
        **({"reply_to": {"mid": outgoing.quotes}} if outgoing.quotes else {}),
        "message": {
            **(image if picture else {"text": cut(outgoing.text, text_limit(CHANNEL))}),
            **({"quick_replies": replies} if replies else {}),
            "metadata": mark(outgoing.id),
        },
    }


def refused(code: int, subcode: int | None, *, late: bool = False) -> Refused:
    """What a refusal asks for. Its code is Meta's, or the subcode where only that tells what is wrong.

    `late` is a person's message after the window: a page without the Human Agent feature may not say that one, and all others.
    A code that is in no table is tried again: a refusal was not sent, so that can't double, and the window ends it.
    """
    if subcode is not None and subcode in SUBCODES:
        return Refused(code=subcode, action=SUBCODES[subcode])
    action = ACTIONS.get(code, Action.RETRY)
    if late and action is Action.STOP_TOKEN and code != _BAD_TOKEN:
        action = Action.GIVE_UP
    return Refused(code=code, action=action)


_BAD_TOKEN: Final = 190
ACTIONS: Final[Mapping[int, Action]] = {
    **dict.fromkeys((1, 2, 1200), Action.RETRY),  # Meta's servers are in trouble, or busy
    **dict.fromkeys((4, 32, 613), Action.SLOW_NUMBER),  # rate of the app, of the page, of this call
    **dict.fromkeys((0, 3, 10, _BAD_TOKEN, *range(200, 300)), Action.STOP_TOKEN),  # token, permission
    368: Action.STOP_POLICY,
    551: Action.UNDELIVERABLE,  # this person isn't available: blocked, or gone
    100: Action.PLAINER,  # our request is wrong
}
# Under whichever code: Meta has given some of them under two, and one customer who wants no messages (200) must stop no page.
SUBCODES: Final[Mapping[int, Action]] = {
    **dict.fromkeys((2018278, 2018065), Action.GIVE_UP),  # outside the window (10)
    2018300: Action.GIVE_UP,  # another program has this conversation (10)
    2018022: Action.SLOW_NUMBER,  # too many sends (4)
    2018001: Action.UNDELIVERABLE,  # no such person (100)
    **dict.fromkeys((1545041, 2018108), Action.UNDELIVERABLE),  # this person isn't available (551, 200, 10)
}


def _document(at: Place, document: Item) -> Iterator[Found]:
    entries, odd = objects(document.get("entry"))
    for entry in entries:
        yield from _entry(replace(at, address=word(entry.get("id"), _PAGE) or "", sent_at=entry.get("time")), entry)
    if odd:
        yield at.news("unknown_entry", {"entry": odd})


def _entry(at: Place, entry: Item) -> Iterator[Found]:
    rest = {name: value for name, value in entry.items() if name not in {"id", "time"}}
    known = [name for name in ("messaging", "standby", "changes") if name in rest]
    strange: dict[str, Any] = {}
    for name in known:
        items, odd = objects(rest[name])
        for item in items:
            yield _change(at, item) if name == "changes" else _event(replace(at, standby=name == "standby"), item)
        if odd:
            strange[name] = odd
    if not known:  # beside a list that we know a new field is no news
        strange = rest
    if strange:
        yield at.news("unknown_entry", strange)


def _change(at: Place, change: Item) -> Found:
    value = change.get("value")
    return at.news(word(change.get("field"), 64) or "unknown_change", value if isinstance(value, dict) else change)


def _event(at: Place, event: Item) -> Found:
    """One event: whose it is, and what its reader makes of it."""
    sender, recipient = (word(as_object(event.get(end)).get("id"), _PERSON) for end in ("sender", "recipient"))
    echo = bool(as_object(event.get("message")).get("is_echo"))
    page = at.address or (sender if echo else recipient) or ""
    by_page = echo or (sender is not None and sender == page)
    # Seen in test data: an echo with its ends swapped. Where the page writes to itself there is no customer.
    person = next((one for one in ((recipient, sender) if by_page else (sender,)) if one and one != page), None)
    name = min((name for name in event if name not in FRAME), key=partial(_first, event), default="unknown")
    reader, at = _READERS.get(name), replace(at, address=page, by_page=by_page)
    kind = (word(name, 64) or "unknown").replace("-", "_")  # policy-enforcement was written both ways
    if not (page and person):
        return at.news(f"unknown_{kind}" if reader else kind, event)
    at = replace(at, contact=Contact(user_id=f"{page}:{person}"))
    found = reader(at, event) if reader else None
    if found is not None:
        return found
    kind = f"{'page' if by_page else 'unknown'}_{kind}" if reader else kind
    return at.noted(at.dated(event), at.contact, kind, beside(event, ""))


def _first(event: Item, name: str) -> tuple[bool, int, str]:
    """What an event is called by: what was said before all else, and an empty field only where there is no other."""
    return event[name] is None, _RANKS.get(name, len(_RANKS)), name


def _message(at: Place, event: Item) -> Found | None:
    said = event.get("message")
    if not isinstance(said, dict):
        return None
    mid = word(said.get("mid"))
    if said.get("is_deleted"):
        return None if at.by_page else _altered(at, event, "revoked", {"mid": mid})
    if at.by_page and (outgoing := marked(said.get("metadata"))) is not None:
        return DeliveryReported(
            **at.fact(event.get("timestamp"), mid or "", outgoing, "sent"),
            outgoing=outgoing,
            provider_id=ProviderId(mid or ""),
            status="sent",
        )
    kind, text, choice, quotes, rest = _spoken(said)
    content = bounded({**beside(event, "message"), **rest}, CONTENT_BYTES)
    fields = at.named(event, "message", mid)
    if at.by_page:
        return MessageEchoed(**fields, kind=kind, text=text, content=content)
    return MessageReceived(
        **fields,
        kind=kind,
        text=text,
        choice=choice,
        quotes=ProviderId(quotes) if quotes else None,
        standby=at.standby,
        content=content,
    )


def _spoken(said: Item) -> tuple[str, str, str, str | None, dict[str, Any]]:
    """(kind, words, chosen id, quoted message, what else it held). What has a field of its own in the fact is not kept twice."""
    rest = {name: value for name, value in said.items() if name not in {"mid", "is_echo"}}
    text = take_text(rest)
    choice = take_id(rest, "quick_reply", "payload", _CHOICE)
    quotes = take_id(rest, "reply_to", "mid")
    attachments, _ = objects(said.get("attachments"))
    if said.get("is_unsupported"):
        kind = "unsupported"
    elif choice:
        kind = "quick_reply"
    elif text:
        kind = "text"
    else:
        kind = _attached(attachments[0], said) if attachments else "unknown"
    return kind, text, choice or "", quotes, rest


def _attached(first: Item, said: Item) -> str:
    """What an attachment is. A sticker came as an image with the sticker's id, until August 2026."""
    kind = word(first.get("type"), 64) or "unknown"
    stuck = as_object(first.get("payload")).get("sticker_id") or said.get("sticker_id")
    return "sticker" if kind == "image" and stuck else kind


def _postback(at: Place, event: Item) -> Found | None:
    held = event.get("postback")
    if at.by_page or not isinstance(held, dict):
        return None
    fields = at.named(event, "postback", word(held.get("mid")))
    more, payload = beside(event, "postback"), word(held.get("payload"), _CHOICE) or ""
    if "".join(filter(str.isalnum, payload)).lower() in _STARTS:
        kept = bounded({**more, "postback": held}, CONTENT_BYTES)
        return MessageReceived(**fields, kind="request_welcome", standby=at.standby, content=kept)
    rest = {name: value for name, value in held.items() if name != "mid" and not (name == "payload" and payload)}
    text = take_text(rest, "title")
    kept = bounded({**more, **rest}, CONTENT_BYTES)
    return MessageReceived(**fields, kind="postback", text=text, choice=payload, standby=at.standby, content=kept)


def _seen(at: Place, event: Item) -> Found | None:
    """All of the page's messages up to a time came to the customer's phone, or were read; their ids may be missing."""
    name = min((name for name in _SEEN if name in event), key=partial(_first, event))
    mark = word(as_object(event.get(name)).get("watermark"), 20)
    if at.by_page or mark is None or not (mark.isascii() and mark.isdecimal()):
        return None
    status = _SEEN[name]
    return SeenUpTo(
        **at.fact(event.get("timestamp", mark), at.contact.user_id or "", status, mark),
        contact=at.contact,
        status=status,
        up_to=instant(mark, at.received_at, at.tick),
    )


def _reaction(at: Place, event: Item) -> Found | None:
    held = event.get("reaction")
    if at.by_page or not isinstance(held, dict):
        return None
    emoji = word(held.get("emoji"), 64) or word(held.get("reaction"), 64) or ""
    return _altered(at, event, "reacted", held, "" if held.get("action") == "unreact" else emoji)


def _edit(at: Place, event: Item) -> Found | None:
    held = event.get("message_edit")
    if at.by_page or not isinstance(held, dict):
        return None
    return _altered(at, event, "edited", held, take_text(dict(held)))


def _altered(at: Place, event: Item, action: str, held: Item, text: str = "") -> MessageAltered:
    """What was done to a message. It has no id of its own, and the one that it names is the message's."""
    original = word(held.get("mid"))
    rest = {name: value for name, value in held.items() if name not in {"mid", "text", "emoji", "action"}}
    return MessageAltered(
        **at.named(event, action, None),
        action=action,
        original=ProviderId(original) if original else None,
        original_key=at.key(original) if original else None,
        text=text,
        content=bounded(rest, CONTENT_BYTES),
    )


_READERS: Final[Mapping[str, Callable[[Place, Item], Found | None]]] = {
    "message": _message,
    "postback": _postback,
    "message_edit": _edit,
    "reaction": _reaction,
    "delivery": _seen,
    "read": _seen,
}
_RANKS: Final = {name: rank for rank, name in enumerate((*_READERS, *sorted(_NOTED)))}
