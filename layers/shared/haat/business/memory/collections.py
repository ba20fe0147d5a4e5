"""Collections in memory, under the same contract as in DynamoDB."""

from collections.abc import Iterable
from dataclasses import replace

from haat.business.memory.products import MemoryProducts, cut
from haat.business.model.product import Collection
from haat.business.ports import Listed
from haat.business.rules.products import folded
from haat.kernel.errors import Changed, Conflict
from haat.kernel.ids import CollectionId, MerchantId
from haat.kernel.once import Answer, Once


class MemoryCollections:
    """Fills the port Collections."""

    def __init__(self, products: MemoryProducts) -> None:
        self._products, self._kept = products, products.collections

    def get(self, merchant: MerchantId, id: CollectionId) -> Collection | None:
        return self._kept.get((merchant, id))

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Collection]:
        return cut((found for (owner, _), found in self._kept.items() if owner == merchant), after, limit)

    def by_name(self, merchant: MerchantId, names: Iterable[str]) -> dict[str, CollectionId]:
        return {
            folded(found.name): found.id
            for (owner, _), found in self._kept.items()
            if owner == merchant and found.closing is None and folded(found.name) in set(names)
        }

    def add(self, collection: Collection, once: Once, answer: Answer) -> Answer:
        if (given := self._products.answers.given(once)) is not None:
            return given
        self._free(collection)
        self._kept[collection.merchant, collection.id] = collection
        self._products.answers.give(once, answer)
        return answer

    def change(self, before: Collection, after: Collection) -> None:
        self._stands(before)
        self._free(after)
        self._kept[after.merchant, after.id] = after

    def close(self, before: Collection) -> None:
        self._stands(before)
        closed = replace(before, version=before.version + 1, closing=before.version)
        self._kept[before.merchant, before.id] = closed

    def empty(self, collection: Collection, limit: int) -> bool:
        page, _ = self._products.within(collection.merchant, collection.id, None, limit)
        for product in page:
            others = tuple(id for id in product.collections if id != collection.id)
            self._products.put(product, replace(product, collections=others, version=product.version + 1))
        return bool(page)

    def drop(self, collection: Collection) -> None:
        self._kept.pop((collection.merchant, collection.id), None)

    def _stands(self, before: Collection) -> None:
        there = self.get(before.merchant, before.id)
        if there is None or there.version != before.version:
            raise Changed("the collection was changed in between")

    def _free(self, collection: Collection) -> None:
        owner = self.by_name(collection.merchant, [folded(collection.name)]).get(folded(collection.name))
        if owner not in (None, collection.id):
            raise Conflict("another collection of the shop has this name", word="name-taken")
