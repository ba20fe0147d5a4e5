"""How full the stack's queues are, as SQS says."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from haat.aws.weather import answers
from haat.business.model.health import Depth
from haat.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient

PATIENCE = 2  # failures after which nobody else is asked: each may take seconds, and the caller waits


class SqsDepths:
    """Fills the port Queues. Its client is made when somebody asks."""

    def __init__(self, client: "Callable[[], SQSClient]", urls: Sequence[str], prefix: str) -> None:
        self._client, self._prefix = client, prefix
        self._urls = urls

    def depths(self) -> Mapping[str, Depth | None]:
        client, found, failures = self._client(), dict[str, Depth | None](), 0
        for url in self._urls:
            depth = None
            if failures < PATIENCE:
                try:
                    depth = _depth(client, url)
                except Unavailable:
                    failures += 1
            found[url.rpartition("/")[2].removeprefix(self._prefix)] = depth
        return found


def _depth(client: "SQSClient", url: str) -> Depth:
    with answers("queue"):
        said = client.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesDelayed",
            ],
        )["Attributes"]
    return Depth(
        waiting=int(said["ApproximateNumberOfMessages"]),
        in_hand=int(said["ApproximateNumberOfMessagesNotVisible"]),
        delayed=int(said["ApproximateNumberOfMessagesDelayed"]),
    )
