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


class Unreadable(Exception):
    """A statement that grants something other than actions on resources."""


def granted(statements: Iterable[Mapping[str, Any]]) -> set[Permission]:
    """Return each pair of an action and a resource. Raises Unreadable for a denial, a condition or a negation."""
    found: set[Permission] = set()
    for statement in statements:
        if statement.get("Effect") != "Allow" or set(statement) - {"Effect", "Action", "Resource", "Sid"}:
            raise Unreadable(f"only plain permissions are compared, not {dict(statement)}")
        found |= {
            Permission(ONE_ON_AWS.get(action, action), resource)
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }
    return found
