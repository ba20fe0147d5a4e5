"""The documents of a request: announced, posted, looked at, taken away."""

from dataclasses import replace

from haat.kernel.errors import Conflict
from haat.kernel.ids import RequestId
from haat.kernel.time import Instant
from haat.verification.model.dossier import Change, Dossier, Entry, Next
from haat.verification.model.evidence import Document
from haat.verification.model.request import Request
from haat.verification.rules import wants
from haat.verification.rules.changes import nothing, with_request
from haat.verification.rules.machine import editable


def announce(before: Dossier, id: RequestId, document: Document, who: str, now: Instant) -> Change:
    """A document that is going to be posted. Raises Conflict."""
    request = editable(before, id)
    if len(request.documents) >= wants.MOST_DOCUMENTS:
        raise Conflict(f"a request has at most {wants.MOST_DOCUMENTS} documents; take one away first", word="too-many")
    after = replace(request, documents=(*request.documents, document))
    entry = Entry(what="document_announced", by="shop", at=now, who=who, said={"document": document.id})
    return with_request(before, after, entry)


def posted(before: Dossier, id: RequestId, document: str, who: str, now: Instant) -> Change:
    """A document was posted, and is to be looked at. Raises Conflict; the same again changes nothing."""
    request = editable(before, id)
    if (known := _document(request, document)) is None or known.state in ("given", "kept", "deleted"):
        return nothing(before)
    entry = Entry(what="document_given", by="shop", at=now, who=who, said={"document": document})
    change = with_request(before, _with(request, replace(known, state="given", reason="")), entry)
    return replace(change, next=(Next(what="document", of=document),))


def looked(before: Dossier, id: RequestId, document: str, reason: str, size: int, now: Instant) -> Change:
    """What a look at a document has shown: it is kept, or refused for a reason."""
    request = before.request
    if request is None or request.id != id or (known := _document(request, document)) is None or known.state != "given":
        return nothing(before)
    after = replace(known, state="refused" if reason else "kept", reason=reason, size=size)
    entry = Entry(
        what=f"document_{after.state}", by="machine", at=now, said={"document": document, "reason": reason or None}
    )
    return with_request(before, _with(request, after), entry)


def take_away(before: Dossier, id: RequestId, document: str, who: str, now: Instant) -> Change:
    """A document less. Raises Conflict; the same again changes nothing."""
    request = editable(before, id)
    left = tuple(one for one in request.documents if one.id != document)
    if left == request.documents:
        return nothing(before)
    entry = Entry(what="document_taken_away", by="shop", at=now, who=who, said={"document": document})
    change = with_request(before, replace(request, documents=left), entry)
    return replace(change, next=(Next(what="drop", of=document),))


def _document(request: Request, id: str) -> Document | None:
    return next((one for one in request.documents if one.id == id), None)


def _with(request: Request, document: Document) -> Request:
    return replace(request, documents=tuple(document if one.id == document.id else one for one in request.documents))
