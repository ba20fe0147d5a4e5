"""What one scene has asked of AWS."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from infra.bench.meter import Charged, Meter
from infra.local.stage import Stage


class Wrong(AssertionError):
    """A scene did not happen as it was meant to: its figures would say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one scene asked of AWS. `per` says of how many messages: figures are for all of them together."""

    name: str
    charged: tuple[Charged, ...]
    invocations: Counter[str]
    lines: tuple[tuple[str, str], ...]  # (function, line) that was logged
    posts: tuple[int, ...]  # bytes of each request to Graph
    per: int = 1
    cpu: tuple[tuple[str, float], ...] = field(default=(), compare=False)

    @property
    def calls(self) -> int:
        """How many calls to AWS."""
        return len(self.charged)

    @property
    def writes(self) -> int:
        """How many write units, those of indexes among them."""
        return sum(call.writes for call in self.charged)

    @property
    def index(self) -> int:
        """How many of the write units are an index's."""
        return sum(call.index for call in self.charged)

    @property
    def reads(self) -> float:
        """How many read units."""
        return sum(call.reads for call in self.charged)

    @property
    def log_bytes(self) -> int:
        """How many bytes the functions themselves have logged, metrics among them."""
        return sum(len(line.encode()) for _, line in self.lines)

    def records(self, function: str) -> int:
        """How many things a function has handled, in however many batches."""
        match function:
            case "auto_reply":
                return self.count("TransactWriteItems") or self.invocations[function]
            case "outbox_relay":
                return self.per
            case "outbound_message":
                return len(self.posts)
            case "message_status":
                return sum(call.function == function and call.operation == "UpdateItem" for call in self.charged)
            case _:
                return self.invocations[function]

    def by_function(self) -> dict[str, Counter[str]]:
        """The calls of each function."""
        found: dict[str, Counter[str]] = {}
        for call in self.charged:
            found.setdefault(call.function, Counter())[call.operation] += 1
        return found

    def count(self, *operations: str) -> int:
        """How many calls were one of these operations or services."""
        return sum(
            call.operation in operations or call.operation.partition(".")[0] in operations for call in self.charged
        )


def take(
    stage: Stage, meter: Meter, name: str, act: Callable[[], object], *, said: int | None = None, per: int = 1
) -> Measure:
    """Let something happen until nothing is left to do, and count it. `said`: how many replies there must be. Raises Wrong."""
    meter.clear()
    stage.logs.clear()
    before = len(stage.graph.sent())
    act()
    stage.drain()
    answered = len(stage.graph.sent()) - before
    if stage.failures or said not in (None, answered):
        raise Wrong(f"{name}: {answered} replies instead of {said}; {stage.failures}")
    functions = {function for function, _ in meter.cpu}
    return Measure(
        name=name,
        charged=tuple(meter.calls),
        invocations=Counter(function for function, _ in meter.cpu),
        lines=tuple((function, line) for function in sorted(functions) for line in stage.logs.lines(function)),
        posts=tuple(meter.posts),
        per=per,
        cpu=tuple(meter.cpu),
    )
