"""Callbacks in DynamoDB.

| thing | pk | sk |
| --- | --- | --- |
| callback, its own outbox row | CALLBACK#id | CALLBACK |
| copy of a forged one | FORGED#account#hour | place |
"""

from haat.aws.outbox import fold
from haat.aws.table import Item, Put, Table
from haat.facts.payments import CallbackKept, outbox_row
from haat.kernel.time import DAY, HOUR, Instant

LIFE_S = 90 * DAY // 1000  # evidence of what a bank said, for as long as a dispute may come (UDIR: 45 days)
FORGED_LIFE_S = 14 * DAY // 1000
FORGED_AN_HOUR = 16
FORGED_BYTES = 4_096  # of each that are kept


class DynamoCallbacks:
    """Fills the port Callbacks."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, kept: CallbackKept) -> None:
        row = outbox_row(kept)
        item: Item = {
            "pk": f"CALLBACK#{kept.id}",
            "sk": "CALLBACK",
            "ttl": kept.received_at // 1000 + LIFE_S,
            **row,
            "body": fold(row["body"]),
        }
        self._table.put(Put(item=item))

    def keep_forged(self, account: str, reason: str, raw: bytes, now: Instant, chance: int) -> None:
        item: Item = {
            "pk": f"FORGED#{account}#{now // HOUR}",
            "sk": f"{chance % FORGED_AN_HOUR:02d}",
            "reason": reason,
            "at": now,
            "raw": raw[:FORGED_BYTES],
            "ttl": now // 1000 + FORGED_LIFE_S,
        }
        self._table.put(Put(item=item))
