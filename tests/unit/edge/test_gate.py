"""What the API's gate makes of a request's headers: whose look a change is about, and which request is which."""

import pytest

from haat.business.model.token import Caller, Role
from haat.edge.api.gate import known_ids, once, seen_version
from haat.edge.api.operations import Operation, operations
from haat.edge.api.problems import Problem, problem
from haat.kernel.errors import NotFound
from haat.kernel.ids import MerchantId, TokenId
from haat.kernel.once import Once
from haat.kernel.time import Instant

LISTED = operations("merchant_api")
CHANGE, POSTS = LISTED["put_product"], [op for op in LISTED.values() if op.once]
SHOP, OTHER = MerchantId("01KDVDNA000000000000000001"), MerchantId("01KDVDNA000000000000000002")
NOW = Instant(1_764_000_000_000)


def refused(given: str | None) -> tuple[str, str]:
    """The problem of an If-Match: its word and what it says."""
    with pytest.raises(Problem) as caught:
        seen_version(CHANGE, {} if given is None else {"if-match": given})
    return caught.value.word, str(caught.value)


@pytest.mark.parametrize(("given", "version"), [('"1"', 1), (' "12" ', 12), ('"999999999999999"', 999_999_999_999_999)])
def test_etag_that_was_read_says_which_version_was_seen(given: str, version: int) -> None:
    """Exactly as the answer's ETag has it."""
    assert seen_version(CHANGE, {"if-match": given}) == version


@pytest.mark.parametrize("given", [None, "", " "])
def test_change_without_if_match_is_asked_for_one(given: str | None) -> None:
    """RFC 6585: 428."""
    assert refused(given)[0] == "if-match"


def test_star_is_no_answer_to_what_was_seen() -> None:
    """RFC 9110 lets * match whatever is there, which is the lost update that If-Match is asked for to prevent: 428, and says why."""
    word, said = refused("*")
    assert (word, "whatever is there" in said) == ("if-match", True)


@pytest.mark.parametrize("given", ['W/"1"', 'W/""'])
def test_weak_etag_matches_nothing(given: str) -> None:
    """RFC 9110, 13.1.1: If-Match compares strongly. 412, and says that this is the reason."""
    assert refused(given) == ("changed", "a weak ETag matches nothing")


@pytest.mark.parametrize("given", ['"abc"', '""', '"-1"', '"1234567890123456"'])
def test_etag_of_somebody_elses_making_matches_nothing(given: str) -> None:
    """412: whatever it names, it is not what is there."""
    assert refused(given) == ("changed", "this ETag is none of ours")


@pytest.mark.parametrize("given", ["1", '"1', '"1", "2"', "W/1", 'w/"1"', '"1 "', '"١"', '"1"; x', "\x00"])
def test_if_match_that_is_no_etag_is_told_so(given: str) -> None:
    """400, and not that somebody had changed what nobody did. Of several ETags none says what was seen."""
    word, said = refused(given)
    assert (word, "in its quotes" in said) == ("malformed", True)


def asked(
    operation: Operation,
    *,
    by: MerchantId = SHOP,
    key: str = "k",
    body: bytes = b"{}",
    path: dict[str, str] | None = None,
) -> Once:
    """A request as it is remembered."""
    caller = Caller(token=TokenId("t"), role=Role.OWNER, merchant=by, operator=None)
    made = once(operation, caller, {"idempotency-key": key}, {"merchant_id": by} | (path or {}), body, NOW)
    assert made is not None
    return made


@pytest.mark.parametrize("operation", POSTS, ids=[op.id for op in POSTS])
def test_key_belongs_to_one_shop_and_one_operation(operation: Operation) -> None:
    """At another operation, in whatever context, the same key is another request; so it is with another shop's."""
    first = asked(operation)
    assert asked(operation) == first
    assert first.key not in {asked(other).key for other in POSTS if other is not operation}
    assert asked(operation, by=OTHER).key != first.key
    assert asked(operation, key="l").key != first.key


@pytest.mark.parametrize("operation", POSTS, ids=[op.id for op in POSTS])
def test_key_with_another_body_or_address_is_the_same_key_for_another_request(operation: Operation) -> None:
    """Which the tables then refuse with 422."""
    first = asked(operation)
    for other in (asked(operation, body=b"{ }"), asked(operation, path={"product_id": "x"})):
        assert other.key == first.key
        assert other.asked != first.asked


@pytest.mark.parametrize(
    "id", ["", "x", "01kdvdna000000000000000001", "81KDVDNA000000000000000001", "01KDVDNA00000000000000000"]
)
def test_id_that_can_be_nobodys_is_told_by_its_kind(id: str) -> None:
    """In a sentence."""
    with pytest.raises(NotFound) as caught:
        known_ids({"merchant_id": SHOP, "endpoint_id": id})
    answer = problem(caught.value, "r")
    assert (answer.status, answer.body["detail"]) == (404, "no endpoint is known by that id or name")
