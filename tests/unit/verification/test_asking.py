"""Asking to be verified: what a shop gives, sees, takes back, and how often a request may come."""

import contextlib
import json
from dataclasses import replace
from typing import Any

import pytest

from haat.facts.verification import EvidenceToForget
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import BadgeId, DocumentId, OperatorId, RequestId
from haat.kernel.once import Answer
from haat.kernel.time import DAY, later, rfc3339
from haat.verification.memory.dossiers import MemoryDossiers
from haat.verification.model.badge import Badge
from haat.verification.model.dossier import Change, Dossier, Entry, ShopNow
from haat.verification.model.request import Basis, Check, Likeness
from haat.verification.ports import Writing
from haat.verification.rules import shown
from haat.verification.rules.evidence import cleaned, from_text, hidden, said_again, to_text
from haat.verification.service.documents import Documents
from tests.unit.verification.asking import NOW, OTHER, PERSONAL, SAID, SHOP, WHO, Desk

CLEAN = ShopNow(merchant=SHOP, name="x", legal_name="x", open=True, country="IN")


def phone(text: str, country: str) -> str:
    """Digits of a number, whatever it is."""
    return "".join(filter(str.isdigit, text))


# What is given


def test_evidence_is_kept_in_one_form() -> None:
    """Blanks, hyphens and capitals of numbers, the address around a website's name, and a phone's signs say nothing."""
    kept = from_text(to_text(cleaned(SAID, phone, CLEAN)))
    assert (kept.gstin, kept.pan, kept.udyam) == ("19AAAFB0001C1ZJ", "AAAFB0001C", "UDYAM-WB-10-0012345")
    assert (kept.licence_kind, kept.licence) == ("fssai", "12826001000123")
    assert (kept.website, kept.upi) == ("sweets.example", "rina.sweets@okbank")
    assert cleaned(said_again(kept), phone, CLEAN) == kept, "what is exported can be sent again"


@pytest.mark.parametrize(
    ("site", "kept"),
    [
        ("shop.example", "shop.example"),
        ("HTTP://shop.example:8080/x", "shop.example:8080"),
        ("মিষ্টি.example", "মিষ্টি.example"),
        ("https://owner@shop.example", ""),
        ("ftp://shop.example", ""),
        ("localhost", ""),
        ("https://[::1]/", ""),
        ("a..b", ""),
        ("-.example", ""),
        (f"{'a' * 64}.example", ""),
    ],
)
def test_website_is_its_host(site: str, kept: str) -> None:
    """Scheme and path are left; what names no machine by a name, or names a user, is refused by its field."""
    if kept:
        assert cleaned({"website": site}, phone, CLEAN).website == kept
        return
    with pytest.raises(Rejected) as refused:
        cleaned({"website": site}, phone, CLEAN)
    assert set(refused.value.fields) == {"website"}


def test_every_bad_field_is_named_and_none_is_repeated() -> None:
    """All at once, in words; nothing of what was sent stands in them."""
    desk = Desk()
    said = {"legal_name": "Rina\nDevi", "trade_name": "\u3164", "website": "nowhere", "phone": "12"}
    with pytest.raises(Rejected) as refused:
        desk.begins(said)
    assert set(refused.value.fields) == set(said)
    assert not any(word in str(refused.value.fields) for word in ("Rina", "nowhere", "12 "))
    assert desk.version == 0


@pytest.mark.parametrize("letter", ["क्षि", '"', "\\", "👩🏽‍🍳", "क" + "\u0951" * 7])
def test_widest_names_can_be_sealed_or_are_refused(letter: str) -> None:
    """KMS seals 4,096 bytes, whatever letters fill them."""
    widest = SAID | {"website": f"{'ক' * 20}.{'ক' * 20}.example", "upi": f"{'u' * 200}@{'b' * 54}"}
    sealed = []
    for letters in (75, 60, 30):
        with contextlib.suppress(Rejected):
            said = widest | {"legal_name": letter * letters, "trade_name": letter * letters}
            sealed.append(len(to_text(cleaned(said, phone, CLEAN)).encode()))
    assert max(sealed) <= 4_096


