"""The commands of docs/payments.md, as a shell reads them, played on the stage in the order in which a shop needs them."""

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from haat.aws.table import Table
from haat.business.model.token import Role
from haat.payment.store.accounts import DynamoAccounts
from infra.local.http import Response
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.operating import Operator
from tests.stack.business.ordering import Stall
from tests.stack.payment.filing import Desk, payment, report
from tests.stack.payment.till import ScriptedBank, Till, scripted
from tests.stack.typed import Reader, read

pytestmark = pytest.mark.on_moto("a bank that answers by script")

PAGE = (Path(__file__).parents[3] / "docs/payments.md").read_text()
OPERATOR = "01KDVDNA00PERAT0R00000001T"


@pytest.fixture
def api(stage: Stage) -> Iterator[Api]:
    """Return the API of the market of three shops."""
    seed(stage)
    yield Api(stage)
    assert not [failure for failure in stage.failures if not failure.died], "a function broke"


@pytest.fixture
def bank(stage: Stage) -> Iterator[ScriptedBank]:
    """Return the bank behind it."""
    with scripted(stage) as bank:
        yield bank


@pytest.mark.skipif(shutil.which("sh") is None, reason="the page's commands were NOT played: no shell")
def test_page_can_be_typed(api: Api, bank: ScriptedBank, tmp_path: Path) -> None:
    """From the first key to the table for the accountant: every command of the page, once, in this order."""
    stage, stall = api.stage, Stall(api)
    known = {
        "MERCHANT": SWEET_SHOP,
        "TOKEN": api.token(SWEET_SHOP, Role.OWNER),
        "OPERATOR": api.token(OPERATOR, Role.OPERATOR),
    }
    reader = Reader(PAGE, stage, tmp_path, known)

    opened = read(reader.types("our-account")[0], 201)
    assert (opened["state"], "also-from-there" in json.dumps(opened)) == ("testing", False)
    known["ACCOUNT"] = opened["id"]
    first = read(reader.types("first-rupee")[0], 201)
    accounts = _accounts(stage)
    account = accounts.get(opened["id"], fresh=True)
    assert account is not None
    till = Till(stage, bank, account, secret="also-from-there")
    assert opened["webhook_path"] == f"/webhooks/payments/razorpay/{account.id}"
    assert till.post(till.paid(first["reference_id"], "700000000001", 100)).status == 200
    stage.drain()
    assert [one.state for one in accounts.list(account.merchant)] == ["live"]
    renewed = read(reader.types("new-secret")[0], 200)
    assert set(renewed["keys_set"]) == {"key_id", "key_secret", "webhook_secret", "webhook_secret_previous"}

    known["REFERENCE"] = read(reader.types("table-4")[0], 201)["reference_id"]
    till.post(till.paid(known["REFERENCE"], "700000000002", 52_500))
    stage.drain()
    paid = read(reader.types("$B/payments/$REFERENCE -H")[0], 200)
    assert (paid["state"], [one["rrn"] for one in paid["receipts"]]) == ("PAID", ["700000000002"])
    known["RRN"] = "700000000002"
    assert read(reader.types("a-box-less")[0], 201)["state"] == "SENT"
    assert [json.loads(call.body)["amount"] for call in bank.calls()] == [12_500]

    stall.cart(stall.customer(), (stall.product(minor=9_900), 1))
    known["ORDER"] = stall.orders()[0]["id"]
    till.post(till.paid("", "700000000003", 9_900))
    stage.drain()
    page, unassigned = reader.types("code.pdf")
    assert _whole(page).startswith(b"%PDF")
    assert [one["rrn"] for one in read(unassigned, 200)["items"]] == ["700000000003"]
    known["RRN"] = "700000000003"
    assert read(reader.types("that-one")[0], 201)["state"] == "PAID"

    (table,) = reader.types("from=2026-01-01")
    assert table.status == 200
    assert all(rrn in table.body.decode() for rrn in ("700000000001", "700000000002", "700000000003"))
    found, begun = reader.types("file-of-january-5")
    assert opened["id"] in [one["id"] for one in read(found, 200)["items"]]
    known["SETTLEMENT"] = read(begun, 201)["id"]
    Desk.posts(read(begun, 201), report(payment("pay_700000000002", 52_500), payment("pay_700000000003", 9_900)))
    given, *seen = reader.types("read-of-january-5")
    assert (read(given, 202)["state"], [answer.status for answer in seen]) == ("reading", [200, 200, 200])
    assert Operator(api).json("GET", f"settlement-files/{known['SETTLEMENT']}")["lines"] == {"confirms": 2}

    assert [answer.status for answer in reader.types("checklist/kit")] == [200, 200, 204]
    review, orphans, same = reader.types("state=REVIEW")
    assert (read(review, 200)["items"], read(orphans, 200)["items"], same.status) == ([], [], 200)

    assert sorted(reader.typed) == sorted(reader.blocks)


def _accounts(stage: Stage) -> DynamoAccounts:
    name = stage.functions["payment_callback"].environment["PAYMENT_TABLE"]
    return DynamoAccounts(Table(stage.client("dynamodb"), name), lambda: 0.0)


def _whole(answer: Response) -> bytes:
    assert answer.status == 200
    return answer.body if answer.body.startswith(b"%PDF") else base64.b64decode(answer.body)
