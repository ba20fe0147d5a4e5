"""What reviewers do, on ports in memory: who may look at what, what is written down of it, and what a decision is about."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import BadgeId, DocumentId, MerchantId, RequestId
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY, later, rfc3339
from haat.verification.memory.dossiers import MemoryDossiers
from haat.verification.memory.shelf import MemorySeals, MemoryShelf, MemoryShops
from haat.verification.memory.shown import MemoryNames
from haat.verification.model.badge import Badge
from haat.verification.model.dossier import Change, Dossier, Entry
from haat.verification.model.evidence import Document, Evidence
from haat.verification.model.request import Likeness
from haat.verification.ports import PlaceTaken, Writing
from haat.verification.rules import machine
from haat.verification.rules.evidence import cleaned, to_text
from haat.verification.service.reviewing import Reviewing
from tests.unit.verification.asking import SAID
from tests.unit.verification.cases import (
    LOOKS_LIKE,
    NOW,
    REQUEST,
    SHOP,
    at,
    begun,
    checked,
    green,
    renamed,
    reviewer,
    sent,
)

ROOT = Path(__file__).parents[3]
OTHER = MerchantId("01M00000000000000000000THER")
PAPER, BAD = DocumentId("01D0000000000000000000PAPER"), DocumentId("01D00000000000000000000BAD")
SECRET = Evidence(legal_name="Tara Devi", gstin="19AAACT0000A1Z5", phone="919830000001")
BADGE = BadgeId("01B00000000000000000000000")
WHY = "as the papers say"


@dataclass
class Alike:
    """Fills the port Inspector."""

    found: list[Likeness] = field(default_factory=list)

    def like(self, merchant: MerchantId, name: str) -> list[Likeness]:
        """What it was told to find."""
        return self.found


class Mute(MemoryDossiers):
    """A table that takes no lines of history."""

    def note(
        self, merchant: MerchantId, entry: Entry, name: str, once: tuple[Once, Answer] | None = None
    ) -> Answer | None:
        """Raises Unavailable."""
        raise Unavailable("table")


class Desk:
    """One table, and who sits there."""

    def __init__(self, *dossiers: Dossier, table: MemoryDossiers | None = None) -> None:
        self.table, self.alike, self.shops = table or MemoryDossiers(), Alike(), MemoryShops(NOW)
        self.chances = [7]
        self.keys = 0
        for dossier in dossiers:
            self.table.kept[dossier.merchant] = dossier
            if dossier.request is not None:
                sealed = MemorySeals().seal(dossier.merchant, to_text(SECRET))
                self.table.evidence[dossier.merchant, dossier.request.id] = sealed

    def by(self, name: str, token: str = "a", *shops: MerchantId) -> Reviewing:
        """Somebody, with one of their tokens."""
        return Reviewing(
            reviewer=reviewer(name, token, shops),
            dossiers=self.table,
            shops=self.shops,
            inspector=self.alike,
            seals=MemorySeals(),
            shelf=MemoryShelf(),
            chance=self._chance,
        )

    def _chance(self, size: int) -> bytes:
        return (self.chances.pop(0) if len(self.chances) > 1 else self.chances[0]).to_bytes(size)

    def once(self, key: str = "", minutes: float = 10) -> Once:
        """A request's own name."""
        self.keys += 1
        return Once(key=key or f"k{self.keys}", asked="this", at=at(minutes))

    def decides(self, who: Reviewing, verdict: str = "approve", *, seen: int | None = None, **more: Any) -> Answer:
        """A decision of what is there."""
        version = self.dossier.version if seen is None else seen
        said = {"verdict": verdict, "reason": WHY, **more}
        return who.decide(SHOP, REQUEST, version, said, BADGE, self.once())

    @property
    def dossier(self) -> Dossier:
        """The shop's."""
        return self.table.load(SHOP)

    @property
    def badge(self) -> Badge:
        """The shop's."""
        assert self.dossier.badge is not None
        return self.dossier.badge

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Its history: what, and who."""
        return [(line.what, str(line.who)) for line in self.table.lines.get(SHOP, [])]


def papered(dossier: Dossier) -> Dossier:
    """The same with a document that was kept and one that was not."""
    request = dossier.request
    assert request is not None
    kept = Document(id=PAPER, kind="tax", media="image/png", state="kept", size=100)
    refused = Document(id=BAD, kind="tax", media="image/png", state="refused", reason="no_file")
    return replace(dossier, request=replace(request, documents=(kept, refused)))


def test_look_is_written_down_before_anything_is_shown() -> None:
    """Evidence in plain, and one line of the history with who looked; the marker's answer holds nothing of it."""
    desk = Desk(checked())
    shown = desk.by("Anita").look(SHOP, REQUEST, None, once := desk.once())
    assert shown.body["evidence"] == {"legal_name": "Tara Devi", "gstin": SECRET.gstin, "phone": "+919830000001"}
    assert desk.lines == [("looked", "Anita")]
    given = desk.table.given(once)
    assert given is not None
    assert given.body == {"request_id": REQUEST, "document_id": None}


