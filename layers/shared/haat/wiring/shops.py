"""A shop as a conversation sees it, put together from what business and conversation keep."""

from collections.abc import Callable
from typing import cast

from cachetools import LRUCache, TTLCache

from haat.aws.flags import Flags
from haat.business.model.merchant import Merchant
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.model import Language, Matcher, OpeningHours, Shop, Taught
from haat.conversation.rules.matching import ReplyBook, compile_book
from haat.conversation.store.lines import DynamoTaught
from haat.kernel.errors import NotFound
from haat.kernel.ids import MerchantId

KEEP_S = 60
MOST_BYTES = 32 * 1024 * 1024  # of compiled replies in one process


def shop_of(merchant: Merchant, taught: Taught) -> Shop:
    """Translate: the only place that knows both words."""
    return Shop(
        merchant=merchant.id,
        version=f"{merchant.version}.{taught.version}",
        name=merchant.name,
        country=merchant.country,
        language=cast("Language", merchant.language),
        hours=OpeningHours(timezone=merchant.timezone, week=merchant.week, closures=merchant.closures),
        entries=taught.entries,
        texts=taught.texts,
        manners=taught.manners,
        serves=merchant.state == "open",
        staff={person.phone: cast("Language", person.language) for person in merchant.staff},
    )


def fresh_shop(merchants: DynamoMerchants, taught: DynamoTaught, merchant: MerchantId) -> tuple[Shop, ReplyBook]:
    """The shop and its replies as they are at this moment, for those who change them. Raises NotFound."""
    profile = merchants.get(merchant, fresh=True)
    if profile is None:
        raise NotFound("merchant")
    shop = shop_of(profile, taught.read(merchant))
    return shop, compile_book(shop.entries)


class StoredShops:
    """Fills conversation's port Shops. A shop is read again after KEEP_S; its replies are compiled again only when they changed."""

    def __init__(
        self, merchants: DynamoMerchants, taught: DynamoTaught, flags: Flags, timer: Callable[[], float]
    ) -> None:
        self._merchants, self._taught, self._flags = merchants, taught, flags
        self._kept: TTLCache[MerchantId, Shop] = TTLCache(maxsize=2_000, ttl=KEEP_S, timer=timer)
        self._books: LRUCache[MerchantId, tuple[str, ReplyBook]] = LRUCache(
            maxsize=MOST_BYTES, getsizeof=lambda kept: kept[1].size_bytes
        )

    def shop(self, merchant: MerchantId) -> tuple[Shop, Matcher]:
        """The shop and its compiled replies. Raises NotFound."""
        if (kept := self._kept.get(merchant)) is None:
            profile = self._merchants.get(merchant)
            if profile is None:
                raise NotFound("merchant")
            kept = self._kept[merchant] = shop_of(profile, self._taught.read(merchant, consistent=False))
        return kept, self._book(kept)

    def _book(self, shop: Shop) -> ReplyBook:
        known = self._books.get(shop.merchant)
        if known is not None and known[0] == shop.version:
            return known[1]
        book = compile_book(shop.entries)
        if book.size_bytes <= MOST_BYTES:
            self._books[shop.merchant] = (shop.version, book)
        return book

    def open_for(self, country: str) -> bool:
        """Whether automatic answers are open in a country."""
        return self._flags.open("automatic_answers", {"country": country})
