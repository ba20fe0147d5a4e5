"""What may be done to items, as DynamoDB wants it said. Items are flat: text, whole numbers, bytes, truth."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Value = str | int | bool | bytes
Item = Mapping[str, Value]


def pack(item: Item) -> dict[str, Any]:
    """An item as the low-level API wants it."""
    return {name: _pack(value) for name, value in item.items()}


def unpack(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as stores read it."""
    return {name: _unpack(value) for name, value in item.items()}


def _pack(value: Value) -> dict[str, Any]:
    # A float or None here is a bug of ours, found at the write and not by whoever reads the item; types can't see it in a body.
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case _:
            raise TypeError(f"an item holds no {type(value).__name__}")


def _unpack(value: Mapping[str, Any]) -> Any:
    ((kind, held),) = value.items()
    if kind == "B":
        return base64.b64decode(held) if isinstance(held, str) else bytes(held)  # Lambda's stream events are JSON
    return int(held) if kind == "N" else held


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Write a whole item. `absent` demands that there is none yet; `version` that the one there has this version.

    With `at`, one that ended before (its `until`) counts as absent.
    """

    item: Item
    absent: bool = False
    at: int | None = None
    version: int | None = None

    def request(self, table: str) -> dict[str, Any]:
        """The action of a transaction."""
        op: dict[str, Any] = {"TableName": table, "Item": pack(self.item)}
        if self.absent and self.at is not None:
            op |= {
                "ConditionExpression": "attribute_not_exists(pk) OR #until < :at",
                "ExpressionAttributeNames": {"#until": "until"},
                "ExpressionAttributeValues": {":at": {"N": str(self.at)}},
            }
        elif self.absent:
            op["ConditionExpression"] = "attribute_not_exists(pk)"
        elif self.version is not None:
            op |= {"ConditionExpression": "version = :v", "ExpressionAttributeValues": {":v": {"N": str(self.version)}}}
        return {"Put": op}


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Set attributes of an item; `when` is a condition that may use the placeholders of `values` and `#name` for any attribute."""

    pk: str
    sk: str
    set: Item = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)
    remove: Sequence[str] = ()
    when: str = ""
    values: Item = field(default_factory=dict)

    def request(self, table: str) -> dict[str, Any]:
        """The arguments of UpdateItem, or the action of a transaction."""
        values = {f":set_{name}": value for name, value in self.set.items()} | {
            f":add_{n}": v for n, v in self.add.items()
        }
        parts = []
        if self.set:
            parts.append("SET " + ", ".join(f"#{name} = :set_{name}" for name in self.set))
        if self.add:
            parts.append("ADD " + ", ".join(f"#{name} :add_{name}" for name in self.add))
        if self.remove:
            parts.append("REMOVE " + ", ".join(f"#{name}" for name in self.remove))
        expression = " ".join(parts)
        op: dict[str, Any] = {
            "TableName": table,
            "Key": pack({"pk": self.pk, "sk": self.sk}),
            "UpdateExpression": expression,
        }
        if values := values | {f":{name}": value for name, value in self.values.items()}:
            op["ExpressionAttributeValues"] = pack(values)
        if self.when:
            op["ConditionExpression"] = self.when
        names = set(_names(expression + " " + self.when))
        return op | {"ExpressionAttributeNames": {f"#{name}": name for name in names}}


def _names(expression: str) -> Iterator[str]:
    for piece in expression.split("#")[1:]:
        yield "".join(piece[: next((i for i, c in enumerate(piece) if not (c.isalnum() or c == "_")), len(piece))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Remove an item; `when` as in Update, without it nothing is demanded."""

    pk: str
    sk: str
    when: str = ""
    values: Item = field(default_factory=dict)

    def request(self, table: str) -> dict[str, Any]:
        """The action of a transaction."""
        return {"Delete": _conditioned(self, table)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Demand something of an item that is not written here."""

    pk: str
    sk: str
    when: str
    values: Item = field(default_factory=dict)

    def request(self, table: str) -> dict[str, Any]:
        """The action of a transaction."""
        return {"ConditionCheck": _conditioned(self, table)}


def _conditioned(action: Delete | Check, table: str) -> dict[str, Any]:
    op: dict[str, Any] = {"TableName": table, "Key": pack({"pk": action.pk, "sk": action.sk})}
    if action.when:
        op["ConditionExpression"] = action.when
        if names := set(_names(action.when)):
            op["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
        if action.values:
            op["ExpressionAttributeValues"] = pack({f":{name}": value for name, value in action.values.items()})
    return op


Action = Put | Update | Delete | Check
