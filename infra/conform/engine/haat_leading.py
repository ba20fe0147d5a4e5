"""Fills in `dynamodb:LeadingKeys`, which ministack 1.5.33 leaves empty: a policy that narrows by it would grant every row.

Policies are still judged by ministack's own code. What AWS puts there: "IAM policy conditions for fine-grained access
control" (DynamoDB Developer Guide), the partition keys of the rows that a request names. A transaction is asked action by
action ("Using IAM with DynamoDB transactions"), so there the rows of one action on one table count.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

NAME = "dynamodb:LeadingKeys"
_MEMBERS = {
    "ConditionCheck": "ConditionCheckItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
} | {"Get": "GetItem"}
_SAME = re.compile(r"([#\w.]+)\s*=\s*(:\w+)")


def keys(action: str, resource: str, body: bytes) -> list[str]:
    """Return the partition keys of the rows that a request names, for one action on one table; none where it names none."""
    table, asked = resource.rpartition(":table/")[2], json.loads(body or b"{}")
    if (name := _partition_key(table)) is None:
        return []
    rows = (*_rows(action.partition(":")[2], table, asked), *_conditions(asked))
    return [str(*row[name].values()) for row in rows if name in row]


def _partition_key(table: str) -> str | None:
    """Its name; None for a table that is not there, and for an index: no policy of ours narrows one."""
    from ministack.services import dynamodb  # noqa: PLC0415  # only ministack's own process has it

    known = dynamodb._tables.get(table)
    return None if known is None else known["pk_name"]


def _rows(action: str, table: str, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each key, or whole row, that the body names for this action."""
    for one in asked.get("TransactItems", ()):
        for member, detail in one.items():
            if _MEMBERS.get(member) == action and detail["TableName"] == table:
                yield detail.get("Key") or detail["Item"]
    named = asked.get("RequestItems", {}).get(table, ())
    if isinstance(named, dict):
        yield from named["Keys"]
    else:
        for write in named:
            yield write["PutRequest"]["Item"] if "PutRequest" in write else write["DeleteRequest"]["Key"]
    yield asked.get("Key") or asked.get("Item") or {}


def _conditions(asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a query asks to be equal."""
    names, values = asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})
    for name, value in _SAME.findall(asked.get("KeyConditionExpression", "")):
        yield {names.get(name, name): values[value]}
