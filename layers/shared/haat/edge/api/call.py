"""One request to the API, read and allowed, as the routes see it."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from haat.business.model.token import Caller
from haat.edge.api.operations import Operation
from haat.kernel.errors import NotFound, Rejected
from haat.kernel.ids import CorrelationId, MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What came in. Everything in it has been checked against the document; text is NFC."""

    operation: Operation
    now: Instant
    id: CorrelationId
    caller: Caller | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    raw: bytes = b""
    seen: int | None = None  # version in If-Match
    once: Once | None = None
    draw: Callable[[], str]  # a new ULID
    left_ms: Callable[[], int] = lambda: 28_000  # until the function is stopped

    @property
    def merchant(self) -> MerchantId:
        """The merchant whose things this is about: the one that the caller proved to be. Raises NotFound."""
        if self.caller is None or self.caller.merchant is None:
            raise NotFound("merchant")
        return self.caller.merchant

    @property
    def marker(self) -> Once:
        """What makes this request happen once; operations that make something have it."""
        assert self.once is not None, "the document says that this operation makes something"
        return self.once

    @property
    def version(self) -> int:
        """The version that the caller looked at; operations that change what people edit have it."""
        assert self.seen is not None, "the document says that this operation changes something"
        return self.seen


def etag(version: int) -> str:
    """The version as an entity tag."""
    return f'"{version}"'


def page(items: list[Any], cursor: str | None) -> Answer:
    """One page of a list."""
    return Answer(status=200, body={"items": items, "next": cursor})


def cursor(after: str | None) -> str | None:
    """A place in a list, as the caller gives it back."""
    return None if after is None else base64.urlsafe_b64encode(after.encode()).decode().rstrip("=")


def from_cursor(given: str | None) -> str | None:
    """The place that a cursor names; one of nobody's making begins at a place like any other. Raises Rejected where it is none."""
    if given is None:
        return None
    try:
        return base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise Rejected("the cursor is none of ours", word="invalid", fields={"cursor": "is none of ours"}) from None
