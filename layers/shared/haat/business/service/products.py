"""What a merchant does with products."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from haat.business.model.product import Product
from haat.business.ports import Answers, Listed, Merchants
from haat.business.ports.products import Collections, Files, Products
from haat.business.rules import sheets
from haat.business.rules.products import changed, made, shown
from haat.kernel.errors import Changed, NotFound
from haat.kernel.ids import CollectionId, MerchantId, ProductId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

# In one answer: less than an import takes, and than Lambda hands out (6 MB of JSON, with quotation marks of two bytes).
EXPORT_ROWS, EXPORT_BYTES = 10_000, 2_500_000
SPARE_MS = 8_000  # a page more, and writing all of them, take less


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """The products of merchants."""

    merchants: Merchants
    products: Products
    collections: Collections
    files: Files
    answers: Answers

    def read(self, merchant: MerchantId, id: ProductId) -> Product:
        """As it is now. Raises NotFound."""
        product = self.products.get(merchant, id)
        if product is None:
            raise NotFound("product")
        return product

    def list(
        self, merchant: MerchantId, collection: CollectionId | None, after: str | None, limit: int
    ) -> Listed[Product]:
        """One page of all, or of a collection. Raises NotFound for a collection that is not there."""
        if collection is None:
            return self.products.list(merchant, after, limit)
        found = self.collections.get(merchant, collection)
        if found is None or found.closing is not None:
            raise NotFound("collection")
        return self.products.within(merchant, collection, after, limit)

    def add(self, merchant: MerchantId, said: Mapping[str, Any], id: ProductId, once: Once) -> Answer:
        """A new one. Raises Rejected, Conflict (sku-taken)."""
        if (given := self.answers.given(once)) is not None:
            return given
        product = made(merchant, self._currency(merchant), said, id, once.at)
        headers = {"etag": f'"{product.version}"'}
        return self.products.add(product, once, Answer(status=201, body=shown(product), headers=headers))

    def change(self, merchant: MerchantId, id: ProductId, seen: int, said: Mapping[str, Any], now: Instant) -> Product:
        """Raises NotFound, Changed, Rejected, Conflict (sku-taken)."""
        before = self._seen(merchant, id, seen)
        after = changed(before, self._currency(merchant), said, now)
        self.products.change(before, after)
        return after

    def remove(self, merchant: MerchantId, id: ProductId, seen: int, now: Instant) -> None:
        """Take it away, its pictures with it. Who was cut off does the same again. Raises NotFound, Changed."""
        left = self.products.leftovers(merchant, id) if self.products.get(merchant, id) is None else None
        if left is None:
            product = self._seen(merchant, id, seen)
            files = [place(merchant, id, picture.id) for picture in product.pictures]
            self.products.remove(product, files, now)
        elif left.version == seen:
            files = list(left.files)
        else:
            raise NotFound("product")
        if files:
            for file in files:
                self.files.drop(file)
            self.products.cleared(merchant, id)

    def export(self, merchant: MerchantId, after: str | None, left_ms: Callable[[], int]) -> tuple[str, str | None]:
        """Products as a table, as many as one answer holds, and where the next one begins."""
        names = self._names(merchant)
        found: list[Product] = []
        size = 0
        while True:
            page, after = self.products.list(merchant, after, 100)
            for product in page:
                size += sheets.size(product)
                if found and size > EXPORT_BYTES:
                    after = found[-1].id
                    break
                found.append(product)
            if after is None or len(found) >= EXPORT_ROWS or size > EXPORT_BYTES or left_ms() < SPARE_MS:
                break
        languages = sorted({language for product in found for language in product.names})
        return sheets.write(found, names, languages, heading=True), after

    def _names(self, merchant: MerchantId) -> dict[str, str]:
        names: dict[str, str] = {}
        after: str | None = None
        while True:
            page, after = self.collections.list(merchant, after, 100)
            names |= {collection.id: collection.name for collection in page}
            if after is None:
                return names

    def _seen(self, merchant: MerchantId, id: ProductId, seen: int) -> Product:
        product = self.read(merchant, id)
        if product.version != seen:
            raise Changed("the product was changed in between")
        return product

    def _currency(self, merchant: MerchantId) -> str:
        found = self.merchants.get(merchant)
        if found is None:
            raise NotFound("merchant")
        return found.currency


def place(merchant: MerchantId, product: ProductId, picture: str) -> str:
    """Where the file of a picture lies. Nobody is let write there but we."""
    return f"pictures/{merchant}/{product}/{picture}"
