"""Settlement files in memory, under the contract of the table's own."""

from collections.abc import Sequence

from haat.facts.payments import outbox_row
from haat.facts.settlement import ReportAnswered, ReportsWanted
from haat.kernel.errors import Changed
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.time import Instant
from haat.payment.model.files import Part, SettlementFile
from haat.payment.model.outbox import Row
from haat.payment.ports import Listed
from haat.payment.ports.files import SameFile
from haat.payment.rules.reading import FILE


class MemoryFiles:
    """Fills the port Files."""

    def __init__(self) -> None:
        self._answers = Remembered()
        self.files: dict[str, SettlementFile] = {}
        self.there: dict[tuple[str, int], Part] = {}
        self.contents: dict[tuple[str, str], str] = {}
        self.answers: dict[tuple[str, int, int], ReportAnswered] = {}
        self.wanted: list[ReportsWanted] = []
        self.rows: list[Row] = []

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)

    def begin(
        self, file: SettlementFile, once: tuple[Once, Answer] | None = None, rows: Sequence[Row] = ()
    ) -> Answer | None:
        if once and (given := self.given(once[0])) is not None:
            return given
        if file.id not in self.files:
            self.files[file.id] = file
            self.rows += rows
        return self._wrote(once)

    def get(self, id: str) -> SettlementFile | None:
        return self.files.get(id)

    def list(self, after: str | None, limit: int) -> Listed[SettlementFile]:
        found = {f"{file.created_at:015d}#{file.id}": file for file in self.files.values()}
        names = sorted((name for name in found if after is None or name < after), reverse=True)
        return [found[name] for name in names[:limit]], names[limit - 1] if len(names) > limit else None

    def keep(self, part: Part) -> None:
        self.there.setdefault((part.file, part.number), part)

    def part(self, id: str, number: int) -> Part | None:
        return self.there.get((id, number))

    def parts(self, id: str, after: str | None, limit: int) -> Listed[Part]:
        found = {f"PART#{number:06d}": part for (of, number), part in self.there.items() if of == id}
        names = sorted(name for name in found if after is None or name > after)
        return [found[name] for name in names[:limit]], names[limit - 1] if len(names) > limit else None

    def save(
        self,
        after: SettlementFile,
        rows: Sequence[Row] = (),
        *,
        part: Part | None = None,
        content: str = "",
        once: tuple[Once, Answer] | None = None,
    ) -> Answer | None:
        if once and (given := self.given(once[0])) is not None:
            return given
        known = self.contents.get((after.account, content), after.id) if content else after.id
        if known != after.id and self.files[known].state != "refused":
            raise SameFile(known)
        there = self.there.get((part.file, part.number)) if part else None
        moved = part is not None and (there.version if there else 0) != part.version - 1
        if moved or self.files[after.id].version != after.version - 1:
            raise Changed("the file was changed in between")
        self.files[after.id] = after
        if part is not None:
            self.there[part.file, part.number] = part
        if content:
            self.contents[after.account, content] = after.id
        self.rows += rows
        return self._wrote(once)

    def wants(self, said: ReportsWanted, now: Instant) -> None:
        if said not in self.wanted:
            self.wanted.append(said)
            self.rows.append(Row(name=f"reports#{said.day}#{said.after}", row=outbox_row(said)))

    def answered(self, said: ReportAnswered) -> None:
        self.answers.setdefault((said.file, said.skip, said.number), said)

    def _wrote(self, once: tuple[Once, Answer] | None) -> Answer | None:
        if once is None:
            return None
        self._answers.give(*once)
        return once[1]


class MemoryShelf:
    """Fills the port Shelf."""

    def __init__(self) -> None:
        self.raw: dict[str, bytes] = {}

    def form(self, file: SettlementFile) -> tuple[str, dict[str, str]]:
        return f"http://127.0.0.1:9/{file.id}", {}

    def read(self, file: SettlementFile) -> bytes | None:
        found = self.raw.get(file.id)
        return None if found is None else found[: FILE + 1]
