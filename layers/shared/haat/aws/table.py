"""DynamoDB in the words that stores use: one table, its items and what may be done to them (actions.py)."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from haat.aws.actions import Action, Check, Delete, Item, Put, Update, Value, pack, unpack
from haat.kernel.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = [
    "Action",
    "Check",
    "Delete",
    "Item",
    "Page",
    "Put",
    "Refused",
    "Table",
    "Update",
    "Value",
    "pack",
    "unpack",
]

BATCH_ROUNDS = 5  # in which DynamoDB may hand out what was asked for at once
PAUSES_S = (0.008, 0.024)  # before a write is tried again that met another's


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

    def late(self, due_pk: str, until: int, limit: int) -> list[dict[str, Any]]:
        """The first keys of a partition of the index `due` whose time has come by then, the longest ago first. Raises Unavailable."""
        with _Weather():
            got = self._client.query(
                TableName=self._name,
                IndexName="due",
                KeyConditionExpression="due_pk = :k AND due_at <= :t",
                ExpressionAttributeValues={":k": {"S": due_pk}, ":t": {"N": str(until)}},
                Limit=limit,
            )
        return [unpack(item) for item in got["Items"]]

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
        request = put.request(self._name)["Put"]
        _one(lambda: self._client.put_item(**request))

    def update(self, update: Update) -> None:
        """Change one item. Raises Refused (with the item as it was, where there is one) and Unavailable."""
        request = update.request(self._name)
        _one(lambda: self._client.update_item(**request, ReturnValuesOnConditionCheckFailure="ALL_OLD"))

    def delete(self, delete: Delete) -> None:
        """Remove one item. Raises Refused, Unavailable."""
        request = delete.request(self._name)["Delete"]
        _one(lambda: self._client.delete_item(**request))

    def transact(self, actions: "Iterable[Action]") -> None:
        """All of them or none. Raises Refused with the positions whose conditions did not hold, and Unavailable.

        Where no condition failed and others kept writing the same items, Refused has no position.
        """
        requests = [
            {"Update": a.request(self._name)} if isinstance(a, Update) else a.request(self._name) for a in actions
        ]
        _alone(lambda: self._client.transact_write_items(TransactItems=requests))  # type: ignore[arg-type]  # built above, by the same names


def _alone(write: Callable[[], object]) -> None:
    """Write, and again where nothing but another's transaction on the same items stood in the way: it ends within milliseconds.

    What was refused so has written nothing, and its conditions are looked at anew; the SDK does not try it again.
    """
    for pause in PAUSES_S:
        try:
            with _Weather():
                write()
        except Refused as refused:
            if refused.at:
                raise
            time.sleep(pause)
        else:
            return
    with _Weather():
        write()


def _one(write: Callable[[], object]) -> None:
    """Write one item, whose only condition failed where it is refused."""
    try:
        _alone(write)
    except Refused as refused:
        if not refused.at:
            raise Unavailable("table: others kept writing the same item") from None
        raise


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
            if code == "TransactionConflictException":  # what a write of one item meets
                raise Refused((), moved=True) from None
            raise Unavailable(f"table: {code}") from None
        if isinstance(error, BotoCoreError):
            raise Unavailable(f"table: {type(error).__name__}") from None
