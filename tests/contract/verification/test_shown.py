"""What is read of badges: by anyone, by status lists, by the register of names. It moves with the dossier, in one transaction."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from haat.kernel.errors import Changed
from haat.kernel.ids import OperatorId
from haat.kernel.time import DAY, HOUR, later
from haat.verification.ports import PlaceTaken, SignedList, Writing
from haat.verification.rules import badges, machine
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.names import DynamoNames
from tests.contract.verification.desk import (
    LIST,
    Desk,
    asking,
    begin,
    complained,
    decide,
    found,
    give,
    place,
    send,
    shop,
    verified,
    waits,
)
from tests.unit.verification.cases import NOW, renamed

if TYPE_CHECKING:
    from tests.contract.tables import Tables

SHOP = shop(1)
ANITA = OperatorId("Anita")


def test_badge_is_seen_as_it_is_now_without_who_complained(desk: Desk) -> None:
    """By those who ask for several shops, of which some have none."""
    verified(desk, 1)
    badge = desk.dossiers.load(SHOP).badge
    assert badge is not None
    assert desk.badges.of([SHOP, shop(2)]) == {SHOP: badge}
    desk.do(SHOP, complained("a")[0])
    assert desk.badges.of([SHOP]) == {SHOP: badge}
    signed = desk.do(SHOP, lambda before, now: badges.signed(before, badge.id, "j.w.s", "k1", "https://m.example", now))
    assert signed.after.badge is not None
    assert desk.badges.of([SHOP]) == {SHOP: replace(signed.after.badge, complaints=())}
    desk.do(SHOP, lambda before, now: machine.shop_seen(before, renamed(), now))
    assert desk.badges.of([SHOP])[SHOP].state == "fallen"


def test_place_of_another_badge_is_refused_and_nothing_written(desk: Desk) -> None:
    """Who drew it draws again; of one list only."""
    verified(desk, 1)
    other = shop(2)
    waits(desk, other, asking(2))
    before = desk.dossiers.load(other)
    with pytest.raises(PlaceTaken):
        desk.dossiers.save(before, decide(n=1)(before, desk.now), Writing(at=desk.now))
    assert desk.dossiers.load(other) == before
    assert desk.badges.of([other]) == {}
    desk.do(other, decide(n=2))
    assert desk.badges.of([other])[other].index == 2


def test_stale_change_is_stale_also_where_its_place_is_taken(desk: Desk) -> None:
    """Drawing again would not help."""
    verified(desk, 1)
    other = shop(2)
    waits(desk, other, asking(2))
    before = desk.dossiers.load(other)
    desk.do(other, lambda before, now: machine.withdraw(before, asking(2), "owner", now))
    with pytest.raises(Changed):
        desk.dossiers.save(before, decide(n=1)(before, desk.now), Writing(at=desk.now))


def test_status_follows_the_badge(desk: Desk) -> None:
    """Good, suspended, good again, ended: on its own list, at its own place."""
    verified(desk, 1)
    verified(desk, 2, "Another Name")
    assert desk.lists.statuses(LIST) == {}
    for step in complained("a", "b", "c"):
        desk.do(SHOP, step)
    assert desk.lists.statuses(LIST) == {1: 2}
    badge = desk.dossiers.load(SHOP).badge
    assert badge is not None
    desk.do(SHOP, lambda before, now: badges.restore(before, badge.id, NOW, ANITA, "looked into", now))
    assert desk.lists.statuses(LIST) == {}
    for step in complained("d", "e", "f"):
        desk.do(SHOP, step)
    desk.do(SHOP, lambda before, now: badges.revoke(before, badge.id, ANITA, "not who they say", now))
    assert desk.lists.statuses(LIST) == {1: 1}
    assert desk.lists.statuses("2026-12") == {}


def test_badge_that_another_takes_the_place_of_has_ended(desk: Desk) -> None:
    """One request later: the new one is seen, the old one's place says that it is no more."""
    verified(desk, 1)
    waits(desk, SHOP, asking(2))
    desk.do(SHOP, decide(n=7))
    assert desk.badges.of([SHOP])[SHOP].index == 7
    assert desk.lists.statuses(LIST) == {1: 1}
    assert [name for _, name in desk.names.alike(["tara"])] == [NOW.name]


# Status lists


def test_list_begins_with_its_first_badge_and_is_signed_at_once(desk: Desk) -> None:
    """Then again after half a day, each version in the place of the one before; who is late is told."""
    assert desk.lists.get(LIST) is None
    assert desk.lists.late(later(desk.now, DAY), 10) == []
    with pytest.raises(Changed):
        desk.lists.keep(SignedList(name=LIST, token="a.b.c", signed_at=desk.now, version=1))
    verified(desk, 1)
    assert desk.lists.get(LIST) == SignedList(name=LIST)
    assert desk.lists.late(desk.now, 10) == [LIST]
    first = SignedList(name=LIST, token="a.b.c", key="k1", issuer="https://m.example", signed_at=desk.now, version=1)
    desk.lists.keep(first)
    with pytest.raises(Changed):
        desk.lists.keep(replace(first, token="d.e.f"))
    assert desk.lists.get(LIST) == first
    assert desk.lists.late(later(desk.now, 11 * HOUR), 10) == []
    assert desk.lists.late(later(desk.now, 12 * HOUR), 10) == [LIST]
    second = replace(first, token="g.h.i", signed_at=later(desk.now, HOUR), version=2)
    desk.lists.keep(second)
    assert desk.lists.get(LIST) == second


