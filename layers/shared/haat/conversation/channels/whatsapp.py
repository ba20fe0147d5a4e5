"""WhatsApp's own dialect (Cloud API): which facts stand in a webhook, and how an answer is written down.

No message is answered from here, and none is lost: what can't be understood is kept as AccountNews. docs/messages.md lists it all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from haat.conversation.channels.meta import Envelope, gathered
from haat.conversation.channels.place import Item
from haat.conversation.channels.whatsapp_items import IGNORED_FIELDS, READERS, Found
from haat.conversation.channels.whatsapp_place import Place, by_name
from haat.conversation.channels.wire import as_object, decode, digits, objects, word
from haat.conversation.model import Outgoing
from haat.conversation.rules.text import cut
from haat.facts.said import Choice, Template
from haat.kernel.errors import Rejected
from haat.kernel.ids import CorrelationId, Pepper
from haat.kernel.time import Instant

# Characters, as below; a caption has room for as many as a body.
_BODY, _TITLE, _ROW_TITLE, _ROW_MORE = 1024, 20, 24, 72
_BUTTONS, _ROWS = 3, 10
# With what the template itself says around it a body has at most 1024 characters; how much that is we don't know.
_PARAMETER = 900
_FRAME = frozenset({"messaging_product", "metadata", "contacts"})  # of a value: read, and no news by itself


def parse(body: bytes, pepper: Pepper, received_at: Instant, correlation: CorrelationId) -> Envelope:
    """Split a webhook into facts. Raises Rejected for what is no JSON object; nothing else, whatever the bytes."""
    document = decode(body)
    if document.get("object") != "whatsapp_business_account":
        return Envelope(ignored={"unknown_object": 1})
    return gathered(_document(Place(pepper=pepper, received_at=received_at, correlation=correlation), document))


def request_for(outgoing: Outgoing, picture: str = "") -> Mapping[str, Any]:
    """The body of a send: to the number where it is known, else to the user id, never both. Raises Rejected where neither is.

    `picture` is the channel's id of the picture that goes along.
    """
    phone, user_id = outgoing.contact.phone, outgoing.contact.user_id
    if not (phone or user_id):
        raise Rejected("an outgoing message has nobody to go to")
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **({"to": phone} if phone else {"recipient": user_id}),
        **({"context": {"message_id": outgoing.quotes}} if outgoing.quotes else {}),
        **_content(outgoing, picture),
        "biz_opaque_callback_data": outgoing.id,
    }


def fits_caption(text: str) -> bool:
    """Whether a text can stand under a picture (Cloud API, Image messages)."""
    return len(text) <= _BODY


def _content(outgoing: Outgoing, picture: str) -> Mapping[str, Any]:
    """Text alone, or with a list or buttons under it (Cloud API, Interactive messages). What has no room for them goes without."""
    text, choices = outgoing.text, outgoing.choices
    if outgoing.template is not None:
        return {"type": "template", "template": _filled(outgoing.template, text)}
    if outgoing.bill is not None:
        from haat.conversation.channels.whatsapp_bill import card  # noqa: PLC0415  # most messages are no bills

        return {"type": "interactive", "interactive": card(outgoing.bill, outgoing.decided_at)}
    if picture:
        return {"type": "image", "image": {"id": picture, "caption": text}}
    if outgoing.opener and choices:
        action = {"button": cut(outgoing.opener, _TITLE), "sections": [{"rows": [_row(c) for c in choices[:_ROWS]]}]}
        body = {"type": "list", "body": {"text": cut(text, _BODY)}, "action": action}
    elif choices and len(text) <= _BODY:
        buttons = [{"type": "reply", "reply": {"id": c.id, "title": cut(c.title, _TITLE)}} for c in choices[:_BUTTONS]]
        body = {"type": "button", "body": {"text": text}, "action": {"buttons": buttons}}
    else:
        return {"type": "text", "text": {"preview_url": False, "body": text}}
    return {"type": "interactive", "interactive": body}


def _filled(template: Template, text: str) -> Mapping[str, Any]:
    """A template with a text in its body (Cloud API, Message templates).

    Meta refuses a parameter with a line break, a tab or more than four spaces in a row (132018): lines are joined by a dot.
    """
    lines = (" ".join(line.split()) for line in text.splitlines())
    parameter = {"type": "text", "text": cut(" · ".join(line for line in lines if line), _PARAMETER)}
    return {
        "name": template.name,
        "language": {"code": template.language},
        "components": [{"type": "body", "parameters": [parameter]}],
    }


def _row(choice: Choice) -> Mapping[str, str]:
    row = {"id": choice.id, "title": cut(choice.title, _ROW_TITLE)}
    return row | {"description": cut(choice.description, _ROW_MORE)} if choice.description else row


def _document(at: Place, document: Item) -> Iterator[Found]:
    entries, odd = objects(document.get("entry"))
    for entry in entries:
        yield from _entry(replace(at, account=word(entry.get("id"), 64) or "", sent_at=entry.get("time")), entry)
    if odd:
        yield at.news("unknown_entry", {"entry": odd})


def _entry(at: Place, entry: Item) -> Iterator[Found]:
    rest = {name: value for name, value in entry.items() if name not in {"id", "time"}}
    changes, odd = objects(rest.pop("changes", None))
    for change in changes:
        yield from _change(at, change)
    if odd:
        rest["changes"] = odd
    if rest:
        yield at.news("unknown_entry", rest)


def _change(at: Place, change: Item) -> Iterator[Found]:
    name, value = word(change.get("field"), 64), change.get("value")
    if name in IGNORED_FIELDS:
        yield name
        return
    frame = value if isinstance(value, dict) else {"value": value}
    metadata = as_object(frame.get("metadata"))
    contacts, _ = objects(frame.get("contacts"))
    at = replace(
        at,
        address=word(metadata.get("phone_number_id"), 64) or "",
        business=digits(metadata.get("display_phone_number")),
        contacts=by_name(contacts),
        only=contacts[0] if len(contacts) == 1 else {},
    )
    readers = READERS.get(name or "messages")  # without a field: some relays drop it
    if readers is None:
        yield at.news(name or "unknown_change", frame)
        return
    rest = {key: given for key, given in frame.items() if key not in _FRAME}
    for key, reader in readers.items():
        items, odd = objects(rest.pop(key, None))
        for item in items:
            found = reader(at, item) if at.address else None  # nobody knows whose it is
            if found is None:
                odd.append(item)
            else:
                yield found
        if odd:
            rest[key] = odd
    if errors := rest.pop("errors", None):
        yield at.news("errors", {"errors": errors})
    if rest:
        yield at.news(f"unknown_{name or 'change'}", rest)