def test_same_look_again_is_shown_anew_and_is_no_second_line() -> None:
    """Also by a link to a document; another request is another look."""
    desk = Desk(papered(checked()))
    anita, once = desk.by("Anita"), desk.once()
    first, again = (anita.look(SHOP, REQUEST, PAPER, once) for _ in range(2))
    assert first == again
    assert first.body["link"].endswith(PAPER)
    assert first.body["expires_at"] is not None
    assert first.body["evidence"] is None
    assert len(desk.lines) == 1
    anita.look(SHOP, REQUEST, PAPER, desk.once())
    assert len(desk.lines) == 2
    said = desk.table.lines[SHOP][0].said
    assert (said["request"], said["document"]) == (REQUEST, PAPER)


def test_evidence_is_shown_as_the_document_of_the_api_says() -> None:
    """All of it, the licence too."""
    whole = cleaned(SAID, lambda said, _: said, NOW)
    desk = Desk(checked())
    desk.table.evidence[SHOP, REQUEST] = MemorySeals().seal(SHOP, to_text(whole))
    shown = desk.by("Anita").look(SHOP, REQUEST, None, desk.once()).body["evidence"]
    document = yaml.safe_load((ROOT / "infra/api/reviewer.yaml").read_text())
    evidence = document["schemas"]["Look"]["properties"]["evidence"]["properties"]
    assert set(shown) == set(SAID) == set(evidence)
    assert set(shown["licence"]) == set(evidence["licence"]["properties"]) == set(evidence["licence"]["required"])


def test_key_that_is_used_again_another_day_is_another_look() -> None:
    """The marker lasts a day: after it the same Idempotency-Key may ask for anything, and what is shown then is written down, too."""
    desk = Desk(papered(checked()))
    desk.by("Anita").look(SHOP, REQUEST, None, Once(key="k", asked="evidence", at=at(10)))
    desk.by("Anita").look(SHOP, REQUEST, PAPER, Once(key="k", asked="a document", at=later(at(11), DAY)))
    assert [line.said["document"] for line in desk.table.lines[SHOP]] == [None, PAPER]


def test_look_that_can_not_be_written_down_shows_nothing() -> None:
    """The table does not answer: nor do we."""
    desk = Desk(papered(checked()), table=Mute())
    for document in (None, PAPER):
        with pytest.raises(Unavailable):
            desk.by("Anita").look(SHOP, REQUEST, document, desk.once())


@pytest.mark.parametrize(
    ("dossier", "document", "word"),
    [
        (begun(), None, "not-sent"),
        (machine.erase(checked(), REQUEST, "shop", at(5)).after, None, "erased"),
        (papered(checked()), BAD, "not-kept"),
    ],
)
def test_what_is_not_to_be_seen_is_not_shown(dossier: Dossier, document: DocumentId | None, word: str) -> None:
    """Before it was sent, once it is erased, a document that was not kept: a reason, and no line of history."""
    desk = Desk(dossier)
    with pytest.raises(Conflict) as refused:
        desk.by("Anita").look(SHOP, REQUEST, document, desk.once())
    assert refused.value.word == word
    assert desk.lines == []


