"""Routes: what a shop sells, and its pictures."""

from dataclasses import dataclass

from haat.business.model.product import Product
from haat.business.rules.products import shown
from haat.business.service.pictures import Pictures
from haat.business.service.products import Goods
from haat.edge.api.call import Call, cursor, etag, from_cursor, page
from haat.kernel.ids import CollectionId, PictureId, ProductId
from haat.kernel.once import Answer

A_PAGE = 25


@dataclass(frozen=True, slots=True)
class ProductRoutes:
    """Products, by the shop's people."""

    _goods: Goods

    def list_products(self, call: Call) -> Answer:
        """One page."""
        within = call.query.get("collection")
        after, limit = from_cursor(call.query.get("cursor")), call.query.get("limit", A_PAGE)
        found, rest = self._goods.list(call.merchant, CollectionId(within) if within else None, after, limit)
        return page([shown(product) for product in found], cursor(rest))

    def create_product(self, call: Call) -> Answer:
        """A new one."""
        return self._goods.add(call.merchant, call.body, ProductId(call.draw()), call.marker)

    def get_product(self, call: Call) -> Answer:
        """As it is now."""
        return _tagged(self._goods.read(call.merchant, _id(call)))

    def put_product(self, call: Call) -> Answer:
        """As it is from now on."""
        return _tagged(self._goods.change(call.merchant, _id(call), call.version, call.body, call.now))

    def delete_product(self, call: Call) -> Answer:
        """It is no more."""
        self._goods.remove(call.merchant, _id(call), call.version, call.now)
        return Answer(status=204)

    def export_products(self, call: Call) -> Answer:
        """All of them as a table."""
        table, rest = self._goods.export(call.merchant, from_cursor(call.query.get("cursor")), call.left_ms)
        following = cursor(rest)
        headers = {
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": 'attachment; filename="products.csv"',
        }
        return Answer(status=200, body=table, headers=headers | ({"haat-next": following} if following else {}))


@dataclass(frozen=True, slots=True)
class PictureRoutes:
    """Pictures of products, by the shop's people."""

    _pictures: Pictures

    def list_pictures(self, call: Call) -> Answer:
        """All of them: they are few."""
        return page(self._pictures.list(call.merchant, _id(call), call.now), None)

    def offer_picture(self, call: Call) -> Answer:
        """A form to upload one."""
        return self._pictures.offer(call.merchant, _id(call), call.body["type"], PictureId(call.draw()), call.marker)

    def attach_picture(self, call: Call) -> Answer:
        """It was uploaded."""
        picture = PictureId(call.path["picture_id"])
        return _tagged(self._pictures.attach(call.merchant, _id(call), picture, call.now))

    def delete_picture(self, call: Call) -> Answer:
        """It is no more."""
        self._pictures.remove(call.merchant, _id(call), PictureId(call.path["picture_id"]), call.now)
        return Answer(status=204)


def _id(call: Call) -> ProductId:
    return ProductId(call.path["product_id"])


def _tagged(product: Product) -> Answer:
    return Answer(status=200, body=shown(product), headers={"etag": etag(product.version)})
