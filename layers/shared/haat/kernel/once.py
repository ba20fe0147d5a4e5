"""What makes a request that comes again have one effect and the same answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
