"""Products in DynamoDB: all of a merchant's in one partition, in the order in which they were made.

| thing | pk | sk |
| --- | --- | --- |
| product | GOODS#merchant | PRODUCT#id |
| whose a number of the shop's own is | GOODS#merchant | SKU#sku |
| a product's place in a collection | SHELF#merchant#collection | id |
| files that something left | GOODS#merchant | GONE#id |

`stock`, `active` and `version` stand beside the document, so that an order can take stock without having read it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Check, Delete, Put, Refused, Table, Update, Value
from haat.business.model.product import Picture, Product
from haat.business.ports import Listed
from haat.business.ports.products import Leftovers
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Changed, Conflict, HaatError, NotFound, Rejected, Unavailable
from haat.kernel.ids import CollectionId, MerchantId, ProductId
from haat.kernel.money import Money
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

KEPT_S = 30 * 24 * 3600  # how long it is known what files were left
_APART = ("stock", "active", "version")


def home(merchant: MerchantId) -> str:
    """The partition of a merchant's goods."""
    return f"GOODS#{merchant}"


def shelf(merchant: MerchantId, collection: CollectionId) -> str:
    """The partition of a collection's products."""
    return f"SHELF#{merchant}#{collection}"


def item(product: Product) -> dict[str, Value]:
    """A product as it lies in the table."""
    plain = {name: value for name, value in to_plain(product).items() if name not in _APART}
    stock: dict[str, Value] = {} if product.stock is None else {"stock": product.stock}
    doc = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    key: dict[str, Value] = {"pk": home(product.merchant), "sk": f"PRODUCT#{product.id}"}
    return key | stock | {"version": product.version, "active": product.active, "doc": doc}


def load(held: Mapping[str, Any]) -> Product:
    """The product in an item."""
    plain = json.loads(held["doc"]) | {name: held[name] for name in _APART if name in held}
    product = from_plain(Product, plain, {"pictures": Picture})
    # from_plain takes a mapping for `price` as it is.
    return replace(product, price=Money(**plain["price"]))


def writing(before: Product | None, after: Product) -> list[tuple[Action, HaatError]]:
    """All that must be written so that a product stands in the place of another, and what a refusal of each would mean."""
    key, id = home(after.merchant), after.id
    put = Put(item=item(after), version=before.version) if before else Put(item=item(after), absent=True)
    wanted: list[tuple[Action, HaatError]] = [(put, Changed("the product was changed in between"))]
    old = before.sku if before else ""
    if old != after.sku:
        taken = Conflict("another product of the shop has this number", word="sku-taken")
        if old:
            wanted.append((Delete(pk=key, sk=f"SKU#{old}"), taken))
        if after.sku:
            wanted.append((Put(item={"pk": key, "sk": f"SKU#{after.sku}", "product": id}, absent=True), taken))
    were, are = set(before.collections) if before else set(), set(after.collections)
    for collection in sorted(were - are):
        gone = Changed("the collection was changed in between")
        wanted.append((Delete(pk=shelf(after.merchant, collection), sk=id), gone))
    for collection in sorted(are - were):
        unknown = Rejected(
            "some fields are not as they should be",
            word="invalid",
            fields={"collections": "there is no such collection"},
        )
        open_ = "attribute_exists(pk) AND attribute_not_exists(#closing)"
        wanted.append((Check(pk=key, sk=f"COLLECTION#{collection}", when=open_), unknown))
        wanted.append((Put(item={"pk": shelf(after.merchant, collection), "sk": id}), unknown))
    return wanted


def reserve(product: Product, quantity: int) -> Action:
    """The part of an order's transaction that takes stock: refused where so many are not left, or the product is not for sale.

    A product whose stock was not counted when it was read must still not be counted; else read it again.
    """
    pk, sk = home(product.merchant), f"PRODUCT#{product.id}"
    if product.stock is None:
        for_sale = "attribute_not_exists(#stock) AND #active = :yes"
        return Check(pk=pk, sk=sk, when=for_sale, values={"yes": True})
    enough = "#stock >= :quantity AND #active = :yes"
    values: dict[str, Value] = {"quantity": quantity, "yes": True}
    return Update(pk=pk, sk=sk, add={"stock": -quantity, "version": 1}, when=enough, values=values)


def release(product: Product, quantity: int) -> Action | None:
    """The part of a transaction that gives stock back; None where nobody counts. Refused where nobody counts any more."""
    if product.stock is None:
        return None
    pk, sk = home(product.merchant), f"PRODUCT#{product.id}"
    return Update(pk=pk, sk=sk, add={"stock": quantity, "version": 1}, when="attribute_exists(#stock)")