def test_document_of_another_request_is_none_of_this_one() -> None:
    """By its field."""
    desk = Desk(papered(checked()))
    with pytest.raises(Rejected) as refused:
        desk.by("Anita").look(SHOP, REQUEST, DocumentId("01D00000000000000000NB0DYS"), desk.once())
    assert list(refused.value.fields) == ["document_id"]


def test_reviewer_of_the_shop_sees_and_does_nothing() -> None:
    """own-shop, whatever they ask, by whichever token; the queue does not show it to them, and to others it does."""
    desk = Desk(papered(green()))
    own = desk.by("Own", "b", SHOP)
    asks: list[Any] = [
        lambda: own.read(SHOP, REQUEST),
        lambda: own.look(SHOP, REQUEST, None, desk.once()),
        lambda: own.look(SHOP, REQUEST, PAPER, desk.once()),
        lambda: desk.decides(own),
        lambda: own.badge(SHOP),
        lambda: own.decide_badge(SHOP, {"badge_id": BADGE, "decision": "revoke", "reason": WHY}, desk.once()),
        lambda: own.complain(SHOP, "c", "case-1", "other", desk.once()),
        lambda: own.history(SHOP, None, 10),
    ]
    before = desk.dossier
    for ask in asks:
        with pytest.raises(Conflict) as refused:
            ask()
        assert refused.value.word == "own-shop"
    assert (desk.dossier, desk.lines) == (before, [])
    waits = Desk(checked())
    assert waits.by("Own", "b", SHOP).queue(None, 10) == ([], None)
    assert [it["merchant_id"] for it in waits.by("Anita").queue(None, 10)[0]] == [SHOP]


def test_queue_says_what_is_odd_and_for_whom_it_is() -> None:
    """Risk, checks that failed or could not be made, likenesses, approvals; who has approved must leave it to another."""
    desk = Desk(checked(likenesses=[LOOKS_LIKE], payee_name="unreachable"))
    desk.alike.found = [LOOKS_LIKE]
    desk.decides(desk.by("Anita"))
    ((mine,), _), ((hers,), _) = (desk.by(name).queue(None, 10) for name in ("Anita", "Bimal"))
    assert mine["request"] == hers["request"] | {"for_another": True}
    waits = hers["request"]
    assert (waits["risk"], waits["protected"], waits["approvals"], waits["likenesses"]) == ("high", True, 1, 1)
    assert {(it["kind"], it["state"]) for it in waits["odd"]} == {
        ("imitation", "failed"),
        ("payee_name", "unreachable"),
    }
    assert hers["badge"] is None


def test_decision_is_about_what_was_seen() -> None:
    """Somebody else moved it since: nothing is decided."""
    desk = Desk(checked())
    with pytest.raises(Changed):
        desk.decides(desk.by("Anita"), seen=desk.dossier.version - 1)
    assert desk.lines == []


def test_approval_gives_one_badge_however_often_it_comes() -> None:
    """The same request again gets the same answer; one badge, one notice, one line of each kind."""
    desk = Desk(checked())
    anita, once, version = desk.by("Anita"), desk.once(), desk.dossier.version
    said = {"verdict": "approve", "reason": WHY}
    first, again = (anita.decide(SHOP, REQUEST, version, said, BADGE, once) for _ in range(2))
    assert first == again
    assert first.body["state"] == "approved"
    assert (desk.badge.id, desk.badge.level, desk.badge.list, desk.badge.index) == (BADGE, "verified", "2026-09", 7)
    assert desk.lines == [("approved", "Anita"), ("issued", "")]
    assert sorted(row.name for row in desk.table.rows) == sorted(["told#approved", "told#issued", f"sign#{BADGE}"])


