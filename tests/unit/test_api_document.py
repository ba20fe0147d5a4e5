"""The API's document, its parts, the functions' routes and docs/api.md say the same."""

import ast
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from aws_lambda_powertools import Logger, Metrics
from openapi_spec_validator import validate

from haat.edge.api.operations import operations
from haat.edge.api.problems import PROBLEMS
from haat.wiring import merchant_api, operator_api, public_api
from infra.api import compose

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS: dict[str, Any] = {"merchant_api": merchant_api, "operator_api": operator_api, "public_api": public_api}


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a region: clients are made, and call nobody."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")


def declared() -> dict[str, set[tuple[str, str]]]:
    """(method, path) of every operation of the document, by the function whose address stands behind it."""
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in FUNCTIONS}
    document = yaml.safe_load((ROOT / "infra/openapi.yaml").read_text("utf-8"))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            (logical,) = re.findall(r"\$\{(\w+)\.Arn\}", uri)
            found[re.sub(r"(?<!^)([A-Z])", r"_\1", logical).lower()].add((method.upper(), path))
    return found


def test_document_is_what_its_parts_say() -> None:
    """infra/openapi.yaml and what the functions read of it were composed from the parts as they are."""
    for file, text in compose.written().items():
        assert file.read_text("utf-8") == text, f"{file.name}: make openapi"


def test_document_is_openapi() -> None:
    """The document is valid OpenAPI 3.0."""
    document = yaml.safe_load((ROOT / "infra/openapi.yaml").read_text("utf-8"))
    assert document["openapi"].startswith("3.0.")
    validate(document)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_routes_are_those_of_the_document(function: str) -> None:
    """Each API function has exactly the routes that the document leads to it, and a method for each."""
    wiring = FUNCTIONS[function]
    settings = wiring.Settings(**{field.name: "1" for field in fields(wiring.Settings)})
    api = wiring.build(settings, Logger(), Metrics(namespace="t", service="t"))
    app = api.chalice()
    routes = {(method, path) for path, by_method in app.routes.items() for method in by_method}
    assert routes == declared()[function]
    assert len(operations(function)) == len({route for route in routes if route[0] != "OPTIONS"})
    assert all(callable(api.routes[id]) for id in operations(function))


def test_problems_are_those_of_the_docs() -> None:
    """docs/api.md lists every type of problem with its status, and no other."""
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (\d{3}) \| (.+) \|$", (ROOT / "docs/api.md").read_text("utf-8"), re.MULTILINE
    )
    assert {word: (int(status), title) for word, status, title in rows} == PROBLEMS


def test_docs_name_every_path() -> None:
    """docs/api.md names every path of the document, from its fourth part on as people find it there."""
    told = (ROOT / "docs/api.md").read_text("utf-8")
    paths = {path for listed in declared().values() for _, path in listed}
    lacking = []
    for path in sorted(paths):
        below = re.sub(r"^/v1/(merchants/\{merchant_id\}|operator)/", "", path)
        if below not in told and "/".join(below.split("/")[-1:]) not in told:
            lacking.append(path)
    assert lacking == []


def reasons() -> set[str]:
    """The word of every Conflict that our code raises."""
    found = set()
    for file in (ROOT / "layers/shared/haat").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Conflict":
                found |= {
                    str(kw.value.value)
                    for kw in node.keywords
                    if kw.arg == "word" and isinstance(kw.value, ast.Constant)
                }
    return found | {f"shop-{state}" for state in ("closed", "blocked")}  # made of the state, in rules/merchants.py


def test_docs_say_every_reason() -> None:
    """A program may tell conflicts apart by their reason: docs/api.md says each, where it is no type of its own."""
    told = (ROOT / "docs/api.md").read_text("utf-8")
    assert "handle-taken" in reasons()
    assert {reason for reason in reasons() if f"`{reason}`" not in told} == set()
