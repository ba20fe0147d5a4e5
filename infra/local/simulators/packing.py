"""How several webhooks become one body, and one item comes again in another.

Source: Webhooks (meta-platform, section 2): several entries, several changes in an entry, several messages in a value all
occur. Pure functions on bodies that the simulator has made.
"""

import json
from collections.abc import Sequence
from typing import Any

from infra.local.simulators.webhooks import Shape
from infra.local.simulators.wire import Json, escape


def merge(documents: Sequence[Json], shape: Shape) -> Json:
    """Return one body with all items of `documents`, in their order; all of them are about numbers, or all about pages."""
    entries = [entry for document in documents for entry in document["entry"]]
    if documents[0]["object"] == "page":
        return {"object": "page", "entry": entries if shape == "entries" else _pages(entries)}
    if shape != "entries":
        entries = _joined(entries, "id", "changes")
    if shape == "messages":
        entries = [entry | {"changes": _merged(entry["changes"])} for entry in entries]
    return {"object": "whatsapp_business_account", "entry": entries}


def rewrap(document: Json, before: Json | None) -> Json:
    """Return another body with the same items: behind those of `before`, or where there are none, behind an empty entry."""
    if before is not None:
        return merge([before, document], "changes")
    first = document["entry"][0]
    items = "changes" if "changes" in first else "messaging"
    empty = {name: value for name, value in first.items() if name != "standby"} | {items: []}
    return document | {"entry": [empty, *document["entry"]]}


def _pages(entries: list[Json]) -> list[Json]:
    """Join neighbours of one page: several events in an entry; its time is the newest one's."""
    joined: list[Json] = []
    for entry in entries:
        last = joined[-1] if joined else {}
        if last.get("id") == entry["id"] and ("standby" in last) == ("standby" in entry):
            items = "standby" if "standby" in entry else "messaging"
            joined[-1] = last | {"time": max(last["time"], entry["time"]), items: [*last[items], *entry[items]]}
        else:
            joined.append(entry)
    return joined


def write(document: Json, *, raw: bool) -> bytes:
    """Write a body in plain UTF-8, or in Meta's escaped form; half a surrogate pair has no UTF-8 and stays escaped."""
    if not raw:
        return escape(document)
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return escape(document)


def _joined(entries: list[Json], key: str, values: str) -> list[Json]:
    """Join neighbours that have the same key: their order tells what came first."""
    joined: list[Json] = []
    for entry in entries:
        if joined and joined[-1][key] == entry[key]:
            joined[-1] = joined[-1] | {values: [*joined[-1][values], *entry[values]]}
        else:
            joined.append(entry)
    return joined


def _merged(changes: list[Json]) -> list[Json]:
    """Merge neighbouring changes of the same field and number into one value."""
    merged: list[Json] = []
    for change in changes:
        if merged and _same(merged[-1], change):
            merged[-1] = merged[-1] | {"value": _value(merged[-1]["value"], change["value"])}
        else:
            merged.append(change)
    return merged


def _same(one: Json, other: Json) -> bool:
    metadata = one["value"].get("metadata")
    return one["field"] == other["field"] and metadata is not None and metadata == other["value"].get("metadata")


def _value(one: Json, other: Json) -> Json:
    lists: dict[str, list[Any]] = {
        name: [*one.get(name, []), *other.get(name, [])]
        for name in (*one, *(name for name in other if name not in one))
        if isinstance(one.get(name, other.get(name)), list)
    }
    if "contacts" in lists:
        # Each person once, as they were first seen.
        lists["contacts"] = [
            person for n, person in enumerate(lists["contacts"]) if person not in lists["contacts"][:n]
        ]
    return one | lists
