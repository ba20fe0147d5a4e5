"""The words in which the stage and its simulators speak HTTP to each other.

A simulator is any object with `handle(Request) -> Response` (thread-safe), and, where it posts to Haat,
`due(now) -> list[Webhook]` and `answered(webhook, status, now)`. Nothing here opens a socket.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request; header names are in lower case, `path` has no query.

    `query` holds the last value of each name; `raw_query` is all of it as it was sent, where that is known. A body that is
    longer than anybody takes is not here, but `cut` off.
    """

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw_query: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP answer."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A POST that a simulator wants to make to Haat; `id` names it in `answered`."""

    id: str
    path: str
    headers: dict[str, str]
    body: bytes


class NetworkFault(Exception):
    """The call brought no answer; what that says about its effect is in the subclass."""


class Refused(NetworkFault):
    """Nobody listened: the other side has certainly not seen the request."""


class TimedOut(NetworkFault):
    """The request went out and no answer came in time: its effect is unknown."""


class Dropped(NetworkFault):
    """The connection was closed after the request and before the answer: its effect is unknown."""
