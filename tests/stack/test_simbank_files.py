"""The simulated bank's file of a day, in each provider's own columns, read by the product; and what goes wrong in it."""

import http.client
from datetime import date, datetime, timedelta

import pytest

from haat.payment.model.bank import BadRow, Row
from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.bank_faults import FileFault
from infra.local.simulators.bank_formats import FORMATS, PROVIDERS
from infra.local.simulators.bank_world import INDIA, Impossible, Provider
from infra.local.simulators.server import SimulatorServer
from tests.stack.simbanked import TR, VPA, Counter
from tests.stack.simbanked_page import LINK, api, bank, clock, server, state

__all__ = ["bank", "clock", "server"]  # fixtures

FILED = [provider for provider in PROVIDERS if FORMATS[provider].file]


@pytest.fixture(params=FILED)
def at(request: pytest.FixtureRequest) -> Counter:
    """Return a counter at each provider that has files."""
    return Counter(request.param)


def today(at: Counter) -> date:
    """Return the day in India."""
    return datetime.fromtimestamp(at.clock.now, INDIA).date()


def rows(at: Counter, day: date | None = None) -> tuple[tuple[Row, ...], tuple[BadRow, ...]]:
    """Read the file of a day, of today's by default, as the product does."""
    raw = at.bank.settlement_file(f"{at.provider}:M1", day or today(at))
    assert raw is not None
    return at.adapter.read_settlement(at.account, raw)


def test_what_moved_on_a_day_stands_in_its_file(at: Counter) -> None:
    """Money that came, went back, and was taken back, each as what it is; nothing of what failed or is under way, or of another day."""
    link = at.link()
    paid = at.bank.pay(link)
    at.bank.pay(link, word="FAILED")
    at.bank.pay(link, word="PENDING")
    at.clock.now += 60
    at.give_back(at.refund(paid, 10_000))
    at.bank.refunds = "pending"
    at.give_back(at.refund(paid, 5_000, "R2"))
    at.clock.now += 60
    at.bank.charge_back(paid.id, 4_000)
    moved, bad = rows(at)
    assert bad == ()
    assert [(row.kind, row.amount, row.status) for row in moved] == [
        ("payment", 25_000, "SUCCESS"), ("refund", 10_000, "SUCCESS"), ("dispute", 4_000, "SUCCESS"),
    ]  # fmt: skip
    assert {row.rrn for row in moved} <= {paid.rrn, ""}
    assert moved[0].tr in (TR, "")
    assert moved[0].rrn or moved[0].provider_txn_id
    assert (moved[0].fee, moved[0].tax) == (0, 0)
    before, after = today(at) - timedelta(days=1), today(at) + timedelta(days=1)
    assert (rows(at, before), rows(at, after)) == (((), ()), ((), ()))


def test_a_deemed_payment_is_money_where_the_provider_settles_it(at: Counter) -> None:
    """At the banks; Razorpay's report has what was captured."""
    deemed = at.bank.pay(at.link(), word="DEEMED")
    assert [row.status for row in rows(at)[0]] == ([] if at.provider == "razorpay" else ["SUCCESS"])
    at.bank.finish(deemed.id, "FAILED")
    assert rows(at) == ((), ())


def test_the_day_is_indias(at: Counter) -> None:
    """Half past midnight there is the evening before elsewhere."""
    midnight = datetime(2026, 3, 3, 0, 30, tzinfo=INDIA)
    at.clock.now = midnight.timestamp() - 3_600
    link = f"upi://pay?pa={VPA[at.provider]}&tr={TR}&am=250.00"
    at.bank.pay(link)
    at.clock.now += 3_600
    at.bank.pay(link, amount=100)
    assert [row.amount for row in rows(at, date(2026, 3, 2))[0]] == [25_000]
    assert [row.amount for row in rows(at, date(2026, 3, 3))[0]] == [100]


