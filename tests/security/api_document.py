"""The API's document, as tests walk through it: every operation, who may call it, and a request that it takes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
METHODS = ("get", "put", "post", "patch", "delete")

type Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One operation of the document."""

    id: str
    method: str
    path: str
    roles: tuple[str, ...]
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None  # media type -> schema

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in its path."""
        return tuple(piece[1:-1] for piece in self.path.split("/") if piece.startswith("{"))

    def at(self, values: Mapping[str, str]) -> str:
        """The path with values in it."""
        path = self.path
        for name in self.names:
            path = path.replace(f"{{{name}}}", values[name])
        return path


@cache
def document() -> Mapping[str, Any]:
    """The whole document."""
    loaded: Mapping[str, Any] = yaml.safe_load((ROOT / "infra/openapi.yaml").read_text("utf-8"))
    return loaded


def operations() -> Iterator[Described]:
    """Every operation, the browsers' preflights apart."""
    for path, methods in document()["paths"].items():
        for method in METHODS:
            if method in methods:
                op = methods[method]
                yield Described(
                    id=op["operationId"],
                    method=method.upper(),
                    path=path,
                    roles=tuple(op.get("x-haat-roles", ())),
                    parameters=tuple(_resolved(parameter) for parameter in op.get("parameters", ())),
                    body=(op.get("requestBody") or {}).get("content"),
                )


def _resolved(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    held: Mapping[str, Any] = parameter
    if "$ref" in parameter:
        held = document()["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
    return held


def sample(schema: Mapping[str, Any]) -> Any:
    """A small value that a schema takes: what is required, each as short as may be."""
    if "$ref" in schema:
        return sample(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("oneOf"):  # which says that one of several fields is needed, maybe with others
        needed = [*schema.get("required", ()), *schema["oneOf"][0]["required"]]
        return sample({**schema, "required": needed, "oneOf": None})
    match schema.get("type"):
        case "object":
            held = schema.get("properties", {})
            needed = schema.get("required", ()) or list(held)[: schema.get("minProperties", 0)]
            return {name: sample(held[name]) for name in needed}
        case "array":
            return [sample(schema["items"]) for _ in range(schema.get("minItems", 0))]
        case "integer":
            return schema.get("minimum", 1)
        case "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case _:
            return "x" * max(1, schema.get("minLength", 1))


def other_way(schema: Schema, body: Any, name: str) -> Any:
    """The body without what would stand against a field: where a schema offers several ways, only one may be gone."""
    if "$ref" in schema:
        return other_way(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]], body, name)
    ways = [set(option["required"]) for option in schema.get("oneOf", ())]
    if not any(name in way for way in ways):
        return body
    against = {other for way in ways if name not in way for other in way}
    return {field: held for field, held in body.items() if field not in against}


def headers(operation: Described, number: int) -> dict[str, str]:
    """Headers that the operation asks for, beside the token."""
    named = {parameter["name"]: parameter for parameter in operation.parameters if parameter["in"] == "header"}
    sent = {}
    if "If-Match" in named:
        sent["if-match"] = '"1"'
    if "Idempotency-Key" in named:
        sent["idempotency-key"] = f"matrix-{number}"
    return sent
