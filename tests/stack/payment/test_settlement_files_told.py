"""What an operator learns from a file, what the shop learns from it, and what is refused at the desk."""

import json
from dataclasses import replace
from typing import Any

import pytest

from haat.facts.settlement import SettlementFileGiven, SettlementGoesOn
from haat.kernel.time import DAY, HOUR, Instant, later
from haat.payment.store.accounts import DynamoAccounts
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import SAREE_SHOP, SWEET_SHOP, Api
from tests.stack.payment.banked import awake
from tests.stack.payment.filing import Desk, payment, report
from tests.stack.payment.till import Till, scripted
from tests.unit.payment.recon import line

DAY_BEFORE = "2026-01-04"  # of the stage's first day
AT = Instant(1_767_510_000_000)  # on it


@pytest.fixture
def desk(stage: Stage) -> Desk:
    """Return a shop's account at a gateway, and the operator; it is late enough that a line of that day has come."""
    seed(stage)
    desk = Desk(Api(stage))
    desk.till.move(later(desk.till.now(), 10 * DAY))
    return desk


def brings(desk: Desk, *lines: dict[str, Any]) -> dict[str, Any]:
    """A file of these lines, for all the days that may have settled by then."""
    return desk.brings(report(*lines), DAY_BEFORE, "2026-01-14")


def kept(desk: Desk) -> dict[str, Any]:
    """All that is kept of money, but answers to requests that may come again."""
    items = {item["pk"]["S"] + item["sk"]["S"]: item for item in desk.stage.items("payment")}
    return {key: item for key, item in items.items() if not key.startswith("ONCE#")}


def test_file_recovers_money_that_nobody_told_of(desk: Desk) -> None:
    """The request is paid by the line alone, its fee is known, and the shop is told once, however often a step is delivered."""
    desk.asks("HRECOVERED", 50_000, AT)
    file = brings(desk, payment("pay_1", 50_000, order_receipt="HRECOVERED", fee=1_180, tax=180))
    assert (file["state"], file["lines"], file["questions"]) == ("done", {"recovers": 1}, 0)
    assert file["totals"]["net"] == 50_000 - 1_180
    before = kept(desk)
    desk.again(SettlementFileGiven(file=file["id"]))
    for part in (1, 2):
        desk.again(SettlementGoesOn(file=file["id"], part=part))
    assert kept(desk) == before
    paid = desk.till.payment("HRECOVERED")
    (receipt,) = paid.receipts
    assert (paid.request.state, paid.request.flags) == ("PAID", ("recovered_by_settlement",))
    assert (receipt.settled, receipt.fee, receipt.tax, receipt.settlement) == (True, 1_180, 180, "setl_1")
    assert desk.till.told() == {"PaymentPaid": 1}


def test_same_content_changes_nothing(desk: Desk) -> None:
    """A file that was read is refused when it comes again, with the id of the first, whatever days it is said to be of."""
    desk.paid("H1", 10_000, AT, txn="pay_1")
    lines = (payment("pay_1", 10_000), payment("pay_2", 700))
    first = brings(desk, *lines)
    assert first["lines"] == {"confirms": 1, "orphan": 1}
    before = kept(desk)
    second = desk.brings(report(*lines), "2026-01-13")
    assert (second["state"], second["reason"], second["same_as"]) == ("refused", "same_file", first["id"])
    after = kept(desk)
    assert {key: after[key] for key in before} == before
    assert all(second["id"] in key for key in after.keys() - before.keys())
    assert desk.shows(first["id"]) == first


def test_day_without_money_may_look_like_the_day_before(desk: Desk) -> None:
    """Two reports without a line are the same bytes: each is read for its own day, and once."""
    desk.paid("H1", 10_000, AT, txn="pay_1")
    empty = report()
    assert desk.brings(empty, "2026-01-13")["state"] == "done"
    file = brings(desk)
    assert (file["state"], desk.named(file["id"])) == ("done", ["pay_1"])
    assert desk.till.payment("H1").request.flags == ("missing_in_settlement",)
    assert desk.brings(empty, "2026-01-13")["reason"] == "same_file"


def test_money_that_was_missing_is_found_in_a_later_file(desk: Desk) -> None:
    """It is flagged, stays paid, and is flagged no more when a file names it."""
    desk.paid("H1", 10_000, AT, txn="pay_1")
    file = brings(desk, payment("pay_9", 1))
    (told,) = desk.lines(file["id"], "missing", "differs")
    assert (told["meaning"], told["line"], told["reference_id"], told["amount"]["minor"]) == (
        "missing",
        None,
        "H1",
        10_000,
    )
    assert desk.till.payment("H1").request.flags == ("missing_in_settlement",)
    assert brings(desk, payment("pay_1", 10_000))["lines"] == {"confirms": 1}
    assert (desk.till.payment("H1").request.state, desk.till.payment("H1").request.flags) == ("PAID", ())


