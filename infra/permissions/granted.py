"""What a role grants, as the template says it."""

from collections.abc import Iterable, Mapping
from typing import Any

from infra.local.roles import listed
from infra.permissions.permission import Permission

# The local judge of deployments checks a batch under its own name; on AWS the single action is all that there is.
ONE_ON_AWS = {
    "sqs:SendMessage*": "sqs:SendMessage",
    "sqs:ChangeMessageVisibility*": "sqs:ChangeMessageVisibility",
}


# The one condition that may narrow a grant: rows whose partition key begins in certain ways. AWS holds it to be true
# where a request names no key, so what reads without one (Scan, PartiQL) may not be granted under it.
LEADING_KEYS = ("ForAllValues:StringLike", "dynamodb:LeadingKeys")
KEYED = frozenset(
    f"dynamodb:{action}"
    for action in (
        "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem",
    )
)  # fmt: skip


class Unreadable(Exception):
    """A statement that grants something other than actions on resources, or under a condition that is not understood."""


def granted(statements: Iterable[Mapping[str, Any]]) -> set[Permission]:
    """Return each pair of an action and a resource. Raises Unreadable for a denial, a negation or another condition.

    A grant that holds for some partition keys only is compared by its action and table: keys are never written down.
    """
    found: set[Permission] = set()
    for statement in statements:
        plain = set(statement) <= {"Effect", "Action", "Resource", "Sid", "Condition"}
        if statement.get("Effect") != "Allow" or not plain or not _understood(statement):
            raise Unreadable(f"only plain permissions are compared, not {dict(statement)}")
        found |= {
            Permission(ONE_ON_AWS.get(action, action), resource)
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }
    return found


def _understood(statement: Mapping[str, Any]) -> bool:
    """Say whether a statement has no condition, or that on leading keys, which must leave something out."""
    if "Condition" not in statement:
        return True
    operator, key = LEADING_KEYS
    match statement["Condition"]:
        case {**operators} if list(operators) == [operator]:
            asked: Any = operators[operator]
        case _:
            return False
    if list(asked) != [key]:
        return False
    patterns = listed(asked[key])
    narrows = bool(patterns) and all(pattern.strip("*?") for pattern in patterns)
    return narrows and KEYED.issuperset(listed(statement.get("Action", [])))
