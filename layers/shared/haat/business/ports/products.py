"""What the catalogue needs from the rest of the world: where products, collections, imports and pictures are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from haat.business.model.product import Collection, Product
from haat.business.model.sheet import Progress, Write
from haat.business.ports import Listed
from haat.kernel.ids import CollectionId, MerchantId, ProductId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant


class Products(Protocol):
    """Where products are kept, by their merchant."""

    def get(self, merchant: MerchantId, id: ProductId) -> Product | None:
        """The product, or None."""

    def many(self, merchant: MerchantId, ids: Iterable[ProductId]) -> dict[ProductId, Product]:
        """Those of up to a hundred that are there."""

    def by_sku(self, merchant: MerchantId, skus: Iterable[str]) -> dict[str, ProductId]:
        """The products that have these numbers of the shop's own, up to a hundred."""

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Product]:
        """One page, oldest first."""

    def within(self, merchant: MerchantId, collection: CollectionId, after: str | None, limit: int) -> Listed[Product]:
        """One page of a collection's, oldest first; a product that is being removed may leave it shorter."""

    def add(self, product: Product, once: Once, answer: Answer) -> Answer:
        """Keep a new one; returns the answer of the request that was first.

        Raises Conflict (sku-taken), Rejected for a collection that is not there.
        """

    def change(self, before: Product, after: Product) -> None:
        """In its place. Raises Changed where another one stands there, Conflict (sku-taken), Rejected as `add`."""

    def check(self, product: Product, once: Once, answer: Answer) -> Answer:
        """Remember an answer while the product is there; returns the one of the request that was first. Raises NotFound."""

    def remove(self, product: Product, leftovers: Sequence[str], now: Instant) -> None:
        """Take it away, and note the files that it leaves. Raises Changed."""

    def leftovers(self, merchant: MerchantId, id: str) -> "Leftovers | None":
        """The files that a product or picture has left, None where nothing is known of it."""

    def leave(self, before: Product, after: Product, id: str, leftovers: Sequence[str]) -> None:
        """As `change`, and note the files that a picture leaves."""

    def cleared(self, merchant: MerchantId, id: str) -> None:
        """Its files are gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """Files of what was taken away; `version` is what its remover had seen."""

    version: int
    files: tuple[str, ...]


class Collections(Protocol):
    """Where collections are kept, by their merchant."""

    def get(self, merchant: MerchantId, id: CollectionId) -> Collection | None:
        """The collection, or None."""

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Collection]:
        """One page, oldest first."""

    def by_name(self, merchant: MerchantId, names: Iterable[str]) -> dict[str, CollectionId]:
        """Ids by folded name, of up to a hundred."""

    def add(self, collection: Collection, once: Once, answer: Answer) -> Answer:
        """Keep a new one; returns the answer of the request that was first. Raises Conflict (name-taken)."""

    def change(self, before: Collection, after: Collection) -> None:
        """In its place. Raises Changed, Conflict (name-taken)."""

    def close(self, before: Collection) -> None:
        """From now on nothing may be put into it, and its name is free. Raises Changed."""

    def empty(self, collection: Collection, limit: int) -> bool:
        """Take some products out of it; False when there were none. Raises Changed where one was changed meanwhile."""

    def drop(self, collection: Collection) -> None:
        """Forget one that is empty."""


class Imports(Protocol):
    """How far imports have come; a step and the products of it are written together."""

    def get(self, merchant: MerchantId, id: str) -> Progress | None:
        """How far it has come, None where it has not begun."""

    def advance(self, progress: Progress, writes: Sequence[Write], done: tuple[Once, Answer] | None) -> None:
        """Take a step: `progress` is what stands from now on, in the place of the version before. At most MOST_WEIGHT (rules/imports.py).

        Raises Changed where another run of the same import took this step, Conflict where a product stands differently from `writes`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A form by which a file may be posted to its place."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file that was looked at: its size in bytes, how it begins, and a tag that another content would not have."""

    size: int
    start: bytes
    tag: str


class Files(Protocol):
    """Where pictures lie."""

    def form(self, key: str, type: str, most_bytes: int, seconds: int) -> Upload:
        """A form that takes one file of a media type and size; asks nobody."""

    def look(self, key: str, first: int) -> Seen | None:
        """Its first bytes, or None where there is no file. Raises Unavailable."""

    def keep(self, source: str, target: str, tag: str, type: str) -> None:
        """Copy a file as one of a media type. Raises Changed where it has another tag by now, Unavailable."""

    def link(self, key: str, seconds: int) -> str:
        """An address at which anyone may read it for a while; asks nobody."""

    def drop(self, key: str) -> None:
        """Remove a file; doing it again changes nothing. Raises Unavailable."""