def test_chargeback_is_flagged_and_never_applied(desk: Desk) -> None:
    """What the bank took back for a complaint is shown and told, and what was paid stays paid; one of unknown money is shown."""
    desk.paid("H1", 10_000, AT, txn="pay_1")
    lines = (
        payment("pay_1", 10_000),
        line("adjustment", "adj_1", 10_000, "setl_1", payment_id="pay_1", dispute_id="disp_1"),
        line("adjustment", "adj_2", 300, "setl_1", payment_id="pay_of_nobody", dispute_id="disp_2"),
    )
    file = brings(desk, *lines)
    assert file["lines"] == {"confirms": 1, "chargeback": 1, "chargeback_unknown": 1}
    assert (file["questions"], file["totals"]["charged_back"], file["totals"]["net"]) == (2, 10_300, -300)
    paid = desk.till.payment("H1")
    assert (paid.request.state, paid.request.flags) == ("PAID", ("chargeback",))
    assert desk.till.told()["ChargedBack"] == 1


def test_nothing_posted_is_no_file(desk: Desk) -> None:
    """It waits once more and says why; when it was posted it is read as if nothing had been."""
    begun = desk.begins(DAY_BEFORE, "2026-01-14")
    assert desk.account.id not in json.dumps(begun["upload"]), "it is half of the webhook's address"
    waits = desk.reads(begun["id"])
    assert (waits["state"], waits["reason"]) == ("waiting", "no_file")
    desk.posts(begun, report(payment("pay_1", 100)))
    assert (desk.reads(begun["id"])["state"], desk.lines(begun["id"])[0]["meaning"]) == ("done", "orphan")
    again = desk.operator.call("POST", f"settlement-files/{begun['id']}/read")
    assert (again.status, json.loads(again.body)["reason"]) == (409, "file-not-waiting")


def test_file_that_a_banks_program_drops_is_read_like_one_that_was_posted(desk: Desk) -> None:
    """The place in the bucket is the file's own id; no form is needed."""
    id = desk.begins(DAY_BEFORE, "2026-01-14")["id"]
    bucket = desk.stage.functions["operator_api"].environment["PAYMENT_FILES_BUCKET"]
    desk.stage.client("s3").put_object(Bucket=bucket, Key=id, Body=report(payment("pay_1", 100)))
    assert desk.reads(id)["lines"] == {"orphan": 1}


def test_files_are_listed_newest_first(desk: Desk) -> None:
    """Page by page, and an account is found by its merchant; nothing secret stands there."""
    ids = []
    for day in range(1, 4):
        ids.append(desk.begins(f"2026-01-0{day}")["id"])
        desk.stage.run_for(1)
    first = desk.operator.json("GET", "settlement-files?limit=2")
    rest = desk.operator.json("GET", f"settlement-files?limit=2&cursor={first['next']}")
    assert [one["id"] for one in (*first["items"], *rest["items"])] == ids[::-1]
    assert rest["next"] is None
    listed = desk.operator.json("GET", f"payee-accounts?merchant_id={SWEET_SHOP}")["items"]
    assert {"id": desk.account.id, "provider": "razorpay", "upi_address": "shop@upi", "name": "Sweets", "state": "live",
            "settlement_file": "json", "fetches": True} in listed  # fmt: skip
    assert desk.account.id not in {
        one["id"] for one in desk.operator.json("GET", f"payee-accounts?merchant_id={SAREE_SHOP}")["items"]
    }
    assert desk.operator.refused("GET", f"payee-accounts?merchant_id={desk.account.id}") == (404, "not-found")


def test_lines_are_read_page_by_page(desk: Desk) -> None:
    """Three hundred lines, in their order; of a meaning only those that have it."""
    lines = [payment(f"pay_{number:03}", number) for number in range(1, 301)]
    file = brings(desk, *lines, payment("pay_001", 1), payment("x", 5, currency="USD"))
    assert file["lines"] == {"orphan": 300, "duplicate": 1, "bad": 1}
    assert file["totals"]["received"] == sum(range(1, 301))
    assert [line["line"] for line in desk.lines(file["id"])] == list(range(1, 303))
    assert [line["reason"] for line in desk.lines(file["id"], "bad")] == ["bad_currency"]
    assert desk.operator.refused("GET", f"settlement-files/{file['id']}/lines?meaning=good") == (422, "invalid")


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"first_day": "2026-01-16"}, (422, "invalid")),
        ({"first_day": "2026-01-04", "last_day": "2026-01-03"}, (422, "invalid")),
        ({"first_day": "2025-12-01", "last_day": "2026-01-10"}, (422, "invalid")),
        ({"first_day": "2026-02-30"}, (422, "invalid")),
        ({"first_day": "2026-01-04", "last_day": "2026-01-05", "fetch": True}, (422, "invalid")),
        ({"first_day": "2026-01-04", "payee_account_id": SWEET_SHOP}, (404, "not-found")),
    ],
)
def test_file_that_can_not_be_is_refused(desk: Desk, asked: dict[str, Any], refusal: tuple[int, str]) -> None:
    """Of days that have not begun, end before they begin, are too many or none; or of nobody's account."""
    before = kept(desk)
    body = {"payee_account_id": desk.account.id} | asked
    assert desk.operator.refused("POST", "settlement-files", body) == refusal
    assert kept(desk) == before


