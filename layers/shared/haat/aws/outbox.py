"""Rows that name a queue go there. The relay knows no context: rows look the same in every table.

A row's attributes: `queue` (a queue's name without the stack's prefix), `body`, and `group` and `dedupe` for a FIFO queue or
`delay` (whole seconds, at most 900) for a standard one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from haat.aws.queue import BATCH, BATCH_BYTES, send
from haat.aws.table import unpack

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

Row = Mapping[str, Any]


class Outbox:
    """Publishes rows, in order."""

    def __init__(self, client: "SQSClient", url_prefix: str, dlq_url: str, names: frozenset[str]) -> None:
        self._client, self._prefix, self._dlq, self._names = client, url_prefix, dlq_url, names

    def publish(self, images: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
        """-> (published, parked). Raises Unavailable at the first trouble: the whole batch comes again, and repeats are absorbed later.

        A row whose content no queue would take is parked: for one bad row every conversation of its shard would stand still.
        """
        rows = [unpack(image) for image in images]
        good = [row for row in rows if self._sendable(row)]
        bad = [row for row in rows if not self._sendable(row)]
        for queue, chunk in _chunks(good):
            send(self._client, self._prefix + queue, [_request(i, row) for i, row in enumerate(chunk)])
        for row in bad:
            key = {name: row.get(name) for name in ("pk", "sk", "queue")}
            send(self._client, self._dlq, [{"Id": "0", "MessageBody": json.dumps(key)}])
        return len(good), len(bad)

    def _sendable(self, row: Row) -> bool:
        fifo = str(row.get("queue", "")).endswith(".fifo")
        return (
            row.get("queue") in self._names
            and isinstance(row.get("body"), str)
            and 0 < len(row["body"].encode()) <= BATCH_BYTES
            and (not fifo or bool(row.get("group") and row.get("dedupe")))
            and 0 <= int(row.get("delay", 0)) <= 900
        )


def _request(number: int, row: Row) -> dict[str, Any]:
    request: dict[str, Any] = {"Id": str(number), "MessageBody": row["body"]}
    if row["queue"].endswith(".fifo"):
        return request | {"MessageGroupId": row["group"], "MessageDeduplicationId": row["dedupe"]}
    return request | ({"DelaySeconds": row["delay"]} if row.get("delay") else {})


def _chunks(rows: Sequence[Row]) -> Iterable[tuple[str, list[Row]]]:
    """Ten to a call, of one queue, and one row of a group: else a later row could be taken while an earlier one is refused."""
    chunk: list[Row] = []
    groups: set[str] = set()
    size = 0
    for row in rows:
        length = len(row["body"].encode())
        full = len(chunk) == BATCH or size + length > BATCH_BYTES
        if chunk and (full or row["queue"] != chunk[0]["queue"] or row.get("group") in groups):
            yield chunk[0]["queue"], chunk
            chunk, groups, size = [], set(), 0
        chunk.append(row)
        size += length
        if row.get("group"):
            groups.add(row["group"])
    if chunk:
        yield chunk[0]["queue"], chunk
