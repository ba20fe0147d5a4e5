"""What waits for somebody: the reviewers' queue, what is due, and looks that are noted."""

from typing import TYPE_CHECKING

from haat.kernel.ids import OperatorId
from haat.kernel.once import Once
from haat.kernel.time import DAY, MINUTE, Instant, later
from haat.verification.model.dossier import Entry
from haat.verification.rules import machine, timing
from tests.contract.verification.desk import (
    MADE,
    Desk,
    asking,
    begin,
    complained,
    decide,
    give,
    send,
    shop,
    verified,
    waits,
    withdraw,
)
from tests.unit.verification.cases import T0

if TYPE_CHECKING:
    from haat.kernel.ids import MerchantId

SHOP = shop(1)


def queue(desk: Desk, limit: int = 10) -> list["MerchantId"]:
    """The whole queue, page by page."""
    seen: list[MerchantId] = []
    after: str | None = None
    while True:
        found, after = desk.dossiers.turns(after, limit)
        seen += [dossier.merchant for dossier in found]
        if after is None:
            return seen


def test_queue_is_by_risk_and_age(desk: Desk) -> None:
    """What looks odd has a head start of a day; people's complaints come before all; what is decided is not there."""
    for n in (1, 2):
        waits(desk, shop(n), asking(n))
    waits(desk, shop(3), asking(3), failed=True)
    verified(desk, 4, "Another Name")
    desk.do(shop(5), begin(asking(5)))
    assert queue(desk) == [shop(3), shop(1), shop(2)]
    for step in complained("a", "b", "c"):
        desk.do(shop(4), step)
    for limit in (1, 2, 3, 10):
        assert queue(desk, limit) == [shop(4), shop(3), shop(1), shop(2)]
    desk.do(shop(3), decide("refuse"))
    desk.do(shop(1), withdraw())
    assert queue(desk) == [shop(4), shop(2)]
    (first, _), _after = desk.dossiers.turns(None, 2)
    assert first == desk.dossiers.load(shop(4))


def test_what_is_due_comes_the_longest_ago_first(desk: Desk) -> None:
    """As soon as its time has come, and no earlier; so many as are asked for."""
    for n in (1, 2):
        for step in (begin(asking(n)), give(), send()):
            desk.do(shop(n), step)
    times = {n: timing.due_at(desk.dossiers.load(shop(n))) for n in (1, 2)}
    assert T0 < times[1] < times[2]
    assert desk.dossiers.due(Instant(times[1] - 1), 10) == []
    assert desk.dossiers.due(times[1], 10) == [(shop(1), None)]
    assert desk.dossiers.due(times[2], 10) == [(shop(1), None), (shop(2), None)]
    assert desk.dossiers.due(times[2], 1) == [(shop(1), None)]


def test_nothing_is_due_at_a_request_that_is_over_and_forgotten(desk: Desk) -> None:
    """A change takes it out of the index."""
    desk.do(SHOP, begin(asking(1)))
    desk.do(SHOP, withdraw())
    far = later(desk.now, 400 * DAY)
    assert desk.dossiers.due(far, 10) == [(SHOP, None)]
    desk.minutes += 91 * 24 * 60
    desk.do(SHOP, machine.tick)
    assert desk.dossiers.due(far, 10) == []


def look(at: int = 0, who: str = "Anita") -> Entry:
    """A reviewer has looked."""
    return Entry(what="looked", by="reviewer", at=later(T0, at * MINUTE), who=OperatorId(who), said={"document": None})


def test_look_is_noted_once_and_between_the_changes(desk: Desk) -> None:
    """The same again, also after another change, adds no line; another look does."""
    desk.do(SHOP, begin(asking(1)))
    desk.dossiers.note(SHOP, look(1), "look-1")
    desk.do(SHOP, withdraw())
    before = desk.dossiers.load(SHOP)
    desk.dossiers.note(SHOP, look(9), "look-1")
    desk.dossiers.note(SHOP, look(10), "look-2")
    lines, _ = desk.dossiers.history(SHOP, None, 10)
    assert [line.what for line in lines] == ["begun", "looked", "withdrawn", "looked"]
    assert [lines[1], lines[3]] == [look(1), look(10)]
    assert desk.dossiers.load(SHOP) == before


def test_look_is_noted_with_the_answer_to_its_request(desk: Desk) -> None:
    """Both or neither; the same request is answered as it was, and a later one that looks at the same notes nothing."""
    first = Once(key="first", asked="this", at=T0)
    assert desk.dossiers.note(SHOP, look(), "look", (first, MADE)) == MADE
    assert desk.dossiers.given(first) == MADE
    assert desk.dossiers.note(SHOP, look(5), "another", (first, MADE)) == MADE
    second = Once(key="second", asked="this", at=T0)
    assert desk.dossiers.note(SHOP, look(6), "look", (second, MADE)) == MADE
    assert desk.dossiers.given(second) == MADE
    assert desk.dossiers.history(SHOP, None, 10) == ([look()], None)