def test_number_that_is_connected_needs_no_proof_that_it_can_be_one() -> None:
    """Test numbers of a channel are in no plan of numbers; another such number is refused."""
    desk = Desk(numbers={("whatsapp", "1001"): "+91 55500 00001"})
    id = desk.begins(SAID | {"phone": "+91 55500-00001"})
    desk.asking.send(SHOP, id, WHO, desk.once())
    assert desk.request.basis is not None
    assert desk.request.basis.address == "1001"
    with pytest.raises(Rejected):
        Desk().begins({"phone": "+91 55500-00001"})


def test_wrong_check_digit_is_no_reason_to_refuse() -> None:
    """It becomes a check that fails, and that the shop sees."""
    desk = Desk()
    id = desk.begins({"gstin": "19AAAFB0001C1Z1", "pan": "0000000000"})
    assert set(desk.reads(id)["evidence"]) == {"gstin", "pan"}


def test_shop_sees_its_evidence_mostly_hidden() -> None:
    """The first letters of names, the last of numbers: of no field enough to guess it. Nothing else stands in the dossier, rows and history."""
    desk = Desk()
    id = desk.begins(SAID)
    assert desk.reads(id)["evidence"] == {
        "legal_name": "R•••• S•••• W••••",
        "trade_name": "R•••• M••••",
        "gstin": "••••C1ZJ",
        "pan": "••••1C",
        "udyam": "••••2345",
        "licence": "••••0123",
        "website": "sweets.example",
        "upi": "••••ts@okbank",
        "phone": "••••0001",
    }
    said = repr((desk.dossiers.kept, desk.dossiers.rows, desk.dossiers.lines))
    assert not [word for word in PERSONAL if word in said]


def test_short_words_and_numbers_show_nothing() -> None:
    """An initial or a number of six signs would be given away by what is left."""
    short = cleaned({"legal_name": "S K Das", "licence": {"kind": "shop_act", "registration": "ab/12"}}, phone, CLEAN)
    assert hidden(short) == {"legal_name": "•••• •••• D••••", "licence": "••••"}


def test_giving_again_replaces_all() -> None:
    """What is left out is not given any more, also where it is sealed."""
    desk = Desk()
    id = desk.begins(SAID)
    answer = desk.gives(id, {"pan": "AAAFB0001C"})
    assert (answer.status, answer.body["evidence"]) == (200, {"pan": "••••1C"})
    assert answer.headers == {"etag": f'"{desk.version}"'}
    assert desk.asking.export(SHOP, id, WHO, "look", desk.now).body["evidence"] == {"pan": "AAAFB0001C"}
    assert desk.gives(id, {}).body["evidence"] == {}


def test_giving_to_what_was_changed_is_refused() -> None:
    """Who has not seen what is there does not replace it."""
    desk = Desk()
    id = desk.begins()
    desk.announces(id)
    with pytest.raises(Changed):
        desk.asking.give(SHOP, id, 1, SAID, WHO, desk.now)


def test_beginning_with_evidence_is_one_change() -> None:
    """Both lines of the history, one version."""
    desk = Desk()
    desk.begins(SAID)
    assert (desk.version, desk.happened) == (1, ["begun", "given"])


def test_second_request_waits_for_the_first_to_end() -> None:
    """Then the first is archived, and is still there to be read."""
    desk = Desk()
    first = desk.begins(SAID)
    with pytest.raises(Conflict) as refused:
        desk.begins()
    assert refused.value.word == "request-under-way"
    desk.asking.withdraw(SHOP, first, WHO, desk.once())
    second = desk.begins()
    assert desk.reads(first)["state"] == "withdrawn"
    with pytest.raises(Conflict) as over:
        desk.gives(first, {})
    assert over.value.word == "request-over"
    found, _ = desk.asking.list(SHOP, None, 10)
    assert [one.id for one in found] == [second, first]


# Once


def asks(desk: Desk, id: str, once: Any) -> Any:
    """What the key is called after."""
    if once.key == "appeal":
        return desk.asking.appeal(SHOP, id, "Look again.", WHO, once)
    return desk.asking.withdraw(SHOP, id, WHO, once)


