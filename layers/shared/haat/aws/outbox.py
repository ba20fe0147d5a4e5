"""Rows that name a queue go there. The relay knows no context: rows look the same in every table.

A row's attributes: `queue` (a queue's name without the stack's prefix), `body` (text, or text that was folded), and `group` and
`dedupe` for a FIFO queue or `delay` (whole seconds, at most 900) for a standard one.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from haat.aws.queue import BATCH, BATCH_BYTES, send
from haat.aws.table import unpack

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

Row = Mapping[str, Any]

_RAW = -15  # zlib's number for deflate alone, without a header


def fold(body: str) -> bytes:
    """A body as it lies in a row: DynamoDB charges for each kilobyte, and a queue's JSON is half names and repeated ids."""
    return zlib.compress(body.encode(), level=9, wbits=_RAW)


def unfold(held: str | bytes) -> str:
    """The body in a row, folded or not. Raises ValueError where it is neither, or larger than any queue would take."""
    if isinstance(held, str):
        return held
    try:
        stream = zlib.decompressobj(_RAW)
        body = stream.decompress(held, BATCH_BYTES + 1)
    except (zlib.error, TypeError):
        raise ValueError("not a body") from None
    if len(body) > BATCH_BYTES or not stream.eof:
        raise ValueError("a body that is too large, or has no end")
    return body.decode()


class Outbox:
    """Publishes rows, in order."""

    def __init__(self, client: "SQSClient", url_prefix: str, dlq_url: str, names: frozenset[str]) -> None:
        self._client, self._prefix, self._dlq, self._names = client, url_prefix, dlq_url, names

    def publish(self, images: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
        """Publish the rows of stream records -> (published, parked). Raises Unavailable at the first trouble: the whole batch comes again, and repeats are absorbed later.

        A row whose content no queue would take is parked: for one bad row every conversation of its shard would stand still.
        """
        return self.publish_rows([unpack(image) for image in images])

    def publish_rows(self, rows: Sequence[Row]) -> tuple[int, int]:
        """As `publish`, for rows that were read from the table."""
        good: list[Row] = []
        bad: list[Row] = []
        for row in map(_readable, rows):
            (good if self._sendable(row) else bad).append(row)
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


def _readable(row: Row) -> Row:
    """The row with its body as text; a body that can't be read is none."""
    try:
        return {**row, "body": unfold(row["body"])}
    except (KeyError, ValueError):
        return {**row, "body": None}


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
