"""Writes the API's one document, infra/openapi.yaml, from the parts in infra/api/*.yaml, and what the functions read of it.

A part says of each operation only what is its own; what every operation has in common (errors, headers, paging, the
integration with its function, the preflight of browsers) is added here. The document is OpenAPI 3.0.3, since API
Gateway takes no 3.1.

    paths:
      /v1/merchants/{merchant_id}/products:
        post:
          id: create_product            # operationId, and the name of the route's method
          does: Add a product.
          function: merchant_api
          roles: [owner, staff]         # none: anyone may call it
          once: true                    # takes an Idempotency-Key
          match: true                   # takes If-Match
          fresh: true                   # the token is read anew, also for a GET
          outlives: true                # an owner may do it though the shop is closed or blocked
          page: true                    # takes cursor and limit
          query: {name: schema}
          body: NewProduct              # a schema by name; or {type: text/csv} for what is no JSON
          answers: {201: Product}       # by status: a schema by name, a media type, or nothing
          tagged: true                  # the answer has an ETag
          refuses: [409]                # errors of its own
    schemas: {...}                      # as in OpenAPI

Beside a `pattern` a schema has `x-haat-says`: what its text must be, in words for whoever sent another one; without it a pattern
only refuses the empty text. `x-haat-letters` is the limit as people count letters (the rules hold it); `maxLength`, in code points, is wide
enough for it. Both are for the functions and stay out of the document.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from infra.api import gateway
from infra.api.runtime import media, public, runtime

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCUMENT = ROOT / "infra/openapi.yaml"
OPERATIONS = ROOT / "layers/shared/haat/edge/api/operations.json"

ULID = {"type": "string", "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$", "example": "01KDVDNA008252GHK0JAF24VNQ"}
PAGING = {
    "cursor": {
        "type": "string",
        "maxLength": 600,
        "pattern": "^[A-Za-z0-9_-]*$",
        "x-haat-says": "is none of ours",
        "description": "`next` of the page before",
    },
    "limit": {"type": "integer", "minimum": 1, "maximum": 100, "description": "how many; 25 without it"},
}
MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that was read",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,15}"$', "example": '"1"'},
}
ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each thing that is made; the same again gets the same answer for 24 hours",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
}
WORDS = {
    400: "The request can't be read",
    401: "The token is missing, wrong, expired or revoked",
    403: "This token may not do that",
    404: "Nothing is known under that name, or it is not the caller's to know",
    409: "It stands against what is there",
    412: "Somebody else changed it since it was read",
    413: "The body is too large",
    415: "The body is of a kind that is not taken here",
    422: "Some fields are not as they should be",
    428: "If-Match is missing",
    429: "Too many requests; Retry-After says when",
    500: "Something is wrong on our side",
    503: "A part that is needed does not answer; try again",
}
METHODS = ("get", "put", "post", "patch", "delete")


class Part(dict[str, Any]):
    """An operation as a part says it."""


def parts() -> dict[str, Any]:
    """All parts, joined; a name that stands in two of them is an error."""
    joined: dict[str, Any] = {"paths": {}, "schemas": {}}
    for file in sorted(HERE.glob("*.yaml")):
        part = yaml.safe_load(file.read_text("utf-8"))
        for kind, held in joined.items():
            for name, value in (part.get(kind) or {}).items():
                if kind == "paths" and name in held and not held[name].keys() & value.keys():
                    held[name] |= value
                    continue
                if name in held:
                    sys.exit(f"{file.name}: {name} stands in another part, too")
                held[name] = value
    return joined


def walk(joined: Mapping[str, Any]) -> Iterator[tuple[str, str, Part]]:
    """Path, method and operation of every one."""
    for path, methods in sorted(joined["paths"].items()):
        for method in METHODS:
            if method in methods:
                yield path, method, Part(methods[method])


def document(joined: Mapping[str, Any]) -> dict[str, Any]:
    """The OpenAPI document."""
    paths: dict[str, Any] = {}
    for path, method, op in walk(joined):
        paths.setdefault(path, {})[method] = _operation(path, op)
    for methods in paths.values():
        methods["options"] = _preflight(methods)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Haat",
            "version": "1",
            "description": "A market hall: merchants, their customers' messages, products and orders.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "parameters": {"IfMatch": MATCH, "IdempotencyKey": ONCE},
            "responses": {f"Refused{code}": _refusal(code) for code in WORDS},
            "schemas": {**joined["schemas"], "Problem": _problem()},
        },
        "x-amazon-apigateway-gateway-responses": gateway.responses(),
    }


def _operation(path: str, op: Part) -> dict[str, Any]:
    named = dict(op.get("query") or {}) | (PAGING if op.get("page") else {})
    parameters: list[Any] = [
        {"name": name, "in": "path", "required": True, "schema": (op.get("path") or {}).get(name, ULID)}
        for name in _names(path)
    ]
    parameters += [
        {"name": name, "in": "query", "required": name in (op.get("needs") or ()), "schema": schema}
        for name, schema in named.items()
    ]
    parameters += [_shared("parameters", "IfMatch")] if op.get("match") else []
    parameters += [_shared("parameters", "IdempotencyKey")] if op.get("once") else []
    written: dict[str, Any] = {"operationId": op["id"], "summary": op["does"], "tags": [op["function"]]}
    if op.get("roles"):
        written |= {"security": [{"token": []}], "x-haat-roles": op["roles"]}
    else:
        written["security"] = []  # said, not forgotten
    if parameters:
        written["parameters"] = parameters
    if "body" in op:
        written["requestBody"] = {"required": True, "content": {media(op["body"]): {"schema": _schema(op["body"])}}}
    written["responses"] = _answers(op) | {
        str(code): _shared("responses", f"Refused{code}") for code in _refusals(path, op)
    }
    written["x-amazon-apigateway-integration"] = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "passthroughBehavior": "when_no_match",
        "uri": {"Fn::Sub": _uri(op["function"])},
    }
    return written


def _uri(function: str) -> str:
    logical = "".join(word.capitalize() for word in function.split("_"))
    # `Ref` on the alias, since a function is called by it.
    return (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${"
        + logical
        + ".Arn}:live/invocations"
    )


def _names(path: str) -> list[str]:
    return [piece[1:-1] for piece in path.split("/") if piece.startswith("{")]


def _schema(body: Any) -> dict[str, Any]:
    return {"type": "string"} if isinstance(body, dict) else {"$ref": f"#/components/schemas/{body}"}


def _answers(op: Part) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, what in op["answers"].items():
        answer: dict[str, Any] = {"description": op["does"]}
        if what and "/" in what:
            answer["content"] = {what: {"schema": {"type": "string"}}}
        elif what:
            answer["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{what}"}}}
        if op.get("tagged"):
            answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
        answers[str(status)] = answer
    return answers


def _refusals(path: str, op: Part) -> list[int]:
    codes = {500, 503, *(op.get("refuses") or ())}
    if op.get("roles"):
        codes |= {401, 403, 404, 429}
    if _names(path):
        codes.add(404)
    if op.get("query") or op.get("page"):
        codes.add(422)
    if "body" in op:
        codes |= {400, 413, 415, 422}
    if op.get("match"):
        codes |= {400, 412, 428}
    if op.get("once"):
        codes |= {400, 409, 422}
    return sorted(codes)


def _shared(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _refusal(code: int) -> dict[str, Any]:
    return {
        "description": WORDS[code],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status"],
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "instance": text,
            "reason": text,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["field", "message"],
                    "properties": {"field": text, "message": text},
                },
            },
        },
    }


def _preflight(methods: Mapping[str, Any]) -> dict[str, Any]:
    """What a browser asks before a page of another origin may call: answered by the function, which knows the origins."""
    first = next(iter(methods.values()))
    return {
        "summary": "A browser asks what a page of another origin may send",
        "tags": first["tags"],
        "parameters": [p for p in first.get("parameters", []) if p.get("in") == "path"],
        "security": [],
        "responses": {"204": {"description": "What is allowed"}},
        "x-amazon-apigateway-integration": first["x-amazon-apigateway-integration"],
    }


def written() -> dict[Path, str]:
    """The files as they should be."""
    joined = parts()
    text = yaml.safe_dump(
        public(document(joined)), allow_unicode=True, sort_keys=False, width=120, default_flow_style=False
    )
    head = "# Haat's API. Written by `make openapi` from infra/api/*.yaml; change nothing by hand.\n"
    return {
        DOCUMENT: head + text,
        OPERATIONS: json.dumps(
            runtime(walk(joined), joined["schemas"], PAGING), ensure_ascii=False, indent=1, sort_keys=True
        )
        + "\n",
    }


def main(words: list[str]) -> None:
    """`write` the files, or `check` that they are as they should be."""
    for file, text in written().items():
        if words == ["write"]:
            file.write_text(text, "utf-8")
        elif not file.exists() or file.read_text("utf-8") != text:
            sys.exit(f"{file.relative_to(ROOT)} is not what infra/api/*.yaml say: make openapi")


if __name__ == "__main__":
    main(sys.argv[1:])
