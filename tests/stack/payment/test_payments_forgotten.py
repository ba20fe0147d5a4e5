"""A customer is erased: their payments stay, as tax law asks, and name nobody. What comes later for them finds nobody either."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from haat.facts.payments import OrderWantsMoney
from haat.kernel.ids import OrderId
from haat.kernel.time import Instant
from infra.local.faults import Point
from infra.local.stage import Stage
from tests.stack.business.conftest import Api
from tests.stack.conversation.conftest import SWEET_SHOP as ADDRESS
from tests.stack.payment.scenes import AMOUNT, RRN, TR, Counter
from tests.stack.payment.till import payment_entity, scripted

pytestmark = pytest.mark.on_moto("a bank that answers by script")
PAYER = "payer.one@testpsp"


@pytest.fixture
def counter(stage: Stage) -> Iterator[Counter]:
    """Return a customer who has paid what she was asked for."""
    with scripted(stage) as bank:
        counter = Counter(stage, bank)
        counter.ask()
        stage.drain()
        counter.pays()
        stage.drain()
        yield counter


def erased(counter: Counter) -> str:
    """Erase her -> her id."""
    customer = counter.payment.request.customer
    assert customer
    path, shop = f"customers/{customer}", counter.till.account.merchant
    assert Api(counter.stage).call("DELETE", path, as_=shop).status == 202
    counter.stage.run_for(600)
    return customer


def naming(counter: Counter, word: str) -> set[str]:
    """The kinds of rows that name somebody, but for what is kept as evidence."""
    rows = [item for item in counter.till.table.having("pk") if word in str(item)]
    return {item["pk"].partition("#")[0] for item in rows}


def test_payment_stays_and_names_nobody(counter: Counter) -> None:
    """Sum, receipt and state are kept; whom it was asked of, in which words, and who paid are not."""
    customer = counter.payment.request.customer
    assert counter.payment.receipts[0].payer_vpa == PAYER
    assert {"PAYMENT", "CUSTOMER"} <= naming(counter, customer)
    erased(counter)
    payment = counter.payment
    assert (payment.request.state, payment.receipts[0].amount, payment.receipts[0].rrn) == ("PAID", AMOUNT, RRN)
    said = payment.request
    assert (said.customer, said.address, said.channel, said.note, said.link) == ("", "", "", "", "")
    assert payment.receipts[0].payer_vpa == ""
    # That nobody may be asked, what was told (14 days), what the request was answered (a day).
    assert naming(counter, customer) <= {"CUSTOMER", "NEWS", "ONCE"}
    assert naming(counter, PAYER) <= {"CALLBACK", "ANSWER"}, "evidence, for 90 and 60 days"


def test_export_of_a_customer_holds_their_payments(counter: Counter) -> None:
    """Whoever asks what is held on them is given what they were asked for and have paid; after the erasure nobody is there."""
    customer = counter.payment.request.customer
    counter.ask(f"{TR[:-1]}2")
    lines = exported(counter, customer)
    assert [(line["reference_id"], line["state"], len(line["receipts"])) for line in lines] == [
        (TR, "PAID", 1),
        (f"{TR[:-1]}2", "CREATED", 0),
    ]
    assert lines[0]["receipts"][0]["payer"] == PAYER


def exported(counter: Counter, customer: str) -> list[dict[str, Any]]:
    """What is held of payments, page by page."""
    api, path, found = Api(counter.stage), f"customers/{customer}?limit=1", []
    cursor = ""
    for _ in range(50):
        page = api.json("GET", path + cursor, as_=counter.till.account.merchant)
        found += [line["held"] for line in page["items"] if line["kind"] == "payment"]
        if not page["next"]:
            return found
        cursor = f"&cursor={quote(page['next'])}"
    raise AssertionError("an export without an end")


def test_money_that_comes_later_names_nobody(counter: Counter) -> None:
    """A second payment on the same request is kept and shown, without its payer's address; nobody is told."""
    erased(counter)
    told = counter.told()
    entity = payment_entity(TR, "600510000002", AMOUNT, at=counter.till.now() // 1_000)
    assert counter.till.post(counter.till.event("payment.captured", payment=entity), "E2").status == 200
    counter.stage.drain()
    assert [receipt.kind for receipt in counter.payment.receipts] == ["primary", "surplus"]
    assert counter.payment.receipts[1].payer_vpa == ""
    assert counter.told() == told


def test_order_that_was_late_asks_nobody(counter: Counter) -> None:
    """A request to pay that was still in a queue while its customer was erased is not begun."""
    customer = erased(counter)
    before = counter.stage.items("payment")
    fact = OrderWantsMoney(
        merchant=counter.till.account.merchant,
        order=OrderId("01KE66PJA0R0T5VY9G4N0ZB3QD"),
        amount=AMOUNT,
        currency="INR",
        note="K4M-72R",
        customer=customer,
        channel="whatsapp",
        address=ADDRESS,
        language="en",
        occurred_at=Instant(counter.till.now() - 1_000),
    )
    counter.till.put(fact)
    counter.stage.drain()
    assert counter.stage.items("payment") == before
    assert counter.stage.queue_depth("payment-evidence-dlq") == 0


def test_death_while_forgetting_leaves_nobody_named(stage: Stage) -> None:
    """Whether settlement dies before or after whichever of its calls, the payment names nobody in the end, and is whole."""

    def played(point: Point | None) -> list[Point]:
        stage.reset()
        with scripted(stage) as bank:
            counter = Counter(stage, bank)
            counter.ask()
            stage.drain()
            counter.pays()
            stage.drain()
            stage.faults.clear()
            if point is None:
                erased(counter)
            else:
                with stage.faults.kill(function=point.function, call=point.call, when=point.when):
                    erased(counter)
            payment = counter.payment
            assert (payment.request.customer, payment.receipts[0].payer_vpa) == ("", ""), point
            assert (payment.request.state, payment.request.version) == ("PAID", payment.lock - 1), point
            assert stage.queue_depth("payment-evidence-dlq") == 0, point
        return [point for point in stage.faults.points() if point.function == "payment_settlement"]

    points = played(None)
    assert len(points) >= 8
    for point in points:
        played(point)


def test_erasing_twice_changes_nothing(counter: Counter) -> None:
    """The fact comes once when it begins and once when it is done; the payment is written once."""
    erased(counter)
    version = counter.payment.request.version
    forgotten = counter.payment.request.forgotten_at
    assert forgotten
    counter.stage.run_for(600)
    assert counter.payment.request.version == version
