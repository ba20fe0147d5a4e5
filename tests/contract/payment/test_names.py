"""The port Names, on the table and in memory."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from haat.facts import verification
from haat.facts.payments import PayeeNameWanted
from haat.facts.verification import PayeeNamed, VerificationFact
from haat.kernel.ids import RequestId
from haat.kernel.time import later
from haat.payment.memory.names import MemoryNames
from haat.payment.ports.names import Names
from haat.payment.store.names import DynamoNames
from tests.contract.tables import Tables
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT

WANTED = PayeeNameWanted(
    merchant=MERCHANT, request=RequestId("01KDVDNA00REQ000000000001A"), round=1, number=1, payee="mark", occurred_at=NOW
)  # fmt: skip


@dataclass(frozen=True)
class Shelf:
    """A store, and what `verification` hears of it."""

    names: Names
    told: Callable[[], list[VerificationFact]]


@pytest.fixture(params=["memory", "table"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Return each store in turn, empty."""
    if request.param == "memory":
        memory = MemoryNames()
        return Shelf(memory, lambda: [*memory.told])
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)

    def told() -> list[VerificationFact]:
        items = list(tables.payment.having("queue"))
        assert all(item["pk"].startswith("ANSWER#") and item["queue"] == verification.QUEUE for item in items)
        assert all("shop@upi" not in item["pk"] + item["sk"] and item["ttl"] > NOW // 1000 for item in items)
        return [verification.load(item["body"]) for item in items]

    return Shelf(DynamoNames(tables.payment), told)


def named(wanted: PayeeNameWanted, payee: str = "মিষ্টি ভাণ্ডার") -> PayeeNamed:
    """An answer to a question."""
    return PayeeNamed(
        merchant=wanted.merchant, request=wanted.request, round=wanted.round, outcome="named", payee=payee,
        occurred_at=later(NOW, 1),
    )  # fmt: skip


def test_first_answer_stays_and_is_told_once(shelf: Shelf) -> None:
    """Of two who were at work at once the second has said nothing."""
    assert not shelf.names.answered(WANTED)
    assert shelf.names.answer(WANTED, named(WANTED))
    assert not shelf.names.answer(WANTED, named(WANTED, "another"))
    assert shelf.names.answered(WANTED)
    assert shelf.told() == [named(WANTED)]


def test_each_question_has_its_own_answer(shelf: Shelf) -> None:
    """Of another round, asked once more, of another shop or another request."""
    others = (
        replace(WANTED, round=2),
        replace(WANTED, number=2),
        replace(WANTED, merchant=OTHER_MERCHANT),
        replace(WANTED, request=RequestId("01KDVDNA00REQ000000000002A")),
    )
    for wanted in (WANTED, *others):
        assert shelf.names.answer(wanted, named(wanted))
    assert len(shelf.told()) == 5
