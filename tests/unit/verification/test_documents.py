"""Files of evidence: what is kept, what is refused, and what is forgotten; whoever dies in between."""

from collections.abc import Callable
from typing import Any

import pytest

from haat.facts.verification import DocumentGiven, DocumentTakenAway, EvidenceToForget
from haat.kernel.ids import DocumentId, MerchantId, RequestId
from haat.kernel.time import DAY
from haat.verification.memory.shelf import MemoryShelf
from haat.verification.model.evidence import Document, Media
from haat.verification.rules import files, filing, machine, shown, timing
from tests.unit.verification.benched import Bench
from tests.unit.verification.cases import REQUEST, SHOP

FILE = DocumentId("01D000000000000000000F1LE0")
PLACE = (SHOP, REQUEST, FILE)
STARTS: dict[Media, bytes] = {
    "application/pdf": b"%PDF-1.7\n...",
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
}
GIVEN = DocumentGiven(merchant=SHOP, request=REQUEST, document=FILE)


class Dead(BaseException):
    """A process ends."""


def opened(media: Media = "application/pdf") -> Bench:
    """A request that was sent back, with one document announced."""
    bench = Bench()
    bench.save(machine.withdraw, REQUEST, "owner", bench.now)
    bench.dossiers.kept.clear()
    bench.save(machine.begin, REQUEST, "token", "owner", bench.now)
    document = Document(id=FILE, kind="tax", media=media, announced_at=bench.now)
    bench.save(filing.announce, REQUEST, document, "owner", bench.now)
    return bench


def posts(bench: Bench, data: bytes | None) -> None:
    """The shop posts a file, and says so."""
    if data is not None:
        bench.shelf.post(*PLACE, data)
    bench.save(filing.posted, REQUEST, FILE, "owner", bench.now)


def seen(bench: Bench) -> tuple[str, str | None]:
    """As the shop sees it."""
    (found,) = shown.whole(bench.request, "en", bench.now)["documents"]
    return found["state"], found["reason"]


@pytest.mark.parametrize("media", STARTS)
def test_file_of_the_announced_kind_is_kept(media: Media) -> None:
    """Where no form leads, as the type that it is."""
    bench = opened(media)
    posts(bench, STARTS[media])
    assert bench.documents.look(GIVEN, bench.now) == "kept"
    assert seen(bench) == ("kept", None)
    assert bench.shelf.kept[PLACE].media == media
    assert bench.request.documents[0].size == len(STARTS[media])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "no_file"),
        (STARTS["image/png"], "other_type"),
        (b"<html>", "other_type"),
        (b" %PDF-1.7", "other_type"),
        (b"%PDF-" + b"x" * files.MOST_BYTES, "too_large"),
    ],
    ids=["nothing", "png", "page", "not at the start", "large"],
)
def test_any_other_file_is_refused_and_deleted(data: bytes | None, reason: str) -> None:
    """By its first bytes and its size, never by what was said of it; the shop may post another in its place."""
    bench = opened()
    posts(bench, data)
    assert bench.documents.look(GIVEN, bench.now) == "refused"
    assert seen(bench) == ("refused", reason)
    assert not bench.shelf.posted
    assert not bench.shelf.kept
    posts(bench, STARTS["application/pdf"])
    assert bench.documents.look(GIVEN, bench.now) == "kept"


def test_largest_file_is_taken() -> None:
    """Ten megabytes exactly."""
    bench = opened()
    posts(bench, b"%PDF-".ljust(files.MOST_BYTES, b"x"))
    assert bench.documents.look(GIVEN, bench.now) == "kept"


