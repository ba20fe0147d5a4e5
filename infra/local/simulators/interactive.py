"""Limits of interactive messages: reply buttons, lists, and the frame that all others share.

Source: Cloud API, Messages (meta-platform, section 4). Limits are in characters.
"""

from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.wire import Json

_KINDS = {
    "button",
    "list",
    "cta_url",
    "product",
    "product_list",
    "catalog_message",
    "location_request_message",
    "address_message",
    "flow",
    "order_details",
    "order_status",
}


def interactive_text(content: Json) -> str:
    """Check an `interactive` object; return what a person reads: the body and the choices under it."""
    kind = content.get("type")
    if kind not in _KINDS:
        raise GraphRefusal(100, f"Param interactive['type'] must be one of {{{', '.join(sorted(_KINDS))}}}")
    header, body, footer = (content.get(part) or {} for part in ("header", "body", "footer"))
    if not all(isinstance(part, dict) for part in (header, body, footer)):
        raise GraphRefusal(100, "Params header, body and footer must be JSON objects.")
    required = kind not in ("product", "catalog_message")
    text = _text(body, "text", 1024, "body['text']", required=required)
    _text(footer, "text", 60, "footer['text']", required=False)
    if header.get("type") == "text":
        _text(header, "text", 60, "header['text']")
    action = content.get("action")
    if not isinstance(action, dict):
        raise GraphRefusal(131008, "Parameter interactive['action'] is missing")
    choices = _buttons(action) if kind == "button" else _rows(action) if kind == "list" else []
    return "\n".join([text, *(f"[{choice}]" for choice in choices)])


def _buttons(action: Json) -> list[str]:
    """1 to 3 reply buttons, titles of at most 20 and unique, ids of at most 256."""
    buttons = _objects(action.get("buttons"), "buttons")
    if not 1 <= len(buttons) <= 3:
        raise GraphRefusal(131009, "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
    replies = _objects([button.get("reply") for button in buttons if button.get("type") == "reply"], "reply")
    if len(replies) != len(buttons):
        raise GraphRefusal(131009, "Button type must be reply")
    titles = [_text(reply, "title", 20, "button title") for reply in replies]
    _unique(titles, "Duplicated button titles")
    _unique([_text(reply, "id", 256, "button id") for reply in replies], "Duplicated button ids")
    return titles


def _rows(action: Json) -> list[str]:
    """At most 10 sections and 10 rows in all; a section needs its title when there is more than one."""
    _text(action, "button", 20, "action['button']")
    sections = _objects(action.get("sections"), "sections")
    if not 1 <= len(sections) <= 10:
        raise GraphRefusal(131009, "Invalid sections count. Min allowed: 1, Max allowed: 10")
    rows: list[Json] = []
    for section in sections:
        _text(section, "title", 24, "section title", required=len(sections) > 1)
        rows += _objects(section.get("rows"), "rows")
    if not 1 <= len(rows) <= 10:
        raise GraphRefusal(131009, "Total row count exceed max allowed count: 10")
    _unique([_text(row, "id", 200, "row id") for row in rows], "Duplicated row ids")
    for row in rows:
        _text(row, "description", 72, "row description", required=False)
    return [_text(row, "title", 24, "row title") for row in rows]


def _objects(value: object, label: str) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise GraphRefusal(131008, f"Parameter {label} is missing")
    return value


def _text(content: Json, name: str, limit: int, label: str, *, required: bool = True) -> str:
    value = content.get(name, "")
    if not isinstance(value, str):
        raise GraphRefusal(100, f"Param {label} must be a string.")
    if required and not value:
        raise GraphRefusal(131008, f"Parameter {label} is missing")
    if len(value) > limit:
        raise GraphRefusal(131009, f"{label} length invalid. Min length: 1, Max length: {limit}")
    return value


def _unique(values: list[str], complaint: str) -> None:
    if len(set(values)) != len(values):
        raise GraphRefusal(131009, complaint)
