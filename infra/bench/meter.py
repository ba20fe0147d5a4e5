"""Counts what functions ask of AWS on a stage in this process: calls, units, and the processor time between the calls.

A wire of its own takes each request before moto gets it, looks at the item before and after, and charges as DynamoDB
would: the whole item for an update, twice in a transaction, also where a condition refuses, and the indexes.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from infra.bench.units import READ_BYTES, Index, Item, index_units, item_size, read_units, write_units
from infra.local.clock import TestClock
from infra.local.function import ACCOUNT, REGION
from infra.local.http import Response
from infra.local.inprocess import InProcess
from infra.local.logs import Logs
from infra.local.settings import Settings
from infra.local.stage import LISTENER, Stage
from infra.local.wire import Handles, Invocation, Wire

CHUNK_BYTES = 64 * 1024  # SQS charges a request for each, begun or whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """One call to AWS, and what DynamoDB charges for it. `index` units are those of `writes` that indexes cost."""

    function: str
    operation: str
    writes: int = 0
    index: int = 0
    reads: float = 0.0
    key: str = ""  # what the item's key begins with; of a queue, its kind
    chunks: int = 0  # of a queue: requests that it is charged as, one for each 64 KB


class Meter:
    """Everything that was counted since `clear`."""

    def __init__(self, region: str) -> None:
        """Count for the tables of one region."""
        self.region = region
        self.calls: list[Charged] = []
        self.posts: list[int] = []  # bytes sent to Graph
        self.cpu: list[tuple[str, float]] = []  # for each invocation: seconds of the function's own

    def clear(self) -> None:
        """Count from nothing."""
        self.calls.clear()
        self.posts.clear()
        self.cpu.clear()

    def charge(self, function: str, operation: str, asked: Mapping[str, Any], call: Callable[[], Any]) -> Any:
        """Make a call to DynamoDB and charge for it."""
        if operation == "GetItem":
            found = self._item(asked)
            units = read_units(found, consistent=bool(asked.get("ConsistentRead")))
            self.calls.append(Charged(function=function, operation=operation, reads=units, key=_key(asked)))
            return call()
        if operation in ("Query", "BatchGetItem"):
            return self._charge_many(function, operation, asked, call())
        if operation == "TransactWriteItems":
            actions = [next(iter(action.values())) for action in asked["TransactItems"]]
        elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
            actions = [asked]
        else:
            raise NotImplementedError(f"the bench can't charge for DynamoDB's {operation}")
        times = 2 if operation == "TransactWriteItems" else 1
        before = [self._item(action) for action in actions]
        answer = call()
        writes = index = 0
        for action, old in zip(actions, before, strict=True):
            new = self._item(action)
            # What a condition refuses is charged too: a put for what it would have written, an update for what is there.
            wanted = action.get("Item") if answer.status_code != 200 else None
            writes += times * write_units(old, new, wanted)
            index += index_units(self._indexes(action), old, new)
        keys = " ".join(_key(action) for action in actions)
        self.calls.append(Charged(function=function, operation=operation, writes=writes + index, index=index, key=keys))
        return answer

    def _charge_many(self, function: str, operation: str, asked: Mapping[str, Any], answer: Any) -> Any:
        """Charge for a reading of several items: a query for their sizes together, a batch for each of its own."""
        said = json.loads(answer.content)
        if operation == "Query":
            items, wanted = said.get("Items", []), asked
            units = float(max(1, -(-sum(map(item_size, items)) // READ_BYTES)))
        else:
            (items,), (wanted,) = said["Responses"].values() or ([],), asked["RequestItems"].values()
            missing = len(wanted["Keys"]) - len(items)
            units = float(sum(read_units(item, consistent=True) for item in items) + missing)
        reads = units if wanted.get("ConsistentRead") else units / 2
        self.calls.append(Charged(function=function, operation=operation, reads=reads))
        return answer

    def _table(self, asked: Mapping[str, Any]) -> Table:
        return dynamodb_backends[ACCOUNT][self.region].tables[asked["TableName"]]

    def _item(self, asked: Mapping[str, Any]) -> Item | None:
        table = self._table(asked)
        key = asked.get("Key") or asked["Item"]
        hash_key, range_key = (DynamoType(key[name]) for name in ("pk", "sk"))
        found = table.get_item(hash_key, range_key)
        attributes: Item | None = found.to_json()["Attributes"] if found is not None else None
        return attributes

    def _indexes(self, asked: Mapping[str, Any]) -> Iterator[Index]:
        table = self._table(asked)
        for index in table.global_indexes:
            kind = index.projection["ProjectionType"]
            yield Index(
                keys=[key["AttributeName"] for key in index.schema],
                table_keys=table.table_key_attrs,
                others=None if kind == "ALL" else index.projection.get("NonKeyAttributes", ()),
            )


def _key(asked: Mapping[str, Any]) -> str:
    return str((asked.get("Key") or asked["Item"])["pk"].get("S", "")).partition("#")[0]


def _bytes(request: AWSPreparedRequest) -> bytes:
    assert isinstance(request.body, bytes), "services that speak JSON have a body"
    return request.body


class _Metered(Invocation):
    """One run of a handler, with a meter on it."""

    def __init__(self, wire: Wire, function: str, number: int, meter: Meter) -> None:
        super().__init__(wire, function, number)
        self.meter, self.away = meter, 0.0

    def aws(self, event_name: str, request: AWSPreparedRequest, plain: Callable[[], Any]) -> Any:
        """Make one call to AWS, and count it."""
        _, service, operation = event_name.split(".", 2)
        with self._away():
            make = super().aws
            if service == "dynamodb":
                asked = json.loads(_bytes(request))
                return self.meter.charge(self.function, operation, asked, lambda: make(event_name, request, plain))
            kind, chunks = "", 0
            if service == "sqs":
                kind = "FIFO" if json.loads(_bytes(request))["QueueUrl"].endswith(".fifo") else "standard"
                chunks = -(-len(_bytes(request)) // CHUNK_BYTES)
            self.meter.calls.append(
                Charged(function=self.function, operation=f"{service}.{operation}", key=kind, chunks=chunks)
            )
            return make(event_name, request, plain)

    def http(self, pool: Any, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Make one HTTP call to anybody else, and count its bytes."""
        with self._away():
            sent = len(f"{method} {target} HTTP/1.1\r\n") + len(body)
            self.meter.posts.append(sent + sum(len(name) + len(str(value)) + 4 for name, value in headers.items()))
            return super().http(pool, method, target, headers, body)

    @contextmanager
    def _away(self) -> Iterator[None]:
        """Let the time inside be somebody else's: moto's, the simulator's."""
        since = time.process_time()
        try:
            yield
        finally:
            self.away += time.process_time() - since


