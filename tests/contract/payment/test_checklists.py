"""The port Checklists, on the table and in memory, and which banks are open by it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from haat.kernel.errors import Conflict, NotFound, Rejected
from haat.kernel.time import MINUTE, Instant, later
from haat.payment.banks import Caps
from haat.payment.banks.registry import bank
from haat.payment.memory.checklists import MemoryChecklists
from haat.payment.model.checklist import Tick
from haat.payment.ports.banks import Bank
from haat.payment.ports.checklists import Checklists
from haat.payment.service.open_banks import BankBook, Offered, OpenBanks
from haat.payment.store.checklists import KEEP_S, DynamoChecklists
from tests.invented import NOW

if TYPE_CHECKING:
    from tests.contract.tables import Tables

KIT = Tick(item="kit", by="operator-1", at=NOW, note="কিট came by post")
SIGNED = Tick(item="sign_off", by="operator-2", at=later(NOW, MINUTE))


@dataclass
class Shelf:
    """A store, another one that has seen nothing of it yet, and the first one's clock."""

    checklists: Checklists
    another: Checklists
    seconds: float = 0.0

    def book(self, banks: Callable[[str], Bank] = bank) -> BankBook:
        """What operators work with."""
        offer = Offered(banks=banks, names=frozenset({"razorpay", "simbank", "demo", "phantom"}), local=True)
        return BankBook(offer=offer, checklists=self.another)


@pytest.fixture(params=["memory", "table"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Return each store in turn, empty."""
    if request.param == "memory":
        memory = MemoryChecklists()
        return Shelf(memory, memory)
    tables: Tables = request.getfixturevalue("tables")
    made = Shelf(MemoryChecklists(), DynamoChecklists(tables.payment, lambda: 0.0))
    made.checklists = DynamoChecklists(tables.payment, lambda: made.seconds)
    return made


class Demo:
    """A bank by its CAPS alone."""

    def __init__(self, *needed: str) -> None:
        self.CAPS = Caps(trust="hint", door_keys=("token",), before_money=needed)  # type: ignore[arg-type]  # words of Needed


def banks(*needed: str) -> Callable[[str], Bank]:
    """The known banks, and `demo`, which needs these."""
    return lambda name: Demo(*needed) if name == "demo" else bank(name)  # type: ignore[return-value]  # nothing is called


def test_ticks_of_two_operators_both_stand(shelf: Shelf) -> None:
    """Neither has seen the other's, and neither bank sees another's."""
    shelf.checklists.tick("demo", KIT)
    shelf.another.tick("demo", SIGNED)
    assert shelf.checklists.ticks("demo", fresh=True) == {"kit": KIT, "sign_off": SIGNED}
    assert shelf.checklists.ticks("dem", fresh=True) == {}


def test_tick_again_is_in_the_place_of_the_first(shelf: Shelf) -> None:
    """And one that is taken away is gone, however often."""
    again = replace(KIT, by="operator-2", note="")
    for tick in (KIT, again, SIGNED):
        shelf.checklists.tick("demo", tick)
    assert shelf.checklists.ticks("demo") == {"kit": again, "sign_off": SIGNED}
    for _ in range(2):
        shelf.checklists.untick("demo", "kit")
    assert shelf.checklists.ticks("demo") == {"sign_off": SIGNED}


def test_bank_is_open_when_all_is_ticked_off(shelf: Shelf) -> None:
    """Until then the refusal names what is missing, in the bank's order; what is not on its list counts nothing."""
    open_banks = OpenBanks(banks=banks("kit", "listed_addresses", "sign_off"), checklists=shelf.checklists)
    shelf.another.tick("demo", KIT)
    shelf.another.tick("demo", replace(KIT, item="certificates"))
    with pytest.raises(Conflict) as shut:
        open_banks.need("demo")
    assert shut.value.word == "bank-not-open"
    assert "an operator of the market must first tick off listed addresses, sign off" in str(shut.value)
    shelf.another.tick("demo", replace(KIT, item="listed_addresses"))
    assert not open_banks.is_open("demo")
    shelf.another.tick("demo", SIGNED)
    assert open_banks.is_open("demo"), "what was ticked counts at once"
    open_banks.need("demo")


def test_unticked_bank_is_shut_within_a_minute(shelf: Shelf) -> None:
    """An answer is remembered as long, so that a request costs no read of its own."""
    open_banks = OpenBanks(banks=banks("kit"), checklists=shelf.checklists)
    shelf.another.tick("demo", KIT)
    assert open_banks.is_open("demo")
    shelf.another.untick("demo", "kit")
    shelf.seconds = KEEP_S - 1
    if isinstance(shelf.checklists, DynamoChecklists):
        assert open_banks.is_open("demo")
    shelf.seconds = KEEP_S
    assert not open_banks.is_open("demo")


def test_bank_without_a_checklist_costs_no_read() -> None:
    """It is always open."""
    checklists = MemoryChecklists()
    open_banks = OpenBanks(banks=bank, checklists=checklists)
    assert open_banks.is_open("razorpay")
    open_banks.need("simbank")
    assert checklists.reads == 0


def test_operators_see_and_tick_what_is_offered(shelf: Shelf) -> None:
    """Each item with what it is, who ticked it and when; the same again changes nothing, another note does."""
    book = shelf.book(banks("kit", "sign_off"))
    assert [(it["provider"], it["open"]) for it in book.list()] == [
        ("demo", False), ("razorpay", True), ("simbank", True),
    ]  # fmt: skip
    first = book.tick("demo", "kit", "operator-1", "shelf 3", NOW)
    assert book.tick("demo", "kit", "operator-1", "shelf 3", later(NOW, MINUTE)) == first
    (kit, sign_off) = first["checklist"]
    assert kit["ticked"] == {"by": "operator-1", "at": "2026-01-05T04:30:00.000Z", "note": "shelf 3"}
    assert (sign_off["ticked"], first["certification"]) == (None, "format-complete, not bank-certified")
    assert kit["what"].endswith(".")
    other = book.tick("demo", "kit", "operator-2", "shelf 4", later(NOW, MINUTE))
    assert other["checklist"][0]["ticked"]["by"] == "operator-2"
    assert book.tick("demo", "sign_off", "operator-1", "", NOW)["open"]
    book.untick("demo", "kit")
    book.untick("demo", "kit")
    assert next(it for it in book.to_connect() if it["provider"] == "demo")["missing"] == ["kit"]


@pytest.mark.parametrize(("provider", "item"), [("demo", "certificates"), ("nobody", "kit"), ("razorpay", "kit")])
def test_what_is_on_no_list_is_not_found(shelf: Shelf, provider: str, item: str) -> None:
    """Nothing is kept of it."""
    book = shelf.book(banks("kit"))
    with pytest.raises(NotFound):
        book.tick(provider, item, "operator-1", "", NOW)
    with pytest.raises(NotFound):
        book.untick(provider, item)
    assert shelf.another.ticks(provider, fresh=True) == {}


@pytest.mark.parametrize("note", ["x" * 501, "two\nlines", "a\u202eb"])
def test_note_is_one_line_that_can_be_shown(shelf: Shelf, note: str) -> None:
    """Of at most 500 letters."""
    with pytest.raises(Rejected) as refused:
        shelf.book(banks("kit")).tick("demo", "kit", "operator-1", note, Instant(NOW))
    assert set(refused.value.fields) == {"note"}
