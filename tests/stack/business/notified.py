"""The words in which tests of notices speak."""

from typing import Any

from infra.local.market import SWEETS
from tests.stack.business.conftest import Api

HOUR = 3600.0


def opened(api: Api, path: str = "/haat", **more: Any) -> dict[str, Any]:
    """A new endpoint of the sweet shop, with its secret."""
    made: dict[str, Any] = api.json(
        "POST", "notice-endpoints", {"url": api.stage.listener.url + path, **more.pop("body", {})}, expect=201, **more
    )
    return {**made["endpoint"], "secret": made["secret"]}


def asks(api: Api, text: str = "do you sell rockets?", number: int = 1) -> None:
    """A customer asks what nobody has taught."""
    customer = api.stage.graph.customer(phone=f"9198000000{number:02d}")
    customer.writes(SWEETS.phone_number_id, text)
    api.stage.drain()


def log(api: Api, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
    """What the endpoint's log shows."""
    items: list[dict[str, Any]] = api.json("GET", f"notice-endpoints/{endpoint['id']}/deliveries")["items"]
    return items
