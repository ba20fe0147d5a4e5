"""What makes a request that comes again have one effect and the same answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from haat.kernel.errors import Rejected
from haat.kernel.time import DAY, Instant

REMEMBERED_MS = DAY  # how long the same request gets the same answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an HTTP caller is told: a status, a JSON document, and headers beside the usual ones."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A request's own name (who asked, what, and their Idempotency-Key, as one hash) and what exactly it asked (a hash).

    The use case writes it in the transaction of its effect, with the answer to give again. Draft: The Idempotency-Key HTTP Header Field (IETF).
    """

    key: str
    asked: str
    at: Instant


class Remembered:
    """Answers in memory, under the contract of the tables' own: for the memory adapters of every context."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[Once, Answer]] = {}

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""
        first, answer = self._given.get(once.key, (once, None))
        if answer is None or once.at - first.at > REMEMBERED_MS:
            return None
        if first.asked != once.asked:
            raise Rejected("this Idempotency-Key was used for another request", word="idempotency-key-reused")
        return answer

    def give(self, once: Once, answer: Answer) -> None:
        """Remember an answer."""
        self._given[once.key] = (once, answer)
