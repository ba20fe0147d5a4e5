"""A permission: an action of IAM on a resource."""

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True, order=True)
class Permission:
    """An action, and the address (ARN) of what it is done to; in what a role grants both may be patterns."""

    action: str
    resource: str

    def covers(self, other: "Permission") -> bool:
        """Say whether this grants that: `*` stands for any text, `?` for any one letter."""
        return _matches(self.action, other.action) and _matches(self.resource, other.resource)

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."))