class _MeteredWire(Wire):
    """The calls of one stage's functions, each of them metered."""

    meter: Meter

    def invocation(self, function: str, number: int) -> Invocation:
        """Return one run of a handler, with the meter on it."""
        return _Metered(self, function, number, self.meter)

    @contextmanager
    def of(self, function: str) -> Iterator[Invocation]:
        """Take the calls inside the block as those of one invocation of `function`, and its time as the function's."""
        with super().of(function) as running:
            since = time.process_time()
            yield running
            assert isinstance(running, _Metered)
            self.meter.cpu.append((function, time.process_time() - since - running.away))


@contextmanager
def metered(region: str = REGION) -> Iterator[tuple[Stage, Meter]]:
    """A stage in this process with a meter on its wire; its clock stands still."""
    clock, meter = TestClock(), Meter(region)

    def runner(stage: Stage) -> InProcess:
        others: dict[str, Handles] = {stage.settings.graph_url: stage.graph, LISTENER: stage.listener}
        wire = _MeteredWire(stage.faults, stage.flags, others)
        wire.meter = meter
        return InProcess(wire, clock, stage.logs)

    clock.start()
    try:
        with Stage(Settings(), clock, Logs(), runner, region=region) as stage:
            yield stage, meter
    finally:
        clock.stop()
