"""Collections in DynamoDB, beside the products of their merchant.

| thing | pk | sk |
| --- | --- | --- |
| collection | GOODS#merchant | COLLECTION#id |
| whose a name is | GOODS#merchant | NAME#hash of the folded name |
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Delete, Put, Refused, Table, Value
from haat.business.model.product import Collection
from haat.business.ports import Listed
from haat.business.rules.products import folded
from haat.business.store.products import DynamoProducts, home, meaning, shelf, writing
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Changed, Conflict, HaatError
from haat.kernel.ids import CollectionId, MerchantId, ProductId
from haat.kernel.once import Answer, Once


def _name_key(name: str) -> str:
    return "NAME#" + hashlib.sha256(folded(name).encode()).hexdigest()[:32]


def _item(collection: Collection) -> dict[str, Value]:
    doc = json.dumps(to_plain(collection), ensure_ascii=False, separators=(",", ":"))
    closing: dict[str, Value] = {} if collection.closing is None else {"closing": collection.closing}
    key: dict[str, Value] = {"pk": home(collection.merchant), "sk": f"COLLECTION#{collection.id}"}
    return key | closing | {"version": collection.version, "doc": doc}


def _load(held: Mapping[str, Any]) -> Collection:
    return from_plain(Collection, json.loads(held["doc"]))


def _named(collection: Collection) -> tuple[Action, HaatError]:
    item = {"pk": home(collection.merchant), "sk": _name_key(collection.name), "collection": collection.id}
    return Put(item=item, absent=True), Conflict("another collection of the shop has this name", word="name-taken")


class DynamoCollections:
    """Fills the port Collections."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers, self._products = table, DynamoAnswers(table), DynamoProducts(table)

    def get(self, merchant: MerchantId, id: CollectionId) -> Collection | None:
        held = self._table.get(home(merchant), f"COLLECTION#{id}")
        return _load(held) if held else None

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Collection]:
        start = None if after is None else f"COLLECTION#{after}"
        page = self._table.page(home(merchant), prefix="COLLECTION#", after=start, limit=limit)
        return [_load(held) for held in page.items], page.next and page.next.removeprefix("COLLECTION#")

    def by_name(self, merchant: MerchantId, names: Iterable[str]) -> dict[str, CollectionId]:
        keys = {_name_key(name): name for name in names}
        found = self._table.get_many([(home(merchant), key) for key in keys]) if keys else ()
        return {keys[held["sk"]]: CollectionId(held["collection"]) for held in found}

    def add(self, collection: Collection, once: Once, answer: Answer) -> Answer:
        changed = Changed("the collection was changed in between")
        wanted = [(Put(item=_item(collection), absent=True), changed), _named(collection)]
        try:
            self._table.transact([marker(once, answer), *(action for action, _ in wanted)])
        except Refused as refused:
            if (given := self._answers.given(once)) is not None:
                return given
            raise meaning(refused, wanted, first=1) from None
        return answer

    def change(self, before: Collection, after: Collection) -> None:
        wanted: list[tuple[Action, HaatError]] = [self._in_place(before, after)]
        if _name_key(before.name) != _name_key(after.name):
            free = Delete(pk=home(before.merchant), sk=_name_key(before.name))
            wanted += [_named(after), (free, Changed("the collection was changed in between"))]
        self._write(wanted)

    def close(self, before: Collection) -> None:
        after = replace(before, version=before.version + 1, closing=before.version)
        free = Delete(pk=home(before.merchant), sk=_name_key(before.name))
        self._write([self._in_place(before, after), (free, Changed("the collection was changed in between"))])

    def empty(self, collection: Collection, limit: int) -> bool:
        merchant, place = collection.merchant, shelf(collection.merchant, collection.id)
        page = self._table.page(place, limit=limit)
        if not page.items:
            return False
        products = self._products.many(merchant, [ProductId(held["sk"]) for held in page.items])
        wanted: list[tuple[Action, HaatError]] = []
        for held in page.items:
            product = products.get(ProductId(held["sk"]))
            if product is None or collection.id not in product.collections:
                wanted.append((Delete(pk=place, sk=held["sk"]), Changed("a product was changed in between")))
                continue
            others = tuple(id for id in product.collections if id != collection.id)
            wanted += writing(product, replace(product, collections=others, version=product.version + 1))
        self._write(wanted)
        return True

    def drop(self, collection: Collection) -> None:
        self._table.delete(Delete(pk=home(collection.merchant), sk=f"COLLECTION#{collection.id}"))

    def _in_place(self, before: Collection, after: Collection) -> tuple[Action, HaatError]:
        return Put(item=_item(after), version=before.version), Changed("the collection was changed in between")

    def _write(self, wanted: Sequence[tuple[Action, HaatError]]) -> None:
        try:
            self._table.transact([action for action, _ in wanted])
        except Refused as refused:
            raise meaning(refused, wanted) from None
