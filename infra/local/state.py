"""What `make run` must not forget: rows, messages, keys, parameters, chats. Written whole, to one file of the owner's.

Everything is kept under its name, or its place in the template, so that a changed template does not break the
restore: what has no place any more is reported, and stays in a copy of the old file.
"""

import base64
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives import serialization
from moto.dynamodb.models.table import StreamRecord, Table
from moto.kms.models import Key, kms_backends
from moto.sqs.models import Message, Queue

from infra.local import buckets, moto_fast, moto_queues
from infra.local.function import ACCOUNT
from infra.local.pumps import QueuePump, StreamPump
from infra.local.stage import Stage

VERSION = 1
FILE = "state.json"

_MESSAGE_FIELDS = (
    "id", "body", "message_attributes", "system_attributes", "sender_id", "sent_timestamp",
    "approximate_first_receive_timestamp", "approximate_receive_count", "deduplication_id", "group_id",
    "sequence_number", "visible_at", "delayed_until",
)  # fmt: skip


class StateError(Exception):
    """The file can't be read by this version; the text says what to do."""


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Keep the directory for this process alone; raise StateError if another stage has it."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(directory / "lock", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateError(f"another stage has its state in {directory}: set HAAT_STATE_DIR") from None
        yield


def save(stage: Stage, directory: Path) -> None:
    """Write the state of one moment; a crash leaves the file as it was or as it is."""
    with moto_queues.LOCK, moto_fast.LOCK:
        held = {each for pump in stage.pumps if isinstance(pump, QueuePump) for each in pump.holding}
        document = {
            "version": VERSION,
            "tables": {
                table.name: [item.to_json()["Attributes"] for item in table.all_items()] for table in stage.tables()
            },
            "streams": {table.name: _stream(stage, table) for table in stage.tables() if table.stream_shard},
            "queues": {queue.name: _queue(queue, held) for queue in stage.queues()},
            "keys": {place: _key(key) for place, key in _keys(stage).items()},
            "parameters": _parameters(stage),
            "buckets": buckets.dump(stage.region),
            "simulators": {"graph": stage.graph.dump(), "bank": stage.bank.dump()},
        }
    text = json.dumps(document, default=_plain)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = directory / f"{FILE}.new"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(directory / FILE)


@dataclass(frozen=True, slots=True)
class Saved:
    """A state that was read, and can be put back."""

    path: Path
    document: dict[str, Any]

    def put_back(self, stage: Stage) -> list[str]:
        """Fill the stack's stores; return what has no place any more."""
        lost = _put_back(stage, self.document)
        if lost:
            shutil.copy2(self.path, self.path.with_suffix(".before.json"))
        return lost

    def put_back_chats(self, stage: Stage) -> None:
        """Let the simulators remember; they must know their numbers and payees by now."""
        stage.graph.load(self.document["simulators"]["graph"])
        if "bank" in self.document["simulators"]:  # an older state knows none
            stage.bank.load(self.document["simulators"]["bank"])


def read(directory: Path) -> Saved | None:
    """Read what was saved, if anything was."""
    path = directory / FILE
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_text(), object_hook=_rich)
    except ValueError as error:
        raise StateError(f"{path} can't be read ({error}): `make run-reset` forgets it") from None
    if document.get("version") != VERSION:
        raise StateError(f"{path} was written by another version of the stage: `make run-reset` forgets it")
    return Saved(path, document)


def _put_back(stage: Stage, document: dict[str, Any]) -> list[str]:
    lost: list[str] = []
    tables = {table.name: table for table in stage.tables()}
    queues = {queue.name: queue for queue in stage.queues()}
    keys = _keys(stage)
    with moto_queues.LOCK, moto_fast.LOCK:
        for name, items in document["tables"].items():
            if name in tables:
                _fill_table(tables[name], items, document["streams"].get(name))
            else:
                lost.append(f"table {name} ({len(items)} items)")
        for name, saved in document["queues"].items():
            if name in queues:
                _fill_queue(queues[name], saved)
            elif saved["messages"]:
                lost.append(f"queue {name} ({len(saved['messages'])} messages)")
        for place, saved in document["keys"].items():
            if place in keys:
                _fill_key(keys[place], saved)
            else:
                lost.append(f"key {place}: what it has encrypted can't be read any more")
        ours = stage.settings.secrets
        for name, saved in document["parameters"].items():
            if name not in ours:  # those the settings say anew
                stage.client("ssm").put_parameter(Name=name, Overwrite=True, **saved)
        lost += buckets.load(stage.region, document.get("buckets", {}))
    return lost


