"""A shop as a conversation sees it, put together from what business and conversation keep."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from sys import getsizeof
from typing import cast
from zlib import crc32

from cachetools import LRUCache

from haat.aws.flags import Flags
from haat.business.model.merchant import Merchant
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.model import Language, Matcher, OpeningHours, Shop, Taught
from haat.conversation.rules.lessons import wants_learning
from haat.conversation.rules.matching import ReplyBook, compile_book
from haat.conversation.store.lines import DynamoTaught
from haat.kernel.errors import NotFound
from haat.kernel.ids import MerchantId

KEEP_S = 60
MOST_BYTES = 32 * 1024 * 1024  # of shops with their compiled replies in one process
SHOP_BYTES = 8_000  # of a profile with its hours, closures and people, about and rather too many


def shop_of(merchant: Merchant, taught: Taught) -> Shop:
    """Translate: the only place that knows both words."""
    return Shop(
        merchant=merchant.id,
        # What is learnt may come later than the entries that it is of.
        version=f"{merchant.version}.{taught.version}.{crc32(taught.learnt):08x}",
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
    told = taught.read(merchant)
    return shop_of(profile, told), compile_book(told.entries, told.learnt)


class StoredShops:
    """Fills conversation's port Shops. A shop is read again after KEEP_S; its replies are compiled again only when they changed.

    What is kept is bounded by its size: a shop that found no room is read again with the next message.
    """

    def __init__(
        self,
        merchants: DynamoMerchants,
        taught: DynamoTaught,
        flags: Flags,
        timer: Callable[[], float],
        *,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._merchants, self._taught, self._flags, self._timer = merchants, taught, flags, timer
        self._kept: LRUCache[MerchantId, _Kept] = LRUCache(maxsize=most_bytes, getsizeof=lambda kept: kept.size_bytes)

    def shop(self, merchant: MerchantId) -> tuple[Shop, Matcher]:
        """The shop and its compiled replies. Raises NotFound."""
        kept, now = self._kept.get(merchant), self._timer()
        if kept is None or now - kept.read_at >= KEEP_S:
            kept = self._read(merchant, kept, now)
            if kept.size_bytes <= self._kept.maxsize:
                self._kept[merchant] = kept
        return kept.shop, kept.book

    def _read(self, merchant: MerchantId, before: "_Kept | None", now: float) -> "_Kept":
        profile = self._merchants.get(merchant)
        if profile is None:
            raise NotFound("merchant")
        taught = self._taught.read(merchant, consistent=False)
        shop = shop_of(profile, taught)
        if before is not None and before.shop.version == shop.version:
            return replace(before, read_at=now)
        # By another recipe: until it is learnt anew the nearest example answers. What was never learnt waits until it is saved: the
        # version before ours knows no lessons, and shops that it taught are the ones that it may have to answer for again.
        if taught.learnt and wants_learning(taught):
            self._taught.wish(merchant, taught.version)
        return _Kept(shop=shop, book=compile_book(shop.entries, taught.learnt), read_at=now)

    def open_for(self, country: str) -> bool:
        """Whether automatic answers are open in a country."""
        return self._flags.open("automatic_answers", {"country": country})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A shop as it was read; of what was learnt only what its book needs."""

    shop: Shop
    book: ReplyBook
    read_at: float

    @property
    def size_bytes(self) -> int:
        """About its memory. A profile and the bot's own texts are added to what the book says of itself and of the entries."""
        texts = self.shop.texts
        said = (
            text
            for each in (texts.greeting, texts.away, texts.not_understood, texts.unsupported)
            for text in each.values()
        )
        return self.book.size_bytes + SHOP_BYTES + sum(map(getsizeof, said))
