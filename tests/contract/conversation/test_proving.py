"""What the port Proofs promises, in memory and in DynamoDB."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from haat.conversation.memory.proving import MemoryProofs
from haat.conversation.ports.proving import Proofs
from haat.conversation.store.proving import DynamoProofs
from haat.facts import verification
from haat.facts.profiles import NumberWanted
from haat.facts.verification import NumberSeen, VerificationFact
from haat.kernel.ids import RequestId
from haat.kernel.time import Instant, later
from tests.contract.tables import Tables
from tests.invented import ADDRESS, MERCHANT, NOW, OTHER_MERCHANT

WANTED = NumberWanted(
    merchant=MERCHANT,
    request=RequestId("01KDVDNA00REQ000000000001A"),
    round=1,
    channel="whatsapp",
    address=ADDRESS,
    occurred_at=NOW,
)


@dataclass(frozen=True)
class Shelf:
    """A store, and what `verification` hears of it."""

    proofs: Proofs
    told: Callable[[], list[VerificationFact]]


@pytest.fixture(params=["memory", "dynamodb"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Return each store in turn, empty."""
    if request.param == "memory":
        memory = MemoryProofs()
        return Shelf(memory, lambda: [*memory.told])
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)

    def told() -> list[VerificationFact]:
        items = tables.items("NUMBERSEEN#")
        assert all(item["queue"] == verification.QUEUE and item["ttl"] > NOW // 1000 for item in items)
        assert not any(ADDRESS in item["pk"] + item["sk"] for item in items)
        return [verification.load(item["body"]) for item in items]

    return Shelf(DynamoProofs(tables.conversation), told)


def seen(wanted: NumberWanted, word: str = "VERIFIED") -> NumberSeen:
    """An answer to a question."""
    return NumberSeen(
        merchant=wanted.merchant, request=wanted.request, round=wanted.round, channel=wanted.channel,
        address=wanted.address, outcome="verified", word=word, occurred_at=later(NOW, 1),
    )  # fmt: skip


def test_first_answer_stays_and_is_told_once(shelf: Shelf) -> None:
    """Of two who were at work at once the second has said nothing."""
    assert not shelf.proofs.answered(WANTED)
    assert shelf.proofs.answer(WANTED, seen(WANTED))
    assert not shelf.proofs.answer(WANTED, seen(WANTED, "EXPIRED"))
    assert shelf.proofs.answered(WANTED)
    assert shelf.told() == [seen(WANTED)]


def test_each_question_has_its_own_answer(shelf: Shelf) -> None:
    """Of another round, asked again later, of another shop or another request."""
    others = (
        replace(WANTED, round=2),
        replace(WANTED, occurred_at=Instant(NOW + 1)),
        replace(WANTED, merchant=OTHER_MERCHANT),
        replace(WANTED, request=RequestId("01KDVDNA00REQ000000000002A")),
    )
    for wanted in (WANTED, *others):
        assert shelf.proofs.answer(wanted, seen(wanted))
    assert len(shelf.told()) == 5
