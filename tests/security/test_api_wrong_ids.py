"""Every id of another shop, in every place of every operation where an id may stand: made from the document.

Both shops have one of everything, so the ids are of things that exist; everything else of a request is the caller's own, so that only
the id stands against it.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.http import Response
from tests.security.api_document import Described, operations, other_way
from tests.security.furnished import (
    EVERYBODYS,
    NAMES_A_THING,
    OWN_CHOICE,
    SAYS_ITSELF,
    Furnished,
    is_markets,
    kept,
    named,
    refused,
    thing,
    with_value,
)

LISTED = [operation for operation in operations() if operation.roles]
OF_MERCHANTS = [operation for operation in LISTED if not is_markets(operation)]
# What was sent is read in test_verification_requests.py: its reading leaves a line in the history.
READ = [operation for operation in OF_MERCHANTS if operation.method == "GET" and operation.id != "export_evidence"]
# Operators see every merchant: of a merchant's things they name the merchant, and of nobody's else. A bank's checklist is the deployment's own.
PATHS = [
    (operation, name)
    for operation in LISTED
    for name in operation.names
    if name not in {"merchant_id", *OWN_CHOICE} and (operation.id, name) not in EVERYBODYS
]
QUERIES = [
    (operation, parameter["name"])
    for operation in OF_MERCHANTS
    for parameter in operation.parameters
    if parameter["in"] == "query" and parameter["name"] not in OWN_CHOICE
]
BODIES = [
    (operation, place)
    for operation in LISTED
    for content in (operation.body or {}).values()
    for place in named(content["schema"])
    if place[-1] in NAMES_A_THING and (operation.id, place[-1]) not in EVERYBODYS
]
# In a path it is as if nobody had it. A picture that was not uploaded is known nowhere, so that any id can be that of one.
IN_PATHS: Mapping[tuple[str, str], tuple[int, str]] = {("attach_picture", "picture_id"): (409, "conflict")}
NOBODY, NOBODYS = (
    "01KDVDNA00ZZZZZZZZZZZZZZZZ",
    {"entry": "nobodys", "channel": "199999999999999", "page_id": "299999999999999"},
)
# What another's id is answered with in a body, where it is not 422.
IN_BODIES: Mapping[tuple[str, str], tuple[int, str]] = {
    ("block_customer", "customer_id"): (404, "not-found"),
    ("teach_unanswered", "entry_id"): (404, "not-found"),
    ("put_profile", "handle"): (409, "conflict"),
    ("create_merchant", "handle"): (409, "conflict"),
    ("put_merchant", "handle"): (409, "conflict"),
    ("connect_channel", "phone_number_id"): (409, "conflict"),
    ("connect_channel", "page_id"): (409, "conflict"),
    ("decide_badge", "badge_id"): (409, "conflict"),
}
CHANGES_NOTHING = pytest.mark.usefixtures("unchanged")


def ask(mine: Furnished, operation: Described, ids: Mapping[str, str], **more: Any) -> Response:
    """One request of the first shop's owner, of an operator or a reviewer, that would succeed with ids of their own."""
    return mine.ask(operation, ids, mine.text(operation), **more)


def told(answer: Response) -> dict[str, Any]:
    """What a refusal says, but for the request's own id."""
    said: dict[str, Any] = json.loads(answer.body)
    return {name: held for name, held in said.items() if name != "instance"}


def untold(answer: Response, theirs: Furnished) -> None:
    """The answer names nothing of the other shop's."""
    text = answer.body.decode()
    assert not [name for name, id in theirs.ids.items() if id in text]


def listed(cases: list[tuple[Described, Any]]) -> list[str]:
    """How cases read in a list of tests."""
    return [f"{operation.id}-{'.'.join(at) if isinstance(at, tuple) else at}" for operation, at in cases]


def test_every_name_is_known(two_shops: tuple[Furnished, Furnished]) -> None:
    """A path, query or body with a name that nobody has looked at may name a thing: say so in furnished.py."""
    known = set(NAMES_A_THING) | OWN_CHOICE | SAYS_ITSELF
    for operation in LISTED:
        assert set(operation.names) <= set(two_shops[1].ids), operation.id
        asked = {parameter["name"] for parameter in operation.parameters if parameter["in"] == "query"}
        assert asked <= known | {"cursor"}, operation.id
        for content in (operation.body or {}).values():
            assert {place[-1] for place in named(content["schema"])} - {"0"} <= known, operation.id


@CHANGES_NOTHING
@pytest.mark.parametrize("operation", READ, ids=lambda op: op.id)
def test_things_are_there_for_their_own_shop(two_shops: tuple[Furnished, Furnished], operation: Described) -> None:
    """What the tests below try exists: its owner reads it."""
    for shop in two_shops:
        assert ask(shop, operation, shop.ids).status == 200


