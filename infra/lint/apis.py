"""Which routes of an API's document ask nobody who they are."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.lint.templates import House, Resource, api_file

API = "AWS::Serverless::Api"
METHODS = ("delete", "get", "head", "options", "patch", "post", "put", "trace", "x-amazon-apigateway-any-method")


def open_routes(house: House, api: Resource) -> Iterator[str]:
    """Routes without a security scheme that do not say `security: []` themselves; see OpenAPI 3.0, Security Requirement Object."""
    document = _document(house, api)
    if document is None:
        yield "whatever it serves"
        return
    common = document.get("security")
    for path, operations in (document.get("paths") or {}).items():
        for method in METHODS:
            operation = operations.get(method)
            if operation is None:
                continue
            asked = operation.get("security", common)
            # An empty requirement beside others makes them voluntary.
            if operation.get("security") != [] and (not asked or {} in asked):
                yield f"{method.upper()} {path}"


def _document(house: House, api: Resource) -> Mapping[str, Any] | None:
    if (file := api_file(api.properties)) is not None:
        return house.documents[file]
    body: Mapping[str, Any] | None = api.properties.get("DefinitionBody")
    return body
