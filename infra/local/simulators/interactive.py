"""Interactive messages: buttons, lists, links, products, forms, orders. What each may hold, and what a person reads.

Source: Cloud API, Messages (meta-platform, section 4). Limits are in characters. Pure functions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local.simulators.contents import MEDIA
from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.orders import PARAMETERS, STATUS_PARAMETERS, check_order
from infra.local.simulators.shapes import (
    Anything,
    Rule,
    Text,
    Thing,
    Things,
    judge,
    missing,
    only_media,
    too_much,
    unexpected,
    unlike,
)
from infra.local.simulators.wire import Json
from infra.local.simulators.world import Offer

_SECTIONS, _ROWS, _PRODUCTS = 10, 10, 30
_ID, _TITLE = Text(limit=256), Text(limit=20)
_FILES = ("text", "image", "video", "document")

_BUTTONS = Thing(
    {
        "buttons": Things(
            of=Thing({"type": Text(one_of=("reply",)), "reply": Thing({"id": _ID, "title": _TITLE})}), most=3
        )
    }
)
_ROW = Thing({"id": Text(limit=200), "title": Text(limit=24)}, {"description": Text(limit=72, blank=True)})
_LIST = Thing(
    {
        "button": _TITLE,
        "sections": Things(of=Thing({"rows": Things(of=_ROW)}, {"title": Text(limit=24, blank=True)}), most=_SECTIONS),
    }
)
_SHELF = Thing(
    {"product_items": Things(of=Thing({"product_retailer_id": Text()}))}, {"title": Text(limit=24, blank=True)}
)
_FORM: dict[str, Rule] = {
    part: Text(blank=True)
    for part in (
        "name phone_number in_pin_code house_number floor_number tower_number building_name address landmark_area city state"
    ).split()
}
_ADDRESS: dict[str, Rule] = {
    "values": Thing(may=_FORM),
    "saved_addresses": Things(of=Thing({"id": Text(), "value": Thing(may=_FORM)}), least=0),
    "validation_errors": Thing(may=_FORM),
}
_FLOW: dict[str, Rule] = {
    "flow_id": Text(),
    "flow_name": Text(),
    "flow_token": Text(),
    "flow_action": Text(one_of=("navigate", "data_exchange")),
    "flow_action_payload": Thing({"screen": Text()}, {"data": Anything()}),
    "mode": Text(one_of=("draft", "published")),
}


def _named(name: str, parameters: Rule | None) -> Thing:
    return Thing({"name": Text(one_of=(name,))} | ({"parameters": parameters} if parameters else {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One type: its action, the headers that it may have, whether it needs a header or a body, and what is read of it."""

    action: Rule
    headers: tuple[str, ...] = ()
    needs_header: bool = False
    needs_body: bool = True
    reads: Callable[[Json], list[str]] = lambda _: []


def _choices(action: Json) -> list[str]:
    """Read the buttons; titles and ids are unique."""
    replies = [button["reply"] for button in action["buttons"]]
    unlike([reply["title"] for reply in replies], "Duplicated button titles")
    unlike([reply["id"] for reply in replies], "Duplicated button ids")
    return [reply["title"] for reply in replies]


def _rows(action: Json) -> list[str]:
    """Read the rows: at most 10 in all, with ids of their own."""
    _titled(action["sections"])
    rows = [row for section in action["sections"] for row in section["rows"]]
    if len(rows) > _ROWS:
        raise too_much(f"Total row count exceed max allowed count: {_ROWS}")
    unlike([row["id"] for row in rows], "Duplicated row ids")
    return [row["title"] for row in rows]


def _products(action: Json) -> list[str]:
    """Read the products: at most 30 in all."""
    _titled(action["sections"])
    products = [item["product_retailer_id"] for section in action["sections"] for item in section["product_items"]]
    if len(products) > _PRODUCTS:
        raise too_much(f"Total product count exceed max allowed count: {_PRODUCTS}")
    return products


def _titled(sections: list[Json]) -> None:
    if len(sections) > 1 and not all(section.get("title") for section in sections):
        raise missing("section title")


def _flow(action: Json) -> list[str]:
    parameters = action["parameters"]
    if (parameters.get("flow_id") is None) == (parameters.get("flow_name") is None):
        raise GraphRefusal(100, "Param parameters must have exactly one of 'flow_id' and 'flow_name'")
    return [parameters["flow_cta"]]


