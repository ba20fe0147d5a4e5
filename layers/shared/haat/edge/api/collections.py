"""Routes: products that are shown together."""

from dataclasses import dataclass

from haat.business.model.product import Collection
from haat.business.rules.products import collection_shown
from haat.business.service.collections import Shelves
from haat.edge.api.call import Call, cursor, etag, from_cursor, page
from haat.kernel.ids import CollectionId
from haat.kernel.once import Answer

A_PAGE = 25


@dataclass(frozen=True, slots=True)
class CollectionRoutes:
    """Collections, by the shop's people."""

    _shelves: Shelves

    def list_collections(self, call: Call) -> Answer:
        """One page."""
        after, limit = from_cursor(call.query.get("cursor")), call.query.get("limit", A_PAGE)
        found, rest = self._shelves.list(call.merchant, after, limit)
        return page([collection_shown(collection) for collection in found], cursor(rest))

    def create_collection(self, call: Call) -> Answer:
        """A new one."""
        return self._shelves.add(call.merchant, call.body, CollectionId(call.draw()), call.marker)

    def get_collection(self, call: Call) -> Answer:
        """As it is now."""
        return _tagged(self._shelves.read(call.merchant, _id(call)))

    def put_collection(self, call: Call) -> Answer:
        """As it is from now on."""
        return _tagged(self._shelves.change(call.merchant, _id(call), call.version, call.body))

    def delete_collection(self, call: Call) -> Answer:
        """It is no more."""
        self._shelves.remove(call.merchant, _id(call), call.version, call.left_ms)
        return Answer(status=204)


def _id(call: Call) -> CollectionId:
    return CollectionId(call.path["collection_id"])


def _tagged(collection: Collection) -> Answer:
    return Answer(status=200, body=collection_shown(collection), headers={"etag": etag(collection.version)})
