"""What settlement files need from the rest of the world."""

from collections.abc import Sequence
from typing import Protocol

from haat.facts.settlement import ReportAnswered, ReportsWanted
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from haat.payment.model.files import Part, SettlementFile
from haat.payment.model.outbox import Row
from haat.payment.ports import Listed


class SameFile(Exception):
    """The account has a file with the same content: `id` is that one's."""

    def __init__(self, id: str) -> None:
        super().__init__("a file with the same content")
        self.id = id


class Files(Protocol):
    """Where settlement files are kept. Every method raises Unavailable."""

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""

    def begin(
        self, file: SettlementFile, once: tuple[Once, Answer] | None = None, rows: Sequence[Row] = ()
    ) -> Answer | None:
        """Keep a new one; one that is there under its id stays. With `once`: returns the answer of the request that was first."""

    def get(self, id: str) -> SettlementFile | None:
        """As it is now."""

    def list(self, after: str | None, limit: int) -> Listed[SettlementFile]:
        """One page of all, newest first."""

    def keep(self, part: Part) -> None:
        """Keep a part that was read; the same one again changes nothing."""

    def part(self, id: str, number: int) -> Part | None:
        """As it is now."""

    def parts(self, id: str, after: str | None, limit: int) -> Listed[Part]:
        """One page of a file's, in order."""

    def save(
        self,
        after: SettlementFile,
        rows: Sequence[Row] = (),
        *,
        part: Part | None = None,
        content: str = "",
        once: tuple[Once, Answer] | None = None,
    ) -> Answer | None:
        """In the place of its version before, with rows of the outbox and a part that changes with it.

        `content` is what the file is known by: raises SameFile where the account has it already, in a file that was not refused since.
        Raises Changed where anything moved in between. With `once`: returns the answer of the request that was first.
        """

    def wants(self, said: ReportsWanted, now: Instant) -> None:
        """Keep that reports are wanted, as its own outbox row; the same again changes nothing."""

    def answered(self, said: ReportAnswered) -> None:
        """Keep what a bank answered, as its own outbox row; the same call's answer again changes nothing."""


class Shelf(Protocol):
    """Where files lie as they came. Every method raises Unavailable."""

    def form(self, file: SettlementFile) -> tuple[str, dict[str, str]]:
        """Address and fields of a form by which the file may be posted once, within an hour."""

    def read(self, file: SettlementFile) -> bytes | None:
        """It; None where there is none yet. One that is too long is cut past what any file may have."""
