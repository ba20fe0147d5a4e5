"""Products: how one is made and changed from what a merchant says, and what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from haat.business.model.product import Collection, Product
from haat.kernel.errors import Rejected
from haat.kernel.ids import CollectionId, MerchantId, ProductId
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.text import name_fault, too_long
from haat.kernel.time import Instant, rfc3339

UNITS = (
    "piece", "kg", "g", "litre", "ml", "dozen", "packet", "metre", "box", "bottle", "bag", "pair", "set", "plate", "quintal",
)  # fmt: skip
NAME, DESCRIPTION, COLLECTION_NAME = 120, 1_000, 60  # letters
MOST_MINOR = 99_999_999_999
MOST_STOCK = 999_999_999
MOST_TAX = 10_000  # basis points
MOST_COLLECTIONS = 10
SKU = re.compile(r"[!-~](?:[ -~]{0,62}[!-~])?")
HSN = re.compile(r"\d{2}(?:\d\d){0,3}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}")


def made(merchant: MerchantId, currency: str, said: Mapping[str, Any], id: ProductId, now: Instant) -> Product:
    """A new product. Raises Rejected with every field that is wrong."""
    money = Money(minor=Minor(0), currency=Currency(currency))
    blank = Product(id=id, merchant=merchant, name="", price=money, unit="piece", created_at=now, changed_at=now)
    return checked(replace(blank, **_fields(said, currency)))


def changed(before: Product, currency: str, said: Mapping[str, Any], now: Instant) -> Product:
    """The product as it is said to be now: what is not said is as in a new one. Raises Rejected."""
    blank = made(before.merchant, currency, said, before.id, now)
    return replace(blank, pictures=before.pictures, created_at=before.created_at, version=before.version + 1)


def _fields(said: Mapping[str, Any], currency: str) -> dict[str, Any]:
    if said["price"]["currency"] != currency:
        raise _wrong({"price.currency": f"must be the shop's own, {currency}"})
    taken = {
        name: said[name] for name in ("name", "description", "unit", "stock", "hsn", "sku", "active") if name in said
    }
    return taken | {
        "price": Money(minor=Minor(said["price"]["minor"]), currency=Currency(currency)),
        "tax": said.get("tax_basis_points", 0),
        "names": dict(said.get("names", {})),
        "collections": tuple(CollectionId(id) for id in said.get("collections", ())),
    }


def checked(product: Product) -> Product:
    """The same product, trimmed. Raises Rejected with every field that is wrong."""
    trimmed = replace(
        product,
        name=product.name.strip(),
        description=product.description.strip(),
        names={language: name.strip() for language, name in product.names.items()},
    )
    if wrong := faults(trimmed):
        raise _wrong(wrong)
    return trimmed


def faults(product: Product) -> dict[str, str]:
    """What is wrong, by field."""
    called = {"name": product.name} | {f"names.{language}": name for language, name in product.names.items()}
    wrong = {field: said for field, name in called.items() if (said := name_fault(name, NAME))}
    if too_long(product.description, DESCRIPTION):
        wrong["description"] = f"must have at most {DESCRIPTION} letters"
    if not all(_LANGUAGE.fullmatch(language) for language in product.names):
        wrong["names"] = "must be by language in small letters, e.g. bn or hi"
    if product.unit not in UNITS:
        wrong["unit"] = "must be one of " + ", ".join(UNITS)
    if product.sku and not SKU.fullmatch(product.sku):
        wrong["sku"] = "must be 1 to 64 visible ASCII characters"
    if product.hsn and not HSN.fullmatch(product.hsn):
        wrong["hsn"] = "must be 2, 4, 6 or 8 digits"
    if not 0 <= product.price.minor <= MOST_MINOR:
        wrong["price"] = f"must be from 0 to {MOST_MINOR} in minor units"
    if product.stock is not None and not 0 <= product.stock <= MOST_STOCK:
        wrong["stock"] = f"must be from 0 to {MOST_STOCK}"
    if not 0 <= product.tax <= MOST_TAX:
        wrong["tax"] = "must be from 0 to 100 %"
    if len(product.collections) > MOST_COLLECTIONS:
        wrong["collections"] = f"must have at most {MOST_COLLECTIONS}"
    return wrong


def shown(product: Product) -> dict[str, Any]:
    """A product as its merchant sees it."""
    return {
        "id": product.id,
        "name": product.name,
        "names": dict(product.names),
        "description": product.description,
        "price": {"minor": product.price.minor, "currency": product.price.currency},
        "unit": product.unit,
        "stock": product.stock,
        "tax_basis_points": product.tax,
        "hsn": product.hsn,
        "sku": product.sku,
        "collections": list(product.collections),
        "active": product.active,
        "pictures": [{"id": p.id, "type": p.type, "bytes": p.bytes} for p in product.pictures],
        "created_at": rfc3339(product.created_at),
        "changed_at": rfc3339(product.changed_at),
        "version": product.version,
    }


def collection_of(merchant: MerchantId, said: Mapping[str, Any], id: CollectionId, version: int = 1) -> Collection:
    """A collection from what a merchant says. Raises Rejected."""
    name, description = said["name"].strip(), said.get("description", "").strip()
    wrong = {}
    if said_of_name := name_fault(name, COLLECTION_NAME):
        wrong["name"] = said_of_name
    if "|" in name:
        wrong["name"] = "must not hold |, which parts names in a table of products"
    if too_long(description, DESCRIPTION):
        wrong["description"] = f"must have at most {DESCRIPTION} letters"
    if wrong:
        raise _wrong(wrong)
    return Collection(id=id, merchant=merchant, name=name, description=description, version=version)


def collection_shown(collection: Collection) -> dict[str, Any]:
    """A collection as its merchant sees it."""
    return {
        "id": collection.id,
        "name": collection.name,
        "description": collection.description,
        "version": collection.version,
    }


def folded(name: str) -> str:
    """A collection's name as it must be no other's: without the difference of capitals."""
    return " ".join(name.casefold().split())


def _wrong(fields: dict[str, str]) -> Rejected:
    return Rejected("some fields are not as they should be", word="invalid", fields=fields)
