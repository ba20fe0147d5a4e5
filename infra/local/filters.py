"""Filter criteria of event source mappings: which records a function wants to see.

Patterns are those of EventBridge, as far as Lambda has them for queues and streams. A rule that is not known here
raises: a filter that is read wrong loses messages in silence.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class UnknownRule(Exception):
    """A pattern uses a rule that this stage does not know."""


def patterns(criteria: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Read the patterns of a mapping's FilterCriteria."""
    return [json.loads(entry["Pattern"]) for entry in (criteria or {}).get("Filters", [])]


def wanted(filters: Sequence[Mapping[str, Any]], record: Mapping[str, Any]) -> bool:
    """Say whether any pattern takes the record; no pattern takes all."""
    return not filters or any(_matches(pattern, record) for pattern in filters)


def wanted_message(filters: Sequence[Mapping[str, Any]], record: Mapping[str, Any]) -> bool:
    """Say the same of a queue's record, whose body is read as JSON if the pattern looks inside it."""
    if not filters:
        return True
    try:
        parsed = {**record, "body": json.loads(record["body"])}
    except ValueError:
        parsed = None
    for pattern in filters:
        inside = isinstance(pattern.get("body"), dict)
        subject = parsed if inside else record
        if subject is not None and _matches(pattern, subject):
            return True
    return False


def _matches(pattern: Mapping[str, Any], value: Any) -> bool:
    if not isinstance(value, Mapping):
        value = {}
    for key, want in pattern.items():
        if key == "$or":
            if not any(_matches(branch, value) for branch in want):
                return False
        elif isinstance(want, Mapping):
            if not _matches(want, value.get(key)):
                return False
        elif not _any_rule(want, value, key):
            return False
    return True


def _any_rule(rules: Sequence[Any], value: Mapping[str, Any], key: str) -> bool:
    present = key in value
    # A list in the record matches if one of its items does.
    found = value.get(key)
    items = found if isinstance(found, list) else [found]
    return any(_rule(rule, item, present=present) for rule in rules for item in items or [None])


def _rule(rule: Any, value: Any, *, present: bool) -> bool:
    if not isinstance(rule, Mapping):
        return present and type(rule) is type(value) and rule == value
    (kind, operand), *more = rule.items()
    if more:
        raise UnknownRule(json.dumps(rule))
    match kind:
        case "exists":
            return present is operand
        case "prefix":
            return isinstance(value, str) and value.startswith(operand)
        case "suffix":
            return isinstance(value, str) and value.endswith(operand)
        case "equals-ignore-case":
            return isinstance(value, str) and value.casefold() == operand.casefold()
        case "anything-but":
            return present and value not in (operand if isinstance(operand, list) else [operand])
        case "numeric":
            return isinstance(value, int | float) and all(
                _COMPARE[operand[at]](value, operand[at + 1]) for at in range(0, len(operand), 2)
            )
        case _:
            raise UnknownRule(json.dumps(rule))
