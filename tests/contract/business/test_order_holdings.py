"""What orders hold of a customer, in memory and in DynamoDB: given out in pages, and forgotten."""

import pytest

from haat.business.memory.orders import MemoryOrders
from haat.business.memory.products import MemoryProducts
from haat.business.model.order import Order, Step
from haat.business.ports.orders import Orders
from haat.business.rules.orders import line_of, number
from haat.business.service.order_holdings import OrderHoldings
from haat.business.store.orders import DynamoOrders
from haat.kernel.ids import CustomerId, OrderId
from tests.contract.business.goods import Goods, id_of, in_memory, on_tables
from tests.contract.business.test_orders import heard
from tests.invented import MERCHANT, NOW

RINA, AS_BEFORE, AMIT = (CustomerId(id_of(900 + serial)) for serial in range(3))


@pytest.fixture(params=["memory", "dynamodb"])
def orders(request: pytest.FixtureRequest) -> Orders:
    """Return thirty orders of one person under two ids, and one of somebody else."""
    if request.param == "memory":
        goods = in_memory()
        assert isinstance(goods.products, MemoryProducts)
        return filled(goods, MemoryOrders(goods.products))
    tables = request.getfixturevalue("tables")
    return filled(on_tables(tables), DynamoOrders(tables.business))


def filled(goods: Goods, orders: Orders) -> Orders:
    """The shop's orders."""
    product = goods.with_product(1)
    for serial, customer in enumerate([RINA] * 28 + [AS_BEFORE] * 2 + [AMIT]):
        id = OrderId(id_of(serial))
        order = Order(
            id=id,
            merchant=MERCHANT,
            number=number(MERCHANT, id, 0),
            lines=(line_of(product, 1),),
            currency="INR",
            steps=(Step(state="placed", at=NOW, by="customer"),),
            customer=customer,
            note=f"note {serial}",
        )
        assert orders.place(order, {product.id: product}, heard(str(serial)), [])
    return orders


def held(orders: Orders) -> list[str]:
    """The notes of all orders that an export gives, page by page."""
    notes: list[str] = []
    after: str | None = None
    while True:
        page, after = OrderHoldings(orders).held(MERCHANT, [AS_BEFORE, RINA], after, 10)
        notes += [line["held"]["note"] for line in page]
        assert {line["kind"] for line in page} <= {"order"}
        if after is None:
            return notes


def test_export_holds_every_order_once(orders: Orders) -> None:
    """Under both ids of the person, and nobody else's."""
    assert sorted(held(orders)) == sorted(f"note {serial}" for serial in range(30))


def test_erased_person_is_on_no_order_any_more(orders: Orders) -> None:
    """All of their orders are there, and lead to nobody; another's is untouched; the same again changes nothing."""
    for _ in range(2):
        OrderHoldings(orders).erase(MERCHANT, [RINA, AS_BEFORE])
        kept, _ = orders.list(MERCHANT, None, None, 50)
        assert len(kept) == 31
        assert [(order.customer, order.note) for order in kept if order.customer is not None] == [(AMIT, "note 30")]
        assert held(orders) == []
