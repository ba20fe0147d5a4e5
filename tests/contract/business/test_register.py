"""What the port Merchants promises to operators, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from haat.business.memory.merchants import MemoryMerchants
from haat.business.model.merchant import Merchant
from haat.business.ports import Merchants
from haat.business.store.merchants import DynamoMerchants
from haat.kernel.errors import Changed, Conflict, Rejected
from haat.kernel.ids import MerchantId, ulid
from haat.kernel.once import Answer, Once
from tests.contract.tables import Tables
from tests.invented import NOW


@pytest.fixture(params=["memory", "dynamodb"])
def merchants(request: pytest.FixtureRequest) -> Merchants:
    """Return an empty register."""
    if request.param == "memory":
        return MemoryMerchants()
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)
    return DynamoMerchants(tables.business, lambda: NOW)


def shop(number: int, **other: str) -> Merchant:
    """One of many shops."""
    id = MerchantId(ulid(NOW + number, b"shop of tests"))
    made = Merchant(id=id, name=f"Shop {number}", country="IN", currency="INR", language="en", timezone="UTC")
    return replace(made, **other)  # type: ignore[arg-type]  # fields of Merchant


def once(key: str, asked: str = "this") -> Once:
    """A request under a key."""
    return Once(key=key, asked=asked, at=NOW)


def told(merchant: Merchant) -> Answer:
    """What the caller is told of a new shop."""
    return Answer(status=201, body={"id": merchant.id}, headers={"etag": '"1"'})


def test_shop_begins_once(merchants: Merchants) -> None:
    """The same request again makes nothing, and gets the answer of the first."""
    first, second = shop(1), shop(2)
    assert merchants.begin(first, once("a"), told(first)) == told(first)
    assert merchants.begin(second, once("a"), told(second)) == told(first)
    assert merchants.get(second.id) is None
    assert merchants.page(None, 10) == ([first], None)
    assert merchants.counts() == {"open": 1, "closed": 0, "blocked": 0}


def test_key_of_another_request_makes_nothing(merchants: Merchants) -> None:
    """A key that was used for another shop is refused."""
    merchants.begin(shop(1), once("a"), told(shop(1)))
    with pytest.raises(Rejected):
        merchants.begin(shop(2), once("a", "that"), told(shop(2)))
    assert merchants.page(None, 10) == ([shop(1)], None)


def test_handle_that_is_taken_makes_nothing(merchants: Merchants) -> None:
    """A second shop of one handle is refused, is not counted, and its key may be used again."""
    merchants.begin(shop(1, handle="one"), once("a"), told(shop(1)))
    with pytest.raises(Conflict) as refused:
        merchants.begin(shop(2, handle="one"), once("b"), told(shop(2)))
    assert refused.value.word == "handle-taken"
    assert merchants.counts()["open"] == 1
    merchants.begin(shop(2, handle="two"), once("b"), told(shop(2)))
    assert merchants.counts()["open"] == 2


def test_change_happens_once(merchants: Merchants) -> None:
    """The same request again changes nothing and gets the answer of the first, also when the shop was changed since."""
    merchants.save(shop(1))
    first, second = replace(shop(1), version=2, name="first"), replace(shop(1), version=2, name="second")
    assert merchants.save_once(first, once("a"), told(first)) == told(first)
    assert merchants.save_once(second, once("a"), Answer(status=200)) == told(first)
    assert merchants.save_once(replace(second, version=3), once("a"), Answer(status=200)) == told(first)
    assert merchants.get(first.id) == first
    with pytest.raises(Rejected):
        merchants.save_once(replace(second, version=3), once("a", "that"), Answer(status=200))
    assert merchants.get(first.id) == first


def test_change_that_comes_too_late_is_not_remembered(merchants: Merchants) -> None:
    """Nothing is written of it; the same request may read again and try again. A handle that is taken is refused as ever."""
    merchants.save(shop(1))
    merchants.save(shop(2, handle="two"))
    for wrong in (1, 3):
        with pytest.raises(Changed):
            merchants.save_once(replace(shop(1), version=wrong), once("a"), told(shop(1)))
    with pytest.raises(Conflict) as refused:
        merchants.save_once(replace(shop(1), version=2, handle="two"), once("a"), told(shop(1)))
    assert refused.value.word == "handle-taken"
    assert merchants.get(shop(1).id) == shop(1)
    after = replace(shop(1), version=2, name="after")
    assert merchants.save_once(after, once("a"), told(after)) == told(after)
    assert merchants.get(after.id) == after


def test_counts_follow_the_states(merchants: Merchants) -> None:
    """Each change of a state moves one shop from one number to another; other changes move none."""
    for number in range(3):
        merchants.begin(shop(number), once(str(number)), told(shop(number)))
    closed = replace(shop(1), version=2, state="closed")
    merchants.save(closed)
    merchants.save(replace(closed, version=3, name="another"))
    merchants.save(replace(shop(2), version=2, state="blocked"))
    assert merchants.counts() == {"open": 1, "closed": 1, "blocked": 1}
    merchants.save(replace(closed, version=4, state="open"))
    assert merchants.counts() == {"open": 2, "closed": 0, "blocked": 1}


def test_pages_hold_each_shop_once_in_order(merchants: Merchants) -> None:
    """However large a page, all pages together are all shops, oldest first."""
    shops = [shop(number) for number in range(7)]
    for number, one in enumerate(shops):
        merchants.begin(one, once(str(number)), told(one))
    for limit in (1, 3, 7, 100):
        found: list[Merchant] = []
        after: str | None = None
        while True:
            page, after = merchants.page(after, limit)
            found += page
            if after is None:
                break
        assert found == shops


def test_page_begins_behind_any_text(merchants: Merchants) -> None:
    """A cursor that nobody gave leads to no other place than the register."""
    merchants.begin(shop(1), once("a"), told(shop(1)))
    assert merchants.page("~~~", 10) == ([], None)
    assert merchants.page("", 10) == ([shop(1)], None)