def test_place_that_is_taken_is_drawn_again() -> None:
    """Until one is free; a crowded list is trouble of ours, and decides nothing."""
    desk = Desk(checked())
    desk.table.places = {("2026-09", 1), ("2026-09", 2)}
    desk.chances = [1, 2, 3]
    desk.decides(desk.by("Anita"))
    assert desk.badge.index == 3

    class Full(MemoryDossiers):
        def save(self, before: Dossier, change: Change, writing: Writing) -> Answer | None:
            raise PlaceTaken

    crowded = Desk(checked(), table=Full())
    with pytest.raises(Unavailable):
        crowded.decides(crowded.by("Anita"))


def test_place_is_one_of_its_list() -> None:
    """Whatever chance gives, below 2^20."""
    desk = Desk(checked())
    desk.chances = [0xFFFFFFFF]
    desk.decides(desk.by("Anita"))
    assert desk.badge.index == (1 << 20) - 1


def test_protected_name_needs_two_people_not_two_tokens() -> None:
    """The second yes of one person is refused, by whichever token; another person's gives the badge."""
    desk = Desk(checked(likenesses=[LOOKS_LIKE]))
    desk.alike.found = [LOOKS_LIKE]
    assert desk.decides(desk.by("Anita", "a")).body["state"] == "waiting"
    with pytest.raises(Conflict) as refused:
        desk.decides(desk.by("Anita", "b"))
    assert refused.value.word == "same-reviewer"
    assert desk.dossier.badge is None
    assert desk.decides(desk.by("Bimal")).body["state"] == "approved"
    assert desk.badge.level == "verified"


def test_name_that_was_verified_since_must_be_looked_at_first() -> None:
    """It is written into the request, the yes before it counts no more, and nobody approves what they did not see."""
    desk = Desk(checked())
    desk.alike.found = [LOOKS_LIKE]
    with pytest.raises(Changed):
        desk.decides(desk.by("Anita"))
    assert desk.lines == [("likeness_found", "")]
    read = desk.by("Anita").read(SHOP, REQUEST).body
    assert (read["protected"], read["risk"]) == (True, "high")
    assert desk.decides(desk.by("Anita")).body["state"] == "waiting"


class Register(Alike):
    """Fills the port Inspector from the register itself; once, somebody else is faster after it was read."""

    def __init__(self, table: MemoryDossiers) -> None:
        super().__init__()
        self.names, self.meanwhile = MemoryNames(table), list[Callable[[], object]]()

    def like(self, merchant: MerchantId, name: str) -> list[Likeness]:
        """Those of the very same name."""
        found = [Likeness(name=other, why="same") for of, other in self.names.alike([name]) if of != merchant]
        if self.meanwhile:
            self.meanwhile.pop()()
        return found


def test_of_two_of_one_name_that_are_approved_at_once_the_second_is_looked_at_again() -> None:
    """Neither stood in the register when its reviewer's decision read it: whoever comes second finds the first."""
    desk = Desk(checked(), replace(checked(), merchant=OTHER))
    desk.shops, desk.chances = MemoryShops(NOW, replace(NOW, merchant=OTHER)), [7, 8, 9]
    desk.alike = register = Register(desk.table)
    said, version = {"verdict": "approve", "reason": WHY}, desk.dossier.version
    other = BadgeId("01B00000000000000000000002")
    register.meanwhile.append(
        lambda: desk.by("Bimal").decide(OTHER, REQUEST, version, said, other, desk.once("bimals"))
    )
    with pytest.raises(Changed):
        desk.by("Anita").decide(SHOP, REQUEST, version, said, BADGE, desk.once("anitas"))
    assert (desk.dossier.badge, list(desk.table.badges)) == (None, [OTHER])
    assert [one.name for one in desk.dossier.request.likenesses] == [NOW.name]  # type: ignore[union-attr]  # it is there


