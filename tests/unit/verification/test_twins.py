"""The same request twice at one moment: the second one is answered as the first was, wherever in the first it runs."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from haat.kernel.ids import BadgeId, RequestId
from haat.kernel.once import Answer, Once
from haat.verification.memory.dossiers import MemoryDossiers
from tests.unit.verification import asking, test_reviewing
from tests.unit.verification.cases import REQUEST, SHOP, at, checked

type Call = Callable[[], Answer]


def begins() -> tuple[MemoryDossiers, Call]:
    """A new request; each try has an id of its own."""
    desk = asking.Desk()
    once = desk.once("twin")
    return desk.dossiers, lambda: desk.asking.begin(asking.SHOP, RequestId(desk.id()), {}, asking.WHO, once)


def sends() -> tuple[MemoryDossiers, Call]:
    """The checks begin."""
    desk = asking.Desk()
    id, once = desk.begins(asking.SAID), desk.once("twin")
    return desk.dossiers, lambda: desk.asking.send(asking.SHOP, id, asking.WHO, once)


def appeals() -> tuple[MemoryDossiers, Call]:
    """Against a refusal."""
    desk = asking.Desk()
    id = desk.begins()
    desk.turns(state="refused", decided_at=desk.now)
    once = desk.once("twin")
    return desk.dossiers, lambda: desk.asking.appeal(asking.SHOP, id, "please", asking.WHO, once)


def decides(verdict: str) -> tuple[MemoryDossiers, Call]:
    """A reviewer, of the request as it was seen."""
    desk = test_reviewing.Desk(checked())
    seen, once = desk.table.load(SHOP).version, Once(key="twin", asked="it", at=at(10))
    said = {"verdict": verdict, "reason": "as the papers say"}
    ids = (BadgeId(f"01B0000000000000000000000{number}") for number in range(1, 9))
    return desk.table, lambda: desk.by("Anita").decide(SHOP, REQUEST, seen, said, next(ids), once)


THERE: Mapping[str, Callable[[], tuple[MemoryDossiers, Call]]] = {
    "begin": begins,
    "send": sends,
    "appeal": appeals,
    "approve": lambda: decides("approve"),
    "refuse": lambda: decides("refuse"),
}


@pytest.mark.parametrize("what", THERE)
@pytest.mark.parametrize("before", ["given", "load", "save"])
def test_twin_is_answered_as_the_first(what: str, before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is nobody else who was faster, and what it asks for is done once."""
    table, call = THERE[what]()
    real, answers, lines = getattr(table, before), list[Answer](), 0

    def twin_first(*said: Any, **more: Any) -> Any:
        nonlocal lines
        monkeypatch.setattr(table, before, real)
        answers.append(call())
        lines = len(table.rows) + sum(map(len, table.lines.values()))
        return real(*said, **more)

    monkeypatch.setattr(table, before, twin_first)
    assert call() == answers[0]
    assert len(table.rows) + sum(map(len, table.lines.values())) == lines
