"""Webhook bodies as Meta builds them: messages, statuses, echoes and changes of identity.

Source: Cloud API, Webhooks (meta-platform, sections 2 and 3), held against recorded bodies by the tests. Pure functions;
times are seconds since 1970 and leave as strings.
"""

from infra.local.simulators.graph_errors import failure
from infra.local.simulators.people import Person, ShopNumber
from infra.local.simulators.wire import Json

# Service messages inside the window are free (per-message pricing since July 2025).
_PRICING = {"billable": False, "pricing_model": "PMP", "type": "free_customer_service", "category": "service"}
_TEMPLATE_PRICING = {"billable": True, "pricing_model": "PMP", "type": "regular"}


def seconds(at: float) -> str:
    """Return a time as Meta writes it in webhooks."""
    return str(int(at))


def envelope(shop: ShopNumber, field: str, value: Json) -> Json:
    """Wrap one change of one number; `value` is completed with the number's metadata."""
    metadata = {"display_phone_number": shop.display_phone_number, "phone_number_id": shop.phone_number_id}
    whole = {"messaging_product": "whatsapp", "metadata": metadata} | value
    changes = [{"value": whole, "field": field}]
    return {"object": "whatsapp_business_account", "entry": [{"id": shop.waba_id, "changes": changes}]}


def account_event(waba: str, field: str, value: Json, at: float) -> Json:
    """Wrap one change of a whole account: it has no number, and its time stands at the entry, as a number."""
    entry = {"id": waba, "time": int(at), "changes": [{"value": value, "field": field}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def sender(person: Person, shop: ShopNumber) -> Json:
    """Return `from` and `from_user_id` as far as this person lets the business see them."""
    seen: Json = {}
    if not person.hides_number:
        seen["from"] = person.phone
    if not person.hides_user_id:
        seen["from_user_id"] = person.id_at(shop)
    return seen


def message(
    shop: ShopNumber, person: Person, wamid: str, at: float, kind: str, content: Json, context: Json | None = None
) -> Json:
    """Return an inbound message; `content` holds the keys beside the frame (`{"text": {...}}`)."""
    head: Json = {"context": context} if context else {}
    frame = head | sender(person, shop) | {"id": wamid, "timestamp": seconds(at)} | content | {"type": kind}
    return envelope(shop, "messages", {"contacts": [person.contact(shop)], "messages": [frame]})


def number_changed(shop: ShopNumber, before: Person, after: Person, wamid: str, at: float) -> Json:
    """Return the system message of a new phone number: `from` is the old one."""
    old, new = before.phone, after.phone
    system = {"body": f"User {after.name} changed from {old} to {new}", "wa_id": new, "type": "user_changed_number"}
    frame = sender(before, shop) | {"id": wamid, "timestamp": seconds(at), "system": system, "type": "system"}
    return envelope(shop, "messages", {"messages": [frame]})


def user_id_changed(shop: ShopNumber, before: Person, after: Person, wamid: str, at: float) -> Json:
    """Return the system message of a new business-scoped user id: it has no sender."""
    old, new = before.id_at(shop), after.id_at(shop)
    body = f"User {after.name} changed from {old} to {new}"
    system = {"body": body, "user_id": new, "type": "user_changed_user_id"}
    frame: Json = {"id": wamid, "timestamp": seconds(at), "type": "system", "system": system}
    return envelope(shop, "messages", {"messages": [frame]})


def user_id_update(shop: ShopNumber, before: Person, after: Person, at: float) -> Json:
    """Return the account event of a new business-scoped user id, a field of its own."""
    contact: Json = {"profile": {"name": after.name}}
    update: Json = {}
    if not after.hides_number:
        contact["wa_id"] = update["wa_id"] = after.phone
    update["detail"] = f"User id for {after.name} has been updated."
    update["user_id"] = {"previous": before.id_at(shop), "current": after.id_at(shop)}
    update["timestamp"] = seconds(at)
    return envelope(shop, "user_id_update", {"contacts": [contact], "user_id_update": [update]})


def echo(shop: ShopNumber, person: Person, wamid: str, at: float, kind: str, content: Json) -> Json:
    """Return what the merchant wrote by the phone app."""
    frame: Json = {"from": shop.display_phone_number}
    if not person.hides_number:
        frame["to"] = person.phone
    if not person.hides_user_id:
        frame["to_user_id"] = person.id_at(shop)
    frame |= {"id": wamid, "timestamp": seconds(at), "type": kind} | content
    return envelope(shop, "smb_message_echoes", {"contacts": [person.contact(shop)], "message_echoes": [frame]})


def status(
    shop: ShopNumber,
    person: Person | None,
    wamid: str,
    name: str,
    at: float,
    *,
    to: str | None,
    opaque: str | None,
    category: str | None = None,
    error: int | None = None,
) -> Json:
    """Return one status; `to` is the number that the message was addressed to, if it was addressed to one.

    `category` is a template's; anything else is a service message, and free.
    Failures have no `contacts`, and one sent by number has no `recipient_user_id` (meta-platform, sections 2.2 and 3).
    """
    frame: Json = {"id": wamid, "status": name, "timestamp": seconds(at)}
    number = to or (person.phone if person and not person.hides_number else None)
    if number is not None:
        frame["recipient_id"] = number
    if person and not person.hides_user_id and not (error is not None and to is not None):
        frame["recipient_user_id"] = person.id_at(shop)
    if opaque is not None:
        frame["biz_opaque_callback_data"] = opaque
    if name in ("sent", "delivered"):
        frame["pricing"] = _TEMPLATE_PRICING | {"category": category} if category else dict(_PRICING)
    if error is not None:
        frame["errors"] = [failure(error)]
    value: Json = {"statuses": [frame]}
    if person and error is None:
        value = {"contacts": [person.contact(shop, number_known=to is not None)]} | value
    return envelope(shop, "messages", value)
