"""The port Dossiers, on the table and in memory: what one change writes is there, all of it or nothing."""

from dataclasses import replace

import pytest

from haat.kernel.errors import Changed, Rejected
from haat.kernel.once import Once
from haat.kernel.time import DAY, Instant, later
from haat.verification.model.dossier import Change, Dossier
from haat.verification.ports import Writing
from haat.verification.rules import badges, machine, news
from tests.contract.verification.desk import (
    MADE,
    Desk,
    asking,
    begin,
    decide,
    found,
    give,
    send,
    shop,
    verified,
    waits,
    withdraw,
)
from tests.unit.verification.cases import GIVEN, T0

SHOP, OTHER = shop(1), shop(2)


def once(key: str = "key", asked: str = "this", at: Instant = T0) -> Once:
    """A request of one name."""
    return Once(key=key, asked=asked, at=at)


def history(desk: Desk, of: object = SHOP) -> list[str]:
    """All that happened, page by page."""
    said: list[str] = []
    after: str | None = None
    while True:
        lines, after = desk.dossiers.history(of, after, 2)  # type: ignore[arg-type]  # a shop
        said += [line.what for line in lines]
        if after is None:
            return said


# What is kept


def test_shop_that_never_asked_has_an_empty_dossier(desk: Desk) -> None:
    """Of version 0, with nothing beside it."""
    assert desk.dossiers.load(SHOP) == Dossier(merchant=SHOP)
    assert desk.dossiers.request(SHOP, asking(1)) is None
    assert desk.dossiers.requests(SHOP, None, 10) == ([], None)
    assert desk.dossiers.history(SHOP, None, 10) == ([], None)
    assert desk.dossiers.sealed(SHOP, asking(1)) is None


def test_dossier_comes_back_as_it_was_kept_after_every_step(desk: Desk) -> None:
    """From the first question to the badge, with its history and what was to be done."""
    steps = [begin(asking(1)), give(), send()]
    for step in steps:
        assert desk.do(SHOP, step).after == desk.dossiers.load(SHOP)
    kept = desk.dossiers.load(SHOP).request
    assert kept is not None
    running = [check.kind for check in kept.checks if check.state == "waiting"]
    for kind in running:
        assert desk.do(SHOP, found(kind)).after == desk.dossiers.load(SHOP)
    assert desk.do(SHOP, decide()).after == desk.dossiers.load(SHOP)
    assert history(desk) == ["begun", "given", "sent", *("checked" for _ in running), "approved", "issued"]
    asked = [f"check#{kind}" for kind in running]
    assert sorted(desk.rows()) == sorted(
        [*asked, "told#checked", "told#approved", "told#issued", "sign#01B0000000000000000BADGE01"]
    )
    assert desk.dossiers.load(OTHER) == Dossier(merchant=OTHER)


def test_stale_change_writes_nothing(desk: Desk) -> None:
    """Who decided on what is so no longer is told, and has left no line, row, evidence or badge."""
    waits(desk, SHOP, asking(1))
    before = desk.dossiers.load(SHOP)
    desk.do(SHOP, withdraw())
    was, rows = history(desk), desk.rows()
    change = decide()(before, desk.now)
    writing = Writing(at=desk.now, rows=news.rows(change, desk.now), once=(once(), MADE), evidence=(asking(1), b"late"))
    with pytest.raises(Changed):
        desk.dossiers.save(before, change, writing)
    assert (history(desk), desk.rows()) == (was, rows)
    assert desk.dossiers.given(once()) is None
    assert desk.dossiers.sealed(SHOP, asking(1)) is None
    assert desk.badges.of([SHOP]) == {}
    assert desk.lists.get("2026-11") is None


@pytest.mark.parametrize("first", ["approve", "withdraw"])
def test_approve_and_withdraw_at_once_have_one_winner(desk: Desk, first: str) -> None:
    """Both saw the request waiting; who comes second finds another."""
    waits(desk, SHOP, asking(1))
    before = desk.dossiers.load(SHOP)
    both = {"approve": decide()(before, desk.now), "withdraw": withdraw()(before, desk.now)}
    winner, loser = both.pop(first), *both.values()
    desk.dossiers.save(before, winner, Writing(at=desk.now))
    with pytest.raises(Changed):
        desk.dossiers.save(before, loser, Writing(at=desk.now))
    assert desk.dossiers.load(SHOP) == winner.after
    assert len(desk.badges.of([SHOP])) == (1 if first == "approve" else 0)


# The same request again


def test_same_request_again_gets_the_answer_of_the_first(desk: Desk) -> None:
    """And has no second effect; its key is good for nothing else."""
    desk.do(SHOP, begin(asking(1)), once())
    assert desk.dossiers.given(once()) == MADE
    empty = Dossier(merchant=SHOP)
    change = begin(asking(2))(empty, T0)
    assert desk.dossiers.save(empty, change, Writing(at=T0, once=(once(), MADE))) == MADE
    assert history(desk) == ["begun"]
    with pytest.raises(Rejected, match="another request"):
        desk.dossiers.given(once(asked="that"))


