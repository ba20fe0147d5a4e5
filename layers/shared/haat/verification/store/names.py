"""The register of verified names: a name stands in it under each of its keys while its badge stands as verified, or is looked at."""

import json
from collections.abc import Callable, Sequence

from haat.aws.table import Action, Delete, Item, Put, Table, Update
from haat.kernel.ids import MerchantId
from haat.verification.model.badge import Badge
from haat.verification.model.dossier import Dossier
from haat.verification.store import items

COUNT = ("NAMES", "COUNT")
PAGE = 500  # names of one key that are read at once

type KeysOf = Callable[[str], Sequence[str]]


def keys_of(name: str) -> Sequence[str]:
    """The keys of a name. What finds them is loaded when a badge is given or falls: most changes do neither."""
    from haat.verification.rules.imitation import keys  # noqa: PLC0415  # as said above

    return keys(name)


class DynamoNames:
    """Fills the port Names."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def alike(self, keys: Sequence[str]) -> list[tuple[MerchantId, str]]:
        found: dict[tuple[MerchantId, str], None] = {}
        for key in dict.fromkeys(keys):
            after: str | None = None
            while True:
                page = self._table.page(f"NAME#{key}", after=after, limit=PAGE)
                found |= {(MerchantId(item["sk"]), item["name"]): None for item in page.items}
                if (after := page.next) is None:
                    break
        return list(found)


def entered(table: Table) -> int:
    """How many names ever came into the register. Raises Unavailable."""
    item = table.get(*COUNT)
    return item["entered"] if item else 0


def registering(table: Table, before: Dossier, after: Dossier, keys: KeysOf, seen: int | None = None) -> list[Action]:
    """What a change does to the register. Raises Unavailable.

    A name comes in as the next after `seen`: of two that are alike and are verified at one time, the second was compared with the first.
    Under which keys a name stands is kept with its merchant. A later version of ours may find others: where the daily look meets a name
    that stands under those of an earlier one, it comes in anew.
    """
    was, now = _registered(before.badge), _registered(after.badge)
    if was == now and not (now and _looked_at(before.badge, after.badge)):
        return []
    pk = items.pk(after.merchant)
    kept = table.get(pk, "NAMES")
    held = set(json.loads(kept["keys"])) if kept else set()
    if now is None:
        gone: list[Action] = [Delete(pk=pk, sk="NAMES")] if kept else []
        return [*gone, *(Delete(pk=f"NAME#{key}", sk=after.merchant) for key in sorted(held))]
    name = now[1]
    wanted = list(dict.fromkeys(keys(name)))
    if was == now and held == set(wanted):
        return []
    rows: list[Item] = [{"pk": f"NAME#{key}", "sk": after.merchant, "name": name} for key in wanted]
    noted: Item = {"pk": pk, "sk": "NAMES", "keys": json.dumps(wanted)}
    return [
        _next(entered(table) if seen is None else seen),
        Put(item=noted),
        *(Put(item=row) for row in rows),
        *(Delete(pk=f"NAME#{key}", sk=after.merchant) for key in sorted(held - set(wanted))),
    ]


def _next(seen: int) -> Update:
    when = "#entered = :seen" if seen else "attribute_not_exists(pk)"
    return Update(pk=COUNT[0], sk=COUNT[1], set={"entered": seen + 1}, when=when, values={"seen": seen} if seen else {})


def _looked_at(before: Badge | None, after: Badge | None) -> bool:
    return before is not None and after is not None and before.looked_at != after.looked_at


def _registered(badge: Badge | None) -> tuple[str, str] | None:
    """The badge by which a name stands in the register, and the name."""
    if badge is None or badge.level != "verified" or badge.state == "fallen":
        return None
    return badge.id, badge.basis.name
