"""What the stage on moto (`stage.py`) and the stack on ministack (`infra/conform/deployed.py`) both are, seen from outside.

A test or a scene that asks for no more runs on either.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from infra.local.clock import Clock
from infra.local.function import InvocationFailed
from infra.local.http import Response
from infra.local.settings import Settings
from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.graph import GraphSimulator


class Made(Protocol):
    """What a deployment has made, by physical names."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables."""

    @property
    def queues(self) -> tuple[str, ...]:
        """Queues."""

    @property
    def keys(self) -> Mapping[str, str]:
        """Keys, by `nested stack/logical id`."""

    @property
    def outputs(self) -> Mapping[str, str]:
        """Outputs of the root template."""


class Lines(Protocol):
    """What functions have printed."""

    def lines(self, function: str | None = None) -> list[str]:
        """Return the lines of one function, or of all, in the order in which they came."""


class Ground(Protocol):
    """A stack that stands. Tables and queues are named in full, or by the end of their name."""

    settings: Settings
    graph: GraphSimulator
    bank: BankSimulator

    @property
    def clock(self) -> Clock:
        """The time that functions read and queues keep."""

    @property
    def deployment(self) -> Made:
        """What stands."""

    @property
    def logs(self) -> Lines:
        """What functions have printed."""

    @property
    def failures(self) -> Sequence[InvocationFailed]:
        """Each call of a function that ended without an answer."""

    def http(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Response:
        """Make one request to the stack's public addresses."""

    def drain(self) -> int:
        """Let everything happen that follows now; return how many calls of functions that took."""

    def next_due(self) -> float | None:
        """Return when the next thing that waits is due."""

    def run_for(self, seconds: float) -> None:
        """Let time pass, and what is due in it happen."""

    def reset(self) -> None:
        """Forget everything that happened, but leave the stack as it is."""

    def client(self, service: str) -> Any:
        """Return an AWS client of the stack's region."""

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return all items of a table, in DynamoDB's own form."""

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Return all messages of a queue, visible or not, in order."""

    def queue_depth(self, queue: str) -> int:
        """Return how many messages a queue holds, visible or not."""