def test_same_request_again_is_one_request_with_one_answer() -> None:
    """Each POST; the key of another is refused."""
    desk = Desk()
    once = desk.once("begin")
    id = desk.begins(SAID, once)
    assert desk.begins(SAID, once) == id
    desk.turns(state="refused", decided_at=desk.now)
    for key in ("appeal", "withdraw"):
        first, before = asks(desk, id, desk.once(key)), desk.version
        assert asks(desk, id, desk.once(key)) == first
        assert desk.version == before
        with pytest.raises(Rejected) as refused:
            asks(desk, id, desk.once(key, "another"))
        assert refused.value.word == "idempotency-key-reused"


def test_answers_that_are_kept_hold_nothing_of_the_evidence() -> None:
    """They are remembered for a day, and erasing evidence does not wait for that."""
    desk = Desk()
    answer = desk.asking.begin(SHOP, RequestId(desk.id()), SAID, WHO, desk.once())
    sent = desk.asking.send(SHOP, answer.body["id"], WHO, desk.once())
    for body in (answer.body, sent.body):
        assert set(body) == set(shown.brief(desk.request))


class Busy(MemoryDossiers):
    """Somebody else is faster, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def save(self, before: Any, change: Change, writing: Writing) -> Any:
        """Not yet."""
        if self.times and before.version:
            self.times -= 1
            raise Changed("somebody was faster")
        return super().save(before, change, writing)


@pytest.mark.parametrize("times", [3, 100])
def test_who_lost_a_race_begins_anew_and_not_for_ever(times: int) -> None:
    """A withdrawal means the request, not a version of it."""
    desk = Desk()
    desk.asking = replace(desk.asking, dossiers=Busy(times))
    id = desk.begins()
    if times > 8:
        with pytest.raises(Unavailable):
            desk.asking.withdraw(SHOP, id, WHO, desk.once())
    else:
        assert desk.asking.withdraw(SHOP, id, WHO, desk.once()).body["state"] == "withdrawn"


# Sending


def test_sending_says_what_is_to_be_verified() -> None:
    """The profile's names, the number and the UPI address that the evidence names, where they are the shop's own; the checks are asked for."""
    desk = Desk()
    id = desk.begins(SAID)
    assert desk.reads(id)["missing"] == []
    assert desk.asking.send(SHOP, id, WHO, desk.once()).body["state"] == "checking"
    basis = desk.request.basis
    assert basis is not None
    assert (basis.name, basis.legal_name) == ("Rina Mishtanna", "Rina Sweets Works")
    assert (basis.channel, basis.address, basis.number) == ("whatsapp", "1001", "919831000001")
    assert basis.payee in desk.shops.shops[SHOP].payees
    assert desk.facts == ["check"] * 10


def test_number_and_address_of_others_are_not_in_what_is_verified() -> None:
    """The request can be sent: the checks say what is wrong."""
    desk = Desk()
    id = desk.begins(SAID | {"phone": "+91 98310 00002", "upi": "other@okbank"})
    desk.asking.send(SHOP, id, WHO, desk.once())
    basis = desk.request.basis
    assert basis is not None
    assert (basis.channel, basis.address, basis.number, basis.payee) == ("", "", "", "")


def test_sending_names_what_is_missing() -> None:
    """The same fields that the request shows, each with a sentence."""
    desk = Desk()
    id = desk.begins()
    with pytest.raises(Rejected) as refused:
        desk.asking.send(SHOP, id, WHO, desk.once())
    assert {one["field"] for one in desk.reads(id)["missing"]} == set(refused.value.fields)
    assert set(refused.value.fields) == {"legal_name", "phone", "documents"}


def test_shop_of_another_country_can_not_be_sent() -> None:
    """Its papers are known to nobody here."""
    desk = Desk(country="BD")
    id = desk.begins(SAID | {"phone": "+91 98310 00001"})
    with pytest.raises(Conflict) as refused:
        desk.asking.send(SHOP, id, WHO, desk.once())
    assert refused.value.word == "not-here"


# What a shop sees


def test_every_check_has_a_sentence_and_a_time() -> None:
    """What is tried again says when."""
    desk = Desk()
    id = desk.begins(SAID)
    desk.asking.send(SHOP, id, WHO, desk.once())
    again = later(desk.now, DAY)
    desk.turns(
        state="waiting",
        checks=(
            Check(kind="gstin", state="passed", done_at=NOW),
            Check(kind="website", state="unreachable", word="no_answer", again_at=again),
        ),
    )
    gstin, website = desk.reads(id)["checks"]
    assert (gstin["check"], gstin["state"], gstin["done_at"]) == ("gstin", "passed", rfc3339(NOW))
    assert gstin["says"]
    assert (website["word"], website["tried_again_at"]) == ("no_answer", rfc3339(again))


def test_decision_is_told_with_what_is_wanted() -> None:
    """In the reviewer's words, and nothing of who it was."""
    desk = Desk()
    id = desk.begins(SAID)
    who = OperatorId("01KDVDNA00000000000REV1EWR")
    desk.turns(
        state="more_wanted",
        decided_at=desk.now,
        reason="The name can't be read.",
        wanted=("documents",),
        likenesses=(Likeness(name="Other Mishtanna", why="spelling"),),
        refused_by=who,
    )
    told = desk.reads(id)
    assert told["decision"]["reason"] == "The name can't be read."
    assert [one["what"] for one in told["decision"]["wanted"]] == ["documents"]
    assert told["decision"]["wanted"][0]["says"]
    assert who not in json.dumps(told)
    assert "Other" not in json.dumps(told), "whom the name is like is for reviewers"


