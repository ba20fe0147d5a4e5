"""What DynamoDB charges for a request: sizes of items as DynamoDB counts them, and the units that follow.

Source: DynamoDB developer guide, "DynamoDB item sizes and formats" and "Capacity unit consumption for read and write
operations". Items are in DynamoDB's own form: {"pk": {"S": "..."}, "version": {"N": "3"}}.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

type Item = Mapping[str, Mapping[str, Any]]

WRITE_BYTES, READ_BYTES = 1024, 4096
_NESTED = 3  # bytes for a list or a map, whatever is in it, and one more for each element


def item_size(item: Item) -> int:
    """Bytes of an item: the names of its attributes and their values."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Mapping[str, Any]) -> int:
    """Bytes of one value; numbers are what the guide calls approximate: a byte for two significant digits, and one."""
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return _number_size(held)
        case "B":
            return len(held) if isinstance(held, bytes) else len(held) * 3 // 4 - held.count("=")
        case "BOOL" | "NULL":
            return 1
        case "SS":
            return sum(len(text.encode()) for text in held)
        case "NS":
            return sum(map(_number_size, held))
        case "L":
            return _NESTED + sum(1 + value_size(element) for element in held)
        case "M":
            return _NESTED + sum(1 + len(name.encode()) + value_size(element) for name, element in held.items())
        case _:
            raise ValueError(f"no size is known for a value of type {kind}")


def _number_size(text: str) -> int:
    digits = text.lstrip("-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + (1 if text.startswith("-") else 0)


def write_units(*images: Item | None) -> int:
    """Units of one plain write: the larger of the item before and the item after, one at least."""
    return max(1, *(-(-item_size(image) // WRITE_BYTES) for image in images if image is not None), 1)


def read_units(item: Item | None, *, consistent: bool) -> float:
    """Units of one GetItem; nothing found costs as much as the smallest item."""
    whole = max(1, -(-item_size(item) // READ_BYTES)) if item is not None else 1
    return whole if consistent else whole / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A secondary index: its keys, and what else it holds (None: everything)."""

    keys: Sequence[str]
    table_keys: Sequence[str]
    others: Sequence[str] | None = ()

    def entry(self, item: Item | None) -> dict[str, Any] | None:
        """What stands in the index for an item; an item without the index's keys is not in it."""
        if item is None or any(key not in item for key in self.keys):
            return None
        names = item.keys() if self.others is None else [*self.table_keys, *self.keys, *self.others]
        return {name: item[name] for name in names if name in item}

    def units(self, before: Item | None, after: Item | None) -> int:
        """Units that a write costs here: nothing if the entry stays as it is, a delete and a put if its key changes."""
        old, new = self.entry(before), self.entry(after)
        if old == new:
            return 0
        if old is None or new is None:
            return write_units(old, new)
        if any(old[key] != new[key] for key in self.keys):
            return write_units(old) + write_units(new)
        return write_units(old, new)


def index_units(indexes: Iterable[Index], before: Item | None, after: Item | None) -> int:
    """Units that a write costs in all of a table's indexes."""
    return sum(index.units(before, after) for index in indexes)
