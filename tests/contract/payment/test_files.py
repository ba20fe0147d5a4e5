"""The ports Files and Shelf, in memory and on the table and bucket."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from haat.aws.bucket import Bucket
from haat.facts.payments import load
from haat.facts.settlement import ReportAnswered, ReportsWanted
from haat.kernel.errors import Changed, Rejected
from haat.kernel.ids import ulid
from haat.kernel.once import Answer, Once
from haat.kernel.time import MINUTE, Instant, later
from haat.payment.banks import Row
from haat.payment.memory.files import MemoryFiles, MemoryShelf
from haat.payment.model.files import Line, Part, SettlementFile
from haat.payment.ports.files import Files, SameFile, Shelf
from haat.payment.rules import files as rules
from haat.payment.rules.reading import FILE
from haat.payment.store.files import DynamoFiles, S3Shelf
from tests.contract.payment.test_lists import all_of
from tests.unit.payment.recon import ACCOUNT

if TYPE_CHECKING:
    from tests.contract.tables import Tables

NOW = Instant(1_767_587_400_000)
ONCE = Once(key="key", asked="asked", at=NOW)


@pytest.fixture(params=["memory", "table"])
def files(request: pytest.FixtureRequest) -> Files:
    """Return each store in turn, empty."""
    if request.param == "memory":
        return MemoryFiles()
    tables: Tables = request.getfixturevalue("tables")
    return DynamoFiles(tables.payment)


def a_file(number: int = 1, *, source: str = "upload") -> SettlementFile:
    """One of a day that is over."""
    at = later(NOW, number * MINUTE)
    id = ulid(at, number.to_bytes(10))
    return rules.begun(id, ACCOUNT, "2026-01-04", "2026-01-04", source, at)  # type: ignore[arg-type]  # one of the two


def a_part(file: SettlementFile, number: int, *, amount: int = 100) -> Part:
    """A line with all that one can say, and a bad one."""
    row = Row(
        kind="refund", amount=amount, status="FAILED", line=7, tr="H1", rrn="041234567890", provider_txn_id="pay_1",
        payee="shop@upi", occurred_at=NOW, status_word="word", settlement_id="setl_1", fee=118, tax=18,
        refund_id="R1", provider_refund_id="rfnd_1",
    )  # fmt: skip
    bad = Line(row=Row(kind="payment", amount=0, line=8), meaning="bad", reason="bad_rrn")
    return Part(file=file.id, number=number, lines=(Line(row=row), bad))


def test_file_is_read_as_it_was_kept(files: Files) -> None:
    """With everything in it; one that is there under its id stays."""
    file = replace(
        a_file(), late_days=3, reason="no_file", sha256="abc", parts=2, lines=3, counts={"confirms": 2, "bad": 1},
        received=5, refunded=4, charged_back=3, fees=2, taxes=1, by_settlement={"setl_1": -1}, searched="place", calls=2,
        done_at=NOW,
    )  # fmt: skip
    assert files.get(file.id) is None
    assert files.begin(file) is None
    assert files.get(file.id) == file
    files.begin(replace(file, state="refused"))
    assert files.get(file.id) == file


def test_request_that_comes_again_begins_nothing(files: Files) -> None:
    """It is answered as the first; a key that was used for another is refused."""
    answer = Answer(status=201, body={"id": "1"})
    assert files.given(ONCE) is None
    assert files.begin(a_file(1), (ONCE, answer)) == answer
    assert files.begin(a_file(2), (ONCE, Answer(status=201, body={"id": "2"}))) == answer
    assert files.get(a_file(2).id) is None
    assert files.given(ONCE) == answer
    with pytest.raises(Rejected):
        files.given(replace(ONCE, asked="something else"))
    after, rows = rules.given(a_file(1))
    assert files.save(after, rows, once=(ONCE, Answer(status=202))) == answer
    assert files.get(after.id) == a_file(1), "the key had its effect before"


def test_files_are_listed_newest_first(files: Files) -> None:
    """Each once, page by page."""
    for number in (3, 1, 5, 2, 4):
        files.begin(a_file(number))
    assert all_of(files.list) == [a_file(number) for number in (5, 4, 3, 2, 1)]


def test_part_is_kept_once_and_changed_with_its_file(files: Files) -> None:
    """In their order; one that moved in between is not overwritten, and its file neither."""
    file = a_file()
    files.begin(file)
    for number in (2, 11, 1):
        files.keep(a_part(file, number))
    files.keep(a_part(file, 1, amount=9))
    assert files.part(file.id, 1) == a_part(file, 1)
    assert files.part(file.id, 3) is None
    assert [part.number for part in all_of(lambda after, limit: files.parts(file.id, after, limit))] == [1, 2, 11]
    done = replace(a_part(file, 1), rounds=2, version=2)
    after = rules.moved(file)
    files.save(after, part=done)
    assert (files.get(file.id), files.part(file.id, 1)) == (after, done)
    with pytest.raises(Changed):
        files.save(rules.moved(after), part=done)
    assert files.get(file.id) == after
    files.save(rules.moved(after), part=Part(file=file.id, number=12, lines=(), rounds=2))
    with pytest.raises(Changed):
        files.save(replace(after, version=4), part=Part(file=file.id, number=12, lines=(), rounds=2))


def test_file_that_moved_is_not_overwritten(files: Files) -> None:
    """Of two that saw the same version one writes."""
    file = a_file()
    files.begin(file)
    files.save(rules.refused(file, "no_rrn_column"))
    with pytest.raises(Changed):
        files.save(rules.not_there(file))
    found = files.get(file.id)
    assert found is not None
    assert (found.state, found.reason) == ("refused", "no_rrn_column")


def test_content_is_one_files_of_an_account(files: Files) -> None:
    """Another file of it is told whose it is, and is not written; the same one may say it again."""
    one, two = a_file(1), a_file(2)
    other = replace(a_file(3), account="another")
    for file in (one, two, other):
        files.begin(file)
    known, name = rules.held(one, "hash", ((Row(kind="payment", amount=1),), ()))
    files.save(known, content=name)
    with pytest.raises(SameFile) as same:
        files.save(rules.moved(two), content=name)
    assert same.value.id == one.id
    assert files.get(two.id) == two
    files.save(rules.moved(other), content=name)


def test_content_of_a_refused_file_is_free(files: Files) -> None:
    """The next file of it is read in its place, and is the account's one from then on."""
    one, two, three = (a_file(number) for number in (1, 2, 3))
    for file in (one, two, three):
        files.begin(file)
    known, name = rules.held(one, "hash", ((Row(kind="payment", amount=1),), ()))
    files.save(known, content=name)
    files.save(rules.refused(known, "changed_while_read"))
    files.save(rules.moved(two), content=name)
    with pytest.raises(SameFile) as same:
        files.save(rules.moved(three), content=name)
    assert same.value.id == two.id


