"""What moves a request and a badge, case by case. That it holds in any order is in test_histories.py."""

from dataclasses import replace

import pytest

from haat.kernel.errors import Conflict, HaatError, Rejected
from haat.kernel.ids import DocumentId, OperatorId, RequestId
from haat.kernel.time import DAY, HOUR, Instant, later
from haat.verification.model.badge import Complaint
from haat.verification.model.dossier import Change, Dossier
from haat.verification.model.evidence import Document
from haat.verification.rules import badges, deciding, filing, machine, status, timing
from haat.verification.rules.bases import drawn
from tests.unit.verification.cases import (
    LOOKS_LIKE,
    NOW,
    REQUEST,
    SHOP,
    at,
    begun,
    checked,
    decided,
    green,
    new,
    renamed,
    reviewer,
    sent,
)


def _words(change: Change) -> list[str]:
    return [entry.what for entry in change.entries]


def _refused(word: str, play: object) -> None:
    with pytest.raises(HaatError) as refusal:
        play()  # type: ignore[operator]  # a function without arguments
    assert refusal.value.word == word


def _state(dossier: Dossier) -> str:
    assert dossier.request is not None
    return dossier.request.state


def test_from_asking_to_the_green_badge() -> None:
    """A yes gives a badge that is not drawn before it is signed."""
    change = decided(checked())
    assert _state(change.after) == "approved"
    assert [news.kind for news in change.news] == ["approved", "issued"]
    assert [(one.what, one.of) for one in change.next] == [("sign", new().id)]
    dossier = change.after
    assert drawn(dossier.badge, NOW.name, NOW.legal_name, at(20)) == "unconfirmed", "nobody has signed it"
    assert drawn(green().badge, NOW.name, NOW.legal_name, at(20)) == "verified"


def test_a_request_says_all_that_is_missing() -> None:
    """Every missing part is named at once."""
    with pytest.raises(Rejected) as refusal:
        sent(["trade_name"])
    assert set(refusal.value.fields) == {"legal_name", "phone", "documents"}
    paper = Document(id=DocumentId("D"), kind="tax", media="image/png")
    half = filing.announce(begun(["legal_name", "phone"]), REQUEST, paper, "owner", at(0)).after
    with pytest.raises(Rejected) as refusal:
        sent(before=half)
    assert "post" in refusal.value.fields["documents"]


def test_one_request_at_a_time_and_the_last_one_is_kept() -> None:
    """A second request waits for the end of the first."""
    other = RequestId("01Q000000000000000000THER")
    _refused("request-under-way", lambda: machine.begin(begun(), other, "site", "owner", at(0)))
    ended = machine.withdraw(begun(), REQUEST, "owner", at(1)).after
    change = machine.begin(ended, other, "another site", "owner", at(2))
    assert change.archived == ended.request
    assert change.after.request is not None
    assert change.after.request.site_token == "site", "the website need not be changed"  # no password
    _refused("request-over", lambda: machine.withdraw(change.after, REQUEST, "owner", at(3)))


def test_what_was_sent_is_not_edited_behind_the_checks() -> None:
    """Evidence stands still while it is looked at."""
    _refused("request-sent", lambda: machine.give(sent(), REQUEST, {"pan": "…"}, "owner", at(2)))


def test_nothing_proves_a_business_no_badge() -> None:
    """A paper that failed, or that nobody could look at, proves nothing."""
    unproven = checked(sent(["legal_name", "phone", "gstin"]), gstin="failed")
    _refused("no-evidence", lambda: decided(unproven))
    unreachable = checked(sent(["legal_name", "phone", "licence"]), licence="unreachable")
    _refused("no-evidence", lambda: decided(unreachable))


def test_a_document_that_was_looked_at_proves_one() -> None:
    """A kept document is enough, without any number."""
    paper = Document(id=DocumentId("D"), kind="tax", media="image/png")
    dossier = filing.announce(begun(["legal_name", "phone"]), REQUEST, paper, "owner", at(0)).after
    given = filing.posted(dossier, REQUEST, "D", "owner", at(0))
    assert [(one.what, one.of) for one in given.next] == [("document", "D")]
    looked = filing.looked(given.after, REQUEST, "D", "", 100, at(0)).after
    assert filing.looked(looked, REQUEST, "D", "too_large", 1, at(0)).after == looked, "a look that comes late"
    assert _state(decided(checked(sent(before=looked))).after) == "approved"


