"""Settlement files in DynamoDB, beside the payments that they tell of.

| thing | pk | sk | view_pk, view_sk |
| --- | --- | --- | --- |
| file | FILE#id | FILE | FILES, time#id |
| part of its lines | FILE#id | PART#number | |
| that an account has a file of this content | FILE#account | CONTENT#hash | |
| what is to happen next | NEWS#id | version#name | |
| that reports are wanted on a day | NEWS#reports#day | PAGE#after | |
| a bank's answer | ANSWER#id | page#call | |

All of it is forgotten after KEPT_S; what was found stays in the payments.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from haat.aws.bucket import Bucket
from haat.aws.once import DynamoAnswers, marker
from haat.aws.outbox import fold, unfold
from haat.aws.table import Action, Item, Put, Refused, Table
from haat.facts.codec import from_plain
from haat.facts.payments import outbox_row
from haat.facts.settlement import ReportAnswered, ReportsWanted
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import ulid_time
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY, SECOND, Instant
from haat.payment.model.bank import Row as FileRow
from haat.payment.model.files import FORM_MS, Line, Part, SettlementFile
from haat.payment.model.outbox import Row
from haat.payment.ports import Listed
from haat.payment.ports.files import SameFile
from haat.payment.rules.reading import FILE
from haat.payment.store import items

KEPT_S: Final = 400 * DAY // 1000  # a year's books are closed within the next
MEDIA: Final = "application/octet-stream"  # what a page or curl posts; what it is the bank's module sees


class DynamoFiles:
    """Fills the port Files."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers = table, DynamoAnswers(table)

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)

    def begin(
        self, file: SettlementFile, once: tuple[Once, Answer] | None = None, rows: Sequence[Row] = ()
    ) -> Answer | None:
        actions = [*([marker(*once)] if once else []), Put(item=_item(file), absent=True), *_news(file, rows)]
        try:
            self._table.transact(actions)
        except Refused as refused:
            if once and (given := self._answers.given(once[0])) is not None:
                return given
            if not refused.at:
                raise Unavailable("files: others were at work there") from None
        return once[1] if once else None

    def get(self, id: str) -> SettlementFile | None:
        found = self._table.get(f"FILE#{id}", "FILE")
        return items.read(SettlementFile, found) if found else None

    def list(self, after: str | None, limit: int) -> Listed[SettlementFile]:
        page = self._table.index_page("FILES", after=after, limit=limit, newest_first=True)
        found = self._table.get_many([(item["pk"], "FILE") for item in page.items]) if page.items else []
        return [items.read(SettlementFile, item) for item in found], page.next

    def keep(self, part: Part) -> None:
        try:
            self._table.put(Put(item=_part_item(part), absent=True))
        except Refused:
            return  # it was kept by who died then

    def part(self, id: str, number: int) -> Part | None:
        found = self._table.get(f"FILE#{id}", _place(number))
        return _part(id, found) if found else None

    def parts(self, id: str, after: str | None, limit: int) -> Listed[Part]:
        page = self._table.page(f"FILE#{id}", prefix="PART#", after=after, limit=limit)
        return [_part(id, item) for item in page.items], page.next

    def save(
        self,
        after: SettlementFile,
        rows: Sequence[Row] = (),
        *,
        part: Part | None = None,
        content: str = "",
        once: tuple[Once, Answer] | None = None,
    ) -> Answer | None:
        actions: list[Action] = [*([marker(*once)] if once else []), Put(item=_item(after), version=after.version - 1)]
        known = len(actions)
        if content:
            actions.append(self._mark(after, content))
        if part is not None:
            fresh = part.version == 1
            actions.append(Put(item=_part_item(part), absent=fresh, version=None if fresh else part.version - 1))
        try:
            self._table.transact([*actions, *_news(after, rows)])
        except Refused as refused:
            if once and (given := self._answers.given(once[0])) is not None:
                return given
            if content and known in refused.at:
                self._mark(after, content)
            raise Changed("the file was changed in between") from None
        return once[1] if once else None

    def _mark(self, file: SettlementFile, content: str) -> Put:
        """What marks the content as this file's. Raises SameFile where it is another's; one that was refused since has no need of it."""
        pk, sk = f"FILE#{file.account}", f"CONTENT#{content}"
        mark: Item = {"pk": pk, "sk": sk, "file": file.id, **_life(file)}
        there = self._table.get(pk, sk)
        if there is None:
            return Put(item={**mark, "version": 1}, absent=True)
        if there["file"] != file.id and (held := self.get(there["file"])) is not None and held.state != "refused":
            raise SameFile(there["file"])
        return Put(item={**mark, "version": there["version"] + 1}, version=there["version"])

    def wants(self, said: ReportsWanted, now: Instant) -> None:
        pk, ttl = f"NEWS#reports#{said.day}", now // SECOND + items.EVENT_LIFE_S
        with suppress(Refused):  # it was kept before
            self._table.put(
                Put(item={"pk": pk, "sk": f"PAGE#{said.after}", "ttl": ttl, **outbox_row(said)}, absent=True)
            )

    def answered(self, said: ReportAnswered) -> None:
        with suppress(Refused):  # it was kept before: the same call was made twice
            self._table.put(items.answer(said.file, f"{said.skip:08d}#{said.number:04d}", said))


class S3Shelf:
    """Fills the port Shelf."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def form(self, file: SettlementFile) -> tuple[str, dict[str, str]]:
        # An empty one may come, too: what is wrong with it is said when it is read.
        return self._bucket.form(_key(file), MEDIA, FILE, FORM_MS // SECOND, least_bytes=0)

    def read(self, file: SettlementFile) -> bytes | None:
        return self._bucket.read(_key(file), FILE + 1)


def _key(file: SettlementFile) -> str:
    """No account's id, which is the half of its webhook's address that nobody may know: a key stands in the form, and in logs of the bucket."""
    return file.id


def _item(file: SettlementFile) -> Item:
    view = {"view_pk": "FILES", "view_sk": items.when(file.created_at, file.id)}
    return {
        "pk": f"FILE#{file.id}",
        "sk": "FILE",
        "version": file.version,
        "doc": items.plain(file),
        **view,
        **_life(file),
    }


def _part_item(part: Part) -> Item:
    return {
        "pk": f"FILE#{part.file}",
        "sk": _place(part.number),
        "version": part.version,
        "lines": fold(items.plain(part)),  # a hundred of them are some 25 kB, and a tenth of that when folded
        "ttl": ulid_time(part.file) // 1000 + KEPT_S,
    }


def _part(id: str, item: dict[str, Any]) -> Part:
    doc = json.loads(unfold(item["lines"]))
    lines = tuple(from_plain(Line, line, {"row": FileRow}) for line in doc.pop("lines", ()))
    return Part(file=id, number=doc["number"], lines=lines, rounds=doc.get("rounds", 0), version=item["version"])


def _place(number: int) -> str:
    return f"PART#{number:06d}"


def _life(file: SettlementFile) -> dict[str, int]:
    return {"ttl": file.created_at // 1000 + KEPT_S}


def _news(file: SettlementFile, rows: Sequence[Row]) -> list[Put]:
    ttl = file.created_at // 1000 + KEPT_S
    return [
        Put(item={"pk": f"NEWS#{file.id}", "sk": f"{file.version:08d}#{row.name}", "ttl": ttl, **row.row}, absent=True)
        for row in rows
    ]
