"""Shapes of what callers send: a table of fields and limits for each body, and one judge for all of them.

A field that no table names is refused wherever it stands, as Meta does (error 100): a misspelt one must not pass in
silence. A field that is null counts as absent. Limits are in characters. The codes are those of meta-platform,
section 4.2: 131008 something is missing, 131009 a value is outside its limits, 100 anything else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.wire import Json

_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A string of 1 to `limit` characters; `long` is the code for a longer one. `blank` lets it be empty."""

    limit: int | None = None
    long: int = 131009
    blank: bool = False
    one_of: tuple[str, ...] = ()
    like: str = ""
    web: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An integer, or with `quoted` one in a string, too; `least` and `most` belong to it."""

    least: int = 0
    most: int | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Degrees:
    """A latitude or longitude, as a number or in a string."""

    most: int


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever it is, the simulator does not look inside."""


@dataclass(frozen=True, slots=True)
class Thing:
    """An object: it must have all of `needs` and may have any of `may`."""

    needs: Mapping[str, "Rule"] = field(default_factory=dict)
    may: Mapping[str, "Rule"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """A list of `least` to `most` values of one rule; `count` is the code where there are more or fewer."""

    of: "Rule"
    least: int = 1
    most: int | None = None
    count: int = 131009


type Rule = Text | Whole | Degrees | Flag | Anything | Thing | Things


def judge(rule: Rule, value: object, where: str) -> None:
    """Raise the refusal that Meta would answer for `value`, which stands at `where`; the first mistake counts."""
    match rule:
        case Text():
            _text(rule, value, where)
        case Whole():
            _whole(rule, value, where)
        case Degrees(most):
            _degrees(most, value, where)
        case Flag():
            if not isinstance(value, bool):
                raise GraphRefusal(100, f"Param {where} must be a boolean.")
        case Thing():
            _thing(rule, value, where)
        case Things():
            _things(rule, value, where)
        case Anything():
            pass
        case _:
            assert_never(rule)


def unexpected(name: str, where: str = "") -> GraphRefusal:
    """Return the refusal of a field that Meta does not know."""
    place = f' on param "{where}"' if where else ""
    return GraphRefusal(100, f'Unexpected key "{name}"{place}.', message="(#100) Invalid parameter")


def missing(where: str) -> GraphRefusal:
    """Return the refusal of a body that lacks something."""
    return GraphRefusal(131008, f"Parameter {where} is missing")


def too_much(details: str) -> GraphRefusal:
    """Return the refusal of a value outside its limits."""
    return GraphRefusal(131009, details)


def unlike(values: list[str], complaint: str) -> None:
    """Refuse a list in which something stands twice."""
    if len(set(values)) != len(values):
        raise too_much(complaint)


def _text(rule: Text, value: object, where: str) -> None:
    if not isinstance(value, str):
        raise GraphRefusal(100, f"Param {where} must be a string.")
    if not value and not rule.blank:
        raise missing(where)
    if rule.limit is not None and len(value) > rule.limit:
        message = f"(#100) Param {where} must be at most {rule.limit} characters long."
        details = f"{where} length invalid. Min length: {0 if rule.blank else 1}, Max length: {rule.limit}"
        raise GraphRefusal(rule.long, details, message=message if rule.long == 100 else "")
    if rule.one_of and value not in rule.one_of:
        raise GraphRefusal(100, f"Param {where} must be one of {{{', '.join(rule.one_of)}}}")
    if rule.like and not re.fullmatch(rule.like, value):
        raise too_much(f"Param {where} has a wrong format.")
    if rule.web and not value.startswith(_WEB):
        raise GraphRefusal(100, f"Param {where} must be a URL that begins with http:// or https://.")


def _whole(rule: Whole, value: object, where: str) -> None:
    if rule.quoted and isinstance(value, str) and re.fullmatch(r"\d{1,18}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise GraphRefusal(100, f"Param {where} must be an integer.")
    if value < rule.least or (rule.most is not None and value > rule.most):
        raise too_much(f"Param {where} is out of range.")


def _degrees(most: int, value: object, where: str) -> None:
    try:
        angle = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except ValueError:
        angle = None
    if angle is None:
        raise GraphRefusal(100, f"Param {where} must be a number.")
    if not -most <= angle <= most:
        raise too_much(f"Param {where} must be between -{most} and {most}.")


def _thing(rule: Thing, value: object, where: str) -> None:
    if not isinstance(value, dict):
        raise GraphRefusal(100, f"Param {where} must be a JSON object.")
    for name in value:
        if name not in rule.needs and name not in rule.may:
            raise unexpected(str(name), where)
    for name, inner in (*rule.needs.items(), *rule.may.items()):
        there = value.get(name) is not None
        if there:
            judge(inner, value[name], f"{where}['{name}']" if where else name)
        elif name in rule.needs:
            raise missing(f"{where}['{name}']" if where else name)


def _things(rule: Things, value: object, where: str) -> None:
    if not isinstance(value, list):
        raise GraphRefusal(100, f"Param {where} must be a JSON array.")
    if len(value) < rule.least or (rule.most is not None and len(value) > rule.most):
        limits = f"Min allowed: {rule.least}" + (f", Max allowed: {rule.most}" if rule.most is not None else "")
        raise GraphRefusal(rule.count, f"Invalid {where} count. {limits}")
    for index, item in enumerate(value):
        judge(rule.of, item, f"{where}[{index}]")


def only_media(content: Json, where: str) -> None:
    """Check that a picture, sound or file is named by exactly one of `id` and `link`."""
    if (content.get("id") is None) == (content.get("link") is None):
        raise GraphRefusal(100, f"Param {where} must have exactly one of 'id' and 'link'")
