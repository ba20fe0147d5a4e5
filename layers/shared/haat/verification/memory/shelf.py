"""Evidence in memory: seals, documents; and the shops that it is of."""

import hashlib
from dataclasses import dataclass

from haat.kernel.errors import Unavailable
from haat.kernel.ids import DocumentId, MerchantId, RequestId
from haat.verification.model.dossier import ShopNow
from haat.verification.ports import Form, Seen

FIRST = 512  # bytes of a file that a look shows


class MemorySeals:
    """Fills the port Seals. It hides nothing."""

    def seal(self, merchant: MerchantId, text: str) -> bytes:
        return f"{merchant}\0{text}".encode()

    def open(self, merchant: MerchantId, sealed: bytes) -> str:
        of, _, text = sealed.decode().partition("\0")
        if of != merchant:
            raise Unavailable("keys: InvalidCiphertextException")
        return text


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that was looked at."""

    data: bytes
    media: str


class MemoryShelf:
    """Fills the port Shelf. `post` is what a form does."""

    def __init__(self) -> None:
        self.posted: dict[tuple[str, str, str], bytes] = {}
        self.kept: dict[tuple[str, str, str], Kept] = {}

    def post(self, merchant: MerchantId, request: RequestId, document: DocumentId, data: bytes) -> None:
        """A file is sent by its form."""
        self.posted[merchant, request, document] = data

    def form(self, merchant: MerchantId, request: RequestId, document: DocumentId, media: str) -> Form:
        fields = {"key": f"uploads/{merchant}/{request}/{document}", "Content-Type": media}
        return Form(url="https://evidence.example/", fields=fields)

    def look(self, merchant: MerchantId, request: RequestId, document: DocumentId) -> Seen | None:
        data = self.posted.get((merchant, request, document))
        return Seen(size=len(data), start=data[:FIRST], tag=_tag(data)) if data else None

    def keep(self, merchant: MerchantId, request: RequestId, document: DocumentId, tag: str, media: str) -> bool:
        data = self.posted.get((merchant, request, document))
        if data is None or _tag(data) != tag:
            return False
        self.kept[merchant, request, document] = Kept(data, media)
        return True

    def link(self, merchant: MerchantId, request: RequestId, document: DocumentId) -> str:
        return f"https://evidence.example/kept/{merchant}/{request}/{document}"

    def drop(self, merchant: MerchantId, request: RequestId, document: DocumentId) -> None:
        self.posted.pop((merchant, request, document), None)
        self.kept.pop((merchant, request, document), None)


def _tag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class MemoryShops:
    """Fills the port Shops. `shops` is what the other contexts know."""

    def __init__(self, *shops: ShopNow) -> None:
        self.shops = {shop.merchant: shop for shop in shops}

    def now(self, merchant: MerchantId) -> ShopNow | None:
        return self.shops.get(merchant)
