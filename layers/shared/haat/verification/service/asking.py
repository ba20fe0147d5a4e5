"""Requests to be verified, as a shop's owner makes them, and what a shop sees of them and of its badge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import DocumentId, MerchantId, RequestId
from haat.kernel.once import Answer, Once
from haat.kernel.text import too_long
from haat.kernel.time import SECOND, Instant, later, rfc3339
from haat.verification.model.dossier import Change, Dossier, Entry, Next, ShopNow
from haat.verification.model.evidence import Document, Evidence
from haat.verification.model.request import Request
from haat.verification.ports import Dossiers, Listed, Seals, Shelf, Shops, Writing
from haat.verification.rules import evidence as rules
from haat.verification.rules import filing, machine, shown
from haat.verification.rules.bases import basis_of
from haat.verification.rules.changes import both, nothing
from haat.verification.rules.files import FORM_S, MOST_BYTES
from haat.verification.rules.news import rows

ATTEMPTS = 8  # of a change that somebody else was faster than
TOKEN_BYTES = 16  # of chance, in what a website is to show
MOST_SAID = 1_000  # letters of an appeal

type Rule = Callable[[Dossier, Request], Change]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What merchants do. `chance` gives so many bytes that nobody can guess; `read_phone` makes digits of a number (rules/evidence.py)."""

    dossiers: Dossiers
    seals: Seals
    shelf: Shelf
    shops: Shops
    read_phone: Callable[[str, str], str]
    chance: Callable[[int], bytes]

    # What a shop sees

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Request]:
        """A shop's requests, the newest first. Raises Unavailable."""
        return self.dossiers.requests(merchant, after, limit)

    def read(self, merchant: MerchantId, id: str, now: Instant) -> Answer:
        """One of them, with all that its shop may know. Raises NotFound, Unavailable."""
        dossier, request = self._one(merchant, id)
        return _whole(dossier, request, self._shop(merchant).language, now)

    def badge(self, merchant: MerchantId, now: Instant) -> Mapping[str, Any]:
        """The shop's badge as it is drawn now. Raises NotFound, Unavailable."""
        return shown.badge(self.dossiers.load(merchant).badge, self._shop(merchant), now)

    def history(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Entry]:
        """What happened, the oldest first. Raises Unavailable."""
        return self.dossiers.history(merchant, after, limit)

    # What it asks for

    def begin(self, merchant: MerchantId, id: RequestId, said: Mapping[str, Any], who: str, once: Once) -> Answer:
        """A new request, with what is said already. Raises Rejected, Conflict (request-under-way), Unavailable."""
        if (given := self.dossiers.given(once)) is not None:
            return given
        evidence = rules.cleaned(said, self.read_phone, self._shop(merchant)) if said else None
        sealed = (id, self.seals.seal(merchant, rules.to_text(evidence))) if evidence else None
        token = self.chance(TOKEN_BYTES).hex()

        def rule(before: Dossier) -> Change:
            begun = machine.begin(before, id, token, who, once.at)
            if evidence is None:
                return begun
            return both(begun, machine.give(begun.after, id, rules.hidden(evidence), who, once.at))

        return self._saved(merchant, rule, once.at, once, status=201, sealed=sealed)

    def give(self, merchant: MerchantId, id: str, seen: int, said: Mapping[str, Any], who: str, now: Instant) -> Answer:
        """Evidence in the place of what was given before. Raises NotFound, Rejected, Changed, Conflict (request-sent, request-over), Unavailable."""
        before, request = self._one(merchant, id)
        if before.version != seen:
            raise Changed("the request was changed in between")
        shop = self._shop(merchant)
        evidence = rules.cleaned(said, self.read_phone, shop)
        change = machine.give(before, request.id, rules.hidden(evidence), who, now)
        sealed = self.seals.seal(merchant, rules.to_text(evidence))
        self.dossiers.save(before, change, Writing(at=now, rows=rows(change, now), evidence=(request.id, sealed)))
        after = change.after.request
        assert after is not None, "it was given to a request"
        return _whole(change.after, after, shop.language, now)

    def send(self, merchant: MerchantId, id: str, who: str, once: Once) -> Answer:
        """The checks begin. Raises NotFound, Rejected naming what is missing, Conflict, Unavailable."""

        def rule(before: Dossier, request: Request) -> Change:
            shop = self._shop(merchant)
            evidence = self._evidence(merchant, request) if "phone" in request.given else Evidence()
            return machine.send(before, request.id, basis_of(shop, evidence), shop, who, once.at)

        return self._moved(merchant, id, rule, once.at, once)

    def withdraw(self, merchant: MerchantId, id: str, who: str, once: Once) -> Answer:
        """It is wanted no more; doing it again changes nothing. Raises NotFound, Conflict (request-over), Unavailable."""

        def rule(before: Dossier, request: Request) -> Change:
            return machine.withdraw(before, request.id, who, once.at)

        return self._moved(merchant, id, rule, once.at, once)

    def appeal(self, merchant: MerchantId, id: str, said: str, who: str, once: Once) -> Answer:
        """A refusal goes to another reviewer. Raises NotFound, Rejected, Conflict (no-refusal, appealed, too-late), Unavailable."""
        said = said.strip()
        if too_long(said, MOST_SAID):
            raise _refused({"reason": f"must have at most {MOST_SAID} letters"})

        def rule(before: Dossier, request: Request) -> Change:
            return machine.appeal(before, request.id, said, who, once.at)

        return self._moved(merchant, id, rule, once.at, once)

    # Documents

    def announce(self, merchant: MerchantId, id: str, document: Document, who: str, once: Once) -> Answer:
        """A form by which a document may be posted. Raises NotFound, Conflict (request-sent, request-over, too-many), Unavailable.

        The form is a right to write, so it is kept nowhere: a repeated request gets the same document's id and a form signed anew.
        """
        answer = self.dossiers.given(once)
        if answer is None:

            def rule(before: Dossier, request: Request) -> Change:
                return filing.announce(before, request.id, document, who, once.at)

            offered = {"document_id": document.id, "media_type": document.media, "most_bytes": MOST_BYTES}
            answer = self._moved(merchant, id, rule, once.at, once, status=201, offered=offered)
        said = answer.body
        form = self.shelf.form(merchant, RequestId(id), DocumentId(said["document_id"]), said["media_type"])
        ends = rfc3339(later(once.at, FORM_S * SECOND))
        return replace(
            answer, body={**said, "upload": {"url": form.url, "fields": dict(form.fields), "expires_at": ends}}
        )

    def posted(self, merchant: MerchantId, id: str, document: str, who: str, now: Instant) -> Answer:
        """A document was posted, and is to be looked at. Raises NotFound, Conflict (request-sent, request-over), Unavailable."""

        def rule(before: Dossier, request: Request) -> Change:
            _known(request, document)
            return filing.posted(before, request.id, document, who, now)

        return self._moved(merchant, id, rule, now, status=202)

    def take_away(self, merchant: MerchantId, id: str, document: str, who: str, now: Instant) -> None:
        """A document less; its file is deleted. Raises NotFound, Conflict (request-sent, request-over), Unavailable."""

        def rule(before: Dossier, request: Request) -> Change:
            _known(request, document)
            return filing.take_away(before, request.id, document, who, now)

        self._moved(merchant, id, rule, now)

    # What the shop has sent

    def export(self, merchant: MerchantId, id: str, who: str, look: str, now: Instant) -> Answer:
        """What was sent, as it is kept, with links to documents. The history says so first. Raises NotFound, Unavailable.

        `look` is this reading's own name: the same again is one line of the history.
        """
        dossier, request = self._one(merchant, id)
        entry = Entry(what="exported", by="shop", at=now, who=who, said={"request": request.id})
        self.dossiers.note(merchant, entry, look)
        documents = [
            shown.file(one, self.shelf.link(merchant, request.id, one.id) if one.state == "kept" else "")
            for one in request.documents
        ]
        body = {
            "request_id": request.id,
            "evidence": rules.said_again(self._evidence(merchant, request)),
            "documents": documents,
            "website_token": request.site_token,
            "appeal": request.appeal or None,
        }
        return Answer(status=200, body=body, headers={"etag": f'"{dossier.version}"'})

    def erase(self, merchant: MerchantId, id: str, who: str, now: Instant) -> None:
        """Evidence and documents go at once; a request that was not decided goes with them. Raises NotFound, Unavailable.

        What was sealed goes in the transaction that says so; files by verification_request, which hears of it there.
        """

        def rule(before: Dossier, request: Request) -> Change:
            if before.request is not None and before.request.id == request.id:
                return machine.erase(before, request.id, "shop", now, who)
            if request.erased_at:
                return nothing(before)
            # Another has taken its place, so the dossier says nothing of it any more.
            entry = Entry(what="erased", by="shop", at=now, who=who, said={"request": request.id})
            after = replace(before, version=before.version + 1)
            next = (Next(what="forget", of=request.id),)
            return Change(after=after, entries=(entry,), next=next, archived=machine.erased(request, now))

        self._moved(merchant, id, rule, now, sealed=(RequestId(id), b""))

    # Inside

    def _one(self, merchant: MerchantId, id: str) -> tuple[Dossier, Request]:
        """A request of this merchant's, with the dossier as it is now. Raises NotFound."""
        dossier = self.dossiers.load(merchant)
        return dossier, self._of(dossier, id)

    def _of(self, dossier: Dossier, id: str) -> Request:
        if dossier.request is not None and dossier.request.id == id:
            return dossier.request
        if (request := self.dossiers.request(dossier.merchant, RequestId(id))) is None:
            raise NotFound("verification request")
        return request

    def _shop(self, merchant: MerchantId) -> ShopNow:
        if (shop := self.shops.now(merchant)) is None:
            raise NotFound("merchant")
        return shop

    def _evidence(self, merchant: MerchantId, request: Request) -> Evidence:
        sealed = None if request.erased_at else self.dossiers.sealed(merchant, request.id)
        return rules.from_text(self.seals.open(merchant, sealed)) if sealed else Evidence()

    def _moved(
        self, merchant: MerchantId, id: str, rule: Rule, at: Instant, once: Once | None = None, **more: Any
    ) -> Answer:
        """What a rule makes of one request, saved."""
        if once and (given := self.dossiers.given(once)) is not None:
            return given
        return self._saved(merchant, lambda before: rule(before, self._of(before, id)), at, once, **more)

    def _saved(
        self,
        merchant: MerchantId,
        rule: Callable[[Dossier], Change],
        at: Instant,
        once: Once | None,
        *,
        status: int = 200,
        sealed: tuple[RequestId, bytes] | None = None,
        offered: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Whoever sent no version means the request as it is, also where somebody else was faster."""
        for _ in range(ATTEMPTS):
            before = self.dossiers.load(merchant)
            try:
                change = rule(before)
            except Conflict:
                # What stands against it may be the same request, a moment ahead of itself.
                if once and (given := self.dossiers.given(once)) is not None:
                    return given
                raise
            request = change.after.request
            body = offered or (shown.brief(request) if request else None)
            answer = Answer(status=status, body=body, headers={"etag": f'"{change.after.version}"'})
            if change.after == before and once is None:
                return answer
            remembered = (once, answer) if once else None
            writing = Writing(at=at, rows=rows(change, at), once=remembered, evidence=sealed)
            try:
                return self.dossiers.save(before, change, writing) or answer
            except Changed:
                continue
        raise Unavailable("the request kept changing")


def _whole(dossier: Dossier, request: Request, language: str, now: Instant) -> Answer:
    body = shown.whole(request, language, now)
    return Answer(status=200, body=body, headers={"etag": f'"{dossier.version}"'})


def _known(request: Request, document: str) -> None:
    if all(one.id != document for one in request.documents):
        raise NotFound("document")


def _refused(fields: Mapping[str, str]) -> Rejected:
    return Rejected("some fields are not as they should be", word="invalid", fields=fields)
