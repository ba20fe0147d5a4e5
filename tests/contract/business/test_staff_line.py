"""What the port StaffLine promises, in memory and in SQS."""

import itertools
from collections.abc import Callable

import boto3
import pytest

from haat.business.memory.staff import MemoryStaffLine
from haat.business.ports.staff import StaffLine
from haat.business.store.staff import SqsStaffLine
from haat.facts.said import StaffHears, Template, load
from haat.kernel.errors import Unavailable
from haat.kernel.ids import Fingerprint, ulid
from tests.contract.tables import REGION
from tests.invented import MERCHANT, NOW, PHONE

QUEUES = itertools.count()
Came = Callable[[], list[StaffHears]]


def in_memory() -> tuple[StaffLine, Came]:
    """The line, and what came out of it."""
    line = MemoryStaffLine()
    return line, lambda: line.told


def in_sqs() -> tuple[StaffLine, Came]:
    """The same in SQS."""
    sqs = boto3.client("sqs", region_name=REGION)
    name = f"of-tests-staff-{next(QUEUES)}.fifo"
    url = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]

    def came() -> list[StaffHears]:
        found: list[StaffHears] = []
        while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]).get(
            "Messages"
        ):
            for message in got:
                fact = load(message["Body"])
                assert isinstance(fact, StaffHears)
                named = message["Attributes"]
                assert fact.phone not in named["MessageGroupId"] + named["MessageDeduplicationId"]
                found.append(fact)
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    return SqsStaffLine(lambda: sqs, url), came


def hears(number: int, staff: int = 1, text: str = "New order") -> StaffHears:
    """Something that a person is to hear."""
    return StaffHears(
        key=Fingerprint(f"{number:032x}"),
        merchant=MERCHANT,
        staff=ulid(NOW, bytes([staff] * 10)),
        phone=PHONE,
        occurred_at=NOW,
        text=text,
        template=Template(name="news", language="bn"),
    )


@pytest.mark.parametrize("make", [in_memory, in_sqs])
@pytest.mark.usefixtures("tables")
class TestStaffLine:
    """Both kinds."""

    def test_each_comes_out_whole_and_each_persons_in_order(self, make: Callable[[], tuple[StaffLine, Came]]) -> None:
        """In any script, and however many there are."""
        line, came = make()
        facts = [hears(100 + number, number % 3, "নতুন অর্ডার\n" * 300) for number in range(25)]
        line.tell(facts)
        found = came()
        assert len(found) == 25
        for staff in {fact.staff for fact in facts}:
            assert [one for one in found if one.staff == staff] == [one for one in facts if one.staff == staff]

    def test_same_key_soon_again_is_passed_on_once(self, make: Callable[[], tuple[StaffLine, Came]]) -> None:
        """Whoever was killed in between tells again."""
        line, came = make()
        line.tell([hears(200)])
        line.tell([hears(200), hears(201)])
        assert came() == [hears(200), hears(201)]


@pytest.mark.usefixtures("tables")
def test_queue_that_is_not_there_is_tried_again() -> None:
    """Nothing is taken for told."""
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="of-tests-gone.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(Unavailable):
        SqsStaffLine(lambda: sqs, url).tell([hears(1)])
