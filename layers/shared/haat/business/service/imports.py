"""Taking in a table of products, step by step; who was cut off, or ran out of time, goes on by the same request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from haat.business.model.product import Product
from haat.business.model.sheet import Fault, Line, Progress, Write
from haat.business.ports import Answers, Merchants
from haat.business.ports.products import Collections, Imports, Products
from haat.business.rules import sheets
from haat.business.rules.imports import MOST_FAULTS, WINDOW, import_id, product_of, sold_since, steps
from haat.business.rules.products import folded
from haat.business.rules.sheets import Sheet
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import CollectionId, MerchantId, ProductId
from haat.kernel.once import Answer, Once

SPARE_MS = 6_000  # a step and the answer take less
TRIES = 5  # of one step, where products are being changed by others
WAIT_S = "1"  # until the same request goes on

type Planned = tuple[list[tuple[Line, Write | None]], list[Fault]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingIn:
    """Imports of merchants."""

    merchants: Merchants
    products: Products
    collections: Collections
    imports: Imports
    answers: Answers

    def read(self, merchant: MerchantId, id: str) -> dict[str, Any]:
        """How far an import has come, and its report when it is finished. Raises NotFound."""
        progress = self.imports.get(merchant, id)
        if progress is None:
            raise NotFound("import")
        return _report(progress)

    def take(self, merchant: MerchantId, raw: bytes, once: Once, left_ms: Callable[[], int], *, whole: bool) -> Answer:
        """Take in a table: 200 when all of it is in, 202 when time was up and the same request will go on.

        `whole` refuses the table if any row is bad. Raises Rejected, Conflict, Unavailable.
        """
        if (given := self.answers.given(once)) is not None:
            return given
        shop = self.merchants.get(merchant)
        if shop is None:
            raise NotFound("merchant")
        sheet = sheets.read(raw, shop.currency)
        progress = self._begun(merchant, sheet, once)
        if whole and progress.next == 0 and progress.checked < len(sheet.lines):
            progress = self._checked(sheet, progress, left_ms)
            if progress.checked < len(sheet.lines):
                return Answer(status=202, body=_told(progress), headers={"retry-after": WAIT_S})
        elif whole and sheet.faults:
            _refuse_bad(list(sheet.faults))
        run = _Run(self, sheet, shop.currency, once)
        while not progress.finished:
            if left_ms() < SPARE_MS:
                return Answer(status=202, body=_told(progress), headers={"retry-after": WAIT_S})
            try:
                progress = run.step(progress)
            except Changed:
                # The same import is carried on by another request at this moment.
                return Answer(status=202, body=_told(progress), headers={"retry-after": WAIT_S})
        return run.answer(progress)

    def _begun(self, merchant: MerchantId, sheet: Sheet, once: Once) -> Progress:
        id = import_id(once.key)
        known = self.imports.get(merchant, id)
        if known is None or known.finished:  # an Idempotency-Key is forgotten after a day, and may then be used again
            bad = len({fault.row for fault in sheet.faults})
            version = known.version if known else 0
            return Progress(
                id=id, merchant=merchant, asked=once.asked, at=once.at, rows=sheet.rows, bad=bad, version=version
            )
        if known.asked != once.asked:
            raise Rejected("this Idempotency-Key was used for another request", word="idempotency-key-reused")
        return known

    def _checked(self, sheet: Sheet, progress: Progress, left_ms: Callable[[], int]) -> Progress:
        """The import, its lines looked at as far as time allows. Raises Rejected with the bad rows that were met."""
        faults = list(sheet.faults)
        seen = progress.checked
        while seen < len(sheet.lines) and left_ms() >= SPARE_MS:
            faults += self.unknown(progress.merchant, sheet.lines[seen : seen + WINDOW])[1]
            seen = min(seen + WINDOW, len(sheet.lines))
        if faults:
            _refuse_bad(faults)
        after = replace(progress, checked=seen, version=progress.version + 1)
        if len(sheet.lines) <= WINDOW:
            return replace(progress, checked=seen)  # looked at again as fast as it is remembered
        try:
            self.imports.advance(after, [], None)
        except Changed:
            return replace(progress, checked=seen)  # another request is at it, too; the next step finds that out
        return after

    def unknown(
        self, merchant: MerchantId, lines: Sequence[Line]
    ) -> tuple[dict[ProductId, Product], list[Fault], dict[str, ProductId], dict[str, CollectionId]]:
        """What lines speak of, as the tables have it, and the faults that only they could tell. At most WINDOW lines."""
        skus = self.products.by_sku(merchant, [line.sku for line in lines if line.sku])
        ids = {ProductId(line.id) for line in lines if line.id} | set(skus.values())
        known: dict[ProductId, Product] = {}
        for some in _parts(sorted(ids)):
            known |= self.products.many(merchant, some)
        names: dict[str, CollectionId] = {}
        wanted = sorted({folded(name) for line in lines for name in line.collections or ()})
        for part in _parts(wanted):
            names |= self.collections.by_name(merchant, part)
        faults = []
        for line in lines:
            there = known.get(ProductId(line.id) if line.id else skus.get(line.sku, ProductId("")))
            if line.id and line.id not in known:
                faults.append(Fault(row=line.row, column="id", message="is no product of this shop"))
            elif line.id and line.sku and skus.get(line.sku, line.id) != line.id:
                faults.append(Fault(row=line.row, column="sku", message="is another product's"))
            elif missing := [name for name in line.collections or () if folded(name) not in names]:
                message = f"there are no such collections: {len(missing)} of {len(line.collections or ())}"
                faults.append(Fault(row=line.row, column="collections", message=message))
            elif there is not None and sold_since(line, there):
                then, now = (_counted(stock) for stock in (*line.exported, there.stock))
                message = f"was {then} when this was exported, and is {now} now: export again"
                faults.append(Fault(row=line.row, column="stock", message=message))
        return known, faults, skus, names


@dataclass(frozen=True, slots=True)
class _Run:
    """One request's share of an import."""

    service: TakingIn
    sheet: Sheet
    currency: str
    once: Once

    def step(self, progress: Progress) -> Progress:
        """Look at some lines and write what follows from them. Raises Changed where another request did so."""
        for _ in range(TRIES):
            lines = self.sheet.lines[progress.next : progress.next + WINDOW]
            planned, faults = self._plan(lines, progress)
            try:
                return self._write(planned, faults, progress)
            except Changed:
                raise
            except Conflict:
                continue
        raise Unavailable("products of the table are being changed: send the same request again")

    def _plan(self, lines: Sequence[Line], progress: Progress) -> Planned:
        known, faults, skus, names = self.service.unknown(progress.merchant, lines)
        bad = {fault.row for fault in faults}
        planned: list[tuple[Line, Write | None]] = []
        met: set[ProductId] = set()
        for line in lines:
            before = known.get(ProductId(line.id) if line.id else skus.get(line.sku, ProductId("")))
            if before is not None and before.id in met:
                break  # two lines of one product: the second one builds upon the first
            if before is not None:
                met.add(before.id)
            after = None
            if line.row not in bad:
                held = {name: names[folded(name)] for name in line.collections or ()}
                after = product_of(line, before, held, progress, self.currency, self.once.at)
            planned.append((line, Write(before=before, after=after) if after is not None and after != before else None))
        return planned, [fault for fault in faults if fault.row in {line.row for line, _ in planned}]

    def _write(self, planned: Sequence[tuple[Line, Write | None]], faults: list[Fault], progress: Progress) -> Progress:
        """Write the first part that fits into a step; lines that change nothing cost none."""
        end, writes = next(iter(steps((number, write) for number, (_, write) in enumerate(planned))), (0, []))
        rows = {line.row for line, _ in planned[:end]}
        late = [fault for fault in faults if fault.row in rows]
        told = (*progress.late, *late)[:MOST_FAULTS]
        added = sum(write.before is None for write in writes)
        finished = progress.next + end == len(self.sheet.lines)
        after = replace(
            progress,
            next=progress.next + end,
            added=progress.added + added,
            changed=progress.changed + len(writes) - added,
            unchanged=progress.unchanged + end - len(writes) - len(late),
            bad=progress.bad + len(late),
            late=told,
            finished=finished,
        )
        if finished:
            every = sorted((*self.sheet.faults, *told), key=lambda fault: fault.row)
            after = replace(after, late=tuple(every[:MOST_FAULTS]), left_out=len(every[MOST_FAULTS:]))
        if not writes and not finished:
            return after
        after = replace(after, version=progress.version + 1)
        self.service.imports.advance(after, writes, (self.once, self.answer(after)) if finished else None)
        return after

    def answer(self, progress: Progress) -> Answer:
        """The report of an import that is finished."""
        return Answer(status=200, body=_report(progress))


def _refuse_bad(faults: list[Fault]) -> None:
    faults.sort(key=lambda fault: fault.row)
    fields = {f"{fault.row}.{fault.column or 'row'}": fault.message for fault in faults[:MOST_FAULTS]}
    raise Rejected("some rows are bad, so nothing was taken in", word="invalid", fields=fields)


def _counted(stock: int | None) -> str:
    return "not counted" if stock is None else str(stock)


def _report(progress: Progress) -> dict[str, Any]:
    told = [{"row": f.row, "column": f.column, "message": f.message} for f in progress.late]
    return {**_told(progress), "errors": told, "errors_left_out": progress.left_out}


def _told(progress: Progress) -> dict[str, Any]:
    return {
        "import_id": progress.id,
        "finished": progress.finished,
        "rows": progress.rows,
        "done": progress.added + progress.changed + progress.unchanged,
        "added": progress.added,
        "changed": progress.changed,
        "unchanged": progress.unchanged,
        "bad": progress.bad,
    }


def _parts[T](things: Sequence[T]) -> list[Sequence[T]]:
    return [things[start : start + 100] for start in range(0, len(things), 100)]