@pytest.mark.parametrize("kind", ["row_missing", "row_other_sum", "row_twice", "row_of_stranger"])
def test_one_file_is_wrong_and_the_next_is_right(at: Counter, kind: FileFault) -> None:
    """A row left out, with another sum, twice, or of somebody else's money: once, and at this provider."""
    link = at.link()
    at.bank.pay(link)
    at.clock.now += 60
    at.bank.pay(link, amount=100)
    right, _ = rows(at)
    at.bank.faults.spoil_file(kind, provider="another")
    assert rows(at) == (right, ())
    at.bank.faults.spoil_file(kind, provider=at.provider)
    wrong, bad = rows(at)
    told = [row.amount for row in wrong]
    match kind:
        case "row_missing":
            assert (told, bad) == ([100], ())
        case "row_other_sum":
            assert (told, bad) == ([25_100, 100], ())
        case "row_twice":
            assert (told, bad) == ([25_000, 25_000, 100], ())
        case "row_of_stranger":  # refused where the file names the merchant, else money of which nobody knows
            assert told[:2] == [25_000, 100]
            assert [one.reason for one in bad] == ["other_merchant"] or (told[2:], bad) == ([12_300], ())
    assert rows(at) == (right, ())


def test_a_charge_back_calls_nobody_and_takes_no_more_than_is_there(at: Counter) -> None:
    """Only the file says so; what was taken back can't be given back as well."""
    paid = at.bank.pay(at.link())
    at.posted()
    at.bank.begin_refund(paid, 5_000)
    at.posted()
    taken = at.bank.charge_back(paid.id)
    assert (taken.amount, at.bank.left(paid)) == (20_000, 0)
    assert at.posted() == []
    with pytest.raises(Impossible):
        at.bank.charge_back(paid.id, 1)
    with pytest.raises(Impossible):
        at.bank.begin_refund(paid, 1)
    with pytest.raises(Impossible):
        at.bank.charge_back("pay_x")
    document = at.bank.dump()
    at.bank = BankSimulator(at.clock)
    at.bank.load(document)
    assert at.bank.world.charged_back(paid.id) == 20_000


@pytest.mark.parametrize("provider", FILED)
def test_a_fee_with_gst_is_kept_where_the_account_has_one(provider: Provider) -> None:
    """Two percent of Rs 250, and 18 percent of that; none for what goes back."""
    at = Counter(provider, fee_rate=200)
    at.bank.begin_refund(at.bank.pay(at.link()), 100)
    assert [(row.kind, row.fee, row.tax) for row in rows(at)[0]] == [("payment", 590, 90), ("refund", 0, 0)]


def test_a_report_that_is_asked_for_is_wrong_in_its_first_page() -> None:
    """The lines that follow are where they were."""
    at = Counter("razorpay")
    link = at.link()
    at.bank.pay(link)
    at.bank.pay(link, amount=100)
    at.bank.faults.spoil_file("row_missing")
    told = []
    for skip in (0, 1, 2):
        response = at.call(at.adapter.settlement(at.account, at.keys, today(at) + timedelta(days=1), skip))
        told.append([row.amount for row in at.adapter.read_settlement(at.account, response.body)[0]])
    assert told == [[100], [100], []]


# On the page


def fetched(server: SimulatorServer, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Get something; return (status, headers, body)."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def test_files_are_linked_and_can_be_kept(server: SimulatorServer, bank: BankSimulator) -> None:
    """Today's and yesterday's of each payee that has any; a file has a name."""
    link = LINK.replace("shop@simbank", bank.world.accounts["razorpay:M1"].vpa)
    (paid,) = api(server, "payments", {"link": link})[1]["payments"]
    assert api(server, "charge-backs", {"payment": paid, "amount": "40"})[0] == 200
    drawn = state(server)
    assert [one["charged_back"] for one in drawn["payments"]] == ["40.00"]
    files = {one["id"]: one["files"] for one in drawn["accounts"]}
    assert files["simbank:M1"] == []
    first, second = files["razorpay:M1"]
    assert date.fromisoformat(first["day"]) - date.fromisoformat(second["day"]) == timedelta(days=1)
    status, headers, body = fetched(server, first["href"])
    assert (status, headers["content-type"]) == (200, "application/json")
    assert headers["content-disposition"] == f'attachment; filename="razorpay-M1-{first["day"]}.json"'
    kinds = [row.kind for row in Counter("razorpay").adapter.read_settlement(Counter("razorpay").account, body)[0]]
    assert kinds == ["payment", "dispute"]


@pytest.mark.parametrize(
    "path", ["simbank/M1/2026-03-02", "razorpay/M9/2026-03-02", "razorpay/M1/2026-02-30", "x/M1/2026-03-02"]
)
def test_a_file_that_is_not_there_is_said(server: SimulatorServer, bank: BankSimulator, path: str) -> None:
    """And nothing of another site gets one."""
    assert fetched(server, f"/bank/files/{path}")[0] == 404
    assert fetched(server, "/bank/files/razorpay/M1/2026-03-02", Host="bank.example")[0] == 403
