"""What the port Queues promises, in memory and in SQS."""

from collections.abc import Callable

import boto3
import pytest

from haat.business.memory.queues import MemoryDepths
from haat.business.model.health import Depth
from haat.business.ports.health import Queues
from haat.business.store.queues import SqsDepths
from tests.contract.tables import REGION

NAMES = ("first", "first-dlq", "gone")


def in_memory() -> Queues:
    """Two queues, and one of which nobody can say."""
    return MemoryDepths(
        held={
            "first": Depth(waiting=2, in_hand=1, delayed=1),
            "first-dlq": Depth(waiting=0, in_hand=0, delayed=0),
            "gone": None,
        }
    )


def in_sqs() -> Queues:
    """The same in SQS; the third is not there."""
    sqs = boto3.client("sqs", region_name=REGION)
    urls = [sqs.create_queue(QueueName=f"of-tests-{name}")["QueueUrl"] for name in NAMES]
    sqs.delete_queue(QueueUrl=urls[2])
    sqs.purge_queue(QueueUrl=urls[0])
    for delay in (0, 0, 0, 60):
        sqs.send_message(QueueUrl=urls[0], MessageBody="x", DelaySeconds=delay)
    sqs.receive_message(QueueUrl=urls[0], MaxNumberOfMessages=1)
    return SqsDepths(lambda: sqs, urls, "of-tests-")


@pytest.mark.parametrize("make", [in_memory, in_sqs])
@pytest.mark.usefixtures("tables")
def test_depths_are_told_by_name(make: Callable[[], Queues]) -> None:
    """Each queue is there by its own name, and None stands where nobody can say."""
    assert make().depths() == {
        "first": Depth(waiting=2, in_hand=1, delayed=1),
        "first-dlq": Depth(waiting=0, in_hand=0, delayed=0),
        "gone": None,
    }