def test_a_number_that_is_not_shown_to_be_its_own_is_no_green_badge() -> None:
    """No reviewer can wave that through."""
    _refused("number-unproven", lambda: decided(checked(number="failed")))
    _refused("number-unproven", lambda: decided(checked(number="unreachable")))


def test_a_shop_that_changed_in_between_is_not_approved() -> None:
    """Neither by a decision that was on its way, nor later."""
    _refused("shop-changed", lambda: decided(checked(), shop=renamed()))
    _refused("shop-changed", lambda: decided(checked(), shop=replace(NOW, open=False)))
    change = machine.shop_seen(checked(), renamed(), at(5))
    assert _state(change.after) == "more_wanted"
    assert [news.kind for news in change.news] == ["more_wanted"]


def test_a_protected_name_needs_two_people_not_two_tokens() -> None:
    """Two yeses of two principals; one no is enough."""
    first = decided(checked(likenesses=[LOOKS_LIKE]), by=reviewer("Anita")).after
    assert _state(first) == "waiting"
    assert first.badge is None
    _refused("same-reviewer", lambda: decided(first, by=reviewer("Anita", "another token")))
    assert _state(decided(first, by=reviewer("Bimal")).after) == "approved"
    assert _state(decided(first, "refuse", reviewer("Bimal")).after) == "refused"


def test_a_reviewer_of_the_shop_decides_nothing() -> None:
    """Whatever the word would be."""
    for verdict in ("approve", "refuse", "ask_more"):
        _refused("own-shop", lambda v=verdict: decided(checked(), v, reviewer("Anita", shops=[SHOP])))


def test_an_appeal_goes_once_and_to_somebody_else() -> None:
    """Within thirty days."""
    refused = decided(checked(), "refuse").after
    appealed = machine.appeal(refused, REQUEST, "look again", "owner", at(20)).after
    _refused("own-refusal", lambda: decided(appealed))
    again = decided(appealed, "refuse", reviewer("Bimal"))
    assert again.news[0].data["can_appeal"] is False
    _refused("appealed", lambda: machine.appeal(again.after, REQUEST, "once more", "owner", at(30)))
    late = later(at(10), timing.APPEAL_MS + 1)
    _refused("too-late", lambda: machine.appeal(refused, REQUEST, "late", "owner", late))


def test_a_yes_counts_for_what_was_known_then() -> None:
    """What turns up later takes it back."""
    first = decided(_one_yes()).after
    request = first.request
    assert request is not None
    assert request.approvals
    failed = machine.found(first, REQUEST, request.round, "payee_name", ("failed", "other"), at(12))
    assert failed.after.request is not None
    assert failed.after.request.approvals == ()
    other = replace(LOOKS_LIKE, name="Another Shop")
    seen = deciding.names_seen(first, REQUEST, [LOOKS_LIKE, other], at(12))
    assert seen.after.request is not None
    assert seen.after.request.approvals == ()
    _refused("name-taken", lambda: decided(first, by=reviewer("Bimal"), likenesses=[LOOKS_LIKE, other]))
    more = decided(first, "ask_more", reviewer("Bimal")).after
    assert more.request is not None
    assert more.request.approvals == ()


def _one_yes() -> Dossier:
    return checked(likenesses=[LOOKS_LIKE], payee_name="unreachable")


def test_an_answer_of_a_round_that_is_over_says_nothing() -> None:
    """It was about other evidence."""
    more = decided(checked(), "ask_more").after
    again = sent(before=more)
    assert again.request is not None
    assert again.request.round == 2
    stale = machine.found(again, REQUEST, 1, "pan", ("failed", "word"), at(11))
    assert stale.after == again


