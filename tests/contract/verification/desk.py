"""A store of dossiers with all that is read beside it, and shops that walk through it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from haat.kernel.ids import BadgeId, MerchantId, OperatorId, RequestId, TokenId
from haat.kernel.once import Answer, Once
from haat.kernel.time import MINUTE, Instant, later
from haat.verification.memory.dossiers import MemoryDossiers
from haat.verification.memory.shown import MemoryBadges, MemoryLists, MemoryNames
from haat.verification.model.badge import Complaint
from haat.verification.model.dossier import Change, Dossier
from haat.verification.ports import Badges, Dossiers, Lists, Names, Writing
from haat.verification.rules import badges, deciding, machine, news
from haat.verification.store.badges import DynamoBadges
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.lists import DynamoLists
from haat.verification.store.names import DynamoNames
from tests.unit.verification.cases import BASIS, GIVEN, NOW, T0

if TYPE_CHECKING:
    from tests.contract.tables import Tables

LIST = "2026-11"
MADE = Answer(status=201, body={"id": "what was made"})

type Step = Callable[[Dossier, Instant], Change]


def words(name: str) -> Sequence[str]:
    """Keys that are easy to see: a name's words."""
    return name.casefold().split()


@dataclass
class Desk:
    """What the tests work with; `minutes` is its clock."""

    dossiers: Dossiers
    badges: Badges
    lists: Lists
    names: Names
    rows: Callable[[], list[str]]  # names of all outbox rows
    minutes: int = 0
    changes: dict[MerchantId, int] = field(default_factory=dict)

    @property
    def now(self) -> Instant:
        """Its time."""
        return later(T0, self.minutes * MINUTE)

    def do(self, merchant: MerchantId, step: Step, once: Once | None = None, evidence: bytes | None = None) -> Change:
        """Load, decide, save, a minute later than what was before."""
        self.minutes += 1
        before = self.dossiers.load(merchant)
        change = step(before, self.now)
        request = change.after.request
        self.dossiers.save(
            before,
            change,
            Writing(
                at=self.now,
                rows=news.rows(change, self.now),
                once=(once, MADE) if once else None,
                evidence=(request.id, evidence) if evidence is not None and request else None,
            ),
        )
        return change


@pytest.fixture(params=["memory", "table"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """Return each store in turn, empty."""
    if request.param == "memory":
        memory = MemoryDossiers(words)
        rows = memory.rows
        names = MemoryNames(memory)
        return Desk(memory, MemoryBadges(memory), MemoryLists(memory), names, lambda: [row.name for row in rows])
    tables: Tables = request.getfixturevalue("tables")
    table = tables.verification

    def told() -> list[str]:
        return [item["sk"].split("#", 2)[2] for item in table.having("queue")]

    return Desk(DynamoDossiers(table, words), DynamoBadges(table), DynamoLists(table), DynamoNames(table), told)


def shop(n: int) -> MerchantId:
    """The n-th shop."""
    return MerchantId(f"01M00000000000000000SHXP{n:02d}")


def asking(n: int) -> RequestId:
    """The n-th request."""
    return RequestId(f"01Q0000000000000000ASKED{n:02d}")


def place(n: int) -> badges.New:
    """Where the n-th badge goes."""
    return badges.New(id=BadgeId(f"01B0000000000000000BADGE{n:02d}"), list=LIST, index=n)


def begin(id: RequestId) -> Step:
    """The shop asks."""
    return lambda before, now: machine.begin(before, id, "site", "owner", now)


def give(given: Sequence[str] = GIVEN) -> Step:
    """The shop says who it is."""
    return lambda before, now: machine.give(before, _id(before), dict.fromkeys(given, "…"), "owner", now)


def send(name: str = NOW.name) -> Step:
    """It has said all."""
    basis, shown = replace(BASIS, name=name), replace(NOW, name=name)
    return lambda before, now: machine.send(before, _id(before), basis, shown, "owner", now)


def found(kind: str, state: str = "passed", new: badges.New | None = None) -> Step:
    """A check has come to something; with a place for it the grey badge may follow."""
    seen, shown = (state, "word"), NOW if new else None
    return lambda before, now: machine.found(before, _id(before), 1, kind, seen, now, shop=shown, new=new)  # type: ignore[arg-type]  # words of the tests


def withdraw() -> Step:
    """The shop wants it no more."""
    return lambda before, now: machine.withdraw(before, _id(before), "owner", now)


def decide(verdict: str = "approve", *, n: int = 1, name: str = NOW.name) -> Step:
    """A reviewer decides; a badge goes to the n-th place."""
    decision = deciding.Decision(verdict=verdict, reason="as the papers say", wanted=("documents",))  # type: ignore[arg-type]  # as above
    known = deciding.Known(shop=replace(NOW, name=name), likenesses=(), new=place(n))
    by = deciding.Reviewer(id=OperatorId("Anita"), token=TokenId("token"))
    return lambda before, now: deciding.decide(before, _id(before), decision, by, known, now)


def complained(*names: str) -> list[Step]:
    """People complain."""

    def one(name: str) -> Step:
        return lambda before, now: badges.complained(
            before, Complaint(id=f"complaint-{name}", of=name, at=now), OperatorId("Anita"), now
        )

    return [one(name) for name in names]


def waits(desk: Desk, merchant: MerchantId, request: RequestId, name: str = NOW.name, *, failed: bool = False) -> None:
    """The shop asks, and it is a reviewer's turn."""
    for step in (begin(request), give(), send(name)):
        desk.do(merchant, step)
    asked = desk.dossiers.load(merchant).request
    assert asked is not None
    for check in asked.checks:
        if check.state == "waiting":
            desk.do(merchant, found(check.kind, "failed" if failed and check.kind == "names" else "passed"))


def verified(desk: Desk, n: int, name: str = NOW.name) -> MerchantId:
    """The n-th shop has the n-th badge, by the n-th request."""
    merchant = shop(n)
    waits(desk, merchant, asking(n), name)
    desk.do(merchant, decide(n=n, name=name))
    return merchant


def _id(dossier: Dossier) -> RequestId:
    assert dossier.request is not None
    return dossier.request.id
