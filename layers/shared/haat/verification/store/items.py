"""Dossiers, requests, badges and lines of history as items of the verification table.

| thing | pk | sk |
| --- | --- | --- |
| dossier; in the index `view` while it is a reviewer's turn, in `due` while something is to be done | MERCHANT#m | DOSSIER |
| a request that another took the place of; in `due` until its evidence is forgotten | MERCHANT#m | REQUEST#id |
| sealed evidence of a request; nothing of it, or when all of it was forgotten | MERCHANT#m | EVIDENCE#id |
| a line of the history: of a change, or of a look that was noted after so many changes | MERCHANT#m | HISTORY#version#n, HISTORY#version#~time#name |
| that a look was noted | MERCHANT#m | LOOK#name |
| under which keys its verified name stands | MERCHANT#m | NAMES |
| what must be done and told | MERCHANT#m | NEXT#version#name |
| what anyone may see: the current badge, or the last | BADGE#m | BADGE |
| a badge before it | BADGES#m | id |
| a verified name, under each of its keys | NAME#key | m |
| how many names ever came among them | NAMES | COUNT |
| that a place on a status list is taken | INDEX#list | index |
| the status of a badge that is not simply good, or was not | STATUS#list | index |
| a status list as it was signed last; in `due` until no badge on it can live | LIST#list | LIST |
| answer to a request that may come again | ONCE#key | ONCE |
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from haat.aws.table import Item
from haat.facts.codec import from_plain, to_plain
from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY, Instant
from haat.verification.model.badge import Badge, Complaint
from haat.verification.model.dossier import Dossier, Entry
from haat.verification.model.evidence import Document
from haat.verification.model.request import Approval, Basis, Check, Likeness, Request
from haat.verification.rules import timing

REVIEW, DUE, LISTS = "REVIEW", "DUE", "LISTS"
DOSSIER = "DOSSIER"
NEXT_LIFE_S: Final = 14 * DAY // 1000
_REQUEST: Final[Mapping[str, type]] = {
    "basis": Basis,
    "documents": Document,
    "checks": Check,
    "likenesses": Likeness,
    "approvals": Approval,
}
_BADGE: Final[Mapping[str, type]] = {"basis": Basis, "complaints": Complaint}


def pk(merchant: MerchantId) -> str:
    """The partition of all that is the merchant's own."""
    return f"MERCHANT#{merchant}"


def plain(value: Any) -> str:
    """A dataclass, or an object, as compact JSON."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def dossier_item(dossier: Dossier) -> Item:
    """A dossier with its places in the reviewers' queue and among what is due."""
    turn, due = timing.turn(dossier), timing.due_at(dossier)
    doc = {
        name: to_plain(part)
        for name, part in (("request", dossier.request), ("badge", dossier.badge))
        if part is not None
    }
    return {
        "pk": pk(dossier.merchant),
        "sk": DOSSIER,
        "version": dossier.version,
        "doc": plain(doc),
        **({} if turn is None else {"view_pk": REVIEW, "view_sk": place_in_queue(turn, dossier.merchant)}),
        **({"due_pk": DUE, "due_at": due} if due else {}),
    }


def place_in_queue(turn: int, merchant: MerchantId) -> str:
    """A place in the reviewers' queue as text that sorts; no two are the same."""
    return f"{max(turn, 0):015d}#{merchant}"


def read_dossier(merchant: MerchantId, item: Mapping[str, Any] | None) -> Dossier:
    """The dossier in an item; an empty one where there is none."""
    if item is None:
        return Dossier(merchant=merchant)
    doc = json.loads(item["doc"])
    return Dossier(
        merchant=merchant,
        request=_request(doc["request"]) if "request" in doc else None,
        badge=_badge(doc["badge"]) if "badge" in doc else None,
        version=item["version"],
    )


def request_item(merchant: MerchantId, request: Request) -> Item:
    """A request that is archived."""
    due = timing.due_of(request)
    return {
        "pk": pk(merchant),
        "sk": f"REQUEST#{request.id}",
        "doc": plain(request),
        **({"due_pk": DUE, "due_at": due} if due else {}),
    }


def read_request(item: Mapping[str, Any]) -> Request:
    """The request in an item."""
    return _request(json.loads(item["doc"]))


def open_to_all(badge: Badge) -> Badge:
    """What anyone may see of it: not who complained, and not what moves each day."""
    return replace(badge, complaints=(), reminded=0, looked_at=Instant(0))


def badge_item(merchant: MerchantId, badge: Badge) -> Item:
    """The badge that stands, or the last that did, for anyone."""
    return {"pk": f"BADGE#{merchant}", "sk": "BADGE", "doc": plain(open_to_all(badge))}


def former_item(merchant: MerchantId, badge: Badge) -> Item:
    """A badge that another took the place of."""
    return {"pk": f"BADGES#{merchant}", "sk": badge.id, "doc": plain(badge)}


def read_badge(item: Mapping[str, Any]) -> Badge:
    """The badge in an item."""
    return _badge(json.loads(item["doc"]))


def history_items(merchant: MerchantId, version: int, entries: Iterable[Entry]) -> list[Item]:
    """The lines of one change."""
    return [
        {"pk": pk(merchant), "sk": f"HISTORY#{version:010d}#{n:02d}", "doc": plain(entry)}
        for n, entry in enumerate(entries)
    ]


def look_items(merchant: MerchantId, version: int, entry: Entry, name: str) -> tuple[Item, Item]:
    """That a look was noted, and its line, after those of the change before it."""
    line = f"HISTORY#{version:010d}#~{max(entry.at, 0):015d}#{name}"
    return {"pk": pk(merchant), "sk": f"LOOK#{name}"}, {"pk": pk(merchant), "sk": line, "doc": plain(entry)}


def read_entry(item: Mapping[str, Any]) -> Entry:
    """The line of history in an item."""
    return from_plain(Entry, json.loads(item["doc"]))


def place_on_list(index: int) -> str:
    """A place on a status list as a sort key."""
    return f"{index:010d}"


def expires_s(at: Instant) -> int:
    """When an outbox row of this moment may be forgotten, in seconds, as DynamoDB wants it."""
    return at // 1000 + NEXT_LIFE_S


def _request(doc: Mapping[str, Any]) -> Request:
    return from_plain(Request, doc, _REQUEST)


def _badge(doc: Mapping[str, Any]) -> Badge:
    return from_plain(Badge, doc, _BADGE)
