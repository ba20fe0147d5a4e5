"""What stands once a template is deployed, in the stage's own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.function import Function
from infra.local.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSource:
    """An event source mapping: what feeds which function, with the template's values."""

    function: str
    source_arn: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation of the REST API."""

    method: str
    path: str
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A schedule: when, whom, and with which event; None is the event that a rule makes by itself."""

    name: str
    function: str
    expression: str
    zone: str
    event: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The stack as it stands."""

    functions: dict[str, Function]
    roles: dict[str, Role]
    sources: tuple[EventSource, ...]
    routes: tuple[Route, ...]
    gateway: Mapping[str, Any]  # what the REST API answers by itself: GatewayResponses, by their types
    timers: tuple[Timer, ...]
    profiles: dict[str, bytes]
    tables: tuple[str, ...]
    queues: tuple[str, ...]
    keys: dict[str, str]
    outputs: dict[str, str]
    left_out: Mapping[str, str]