def test_refusal_can_be_appealed_against_for_a_month_and_once() -> None:
    """The request says so, and until when."""
    desk = Desk()
    id = desk.begins(SAID)
    desk.turns(state="refused", decided_at=desk.now, reason="No.")
    told = desk.reads(id)
    assert (told["can_appeal"], told["can_appeal_until"]) == (True, rfc3339(later(desk.now, 30 * DAY)))
    assert told["evidence_erased_from"] == rfc3339(later(desk.now, 90 * DAY))
    late = desk.asking.read(SHOP, id, later(desk.now, 31 * DAY)).body
    assert (late["can_appeal"], late["can_appeal_until"]) == (False, None)
    with pytest.raises(Rejected) as refused:
        desk.asking.appeal(SHOP, id, "x" * 1_001, WHO, desk.once())
    assert set(refused.value.fields) == {"reason"}
    assert desk.asking.appeal(SHOP, id, " Look again. ", WHO, desk.once()).body["state"] == "waiting"
    told = desk.reads(id)
    assert (told["can_appeal"], told["appeal"], told["evidence_erased_from"]) == (False, "Look again.", None)


def test_website_has_two_ways_to_show_the_token() -> None:
    """A file and a record, ready to be copied, also before a website is given."""
    desk = Desk()
    id = desk.begins()
    token = "5a" * 16
    assert desk.reads(id)["website"]["record"]["name"] == "_haat-verification"
    assert desk.gives(id, SAID).body["website"] == {
        "token": token,
        "file": {
            "address": "https://sweets.example/.well-known/haat-verification.txt",
            "path": "/.well-known/haat-verification.txt",
            "holds": token,
        },
        "record": {
            "type": "TXT",
            "name": "_haat-verification.sweets.example",
            "value": f"haat-verification={token}",
        },
    }


def test_history_tells_what_happened_and_hides_reviewers_and_complaints() -> None:
    """The shop's own people by their tokens; reviewers as such; how many complained, not at all."""
    entries = [
        Entry(what="begun", by="shop", at=NOW, who=WHO),
        Entry(what="looked", by="reviewer", at=NOW, who="R1", said={"document": "D1", "secret": "x"}),
        Entry(what="complained", by="operator", at=NOW, who="O1", said={"complaint": "C1"}),
        Entry(what="refused", by="reviewer", at=NOW, who="R1", said={"reason": "No."}),
    ]
    assert shown.history(entries) == [
        {"what": "begun", "by": "shop", "token_id": WHO, "at": rfc3339(NOW), "details": {}},
        {"what": "looked", "by": "reviewer", "token_id": None, "at": rfc3339(NOW), "details": {"document": "D1"}},
        {"what": "refused", "by": "reviewer", "token_id": None, "at": rfc3339(NOW), "details": {"reason": "No."}},
    ]


