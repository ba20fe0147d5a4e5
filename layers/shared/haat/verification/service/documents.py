"""Looks at documents that were posted, and forgets what must be forgotten.

A file is put where it stays before the dossier says that it is there, and is deleted after the dossier says that it is not: whoever dies in
between leaves a file too many for a while, never one too few.
"""

from dataclasses import dataclass
from typing import Literal

from haat.facts.verification import DocumentGiven, DocumentTakenAway, EvidenceToForget
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import DocumentId, MerchantId, RequestId
from haat.kernel.time import Instant
from haat.verification.model.evidence import Document
from haat.verification.ports import Dossiers, Shelf, Writing
from haat.verification.rules import files, filing, news, timing

ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Takes in files of evidence, and takes them away."""

    dossiers: Dossiers
    shelf: Shelf

    def look(self, given: DocumentGiven, now: Instant) -> Literal["kept", "refused", "nothing"]:
        """Look at a file that was posted. Raises Unavailable."""
        place = (given.merchant, given.request, given.document)
        for _ in range(ATTEMPTS):
            before = self.dossiers.load(given.merchant)
            request = before.request if before.request and before.request.id == given.request else None
            document = _document(request.documents if request else (), given.document)
            if document is None and self._stays(given):
                return "nothing"  # a record that came twice: it goes with its request's evidence
            if document is None or document.state == "deleted":
                self.shelf.drop(*place)  # taken away, or forgotten, while it was looked at
                return "nothing"
            if document.state == "refused":
                self._drop_refused(document, *place)
            if document.state != "given":
                return "nothing"
            seen = self.shelf.look(*place)
            reason = files.fault(document.media, seen.size, seen.start) if seen else "no_file"
            if seen and not reason and not self.shelf.keep(*place, seen.tag, document.media):
                continue  # another file was posted in its place: that one is looked at
            change = filing.looked(before, given.request, given.document, reason, seen.size if seen else 0, now)
            try:
                self.dossiers.save(before, change, Writing(at=now, rows=news.rows(change, now)))
            except Changed:
                continue
            if not reason:
                return "kept"
            self.shelf.drop(*place)
            return "refused"
        raise Unavailable("the dossier, or the file, kept changing")

    def drop(self, gone: DocumentTakenAway) -> Literal["dropped", "nothing"]:
        """Delete a document that is its request's no more. Raises Unavailable."""
        request = self.dossiers.request(gone.merchant, gone.request)
        if request is not None and (held := _document(request.documents, gone.document)) and held.state != "deleted":
            return "nothing"
        self.shelf.drop(gone.merchant, gone.request, gone.document)
        return "dropped"

    def forget(self, fact: EvidenceToForget, now: Instant) -> Literal["forgotten", "nothing"]:
        """Delete a request's evidence and documents, if that is to be. Raises Unavailable."""
        request = self.dossiers.request(fact.merchant, fact.request)
        if request is None:
            return "nothing"
        due = timing.due_of(request) if request.ended else Instant(0)
        if not request.erased_at and not (due and due <= now):
            return "nothing"
        for document in request.documents:
            self.shelf.drop(fact.merchant, fact.request, document.id)
        self.dossiers.forget(fact.merchant, fact.request, now)
        return "forgotten"

    def _stays(self, given: DocumentGiven) -> bool:
        """Whether a document is kept of a request that another took the place of."""
        request = self.dossiers.request(given.merchant, given.request)
        document = _document(request.documents if request else (), given.document)
        return document is not None and document.state == "kept"

    def _drop_refused(self, document: Document, merchant: MerchantId, request: RequestId, id: DocumentId) -> None:
        """What was refused is deleted, if whoever refused it died before that; a better file that was posted since stays."""
        seen = self.shelf.look(merchant, request, id)
        if seen is not None and files.fault(document.media, seen.size, seen.start):
            self.shelf.drop(merchant, request, id)


def _document(documents: tuple[Document, ...], id: DocumentId) -> Document | None:
    return next((one for one in documents if one.id == id), None)
