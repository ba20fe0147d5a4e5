"""What the streams lost of money is found by `make outbox-repair`: all of it is decided, once, and a second repair finds nothing more of it."""

from collections.abc import Iterator

import boto3
import pytest

from haat.kernel.time import Instant
from haat.wiring.operate import Names, Repaired, repair_outbox
from infra.local.function import REGION
from infra.local.pumps import StreamPump
from infra.local.stage import Stage
from tests.stack.operating import main
from tests.stack.payment.scenes import AMOUNT, RRN, TR, Counter
from tests.stack.payment.till import scripted

pytestmark = pytest.mark.on_moto("a bank that answers by script")
REFUND = "01KE4JVFR0REFVND0000000001"


@pytest.fixture
def counter(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """Return a customer who was asked for money."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with scripted(stage) as bank:
        counter = Counter(stage, bank)
        stage.drain()
        yield counter


def repaired(counter: Counter) -> Repaired:
    """Say `make outbox-repair`."""
    counter.stage.failures.clear()
    outputs = counter.stage.deployment.outputs
    dlq: str = boto3.client("sqs").get_queue_url(QueueName="haat-local-outbox-dlq")["QueueUrl"]
    names = Names(
        conversation_table=outputs["ConversationTable"],
        business_table=outputs["BusinessTable"],
        payment_table=outputs["PaymentTable"],
        verification_table=outputs["VerificationTable"],
        queue_url_prefix=dlq.removesuffix("outbox-dlq"),
        outbox_dlq_url=dlq,
        outbox_queues=counter.stage.functions["outbox_relay"].environment["OUTBOX_QUEUES"],
    )
    return repair_outbox(names, Instant(counter.till.now() - 300_000))


def lose_the_streams(counter: Counter) -> None:
    """Let the streams forget what the relay has not carried, and ten minutes go by in which nobody asks the bank."""
    assert sum(pump.lose() for pump in counter.stage.pumps if isinstance(pump, StreamPump)) > 0
    counter.till.move(Instant(counter.till.now() + 600_000))


def test_callback_that_was_lost_is_decided_on(counter: Counter) -> None:
    """The door kept it, the stream lost it, and the bank was not asked: after a repair it is paid and the customer knows, once."""
    counter.ask()
    counter.stage.drain()
    with counter.stage.faults.hold("outbox_relay"):
        counter.pays()
        lose_the_streams(counter)
    assert not counter.payment.receipts
    with counter.stage.faults.hold("payment_reconciler"):
        assert repaired(counter).published > 0
        counter.stage.drain()
    assert [receipt.rrn for receipt in counter.payment.receipts] == [RRN]
    assert counter.payment.request.state == "PAID"
    told = counter.news()
    repaired(counter)
    counter.stage.drain()
    assert counter.news() == told
    assert len(counter.payment.receipts) == 1


def test_call_that_no_bank_got_is_made(counter: Counter) -> None:
    """A refund was reserved, and the row that has it made was lost: after a repair the bank gives back, once."""
    counter.ask()
    counter.stage.drain()
    counter.pays()
    counter.stage.drain()
    with counter.stage.faults.hold("outbox_relay"):
        counter.give_back(REFUND, AMOUNT)
        lose_the_streams(counter)
    for _ in range(2):
        repaired(counter)
        counter.stage.drain()
    assert [refund.state for refund in counter.payment.refunds] == ["DONE"]
    assert len(counter.script.calls("POST", "/refund")) == 1


def test_answer_that_was_lost_is_decided_on(counter: Counter) -> None:
    """The bank has made the code, and its answer was lost: after a repair the customer has it, and no second one is made."""
    with counter.stage.faults.hold("payment_settlement"):
        counter.ask()
        counter.stage.drain()
    _empty(counter, "payment-evidence")
    counter.till.move(Instant(counter.till.now() + 600_000))
    assert not counter.news()
    repaired(counter)
    counter.stage.drain()
    assert counter.payment.request.state == "PRESENTED"
    assert len(counter.script.calls("POST", "/qr_codes")) == 1


def test_payments_that_were_lost_come_back(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """After `make restore` of the payment table nobody is told anything, and the same money again is known."""
    counter.ask()
    counter.stage.drain()
    counter.pays()
    counter.settled()
    rows, told = counter.stage.items("payment"), counter.news()
    dynamodb, table = boto3.client("dynamodb"), "haat-local-payment"
    beside = f"{table}-restored"
    dynamodb.restore_table_to_point_in_time(SourceTableName=table, TargetTableName=beside, UseLatestRestorableTime=True)
    for row in rows:
        dynamodb.delete_item(TableName=table, Key={"pk": row["pk"], "sk": row["sk"]})
    monkeypatch.setattr("infra.operate.__main__._use_this_machine", lambda: None)
    assert main(["restore", "--table", "payment", "--source", beside]) == 0
    dynamodb.delete_table(TableName=beside)
    counter.settled()
    back = {(row["pk"]["S"], row["sk"]["S"]): row for row in counter.stage.items("payment")}
    kept = {(row["pk"]["S"], row["sk"]["S"]): {n: row[n] for n in row if n != "queue"} for row in rows}
    assert back == kept
    counter.pays()
    counter.settled()
    assert [receipt.rrn for receipt in counter.payment.receipts] == [RRN]
    assert counter.news() == told


def test_what_was_decided_is_left_alone(counter: Counter) -> None:
    """A day after all is done nothing is published, of a hundred rows or one."""
    counter.ask()
    counter.stage.drain()
    counter.pays(told=3)
    counter.settled()
    counter.give_back(REFUND, AMOUNT)
    counter.settled()
    counter.till.move(Instant(counter.till.now() + 90_000_000))
    assert repaired(counter) == Repaired(published=0, parked=0)
    assert counter.payment.request.tr == TR


def _empty(counter: Counter, queue: str) -> None:
    sqs = boto3.client("sqs")
    assert counter.stage.queue_depth(queue) > 0
    sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=f"haat-local-{queue}")["QueueUrl"])
