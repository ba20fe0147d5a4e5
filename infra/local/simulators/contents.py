"""What stands under a message's type: text, media, reaction, place, contacts, template.

Source: Cloud API, Messages (meta-platform, section 4). The interactive ones are in `interactive.py`. Pure functions.
"""

from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.orders import PARAMETERS as ORDER
from infra.local.simulators.orders import check_order
from infra.local.simulators.shapes import Anything, Degrees, Flag, Rule, Text, Thing, Things, Whole, judge, only_media
from infra.local.simulators.wire import Json

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_LINKED: dict[str, Rule] = {"id": Text(), "link": Text(web=True)}
_CAPTION = Text(limit=CAPTION_LIMIT, long=100, blank=True)
MEDIA: dict[str, Thing] = {
    "image": Thing(may=_LINKED | {"caption": _CAPTION}),
    "video": Thing(may=_LINKED | {"caption": _CAPTION}),
    "document": Thing(may=_LINKED | {"caption": _CAPTION, "filename": Text(limit=240, long=100)}),
    "audio": Thing(may=_LINKED | {"voice": Flag()}),
    "sticker": Thing(may=_LINKED),
}

_NAME = Thing(
    {"formatted_name": Text()},
    {part: Text(blank=True) for part in ("first_name", "middle_name", "last_name", "suffix", "prefix")},
)
_ADDRESS = ("street", "city", "state", "zip", "country", "country_code", "type")
_CONTACT = Thing(
    {"name": _NAME},
    {
        "phones": Things(
            of=Thing(may={part: Text(blank=True) for part in ("phone", "wa_id", "user_id", "type")}), least=0
        ),
        "emails": Things(of=Thing(may={"email": Text(), "type": Text()}), least=0),
        "addresses": Things(of=Thing(may={part: Text(blank=True) for part in _ADDRESS}), least=0),
        "urls": Things(of=Thing(may={"url": Text(), "type": Text()}), least=0),
        "org": Thing(may={part: Text(blank=True) for part in ("company", "department", "title")}),
        "birthday": Text(like=r"\d{4}-\d{2}-\d{2}"),
    },
)

_CURRENCY = Thing({"fallback_value": Text(), "code": Text(like="[A-Z]{3}"), "amount_1000": Whole()})
_MOMENT = ("timestamp", "day_of_week", "year", "month", "day_of_month", "hour", "minute", "calendar")
_DATE = Thing({"fallback_value": Text()}, {part: Anything() for part in _MOMENT})
_PLACE = Thing({"latitude": Degrees(90), "longitude": Degrees(180)}, {"name": Text(), "address": Text()})
_ACTION = Thing(
    may={
        "order_details": ORDER,
        "flow_token": Text(),
        "flow_action_data": Anything(),
        "thumbnail_product_retailer_id": Text(),
        "sections": Anything(),
    }
)
_PARAMETER = Thing(
    {"type": Text()},
    {
        "parameter_name": Text(),
        "text": Text(),
        "payload": Text(),
        "coupon_code": Text(),
        "currency": _CURRENCY,
        "date_time": _DATE,
        "location": _PLACE,
        "action": _ACTION,
        "product": Thing({"product_retailer_id": Text(), "catalog_id": Text()}),
        "limited_time_offer": Thing({"expiration_time_ms": Whole()}),
        **{kind: MEDIA[kind] for kind in ("image", "video", "document")},
    },
)
_COMPONENT: dict[str, Rule] = {
    "sub_type": Text(),
    "index": Whole(quoted=True),
    "parameters": Things(of=_PARAMETER, least=0),
}
_CARD = Thing({"card_index": Whole(), "components": Things(of=Thing({"type": Text()}, _COMPONENT))})
_TEMPLATE = Thing(
    {"name": Text(limit=512), "language": Thing({"code": Text()}, {"policy": Text(one_of=("deterministic",))})},
    {"components": Things(of=Thing({"type": Text()}, _COMPONENT | {"cards": Things(of=_CARD)}), least=0)},
)

CONTENTS: dict[str, Rule] = {
    "text": Thing({"body": Text(limit=TEXT_LIMIT, long=100)}, {"preview_url": Flag()}),
    "reaction": Thing({"message_id": Text(), "emoji": Text(blank=True)}),
    "location": Thing({"latitude": Degrees(90), "longitude": Degrees(180)}, {"name": Text(), "address": Text()}),
    "contacts": Things(of=_CONTACT, count=131008),
    "template": _TEMPLATE,
    **MEDIA,
}


def read_content(kind: str, content: object) -> str:
    """Check the part named like its type; return what a person would read of it."""
    judge(CONTENTS[kind], content, kind)
    if kind == "contacts":
        assert isinstance(content, list)
        return ", ".join(str(contact["name"]["formatted_name"]) for contact in content)
    assert isinstance(content, dict)
    if kind in MEDIA:
        only_media(content, kind)
        return str(content.get("caption") or "")
    if kind == "template":
        for component in content.get("components") or []:
            _component(component)
        return str(content["name"])
    return str(content.get({"text": "body", "reaction": "emoji"}.get(kind, "name")) or "")


def media_ids(message: object) -> list[str]:
    """Return every media id that a checked content refers to, however deep."""
    if isinstance(message, list):
        return [found for item in message for found in media_ids(item)]
    if not isinstance(message, dict):
        return []
    here = [
        content["id"]
        for kind, content in message.items()
        if kind in MEDIA and isinstance(content, dict) and isinstance(content.get("id"), str)
    ]
    return here + [found for item in message.values() for found in media_ids(item)]


def _component(component: Json) -> None:
    """A parameter has exactly the part that its type names; a button says which one it is."""
    if str(component["type"]).lower() == "button" and component.get("sub_type") is None:
        raise GraphRefusal(131008, "Parameter template['components'][...]['sub_type'] is missing")
    for parameter in component.get("parameters") or []:
        kind = str(parameter["type"]).lower()
        if parameter.get(kind) is None:
            raise GraphRefusal(131008, f"Parameter template['components'][...]['parameters'][...]['{kind}'] is missing")
        if kind in MEDIA:
            only_media(parameter[kind], kind)
        if kind == "action" and parameter[kind].get("order_details") is not None:
            check_order(parameter[kind]["order_details"])
    for card in component.get("cards") or []:
        for inner in card["components"]:
            _component(inner)
