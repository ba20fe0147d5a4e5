"""Products in memory, under the same contract as in DynamoDB."""

from collections.abc import Iterable, Sequence

from haat.business.model.product import Collection, Product
from haat.business.ports import Listed
from haat.business.ports.products import Leftovers
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected
from haat.kernel.ids import CollectionId, MerchantId, ProductId
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.time import Instant


class MemoryProducts:
    """Fills the port Products; collections look into it."""

    def __init__(self, answers: Remembered) -> None:
        self.answers = answers
        self.kept: dict[tuple[MerchantId, ProductId], Product] = {}
        self.collections: dict[tuple[MerchantId, CollectionId], Collection] = {}
        self._gone: dict[tuple[MerchantId, str], Leftovers] = {}

    def get(self, merchant: MerchantId, id: ProductId) -> Product | None:
        return self.kept.get((merchant, id))

    def many(self, merchant: MerchantId, ids: Iterable[ProductId]) -> dict[ProductId, Product]:
        return {id: self.kept[merchant, id] for id in ids if (merchant, id) in self.kept}

    def by_sku(self, merchant: MerchantId, skus: Iterable[str]) -> dict[str, ProductId]:
        wanted = set(skus)
        return {product.sku: product.id for product in self._of(merchant) if product.sku in wanted}

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Product]:
        return cut(self._of(merchant), after, limit)

    def within(self, merchant: MerchantId, collection: CollectionId, after: str | None, limit: int) -> Listed[Product]:
        return cut([product for product in self._of(merchant) if collection in product.collections], after, limit)

    def add(self, product: Product, once: Once, answer: Answer) -> Answer:
        if (given := self.answers.given(once)) is not None:
            return given
        self.put(None, product)
        self.answers.give(once, answer)
        return answer

    def change(self, before: Product, after: Product) -> None:
        self.put(before, after)

    def check(self, product: Product, once: Once, answer: Answer) -> Answer:
        if (given := self.answers.given(once)) is not None:
            return given
        if self.get(product.merchant, product.id) is None:
            raise NotFound("product")
        self.answers.give(once, answer)
        return answer

    def remove(self, product: Product, leftovers: Sequence[str], now: Instant) -> None:
        self.stands(product, product.id)
        del self.kept[product.merchant, product.id]
        self._gone[product.merchant, product.id] = Leftovers(version=product.version, files=tuple(leftovers))

    def leave(self, before: Product, after: Product, id: str, leftovers: Sequence[str]) -> None:
        self.put(before, after)
        self._gone[before.merchant, id] = Leftovers(version=before.version, files=tuple(leftovers))

    def leftovers(self, merchant: MerchantId, id: str) -> Leftovers | None:
        return self._gone.get((merchant, id))

    def cleared(self, merchant: MerchantId, id: str) -> None:
        self._gone[merchant, id] = Leftovers(version=self._gone[merchant, id].version, files=())

    def stands(self, before: Product | None, id: ProductId, merchant: MerchantId | None = None) -> None:
        """Raises Changed where another version stands there."""
        there = self.kept.get((before.merchant if before else merchant or MerchantId(""), id))
        if (there.version if there else None) != (before.version if before else None):
            raise Changed("the product was changed in between")

    def put(self, before: Product | None, after: Product) -> None:
        """Let a product stand in the place of another."""
        self.stands(before, after.id, after.merchant)
        owner = self.by_sku(after.merchant, [after.sku] if after.sku else []).get(after.sku, after.id)
        if owner != after.id:
            raise Conflict("another product of the shop has this number", word="sku-taken")
        for id in set(after.collections) - set(before.collections if before else ()):
            found = self.collections.get((after.merchant, id))
            if found is None or found.closing is not None:
                raise Rejected(
                    "some fields are not as they should be",
                    word="invalid",
                    fields={"collections": "there is no such collection"},
                )
        self.kept[after.merchant, after.id] = after

    def _of(self, merchant: MerchantId) -> "Sequence[Product]":
        return [product for (owner, _), product in self.kept.items() if owner == merchant]


def cut[T: Product | Collection](things: Iterable[T], after: str | None, limit: int) -> Listed[T]:
    """One page by id."""
    ordered = sorted((thing for thing in things if after is None or thing.id > after), key=lambda thing: thing.id)
    page = ordered[:limit]
    return page, page[-1].id if len(ordered) > limit else None
