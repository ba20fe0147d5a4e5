"""The market as an operator works on it."""

from typing import Any

from haat.business.model.token import Role
from haat.kernel.ids import MerchantId
from infra.local.http import Response
from infra.local.simulators.people import Page, ShopNumber
from tests.stack.business.conftest import Api

OPERATOR = "01KDVDNA000PERATR000000001"
NEW_SHOP = {
    "name": "নতুন বইঘর",
    "legal_name": "Natun Boighar Private Limited (invented)",
    "country": "IN",
    "currency": "INR",
    "timezone": "Asia/Kolkata",
    "language": "bn",
    "languages": ["bn", "en"],
}
NUMBER, PAGE = "100000000000011", "200000000000011"


class Operator:
    """One operator, who calls by paths below /v1/operator/."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Response:
        """One request."""
        return self._api.call(method, f"/v1/operator/{path}", body, as_=OPERATOR, role=Role.OPERATOR, **more)

    def json(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The document in the answer to a request that must succeed."""
        return self._api.json(method, f"/v1/operator/{path}", body, as_=OPERATOR, role=Role.OPERATOR, **more)

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        """Status and type of the problem that a request meets."""
        return self._api.refused(method, f"/v1/operator/{path}", body, as_=OPERATOR, role=Role.OPERATOR, **more)

    def opens(self, **other: Any) -> MerchantId:
        """A new shop."""
        made = self.json("POST", "merchants", NEW_SHOP | other, expect=201)
        return MerchantId(made["id"])

    def number(self, id: str = NUMBER) -> ShopNumber:
        """A number that Meta has given to somebody, who has not come to us yet."""
        return self._api.stage.graph.add(id)

    def page(self, id: str = PAGE) -> Page:
        """A page of somebody who has not come to us yet: our app hears nothing of it."""
        return self._api.stage.graph.add_page(Page.of(id, name="Natun Boighar", fields=()))


def asked(number: ShopNumber, **other: str) -> dict[str, str]:
    """What connects a number."""
    known = {"phone_number_id": number.phone_number_id, "account_id": number.waba_id, "access_token": number.token}
    return known | other


def asked_page(page: Page, **other: str) -> dict[str, str]:
    """What connects a page."""
    return {"kind": "messenger", "page_id": page.page_id, "access_token": page.token} | other
