"""Stock: what is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.business.model.product import Product
from haat.business.rules.stock import give_back, take
from haat.kernel.errors import Conflict, Rejected
from haat.kernel.ids import ProductId
from haat.kernel.money import Currency, Minor, Money
from tests.invented import MERCHANT


def sweet(stock: int | None, *, active: bool = True) -> Product:
    """A product with so many units."""
    price = Money(minor=Minor(100), currency=Currency("INR"))
    return Product(id=ProductId("p"), merchant=MERCHANT, name="a", price=price, unit="kg", stock=stock, active=active)


@given(st.integers(0, 1_000), st.lists(st.integers(1, 300), max_size=20))
def test_stock_never_falls_below_zero(stock: int, quantities: list[int]) -> None:
    """However much is asked for, what was taken and what is left are together what was there."""
    product, taken = sweet(stock), 0
    for quantity in quantities:
        assert product.stock is not None
        if quantity > product.stock:
            with pytest.raises(Conflict, match="not so many"):
                take(product, quantity)
            continue
        product, taken = take(product, quantity), taken + quantity
    assert product.stock is not None
    assert product.stock >= 0
    assert product.stock + taken == stock
    if taken:
        assert give_back(product, taken).stock == stock


def test_uncounted_stock_is_never_short() -> None:
    """Where nobody counts, any quantity may be had, and the product is as it was."""
    product = sweet(None)
    assert take(product, 1_000_000) is product
    assert give_back(product, 1_000_000) is product


def test_product_that_is_not_active_is_not_sold() -> None:
    """What the shop has put away is not sold, though it is there."""
    with pytest.raises(Conflict) as refused:
        take(sweet(5, active=False), 1)
    assert refused.value.word == "not-for-sale"


@pytest.mark.parametrize("quantity", [0, -1])
def test_quantity_is_one_at_least(quantity: int) -> None:
    """Nobody raises a stock by buying less than nothing."""
    with pytest.raises(Rejected):
        take(sweet(5), quantity)
    with pytest.raises(Rejected):
        give_back(sweet(5), quantity)


def test_taking_stock_is_a_change() -> None:
    """Who looked before the order was made can't put the old stock back."""
    assert take(sweet(5), 2).version == 2
