"""What verification needs from the rest of the world. `wiring` fills these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from haat.kernel.ids import DocumentId, MerchantId, RequestId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from haat.verification.model.badge import Badge
from haat.verification.model.dossier import Change, Dossier, Entry, ShopNow
from haat.verification.model.outbox import Row
from haat.verification.model.request import Likeness, Request

type Listed[T] = tuple[list[T], str | None]  # one page, and where the next one begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What is written with a change beside it. `at` is when it is decided.

    `evidence`: of a request, what the shop gave, sealed, in the place of what it gave before; empty: nothing of it is left.
    `entered`: how many names the register held when the change was decided; a name that enters it is held against all of those, and no more.
    """

    at: Instant
    rows: Sequence[Row] = ()
    once: tuple[Once, Answer] | None = None
    evidence: tuple[RequestId, bytes] | None = None
    entered: int | None = None


class PlaceTaken(Exception):
    """The place on a status list that a new badge was to have is another's: draw again."""


class Dossiers(Protocol):
    """Where dossiers, their history, evidence and the register of verified names are kept."""

    def load(self, merchant: MerchantId) -> Dossier:
        """As it is now; an empty one, of version 0, where nothing was ever asked. Raises Unavailable."""

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""

    def entered(self) -> int:
        """How many names ever came into the register. Raises Unavailable."""

    def save(self, before: Dossier, change: Change, writing: Writing) -> Answer | None:
        """Write a change, all of it or nothing.

        That is: the dossier in the place of `before`, its history, what anyone sees of the badge, its name in the register while it stands
        as verified or is looked at, its place on a status list, an archived request, rows.
        Raises Changed where anything moved in between, also where a name enters the register and another did first, PlaceTaken. With `once`: returns the answer of the request that was first.
        """

    def requests(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Request]:
        """A merchant's requests, the newest first; the current one among them. Raises Unavailable."""

    def request(self, merchant: MerchantId, id: RequestId) -> Request | None:
        """One of them. Raises Unavailable."""

    def history(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Entry]:
        """What happened to a merchant's requests and badges, the oldest first. Raises Unavailable."""

    def note(
        self, merchant: MerchantId, entry: Entry, name: str, once: tuple[Once, Answer] | None = None
    ) -> Answer | None:
        """Write down a look of a reviewer's beside the changes; the same `name` again changes nothing. Raises Unavailable.

        With `once` its marker is written in the same transaction, or nothing is: returns the answer of the request that was first.
        """

    def sealed(self, merchant: MerchantId, request: RequestId) -> bytes | None:
        """A request's evidence, as it was sealed. Raises Unavailable."""

    def forget(self, merchant: MerchantId, request: RequestId, at: Instant) -> None:
        """Delete a request's sealed evidence, and if it is archived say there that it is gone, and when. Raises Unavailable."""

    def turns(self, after: str | None, limit: int) -> Listed[Dossier]:
        """One page of the reviewers' queue, the most urgent first. Raises Unavailable."""

    def due(self, until: Instant, limit: int) -> list[tuple[MerchantId, RequestId | None]]:
        """At whom something is due by then, the longest ago first; with a request where it is an archived one. Raises Unavailable."""


class Badges(Protocol):
    """What anyone may see. `business` asks the same through a port of its own."""

    def of(self, merchants: Sequence[MerchantId], *, fresh: bool = True) -> Mapping[MerchantId, Badge]:
        """The badges of up to a hundred merchants, those that have or had one; without complaints, reminders and looks.

        May be a second old unless `fresh`. Raises Unavailable.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedList:
    """A status list as it was signed; `token` is empty where it never was."""

    name: str
    token: str = ""
    key: str = ""
    issuer: str = ""
    signed_at: Instant = Instant(0)
    version: int = 0


class Lists(Protocol):
    """Signed status lists, and what stands on them."""

    def get(self, name: str) -> SignedList | None:
        """A list as it was signed last; None where no badge was ever on it. Raises Unavailable."""

    def statuses(self, name: str) -> Mapping[int, int]:
        """The status of each badge on it that is not simply good (rules/status.py). Raises Unavailable."""

    def keep(self, signed: SignedList) -> None:
        """In the place of the version before. Raises Changed, Unavailable."""

    def late(self, until: Instant, limit: int) -> list[str]:
        """Lists that are to be signed anew by then. Raises Unavailable."""


class Names(Protocol):
    """The register of verified names, by what names that are alike have in common (rules/imitation.py)."""

    def alike(self, keys: Sequence[str]) -> list[tuple[MerchantId, str]]:
        """Whose names have one of these keys, and the names. Raises Unavailable."""


class Seals(Protocol):
    """Encrypts evidence, the merchant as context."""

    def seal(self, merchant: MerchantId, text: str) -> bytes:
        """Raises Unavailable."""

    def open(self, merchant: MerchantId, sealed: bytes) -> str:
        """Raises Unavailable, also when it was sealed for somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form by which a file may be posted."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look at a file has shown."""

    size: int
    start: bytes
    tag: str


class Shelf(Protocol):
    """Documents, encrypted with the merchant as context. What is posted waits; what was looked at lies where no form leads."""

    def form(self, merchant: MerchantId, request: RequestId, document: DocumentId, media: str) -> Form:
        """A form for one file of a media type; asks nobody."""

    def look(self, merchant: MerchantId, request: RequestId, document: DocumentId) -> Seen | None:
        """What was posted; None where nothing was. Raises Unavailable."""

    def keep(self, merchant: MerchantId, request: RequestId, document: DocumentId, tag: str, media: str) -> bool:
        """Put what was looked at where it stays; False where it was replaced since. Raises Unavailable."""

    def link(self, merchant: MerchantId, request: RequestId, document: DocumentId) -> str:
        """An address at which it can be read for some minutes; asks nobody."""

    def drop(self, merchant: MerchantId, request: RequestId, document: DocumentId) -> None:
        """Delete it, posted or kept; doing it again changes nothing. Raises Unavailable."""


class Shops(Protocol):
    """Merchants as the other contexts know them now."""

    def now(self, merchant: MerchantId) -> ShopNow | None:
        """Read anew. None where there is no such merchant. Raises Unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What came of looking for a token on a website: found, not_found, refused (an address to which we do not go), or unreachable."""

    outcome: Literal["found", "not_found", "refused", "unreachable"]
    word: str = ""


class Sites(Protocol):
    """Websites on the open internet."""

    def shows(self, website: str, token: str) -> Site:
        """Whether a website shows a token: in its well-known file, or in a TXT record of its name. Raises nothing for what the other side does."""


class Signer(Protocol):
    """The key that signs badges."""

    @property
    def key(self) -> str:
        """Its id, as in the published set of keys."""

    def sign(self, signed: bytes) -> bytes:
        """An ES256 signature (RFC 7518, 3.4): r and s, 32 bytes each. Raises Unavailable."""


class Keys(Protocol):
    """The keys that anyone may check badges with."""

    def published(self) -> list[dict[str, Any]]:
        """JSON Web Keys (RFC 7517), the signing one first. Raises Unavailable."""


class Inspector(Protocol):
    """Finds names that a name is like (rules/imitation.py, with the register)."""

    def like(self, merchant: MerchantId, name: str) -> list[Likeness]:
        """Names of others that it resembles, and protected ones. Raises Unavailable."""
