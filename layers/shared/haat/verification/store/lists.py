"""Status lists in DynamoDB; items.py has the table."""

from collections.abc import Mapping

from haat.aws.table import Item, Refused, Table, Update
from haat.kernel.errors import Changed
from haat.kernel.time import Instant
from haat.verification.ports import SignedList
from haat.verification.rules import status
from haat.verification.store import items

PAGE = 5_000  # statuses that are read at once; DynamoDB gives out 1 MB at the most


class DynamoLists:
    """Fills the port Lists. A list begins with the first badge that has a place on it (writes.py)."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, name: str) -> SignedList | None:
        item = self._table.get(f"LIST#{name}", "LIST")
        if item is None:
            return None
        return SignedList(
            name=name,
            token=item.get("token", ""),
            key=item.get("key", ""),
            issuer=item.get("issuer", ""),
            signed_at=Instant(item.get("signed_at", 0)),
            version=item.get("version", 0),
        )

    def statuses(self, name: str) -> Mapping[int, int]:
        found: dict[int, int] = {}
        after: str | None = None
        while True:
            page = self._table.page(f"STATUS#{name}", after=after, limit=PAGE)
            found |= {int(item["sk"]): item["status"] for item in page.items if item["status"] != status.VALID}
            if (after := page.next) is None:
                return found

    def keep(self, signed: SignedList) -> None:
        due = status.again_at(signed.name, signed.signed_at)
        again: Item = {"due_pk": items.LISTS, "due_at": due} if due else {}
        before = signed.version - 1
        kept: Item = {
            "token": signed.token,
            "key": signed.key,
            "issuer": signed.issuer,
            "signed_at": signed.signed_at,
            "version": signed.version,
        }
        update = Update(
            pk=f"LIST#{signed.name}",
            sk="LIST",
            set={**kept, **again},
            remove=() if due else ("due_pk", "due_at"),
            when="#version = :before" if before else "attribute_exists(pk) AND attribute_not_exists(#version)",
            values={"before": before} if before else {},
        )
        try:
            self._table.update(update)
        except Refused:
            raise Changed("the status list was signed in between") from None

    def late(self, until: Instant, limit: int) -> list[str]:
        return [item["pk"].removeprefix("LIST#") for item in self._table.late(items.LISTS, until, limit)]
