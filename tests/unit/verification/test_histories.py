"""Histories at random: whatever happens in whatever order, a green badge has evidence, reviewers who may, and a shop that is what it says."""

from collections import Counter
from random import Random  # noqa: TID251  # a seed makes it the same each time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haat.verification.model.dossier import Change, Dossier
from haat.verification.rules import timing, wants
from haat.verification.rules.bases import differs, drawn
from tests.unit.verification.histories import OWN, World, check_of, standing, unsigned


def _whole(w: World, before: Dossier, change: Change) -> None:
    """A change is one, or none."""
    after = change.after
    if not change.entries:
        assert after == before
        assert change == Change(after=before)
        return
    assert after.version == before.version + 1
    assert all(entry.at == w.now for entry in change.entries)
    was, now = before.request, after.request
    if now is not None and (was is None or was.id == now.id) and (was is None or was.state != now.state):
        assert any(entry.what not in ("issued", "signed", "reminded", "fallen") for entry in change.entries)


def _badge_is_earned(w: World, before: Dossier, change: Change) -> None:
    """What a new badge needs, looked at where it is given."""
    badge, old = change.after.badge, before.badge
    if badge is None or (old is not None and old.id == badge.id):
        return
    request = change.after.request
    assert request is not None
    assert badge.request == request.id
    assert not badge.jws
    assert [entry.what for entry in change.entries].count("issued") == 1
    assert [news.kind for news in change.news].count("issued") == 1
    assert differs(badge.basis, w.shop()) is None
    assert w.open
    number = check_of(request, "number")
    assert number is not None
    assert number.state == "passed"
    if standing(old):
        assert change.ended is not None
        assert change.ended.id == old.id  # type: ignore[union-attr]  # it stands
    if badge.level == "confirmed":
        assert not request.likenesses
        assert not standing(old)
        assert old is None or old.reason != "revoked"
        return
    assert badge.level == "verified"
    assert request.state == "approved"
    assert wants.proves(request)
    assert not request.erased_at
    people = [one.by for one in request.approvals]
    assert OWN not in people
    assert len(set(people)) == len(people) == (2 if request.protected else 1)
    assert {(one.name, one.why) for one in w.alike} <= {(one.name, one.why) for one in request.likenesses}
    if request.appealed_at:
        assert request.refused_by not in people


def _badge_stays(before: Dossier, change: Change) -> None:
    """A badge's words never change, and what has fallen never stands again."""
    badge, old = change.after.badge, before.badge
    if badge is None or old is None or badge.id != old.id:
        return
    assert unsigned(badge) == unsigned(old)
    if old.state == "fallen":
        assert badge == old
    elif badge.state == "fallen":
        assert change.ended == badge
        assert any(entry.what == "fallen" for entry in change.entries)


def _drawn_is_true(w: World) -> None:
    badge = w.dossier.badge
    level = drawn(badge, w.name, w.owner, w.now)
    if level == "unconfirmed":
        return
    assert badge is not None
    assert badge.jws == f"jws of {badge.id}"
    assert (badge.basis.name, badge.basis.legal_name) == (w.name, w.owner)
    assert w.now < badge.expires_at


def _dues_are_real(w: World) -> None:
    """What is said to be due leads to something: a sweep never turns round and round."""
    due = timing.due_at(w.dossier)
    request = w.dossier.request
    if request is not None and request.state == "checking":
        assert due, "checks that wait are looked at again"
    assert (timing.turn(w.dossier) is not None) == (
        (request is not None and request.state == "waiting")
        or (w.dossier.badge is not None and w.dossier.badge.state == "review")
    )


def _play(seed: int, facts: int) -> World:
    w = World(random=Random(seed))  # noqa: S311  # as above
    for _ in range(facts):
        w.step()
        if w.last is not None:
            before, change = w.last
            _whole(w, before, change)
            _badge_is_earned(w, before, change)
            _badge_stays(before, change)
        _drawn_is_true(w)
        _dues_are_real(w)
    return w


def _met(w: World) -> Counter[str]:
    return Counter(entry.what for entry in w.history)


def test_ten_thousand_facts() -> None:
    """One long history, in which everything occurs."""
    w = _play(seed=9, facts=10_000)
    met = _met(w)
    assert met["issued"] > 20
    assert {
        "approved", "refused", "more_wanted", "appealed", "withdrawn", "fallen", "complained", "restored", "shop_changed", "shut",
        "likeness_found", "erased", "signed", "tried_again", "checked", "sent", "begun",
    } <= set(met)  # fmt: skip
    assert w.refused > 100


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), facts=st.integers(1, 400))
def test_histories(seed: int, facts: int) -> None:
    """Short ones, so that a failing one can be read."""
    _play(seed, facts)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_many_long_histories(seed: int) -> None:
    """Forty times ten thousand facts."""
    _play(seed, facts=10_000)
