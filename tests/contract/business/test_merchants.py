"""What the port Merchants promises, in memory and in DynamoDB."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from haat.aws.table import Put
from haat.business.memory.merchants import MemoryMerchants
from haat.business.model.merchant import Merchant, StaffNumber, StaffTemplate
from haat.business.ports import Merchants
from haat.business.store.merchants import DynamoMerchants, merchant_actions
from haat.facts import verification
from haat.facts.verification import ShopChanged, VerificationFact
from haat.kernel.errors import Conflict
from haat.kernel.ids import ulid
from haat.kernel.time import DAY
from tests.contract.tables import Tables
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT

SWEETS = Merchant(
    id=MERCHANT,
    name="মিষ্টি ভাণ্ডার",
    country="IN",
    currency="INR",
    language="bn",
    timezone="Asia/Kolkata",
    week={0: ((480, 720), (960, 1260)), 6: ((1380, 1560),)},
    closures=(date(2026, 1, 26), date(2026, 8, 15)),
    staff=(
        StaffNumber(
            id=ulid(NOW, b"staff-one!"),
            phone="919800000001",
            name="অনিতা",
            language="bn",
            told=("order.placed",),
            added_at=NOW,
        ),
        StaffNumber(id=ulid(NOW, b"staff-two!"), phone="919800000002", name="B", language="en"),
    ),
    staff_template=StaffTemplate(name="news", language="en_US"),
)
PLAIN = Merchant(id=OTHER_MERCHANT, name="P", country="IN", currency="INR", language="en", timezone="UTC")


@pytest.fixture(params=["memory", "dynamodb"])
def merchants(request: pytest.FixtureRequest) -> Merchants:
    """Return an empty register."""
    if request.param == "memory":
        return MemoryMerchants()
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)
    return DynamoMerchants(tables.business, lambda: NOW)


def test_unknown_merchant_is_none(merchants: Merchants) -> None:
    """Nobody is made up."""
    assert merchants.get(MERCHANT) is None


@pytest.mark.parametrize("merchant", [SWEETS, PLAIN], ids=["with hours", "plain"])
def test_merchant_is_read_back_whole(merchants: Merchants, merchant: Merchant) -> None:
    """Name, hours, closures and staff come back as they were told, in any script."""
    merchants.save(merchant)
    assert merchants.get(merchant.id) == merchant


def test_merchants_are_kept_apart(merchants: Merchants) -> None:
    """One merchant's change is not another's."""
    merchants.save(SWEETS)
    merchants.save(PLAIN)
    merchants.save(replace(PLAIN, version=2, name="Q"))
    assert merchants.get(MERCHANT) == SWEETS


def test_change_follows_the_version_before(merchants: Merchants) -> None:
    """A profile is changed step by step, and the last step stands."""
    for version in (1, 2, 3):
        merchants.save(replace(SWEETS, version=version, name=f"name {version}"))
    kept = merchants.get(MERCHANT)
    assert kept is not None
    assert (kept.version, kept.name) == (3, "name 3")


@pytest.mark.parametrize("version", [1, 2, 4])
def test_change_of_what_was_changed_in_between_is_a_conflict(merchants: Merchants, version: int) -> None:
    """Who read an older profile, or skips one, changes nothing."""
    merchants.save(SWEETS)
    second = replace(SWEETS, version=2)
    merchants.save(second)
    with pytest.raises(Conflict):
        merchants.save(replace(SWEETS, version=version, name="lost"))
    assert merchants.get(MERCHANT) == second


def test_change_of_nobody_is_a_conflict(merchants: Merchants) -> None:
    """A merchant begins with its first version."""
    with pytest.raises(Conflict):
        merchants.save(replace(SWEETS, version=2))
    assert merchants.get(MERCHANT) is None


def test_change_of_staff_writes_the_merchant_alone() -> None:
    """No row of the directory is written again, and no channel is told, however much the shop says of itself."""
    listed = replace(SWEETS, handle="sweets", listed=True, category="sweets", place="Kolkata", about="sweets")
    after = replace(listed, version=2, staff=listed.staff[:1], staff_template=None)
    assert len(merchant_actions(None, listed, NOW)) > 3
    assert [action.item["sk"] for action in merchant_actions(listed, after, NOW) if isinstance(action, Put)] == [
        "PROFILE"
    ]
    assert len(merchant_actions(listed, after, NOW)) == 1


def test_channels_are_told_of_a_change_and_of_the_same_words_where_asked() -> None:
    """Who saves what is as before tells nobody, unless it must be told again."""
    before = replace(SWEETS, about="sweets")
    told = [
        [a.item["sk"] for a in merchant_actions(before, after, NOW, show=show) if isinstance(a, Put)]
        for after, show in ((replace(before, version=2), False), (replace(before, version=2), True))
    ]
    assert told == [["PROFILE"], ["PROFILE", "SHARED#0000000002"]]


@pytest.mark.parametrize(
    "changed",
    [{"name": "N"}, {"legal_name": "L"}, {"state": "closed"}, {"handle": "sweets"}, {"country": "BD"}],
    ids=lambda changed: next(iter(changed)),
)
def test_verification_hears_of_what_a_badge_rests_on(changed: dict[str, Any], tables: Tables) -> None:
    """In the transaction of the change, once for each version; a shop that begins has no badge yet."""
    merchants = DynamoMerchants(tables.business, lambda: NOW)
    merchants.save(SWEETS)
    merchants.save(replace(SWEETS, version=2, about="sweets"))
    assert told_to_verification(tables) == []
    merchants.save(replace(SWEETS, version=3, about="sweets", **changed))
    with pytest.raises(Conflict):
        merchants.save(replace(SWEETS, version=3, name="lost"))
    assert told_to_verification(tables) == [ShopChanged(merchant=MERCHANT, what="profile", occurred_at=NOW)]


def told_to_verification(tables: Tables) -> list[VerificationFact]:
    """What lies in the outbox for it; each row is forgotten after 14 days."""
    rows = [item for item in tables.business.having("queue") if item["queue"] == verification.QUEUE]
    assert {item["ttl"] for item in rows} <= {(NOW + 14 * DAY) // 1000}
    return [verification.load(item["body"]) for item in rows]
