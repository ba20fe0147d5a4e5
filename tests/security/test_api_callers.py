"""Every operation of the API, called by everyone who may not: made from the document, so that a new one is in it by itself.

What is asked for exists, and the request is one that would succeed: only the caller stands against it. Ids of other shops
are tried in test_api_wrong_ids.py.
"""

import pytest

from haat.business.model.token import Role
from tests.security.api_document import Described, operations
from tests.security.furnished import OPERATOR, Furnished, is_operators, kept, refused

GUARDED = [operation for operation in operations() if operation.roles]
SIDES = (Role.OWNER, Role.STAFF, Role.READ_ONLY, Role.OPERATOR)


def speaks(shop: Furnished, role: Role) -> tuple[str, Role]:
    """Whom a token of a role stands for."""
    return (OPERATOR if role is Role.OPERATOR else shop.ids["merchant_id"]), role


@pytest.mark.parametrize("operation", GUARDED, ids=lambda operation: operation.id)
def test_caller_without_a_token_that_counts_is_refused(
    two_shops: tuple[Furnished, Furnished], operation: Described
) -> None:
    """No token, an invented one, an expired one and a revoked one get 401, and nothing changes."""
    shop = two_shops[0]
    who = speaks(shop, Role(operation.roles[0]))
    expired, revoked = shop.api.token(*who, ends=shop.api.now), shop.api.revoked(*who)
    before = kept(shop.api)
    for text in (None, "haat_invented", expired, revoked):
        assert refused(shop.ask(operation, shop.ids, text)) == (401, "unauthenticated")
    assert kept(shop.api) == before


@pytest.mark.parametrize("operation", GUARDED, ids=lambda operation: operation.id)
def test_caller_of_a_lesser_role_is_refused(two_shops: tuple[Furnished, Furnished], operation: Described) -> None:
    """Roles that an operation does not name are told so, the other side of the market that nothing is there; nothing changes."""
    shop = two_shops[0]
    shop.api.forget_use()
    texts = {role: shop.api.token(*speaks(shop, role)) for role in SIDES if role not in operation.roles}
    before = kept(shop.api)
    for role, text in texts.items():
        other_side = (role is Role.OPERATOR) != is_operators(operation)
        expected = (404, "not-found") if other_side else (403, "forbidden")
        assert refused(shop.ask(operation, shop.ids, text)) == expected
    assert kept(shop.api) == before
