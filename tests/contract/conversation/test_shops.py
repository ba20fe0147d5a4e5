"""Shops as auto_reply keeps them: a minute old at most, compiled when something changed, and no more of them than there is room for."""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from haat.aws.table import Delete, Update
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.model import Entry, Manners, Matcher, Taught
from haat.conversation.rules.learning import AT_ONCE
from haat.conversation.rules.learnt import RECIPE
from haat.conversation.service.learning import Learning
from haat.conversation.store.lines import DynamoTaught
from haat.kernel.errors import NotFound
from haat.kernel.ids import MerchantId
from haat.wiring.shops import KEEP_S, MOST_BYTES, StoredShops
from infra.local.market import MARKET, SWEETS
from tests.contract.tables import Tables
from tests.invented import NOW

if TYPE_CHECKING:
    from haat.aws.flags import Flags

ID = SWEETS.merchant.id
LARGE = Entry(
    id="large", examples=tuple(f"form {n} of series {n * 7}" for n in range(AT_ONCE + 1)), replies={"en": "x"}
)


class Kept:
    """Shops in one process, and its time."""

    def __init__(self, tables: Tables, most_bytes: int = MOST_BYTES) -> None:
        self.now = 0.0
        self.merchants = DynamoMerchants(tables.business, lambda: NOW)
        self.taught = DynamoTaught(tables.conversation)
        self.shops = StoredShops(
            self.merchants, self.taught, cast("Flags", None), timer=lambda: self.now, most_bytes=most_bytes
        )

    def teach(self, *entries: Entry) -> None:
        """Replace the entries of the shop."""
        before = self.taught.read(ID)
        self.taught.write(ID, replace(before, entries=entries or before.entries, version=before.version + 1))

    def book(self, merchant: MerchantId = ID) -> Matcher:
        """What answers for a shop."""
        return self.shops.shop(merchant)[1]


@pytest.fixture
def kept(tables: Tables) -> Kept:
    """Return a process that has the market to read."""
    made = Kept(tables)
    for shop in MARKET:
        made.merchants.save(shop.merchant)
        made.taught.write(shop.merchant.id, shop.taught)
    return made


def test_shop_is_read_again_after_a_minute(kept: Kept) -> None:
    """Until then it is as it was; and what has not changed is not compiled again."""
    before = kept.book()
    kept.teach(Entry(id="lift", examples=("is there a lift",), replies={"en": "No."}))
    kept.now = KEEP_S - 1
    assert kept.book() is before
    kept.now = KEEP_S
    match = kept.book().match("is there a lift?")
    assert match is not None
    assert match.entry.id == "lift"
    after = kept.book()
    kept.now = 3 * KEEP_S
    assert kept.book() is after


def test_manners_change_with_the_shop(kept: Kept) -> None:
    """A minute later the bot behaves as it was told."""
    kept.book()
    before = kept.taught.read(ID)
    kept.taught.write(ID, replace(before, manners=Manners(sureness="eager"), version=before.version + 1))
    kept.now = KEEP_S
    assert kept.shops.shop(ID)[0].manners.sureness == "eager"


def test_what_is_learnt_later_is_used_after_a_minute(kept: Kept) -> None:
    """The entries are the same then: what was learnt from them is not."""
    kept.teach(*SWEETS.taught.entries, LARGE)
    text = "tell me how much it is for a kilo"
    nearest = kept.book().match(text)
    Learning(kept.taught).learn(ID, kept.taught.read(ID).version)
    assert kept.book().match(text) == nearest
    kept.now = KEEP_S
    surer = kept.book().match(text)
    assert nearest is not None
    assert surer is not None
    assert surer.confidence != nearest.confidence


def test_no_more_shops_are_kept_than_there_is_room_for(kept: Kept, tables: Tables) -> None:
    """Who found no room is read again: right, and slower."""
    first = kept.book()
    sizes = [kept.book(shop.merchant.id).size_bytes for shop in MARKET]  # type: ignore[attr-defined]  # a ReplyBook
    assert kept.book() is first
    small = Kept(tables, most_bytes=min(sizes) + 10_000)
    for _ in range(2):
        for shop in MARKET:
            assert small.shops.shop(shop.merchant.id)[0].merchant == shop.merchant.id
    none = Kept(tables, most_bytes=1_000)
    assert none.book() is not none.book()
    assert none.book().match("দাম কত") == first.match("দাম কত")


def test_shop_that_is_not_there_is_not_found(kept: Kept) -> None:
    """Nobody is answered in its name."""
    with pytest.raises(NotFound):
        kept.book(MerchantId("01KDVDNA00ZZZZZZZZZZZZZZZZ"))


def test_shop_without_entries_has_an_empty_book(kept: Kept) -> None:
    """Nothing was taught: nothing is similar."""
    for number, shop in enumerate(MARKET, 1):
        before = kept.taught.read(shop.merchant.id)
        kept.taught.write(shop.merchant.id, Taught(version=before.version + 1, learnt=before.learnt))
        kept.now = number * KEEP_S
        assert kept.book(shop.merchant.id).match("দাম কত") is None


def test_what_another_recipe_learnt_is_learnt_anew_by_itself(kept: Kept, tables: Tables) -> None:
    """The first message after an update has it learnt, asked for once; until then the nearest example answers."""
    (part,) = (item for item in tables.items(f"TAUGHT#{ID}") if item["sk"].startswith("LEARNT#"))
    older = bytes(part["part"]).replace((RECIPE).to_bytes(2, "little"), (RECIPE - 1).to_bytes(2, "little"), 1)
    tables.conversation.update(Update(pk=part["pk"], sk=part["sk"], set={"part": older}))
    assert tables.items("LEARNING#") == []
    for _ in range(2):
        kept.now += KEEP_S
        assert kept.book().match("dam koto") is not None
    (wish,) = tables.items("LEARNING#")
    assert (wish["pk"], wish["queue"]) == (f"LEARNING#{ID}", "conversation-due")
    assert Learning(kept.taught).learn(ID, int(wish["sk"])) == "learnt"
    kept.now += KEEP_S
    kept.book()
    assert tables.items("LEARNING#") == []


def test_what_an_older_version_taught_waits_until_it_is_saved(kept: Kept, tables: Tables) -> None:
    """It was never learnt: the nearest example answers, and no lesson is asked for that the older version would not know."""
    for part in (item for item in tables.items(f"TAUGHT#{ID}") if item["sk"].startswith("LEARNT#")):
        tables.conversation.delete(Delete(pk=part["pk"], sk=part["sk"]))
    assert kept.book().match("dam koto") is not None
    assert tables.items("LEARNING#") == []