@CHANGES_NOTHING
@pytest.mark.parametrize(("operation", "name"), PATHS, ids=listed(PATHS))
def test_another_shops_id_in_a_path_is_nobodys(
    two_shops: tuple[Furnished, Furnished], operation: Described, name: str
) -> None:
    """Below the caller's own shop, with the other ids the caller's own: 404."""
    mine, theirs = two_shops
    ids = mine.ids | {name: theirs.ids[name]}
    answer = ask(mine, operation, ids)
    assert refused(answer) == IN_PATHS.get((operation.id, name), (404, "not-found"))
    untold(answer, theirs)
    nobodys = ask(mine, operation, mine.ids | {name: NOBODYS.get(name, NOBODY)})
    assert told(answer) == told(nobodys), "whether it is another's or nobody's is not to be seen"


@CHANGES_NOTHING
def test_another_shops_page_in_a_path_is_nobodys(two_shops: tuple[Furnished, Furnished]) -> None:
    """A channel's path takes a page as it takes a number, which the test above tries."""
    mine, theirs = two_shops
    (disconnect,) = (operation for operation in LISTED if operation.id == "disconnect_channel")
    answer = ask(mine, disconnect, mine.ids | {"channel": theirs.ids["page_id"]})
    assert refused(answer) == (404, "not-found")
    untold(answer, theirs)


@CHANGES_NOTHING
@pytest.mark.parametrize("operation", [op for op in OF_MERCHANTS if "merchant_id" in op.names], ids=lambda op: op.id)
def test_another_shops_address_is_nobodys(two_shops: tuple[Furnished, Furnished], operation: Described) -> None:
    """With all its ids as they are: 404."""
    mine, theirs = two_shops
    answer = ask(mine, operation, theirs.ids)
    assert refused(answer) == (404, "not-found")
    untold(answer, theirs)
    assert told(answer) == told(ask(mine, operation, theirs.ids | {"merchant_id": NOBODY}))


@CHANGES_NOTHING
@pytest.mark.parametrize(("operation", "name"), QUERIES, ids=listed(QUERIES))
def test_another_shops_id_in_a_query_finds_nothing(
    two_shops: tuple[Furnished, Furnished], operation: Described, name: str
) -> None:
    """A collection is nobody's, a number finds no order; a cursor is a place in the caller's own list, or none."""
    mine, theirs = two_shops
    value = theirs.cursor(operation) if name == "cursor" else theirs.ids[thing(operation, name)]
    answer = ask(mine, operation, mine.ids, query=f"?{name}={value}")
    untold(answer, theirs)
    match name:
        case "cursor":
            assert answer.status in {200, 422}
        case "number":
            assert json.loads(answer.body) == {"items": [], "next": None}
        case _:
            assert refused(answer) == (404, "not-found")


@CHANGES_NOTHING
@pytest.mark.parametrize(("operation", "place"), BODIES, ids=listed(BODIES))
def test_another_shops_id_in_a_body_is_refused(
    two_shops: tuple[Furnished, Furnished], operation: Described, place: tuple[str, ...]
) -> None:
    """By its field, or as nobody's; what can be in one shop only is said to be taken."""
    mine, theirs = two_shops
    value: Any = theirs.ids[thing(operation, place[-1])]
    ((_, content),) = (operation.body or {}).items()
    body = other_way(content["schema"], mine.body(operation), place[0])
    body = with_value(body, place, [value] if place[-1] == "collections" else value)
    answer = ask(mine, operation, mine.ids, body=body)
    assert refused(answer) == IN_BODIES.get((operation.id, place[-1]), (422, "invalid"))
    if answer.status == 422:
        assert ".".join(place) in {error["field"] for error in json.loads(answer.body)["errors"]}
    untold(answer, theirs)


@pytest.mark.parametrize("column", ["id", "sku"])
def test_another_shops_product_in_a_table_is_not_touched(two_shops: tuple[Furnished, Furnished], column: str) -> None:
    """By its id the row is bad; by its sku it is a product of the caller's own. Nothing of the other shop's is read or changed."""
    mine, theirs = two_shops
    before = kept(mine.api)
    value = theirs.ids["product_id"] if column == "id" else "SKU-2"
    raw = f"{column},name,price\n{value},taken,1\n".encode()
    report = mine.json("POST", "products/import", raw, headers={"content-type": "text/csv"})
    assert (report["bad"], report["changed"]) == ((1, 0) if column == "id" else (0, 0))
    came = [line for line in kept(mine.api) if line not in before]
    assert [line for line in came if theirs.ids["merchant_id"] in line] == []
    assert [line for line in before if line not in kept(mine.api)] == []
