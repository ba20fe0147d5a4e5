"""The ports of a shop's goods, in memory and on the tables, for their contracts."""

from dataclasses import dataclass
from typing import Any

from haat.aws.bucket import Bucket
from haat.aws.once import DynamoAnswers
from haat.business.memory.collections import MemoryCollections
from haat.business.memory.imports import MemoryImports
from haat.business.memory.products import MemoryProducts
from haat.business.model.product import Collection, Product
from haat.business.ports import Answers
from haat.business.ports.products import Collections, Files, Imports, Products
from haat.business.store.collections import DynamoCollections
from haat.business.store.files import BucketFiles
from haat.business.store.imports import DynamoImports
from haat.business.store.products import DynamoProducts
from haat.kernel.ids import CollectionId, MerchantId, ProductId, ulid
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.once import Answer, Once, Remembered
from tests.contract.tables import Tables
from tests.invented import MERCHANT, NOW

MADE = Answer(status=201, body={"made": True})


@dataclass(frozen=True, kw_only=True)
class Goods:
    """One shop's goods, kept by one kind of adapters."""

    products: Products
    collections: Collections
    imports: Imports
    answers: Answers

    def with_product(self, number: int, **said: Any) -> Product:
        """A product that is there."""
        made = product(number, **said)
        self.products.add(made, once(f"product {made.merchant} {number}"), MADE)
        return made

    def with_collection(self, number: int, name: str = "") -> Collection:
        """A collection that is there."""
        made = Collection(id=CollectionId(id_of(number)), merchant=MERCHANT, name=name or f"shelf {number}")
        self.collections.add(made, once(f"collection {number}"), MADE)
        return made


def in_memory() -> Goods:
    """Empty, in memory."""
    answers = Remembered()
    products = MemoryProducts(answers)
    return Goods(
        products=products, collections=MemoryCollections(products), imports=MemoryImports(products), answers=answers
    )


def on_tables(tables: Tables) -> Goods:
    """On the tables of the template."""
    table = tables.business
    return Goods(
        products=DynamoProducts(table),
        collections=DynamoCollections(table),
        imports=DynamoImports(table),
        answers=DynamoAnswers(table),
    )


def in_bucket(tables: Tables) -> Files:
    """Files in the bucket of the template."""
    return BucketFiles(Bucket(lambda: tables.s3, tables.pictures))


def id_of(number: int) -> str:
    """A ULID, in the order of the numbers."""
    return ulid(NOW + number, bytes(10))


def once(key: str, asked: str = "a") -> Once:
    """What makes a request happen once."""
    return Once(key=key.encode().hex(), asked=asked, at=NOW)


def product(number: int, *, merchant: MerchantId = MERCHANT, **said: object) -> Product:
    """A product with what is said of it."""
    known: dict[str, object] = {"name": f"product {number}", "price": Money(minor=Minor(100), currency=Currency("INR"))}
    known |= {"unit": "piece", "created_at": NOW, "changed_at": NOW}
    return Product(id=ProductId(id_of(number)), merchant=merchant, **(known | said))  # type: ignore[arg-type]  # fields by name
