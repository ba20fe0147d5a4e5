"""Every operation of the API, called by everyone who may not: made from the document, so that a new one is in it by itself.

What is asked for exists, and the request is one that would succeed: only the caller stands against it. Ids of other shops
are tried in test_api_wrong_ids.py.
"""

import pytest

from haat.business.model.token import MARKET, Role
from tests.security.api_document import Described, operations
from tests.security.furnished import Furnished, is_markets, kept, refused

GUARDED = [operation for operation in operations() if operation.roles]
SIDES = tuple(Role)


@pytest.mark.parametrize("operation", GUARDED, ids=lambda operation: operation.id)
def test_caller_without_a_token_that_counts_is_refused(
    two_shops: tuple[Furnished, Furnished], operation: Described
) -> None:
    """No token, an invented one, an expired one and a revoked one get 401, and nothing changes."""
    shop = two_shops[0]
    who = shop.speaks(Role(operation.roles[0]))
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
    texts = {role: shop.api.token(*shop.speaks(role)) for role in SIDES if role not in operation.roles}
    before = kept(shop.api)
    for role, text in texts.items():
        other_side = (role in MARKET) != is_markets(operation)
        expected = (404, "not-found") if other_side else (403, "forbidden")
        assert refused(shop.ask(operation, shop.ids, text)) == expected
    assert kept(shop.api) == before