def test_names_that_are_not_alike_hold_nobody_up() -> None:
    """Two are approved at once, and both have their badges."""
    desk = Desk(checked(), replace(checked(), merchant=OTHER))
    desk.shops, desk.chances = MemoryShops(NOW, replace(NOW, merchant=OTHER)), [7, 8, 9]
    version, told = desk.dossier.version, list[Callable[[], object]]()
    said = {"verdict": "approve", "reason": WHY}

    class Unlike(Alike):
        def like(self, merchant: MerchantId, name: str) -> list[Likeness]:
            if told:
                told.pop()()
            return []

    desk.alike = Unlike()
    other = BadgeId("01B00000000000000000000002")
    told.append(lambda: desk.by("Bimal").decide(OTHER, REQUEST, version, said, other, desk.once("bimals")))
    assert desk.by("Anita").decide(SHOP, REQUEST, version, said, BADGE, desk.once("anitas")).body["state"] == "approved"
    assert sorted(desk.table.badges) == sorted([SHOP, OTHER])


def test_shop_that_has_changed_is_not_approved() -> None:
    """What differs is shown; approving is refused, asking for more is not."""
    desk = Desk(checked())
    desk.shops.shops[SHOP] = renamed()
    assert desk.by("Anita").read(SHOP, REQUEST).body["differs"] == "name_changed"
    with pytest.raises(Conflict) as refused:
        desk.decides(desk.by("Anita"))
    assert refused.value.word == "shop-changed"
    assert desk.decides(desk.by("Anita"), "ask_more", wanted=["profile"]).body["wanted"] == ["profile"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"verdict": "ask_more"}, "wanted"),
        ({"verdict": "approve", "wanted": ["pan"]}, "wanted"),
        ({"verdict": "refuse", "reason": " \u200b"}, "reason"),
        ({"verdict": "refuse", "reason": "two\nlines"}, "reason"),
        ({"verdict": "refuse", "reason": "শু" * 501}, "reason"),
    ],
)
def test_decision_that_makes_no_sense_names_its_field(said: dict[str, Any], name: str) -> None:
    """A reason is one line of at most 500 letters; what is wanted belongs to asking for more."""
    desk = Desk(checked())
    with pytest.raises(Rejected) as refused:
        desk.by("Anita").decide(SHOP, REQUEST, desk.dossier.version, {"reason": WHY} | said, BADGE, desk.once())
    assert list(refused.value.fields) == [name]
    assert desk.lines == []


def test_appeal_is_another_reviewers() -> None:
    """Who refused it is refused, and told so in the queue; another may decide."""
    desk = Desk(checked())
    desk.decides(desk.by("Anita"), "refuse")
    desk.table.kept[SHOP] = machine.appeal(desk.dossier, REQUEST, "the deed is new", "owner", at(20)).after
    ((mine,), _) = desk.by("Anita").queue(None, 10)
    assert (mine["request"]["appealed"], mine["request"]["for_another"]) == (True, True)
    with pytest.raises(Conflict) as refused:
        desk.decides(desk.by("Anita", "b"))
    assert refused.value.word == "own-refusal"
    read = desk.by("Bimal").read(SHOP, REQUEST).body
    assert (read["appeal"], read["refused_by"]) == ("the deed is new", "Anita")
    assert desk.decides(desk.by("Bimal")).body["state"] == "approved"


def test_request_that_is_nobodys_is_not_found() -> None:
    """Nor one of a shop that never asked."""
    desk = Desk(checked())
    anita = desk.by("Anita")
    for merchant, id in ((SHOP, RequestId("01Q00000000000000000NB0DYS")), (OTHER, REQUEST)):
        with pytest.raises(NotFound):
            anita.read(merchant, id)
        with pytest.raises(NotFound):
            anita.look(merchant, id, None, desk.once())
    with pytest.raises(NotFound):
        anita.badge(OTHER)


def test_request_before_the_current_one_can_still_be_read() -> None:
    """It says that it is not the current one; nothing of it is decided any more."""
    desk = Desk(sent())
    before = machine.withdraw(desk.dossier, REQUEST, "owner", at(3)).after
    change = machine.begin(before, RequestId("01Q0000000000000000000NEXT"), "site", "owner", at(4))
    desk.table.kept[SHOP] = change.after
    assert change.archived is not None
    desk.table.archived[SHOP, REQUEST] = change.archived
    read = desk.by("Anita").read(SHOP, REQUEST).body
    assert (read["state"], read["current"]) == ("withdrawn", False)
    with pytest.raises(Conflict) as refused:
        desk.decides(desk.by("Anita"))
    assert refused.value.word == "request-over"


