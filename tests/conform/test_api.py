"""The REST API on the second judge: API Gateway's own routes, each function with no more than its role allows."""

from typing import TYPE_CHECKING, Any, cast

import pytest

from infra.conform.deployed import Deployed
from infra.local.market import SWEETS
from infra.local.seed import seed
from tests.stack.business.conftest import SAREE_SHOP, SWEET_SHOP, Api

if TYPE_CHECKING:
    from infra.local.stage import Stage

pytestmark = pytest.mark.conform
PRODUCT: dict[str, Any] = {"name": "Sandesh", "price": {"minor": 45_000, "currency": "INR"}, "unit": "kg", "stock": 2}
PARKING: dict[str, Any] = {
    "id": "parking",
    "examples": ["is there parking"],
    "replies": {"en": "Yes, behind the shop."},
}


@pytest.fixture
def api(stage: Deployed) -> Api:
    """Return the API of the market of three shops; its words are those of the stage on moto."""
    seed(stage)
    stage.drain()
    stage.engine.asked()
    return Api(cast("Stage", stage))


def lacks_nothing(stage: Deployed) -> None:
    """No function was refused anything, none says so in its log, and none broke."""
    assert [one for one in stage.engine.asked() if not one.granted] == []
    assert [line for line in stage.logs.lines() if "AccessDenied" in line] == []
    assert stage.failures == []


def test_health_is_answered_for_anyone(api: Api, stage: Deployed) -> None:
    """The API answers on its one stage, and what it does not declare is refused before any function is called."""
    assert api.json("GET", "/health", as_=None) == {"status": "ok"}
    assert api.call("GET", "/v1/nowhere", as_=None).status == 403
    (name,) = {physical for kind, physical in stage.deployment.resources.values() if kind == "AWS::ApiGateway::RestApi"}
    stages = stage.client("apigateway").get_stages(restApiId=name)["item"]
    assert [one["stageName"] for one in stages] == ["local"]
    lacks_nothing(stage)


def test_shop_that_tells_of_itself_is_found(api: Api, stage: Deployed) -> None:
    """What an owner says of the shop stands in the directory."""
    tag = api.call("GET", "business-profile").headers["etag"]
    said = {"name": "Mishti Bhandar", "language": "bn", "languages": ["bn", "en"], "handle": "mishti-bhandar"} | {
        "listed": True,
        "category": "sweets",
        "place": "Kolkata",
    }
    api.json("PUT", "business-profile", said, match=tag)
    listed = api.json("GET", "/v1/directory?place=Kolkata&word=mishti", as_=None)["items"]
    assert [shop["name"] for shop in listed] == ["Mishti Bhandar"]
    stage.drain()
    lacks_nothing(stage)


def test_same_request_again_makes_one_product(api: Api, stage: Deployed) -> None:
    """A product that is sent twice under one key is there once, and both answers are the same."""
    first, again = (api.json("POST", "products", PRODUCT, key="once", expect=201) for _ in range(2))
    assert again == first
    assert [product["id"] for product in api.json("GET", "products")["items"]] == [first["id"]]
    lacks_nothing(stage)


def test_customer_is_told_what_was_taught(api: Api, stage: Deployed) -> None:
    """What an owner teaches over HTTP, a customer is answered with."""
    assert api.json("POST", "auto-replies", PARKING, expect=201) == PARKING
    stage.graph.customer(phone="919800000001").writes(SWEETS.phone_number_id, "is there parking?")
    stage.drain()
    assert [sent.text.split("\n")[-1] for sent in stage.graph.sent()] == ["Yes, behind the shop."]
    lacks_nothing(stage)


def test_long_name_is_cut_where_customers_choose(api: Api, stage: Deployed) -> None:
    """A name that is longer than a phone's row is cut by the bot, with what its own layers hold."""
    api.json("POST", "products", PRODUCT | {"name": "Sandesh with saffron and pistachios"}, expect=201)
    stage.graph.customer(phone="919800000001").writes(SWEETS.phone_number_id, "menu")
    stage.drain()
    (sent,) = stage.graph.sent()
    assert "saffron" in str(sent.text)
    lacks_nothing(stage)


def test_another_shops_token_finds_nothing(api: Api, stage: Deployed) -> None:
    """A shop is not there for a token of another one, and nobody's token opens nothing."""
    path = f"/v1/merchants/{SWEET_SHOP}/business-profile"
    assert api.refused("GET", path, as_=SAREE_SHOP) == (404, "not-found")
    assert api.call("GET", path, as_=None).status == 401
    lacks_nothing(stage)