def test_request_that_changes_nothing_is_remembered(desk: Desk) -> None:
    """Withdrawn twice: the second one is answered, and answered again, and the dossier is as it was."""
    desk.do(SHOP, begin(asking(1)))
    desk.do(SHOP, withdraw())
    before = desk.dossiers.load(SHOP)
    nothing = withdraw()(before, desk.now)
    assert nothing.after == before
    for _ in range(2):
        assert desk.dossiers.save(before, nothing, Writing(at=desk.now, once=(once("again"), MADE))) == MADE
    assert desk.dossiers.save(before, nothing, Writing(at=desk.now)) is None
    assert desk.dossiers.given(once("again")) == MADE
    assert desk.dossiers.load(SHOP) == before


def test_change_without_a_line_of_history_is_kept(desk: Desk) -> None:
    """Looked at and found as it was: the version moves on, and nothing is said of it."""
    verified(desk, 1)
    lines, before = history(desk), desk.dossiers.load(SHOP)
    desk.minutes += 2 * 24 * 60
    change = desk.do(SHOP, badges.looked)
    assert desk.dossiers.load(SHOP) == change.after != before
    assert history(desk) == lines
    with pytest.raises(Changed):
        desk.dossiers.save(before, change, Writing(at=desk.now))


# Requests before


def test_requests_are_listed_newest_first_page_by_page(desk: Desk) -> None:
    """The current one among them, each once, whatever a page holds; and each is found by its name."""
    for n in range(1, 6):
        desk.do(SHOP, begin(asking(n)))
        if n < 5:
            desk.do(SHOP, withdraw())
    desk.do(OTHER, begin(asking(9)))
    for limit in (1, 2, 3, 5, 10):
        pages: list[str] = []
        after: str | None = None
        while True:
            found, after = desk.dossiers.requests(SHOP, after, limit)
            assert len(found) <= limit
            pages += [request.id for request in found]
            if after is None:
                break
        assert pages == [asking(n) for n in (5, 4, 3, 2, 1)]
    first, last = desk.dossiers.request(SHOP, asking(1)), desk.dossiers.request(SHOP, asking(5))
    assert first is not None
    assert last is not None
    assert (first.state, last.state) == ("withdrawn", "open")
    assert desk.dossiers.request(OTHER, asking(1)) is None


def test_history_is_kept_past_the_requests_that_it_tells_of(desk: Desk) -> None:
    """In its order, a later request's after an earlier one's."""
    for n in (1, 2):
        desk.do(SHOP, begin(asking(n)))
        desk.do(SHOP, withdraw())
    assert history(desk) == ["begun", "withdrawn", "begun", "withdrawn"]


# Evidence


def test_evidence_given_anew_takes_the_place_of_the_first(desk: Desk) -> None:
    """Of this request and shop alone."""
    desk.do(SHOP, begin(asking(1)))
    for sealed in (b"first", b"second"):
        desk.do(SHOP, give(GIVEN if sealed == b"first" else GIVEN[:2]), evidence=sealed)
    assert desk.dossiers.sealed(SHOP, asking(1)) == b"second"
    assert desk.dossiers.sealed(OTHER, asking(1)) is None


def test_evidence_that_is_erased_goes_with_the_change_that_says_so(desk: Desk) -> None:
    """Also of an archived request, which says so itself, and is due no more."""
    desk.do(SHOP, begin(asking(1)))
    desk.do(SHOP, give(), evidence=b"sealed")
    desk.do(SHOP, withdraw())
    desk.do(SHOP, begin(asking(2)))
    before, archived = desk.dossiers.load(SHOP), desk.dossiers.request(SHOP, asking(1))
    assert archived is not None
    after = replace(before, version=before.version + 1)
    gone = machine.erased(archived, desk.now)
    writing = Writing(at=desk.now, evidence=(asking(1), b""))
    desk.dossiers.save(before, Change(after=after, archived=gone), writing)
    assert desk.dossiers.sealed(SHOP, asking(1)) is None
    assert desk.dossiers.request(SHOP, asking(1)) == gone
    assert desk.dossiers.due(later(desk.now, 91 * DAY), 10) == [(SHOP, None)]


def test_forgotten_evidence_of_the_current_request_is_gone(desk: Desk) -> None:
    """However often it is forgotten; the rules have said at the request that it is."""
    desk.do(SHOP, begin(asking(1)))
    desk.do(SHOP, give(), evidence=b"sealed")
    change = desk.do(SHOP, lambda before, now: machine.erase(before, asking(1), "shop", now))
    for _ in range(2):
        desk.dossiers.forget(SHOP, asking(1), desk.now)
        assert desk.dossiers.sealed(SHOP, asking(1)) is None
    assert desk.dossiers.load(SHOP) == change.after


def test_forgotten_evidence_of_an_archived_request_is_said_there(desk: Desk) -> None:
    """Once, with the time; then nothing of it is due."""
    desk.do(SHOP, begin(asking(1)))
    desk.do(SHOP, give(), evidence=b"sealed")
    desk.do(SHOP, withdraw())
    desk.do(SHOP, begin(asking(2)))
    late = later(desk.now, 91 * DAY)
    assert desk.dossiers.due(late, 10) == [(SHOP, asking(1)), (SHOP, None)]
    assert desk.dossiers.sealed(SHOP, asking(1)) == b"sealed"
    for at in (late, later(late, DAY)):
        desk.dossiers.forget(SHOP, asking(1), at)
    gone = desk.dossiers.request(SHOP, asking(1))
    assert gone is not None
    assert (gone.erased_at, gone.shown, gone.state) == (late, {}, "withdrawn")
    assert desk.dossiers.sealed(SHOP, asking(1)) is None
    assert desk.dossiers.due(late, 10) == [(SHOP, None)]
