"""What the port Tokens promises of operators' tokens, in memory and in DynamoDB."""

import pytest

from haat.business.memory.tokens import MemoryTokens
from haat.business.model.token import Role, Token
from haat.business.ports import Tokens
from haat.business.rules.tokens import ties
from haat.business.store.tokens import DynamoTokens
from haat.kernel.ids import MerchantId, OperatorId, TokenId, ulid
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.time import later
from tests.contract.tables import Tables
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT

OPERATOR = OperatorId(ulid(NOW, b"operator-1"))


@pytest.fixture(params=["memory", "dynamodb"])
def tokens(request: pytest.FixtureRequest) -> Tokens:
    """Return a place without tokens."""
    if request.param == "memory":
        return MemoryTokens(Remembered())
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)
    return DynamoTokens(tables.business, lambda: 0.0)


def issue(tokens: Tokens, number: int, merchant: MerchantId | None = None, shops: tuple[MerchantId, ...] = ()) -> Token:
    """A new token: a merchant's, or else an operator's, or a reviewer's where shops are named."""
    token = Token(
        id=TokenId(ulid(NOW + number, b"token test")),
        digest=f"{number:064x}",
        role=Role.OWNER if merchant else Role.REVIEWER if shops else Role.OPERATOR,
        name=f"token {number}",
        merchant=merchant,
        operator=None if merchant else OPERATOR,
        shops=shops,
        created_at=NOW,
    )
    tokens.issue(token, Once(key=str(number), asked="this", at=NOW), Answer(status=201))
    return token


def test_operators_and_merchants_are_listed_apart(tokens: Tokens) -> None:
    """No list of a merchant holds an operator's token, nor the other way round."""
    ours, theirs = [issue(tokens, 1), issue(tokens, 2)], issue(tokens, 3, MERCHANT)
    assert tokens.list(None) == ours
    assert tokens.list(MERCHANT) == [theirs]
    assert tokens.find(ours[0].digest, fresh=True) == ours[0]


def test_operators_token_is_revoked_where_it_is_listed(tokens: Tokens) -> None:
    """It is revoked once, among the operators' only; both its rows know of it."""
    token = issue(tokens, 1)
    assert not tokens.revoke(MERCHANT, token.id, NOW)
    for _ in range(2):
        assert tokens.revoke(None, token.id, later(NOW, 5))
    (listed,) = tokens.list(None)
    found = tokens.find(token.digest, fresh=True)
    assert found is not None
    assert listed.revoked_at == found.revoked_at == later(NOW, 5)
    assert not tokens.revoke(None, TokenId(ulid(NOW, b"nobodys")), NOW)


def test_ties_of_a_person_are_those_of_all_their_tokens(tokens: Tokens) -> None:
    """Whichever token names a shop, and though it was revoked: it is found with the role and the shops that it was made with."""
    first, second = issue(tokens, 1, shops=(MERCHANT,)), issue(tokens, 2, shops=(OTHER_MERCHANT,))
    issue(tokens, 3)
    assert tokens.find(first.digest, fresh=True) == first
    assert tokens.revoke(None, second.id, later(NOW, 5))
    assert ties(tokens.list(None), OPERATOR) == {MERCHANT, OTHER_MERCHANT}
    assert ties(tokens.list(None), OperatorId("another")) == frozenset()


def test_tokens_are_listed_page_by_page(tokens: Tokens) -> None:
    """Each once, oldest first, whoever's they are; a place that names nobody's token begins behind where it would stand."""
    ours = [issue(tokens, number) for number in range(1, 6)]
    issue(tokens, 9, MERCHANT)
    first, after = tokens.page(None, None, 2)
    second, rest = tokens.page(None, after, 2)
    third, end = tokens.page(None, rest, 2)
    assert first + second + third == ours
    assert end is None
    assert tokens.page(None, "7ZZZ", 2) == ([], None)
    assert tokens.page(None, "", 1)[0] == ours[:1]
