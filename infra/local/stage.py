"""The stage: the whole application of template.yaml, on moto, with a clock that tests can move.

    with Stage.in_process() as stage:
        stage.http("POST", "/webhooks/whatsapp", headers, body)
        stage.drain()

Everything runs in the calling thread and only when it is told to. `make run` uses the same class with a process for
each function and a thread for each pump (`run.py`).
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Self

from infra.local import aws, events, moto_queues
from infra.local.appconfig import AppConfig
from infra.local.calls import Calls
from infra.local.clock import Clock, TestClock
from infra.local.doors import Doors
from infra.local.faults import Faults
from infra.local.function import REGION, InvocationFailed, Json, Runner
from infra.local.gateway import Gateway
from infra.local.http import Request, Response
from infra.local.inprocess import InProcess
from infra.local.logs import Logs
from infra.local.pumps import Pump, TimerPump, pump_for, trim
from infra.local.settings import Settings
from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.listener import Listener
from infra.local.simulators.others import Others
from infra.local.stack import Stack
from infra.local.wire import Handles, Wire

# A stage that still has work after so many rounds is going in circles.
MOST_ROUNDS = 2_000
SMALLEST_STEP = 0.001
# Where a merchant's own system listens, for functions that run in this process.
LISTENER = "http://127.0.0.1:8083"


class NeverQuiet(Exception):
    """There was always something left to do: two functions may be feeding each other."""


class Stage(Stack):
    """A stack that stands, and everything that moves in it."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        logs: Logs,
        runner: Callable[["Stage"], Runner],
        *,
        region: str = REGION,
        parameters: Mapping[str, str] | None = None,
        on_failure: Callable[[InvocationFailed], None] | None = None,
    ) -> None:
        """Deploy the template. Use `in_process`, or `run.py`."""
        super().__init__(settings, region, parameters or {})
        try:
            self.clock, self.logs = clock, logs
            self.flags = AppConfig(self.deployment.profiles)
            self.faults = Faults()
            self.graph = GraphSimulator(settings.app_secret, settings.verify_token, [], clock.now)
            self.graph.base_url = settings.graph_url
            self.graph.messenger.app_secret = settings.messenger_app_secret
            self.graph.messenger.verify_token = settings.messenger_verify_token
            self.bank = BankSimulator(clock.now)
            self.others = Others(self.graph, self.bank)
            self.listener = Listener(url=LISTENER)
            self.failures: list[InvocationFailed] = []
            # A schedule of each minute is 44,640 invocations in a test of a month: on a stage for tests they sleep until one needs them.
            self.schedules_sleep = False
            self._on_failure = on_failure or self.failures.append
            self.runner = runner(self)
            self.closing.callback(self.runner.close)
            gateway = Gateway(self.deployment.gateway)
            self.doors = Doors(self.functions, self.deployment.routes, self.invoke, gateway)
            self.pumps: list[Pump] = [
                *(pump_for(source, region, self.invoke) for source in self.deployment.sources),
                *(TimerPump(timer, region, self.invoke) for timer in self.deployment.timers),
            ]
        except BaseException:
            self.close()
            raise

    @classmethod
    def in_process(
        cls,
        settings: Settings | None = None,
        *,
        region: str = REGION,
        parameters: Mapping[str, str] | None = None,
    ) -> Self:
        """Return a stage for tests: one process, one thread, a clock that stands still, schedules that sleep."""
        clock = TestClock()
        clock.start()

        def runner(stage: "Stage") -> Runner:
            others: dict[str, Handles] = {
                stage.settings.bank_url: stage.bank,
                stage.settings.graph_url: stage.others,
                LISTENER: stage.listener,
            }
            calls = Calls.wanted(os.environ, stage.settings.template, parameters or {})
            return InProcess(Wire(stage.faults, stage.flags, others, calls), clock, stage.logs)

        try:
            stage = cls(settings or Settings(), clock, Logs(), runner, region=region, parameters=parameters)
        except BaseException:
            clock.stop()
            raise
        stage.closing.callback(clock.stop)
        stage.schedules_sleep = True
        return stage

    # What comes from outside

    def http(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Response:
        """Make one request to the port that stands for the stack's addresses."""
        return self.doors.handle(_request(method, target, headers, body), now=self.clock.now())

    def function_url(
        self, name: str, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """Make one request to a function's own URL, whatever its path."""
        return self.doors.call_url(name, _request(method, target, headers, body), now=self.clock.now())

    def invoke(self, name: str, event: Json) -> Json:
        """Call one function with one event; raise InvocationFailed if no answer comes."""
        try:
            if self.faults.doubles(name):
                self.runner.invoke(self.functions[name], event)
            return self.runner.invoke(self.functions[name], event)
        except InvocationFailed as failure:
            self._on_failure(failure)
            raise

    # What moves inside

    def drain(self) -> int:
        """Run until nothing is left to do at this time of the clock; return how many batches were carried.

        One round asks each pump once, in the template's order, and posts what the simulators want to post.
        """
        carried = 0
        for _ in range(MOST_ROUNDS):
            moved = sum(pump.once() for pump in self._moving()) + self._post_webhooks()
            if not moved:
                return carried
            carried += moved
        raise NeverQuiet(f"still busy after {MOST_ROUNDS} rounds: {', '.join(self._busy())}")

    def next_due(self) -> float | None:
        """Return when the next thing that waits is due: a message, a record, a schedule, a webhook."""
        times = [due for pump in self._moving() if (due := pump.next_due()) is not None]
        times += [due] if (due := self.others.next_due()) is not None else []
        return min(times, default=None)

    def run_for(self, seconds: float) -> None:
        """Let time pass: drain, move to what is due next, drain again, until `seconds` are over."""
        clock = self._test_clock()
        end = clock.now() + seconds
        self.drain()
        while (due := self.next_due()) is not None and due <= end:
            clock.advance(max(SMALLEST_STEP, due - clock.now()))
            self.drain()
        clock.advance(max(0.0, end - clock.now()))
        self.drain()

    def reset(self) -> None:
        """Forget everything that happened, but leave the stack as it is."""
        self.wipe()
        moto_queues.BEHAVIOUR.deduplicate = True
        self.runner.forget()
        self.flags.reset()
        self.faults.clear()
        self.logs.clear()
        self.others.reset()
        self.listener.reset()
        self.failures.clear()
        if isinstance(self.clock, TestClock):
            self.clock.reset()
        for pump in self.pumps:
            pump.reset()

    def tidy(self) -> None:
        """Free what moto would keep for ever and nobody needs."""
        trim(self.pumps, self.region)
        aws.forget_instances()

    @contextmanager
    def without_deduplication(self) -> Iterator[None]:
        """Let FIFO queues take repeated messages, as AWS does after five minutes: handlers must cope by themselves."""
        moto_queues.BEHAVIOUR.deduplicate = False
        try:
            yield
        finally:
            moto_queues.BEHAVIOUR.deduplicate = True

    @contextmanager
    def standing_in(self, url: str, simulator: Handles) -> Iterator[None]:
        """Let somebody else answer at an address of the outside inside the block."""
        if not isinstance(self.runner, InProcess):
            raise TypeError("only a stage for tests lets others stand in")
        with self.runner.wire.standing_in(url, simulator):
            yield

    @contextmanager
    def throttled(self) -> Iterator[None]:
        """Let the REST API refuse every request as it does where too many come in a second."""
        self.doors.gateway.throttled = True
        try:
            yield
        finally:
            self.doors.gateway.throttled = False

    # Inside

    def _moving(self) -> list[Pump]:
        """The pumps whose function is not held back, and that do not sleep."""
        awake = [pump for pump in self.pumps if not (self.schedules_sleep and isinstance(pump, TimerPump))]
        return [pump for pump in awake if not self.faults.holds(pump.name.rpartition(" -> ")[2])]

    def _busy(self) -> list[str]:
        now = self.clock.now()
        return [pump.name for pump in self.pumps if (due := pump.next_due()) is not None and due <= now]

    def _post_webhooks(self) -> int:
        webhooks = self.others.due(self.clock.now())
        for webhook in webhooks:
            answer = self.http("POST", webhook.path, webhook.headers, webhook.body)
            self.others.answered(webhook, answer.status, self.clock.now())
        return len(webhooks)

    def _test_clock(self) -> TestClock:
        if not isinstance(self.clock, TestClock):
            raise TypeError("only a stage for tests can let time pass")
        return self.clock


def _request(method: str, target: str, headers: Mapping[str, str] | None, body: bytes) -> Request:
    path, query = events.split_target(target)
    named = {name.lower(): value for name, value in (headers or {}).items()}
    raw = target.partition("?")[2]
    return Request(method=method, path=path, query=query, headers=named, body=body, raw_query=raw)