BADGE = Badge(
    id=BadgeId("01KDVDNA00000000000000BADG"),
    level="verified",
    basis=Basis(
        name="Rina Mishtanna",
        legal_name="Rina Sweets Works",
        channel="whatsapp",
        address="1001",
        number="919831000001",
    ),
    request=RequestId("R"),
    issued_at=NOW,
    expires_at=later(NOW, 365 * DAY),
    list="2026-11",
    index=1,
    jws="x.y.z",
)


@pytest.mark.parametrize(
    ("badge", "shop", "why"),
    [
        (BADGE, {}, None),
        (None, {}, "none"),
        (replace(BADGE, jws=""), {}, "unsigned"),
        (replace(BADGE, state="review"), {}, "review"),
        (replace(BADGE, state="fallen", reason="revoked"), {}, "revoked"),
        (replace(BADGE, expires_at=NOW), {}, "expired"),
        (BADGE, {"open": False}, "shop_closed"),
        (BADGE, {"name": "Rina Mishtanna and Sons"}, "name_changed"),
        (BADGE, {"legal_name": "Another Owner"}, "owner_changed"),
        (BADGE, {"numbers": {}}, "number_changed"),
    ],
)
def test_badge_says_why_it_is_not_drawn(badge: Badge | None, shop: dict[str, Any], why: str | None) -> None:
    """Whatever stands in its way, also a change that nothing has acted on yet."""
    desk = Desk(**shop)
    told = shown.badge(badge, desk.shops.shops[SHOP], NOW)
    assert (told["why_not"], told["level"]) == (why, "unconfirmed" if why else "verified")
    assert bool(told["says"]) == bool(why)


# Documents


def test_document_has_a_form_that_is_kept_nowhere() -> None:
    """The same request again: the same document, the form signed anew; nothing of the form is remembered."""
    desk = Desk()
    id = desk.begins()
    once = desk.once()
    offer = desk.announces(id, once)
    assert (offer.status, offer.body["most_bytes"]) == (201, 10 * 1024 * 1024)
    assert offer.body["upload"]["expires_at"] == rfc3339(later(once.at, 900_000))
    assert desk.announces(id, once) == offer
    given = desk.dossiers.given(once)
    assert given is not None
    assert "upload" not in given.body
    (document,) = desk.reads(id)["documents"]
    assert (document["id"], document["state"]) == (offer.body["document_id"], "announced")
    assert [one["field"] for one in desk.reads(id)["missing"]] == ["legal_name", "phone", "documents"]


def test_posted_document_is_looked_at_and_one_taken_away_is_deleted() -> None:
    """By facts: what serves merchants does neither. Saying it twice is once."""
    desk = Desk()
    id = desk.begins()
    document = desk.announces(id).body["document_id"]
    for _ in range(2):
        assert desk.asking.posted(SHOP, id, document, WHO, desk.now).status == 202
    assert (desk.facts, desk.happened.count("document_given")) == (["document"], 1)
    desk.asking.take_away(SHOP, id, document, WHO, desk.now)
    assert desk.facts == ["document", "drop"]
    for gone in (desk.asking.posted, desk.asking.take_away):
        with pytest.raises(NotFound):
            gone(SHOP, id, document, WHO, desk.now)


# What was sent


def test_export_is_what_was_sent_and_is_written_down_first() -> None:
    """With links to documents that are kept. A reading that can't be written down shows nothing."""
    desk = Desk()
    id = desk.begins(SAID)
    document = desk.announces(id).body["document_id"]
    desk.turns(documents=tuple(replace(one, state="kept") for one in desk.request.documents))
    said = desk.asking.export(SHOP, id, WHO, "look-1", desk.now).body
    assert said["evidence"]["legal_name"] == "Rina Sweets Works"
    assert said["evidence"]["phone"] == "+919831000001"
    assert said["documents"][0]["url"] == desk.shelf.link(SHOP, RequestId(id), DocumentId(document))
    assert desk.happened[-1] == "exported"

    class Unwritable(MemoryDossiers):
        def note(self, *_: Any, **__: Any) -> Any:
            raise Unavailable("table")

    desk.asking = replace(desk.asking, dossiers=(unwritable := Unwritable()))
    unwritable.__dict__.update(desk.dossiers.__dict__)
    with pytest.raises(Unavailable):
        desk.asking.export(SHOP, id, WHO, "look-2", desk.now)