def test_complaints_of_three_people_bring_a_badge_to_review() -> None:
    """Several of one person count once; then it is first in the queue, says why, and a reviewer decides."""
    desk = Desk(green())
    anita = desk.by("Anita")
    for number, who in enumerate(("case-1", "case-1", "case-2")):
        told = anita.complain(SHOP, f"c{number}", who, "money", desk.once())
        assert (told.status, told.body["badge"]["state"]) == (201, "standing")
    assert anita.complain(SHOP, "c2", "case-2", "money", desk.once()).body["badge"]["state"] == "standing"
    assert anita.complain(SHOP, "c3", "case-3", "pretends", desk.once()).body["badge"]["state"] == "review"
    ((turn,), _) = anita.queue(None, 10)
    assert turn["request"] is None
    assert (turn["badge"]["complaints"], turn["badge"]["about"]) == (4, ["money", "pretends"])
    said = {"badge_id": desk.badge.id, "decision": "restore", "reason": WHY}
    once = desk.once()
    first, again = (anita.decide_badge(SHOP, said, once) for _ in range(2))
    assert first == again
    assert first.body["state"] == "standing"
    assert anita.queue(None, 10) == ([], None)
    assert [what for what, _ in desk.lines] == ["complained"] * 4 + ["restored"]


def test_revoked_badge_is_no_more() -> None:
    """At once, by its id; another badge in its place is not taken for it, and a second revocation changes nothing."""
    desk = Desk(green())
    anita, id = desk.by("Anita"), desk.badge.id
    with pytest.raises(Conflict):
        anita.decide_badge(SHOP, {"badge_id": "another", "decision": "revoke", "reason": WHY}, desk.once())
    for _ in range(2):
        done = anita.decide_badge(SHOP, {"badge_id": id, "decision": "revoke", "reason": WHY}, desk.once())
        assert (done.body["state"], done.body["reason"]) == ("fallen", "revoked")
    assert desk.lines == [("fallen", "Anita")]
    with pytest.raises(Conflict):
        anita.decide_badge(SHOP, {"badge_id": id, "decision": "restore", "reason": WHY}, desk.once())
    with pytest.raises(Conflict):
        anita.complain(SHOP, "c", "case-1", "other", desk.once())


def test_badge_that_moves_meanwhile_is_decided_as_it_is() -> None:
    """A complaint that comes between reading and writing does not stop a revocation; one that moves for ever does."""

    class Busy(MemoryDossiers):
        left = 1

        def save(self, before: Dossier, change: Change, writing: Writing) -> Answer | None:
            if self.left:
                self.left -= 1
                raise Changed("somebody was faster")
            return super().save(before, change, writing)

    desk = Desk(green(), table=(table := Busy()))
    said = {"badge_id": desk.badge.id, "decision": "revoke", "reason": WHY}
    assert desk.by("Anita").decide_badge(SHOP, said, desk.once()).body["state"] == "fallen"
    table.kept[SHOP], table.left = green(), 1_000
    with pytest.raises(Unavailable):
        desk.by("Anita").decide_badge(SHOP, said, desk.once())


def test_history_names_who_did_what() -> None:
    """Looks and decisions with the person's id, page by page."""
    desk = Desk(checked())
    desk.by("Anita").look(SHOP, REQUEST, None, desk.once())
    desk.decides(desk.by("Bimal"))
    first, rest = desk.by("Anita").history(SHOP, None, 2)
    second, end = desk.by("Anita").history(SHOP, rest, 2)
    assert [(it["what"], it["who"]) for it in first + second] == [
        ("looked", "Anita"),
        ("approved", "Bimal"),
        ("issued", None),
    ]
    assert end is None
    assert first[0]["said"] == {"request": REQUEST}
    assert first[0]["at"] == rfc3339(at(10))