def test_unreachable_is_tried_again_and_holds_up_nobody() -> None:
    """The request goes on without it, and it is mended when it comes."""
    dossier = checked(payee_name="unreachable")
    check = dossier.request.check("payee_name") if dossier.request else None
    assert check is not None
    assert check.again_at == later(at(2), timing.RETRY_MS[0])
    change = machine.tick(dossier, check.again_at)
    assert [(one.what, one.of) for one in change.next] == [("check", "payee_name")]
    assert machine.tick(change.after, check.again_at).after == change.after, "the same sweep again"
    healed = machine.found(change.after, REQUEST, 1, "payee_name", ("passed", ""), at(4)).after
    assert healed.request is not None
    assert healed.request.check("payee_name").state == "passed"  # type: ignore[union-attr]  # it is there


def test_who_was_asked_and_is_silent_holds_up_nobody() -> None:
    """Asked again for a day and more, then no more; an answer counts even then."""
    dossier = sent()
    for kind in ("gstin", "pan", "pan_in_gstin", "names", "number", "imitation"):
        dossier = machine.found(dossier, REQUEST, 1, kind, ("passed", ""), at(2)).after
    asked = machine.asked(dossier, REQUEST, 1, "payee_name", at(2)).after
    assert _state(asked) == "checking"
    late = machine.tick(asked, at(30)).after
    assert _state(late) == "waiting"
    for n in range(20):
        late = machine.asked(late, REQUEST, 1, "payee_name", Instant(at(60) + n * DAY)).after
    assert timing.due_at(late) == 0, "in the end nobody is asked any more"
    answered = machine.found(late, REQUEST, 1, "payee_name", ("passed", ""), at(99), counted=False).after
    assert answered.request is not None
    assert answered.request.check("payee_name").state == "passed"  # type: ignore[union-attr]  # it is there


def test_the_grey_badge_needs_no_reviewer_and_no_likeness() -> None:
    """A machine gives it for the number, unless the name is like one that others have."""

    def numbered(dossier: Dossier, n: int = 1) -> Change:
        return machine.found(dossier, REQUEST, 1, "number", ("passed", ""), at(3), shop=NOW, new=new(n))

    named = machine.found(sent(), REQUEST, 1, "imitation", ("passed", ""), at(2), shop=NOW, new=new()).after
    assert named.badge is None
    assert numbered(named).after.badge.level == "confirmed"  # type: ignore[union-attr]  # it is there
    alike = machine.found(
        sent(), REQUEST, 1, "imitation", ("failed", "protected"), at(2), likenesses=(LOOKS_LIKE,), shop=NOW, new=new()
    ).after
    assert numbered(alike).after.badge is None
    closed = machine.found(named, REQUEST, 1, "number", ("passed", ""), at(3), shop=replace(NOW, open=False), new=new())
    assert closed.after.badge is None


@pytest.mark.parametrize(
    ("shop", "why"),
    [
        (renamed(), "name_changed"),
        (replace(NOW, legal_name="Somebody Else"), "owner_changed"),
        (replace(NOW, numbers={}), "number_changed"),
        (replace(NOW, numbers={("whatsapp", "1001"): "+91 98300 00002"}), "number_changed"),
        (replace(NOW, payees=frozenset()), "payee_changed"),
        (replace(NOW, payees=NOW.payees | {"one more"}), "payee_changed"),
    ],
)
def test_a_badge_falls_by_itself(shop: object, why: str) -> None:
    """Once, for good, and on its list."""
    change = machine.shop_seen(green(), shop, at(100))  # type: ignore[arg-type]  # a shop, see above
    badge = change.after.badge
    assert badge is not None
    assert (badge.state, badge.reason) == ("fallen", why)
    assert change.ended == badge
    assert [(one.what, one.of) for one in change.next] == [("list", badge.list)]
    assert [news.kind for news in change.news] == ["fallen"]
    assert machine.shop_seen(change.after, NOW, at(101)).after == change.after, "and does not stand again by itself"


def test_another_number_or_handle_changes_nothing() -> None:
    """The badge names its number."""
    more = replace(NOW, numbers={**NOW.numbers, ("whatsapp", "1002"): "+91 98300 00009"}, handle="maa-tara")
    assert machine.shop_seen(green(), more, at(100)).after == green()


