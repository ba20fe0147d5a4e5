"""Stock in DynamoDB: what an order's transaction takes and gives back."""

from dataclasses import replace

import pytest

from haat.aws.table import Put, Refused
from haat.business.store.products import release, reserve
from haat.kernel.errors import Changed
from tests.contract.business.goods import on_tables
from tests.contract.tables import Tables
from tests.invented import MERCHANT


def test_last_piece_is_sold_once(tables: Tables) -> None:
    """Of two orders for the last piece one takes it; the other is refused whole."""
    goods = on_tables(tables)
    made = goods.with_product(1, stock=1)
    order = [Put(item={"pk": "ORDER", "sk": number}, absent=True) for number in ("1", "2")]
    tables.business.transact([order[0], reserve(made, 1)])
    with pytest.raises(Refused) as refused:
        tables.business.transact([order[1], reserve(made, 1)])
    assert refused.value.at == (1,)
    assert tables.business.get("ORDER", "2") is None
    assert goods.products.get(MERCHANT, made.id) == replace(made, stock=0, version=2)


def test_older_look_cannot_undo_an_order(tables: Tables) -> None:
    """Who read the product before the order was made and changes it now is told to read again."""
    goods = on_tables(tables)
    made = goods.with_product(1, stock=5)
    tables.business.transact([reserve(made, 2)])
    with pytest.raises(Changed):
        goods.products.change(made, replace(made, price=made.price, name="new", version=2))


def test_stock_is_given_back(tables: Tables) -> None:
    """An order that ends gives back what it took."""
    goods = on_tables(tables)
    made = goods.with_product(1, stock=5)
    back = release(made, 2)
    assert back is not None
    tables.business.transact([reserve(made, 2)])
    tables.business.transact([back])
    assert goods.products.get(MERCHANT, made.id) == replace(made, version=3)


def test_uncounted_product_is_only_looked_at(tables: Tables) -> None:
    """Where nobody counts an order changes nothing; where somebody began to count it is refused."""
    goods = on_tables(tables)
    made = goods.with_product(1)
    tables.business.transact([reserve(made, 1_000)])
    assert goods.products.get(MERCHANT, made.id) == made
    assert release(made, 1_000) is None
    goods.products.change(made, replace(made, stock=3, version=2))
    with pytest.raises(Refused):
        tables.business.transact([reserve(made, 1_000)])


@pytest.mark.parametrize("stock", [None, 5])
def test_product_that_is_gone_or_put_away_is_not_sold(tables: Tables, stock: int | None) -> None:
    """An order for what is not for sale, or no more there, is refused."""
    goods = on_tables(tables)
    away, gone = goods.with_product(1, stock=stock, active=False), goods.with_product(2, stock=stock)
    goods.products.remove(gone, [], gone.changed_at)
    for made in (away, gone):
        with pytest.raises(Refused):
            tables.business.transact([reserve(made, 1)])
    assert goods.products.get(MERCHANT, gone.id) is None
