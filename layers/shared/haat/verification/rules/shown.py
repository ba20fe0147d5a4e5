"""Requests, badges and their history as a shop's own people see them.

Reviewers are "a reviewer": who they are is not for shops. What customers complained of, and how many did, is not for shops either, nor
the first of two yeses.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from haat.kernel.time import Instant, later, rfc3339
from haat.verification.model.badge import Badge
from haat.verification.model.dossier import Entry, ShopNow
from haat.verification.model.evidence import Document
from haat.verification.model.request import Check, Request
from haat.verification.rules import timing, wants, words
from haat.verification.rules.bases import differs, drawn
from haat.verification.rules.proofs import PATH, RECORD, VALUE

# What may be told of an entry's words: fields and ids of the shop's own, words of ours, and what a reviewer wrote for it.
_TOLD: Final = (
    "fields", "document", "reason", "round", "check", "checks", "state", "word", "wanted", "badge", "level", "why", "request",
)  # fmt: skip
_NOT_TOLD: Final = frozenset({"complained", "agreed"})


def brief(request: Request) -> dict[str, Any]:
    """A request without anything of what proves it: it may be remembered as an answer that is given again."""
    return {
        "id": request.id,
        "state": request.state,
        "times_sent": request.round,
        "begun_at": rfc3339(request.begun_at),
        "sent_at": _time(request.sent_at),
        "decided_at": _time(request.decided_at),
        "appealed_at": _time(request.appealed_at),
        "evidence_erased_at": _time(request.erased_at),
    }


def whole(request: Request, language: str, now: Instant) -> dict[str, Any]:
    """A request with all that its shop may know of it, in sentences of a language."""
    editable = request.state in ("open", "more_wanted") and not request.erased_at
    forgets = 0 if request.erased_at or not (request.ended or editable) else _forgotten_at(request)
    ends = later(request.decided_at, timing.APPEAL_MS)
    may_appeal = request.state == "refused" and not request.appealed_at and not request.erased_at and now <= ends
    return brief(request) | {
        "evidence": dict(request.shown),
        "missing": _missing(request, language) if editable else [],
        "documents": [_document(one, language) for one in request.documents],
        "checks": [_check(one, language, _stand(request, one)) for one in request.checks],
        "website": site(request.site_token, request.shown.get("website", "")),
        "decision": _decision(request, language),
        "can_appeal": may_appeal,
        "can_appeal_until": rfc3339(ends) if may_appeal else None,
        "appeal": request.appeal or None,
        "evidence_erased_from": _time(Instant(forgets)),
    }


def _forgotten_at(request: Request) -> Instant:
    if request.ended:
        return later(request.decided_at, timing.FORGET_MS)
    return later(max(request.begun_at, request.sent_at, request.decided_at), timing.FORGET_MS)


def _document(document: Document, language: str) -> dict[str, Any]:
    return {
        "id": document.id,
        "kind": document.kind,
        "media_type": document.media,
        "state": document.state,
        "reason": document.reason or None,
        "says": words.document(document.state, document.reason, language),
        "bytes": document.size or None,
        "announced_at": rfc3339(document.announced_at),
    }


def file(document: Document, url: str) -> dict[str, Any]:
    """A document where it can be read; `url` is empty where no file is kept."""
    named = {"id": document.id, "kind": document.kind, "media_type": document.media, "state": document.state}
    return named | {"url": url or None}


def _missing(request: Request, language: str) -> list[dict[str, str]]:
    lacking = wants.lacking(request).items()
    return [{"field": field, "says": words.missing(lack, language)} for field, lack in lacking]


def _stand(request: Request, check: Check) -> words.Stand:
    """What the shop can do about a check."""
    if request.ended or request.erased_at:
        return "over"
    if request.state not in ("checking", "waiting"):
        return "open"
    return "sent" if check.again_at or check.state != "unreachable" else "tried"


def _check(check: Check, language: str, stand: words.Stand) -> dict[str, Any]:
    return {
        "check": check.kind,
        "state": check.state,
        "word": check.word or None,
        "says": words.sentence(check.kind, check.state, check.word, language, stand),
        "done_at": _time(check.done_at),
        "tried_again_at": _time(check.again_at) if check.state == "unreachable" else None,
    }


def site(token: str, host: str) -> dict[str, Any]:
    """The two ways in which a website shows the token; one of them is enough. `host` is empty where none was given.

    The record's name is in ASCII (RFC 3490), in which those who keep names for people take it.
    """
    name = host.partition(":")[0].encode("idna").decode()
    return {
        "token": token,
        "file": {"address": f"https://{host}{PATH}" if host else None, "path": PATH, "holds": token},
        "record": {
            "type": "TXT",
            "name": f"{RECORD}.{name}" if name else RECORD,
            "value": VALUE + token,
        },
    }


def _decision(request: Request, language: str) -> dict[str, Any] | None:
    """What was decided, or asked for, last; while the shop works on it, and when it is over."""
    if request.state not in ("more_wanted", "approved", "refused"):
        return None
    return {
        "reason": request.reason or None,
        "wanted": [{"what": field, "says": words.wanted(field, language)} for field in request.wanted],
    }


def badge(held: Badge | None, shop: ShopNow, now: Instant) -> dict[str, Any]:
    """A shop's badge: what is drawn of it now, and if that is less than it says, why."""
    level = drawn(held, shop.name, shop.legal_name, now) if shop.open else "unconfirmed"
    why = _why_not(held, shop, now)
    if why:
        level = "unconfirmed"
    return {
        "level": level,
        "why_not": why or None,
        "says": words.fallen(why, shop.language) if why else None,
        "badge": _held(held) if held else None,
    }


def _why_not(held: Badge | None, shop: ShopNow, now: Instant) -> str:
    """One word for what stands in the way of a badge; empty where nothing does."""
    if held is None:
        return "none"
    if held.state == "fallen":
        return held.reason
    if not shop.open:
        return "shop_closed"
    if now >= held.expires_at:
        return "expired"
    if (changed := differs(held.basis, shop)) is not None:
        return changed
    if held.state == "review":
        return "review"
    return "" if held.jws else "unsigned"


def _held(held: Badge) -> dict[str, Any]:
    return {
        "id": held.id,
        "level": held.level,
        "state": held.state,
        "name": held.basis.name,
        "number": held.basis.number or None,
        "request_id": held.request,
        "issued_at": rfc3339(held.issued_at),
        "expires_at": rfc3339(held.expires_at),
        "fallen_at": _time(held.fallen_at),
    }


def history(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """What happened, in the order in which it is given."""
    return [_entry(entry) for entry in entries if entry.what not in _NOT_TOLD]


def _entry(entry: Entry) -> dict[str, Any]:
    said: Mapping[str, Any] = entry.said
    return {
        "what": entry.what,
        "by": entry.by,
        "token_id": entry.who or None if entry.by == "shop" else None,
        "at": rfc3339(entry.at),
        "details": {name: said[name] for name in _TOLD if said.get(name) not in (None, "")},
    }


def _time(at: Instant) -> str | None:
    return rfc3339(at) if at else None