def _keys(stage: Stage) -> dict[str, Key]:
    """Return the keys by their place in the template."""
    known = kms_backends[ACCOUNT][stage.region].keys
    return {place: known[key] for place, key in stage.deployment.keys.items()}


def _stream(stage: Stage, table: Table) -> dict[str, Any]:
    """Keep the records that some pump has not carried yet; one that has may see them again, as streams allow."""
    shard: Any = table.stream_shard
    pumps = [pump for pump in stage.pumps if isinstance(pump, StreamPump) and pump.table == table.name]
    end = shard.starting_sequence_number + len(shard.items)
    start = min((max(pump.position, shard.starting_sequence_number) for pump in pumps), default=end)
    return {
        "start": start,
        "records": [record.to_json() for record in shard.items[start - shard.starting_sequence_number :]],
    }


def _fill_table(table: Table, items: list[dict[str, Any]], stream: dict[str, Any] | None) -> None:
    shard: Any = table.stream_shard
    table.stream_shard = None  # what is restored is not new
    for item in items:
        table.put_item(item)
    table.stream_shard = shard
    if shard is not None and stream is not None:
        shard.starting_sequence_number = stream["start"]
        shard.items = [_record(record) for record in stream["records"]]


def _record(document: dict[str, Any]) -> StreamRecord:
    record: Any = StreamRecord.__new__(StreamRecord)
    record.record = document
    return cast("StreamRecord", record)


def _queue(queue: Queue, held: set[str]) -> dict[str, Any]:
    messages = []
    for message in queue._messages:
        saved = {name: getattr(message, name) for name in _MESSAGE_FIELDS}
        if message.id in held:
            saved["visible_at"] = 0.0  # whoever works on it dies with the stage
        messages.append(saved)
    memory = queue.__dict__.get("stage_memory", {})
    return {"messages": messages, "seen": [[list(key), list(value)] for key, value in memory.items()]}


def _fill_queue(queue: Queue, saved: dict[str, Any]) -> None:
    for fields in saved["messages"]:
        message = Message(fields["id"], fields["body"])
        message.__dict__.update(fields)
        queue._messages.append(message)
        if message.sequence_number:
            last = int(message.sequence_number) - moto_queues.FIRST_SEQUENCE
            moto_queues.BEHAVIOUR.sequence = max(moto_queues.BEHAVIOUR.sequence, last)
    queue.__dict__["stage_memory"] = {tuple(key): tuple(value) for key, value in saved["seen"]}


def _key(key: Key) -> dict[str, Any]:
    private = getattr(key.private_key, "private_key", None)
    encoded = None
    if private is not None:
        encoded = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
    return {"material": key.key_material, "private": encoded}


def _fill_key(key: Key, saved: dict[str, Any]) -> None:
    key.key_material = saved["material"]
    if saved["private"] is not None:
        private: Any = key.private_key
        private.private_key = serialization.load_pem_private_key(saved["private"].encode(), None)


def _parameters(stage: Stage) -> dict[str, Any]:
    pages = stage.client("ssm").get_paginator("get_parameters_by_path")
    return {
        parameter["Name"]: {"Value": parameter["Value"], "Type": parameter["Type"]}
        for page in pages.paginate(Path="/", Recursive=True, WithDecryption=True)
        for parameter in page["Parameters"]
        if not parameter["Name"].startswith("/aws/")
    }


def _plain(value: object) -> Any:
    if isinstance(value, bytes | bytearray):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"$time": value.replace(tzinfo=value.tzinfo or UTC).timestamp()}
    raise TypeError(f"{type(value).__name__} in the state")


def _rich(document: dict[str, Any]) -> Any:
    match document:
        case {"$bytes": str(text)} if len(document) == 1:
            return base64.b64decode(text)
        case {"$time": float(seconds)} if len(document) == 1:
            return datetime.fromtimestamp(seconds, UTC)
        case _:
            return document
