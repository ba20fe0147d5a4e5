"""What a shop sells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from haat.kernel.ids import CollectionId, MerchantId, PictureId, ProductId
from haat.kernel.money import Money
from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that was looked at: its file begins as files of its media type begin."""

    id: PictureId
    type: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product. `version` counts its changes; a reservation of stock is one, so that an older look at it can't undo it."""

    id: ProductId
    merchant: MerchantId
    name: str
    price: Money  # for one unit, without what tax may add
    unit: str
    description: str = ""
    stock: int | None = None  # whole units; None where nobody counts
    tax: int = 0  # basis points: 1800 is 18 %
    hsn: str = ""  # number in the Harmonized System of Nomenclature, or for services SAC
    sku: str = ""  # the shop's own number for it
    names: Mapping[str, str] = field(default_factory=dict)  # by language (BCP 47)
    collections: tuple[CollectionId, ...] = ()
    active: bool = True  # customers may order it
    pictures: tuple[Picture, ...] = ()
    created_at: Instant = Instant(0)
    changed_at: Instant = Instant(0)
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Products that are shown together. `closing` is the version at which somebody began to remove it."""

    id: CollectionId
    merchant: MerchantId
    name: str
    description: str = ""
    version: int = 1
    closing: int | None = None
