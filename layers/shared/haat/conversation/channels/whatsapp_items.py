"""What each kind of item in a WhatsApp webhook becomes. docs/messages.md is the same as a table, and a test holds the two together.

A reader takes one item and answers with a fact, with one word for what is ignored on purpose, or with None for what it can't
understand; the caller keeps that as AccountNews. Every field is optional: Meta withholds numbers, and test tools leave out the rest.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from haat.conversation.channels.meta import ours
from haat.conversation.channels.place import CONTENT_BYTES, TEXT_BYTES, Item
from haat.conversation.channels.whatsapp_place import Place
from haat.conversation.channels.wire import as_object, bounded, code, digits, objects, shortened, word
from haat.facts.conversation import (
    Contact,
    CustomerRenamed,
    DeliveryReported,
    Inbound,
    MessageAltered,
    MessageEchoed,
    MessageReceived,
)
from haat.kernel.ids import ProviderId

type Found = Inbound | DeliveryReported | str

# Where a kind holds words, and where the id of what was chosen. Words are answered, so the note of an order is not among them.
_SPOKEN: Mapping[str, tuple[str, str]] = {
    "text": ("body", ""),
    "image": ("caption", ""),
    "video": ("caption", ""),
    "document": ("caption", ""),
    "button": ("text", "payload"),  # of a template
    "button_reply": ("title", "id"),
    "list_reply": ("title", "id"),
}
_REPLIES = frozenset({"button_reply", "list_reply", "nfm_reply"})  # of `interactive`: kinds of their own from here on
# Stand in the fact's own fields.
_LIFTED = frozenset({"id", "from", "timestamp", "type", "from_user_id", "to", "to_user_id", "context"})
_CHANGED_USER = re.compile(r"from ([A-Z]{2}\.[A-Za-z0-9.]{1,140}) to (\S+)$")


def message(at: Place, item: Item) -> Found | None:
    """An item of `messages`: what a customer said or did."""
    provider_id, contact = word(item.get("id")), at.contact(item.get("from"), item.get("from_user_id"))
    if item.get("type") == "system":
        return _system(at, item, contact)
    if provider_id is None or contact is None:
        return None
    fields = at.message(item.get("timestamp"), contact, provider_id)
    kind, text, choice, content = _spoken(item)
    payload = as_object(item.get(kind))
    match kind:
        case "reaction":
            about, text, action = word(payload.get("message_id")), word(payload.get("emoji"), 64) or "", "reacted"
        case "edit":
            _, text, _, content = _spoken(as_object(payload.get("message")))
            about, action = word(payload.get("original_message_id")), "edited"
        case "revoke":
            about, action = word(payload.get("original_message_id")), "revoked"
        case "interactive" if as_object(payload.get("call_permission_reply")):
            return at.noted(item, contact, "call_permission_reply", content)
        case _:
            return MessageReceived(
                **fields,
                kind=kind,
                text=text,
                choice=choice,
                quotes=_provider_id(as_object(item.get("context")).get("id")),
                group=bool(item.get("group_id")),
                content=bounded(content, CONTENT_BYTES),
            )
    key = at.key(about) if about else None
    original = ProviderId(about) if about else None
    kept = bounded(content, CONTENT_BYTES)
    return MessageAltered(**fields, action=action, original=original, original_key=key, text=text, content=kept)


def echo(at: Place, item: Item) -> Found | None:
    """An item of `message_echoes`: what the merchant said from the phone app."""
    provider_id = word(item.get("id"))
    contact = at.contact(item.get("to"), item.get("to_user_id"))
    if at.business and digits(item.get("to")) == at.business:  # seen in test data: both ends swapped
        contact = at.contact(item.get("from"), item.get("from_user_id"))
    if provider_id is None or contact is None:
        return None
    kind, text, _, content = _spoken(item)
    if kind == "edit":
        _, text, _, _ = _spoken(as_object(as_object(item.get("edit")).get("message")))
    return MessageEchoed(
        **at.message(item.get("timestamp"), contact, provider_id),
        kind=kind,
        text=text,
        content=bounded(content, CONTENT_BYTES),
    )


def status(at: Place, item: Item) -> Found | None:
    """An item of `statuses`. A payment's comes the same way and is another thing: its words are no ranks of a message."""
    kind, what = word(item.get("type")), word(item.get("status"), 32)
    if kind == "payment":
        contact = at.contact(item.get("recipient_id"), item.get("recipient_user_id"))
        content = _without(item, "recipient_id", "recipient_user_id")
        return at.noted(item, contact, "payment", content) if contact else None
    if kind == "call":
        return "call_status"
    outgoing = ours(item.get("biz_opaque_callback_data"))
    if outgoing is None:
        return "foreign_status"
    if what is None:
        return None
    provider_id = word(item.get("id")) or ""
    codes = [code(error.get("code")) for error in objects(item.get("errors"))[0]]
    return DeliveryReported(
        **at.fact(item.get("timestamp"), provider_id, outgoing, what),
        outgoing=outgoing,
        provider_id=ProviderId(provider_id),
        status=what,
        error_code=next((known for known in codes if known is not None), None),
    )


