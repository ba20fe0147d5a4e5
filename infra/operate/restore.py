"""`make restore`: brings back into a table what it has lost, from a table that was restored beside it.

A row that is there stays as it is, for it is newer. A row that is missing comes back without the word that would publish it again: what was
decided before the loss has been said long ago, or its window has closed, and nobody may be answered twice.
"""

import time
from dataclasses import dataclass

import boto3

from haat.aws.table import Put, Refused, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back."""

    back: int
    kept: int  # rows that the table still had


def restore(source: str, target: str) -> Restored:
    """Copy each row of one table that another lacks. Raises Unavailable; the same again goes on where it stopped.

    It reads all of `source`, and asks `target` for one write for each row, so it is charged for both.
    """
    client = boto3.client("dynamodb")
    rows, table = Table(client, source), Table(client, target)
    back = kept = 0
    for row in rows.having("pk"):
        if row.get("ttl", time.time() + 1) < time.time():
            continue  # DynamoDB deletes such rows, late; the restored table has no such setting
        row.pop("queue", None)
        try:
            table.put(Put(item=row, absent=True))
            back += 1
        except Refused:
            kept += 1
    return Restored(back=back, kept=kept)
