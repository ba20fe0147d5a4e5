"""Takes out of moto's DynamoDB (5.2.5, pinned) what costs a table's size, and what is not safe between threads.

Plain moto copies a whole table for each action of a transaction, sorts a whole table for each query, ignores
ClientRequestToken, and puts an old copy of the table back when a transaction is cancelled: what another thread wrote
meanwhile is lost, and an open stream iterator sees rows that never were. Here a cancelled transaction puts back only
the items that it touched, a query of a table looks at its partition alone, and one lock guards tables and streams.
`tests/stack/test_moto_fast.py` compares the two.
"""

import copy
import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.utils import unix_time
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

from infra.local.bell import BELL

LOCK = threading.RLock()
TOKEN_LIFE = 600.0  # seconds: as long AWS knows a ClientRequestToken
MAXIMUM_BATCH = 25

_TABLE_CALLS = (
    "put_item", "get_item", "update_item", "delete_item", "query", "scan",
    "batch_get_item", "batch_write_item", "transact_get_items", "transact_write_items",
)  # fmt: skip
_STREAM_CALLS = ("get_records", "get_shard_iterator")


class _Touched:
    """One item as it was before a transaction, and how long its table's stream was."""

    def __init__(self, table: Table, key: dict[str, Any]) -> None:
        self.table = table
        self.hash = DynamoType(key[table.hash_key_attr])
        self.range = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None
        self.before = copy.deepcopy(table.get_item(self.hash, self.range))
        self.records = len(table.stream_shard.items) if table.stream_shard else 0

    def put_back(self) -> None:
        items: Any = self.table.items
        if self.range is None:
            if self.before is None:
                items.pop(self.hash, None)
            else:
                items[self.hash] = self.before
        elif self.before is not None:
            items[self.hash][self.range] = self.before
        elif self.hash in items:
            items[self.hash].pop(self.range, None)
            if not items[self.hash]:
                del items[self.hash]
        if self.table.stream_shard:
            del self.table.stream_shard.items[self.records :]


def _touched(backend: DynamoDBBackend, actions: list[dict[str, Any]]) -> list[_Touched]:
    found = []
    for action in actions:
        request = next(iter(action.values()))
        table = backend.tables.get(request.get("TableName"))
        key = request.get("Key") or request.get("Item") or {}
        # What is incomplete is refused by moto itself, before it changes anything.
        if table is not None and all(name in key for name in table.table_key_attrs):
            found.append(_Touched(table, key))
    return found


@contextmanager
def _without_copies() -> Iterator[None]:
    """Let moto's backup of a table be the table itself: `_Touched` does the work."""
    Table.__deepcopy__ = lambda self, memo: self  # type: ignore[attr-defined]  # its own protocol
    try:
        yield
    finally:
        del Table.__deepcopy__  # type: ignore[attr-defined]  # set above


def _transact(plain: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(plain)
    def transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        with LOCK:
            touched = _touched(self, transact_items)
            try:
                with _without_copies():
                    plain(self, transact_items)
            except Exception:
                for item in reversed(touched):
                    item.put_back()
                raise

    return transact_write_items


def _query(plain: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(plain)

    @functools.wraps(plain)
    def query(self: Table, *args: Any, **kwargs: Any) -> Any:
        asked = signature.bind(self, *args, **kwargs).arguments
        with LOCK:
            items: list[Item]
            if asked.get("index_name") is not None:
                items = _unsorted(self)
            else:
                partition: Any = self.items.get(asked["hash_key"])
                items = [] if not partition else list(partition.values()) if self.range_key_attr else [partition]
            # `query` sorts what matches by itself; it only needs something to look through.
            self.all_items = lambda: items  # type: ignore[method-assign]  # for this call only
            try:
                return plain(self, *args, **kwargs)
            finally:
                del self.all_items

    return query


def _unsorted(table: Table) -> list[Item]:
    if not table.range_key_attr:
        return list(table.items.values())  # type: ignore[arg-type]  # without a range key the values are items
    return [item for partition in table.items.values() for item in partition.values()]


def _idempotent(plain: Callable[[DynamoHandler], Any]) -> Callable[[DynamoHandler], Any]:
    """Make TransactWriteItems honour its ClientRequestToken."""

    @functools.wraps(plain)
    def transact_write_items(self: DynamoHandler) -> Any:
        token = self.body.get("ClientRequestToken")
        if token is None:
            return plain(self)
        asked = {name: value for name, value in self.body.items() if name != "ClientRequestToken"}
        with LOCK:
            # Kept on the backend, so that it goes when the backend is reset.
            memory: dict[str, tuple[float, Any, Any]] = self.dynamodb_backend.__dict__.setdefault("stage_tokens", {})
            # The oldest come first.
            while memory and unix_time() - next(iter(memory.values()))[0] >= TOKEN_LIFE:
                del memory[next(iter(memory))]
            if token in memory:
                _, before, answer = memory[token]
                if before != asked:
                    raise JsonRESTError(
                        "IdempotentParameterMismatchException", "The token was used with other parameters."
                    )
                return answer
            answer = plain(self)
            memory[token] = (unix_time(), asked, answer)
            return answer

    return transact_write_items


def _small_batch(plain: Callable[[DynamoHandler], Any]) -> Callable[[DynamoHandler], Any]:
    """Refuse a BatchWriteItem that AWS would refuse."""

    @functools.wraps(plain)
    def batch_write_item(self: DynamoHandler) -> Any:
        if sum(map(len, self.body["RequestItems"].values())) > MAXIMUM_BATCH:
            raise JsonRESTError("ValidationException", "Too many items requested for the BatchWriteItem call")
        return plain(self)

    return batch_write_item


def _locked(handler: type, name: str) -> None:
    plain = getattr(handler, name)

    @functools.wraps(plain)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        with LOCK:
            answer = plain(self, *args, **kwargs)
        if name.startswith(("put", "update", "delete", "batch_write", "transact_write")):
            BELL.ring()
        return answer

    setattr(handler, name, call)


def install() -> None:
    """Mend moto; a second call changes nothing."""
    if hasattr(DynamoDBBackend.transact_write_items, "__wrapped__"):
        return
    DynamoDBBackend.transact_write_items = _transact(DynamoDBBackend.transact_write_items)  # type: ignore[method-assign]  # moto has no other door
    Table.query = _query(Table.query)  # type: ignore[method-assign]  # moto has no other door
    DynamoHandler.transact_write_items = _idempotent(DynamoHandler.transact_write_items)  # type: ignore[method-assign,assignment]  # moto has no other door
    DynamoHandler.batch_write_item = _small_batch(DynamoHandler.batch_write_item)  # type: ignore[method-assign,assignment]  # moto has no other door
    for name in _TABLE_CALLS:
        _locked(DynamoHandler, name)
    for name in _STREAM_CALLS:
        _locked(DynamoDBStreamsHandler, name)
