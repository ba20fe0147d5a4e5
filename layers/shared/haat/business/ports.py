"""What the business context needs from a store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from haat.business.model.health import Depth
from haat.business.model.merchant import Card, Merchant, State
from haat.business.model.notice import Delivery, Endpoint, Health
from haat.business.model.order import Mark, News, Order, Reach, Spoken
from haat.business.model.order import State as OrderState
from haat.business.model.product import Collection, Product
from haat.business.model.sheet import Progress, Write
from haat.business.model.token import Token
from haat.kernel.ids import CollectionId, CustomerId, EndpointId, MerchantId, NoticeId, OrderId, ProductId, TokenId
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import Instant


class Merchants(Protocol):
    """Where merchants are kept."""

    def get(self, id: MerchantId, *, fresh: bool = False) -> Merchant | None:
        """The merchant, or None; may be a second old unless `fresh`."""

    def begin(self, merchant: Merchant, once: Once, answer: Answer) -> Answer:
        """Keep a new merchant with the answer to give again; returns the answer of the request that was first.

        Raises Conflict (handle-taken) for another's handle.
        """

    def save(self, merchant: Merchant) -> None:
        """Write it whole, its rows in the directory with it, and the number of merchants of its state.

        Raises Changed when the one there does not have the version before, Conflict (handle-taken) for another's handle.
        """

    def named(self, handle: str) -> Merchant | None:
        """The merchant of a handle."""

    def page(self, after: str | None, limit: int) -> tuple[list[Merchant], str | None]:
        """One page of all merchants, in the order in which they came, and where the next one begins."""

    def counts(self) -> Mapping[State, int]:
        """How many merchants there are in each state; the same cost for ten and for a million."""

    def search(self, pk: str, prefix: str, after: str | None, limit: int) -> tuple[list[Card], str | None]:
        """One page of a list of the directory (rules/directory.py), and where the next one begins."""


class Tokens(Protocol):
    """Where tokens are kept, found by their digest and listed by their merchant; None in its place: those of operators."""

    def find(self, digest: str, *, fresh: bool) -> Token | None:
        """The token of a digest; may be a minute old unless `fresh`."""

    def list(self, merchant: MerchantId | None) -> list[Token]:
        """The tokens of a merchant, or of operators, also those that no longer count, oldest first."""

    def issue(self, token: Token, once: Once, answer: Answer) -> Answer:
        """Keep a new token with the answer to give again; returns the answer of the request that was first."""

    def revoke(self, merchant: MerchantId | None, id: TokenId, now: Instant) -> bool:
        """It counts no more, at once. False where there is no such token there."""


class Rates(Protocol):
    """How often a token was used."""

    def hit(self, token: TokenId, minute: int) -> int:
        """Count one request in a minute (whole minutes since 1970); returns how many there are now."""


class Queues(Protocol):
    """How full the stack's queues are."""

    def depths(self) -> Mapping[str, Depth | None]:
        """Each queue by its name without the stack's; None where nobody can say now."""


class Answers(Protocol):
    """Answers to requests that may come again."""

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""


type Listed[T] = tuple[list[T], str | None]  # one page, and where the next one begins


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


class Endpoints(Protocol):
    """Where merchants' own systems are told, at most MOST_ENDPOINTS (model/notice.py) for each."""

    def all(self, merchant: MerchantId) -> list[Endpoint]:
        """All of them, oldest first."""

    def get(self, merchant: MerchantId, id: EndpointId) -> Endpoint | None:
        """The endpoint, or None."""

    def add(self, endpoint: Endpoint, once: Once, answer: Answer) -> Answer:
        """Keep a new one; returns the answer of the request that was first. Raises Conflict (too-many-endpoints)."""

    def renew(self, before: Endpoint, after: Endpoint, once: Once, answer: Answer) -> Answer:
        """Replace its secrets; returns as `add`. Raises Changed where they are not those of `before`."""

    def resume(self, endpoint: Endpoint, once: Once, answer: Answer) -> Answer:
        """It is on again, and well; returns as `add`. Raises NotFound."""

    def remove(self, merchant: MerchantId, id: EndpointId) -> bool:
        """Forget it. False where there was none."""


