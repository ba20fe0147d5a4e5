"""What a merchant does with collections."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from haat.business.model.product import Collection
from haat.business.ports import Answers, Listed
from haat.business.ports.products import Collections
from haat.business.rules.products import collection_of, collection_shown
from haat.kernel.errors import Changed, NotFound, Unavailable
from haat.kernel.ids import CollectionId, MerchantId
from haat.kernel.once import Answer, Once

AT_ONCE = 40  # products taken out of a collection in one step: two things each
SPARE_MS = 5_000  # a step and the answer take less
TRIES = 5  # of one step, where somebody else is at work


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """The collections of merchants."""

    collections: Collections
    answers: Answers

    def read(self, merchant: MerchantId, id: CollectionId) -> Collection:
        """As it is now. Raises NotFound."""
        found = self.collections.get(merchant, id)
        if found is None or found.closing is not None:
            raise NotFound("collection")
        return found

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Collection]:
        """One page; one that is being removed may leave it shorter."""
        page, after = self.collections.list(merchant, after, limit)
        return [collection for collection in page if collection.closing is None], after

    def add(self, merchant: MerchantId, said: Mapping[str, Any], id: CollectionId, once: Once) -> Answer:
        """A new one. Raises Rejected, Conflict (name-taken)."""
        if (given := self.answers.given(once)) is not None:
            return given
        collection = collection_of(merchant, said, id)
        headers = {"etag": f'"{collection.version}"'}
        answer = Answer(status=201, body=collection_shown(collection), headers=headers)
        return self.collections.add(collection, once, answer)

    def change(self, merchant: MerchantId, id: CollectionId, seen: int, said: Mapping[str, Any]) -> Collection:
        """Raises NotFound, Changed, Rejected, Conflict (name-taken)."""
        before = self.read(merchant, id)
        if before.version != seen:
            raise Changed("the collection was changed in between")
        after = collection_of(merchant, said, id, seen + 1)
        self.collections.change(before, after)
        return after

    def remove(self, merchant: MerchantId, id: CollectionId, seen: int, left_ms: Callable[[], int]) -> None:
        """Take it away; its products stay. Raises NotFound, Changed, and Unavailable where time is up: the same again goes on."""
        collection = self.collections.get(merchant, id)
        if collection is None:
            raise NotFound("collection")
        if seen not in (collection.version, collection.closing):
            raise Changed("the collection was changed in between")
        if collection.closing is None:
            self.collections.close(collection)
        while self._emptied_a_part(collection):
            if left_ms() < SPARE_MS:
                raise Unavailable("the collection is still being emptied: ask again to go on")
        self.collections.drop(collection)

    def _emptied_a_part(self, collection: Collection) -> bool:
        for _ in range(TRIES):
            try:
                return self.collections.empty(collection, AT_ONCE)
            except Changed:
                continue
        raise Unavailable("products of the collection are being changed: ask again to go on")