def test_addresses_that_it_had_from_the_beginning_change_nothing() -> None:
    """They stood beside the one that was named; one that ends is no danger."""
    both = replace(NOW, payees=NOW.payees | {"other"})
    badge = green().badge
    assert badge is not None
    held = replace(green(), badge=replace(badge, basis=replace(badge.basis, others=("other",))))
    assert machine.shop_seen(held, both, at(100)).after == held
    assert machine.shop_seen(held, NOW, at(100)).after == held


def test_closed_or_blocked_shop_has_no_badge_meanwhile() -> None:
    """Whoever checks is told by the status list, and it is back when the shop opens."""
    closed = machine.shop_seen(green(), replace(NOW, open=False), at(100))
    badge = closed.after.badge
    assert badge is not None
    assert (closed.suspended, status.status(badge)) == (badge, status.SUSPENDED)
    assert [one.what for one in closed.next] == ["list"]
    assert drawn(badge, NOW.name, NOW.legal_name, at(101)) == "unconfirmed"
    assert machine.shop_seen(closed.after, replace(NOW, open=False), at(101)).after == closed.after
    opened = machine.shop_seen(closed.after, NOW, at(102))
    assert opened.restored == opened.after.badge
    assert drawn(opened.after.badge, NOW.name, NOW.legal_name, at(103)) == "verified"
    doubted = closed.after
    for n in "abc":
        doubted = badges.complained(doubted, Complaint(id=n, of=n, at=at(103)), OperatorId("O"), at(103)).after
    still = machine.shop_seen(doubted, NOW, at(104))
    assert still.suspended is not None, "people have complained meanwhile"
    assert status.status(still.suspended) == status.SUSPENDED


