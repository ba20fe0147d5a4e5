"""The code on a shop's counter, over HTTP."""

import base64
import json

import pytest

from haat.aws.table import Table
from haat.business.model.token import Role
from haat.kernel.ids import MerchantId, ulid
from haat.kernel.once import Answer, Once
from haat.payment.model.account import AccountState, PayeeAccount
from haat.payment.model.bank import Account
from haat.payment.store.accounts import DynamoAccounts
from tests.stack.business.conftest import SAREE_SHOP, SWEET_SHOP, Api
from tests.unit.payment.seeing import of_pdf, of_png, of_svg, read

LINK = "upi://pay?pa=counter@simbank&pn=Sweets%20%28invented%29&cu=INR&mode=01"


def account(api: Api, state: AccountState = "live") -> str:
    """A payee account of the sweet shop, kept by the product's own store."""
    id = ulid(api.now, f"{state:10}".encode())
    kept = PayeeAccount(
        id=id, merchant=MerchantId(SWEET_SHOP), name="Sweets (invented)", state=state, opened_at=api.now, version=1,
        bank=Account(provider="simbank", merchant_id="m", vpa="counter@simbank", base_url=""),
    )  # fmt: skip
    table = Table(api.stage.client("dynamodb"), api.stage.deployment.outputs["PaymentTable"])
    DynamoAccounts(table, lambda: 0.0).begin(kept, Once(key=id, asked="a", at=api.now), Answer(status=201))
    return id


def test_code_can_be_put_on_a_page_and_printed(api: Api) -> None:
    """One JSON document with a PNG, an SVG and a PDF as files; all of them say the same to a camera."""
    id = account(api)
    code = api.json("GET", f"qr-codes/{id}", role=Role.READ_ONLY)
    assert code | {"png": ""} == {
        "account_id": id, "link": LINK, "name": "Sweets (invented)", "upi_address": "counter@simbank",
        "printed_name": "Mishti Bhandar", "png": "",
    }  # fmt: skip
    assert read(of_png(base64.b64decode(code["png"], validate=True))) == [LINK]
    svg, pdf = (api.call("GET", f"qr-codes/{id}/{kind}") for kind in ("svg", "pdf"))
    assert (svg.status, svg.headers["content-type"]) == (200, "image/svg+xml")
    assert read(of_svg(svg.body.decode())) == [LINK]
    assert (pdf.status, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.body.startswith(b"%PDF-1.4\n")
    assert pdf.body.endswith(b"%%EOF\n")
    assert read(of_pdf(pdf.body)) == [LINK]


@pytest.mark.parametrize("kind", ["", "/svg", "/pdf"])
def test_code_of_another_shop_is_not_there(api: Api, kind: str) -> None:
    """Neither by its id at one's own shop, nor at the other's address."""
    id = account(api)
    assert api.refused("GET", f"qr-codes/{id}{kind}", as_=SAREE_SHOP) == (404, "not-found")
    path = f"/v1/merchants/{SWEET_SHOP}/qr-codes/{id}{kind}"
    assert api.refused("GET", path, as_=SAREE_SHOP) == (404, "not-found")
    assert api.refused("GET", path, as_=None) == (401, "unauthenticated")


@pytest.mark.parametrize(("state", "reason"), [("testing", "account-not-live"), ("closed", "account-closed")])
def test_account_that_takes_no_money_has_no_code(api: Api, state: AccountState, reason: str) -> None:
    """Nobody prints a code before a rupee has come by it."""
    answer = api.call("GET", f"qr-codes/{account(api, state)}/pdf")
    assert (answer.status, json.loads(answer.body)["reason"]) == (409, reason)
