"""What reviewers do: they look, decide, and answer complaints; each look at evidence is written down before anything is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import BadgeId, DocumentId, MerchantId, RequestId
from haat.kernel.once import Answer, Once
from haat.kernel.text import name_fault
from haat.kernel.time import SECOND, Instant, later, rfc3339
from haat.verification.model.badge import Complaint
from haat.verification.model.dossier import Change, Dossier, Entry, ShopNow
from haat.verification.model.evidence import Document
from haat.verification.model.request import Check, Likeness, Request
from haat.verification.ports import Dossiers, Inspector, Listed, PlaceTaken, Seals, Shelf, Shops, Writing
from haat.verification.rules import badges, deciding, news, review_shown, status
from haat.verification.rules.bases import differs
from haat.verification.rules.deciding import Decision, Known, Reviewer
from haat.verification.rules.evidence import from_text, said_again
from haat.verification.rules.files import LINK_S
from haat.verification.rules.words import sentence

ATTEMPTS: Final = 8  # at a change that somebody else was faster with, or at a place that is taken
REASON: Final = 500  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """One reviewer at work. Whatever they ask of a shop of which they are is refused (Conflict own-shop). `chance`: so many random bytes."""

    reviewer: Reviewer
    dossiers: Dossiers
    shops: Shops
    inspector: Inspector
    seals: Seals
    shelf: Shelf
    chance: Callable[[int], bytes]

    def queue(self, after: str | None, limit: int) -> Listed[dict[str, Any]]:
        """What waits for reviewers, the most urgent first, without shops of which this one is: a page may have fewer. Raises Unavailable."""
        found, rest = self.dossiers.turns(after, limit)
        theirs = [one for one in found if one.merchant not in self.reviewer.shops]
        return [review_shown.turn(one, self.reviewer) for one in theirs], rest

    def read(self, merchant: MerchantId, id: RequestId) -> Answer:
        """A request, all but its evidence. Raises Conflict, NotFound, Unavailable."""
        dossier = self._open(merchant)
        request = self._request(dossier, id)
        return _tagged(dossier, _shown(dossier, request, self.shops.now(merchant)))

    def look(self, merchant: MerchantId, id: RequestId, document: DocumentId | None, once: Once) -> Answer:
        """Evidence in plain, or a link to a document of it. Raises Conflict, NotFound, Rejected, Unavailable.

        The same request again shows it anew and is no second look. No evidence is kept with its marker.
        """
        given = self.dossiers.given(once)
        request = self._request(self._open(merchant), id)
        file = None if document is None else _kept(request, document)
        if not request.round:
            raise Conflict("the shop has not sent it yet", word="not-sent")
        if request.erased_at:
            raise Conflict("its evidence is erased", word="erased")
        sealed = self.dossiers.sealed(merchant, id) if file is None else None
        if file is None and sealed is None:
            raise Conflict("its evidence is erased", word="erased")
        if given is None:
            said = {"request": id, "document": document}
            entry = Entry(what="looked", by="reviewer", at=once.at, who=self.reviewer.id, said=said)
            told = Answer(status=200, body={"request_id": id, "document_id": document})
            # With its time: the marker ends after a day, and who uses its key again then looks again.
            self.dossiers.note(merchant, entry, f"look#{once.key}#{once.at}", (once, told))
        evidence = None if sealed is None else said_again(from_text(self.seals.open(merchant, sealed)))
        return Answer(
            status=200,
            body={
                "request_id": id,
                "document_id": document,
                "evidence": evidence,
                "link": None if file is None else self.shelf.link(merchant, id, file.id),
                "expires_at": None if file is None else rfc3339(later(once.at, LINK_S * SECOND)),
            },
        )

    def decide(
        self, merchant: MerchantId, id: RequestId, seen: int, said: Mapping[str, Any], badge: BadgeId, once: Once
    ) -> Answer:
        """Decide a request as it was seen. Raises Changed, Conflict, NotFound, Rejected, Unavailable."""
        if (given := self.dossiers.given(once)) is not None:
            return given
        decision = _decision(said)
        before = self._open(merchant)
        self._request(before, id)
        if before.version != seen:
            # The same request, a moment ahead of itself, is no somebody else.
            if (given := self.dossiers.given(once)) is not None:
                return given
            raise Changed("the request was changed in between")
        shop = self._shop(merchant)
        basis = before.request.basis if before.request is not None else None
        for _ in range(ATTEMPTS):
            entered = self.dossiers.entered()  # before the names are read: one that comes in later is not among them
            likenesses = self.inspector.like(merchant, basis.name) if basis is not None else []
            if decision.verdict == "approve":
                self._names_seen(before, id, likenesses, once.at)
            known = Known(shop=shop, likenesses=likenesses, new=self._place(badge, once.at))
            change = deciding.decide(before, id, decision, self.reviewer, known, once.at)
            assert change.after.request is not None, "what was decided is there"
            answer = _tagged(change.after, _shown(change.after, change.after.request, shop))
            try:
                return self._save(before, change, once, answer, entered)
            except PlaceTaken:
                continue
            except Changed:
                if self.dossiers.load(merchant).version != seen:
                    raise
        raise Unavailable("others are verified at this moment, or the status list is crowded")

    def badge(self, merchant: MerchantId) -> Answer:
        """A shop's badge, the current or the last one. Raises Conflict, NotFound, Unavailable."""
        dossier = self._open(merchant)
        if dossier.badge is None:
            raise NotFound("badge")
        return _tagged(dossier, review_shown.badge(dossier.badge))

    def decide_badge(self, merchant: MerchantId, said: Mapping[str, Any], once: Once) -> Answer:
        """Restore a badge of which people complained, or revoke one. Raises Conflict, NotFound, Rejected, Unavailable."""
        id, reason, who = BadgeId(said["badge_id"]), _reason(said), self.reviewer.id
        if said["decision"] == "revoke":
            return self._badge_changed(merchant, once, lambda it: badges.revoke(it, id, who, reason, once.at))
        return self._badge_changed(
            merchant, once, lambda it: badges.restore(it, id, self._shop(merchant), who, reason, once.at)
        )

    def complain(self, merchant: MerchantId, id: str, of: str, about: str, once: Once) -> Answer:
        """Somebody complained of the shop, and told the market. Raises Conflict, Unavailable."""
        complaint = Complaint(id=id, of=of, at=once.at, about=about)
        return self._badge_changed(
            merchant,
            once,
            lambda it: badges.complained(it, complaint, self.reviewer.id, once.at),
            lambda it: {"complaint_id": id, "badge": _state(it)},
            201,
        )

    def history(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[dict[str, Any]]:
        """What happened to a shop's requests and badges, the oldest first, and who did it. Raises Conflict, Unavailable."""
        deciding.may_look(self.reviewer, merchant)
        found, rest = self.dossiers.history(merchant, after, limit)
        return [review_shown.entry(one) for one in found], rest

    def _open(self, merchant: MerchantId) -> Dossier:
        deciding.may_look(self.reviewer, merchant)
        return self.dossiers.load(merchant)

    def _request(self, dossier: Dossier, id: RequestId) -> Request:
        if dossier.request is not None and dossier.request.id == id:
            return dossier.request
        found = self.dossiers.request(dossier.merchant, id) if dossier.version else None
        if found is None:
            raise NotFound("verification request")
        return found

    def _shop(self, merchant: MerchantId) -> ShopNow:
        shop = self.shops.now(merchant)
        if shop is None:
            raise NotFound("merchant")
        return shop

    def _place(self, badge: BadgeId, now: Instant) -> badges.New:
        index = status.place(int.from_bytes(self.chance(8)))
        return badges.New(id=badge, list=status.list_of(now), index=index)

    def _names_seen(self, before: Dossier, id: RequestId, likenesses: Sequence[Likeness], now: Instant) -> None:
        """What was read is not what is there where another shop was verified since, with a name like this one. Raises Changed."""
        change = deciding.names_seen(before, id, likenesses, now)
        if change.entries:
            self.dossiers.save(before, change, Writing(at=now, rows=news.rows(change, now)))
            raise Changed("its name is like that of a shop that was verified since: look again")

    def _save(self, before: Dossier, change: Change, once: Once, answer: Answer, entered: int | None = None) -> Answer:
        writing = Writing(at=once.at, rows=news.rows(change, once.at), once=(once, answer), entered=entered)
        return self.dossiers.save(before, change, writing) or answer

    def _badge_changed(
        self,
        merchant: MerchantId,
        once: Once,
        rule: Callable[[Dossier], Change],
        show: Callable[[Dossier], dict[str, Any]] | None = None,
        status: int = 200,
    ) -> Answer:
        """Whoever acts on a badge names it: they mean that one, not a version of it."""
        if (given := self.dossiers.given(once)) is not None:
            return given
        for _ in range(ATTEMPTS):
            before = self._open(merchant)
            change = rule(before)
            assert change.after.badge is not None, "the rules refuse where there is none"
            body = show(change.after) if show is not None else review_shown.badge(change.after.badge)
            answer = _tagged(change.after, body, status)
            try:
                return self._save(before, change, once, answer)
            except Changed:
                continue
        raise Unavailable("the badge kept changing")


def _shown(dossier: Dossier, request: Request, shop: ShopNow | None) -> dict[str, Any]:
    gone = None if request.basis is None else "shop_gone" if shop is None else differs(request.basis, shop)
    return review_shown.request(dossier, request, gone, _sentence)


def _sentence(check: Check) -> str:
    # What is so, without what the shop might do about it.
    return sentence(check.kind, check.state, check.word, "en", "over")


def _kept(request: Request, id: DocumentId) -> Document:
    for file in request.documents:
        if file.id == id and file.state == "kept":
            return file
        if file.id == id:
            raise Conflict("this document was not kept", word="not-kept")
    raise _wrong(document_id="is no document of this request")


def _decision(said: Mapping[str, Any]) -> Decision:
    wanted: Sequence[str] = said.get("wanted", ())
    if wanted and said["verdict"] != "ask_more":
        raise _wrong(wanted="is only for ask_more")
    return Decision(verdict=said["verdict"], reason=_reason(said), wanted=wanted)


def _reason(said: Mapping[str, Any]) -> str:
    reason = str(said["reason"]).strip()
    if fault := name_fault(reason, REASON):
        raise _wrong(reason=fault)
    return reason


def _state(dossier: Dossier) -> dict[str, Any]:
    badge = dossier.badge
    assert badge is not None, "the rules refuse where there is none"
    return {"id": badge.id, "level": badge.level, "state": badge.state}


def _tagged(dossier: Dossier, body: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status=status, body=body, headers={"etag": f'"{dossier.version}"'})


def _wrong(**fields: str) -> Rejected:
    return Rejected("some fields are not as they should be", word="invalid", fields=fields)