def preference(at: Place, item: Item) -> Found | None:
    """An item of `user_preferences`: the customer wants marketing messages, or no more of them."""
    contact = at.contact(item.get("wa_id"), item.get("user_id"))
    return at.noted(item, contact, "user_preferences", _without(item, "wa_id", "user_id")) if contact else None


def user_id(at: Place, item: Item) -> Found | None:
    """An item of `user_id_update`: the same person has another business-scoped id."""
    ids = as_object(item.get("user_id"))
    contact, current = at.contact(item.get("wa_id"), ids.get("previous")), word(ids.get("current"))
    if contact is None or current is None:
        return None
    now = Contact(phone=contact.phone, user_id=current, name=contact.name)
    return CustomerRenamed(**at.fact(item.get("timestamp"), *at.nameless("user_id", item)), contact=contact, now=now)


def call(at: Place, item: Item) -> Found | None:
    """An item of `calls`: somebody rang. Haat takes no calls; the merchant should know."""
    end = "to" if item.get("direction") == "BUSINESS_INITIATED" else "from"
    contact = at.contact(item.get(end), item.get(f"{end}_user_id"))
    return at.noted(item, contact, "call", _without(item, "session")) if contact else None


def _system(at: Place, item: Item, contact: Contact | None) -> Found | None:
    said = as_object(item.get("system"))
    what = word(said.get("type"), 64) or "system"
    user, before = word(said.get("user_id")), word(item.get("from_user_id"))
    now = Contact(phone=digits(said.get("wa_id")) or digits(said.get("new_wa_id")), user_id=user)
    old: Contact | None = None
    if what == "user_changed_number" and (now.phone or now.user_id):
        old = at.contact(said.get("customer") or item.get("from"), before)
        old = Contact(phone=old.phone, user_id=old.user_id if old.user_id != user else None) if old else None
    elif what == "user_changed_user_id" and user:
        told = _CHANGED_USER.search(word(said.get("body"), 1_000) or "")  # the only place where the old id stands
        named = told.group(1) if told and told.group(2) == user else None
        old = Contact(phone=digits(item.get("from")), user_id=named or (before if before != user else None))
    if old and (old.phone or old.user_id):
        identity = (provider_id,) if (provider_id := word(item.get("id"))) else at.nameless(what, item)
        return CustomerRenamed(**at.fact(item.get("timestamp"), *identity), contact=old, now=now)
    contact = contact or (now if now.phone or now.user_id else None)
    kind = "identity" if what in {"customer_identity_changed", "user_identity_changed"} else "system"
    return at.noted(item, contact, kind, _without(item, "from", "from_user_id")) if contact else None


def _spoken(item: Item) -> tuple[str, str, str, dict[str, Any]]:
    """(kind, words, chosen id, what else it held). What has a field of its own in the fact is not kept twice."""
    kind = word(item.get("type"), 64) or "unknown"
    rest = {name: value for name, value in item.items() if name not in _LIFTED}
    if kind == "interactive":
        payload = as_object(rest["interactive"]) if "interactive" in rest else {}
        inner = word(payload.get("type"))
        if inner in _REPLIES and as_object(payload.get(inner)):
            kind, rest = inner, {**_without(rest, "interactive"), inner: payload[inner]}
    words_at, chosen_at = _SPOKEN.get(kind, ("", ""))
    held = dict(as_object(rest.get(kind)))
    text = held.pop(words_at) if isinstance(held.get(words_at), str) else ""
    choice = word(held.get(chosen_at), 2_000) or ""
    if choice:
        del held[chosen_at]
    if held:
        rest[kind] = held
    elif text or choice:
        del rest[kind]
    if more := _without(as_object(item.get("context")), "id", "from"):
        rest["context"] = more
    kept = shortened(text, TEXT_BYTES)
    if kept != text:
        rest["truncated"] = True
    return kind, kept, choice, rest


def _provider_id(value: Any) -> ProviderId | None:
    given = word(value)
    return ProviderId(given) if given else None


def _without(item: Item, *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}


READERS: Mapping[str, Mapping[str, Callable[[Place, Item], Found | None]]] = {
    "messages": {"messages": message, "statuses": status},
    "smb_message_echoes": {"message_echoes": echo},
    "user_preferences": {"user_preferences": preference},
    "user_id_update": {"user_id_update": user_id},
    "calls": {"calls": call, "statuses": status},
}
IGNORED_FIELDS = frozenset(
    {
        "history",  # months of old conversations, brought once when a phone app's number joins: not ours to keep, nothing to answer
        "smb_app_state_sync",  # the address book of the merchant's phone
    }
)