def test_a_year_with_three_reminders() -> None:
    """And the end."""
    dossier, told = green(), []
    while dossier.badge is not None and dossier.badge.state != "fallen":
        due = timing.due_at(dossier)
        change = machine.tick(dossier, due)
        if not change.entries:  # the look of each day
            change = badges.looked(dossier, due)
            assert timing.due_at(change.after) > due, "a sweep does not turn round and round"
        told += [(news.kind, due) for news in change.news]
        dossier = change.after
    end = dossier.badge.expires_at  # type: ignore[union-attr]  # it is there
    assert [(kind, (end - due) // DAY) for kind, due in told] == [
        ("expiring", 30), ("expiring", 7), ("expiring", 1), ("fallen", 0),
    ]  # fmt: skip
    assert dossier.badge.reason == "expired"  # type: ignore[union-attr]  # as above
    late = machine.tick(green(), later(end, -HOUR)).after
    assert late.badge is not None
    assert late.badge.reminded == 3, "who slept is reminded once, not three times"


def test_complaints_of_three_people_bring_a_badge_back_to_review() -> None:
    """People count, not complaints, and only within a month."""

    def complain(dossier: Dossier, id: str, of: str, minutes: float) -> Change:
        return badges.complained(dossier, Complaint(id=id, of=of, at=at(minutes)), OperatorId("O"), at(minutes))

    dossier = complain(green(), "1", "a", 100).after
    assert complain(dossier, "1", "a", 100).after == dossier
    dossier = complain(complain(dossier, "2", "a", 101).after, "3", "b", 102).after
    assert dossier.badge is not None
    assert dossier.badge.state == "standing"
    old = complain(dossier, "4", "c", 102 + 31 * 24 * 60).after
    assert old.badge is not None
    assert old.badge.state == "standing", "within thirty days"
    change = complain(dossier, "4", "c", 103)
    assert change.suspended is not None
    assert drawn(change.after.badge, NOW.name, NOW.legal_name, at(104)) == "unconfirmed"
    assert timing.turn(change.after) is not None
    assert timing.turn(complain(change.after, "5", "d", 20_000).after) == timing.turn(change.after), "not put off"
    assert change.suspended.complaints
    fine = badges.restore(change.after, change.suspended.id, NOW, OperatorId("R"), "looked", at(105))
    assert drawn(fine.after.badge, NOW.name, NOW.legal_name, at(106)) == "verified"
    for id, of in ("1", "a"), ("3", "b"), ("4", "c"):
        assert complain(fine.after, id, of, 107).after == fine.after, "a reviewer has looked at it"
    assert complain(fine.after, "5", "d", 107).after.badge.state == "standing"  # type: ignore[union-attr]  # it is there
    gone = badges.revoke(change.after, change.suspended.id, OperatorId("R"), "false papers", at(105)).after
    assert drawn(gone.badge, NOW.name, NOW.legal_name, at(106)) == "unconfirmed"
    _refused("no-badge", lambda: badges.restore(gone, new().id, NOW, OperatorId("R"), "again", at(107)))


def test_who_lost_the_badge_by_a_reviewer_gets_no_grey_one_from_a_machine() -> None:
    """That takes a reviewer again."""
    gone = badges.revoke(green(), new().id, OperatorId("R"), "false papers", at(100)).after
    again = replace(sent(), badge=gone.badge)
    named = machine.found(again, REQUEST, 1, "imitation", ("passed", ""), at(200), shop=NOW, new=new(2)).after
    numbered = machine.found(named, REQUEST, 1, "number", ("passed", ""), at(201), shop=NOW, new=new(2)).after
    assert numbered.badge == gone.badge


def test_a_new_badge_takes_the_place_of_the_old_one() -> None:
    """One badge stands at a time."""
    old = green().badge
    change = decided(replace(checked(), badge=old), n=2)
    assert change.ended is not None
    assert (change.ended.id, change.ended.reason) == (new(1).id, "replaced")
    assert [one.what for one in change.next] == ["sign", "list"]


def test_evidence_is_forgotten_ninety_days_after_the_decision() -> None:
    """And not a moment before."""
    dossier = decided(checked(), "refuse").after
    due = timing.due_at(dossier)
    assert due == later(at(10), timing.FORGET_MS)
    assert machine.tick(dossier, Instant(due - 1)).after == dossier
    change = machine.tick(dossier, due)
    assert [(one.what, one.of) for one in change.next] == [("forget", REQUEST)]
    assert change.after.request is not None
    assert (change.after.request.shown, change.after.request.given) == ({}, ())
    assert timing.due_at(change.after) == 0


def test_a_request_that_nobody_sends_ends_and_is_forgotten() -> None:
    """Papers do not lie here for ever."""
    dossier = begun()
    ended = machine.tick(dossier, timing.due_at(dossier)).after
    assert _state(ended) == "withdrawn"
    assert timing.due_at(ended) > 0
    assert _words(machine.tick(ended, timing.due_at(ended))) == ["erased"]


def test_the_owner_erases_at_once_and_what_was_not_decided_goes_with_it() -> None:
    """A badge that was given stands."""
    change = machine.erase(checked(), REQUEST, "shop", at(5), "owner")
    assert _state(change.after) == "withdrawn"
    assert machine.erase(change.after, REQUEST, "shop", at(6), "owner").after == change.after
    _refused("no-refusal", lambda: machine.appeal(change.after, REQUEST, "look", "owner", at(7)))
    stands = machine.erase(green(), REQUEST, "shop", at(20), "owner").after
    assert drawn(stands.badge, NOW.name, NOW.legal_name, at(21)) == "verified"


def test_withdrawn_is_not_approved_and_approved_not_withdrawn() -> None:
    """Whichever came first."""
    gone = machine.withdraw(checked(), REQUEST, "owner", at(5)).after
    _refused("not-waiting", lambda: decided(gone))
    with pytest.raises(Conflict):
        machine.withdraw(decided(checked()).after, REQUEST, "owner", at(11))


def test_risk_gives_a_head_start_and_age_wins_in_the_end() -> None:
    """The smallest turn is looked at first."""
    low, odd, risky = checked(), checked(pan="failed"), checked(likenesses=[LOOKS_LIKE])
    turns = [timing.turn(one) for one in (risky, odd, low)]
    assert turns == sorted(turns)  # type: ignore[type-var]  # all of them wait
    old = replace(low, request=replace(low.request, sent_at=Instant(at(1) - 4 * DAY)))  # type: ignore[type-var]  # it is there
    assert timing.turn(old) < timing.turn(risky)  # type: ignore[operator]  # as above