class DynamoProducts:
    """Fills the port Products."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers = table, DynamoAnswers(table)

    def get(self, merchant: MerchantId, id: ProductId) -> Product | None:
        held = self._table.get(home(merchant), f"PRODUCT#{id}")
        return load(held) if held else None

    def many(self, merchant: MerchantId, ids: Iterable[ProductId]) -> dict[ProductId, Product]:
        keys = [(home(merchant), f"PRODUCT#{id}") for id in ids]
        found = map(load, self._table.get_many(keys)) if keys else ()
        return {product.id: product for product in found}

    def by_sku(self, merchant: MerchantId, skus: Iterable[str]) -> dict[str, ProductId]:
        keys = [(home(merchant), f"SKU#{sku}") for sku in skus]
        found = self._table.get_many(keys) if keys else ()
        return {held["sk"].removeprefix("SKU#"): ProductId(held["product"]) for held in found}

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Product]:
        page = self._table.page(
            home(merchant), prefix="PRODUCT#", after=None if after is None else f"PRODUCT#{after}", limit=limit
        )
        return [load(held) for held in page.items], page.next and page.next.removeprefix("PRODUCT#")

    def within(self, merchant: MerchantId, collection: CollectionId, after: str | None, limit: int) -> Listed[Product]:
        page = self._table.page(shelf(merchant, collection), after=after, limit=limit)
        found = self.many(merchant, [ProductId(held["sk"]) for held in page.items])
        return list(found.values()), page.next

    def add(self, product: Product, once: Once, answer: Answer) -> Answer:
        return self._once(once, answer, writing(None, product))

    def change(self, before: Product, after: Product) -> None:
        self._write(writing(before, after))

    def check(self, product: Product, once: Once, answer: Answer) -> Answer:
        there = Check(pk=home(product.merchant), sk=f"PRODUCT#{product.id}", when="attribute_exists(pk)")
        return self._once(once, answer, [(there, NotFound("product"))])

    def remove(self, product: Product, leftovers: Sequence[str], now: Instant) -> None:
        key = home(product.merchant)
        changed = Changed("the product was changed in between")
        same = Delete(pk=key, sk=f"PRODUCT#{product.id}", when="#version = :seen", values={"seen": product.version})
        wanted: list[tuple[Action, HaatError]] = [(same, changed)]
        if product.sku:
            wanted.append((Delete(pk=key, sk=f"SKU#{product.sku}"), changed))
        shelves = [shelf(product.merchant, collection) for collection in product.collections]
        wanted += [(Delete(pk=place, sk=product.id), changed) for place in shelves]
        wanted.append((_left(product, product.id, leftovers, now), changed))
        self._write(wanted)

    def leave(self, before: Product, after: Product, id: str, leftovers: Sequence[str]) -> None:
        left = (_left(before, id, leftovers, after.changed_at), Changed("the picture was taken away in between"))
        self._write([*writing(before, after), left])

    def leftovers(self, merchant: MerchantId, id: str) -> Leftovers | None:
        held = self._table.get(home(merchant), f"GONE#{id}")
        return Leftovers(version=held["version"], files=tuple(json.loads(held["files"]))) if held else None

    def cleared(self, merchant: MerchantId, id: str) -> None:
        self._table.update(Update(pk=home(merchant), sk=f"GONE#{id}", set={"files": "[]"}))

    def _once(self, once: Once, answer: Answer, wanted: Sequence[tuple[Action, HaatError]]) -> Answer:
        try:
            self._table.transact([marker(once, answer), *(action for action, _ in wanted)])
        except Refused as refused:
            if (given := self._answers.given(once)) is not None:
                return given
            raise meaning(refused, wanted, first=1) from None
        return answer

    def _write(self, wanted: Sequence[tuple[Action, HaatError]]) -> None:
        try:
            self._table.transact([action for action, _ in wanted])
        except Refused as refused:
            raise meaning(refused, wanted) from None


def _left(product: Product, id: str, files: Sequence[str], now: Instant) -> Put:
    return Put(
        item={
            "pk": home(product.merchant),
            "sk": f"GONE#{id}",
            "version": product.version,
            "files": json.dumps(list(files)),
            "ttl": now // 1000 + KEPT_S,
        }
    )


def meaning(refused: Refused, wanted: Sequence[tuple[Action, HaatError]], first: int = 0) -> HaatError:
    """What the caller is told when a transaction was refused; `first` is the place of `wanted` in it."""
    for at in refused.at:
        if at >= first:
            return wanted[at - first][1]
    if first and 0 in refused.at:
        return Conflict("two requests with one Idempotency-Key at once")
    return Unavailable("others are at work on the same things")
