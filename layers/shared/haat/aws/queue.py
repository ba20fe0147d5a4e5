"""SQS as a place to put facts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from haat.aws.weather import answers
from haat.kernel.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MOST_HIDDEN_S = 43_200  # SQS hides a message for twelve hours at most
BATCH, BATCH_BYTES = (
    10,
    240_000,
)  # of SendMessageBatch: ten entries; 256 KiB in all, less room for names (1 MiB where AWS says so)


class Entry(Protocol):
    """What can be put: a body, and on a FIFO queue a group and a deduplication id."""

    @property
    def body(self) -> str:
        """The text that is kept."""

    @property
    def group(self) -> str | None:
        """Order holds inside it; None on a standard queue."""

    @property
    def dedupe(self) -> str | None:
        """What comes again under it within five minutes is dropped; None on a standard queue."""


class SqsQueue:
    """One queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def put(self, entries: Sequence[Entry]) -> None:
        """Send all, in order, ten to a call. Raises Unavailable as soon as one was not taken: a later one of its group must not pass it."""
        for chunk in _chunks(entries):
            send(self._client, self._url, [_request(i, entry) for i, entry in enumerate(chunk)])


def send(client: "SQSClient", url: str, requests: list[dict[str, Any]]) -> None:
    """One SendMessageBatch. Raises Unavailable when SQS did not take each of them."""
    with answers("queue"):
        answer = client.send_message_batch(QueueUrl=url, Entries=requests)  # type: ignore[arg-type]  # built by _request
    if answer.get("Failed"):
        raise Unavailable("queue: " + ", ".join(sorted({failed["Code"] for failed in answer["Failed"]})))


def _request(number: int, entry: Entry) -> dict[str, Any]:
    request: dict[str, Any] = {"Id": str(number), "MessageBody": entry.body}
    if entry.group is not None:
        request |= {"MessageGroupId": entry.group, "MessageDeduplicationId": entry.dedupe}
    return request


def _chunks(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    chunk: list[Entry] = []
    size = 0
    for entry in entries:
        length = len(entry.body.encode())
        if chunk and (len(chunk) == BATCH or size + length > BATCH_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(entry)
        size += length
    if chunk:
        yield chunk


class SqsSource:
    """The queue that a function's records came from; `edge` works with it.

    Its client is made when something is parked or held: most lives of a function never do.
    """

    def __init__(self, client: "Callable[[], SQSClient]", queue_url: str, dlq_url: str) -> None:
        self._client, self._url, self._dlq = client, queue_url, dlq_url

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record is of this queue."""
        name: str = record["eventSourceARN"].rpartition(":")[2]
        return name == self._url.rpartition("/")[2]

    def park(self, record: Mapping[str, Any]) -> None:
        """Set a record aside in the dead-letter queue, in its group. Raises Unavailable."""
        attributes = record["attributes"]
        request: dict[str, Any] = {"Id": "0", "MessageBody": record["body"]}
        if "MessageGroupId" in attributes:
            request["MessageGroupId"] = attributes["MessageGroupId"]
            request["MessageDeduplicationId"] = attributes.get("MessageDeduplicationId", record["messageId"])
        send(self._client(), self._dlq, [request])

    def hold(self, records: Sequence[tuple[Mapping[str, Any], int]]) -> None:
        """Let each record come back after so many seconds, twelve hours at most. Raises Unavailable."""
        for start in range(0, len(records), BATCH):
            entries = [
                {
                    "Id": str(i),
                    "ReceiptHandle": record["receiptHandle"],
                    "VisibilityTimeout": min(seconds, MOST_HIDDEN_S),
                }
                for i, (record, seconds) in enumerate(records[start : start + BATCH])
            ]
            with answers("queue"):
                # the entries are those of the request's own type
                self._client().change_message_visibility_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]


class Parked:
    """A dead-letter queue, for an operator. AWS's own redrive knows no order between moves and is not on every engine."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def move_to(self, queue_url: str) -> int:
        """Send each message to a queue, in its group, then delete it here -> how many. Raises Unavailable.

        Dying in between sends one again; FIFO queues and handlers absorb that. A message that comes back meanwhile waits for the next call.
        """
        moved = 0
        for messages in self._each():
            send(self._client, queue_url, [_again(i, message) for i, message in enumerate(messages)])
            self._delete(messages)
            moved += len(messages)
        return moved

    def clear(self) -> int:
        """Delete what is there -> how many. Raises Unavailable."""
        return sum(self._delete(messages) for messages in self._each())

    def _each(self) -> Iterator[list[dict[str, Any]]]:
        """What is there now, ten at a time; what arrives later is left for the next call."""
        with answers("queue"):
            attributes = self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
            )["Attributes"]
        left = int(attributes["ApproximateNumberOfMessages"])
        while left > 0:
            with answers("queue"):
                got = self._client.receive_message(
                    QueueUrl=self._url,
                    MaxNumberOfMessages=min(BATCH, left),
                    VisibilityTimeout=60,
                    MessageSystemAttributeNames=["All"],
                ).get("Messages", [])
            if not got:
                return
            left -= len(got)
            yield [dict(message) for message in got]

    def _delete(self, messages: list[dict[str, Any]]) -> int:
        entries = [{"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]} for i, message in enumerate(messages)]
        with answers("queue"):
            # the entries are those of the request's own type
            self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]
        return len(messages)


def _again(number: int, message: Mapping[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {"Id": str(number), "MessageBody": message["Body"]}
    attributes = message.get("Attributes", {})
    if "MessageGroupId" in attributes:
        request["MessageGroupId"] = attributes["MessageGroupId"]
        # Its old deduplication id would let SQS drop it, within five minutes of the first time.
        request["MessageDeduplicationId"] = f"again-{message['MessageId']}"
    return request
