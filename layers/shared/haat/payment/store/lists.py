"""Payments in lists, read from the items that store/payments.py writes."""

from collections.abc import Sequence
from itertools import batched
from typing import Any

from haat.aws.table import Table
from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.payment.model.ledger import Entry
from haat.payment.model.payment import Orphan, Payment, Proof, Receipt, Refund, Request
from haat.payment.ports import Listed
from haat.payment.ports.lists import Watched
from haat.payment.store import items, waiting

MOST_PROOFS = 1_000  # of one request: as many rows as one answer of the table has
MOST_KEYS = 100  # that one request reads
PART = 50  # entries of a ledger for which one request reads what they are and whose


class DynamoLists:
    """Fills the port Lists."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def proofs(self, tr: str) -> list[Proof]:
        rows = self._table.query(f"EVIDENCE#{tr}", limit=MOST_PROOFS)
        return sorted((items.read(Proof, row) for row in rows), key=lambda proof: proof.heard_at)

    def orphan(self, account: str, rrn: str) -> Orphan | None:
        row = self._table.get(f"ORPHANS#{account}", rrn)
        return items.read(Orphan, row) if row else None

    def orphan_proofs(self, account: str, rrn: str) -> list[Proof]:
        return self.proofs(items.orphan_name(account, rrn))

    def orphans(self, account: str, after: str | None, limit: int) -> Listed[Orphan]:
        page = self._table.page(f"ORPHANS#{account}", after=after, limit=limit, newest_first=True)
        return [items.read(Orphan, row) for row in page.items], page.next

    def given_back(self, orphans: Sequence[Orphan]) -> set[tuple[str, str]]:
        heads = {
            (pk, waiting.HEAD): (it.account, it.rrn)
            for it in orphans
            for pk in items.waiting(it.account, it.rrn, it.provider_txn_id)
        }
        found = (self._table.get_many(part) for part in batched(heads, MOST_KEYS, strict=False))
        return {heads[item["pk"], item["sk"]] for part in found for item in part}

    def watched(self, state: Watched, after: str | None, limit: int) -> Listed[tuple[Payment, Instant]]:
        keys, rest = self._watched(state, after, limit)
        since = {key["pk"]: Instant(int(key["view_sk"].partition("#")[0])) for key in keys}
        found = self._table.get_many([(pk, "REQUEST") for pk in since]) if keys else []
        there = [(items.alone(item), since[item["pk"]]) for item in found]
        return [(payment, at) for payment, at in there if payment.request.state == state], rest

    def watched_orphans(self, after: str | None, limit: int) -> Listed[Orphan]:
        keys, rest = self._watched("ORPHAN", after, limit)
        found = self._table.get_many([(key["pk"], key["sk"]) for key in keys]) if keys else []
        return [items.read(Orphan, item) for item in found], rest

    def ledger(
        self, merchant: MerchantId, begins: Instant, ends: Instant, after: str | None, limit: int
    ) -> Listed[Entry]:
        place = max(after or "", items.when(begins))
        page = self._table.index_page(items.ledger(merchant), after=place, limit=min(limit, PART))
        keys = [key for key in page.items if key["view_sk"] < items.when(ends)]
        rest = page.next if len(keys) == len(page.items) else None
        return self._entries(keys) if keys else [], rest

    def _entries(self, keys: Sequence[dict[str, Any]]) -> list[Entry]:
        wanted = [(key["pk"], key["sk"]) for key in keys]
        requests = [(pk, "REQUEST") for pk in dict.fromkeys(pk for pk, _ in wanted) if pk.startswith("PAYMENT#")]
        rows = {(row["pk"], row["sk"]): row for row in self._table.get_many([*wanted, *requests])}
        found = []
        for key, name in zip(keys, wanted, strict=True):
            if (row := rows.get(name)) is None:
                continue  # it was an orphan, and was given to a request in this moment
            at, kind = Instant(int(key["view_sk"].partition("#")[0])), name[1].partition("#")[0]
            if not name[0].startswith("PAYMENT#"):
                found.append(Entry(at=at, orphan=items.read(Orphan, row)))
                continue
            request = items.read(Request, rows[name[0], "REQUEST"])
            receipt = items.read(Receipt, row) if kind == "RECEIPT" else None
            refund = items.read(Refund, row) if kind == "REFUND" else None
            found.append(Entry(at=at, request=request, receipt=receipt, refund=refund))
        return found

    def _watched(self, kind: str, after: str | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
        """The first keys of all parts of an index together, by time."""
        keys: list[dict[str, Any]] = []
        more = False
        for part in range(items.SHARDS):
            page = self._table.index_page(items.watched(kind, part), after=after, limit=limit)
            keys, more = [*keys, *page.items], more or page.next is not None
        keys.sort(key=lambda key: str(key["view_sk"]))
        rest = str(keys[limit - 1]["view_sk"]) if keys and (more or len(keys) > limit) and len(keys) >= limit else None
        return keys[:limit], rest
