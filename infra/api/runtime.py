"""What the functions read of the API: each operation, with the schemas of its query and body as JSON Schema draft 7."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def media(body: Any) -> str:
    """The media type of a body as a part says it."""
    return body["type"] if isinstance(body, dict) else "application/json"


def public(value: Any) -> Any:
    """The document without what schemas say to the functions alone.

    It is a copy, so that its YAML has no aliases: CloudFormation reads none (User Guide, "CloudFormation template format").
    """
    if isinstance(value, list):
        return [public(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: public(held) for name, held in value.items() if name not in ("x-haat-says", "x-haat-letters")}


def runtime(
    operations: Iterable[tuple[str, str, Mapping[str, Any]]], schemas: Mapping[str, Any], paging: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Each operation (path, method, what its part says) as the functions need it."""
    listed = []
    for path, method, op in operations:
        query = dict(op.get("query") or {}) | (dict(paging) if op.get("page") else {})
        body = op.get("body")
        listed.append(
            {
                "id": op["id"],
                "method": method.upper(),
                "path": path,
                "function": op["function"],
                "roles": op.get("roles") or [],
                "once": bool(op.get("once")),
                "match": bool(op.get("match")),
                "fresh": bool(op.get("fresh")),
                "outlives": bool(op.get("outlives")),
                "takes": [media(body)] if body is not None else [],
                "query": _whole(
                    {
                        "type": "object",
                        "properties": query,
                        "required": list(op.get("needs") or ()),
                        "additionalProperties": False,
                    },
                    schemas,
                ),
                "body": _whole(schemas[body], schemas) if isinstance(body, str) else None,
            }
        )
    return listed


def _whole(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """A schema and all that it refers to, as JSON Schema draft 7."""
    needed: dict[str, Any] = {}

    def take(value: Any) -> None:
        for name in _referred(value):
            if name not in needed:
                needed[name] = _plain(schemas[name])
                take(schemas[name])

    take(schema)
    return {**_plain(schema), "definitions": needed}


def _referred(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(ref := value.get("$ref"), str):
            yield ref.rpartition("/")[2]
        for held in value.values():
            yield from _referred(held)
    elif isinstance(value, list):
        for held in value:
            yield from _referred(held)


def _plain(value: Any) -> Any:
    """OpenAPI 3.0's words in JSON Schema's: references, and null; without what only people read."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {
        name: _plain(held)
        for name, held in value.items()
        if name not in ("nullable", "example", "description") or not isinstance(held, str | bool)
    }
    if isinstance(ref := plain.get("$ref"), str):
        plain["$ref"] = ref.replace("#/components/schemas/", "#/definitions/")
    if value.get("nullable") is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain
