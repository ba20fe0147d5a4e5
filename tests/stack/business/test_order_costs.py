"""What orders ask of the tables, counted on the stage."""

from collections import Counter
from collections.abc import Iterator

import pytest
from moto.dynamodb.models import dynamodb_backends

from haat.aws.table import pack
from haat.business.model.order import Order, Step
from haat.business.rules.orders import line_of, number
from haat.business.store.orders import order_items
from haat.kernel.ids import CustomerId, MerchantId, OrderId
from infra.bench.meter import Meter, metered
from infra.local.function import ACCOUNT
from infra.local.seed import seed
from tests.contract.business.goods import id_of, product
from tests.invented import NOW
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.ordering import Stall

# moto keeps regions apart, so this stage and the others can stand together.
REGION = "ap-northeast-3"


@pytest.fixture(scope="module")
def counted() -> Iterator[tuple[Stall, Meter]]:
    """Return a shop on a stage of its own with a meter on its wire."""
    with metered(REGION) as (stage, meter):
        seed(stage)
        yield Stall(Api(stage)), meter


def take_orders(start: int, end: int) -> None:
    """Put orders straight into the table."""
    table = next(table for name, table in dynamodb_backends[ACCOUNT][REGION].tables.items() if "business" in name)
    merchant = MerchantId(SWEET_SHOP)
    for serial in range(start, end):
        id = OrderId(id_of(serial))
        made = Order(
            id=id,
            merchant=merchant,
            number=number(merchant, id, 0),
            lines=(line_of(product(1), 1),),
            currency="INR",
            steps=(Step(state="placed", at=NOW, by="customer"),),
            customer=CustomerId(id_of(1)),
        )
        for item in order_items(made):
            table.put_item(pack(item))


def asked(counted: tuple[Stall, Meter], path: str) -> tuple[Counter[str], float, int]:
    """What one request asks of the tables: calls by kind, units read, and how many orders it shows."""
    stall, meter = counted
    stall.api.json("GET", "orders?limit=1")  # the token is known from now on
    meter.clear()
    shown = len(stall.api.json("GET", path)["items"])
    return Counter(call.operation for call in meter.calls), sum(call.reads for call in meter.calls), shown


def test_page_costs_the_same_however_many_there_are(counted: tuple[Stall, Meter]) -> None:
    """A page of 10 asks as much of a shop with 11 orders as of one with 5,000; so does one of a state."""
    paths = ("orders?limit=10", "orders?limit=10&state=placed")
    take_orders(0, 11)
    few = [asked(counted, path) for path in paths]
    take_orders(11, 5_000)
    many = [asked(counted, path) for path in paths]
    assert few == many
    (all_calls, _, shown), (state_calls, _, shown_of_state) = many
    assert (shown, shown_of_state) == (10, 10)
    assert (all_calls["Query"], all_calls["BatchGetItem"]) == (1, 0)
    assert (state_calls["Query"], state_calls["BatchGetItem"]) == (1, 1)


def test_cart_costs_four_calls_more_than_a_text(counted: tuple[Stall, Meter]) -> None:
    """Was it kept, was it heard, the goods, the order; and nothing of it falls on a message that is no cart."""
    stall, meter = counted
    sandesh, rina = stall.product(stock=50), stall.customer()
    stall.says(rina, "price")
    stall.cart(rina, (sandesh, 1))

    def calls(function: str) -> Counter[str]:
        return Counter(call.operation for call in meter.calls if call.function == function)

    meter.clear()
    stall.says(rina, "price")
    text = calls("auto_reply")
    meter.clear()
    stall.cart(rina, (sandesh, 2))
    cart = calls("auto_reply")
    assert text == Counter({"GetItem": 1, "TransactWriteItems": 1})
    assert cart - text == Counter({"GetItem": 2, "BatchGetItem": 1, "TransactWriteItems": 1})