@pytest.mark.parametrize("archived", [False, True], ids=["the last one", "an archived one"])
def test_erasing_takes_evidence_at_once_and_has_documents_deleted(archived: bool) -> None:  # noqa: FBT001  # a case
    """Doing it again changes nothing; a request that was not decided is withdrawn with it."""
    desk = Desk()
    id = desk.begins(SAID)
    desk.announces(id)
    if archived:
        desk.asking.withdraw(SHOP, id, WHO, desk.once())
        desk.begins({"pan": "AAAFB0001C"})
    for _ in range(2):
        desk.asking.erase(SHOP, id, WHO, desk.now)
    told = desk.reads(id)
    assert (told["state"], told["evidence"], told["evidence_erased_at"]) == ("withdrawn", {}, rfc3339(desk.now))
    assert [one["state"] for one in told["documents"]] == ["deleted"]
    assert desk.facts == ["forget"]
    assert desk.happened.count("erased") == 1
    assert desk.asking.export(SHOP, id, WHO, "look", desk.now).body["evidence"] == {}
    assert len(desk.dossiers.evidence) == (1 if archived else 0)


@pytest.mark.parametrize("archived", [False, True], ids=["the last one", "an archived one"])
def test_what_is_to_be_erased_is_so_from_the_first_write_on(archived: bool) -> None:  # noqa: FBT001  # a case
    """However fast its fact is, or whoever dies after the write: nothing of what was sealed is left, and the documents' files go."""
    desk = Desk()
    id = RequestId(desk.begins(SAID))
    document = desk.announces(id).body["document_id"]
    desk.shelf.post(SHOP, id, document, b"%PDF-1.7")
    if archived:
        desk.asking.withdraw(SHOP, id, WHO, desk.once())
        desk.begins()
    documents, save = Documents(dossiers=desk.dossiers, shelf=desk.shelf), desk.dossiers.save
    told: list[str] = []

    def saved(before: Dossier, change: Change, writing: Writing) -> Answer | None:
        answer = save(before, change, writing)
        assert desk.dossiers.sealed(SHOP, id) is None
        told.append(documents.forget(EvidenceToForget(merchant=SHOP, request=id), desk.now))
        return answer

    desk.dossiers.save = saved  # type: ignore[method-assign]  # whoever hears of it is at once there
    desk.asking.erase(SHOP, id, WHO, desk.now)
    assert (told, desk.shelf.posted) == (["forgotten"], {})


def test_sealed_evidence_of_another_version_or_of_nobody_is_told_apart() -> None:
    """A field that this version does not know is left; what is no evidence is refused without saying what it is."""
    assert from_text('{"pan":"AAAFB0001C","later":"x"}').pan == "AAAFB0001C"
    for text in ("[]", "{"):
        with pytest.raises(Rejected):
            from_text(text)


# Whose it is


def test_request_of_another_shop_is_nobodys() -> None:
    """By every way in."""
    desk = Desk()
    id = desk.begins(SAID)
    document = desk.announces(id).body["document_id"]
    before = repr(desk.dossiers.__dict__)
    asking, now = desk.asking, desk.now
    ways = (
        lambda: asking.read(OTHER, id, now),
        lambda: asking.give(OTHER, id, desk.version, {}, WHO, now),
        lambda: asking.send(OTHER, id, WHO, desk.once()),
        lambda: asking.withdraw(OTHER, id, WHO, desk.once()),
        lambda: asking.appeal(OTHER, id, "x", WHO, desk.once()),
        lambda: asking.posted(OTHER, id, document, WHO, now),
        lambda: asking.take_away(OTHER, id, document, WHO, now),
        lambda: asking.export(OTHER, id, WHO, "look", now),
        lambda: asking.erase(OTHER, id, WHO, now),
    )
    for way in ways:
        with pytest.raises(NotFound):
            way()
    assert repr(desk.dossiers.__dict__) == before
