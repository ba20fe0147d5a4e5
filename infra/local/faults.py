"""Makes functions die, and their calls fail, at a chosen point; and keeps a list of all points.

A point is a call that a function makes, to AWS or to the outside, counted for each function since the last `clear`.
A crash matrix runs once without a fault, lists the points, then runs once for each; a fault that was set and never
struck fails its test.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

type When = Literal["before", "after"]


class Killed(BaseException):
    """The process of a function ends here. No handler's `except Exception` sees it.

    In one process `finally` blocks still run, as they would not in a process that is really killed.
    """


class NotStruck(AssertionError):
    """A fault was set, and nothing came to its point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that a function made. `number` counts the function's calls, `invocation` all invocations."""

    function: str
    number: int
    invocation: int
    service: str
    operation: str

    @property
    def name(self) -> str:
        """Return how the call reads in a test's output."""
        return f"{self.function} {self.number} {self.service}.{self.operation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place where a function may die."""

    function: str
    call: int
    when: When
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What AWS says instead of doing what it was asked."""

    code: str
    status: int
    message: str = "a fault set by a test"


@dataclass(frozen=True, slots=True)
class Slow:
    """AWS does what it was asked, but only after so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """The function waits for its answer while something else happens."""

    happens: Callable[[], object]


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault that waits for its point."""

    function: str | None
    service: str | None
    operation: str | None
    call: int | None
    when: When
    effect: Refusal | Slow | Meanwhile | BaseException
    left: int = 1
    struck: int = field(default=0)

    def takes(self, call: Call, seen: int, when: When) -> bool:
        """Say whether `call`, the `seen`-th of its function since the fault was set, is the point."""
        return (
            self.left > 0
            and self.when == when
            and self.function in (None, call.function)
            and self.service in (None, call.service)
            and self.operation in (None, call.operation)
            and self.call in (None, seen)
        )


class Faults:
    """All calls of all functions, and the faults set on them."""

    def __init__(self) -> None:
        """Start without calls and without faults."""
        self.calls: list[Call] = []
        self._numbers: dict[str, int] = {}
        self._set: list[tuple[Fault, dict[str, int]]] = []
        self._doubled: dict[str, int] = {}
        self._held: set[str] = set()

    def clear(self) -> None:
        """Forget the calls, and count from one again."""
        self.calls.clear()
        self._numbers.clear()

    def points(self, function: str | None = None) -> list[Point]:
        """Return every point of the calls made since `clear`: before and after each."""
        return [
            Point(function=call.function, call=call.number, when=when, name=f"{when} {call.name}")
            for call in self.calls
            if function in (None, call.function)
            for when in ("before", "after")
        ]

    @contextmanager
    def kill(self, *, function: str, call: int, when: When = "before") -> Iterator[Fault]:
        """Let `function` die at its `call`-th call inside the block, counted from one."""
        fault = Fault(function=function, service=None, operation=None, call=call, when=when, effect=Killed())
        with self._fault(fault):
            yield fault

    @contextmanager
    def meanwhile(
        self,
        happens: Callable[[], object],
        *,
        function: str,
        call: int | None = None,
        service: str | None = None,
        operation: str | None = None,
        times: int = 1,
    ) -> Iterator[Fault]:
        """Let something happen before `function` makes its `call`-th call inside the block, or the next `times` such calls.

        If that is another request, the two are at work at once, and in the same order in every run.
        """
        fault = Fault(
            function=function,
            service=service,
            operation=operation,
            call=call,
            when="before",
            effect=Meanwhile(happens),
            left=times,
        )
        with self._fault(fault):
            yield fault

    @contextmanager
    def fail(
        self,
        effect: Refusal | Slow | Exception,
        *,
        service: str | None = None,
        operation: str | None = None,
        function: str | None = None,
        times: int = 1,
        when: When = "before",
    ) -> Iterator[Fault]:
        """Let the next `times` such calls fail; with "after" they have their effect, and the answer is lost.

        An exception as `effect` is raised inside the client, as if the network had failed.
        """
        fault = Fault(
            function=function, service=service, operation=operation, call=None, when=when, effect=effect, left=times
        )
        with self._fault(fault):
            yield fault

    @contextmanager
    def throttle(
        self, service: str, operation: str | None = None, *, function: str | None = None, times: int = 1
    ) -> Iterator[Fault]:
        """Let AWS refuse the next `times` calls for being too many."""
        refusal = Refusal(code="ThrottlingException", status=400, message="Rate exceeded")
        with self.fail(refusal, service=service, operation=operation, function=function, times=times) as fault:
            yield fault

    @contextmanager
    def slow(
        self, service: str, operation: str | None = None, *, seconds: float, function: str | None = None, times: int = 1
    ) -> Iterator[Fault]:
        """Let the next `times` such calls take `seconds`: a function's time runs out, before its work is done."""
        with self.fail(Slow(seconds), service=service, operation=operation, function=function, times=times) as fault:
            yield fault

    @contextmanager
    def twice(self, function: str) -> Iterator[None]:
        """Bring each batch to `function` twice inside the block, as an event source may: the first answer is lost."""
        self._doubled[function] = 0
        try:
            yield
        finally:
            times = self._doubled.pop(function)
        if not times:
            raise NotStruck(f"nothing came to {function}")

    @contextmanager
    def hold(self, function: str) -> Iterator[None]:
        """Bring nothing to `function` inside the block; what waits comes afterwards."""
        self._held.add(function)
        try:
            yield
        finally:
            self._held.discard(function)

    def doubles(self, function: str) -> bool:
        """Say whether what comes to `function` now comes twice, and count it."""
        if function not in self._doubled:
            return False
        self._doubled[function] += 1
        return True

    def holds(self, function: str) -> bool:
        """Say whether nothing is brought to `function` now."""
        return function in self._held

    def record(self, function: str, invocation: int, service: str, operation: str) -> Call:
        """Note a call that is about to be made."""
        number = self._numbers[function] = self._numbers.get(function, 0) + 1
        call = Call(function=function, number=number, invocation=invocation, service=service, operation=operation)
        self.calls.append(call)
        for _, counts in self._set:
            counts[function] = counts.get(function, 0) + 1
        return call

    def strike(self, call: Call, when: When) -> Refusal | Slow | Meanwhile | None:
        """Raise, or return what AWS does instead, if a fault waits here."""
        for fault, counts in self._set:
            if fault.takes(call, counts[call.function], when):
                fault.left -= 1
                fault.struck += 1
                if isinstance(fault.effect, BaseException):
                    raise fault.effect
                return fault.effect
        return None

    @contextmanager
    def _fault(self, fault: Fault) -> Iterator[None]:
        entry = (fault, dict[str, int]())
        self._set.append(entry)
        try:
            yield
        finally:
            self._set.remove(entry)
        if not fault.struck:
            raise NotStruck(f"nothing came to {fault}")
