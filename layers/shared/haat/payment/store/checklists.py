"""Banks' checklists in DynamoDB.

| thing | pk | sk |
| --- | --- | --- |
| what an operator ticked off | BANK#provider | CHECKLIST#item |
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from cachetools import TTLCache

from haat.aws.table import Delete, Item, Put, Table
from haat.kernel.time import Instant
from haat.payment.model.bank import Needed
from haat.payment.model.checklist import Tick

KEEP_S, MOST = 60, 100
ITEMS: Final = get_args(Needed)
PREFIX: Final = "CHECKLIST#"


class DynamoChecklists:
    """Fills the port Checklists."""

    def __init__(self, table: Table, timer: Callable[[], float]) -> None:
        self._table = table
        self._kept: TTLCache[str, Mapping[Needed, Tick]] = TTLCache(maxsize=MOST, ttl=KEEP_S, timer=timer)

    def ticks(self, provider: str, *, fresh: bool = False) -> Mapping[Needed, Tick]:
        if not fresh and (known := self._kept.get(provider)) is not None:
            return known
        page = self._table.page(f"BANK#{provider}", prefix=PREFIX, limit=2 * len(ITEMS))
        found = {tick.item: tick for tick in map(_read, page.items) if tick is not None}
        self._kept[provider] = found
        return found

    def tick(self, provider: str, tick: Tick) -> None:
        self._table.put(ticked(provider, tick))
        self._kept.pop(provider, None)

    def untick(self, provider: str, item: Needed) -> None:
        self._table.delete(Delete(pk=f"BANK#{provider}", sk=f"{PREFIX}{item}"))
        self._kept.pop(provider, None)


def ticked(provider: str, tick: Tick) -> Put:
    """The action that keeps a tick."""
    item: Item = {
        "pk": f"BANK#{provider}",
        "sk": f"{PREFIX}{tick.item}",
        "by": tick.by,
        "at": tick.at,
        "note": tick.note,
    }
    return Put(item=item)


def _read(item: dict[str, Any]) -> Tick | None:
    """A tick; None for an item that this version does not know."""
    name = item["sk"].removeprefix(PREFIX)
    if name not in ITEMS:
        return None
    return Tick(item=name, by=item["by"], at=Instant(item["at"]), note=item["note"])
