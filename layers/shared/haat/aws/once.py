"""The marker of a request that may come again: one item, written in the transaction of the request's effect."""

import json
from typing import Any

from haat.aws.table import Put, Table
from haat.kernel.errors import Rejected
from haat.kernel.once import REMEMBERED_MS, Answer, Once
from haat.kernel.time import later


def _pk(once: Once) -> str:
    return f"ONCE#{once.key}"


def marker(once: Once, answer: Answer) -> Put:
    """The action that makes the transaction happen once. Put it first: a refusal at 0 then means "done before"."""
    doc: dict[str, Any] = {"status": answer.status, "body": answer.body, "headers": dict(answer.headers)}
    return Put(
        absent=True,
        at=once.at,
        item={
            "pk": _pk(once),
            "sk": "ONCE",
            "asked": once.asked,
            "doc": json.dumps(doc, ensure_ascii=False, separators=(",", ":")),
            "until": later(once.at, REMEMBERED_MS),
            "ttl": later(once.at, REMEMBERED_MS) // 1000 + 3600,
        },
    )


class DynamoAnswers:
    """Answers that were given, in one context's table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def given(self, once: Once) -> Answer | None:
        """The answer that this request got before. Raises Rejected when the key was used for another request."""
        item = self._table.get(_pk(once), "ONCE")
        if item is None or item["until"] < once.at:
            return None
        if item["asked"] != once.asked:
            raise Rejected("this Idempotency-Key was used for another request", word="idempotency-key-reused")
        return Answer(**json.loads(item["doc"]))