@pytest.mark.parametrize(
    ("provider", "asked", "word"),
    [("simbank", {}, "no-settlement-file"), ("axis", {"fetch": True}, "settlement-not-fetched")],
)
def test_bank_that_has_no_such_file_is_said(desk: Desk, provider: str, asked: dict[str, Any], word: str) -> None:
    """One writes none, of the other a person brings it."""
    other = Desk(desk.api, provider, vpa="other@upi", number=2)
    body = {"payee_account_id": other.account.id, "first_day": DAY_BEFORE} | asked
    answer = desk.operator.call("POST", "settlement-files", body)
    assert (answer.status, json.loads(answer.body)["reason"]) == (409, word)


def test_merchants_see_no_files(desk: Desk) -> None:
    """An owner's token opens nothing here, not even what is about the own account."""
    id = desk.begins(DAY_BEFORE)["id"]
    for path in ("settlement-files", f"settlement-files/{id}", f"settlement-files/{id}/lines"):
        assert desk.api.refused("GET", f"/v1/operator/{path}") == (404, "not-found")


@pytest.mark.on_moto("a bank that answers by script")
def test_report_is_fetched_page_by_page(stage: Stage) -> None:
    """A page that is missed is asked for again; a line that stands on two pages, as the report grew in between, counts once."""
    seed(stage)
    with scripted(stage) as bank:
        till = Till.opened(stage, bank, merchant=SWEET_SHOP)
        desk = Desk(Api(stage), till=till)
        till.move(later(till.now(), 10 * DAY))
        pages = {
            "0": json.loads(report(*(payment(f"pay_{number}", 100) for number in range(100)))),
            "100": json.loads(report(payment("pay_99", 100), payment("pay_100", 50))),
            "102": json.loads(report()),
        }
        asked: list[str] = []

        def page(request: Any) -> Any:
            asked.append(skip := request.query["skip"])
            return 500 if asked.count(skip) == 1 and skip == "100" else pages[skip]

        bank.puts("GET", "/v1/settlements/recon", page)
        begun = desk.begins("2026-01-13", fetch=True)
        assert (begun["state"], "upload" in begun) == ("fetching", False)
        stage.run_for(HOUR / 1_000)
        file = desk.shows(begun["id"])
    assert asked == ["0", "100", "100", "102"]
    assert (file["state"], file["lines"]) == ("done", {"orphan": 101, "duplicate": 1})
    assert file["totals"]["received"] == 100 * 100 + 50
    assert [line["line"] for line in desk.lines(file["id"], "duplicate")] == [101]


@pytest.mark.on_moto("a bank that answers by script")
def test_reports_are_fetched_in_the_morning(stage: Stage) -> None:
    """Of the three days before, by the schedule alone; twenty-five lines a page."""
    seed(stage)
    with scripted(stage) as bank, awake(stage):
        till = Till.opened(stage, bank, merchant=SWEET_SHOP)
        DynamoAccounts(till.table, lambda: 0.0).save(replace(till.account, fetched=True, version=1))
        desk = Desk(Api(stage), till=till)
        asked: list[tuple[str, str]] = []

        def page(request: Any) -> Any:
            asked.append((request.query["day"], request.query["count"]))
            return json.loads(report())

        bank.puts("GET", "/v1/settlements/recon", page)
        stage.run_for(DAY / 1_000)
        files = desk.operator.json("GET", "settlement-files?limit=100")["items"]
    ends = sorted((one["first_day"], one["state"]) for one in files if one["payee_account_id"] == till.account.id)
    assert len(ends) == 3
    assert {state for _, state in ends} == {"done"}
    assert sorted(asked) == [(day[-2:], "25") for day, _ in ends]


@pytest.mark.on_moto("a bank that answers by script")
def test_report_of_a_bank_that_stays_dark_is_given_up(stage: Stage) -> None:
    """After six calls; what was missing was not looked for, so nothing is flagged."""
    seed(stage)
    with scripted(stage) as bank:
        desk = Desk(Api(stage), till=Till.opened(stage, bank, merchant=SWEET_SHOP))
        desk.paid("H1", 10_000, AT, txn="pay_1")
        bank.puts("GET", "/v1/settlements/recon", 503)
        begun = desk.begins(DAY_BEFORE, fetch=True)
        stage.run_for(2 * HOUR / 1_000)
        file = desk.shows(begun["id"])
    assert (file["state"], file["reason"]) == ("refused", "http_503")
    assert len(bank.calls("GET", "recon")) == 6
    assert desk.till.payment("H1").request.flags == ()
