"""The way to the chat is the queue of what customers write: what staff hear is said by whoever answers there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from haat.aws.queue import SqsQueue
from haat.facts.said import StaffHears, dump

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class _Entry:
    body: str
    group: str | None
    dedupe: str | None


class SqsStaffLine:
    """Fills the port StaffLine. Its client is made when somebody is told: most shops have no staff numbers."""

    def __init__(self, client: "Callable[[], SQSClient]", url: str) -> None:
        self._client, self._url = client, url

    def tell(self, facts: Sequence[StaffHears]) -> None:
        # Ids of ours only: neither a group nor a deduplication id may say whose phone it is.
        entries = [_Entry(body=dump(fact), group=f"{fact.merchant}-{fact.staff}", dedupe=fact.key) for fact in facts]
        SqsQueue(self._client(), self._url).put(entries)
