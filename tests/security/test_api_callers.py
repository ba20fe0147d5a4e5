"""Every operation of the API, called by everyone who may not: made from the document, so that a new one is in it by itself."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from haat.business.model.token import Role
from infra.local.http import Response
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.security.api_document import Described, headers, operations, sample
from tests.stack.business.conftest import SAREE_SHOP, SWEET_SHOP, Api

GUARDED = [operation for operation in operations() if operation.roles]
OF_MERCHANTS = [
    operation for operation in GUARDED if "merchant_id" in operation.names and Role.OPERATOR not in operation.roles
]
NOBODYS = "01KDVDNA00ZZZZZZZZZZZZZZZZ"
_numbers = itertools.count(1)


def ids(of: list[Described]) -> list[str]:
    """How they read in a list of tests."""
    return [operation.id for operation in of]


@pytest.fixture
def api(stage: Stage) -> Iterator[Api]:
    """Return the API of the market of three shops."""
    seed(stage)
    yield Api(stage)
    assert not [failure for failure in stage.failures if not failure.died], "a function broke"


def kept(api: Api) -> list[str]:
    """Everything that is kept, but how often tokens were used."""
    items = [*api.stage.items("business"), *api.stage.items("conversation")]
    return sorted(
        json.dumps(item, sort_keys=True, default=str) for item in items if not item["pk"]["S"].startswith("RATE#")
    )


def ask(api: Api, operation: Described, values: dict[str, str], text: str | None) -> Response:
    """Call an operation with a body that it takes, and with this token."""
    sent = headers(operation, next(_numbers))
    if text is not None:
        sent["authorization"] = f"Bearer {text}"
    raw = b""
    if operation.body is not None:
        ((media, content),) = operation.body.items()
        body: Any = sample(content["schema"])
        raw = json.dumps(body).encode() if media == "application/json" else b"name,price\nx,1\n"
        sent["content-type"] = media
    return api.stage.http(operation.method, operation.at(values), sent, raw)


def values(operation: Described, merchant: str) -> dict[str, str]:
    """A path's values: the merchant's own, and else ids of nobody's."""
    return {name: merchant if name == "merchant_id" else NOBODYS for name in operation.names}


def refused(answer: Response) -> tuple[int, str]:
    """Status and type of a problem."""
    return answer.status, json.loads(answer.body)["type"].removeprefix("urn:haat:problem:")


@pytest.mark.parametrize("operation", GUARDED, ids=ids(GUARDED))
def test_caller_without_a_token_that_counts_is_refused(api: Api, operation: Described) -> None:
    """No token, an invented one, an expired one and a revoked one get 401, and nothing changes."""
    operator = Role.OPERATOR in operation.roles
    who, role = ("op", Role.OPERATOR) if operator else (SWEET_SHOP, Role(operation.roles[0]))
    expired = api.token(who, role, ends=api.now)
    revoked = api.revoked(who, role)
    before = kept(api)
    for text in (None, "haat_invented", expired, revoked):
        assert refused(ask(api, operation, values(operation, SWEET_SHOP), text)) == (401, "unauthenticated")
    assert kept(api) == before


@pytest.mark.parametrize("operation", GUARDED, ids=ids(GUARDED))
def test_caller_of_a_lesser_role_is_refused(api: Api, operation: Described) -> None:
    """Roles that an operation does not name are told so, the other side of the market that nothing is there; nothing changes."""
    sides = {role: (SWEET_SHOP, role) for role in (Role.OWNER, Role.STAFF, Role.READ_ONLY)} | {
        Role.OPERATOR: ("op", Role.OPERATOR)
    }
    texts = {role: api.token(*who) for role, who in sides.items() if role not in operation.roles}
    before = kept(api)
    for role, text in texts.items():
        other_side = (role is Role.OPERATOR) != (Role.OPERATOR in operation.roles)
        expected = (404, "not-found") if other_side else (403, "forbidden")
        assert refused(ask(api, operation, values(operation, SWEET_SHOP), text)) == expected
    assert kept(api) == before


@pytest.mark.parametrize("operation", OF_MERCHANTS, ids=ids(OF_MERCHANTS))
def test_another_merchants_owner_finds_nothing(api: Api, operation: Described) -> None:
    """The owner of one shop gets 404 at every address of another, whether the shop exists or not."""
    text = api.token(SAREE_SHOP)
    before = kept(api)
    for merchant in (SWEET_SHOP, NOBODYS):
        assert refused(ask(api, operation, values(operation, merchant), text)) == (404, "not-found")
    assert kept(api) == before
