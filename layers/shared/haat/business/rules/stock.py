"""Stock: what is left when so many units are taken. Products without a stock are never short."""

from dataclasses import replace

from haat.business.model.product import Product
from haat.kernel.errors import Conflict, Rejected


def take(product: Product, quantity: int) -> Product:
    """The product with so many whole units less. Raises Conflict (not-for-sale, out-of-stock), Rejected."""
    _whole(quantity)
    if not product.active:
        raise Conflict("the product is not for sale", word="not-for-sale")
    if product.stock is None:
        return product
    if product.stock < quantity:
        raise Conflict("there are not so many left", word="out-of-stock")
    return replace(product, stock=product.stock - quantity, version=product.version + 1)


def give_back(product: Product, quantity: int) -> Product:
    """The product with so many units more, where its stock is counted. Raises Rejected."""
    _whole(quantity)
    if product.stock is None:
        return product
    return replace(product, stock=product.stock + quantity, version=product.version + 1)


def _whole(quantity: int) -> None:
    if quantity < 1:
        raise Rejected("a quantity is a whole number, one at least", word="invalid")
