"""DynamoDB in the words that stores use. Items are flat: text, whole numbers, bytes, truth."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from haat.kernel.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Value = str | int | bool | bytes
Item = Mapping[str, Value]
BATCH_ROUNDS = 5  # in which DynamoDB may hand out what was asked for at once


def pack(item: Item) -> dict[str, Any]:
    """An item as the low-level API wants it."""
    return {name: _pack(value) for name, value in item.items()}


def unpack(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as stores read it."""
    return {name: _unpack(value) for name, value in item.items()}


def _pack(value: Value) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some items of a partition, and where the next ones begin; None at the end."""

    items: list[dict[str, Any]]
    next: str | None


class Refused(Exception):
    """A condition did not hold. `at` are the positions of the actions that were refused; `moved` says that others were at work."""

    def __init__(self, at: tuple[int, ...], *, moved: bool = False, old: dict[str, Any] | None = None) -> None:
        super().__init__(f"condition refused at {at}")
        self.at, self.moved, self.old = at, moved, old


class Table:
    """One table."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client, self._name = client, name

    def get(self, pk: str, sk: str, *, consistent: bool = True) -> dict[str, Any] | None:
        """An item, or None. Raises Unavailable."""
        with _Weather():
            got = self._client.get_item(TableName=self._name, Key=pack({"pk": pk, "sk": sk}), ConsistentRead=consistent)
        return unpack(got["Item"]) if "Item" in got else None

    def get_many(self, keys: "Sequence[tuple[str, str]]", *, consistent: bool = True) -> list[dict[str, Any]]:
        """Those items of up to a hundred that are there, in the order of their keys; one request. Raises Unavailable."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        left: Any = [pack({"pk": pk, "sk": sk}) for pk, sk in dict.fromkeys(keys)]
        for _ in range(BATCH_ROUNDS):
            if not left:
                return [found[key] for key in dict.fromkeys(keys) if key in found]
            with _Weather():
                got = self._client.batch_get_item(
                    RequestItems={self._name: {"Keys": left, "ConsistentRead": consistent}}
                )
            for item in map(unpack, got["Responses"].get(self._name, [])):
                found[item["pk"], item["sk"]] = item
            again: Any = got.get("UnprocessedKeys") or {}
            left = again.get(self._name, {}).get("Keys", [])
        raise Unavailable("table: it hands out too little at a time")

    def query(
        self, pk: str, *, index: str | None = None, newest_first: bool = False, limit: int = 100
    ) -> list[dict[str, Any]]:
        """The first items of a partition, by sort key. Raises Unavailable."""
        more: dict[str, Any] = {"IndexName": index} if index else {"ConsistentRead": True}
        with _Weather():
            got = self._client.query(
                TableName=self._name,
                KeyConditionExpression="#k = :k",
                ExpressionAttributeNames={"#k": "view_pk" if index else "pk"},
                ExpressionAttributeValues={":k": {"S": pk}},
                ScanIndexForward=not newest_first,
                Limit=limit,
                **more,
            )
        return [unpack(item) for item in got["Items"]]

    def page(
        self,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int,
        newest_first: bool = False,
        consistent: bool = True,
    ) -> Page:
        """One page of a partition: items whose sort key begins with `prefix`, after the one named. Raises Unavailable.

        `after` may be any text: it only says where to begin inside this partition, so a cursor leads nowhere else.
        """
        values = {":k": {"S": pk}}
        condition = "#k = :k"
        names = {"#k": "pk"}
        if prefix:
            condition += " AND begins_with(#s, :p)"
            values[":p"], names["#s"] = {"S": prefix}, "sk"
        start: dict[str, Any] = {}
        if after and after.startswith(prefix):
            start = {"ExclusiveStartKey": pack({"pk": pk, "sk": after})}
        with _Weather():
            got = self._client.query(
                TableName=self._name,
                KeyConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ScanIndexForward=not newest_first,
                ConsistentRead=consistent,
                Limit=limit,
                **start,
            )
        last = got.get("LastEvaluatedKey")
        return Page(items=[unpack(item) for item in got["Items"]], next=unpack(last)["sk"] if last else None)

    def index_page(self, view_pk: str, *, after: str | None = None, limit: int, newest_first: bool = False) -> Page:
        """One page of a partition of the index `view`, which holds keys alone and may be a moment old. Raises Unavailable.

        `after` may be any text: it only says where to begin inside this partition.
        """
        values = {":k": {"S": view_pk}}
        condition, names = "#k = :k", {"#k": "view_pk"}
        if after:
            condition += " AND #s < :after" if newest_first else " AND #s > :after"
            values[":after"], names["#s"] = {"S": after}, "view_sk"
        with _Weather():
            got = self._client.query(
                TableName=self._name,
                IndexName="view",
                KeyConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ScanIndexForward=not newest_first,
                Limit=limit,
            )
        last = got.get("LastEvaluatedKey")
        return Page(items=[unpack(item) for item in got["Items"]], next=unpack(last)["view_sk"] if last else None)

    def count(self, pk: str, sk: str, attribute: str, *, ttl: int) -> int:
        """Add one to a number of an item, which may not be there yet; returns what it is now. Raises Unavailable."""
        with _Weather():
            got = self._client.update_item(
                TableName=self._name,
                Key=pack({"pk": pk, "sk": sk}),
                UpdateExpression="ADD #n :one SET #t = :t",
                ExpressionAttributeNames={"#n": attribute, "#t": "ttl"},
                ExpressionAttributeValues={":one": {"N": "1"}, ":t": {"N": str(ttl)}},
                ReturnValues="UPDATED_NEW",
            )
        return int(unpack(got["Attributes"])[attribute])

    def having(self, attribute: str) -> Iterator[dict[str, Any]]:
        """Every item that has an attribute: reads the whole table, so for an operator's repairs only. Raises Unavailable."""
        start: dict[str, Any] = {}
        while True:
            with _Weather():
                got = self._client.scan(
                    TableName=self._name,
                    FilterExpression="attribute_exists(#a)",
                    ExpressionAttributeNames={"#a": attribute},
                    ConsistentRead=True,
                    **start,
                )
            yield from map(unpack, got["Items"])
            if "LastEvaluatedKey" not in got:
                return
            start = {"ExclusiveStartKey": got["LastEvaluatedKey"]}

    def put(self, put: Put) -> None:
        """Write one item. Raises Refused, Unavailable."""
        with _Weather():
            self._client.put_item(**put.request(self._name)["Put"])

    def update(self, update: Update) -> None:
        """Change one item. Raises Refused (with the item as it was, where there is one) and Unavailable."""
        with _Weather():
            self._client.update_item(**update.request(self._name), ReturnValuesOnConditionCheckFailure="ALL_OLD")

    def delete(self, delete: Delete) -> None:
        """Remove one item. Raises Refused, Unavailable."""
        with _Weather():
            self._client.delete_item(**delete.request(self._name)["Delete"])

    def transact(self, actions: "Iterable[Action]") -> None:
        """All of them or none. Raises Refused with the positions whose conditions did not hold, and Unavailable."""
        requests = [
            {"Update": a.request(self._name)} if isinstance(a, Update) else a.request(self._name) for a in actions
        ]
        with _Weather():
            self._client.transact_write_items(TransactItems=requests)  # type: ignore[arg-type]  # built above, by the same names


class _Weather:
    """Turns what DynamoDB says into what a store can act on; everything else that goes wrong there is Unavailable."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ClientError):
            code = error.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                old: Any = error.response.get("Item")
                raise Refused((0,), old=unpack(old) if old else None) from None
            if code == "TransactionCanceledException":
                reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
                at = tuple(i for i, reason in enumerate(reasons) if reason == "ConditionalCheckFailed")
                if at or "TransactionConflict" in reasons:
                    raise Refused(at, moved="TransactionConflict" in reasons) from None
            raise Unavailable(f"table: {code}") from None
        if isinstance(error, BotoCoreError):
            raise Unavailable(f"table: {type(error).__name__}") from None