def test_that_reports_are_wanted_is_kept_once(files: Files, request: pytest.FixtureRequest) -> None:
    """For each day and page, as the row by which the next one is taken up."""
    pages = [
        ReportsWanted(day="2026-01-05"),
        ReportsWanted(day="2026-01-05", after="A"),
        ReportsWanted(day="2026-01-06"),
    ]
    for said in [*pages, *pages]:
        files.wants(said, NOW)
    if isinstance(files, MemoryFiles):
        rows = [row.row for row in files.rows]
    else:
        tables: Tables = request.getfixturevalue("tables")
        rows = list(tables.payment.having("queue"))
        assert all(row["ttl"] > NOW // 1_000 for row in rows)
    assert {row["queue"] for row in rows} == {"payment-due"}
    assert sorted((load(row["body"]) for row in rows), key=repr) == sorted(pages, key=repr)


def test_answer_of_a_bank_is_kept_once(files: Files, request: pytest.FixtureRequest) -> None:
    """As the row by which it is read; the same call's answer again is none."""
    said = ReportAnswered(file="F", skip=100, number=2, status=200, raw="e30=", answered_at=NOW)
    files.answered(said)
    files.answered(replace(said, status=500, raw=""))
    if isinstance(files, MemoryFiles):
        assert list(files.answers.values()) == [said]
        return
    tables: Tables = request.getfixturevalue("tables")
    (item,) = tables.payment.having("queue")
    assert (item["pk"], item["queue"]) == ("ANSWER#F", "payment-due")


@pytest.mark.parametrize("kind", ["memory", "bucket"])
@pytest.mark.parametrize("raw", [None, b"", b"a,b\n1,2\n", bytes(FILE + 3)], ids=["none", "empty", "some", "too long"])
def test_file_lies_as_it_came(kind: str, raw: bytes | None, request: pytest.FixtureRequest) -> None:
    """None is not an empty one; what is too long is cut where it can be seen that it is."""
    file = a_file()
    shelf: Shelf
    if kind == "memory":
        memory = shelf = MemoryShelf()
        memory.raw |= {} if raw is None else {file.id: raw}
    else:
        tables: Tables = request.getfixturevalue("tables")
        shelf = S3Shelf(Bucket(lambda: tables.s3, tables.files))
        if raw is not None:
            tables.s3.put_object(Bucket=tables.files, Key=file.id, Body=raw)
    assert shelf.read(file) == (None if raw is None else raw[: FILE + 1])
