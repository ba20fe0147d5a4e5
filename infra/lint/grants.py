"""What functions may do, as their policies say it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.lint.templates import Resource, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One statement of a policy."""

    statement: Mapping[str, Any]

    @property
    def actions(self) -> list[str]:
        """Its actions, as they are written."""
        return [str(action) for action in listed(self.statement.get("Action"))]

    @property
    def resources(self) -> list[Any]:
        """Its resources, as they are written: texts and references."""
        return listed(self.statement.get("Resource"))


def grants(function: Resource) -> Iterator[Grant]:
    """The statements that are written out in a function's policies."""
    for policy in listed(function.properties.get("Policies")):
        if isinstance(policy, dict):
            yield from (Grant(statement=statement) for statement in listed(policy.get("Statement")))
