"""What the API says of a body or query that its document does not take: the field by its name, and a sentence."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from haat.edge.api.bodies import FAR, read_json
from haat.edge.api.faults import MOST
from haat.edge.api.operations import Operation, check, operations
from haat.kernel.errors import Rejected

LISTED = {
    op.id: op for function in ("public_api", "merchant_api", "operator_api") for op in operations(function).values()
}
PRODUCT: Mapping[str, Any] = {"name": "Sandesh", "price": {"minor": 1500, "currency": "INR"}, "unit": "piece"}


def faults(id: str, value: Any, kind: str = "body") -> dict[str, str]:
    """What is wrong with a value, by field."""
    try:
        check(kind, LISTED[id], value)
    except Rejected as error:
        return error.fields
    return {}


def schemas(operation: Operation) -> Iterator[Mapping[str, Any]]:
    """Every schema of what an operation takes."""
    waiting: list[Any] = [operation.query, operation.body]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


@pytest.mark.parametrize(
    ("id", "value", "told"),
    [
        ("create_product", {}, {"name": "is missing", "price": "is missing", "unit": "is missing"}),
        ("create_product", {**PRODUCT, "price": {"currency": "INR"}}, {"price.minor": "is missing"}),
        ("create_product", {**PRODUCT, "naem": "x"}, {"naem": "is not known here"}),
        (
            "create_product",
            {**PRODUCT, "price": {"minor": 1, "currency": "INR", "paise": 1}},
            {"price.paise": "is not known here"},
        ),
        ("create_product", {**PRODUCT, "name": " "}, {"name": "must not be empty"}),
        ("create_product", {**PRODUCT, "name": "x" * 961}, {"name": "must have at most 120 letters"}),
        ("create_product", {**PRODUCT, "stock": "5"}, {"stock": "must be a whole number without a point or null"}),
        ("create_product", {**PRODUCT, "hsn": "123"}, {"hsn": "must be 2, 4, 6 or 8 digits, or empty"}),
        ("create_product", [], {"body": "must be an object"}),
        (
            "create_order",
            {"customer_id": "x", "lines": [{"quantity": 1, "product_id": "01KDVDNA008252GHK0JAF24VNQ"}, {"quantity": 0}]},
            {
                "customer_id": "must be an id, as the API shows them",
                "lines.1.product_id": "is missing",
                "lines.1.quantity": "must be at least 1",
            },
        ),
        ("create_order", {"customer_id": "01KDVDNA008252GHK0JAF24VNQ", "lines": []}, {"lines": "must not be empty"}),
        ("teach_unanswered", {}, {"body": "needs either entry_id or entry, and not both"}),
        (
            "teach_unanswered",
            {"entry_id": "a", "entry": {"replies": {"en": "b"}}},
            {"body": "needs either entry_id or entry, and not both"},
        ),
        ("put_hours", {"week": {}, "closures": ["2026-02-30"]}, {"closures.0": "is no day of the calendar, such as 2026-11-24"}),
        ("move_order", {"action": "eat"}, {"action": "must be one of accept, reject, ready, send_out, deliver, cancel"}),
    ],
)  # fmt: skip
def test_body_that_is_refused_names_each_field(id: str, value: Any, told: dict[str, str]) -> None:
    """Also a field that is missing or that nobody knows, wherever it stands."""
    assert faults(id, value) == told


def test_query_that_is_refused_names_each_parameter() -> None:
    """An unknown one by its name, not "body"."""
    assert faults("list_products", {"limt": 5, "limit": 0}, "query") == {
        "limt": "is no parameter of this address",
        "limit": "must be at least 1",
    }
    assert faults("list_products", {"cursor": "*"}, "query") == {"cursor": "is none of ours"}


def test_answer_to_a_body_full_of_faults_is_short() -> None:
    """So many are told; a name that the caller made up is told by its beginning."""
    told = faults("create_product", {**PRODUCT, **{f"{number}" * 60: 1 for number in range(5_000)}})
    assert len(told) == MOST
    assert max(map(len, told)) <= 80


@pytest.mark.parametrize("id", LISTED)
def test_every_limit_of_the_document_is_told_in_words(id: str) -> None:
    """Each pattern has a sentence of its own unless it only refuses the empty text, and each oneOf offers fields."""
    for schema in schemas(LISTED[id]):
        if isinstance(pattern := schema.get("pattern"), str):
            assert pattern == r"\S" or "x-haat-says" in schema, f"{pattern}: say in infra/api/ what it wants"
            assert not re.search(r"[\^$\\\[]", schema.get("x-haat-says", "")), "a sentence, not a pattern"
        for option in schema.get("oneOf", ()):
            assert option.keys() == {"required"}, "faults.py says what is wrong with those only"
        if (letters := schema.get("x-haat-letters")) is not None:
            assert schema["maxLength"] == 8 * letters, "a letter may be eight code points long"


@pytest.mark.parametrize("id", LISTED)
def test_every_number_of_the_document_is_whole_and_has_bounds(id: str) -> None:
    """So that what a body has beyond them is refused by its field (bodies.py)."""
    for schema in schemas(LISTED[id]):
        kind = schema.get("type")
        kinds = {kind} if isinstance(kind, str) else set(kind) if isinstance(kind, list) else set()
        assert "number" not in kinds
        if "integer" in kinds:
            assert -FAR < schema["minimum"] <= schema["maximum"] < FAR


@pytest.mark.parametrize("written", ["3.0", "1e3", "2.5", "1e999999999"])
@pytest.mark.parametrize("field", ["stock", "tax_basis_points", "price.minor"])
def test_number_with_a_point_is_refused_by_its_field(field: str, written: str) -> None:
    """It is neither rounded nor taken for a whole one."""
    raw = f'{{"minor": {written}, "currency": "INR"}}' if field == "price.minor" else written
    said = {**PRODUCT, **read_json(f'{{"{field.partition(".")[0]}": {raw}}}'.encode())}
    (told,) = faults("create_product", said).items()
    assert told[0] == field
    assert told[1].startswith("must be a whole number without a point")
