"""Imports and files in memory, under the same contracts as in DynamoDB and S3."""

import hashlib
from collections.abc import Sequence

from haat.business.memory.products import MemoryProducts
from haat.business.model.sheet import Progress, Write
from haat.business.ports.products import Seen, Upload
from haat.kernel.errors import Changed, Conflict, HaatError
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once


class MemoryImports:
    """Fills the port Imports."""

    def __init__(self, products: MemoryProducts) -> None:
        self._products = products
        self._kept: dict[tuple[MerchantId, str], Progress] = {}

    def get(self, merchant: MerchantId, id: str) -> Progress | None:
        return self._kept.get((merchant, id))

    def advance(self, progress: Progress, writes: Sequence[Write], done: tuple[Once, Answer] | None) -> None:
        known = self.get(progress.merchant, progress.id)
        if (known.version if known else 0) != progress.version - 1:
            raise Changed("another request carries this import on")
        before = dict(self._products.kept)
        try:
            for write in writes:
                self._products.put(write.before, write.after)
        except HaatError:
            self._products.kept = before
            raise Conflict("a product was changed in between") from None
        self._kept[progress.merchant, progress.id] = progress
        if done is not None:
            self._products.answers.give(*done)


class MemoryFiles:
    """Fills the port Files; `post` is what a browser does with a form."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, str]] = {}

    def post(self, key: str, content: bytes, type: str = "") -> None:
        """Put a file there, as anyone with a form can."""
        self.kept[key] = content, type

    def form(self, key: str, type: str, most_bytes: int, seconds: int) -> Upload:
        return Upload(url="memory:", fields={"key": key, "Content-Type": type})

    def look(self, key: str, first: int) -> Seen | None:
        content, _ = self.kept.get(key, (b"", ""))
        return Seen(size=len(content), start=content[:first], tag=_tag(content)) if content else None

    def keep(self, source: str, target: str, tag: str, type: str) -> None:
        content, _ = self.kept.get(source, (b"", ""))
        if _tag(content) != tag:
            raise Changed("the file was replaced in between")
        self.kept[target] = content, type

    def link(self, key: str, seconds: int) -> str:
        return f"memory:{key}"

    def drop(self, key: str) -> None:
        self.kept.pop(key, None)


def _tag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