def test_list_goes_on_when_another_badge_comes_on_it(desk: Desk) -> None:
    """It stays as it was signed."""
    verified(desk, 1)
    signed = SignedList(name=LIST, token="a.b.c", key="k1", signed_at=desk.now, version=1)
    desk.lists.keep(signed)
    verified(desk, 2, "Another Name")
    assert desk.lists.get(LIST) == signed


def test_list_on_which_no_badge_can_live_is_signed_no_more(desk: Desk) -> None:
    """A year after its month nobody looks there."""
    verified(desk, 1)
    old = later(desk.now, 800 * DAY)
    desk.lists.keep(SignedList(name=LIST, token="a.b.c", signed_at=old, version=1))
    assert desk.lists.late(later(old, 30 * DAY), 10) == []


# The register of names


def test_verified_name_stands_in_the_register_while_its_badge_does(desk: Desk) -> None:
    """Under each of its keys, also while complaints are looked into; a name that nobody verified does not."""
    waits(desk, SHOP, asking(1))
    assert desk.names.alike(["maa", "tara", "sweets"]) == []
    desk.do(SHOP, decide())
    verified(desk, 2, "Tara Books")
    assert desk.names.alike(["sweets"]) == [(SHOP, NOW.name)]
    assert sorted(desk.names.alike(["books", "tara", "tara", "nobody's"])) == [
        (SHOP, NOW.name),
        (shop(2), "Tara Books"),
    ]
    for step in complained("a", "b", "c"):
        desk.do(SHOP, step)
    assert desk.names.alike(["sweets"]) == [(SHOP, NOW.name)]
    desk.do(SHOP, lambda before, now: machine.shop_seen(before, renamed(), now))
    assert desk.names.alike(["maa", "tara", "sweets"]) == [(shop(2), "Tara Books")]


def test_name_comes_into_the_register_after_those_that_it_was_held_against(desk: Desk) -> None:
    """Where another came first nothing is written; whoever says of none that they were seen is not held up."""
    assert desk.dossiers.entered() == 0
    verified(desk, 1)
    assert desk.dossiers.entered() == 1
    for step in complained("a", "b", "c"):
        desk.do(SHOP, step)
    waits(desk, shop(2), asking(2), "Tara Books")
    assert desk.dossiers.entered() == 1
    before = desk.dossiers.load(shop(2))
    change = decide(n=2, name="Tara Books")(before, desk.now)
    with pytest.raises(Changed):
        desk.dossiers.save(before, change, Writing(at=desk.now, entered=0))
    assert (desk.dossiers.load(shop(2)), desk.names.alike(["books"])) == (before, [])
    desk.dossiers.save(before, change, Writing(at=desk.now, entered=1))
    assert (desk.dossiers.entered(), desk.names.alike(["books"])) == (2, [(shop(2), "Tara Books")])


def test_name_of_a_grey_badge_stands_in_no_register(desk: Desk) -> None:
    """It says no more than that the number is the shop's; and it has its place on a list."""
    for step in (begin(asking(1)), give(), send(), found("imitation"), found("number", new=place(1))):
        desk.do(SHOP, step)
    badge = desk.dossiers.load(SHOP).badge
    assert badge is not None
    assert badge.level == "confirmed"
    assert desk.badges.of([SHOP]) == {SHOP: badge}
    assert desk.names.alike(["maa", "tara", "sweets"]) == []
    assert desk.lists.get(LIST) is not None


def test_name_of_another_badge_takes_the_place_of_the_first(desk: Desk) -> None:
    """Of the keys that both have, the name is the new one; of the others none is left."""
    verified(desk, 1)
    waits(desk, SHOP, asking(2), "Tara Books")
    desk.do(SHOP, decide(n=2, name="Tara Books"))
    assert desk.names.alike(["maa", "sweets"]) == []
    assert desk.names.alike(["tara", "books"]) == [(SHOP, "Tara Books")]


def test_name_leaves_the_register_under_the_keys_that_it_came_in_by(tables: "Tables") -> None:
    """A later version of ours may find other keys of the same name."""
    table = tables.verification
    first = DynamoDossiers(table, lambda name: ["of the first version", name])
    desk = Desk(first, None, None, DynamoNames(table), list)  # type: ignore[arg-type]  # not asked here
    verified(desk, 1)
    assert desk.names.alike(["of the first version"]) == [(SHOP, NOW.name)]
    desk.dossiers = DynamoDossiers(table, lambda name: ["of the second", name])
    desk.do(SHOP, lambda before, now: machine.shop_seen(before, renamed(), now))
    assert desk.names.alike(["of the first version", NOW.name]) == []
    assert not [item for item in table.having("name") if item["pk"].startswith("NAME#")]


def test_name_is_found_by_the_keys_of_a_later_version_within_a_day(tables: "Tables") -> None:
    """The daily look brings it in anew: whoever was held against the register before is refused once. The next day nothing is written."""
    table = tables.verification
    first = DynamoDossiers(table, lambda name: ["of both", "of the first version", name])
    desk = Desk(first, None, None, DynamoNames(table), list)  # type: ignore[arg-type]  # not asked here
    verified(desk, 1)
    desk.dossiers = DynamoDossiers(table, lambda name: ["of both", "of the second", name])
    for step in complained("a"):
        desk.do(SHOP, step)
    assert desk.names.alike(["of the second"]) == []
    for entered in (2, 2):
        desk.minutes += 24 * 60
        desk.do(SHOP, badges.looked)
        for key in ("of both", "of the second", NOW.name):
            assert desk.names.alike([key]) == [(SHOP, NOW.name)]
        assert desk.names.alike(["of the first version"]) == []
        assert desk.dossiers.entered() == entered
    desk.do(SHOP, lambda before, now: machine.shop_seen(before, renamed(), now))
    assert not [item for item in table.having("name") if item["pk"].startswith("NAME#")]
