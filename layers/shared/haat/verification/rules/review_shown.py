"""What reviewers see of requests, badges and their history: all but the evidence itself, which is asked for and written down each time."""

from collections.abc import Callable, Mapping
from typing import Any

from haat.kernel.time import Instant, rfc3339
from haat.verification.model.badge import Badge, Complaint
from haat.verification.model.dossier import Dossier, Entry
from haat.verification.model.request import Check, Request
from haat.verification.rules import timing
from haat.verification.rules.deciding import Reviewer

type Sentence = Callable[[Check], str]  # what a check has come to, in words for people


def turn(dossier: Dossier, reviewer: Reviewer) -> dict[str, Any]:
    """A shop of the queue: its request that waits, its badge of which people complain, or both."""
    request, badge = dossier.request, dossier.badge
    waits = request if request is not None and request.state == "waiting" else None
    doubted = badge if badge is not None and badge.state == "review" else None
    basis = waits.basis if waits is not None else doubted.basis if doubted is not None else None
    return {
        "merchant_id": dossier.merchant,
        "name": basis.name if basis is not None else "",
        "request": _waiting(waits, reviewer) if waits is not None else None,
        "badge": _doubted(doubted) if doubted is not None else None,
    }


def _waiting(request: Request, reviewer: Reviewer) -> dict[str, Any]:
    odd = [check for check in request.checks if check.state in ("failed", "unreachable")]
    refused = bool(request.appealed_at) and request.refused_by == reviewer.id
    return {
        "id": request.id,
        "risk": timing.risk(request),
        "since": rfc3339(Instant(max(request.sent_at, request.appealed_at))),
        "odd": [{"kind": check.kind, "state": check.state, "word": check.word} for check in odd],
        "likenesses": len(request.likenesses),
        "protected": request.protected,
        "approvals": len(request.approvals),
        "appealed": bool(request.appealed_at),
        "for_another": refused or any(one.by == reviewer.id for one in request.approvals),
    }


def _doubted(badge: Badge) -> dict[str, Any]:
    complaints = [one for one in badge.complaints if not one.settled]
    return {
        "id": badge.id,
        "level": badge.level,
        "since": rfc3339(Instant(max(one.at for one in complaints))),
        "complaints": len(complaints),
        "about": sorted({one.about for one in complaints} - {""}),
    }


def request(dossier: Dossier, one: Request, differs: str | None, sentence: Sentence) -> dict[str, Any]:
    """One request. `differs`: what of the shop is not any more as it was when it was sent."""
    basis = one.basis
    return {
        "id": one.id,
        "merchant_id": dossier.merchant,
        "state": one.state,
        "current": dossier.request is not None and dossier.request.id == one.id,
        "round": one.round,
        "begun_at": rfc3339(one.begun_at),
        "sent_at": _at(one.sent_at),
        "decided_at": _at(one.decided_at),
        "erased_at": _at(one.erased_at),
        "risk": timing.risk(one),
        "protected": one.protected,
        "claims": None if basis is None else _claims(basis.name, basis.legal_name, basis.channel, basis.number),
        "differs": differs,
        "given": list(one.given),
        "documents": [
            {
                "id": file.id,
                "kind": file.kind,
                "media_type": file.media,
                "state": file.state,
                "reason": file.reason or None,
                "size": file.size or None,
            }
            for file in one.documents
        ],
        "checks": [
            {
                "kind": check.kind,
                "state": check.state,
                "word": check.word or None,
                "sentence": sentence(check),
                "tries": check.tries,
                "done_at": _at(check.done_at),
            }
            for check in one.checks
        ],
        "likenesses": [
            {"name": other.name, "why": other.why, "protected": other.protected} for other in one.likenesses
        ],
        "approvals": [{"by": yes.by, "reason": yes.reason, "at": rfc3339(yes.at)} for yes in one.approvals],
        "reason": one.reason or None,
        "wanted": list(one.wanted),
        "refused_by": one.refused_by,
        "appealed_at": _at(one.appealed_at),
        "appeal": one.appeal or None,
        "history": f"/v1/reviewer/merchants/{dossier.merchant}/verification-history",
    }


def badge(one: Badge) -> dict[str, Any]:
    """A shop's badge, the current or the last one, with what people complain of."""
    basis = one.basis
    return {
        "id": one.id,
        "level": one.level,
        "state": one.state,
        "reason": one.reason or None,
        "request_id": one.request,
        "claims": _claims(basis.name, basis.legal_name, basis.channel, basis.number),
        "signed": bool(one.jws),
        "issued_at": rfc3339(one.issued_at),
        "expires_at": rfc3339(one.expires_at),
        "fallen_at": _at(one.fallen_at),
        "complaints": [_complaint(complaint) for complaint in one.complaints if not complaint.settled],
    }


def entry(one: Entry) -> dict[str, Any]:
    """One line of the history, with the id of who did it."""
    said: Mapping[str, Any] = {name: value for name, value in one.said.items() if value is not None}
    return {"at": rfc3339(one.at), "what": one.what, "by": one.by, "who": one.who or None, "said": said}


def _claims(name: str, legal_name: str, channel: str, number: str) -> dict[str, Any]:
    return {"name": name, "legal_name": legal_name, "channel": channel or None, "number": number or None}


def _complaint(one: Complaint) -> dict[str, Any]:
    return {"id": one.id, "complainant": one.of, "about": one.about or None, "at": rfc3339(one.at)}


def _at(at: Instant) -> str | None:
    return rfc3339(at) if at else None