class Doomed(MemoryShelf):
    """A shelf at whose n-th call somebody dies, before or after it."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.after = -1, False

    def _passes[T](self, call: Callable[..., T], *said: Any) -> T:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Dead
        done = call(*said)
        if self.left == 0:
            raise Dead
        return done

    def look(self, *place: Any) -> Any:
        """Look, unless it is the last call."""
        return self._passes(super().look, *place)

    def keep(self, *place: Any) -> bool:
        """Keep, unless it is the last call."""
        return self._passes(super().keep, *place)

    def drop(self, *place: Any) -> None:
        """Delete, unless it is the last call."""
        self._passes(super().drop, *place)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize("data", [STARTS["application/pdf"], b"no pdf"])
def test_death_at_any_call_of_the_shelf_changes_nothing_in_the_end(data: bytes, call: int, when: str) -> None:
    """The record comes again, and again: one line of history, a file that stays if it is good and goes if it is not."""
    bench = opened()
    doomed = Doomed()
    bench.documents = type(bench.documents)(dossiers=bench.dossiers, shelf=doomed)
    bench.shelf = doomed
    posts(bench, data)
    doomed.left, doomed.after = call, when == "after"
    with pytest.raises(Dead):
        bench.documents.look(GIVEN, bench.now)
    for _ in range(3):
        bench.documents.look(GIVEN, bench.now)
    good = data.startswith(b"%PDF-")
    assert seen(bench) == (("kept", None) if good else ("refused", "other_type"))
    assert bool(doomed.kept) is good
    assert bool(doomed.posted) is good  # the one that is kept is copied; the bucket's own rule clears what was posted
    lines = [entry.what for entry in bench.dossiers.lines[SHOP]]
    assert lines.count("document_kept") + lines.count("document_refused") == 1


def test_better_file_that_was_posted_meanwhile_is_not_deleted_by_a_late_record() -> None:
    """The shop has not said yet that it is there."""
    bench = opened()
    posts(bench, b"no pdf")
    bench.documents.look(GIVEN, bench.now)
    bench.shelf.post(*PLACE, STARTS["application/pdf"])
    assert bench.documents.look(GIVEN, bench.now) == "nothing"
    assert bench.shelf.posted


class Swapped(MemoryShelf):
    """A shelf on which another file is posted between look and keep, once."""

    second: bytes = b""

    def look(self, merchant: MerchantId, request: RequestId, document: DocumentId) -> Any:
        """As it was; a moment later it is another."""
        found = super().look(merchant, request, document)
        if self.second:
            self.post(merchant, request, document, self.second)
            self.second = b""
        return found


@pytest.mark.parametrize(("second", "word"), [(b"no pdf", "refused"), (b"%PDF-2.0 another", "kept")])
def test_what_is_kept_is_what_was_looked_at(second: bytes, word: str) -> None:
    """A file that was put in its place in between is looked at as well."""
    bench = opened()
    shelf = bench.shelf = Swapped()
    documents = type(bench.documents)(dossiers=bench.dossiers, shelf=shelf)
    posts(bench, STARTS["application/pdf"])
    shelf.second = second
    assert documents.look(GIVEN, bench.now) == word
    assert [one.data for one in shelf.kept.values()] == ([second] if word == "kept" else [])


def test_document_that_is_taken_away_is_deleted_in_whichever_order_its_records_come() -> None:
    """Also where it is looked at after that."""
    bench = opened()
    posts(bench, STARTS["application/pdf"])
    gone = DocumentTakenAway(merchant=SHOP, request=REQUEST, document=FILE)
    assert bench.documents.drop(gone) == "nothing"  # it is not gone yet: nobody believes a record
    bench.save(filing.take_away, REQUEST, FILE, "owner", bench.now)
    assert bench.documents.drop(gone) == "dropped"
    bench.shelf.post(*PLACE, STARTS["application/pdf"])  # its form is good for some minutes more
    assert bench.documents.look(GIVEN, bench.now) == "nothing"
    assert not bench.shelf.posted
    assert not bench.shelf.kept


def test_late_record_takes_nothing_from_a_request_before_this_one() -> None:
    """Its document is kept until its evidence goes, though another request has taken its place."""
    bench = opened()
    posts(bench, STARTS["application/pdf"])
    assert bench.documents.look(GIVEN, bench.now) == "kept"
    bench.save(machine.withdraw, REQUEST, "owner", bench.now)
    bench.save(machine.begin, RequestId("01Q00000000000000000SECXND"), "token", "owner", bench.now)
    assert bench.documents.look(GIVEN, bench.now) == "nothing"
    assert list(bench.shelf.kept) == [PLACE]


def test_evidence_is_forgotten_when_its_time_is_over_and_not_before() -> None:
    """Documents and what was said; by the schedule, or by the owner's own wish; twice is as once."""
    bench = opened()
    posts(bench, STARTS["application/pdf"])
    bench.documents.look(GIVEN, bench.now)
    forget = EvidenceToForget(merchant=SHOP, request=REQUEST)
    assert bench.documents.forget(forget, bench.now) == "nothing"
    bench.save(machine.withdraw, REQUEST, "owner", bench.now)
    bench.passes(timing.FORGET_MS - 1)
    assert bench.documents.forget(forget, bench.now) == "nothing"
    assert bench.shelf.kept
    bench.passes(1)
    bench.sweeps()
    list(bench.works_off())
    assert (bench.shelf.kept, bench.shelf.posted, bench.dossiers.evidence) == ({}, {}, {})
    assert bench.request.erased_at
    assert bench.documents.forget(forget, bench.now) == "forgotten"


def test_evidence_of_a_request_before_this_one_is_forgotten_by_the_schedule_too() -> None:
    """It lies in the archive, and is due there."""
    bench = opened()
    posts(bench, STARTS["application/pdf"])
    bench.documents.look(GIVEN, bench.now)
    bench.save(machine.withdraw, REQUEST, "owner", bench.now)
    bench.passes(DAY)
    second = RequestId("01Q00000000000000000SECXND")
    bench.save(machine.begin, second, "token", "owner", bench.now)
    bench.passes(timing.FORGET_MS)
    swept = bench.sweeps()
    assert not swept.failed
    assert not bench.shelf.kept
    assert bench.dossiers.sealed(SHOP, REQUEST) is None
    archived = bench.dossiers.request(SHOP, REQUEST)
    assert archived is not None
    assert archived.erased_at