_KINDS: dict[str, _Kind] = {
    "button": _Kind(action=_BUTTONS, headers=_FILES, reads=_choices),
    "list": _Kind(action=_LIST, headers=("text",), reads=_rows),
    "cta_url": _Kind(
        action=_named("cta_url", Thing({"display_text": _TITLE, "url": Text(web=True)})),
        headers=_FILES,
        reads=lambda action: [action["parameters"]["display_text"]],
    ),
    "product": _Kind(
        action=Thing({"catalog_id": Text(), "product_retailer_id": Text()}),
        needs_body=False,
        reads=lambda action: [action["product_retailer_id"]],
    ),
    "product_list": _Kind(
        action=Thing({"catalog_id": Text(), "sections": Things(of=_SHELF, most=_SECTIONS)}),
        headers=("text",),
        needs_header=True,
        reads=_products,
    ),
    "catalog_message": _Kind(
        action=Thing(
            {"name": Text(one_of=("catalog_message",))},
            {"parameters": Thing(may={"thumbnail_product_retailer_id": Text()})},
        ),
        reads=lambda _: ["View catalog"],
    ),
    "location_request_message": _Kind(action=_named("send_location", None), reads=lambda _: ["Send location"]),
    "address_message": _Kind(
        action=_named("address_message", Thing({"country": Text(like="[A-Z]{2}")}, _ADDRESS)),
        headers=_FILES,
        reads=lambda _: ["Provide address"],
    ),
    "flow": _Kind(
        action=_named("flow", Thing({"flow_message_version": Text(one_of=("3",)), "flow_cta": _TITLE}, _FLOW)),
        headers=_FILES,
        reads=_flow,
    ),
    "order_details": _Kind(
        action=_named("review_and_pay", PARAMETERS),
        headers=("image",),
        reads=lambda action: [check_order(action["parameters"])],
    ),
    "order_status": _Kind(
        action=_named("review_order", STATUS_PARAMETERS),
        reads=lambda action: [action["parameters"]["order"]["status"]],
    ),
}


def interactive_text(content: Any) -> str:
    """Check an `interactive` object; return what a person reads: the body and the choices under it."""
    judge(Thing({"type": Text(one_of=tuple(_KINDS))}, {part: Anything() for part in _PARTS}), content, "interactive")
    kind = _KINDS[content["type"]]
    needs: dict[str, Rule] = {"type": Text(), "action": kind.action}
    may: dict[str, Rule] = {"footer": Thing({"text": Text(limit=60)})}
    (needs if kind.needs_body else may)["body"] = Thing({"text": Text(limit=1024)})
    if kind.headers:
        files: dict[str, Rule] = {name: MEDIA[name] for name in kind.headers if name in MEDIA}
        files |= {"text": Text(limit=60), "sub_text": Text(limit=60)}
        header = Thing({"type": Text(one_of=kind.headers)}, files)
        (needs if kind.needs_header else may)["header"] = header
    judge(Thing(needs, may), content, "interactive")
    _header(content.get("header"))
    body = (content.get("body") or {}).get("text", "")
    return "\n".join([body, *(f"[{choice}]" for choice in kind.reads(content["action"]))])


def offers_of(content: Any) -> tuple[Offer, ...]:
    """What can be tapped under an `interactive` object that was checked: reply buttons, or the rows of a list."""
    action = content["action"]
    replies = [button["reply"] for button in action.get("buttons", ())]
    rows = [row for section in action.get("sections", ()) for row in section.get("rows", ())]
    return (
        *(Offer(kind="button", id=reply["id"], title=reply["title"]) for reply in replies),
        *(Offer(kind="row", id=r["id"], title=r["title"], description=r.get("description", "")) for r in rows),
    )


_PARTS = ("header", "body", "footer", "action")


def _header(header: Json | None) -> None:
    """A header has the part that its type names, and no other."""
    if header is None:
        return
    kind = header["type"]
    if header.get(kind) is None:
        raise missing(f"header['{kind}']")
    for name in header:
        if name in MEDIA and name != kind:
            raise unexpected(name, "header")
    if kind in MEDIA:
        only_media(header[kind], f"header['{kind}']")
        if header[kind].get("caption") is not None:
            raise unexpected("caption", f"header['{kind}']")