class Deliveries(Protocol):
    """Notices on their way, by endpoint."""

    def begin(self, delivery: Delivery) -> bool:
        """Keep a new one, and where it is due also that it must go; False where it is there already."""

    def get(self, merchant: MerchantId, endpoint: EndpointId, id: NoticeId) -> Delivery | None:
        """The delivery, or None."""

    def record(self, before: Delivery, after: Delivery, health: Health) -> None:
        """Keep what a try has brought, and what it means for the endpoint. Raises Changed where `before` is not what is there."""

    def page(
        self, merchant: MerchantId, endpoint: EndpointId, after: str | None, limit: int
    ) -> tuple[list[Delivery], str | None]:
        """One page, newest first, and where the next one begins."""

    def again(self, before: Delivery, after: Delivery, once: Once, answer: Answer) -> Answer:
        """Let it go once more; returns the answer of the request that was first. Raises Changed."""


class Reached(Protocol):
    """What came of a POST to somebody else: an HTTP status, or one word for why there is none."""

    @property
    def status(self) -> int | None:
        """The answer's status."""

    @property
    def trouble(self) -> str:
        """Why there was no answer."""

    @property
    def retry_after_s(self) -> int:
        """How long the other side asks us to wait, in seconds."""


class Outside(Protocol):
    """Addresses that merchants chose."""

    def check(self, url: str) -> None:
        """Raises Rejected (field url) where nothing may be sent."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reached:
        """One POST, in bounded time. Never raises for what the other side or the network does."""


class Seals(Protocol):
    """Merchants' secrets, encrypted: one merchant's can't be opened as another's."""

    def seal(self, merchant: MerchantId, secret: Secret[str]) -> bytes:
        """Raises Unavailable."""

    def open(self, merchant: MerchantId, sealed: bytes) -> Secret[str]:
        """Raises Unavailable."""


class Orders(Protocol):
    """Where orders are kept, by their merchant. A change takes or gives back stock, and says what must be told, in one transaction."""

    def get(self, merchant: MerchantId, id: OrderId) -> Order | None:
        """The order, or None."""

    def numbered(self, merchant: MerchantId, number: str) -> Order | None:
        """The order that is called so."""

    def list(self, merchant: MerchantId, state: OrderState | None, after: str | None, limit: int) -> Listed[Order]:
        """One page of all, or of those in a state, newest first."""

    def of_customer(self, merchant: MerchantId, customer: CustomerId, after: str | None, limit: int) -> Listed[Order]:
        """One page of a customer's, newest first."""

    def heard(self, merchant: MerchantId, key: str) -> Spoken | None:
        """What was said to this message before."""

    def place(self, order: Order, products: Mapping[ProductId, Product], mark: Mark, news: Sequence[News]) -> bool:
        """Keep a new order and take its stock. False: it was done before.

        Raises Changed where a product is not as it was read, Conflict (number-taken) where another order is called so.
        """

    def decline(self, mark: Mark) -> bool:
        """Remember an answer that changes nothing else. False: it was done before."""

    def move(
        self, before: Order, after: Order, back: Mapping[ProductId, Product], mark: Mark, news: Sequence[News]
    ) -> bool:
        """Let an order stand in the place of another and give stock of `back` back. False: it was done before. Raises Changed."""

    def unlink(self, order: Order) -> None:
        """Forget whose an order was and what they wrote with it; the same again changes nothing. Raises Changed."""


class Acquaintances(Protocol):
    """Customers as their merchant can reach them."""

    def reach(self, merchant: MerchantId, customer: CustomerId, address: str = "") -> Reach | None:
        """Where they can be told something: at an address of the shop, or where they wrote last. None where nobody is known."""
