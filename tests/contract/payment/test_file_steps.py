"""A settlement file from its announcement to its end, in memory and on the table: each step delivered twice, and killed at each write.

Whatever dies, the same file ends in the same books.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import pytest

from haat.facts.settlement import SettlementFileGiven
from haat.kernel.once import Once
from haat.payment.memory.files import MemoryFiles
from haat.payment.model.files import SettlementFile
from haat.payment.store.files import DynamoFiles
from haat.payment.store.lists import DynamoLists
from haat.payment.store.payments import DynamoPayments
from tests.contract.payment.file_books import ENDS, LINES, NOW, Books, Killed, fetched, memory, uploaded
from tests.unit.payment.recon import written

if TYPE_CHECKING:
    from tests.contract.tables import Tables


@pytest.fixture(params=["memory", "table"])
def make(request: pytest.FixtureRequest) -> Callable[[], Books]:
    """Return how to open new books, in each store."""
    if request.param == "memory":
        return memory
    tables: Tables = request.getfixturevalue("tables")

    def on_table() -> Books:
        tables.empty()
        table = tables.payment

        def rows() -> list[dict[str, Any]]:
            return [item for item in table.having("queue") if item["pk"].startswith("NEWS#")]

        return Books(DynamoFiles(table), DynamoPayments(table), DynamoLists(table), rows)

    return on_table


def test_every_line_has_its_meaning(make: Callable[[], Books]) -> None:
    """One of each kind; what is missing is looked for behind the last line."""
    file, parts, payments, _, _ = uploaded(make())
    assert (file.state, file.counts, file.questions) == ("done", ENDS, 7)
    assert (file.received, file.refunded, file.charged_back) == (60_800, 1_001, 10_000)
    assert (file.fees, file.taxes) == (236, 36)
    assert file.by_settlement == {"setl_1": 60_800 - 1_001 - 10_000 - 236}
    assert all(part.rounds == 2 for part in parts)
    known, unpaid, other, missing = payments
    assert (known.request.flags, known.receipts[0].disputed, known.receipts[0].fee) == (("chargeback",), 10_000, 236)
    assert (unpaid.request.state, unpaid.request.flags) == ("PAID", ("recovered_by_settlement",))
    assert (other.request.state, other.request.flags) == ("PAID", ("settlement_mismatch",))
    assert (missing.request.state, missing.request.flags) == ("PAID", ("missing_in_settlement",))


@pytest.mark.parametrize("size", [1, 3, 4, 100])
def test_pages_of_a_report_come_to_what_the_file_does(make: Callable[[], Books], size: int) -> None:
    """However it is cut, and though lines stand on two pages: the same sums, the same books."""
    as_file, as_pages = uploaded(make()), fetched(make(), size)
    again = as_pages[0].lines - as_file[0].lines
    assert again == (len(LINES) - 1) // size
    counts = {**ENDS, **{word: as_pages[0].counts[word] for word in ("duplicate", "bad")}}
    assert as_pages[0].counts == counts
    assert sum(as_pages[0].counts.values()) == sum(ENDS.values()) + again

    def sums(file: SettlementFile) -> tuple[Any, ...]:
        return file.received, file.refunded, file.charged_back, file.fees, file.taxes, dict(file.by_settlement)

    assert sums(as_pages[0]) == sums(as_file[0])
    assert as_pages[2:] == as_file[2:]


@pytest.mark.parametrize("brought", [uploaded, fetched])
def test_each_step_that_comes_twice_has_one_effect(make: Callable[[], Books], brought: Callable[..., Any]) -> None:
    """The second time it says that it was done."""
    once = brought(make())
    books = make()
    assert brought(books, times=2) == once
    assert [word for word in books.words if word.endswith("_before")] == books.words[1::2]


@pytest.mark.parametrize("brought", [uploaded, fetched])
@pytest.mark.parametrize("when", ["before", "after"])
def test_death_at_any_write_changes_nothing(
    make: Callable[[], Books], when: Literal["before", "after"], brought: Callable[..., Any]
) -> None:
    """The record comes again, and the file ends as if nobody had died."""
    peace = make()
    wanted = brought(peace)
    assert peace.fate.writes > 12
    # On the table some of them: that it writes as memory does is what test_files.py and test_settling.py hold.
    for at in range(1, peace.fate.writes + 1, 1 if isinstance(peace.files, MemoryFiles) else 5):
        books = make()
        books.fate.doom = (at, when)
        assert brought(books) == wanted, f"died {when} write {at}"
        assert books.fate.met, "it died"


def test_file_that_was_posted_anew_while_it_was_read_is_refused() -> None:
    """Which lines are whose nobody could say: nothing of it is held against the books."""
    books = memory()
    books.holds_money()
    id = books.begins()
    books.shelf.raw[id] = written(LINES)
    books.desk.read(id, Once(key="read", asked="", at=NOW))
    books.fate.sleeps, books.fate.doom = False, (2, "after")  # it has begun to keep lines
    with pytest.raises(Killed):
        books.deliver(SettlementFileGiven(file=id))
    books.shelf.raw[id] = written(LINES[:1])
    assert books.deliver(SettlementFileGiven(file=id)) == "file_refused"
    file = books.files.get(id)
    assert file is not None
    assert (file.state, file.reason, file.counts) == ("refused", "changed_while_read", {})
