"""What the API takes, as infra/openapi.yaml says: read once, from what `make openapi` wrote beside this file.

Checking is by the document's own schemas (`fastjsonschema`, which compiles one the first time that it is needed).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from haat.kernel.errors import Rejected

_FILE = Path(__file__).parent / "operations.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the document. `roles` is empty where anyone may call it."""

    id: str
    method: str
    path: str
    function: str
    roles: tuple[str, ...] = ()
    once: bool = False  # makes something: it takes an Idempotency-Key
    match: bool = False  # changes what people edit: it takes If-Match
    fresh: bool = False  # the caller's token is read anew, also for a reading
    outlives: bool = False  # an owner may do it though the shop is closed or blocked
    takes: tuple[str, ...] = ()  # media types of the body
    query: Mapping[str, Any] = field(default_factory=dict)  # a schema, as an object of all parameters
    body: Mapping[str, Any] | None = None  # a schema; None where the body is no JSON


@cache
def operations(function: str) -> Mapping[str, Operation]:
    """The operations that a function serves, by id."""
    listed = json.loads(_FILE.read_text("utf-8"))
    return {
        op["id"]: Operation(**{**op, "roles": tuple(op["roles"]), "takes": tuple(op["takes"])})
        for op in listed
        if op["function"] == function
    }


def check(kind: str, operation: Operation, value: Any) -> None:
    """Hold a body or query against the document. Raises Rejected with every field that is wrong."""
    from fastjsonschema import JsonSchemaValuesException  # noqa: PLC0415  # most requests have nothing to check

    try:
        _checker(operation.function, operation.id, kind)(value)
    except JsonSchemaValuesException as error:
        from haat.edge.api.faults import told  # noqa: PLC0415  # as above

        fields = told(getattr(error, "errors", None) or [error], kind)
        raise Rejected("some fields are not as they should be", word="invalid", fields=fields) from None


@cache
def _checker(function: str, id: str, kind: str) -> Callable[[Any], Any]:
    import fastjsonschema  # noqa: PLC0415  # as above

    operation = operations(function)[id]
    schema = operation.body if kind == "body" else operation.query
    checker: Callable[[Any], Any] = fastjsonschema.compile(dict(schema or {}), use_default=False, fast_fail=False)
    return checker
