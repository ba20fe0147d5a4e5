"""The stage: the whole application of template.yaml, on moto, with a clock that tests can move.

    with Stage.in_process() as stage:
        stage.http("POST", "/webhooks/whatsapp", headers, body)
        stage.drain()

Everything runs in the calling thread and only when it is told to. `make run` uses the same class with a process for
each function and a thread for each pump (`run.py`).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Self

import boto3
from moto.dynamodb.models import Table, dynamodb_backends
from moto.sqs.models import Queue, sqs_backends

from infra.local import aws, events, moto_fast, moto_queues, template
from infra.local.appconfig import AppConfig
from infra.local.clock import Clock, TestClock
from infra.local.deploy import Deployment, deploy
from infra.local.doors import Doors
from infra.local.faults import Faults
from infra.local.function import ACCOUNT, REGION, Function, InvocationFailed, Json, Runner
from infra.local.http import Request, Response
from infra.local.inprocess import InProcess
from infra.local.logs import Logs
from infra.local.pumps import Pump, TimerPump, pump_for, trim
from infra.local.settings import Settings
from infra.local.simulators.graph import GraphSimulator
from infra.local.wire import Wire

# A stage that still has work after so many rounds is going in circles.
MOST_ROUNDS = 2_000
SMALLEST_STEP = 0.001


class NeverQuiet(Exception):
    """There was always something left to do: two functions may be feeding each other."""


class Stage:
    """A stack that stands, and everything that moves in it."""

    clock: Clock
    deployment: Deployment
    functions: Mapping[str, Function]

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
        self.settings, self.clock, self.logs, self.region = settings, clock, logs, region
        self._open = ExitStack()
        self._open.enter_context(aws.on_moto(region))
        try:
            values = {**settings.parameters, **(parameters or {})}
            blueprint = template.read(settings.template, values, url=settings.url)
            self.deployment = deploy(blueprint, values, region)
            self.functions = self.deployment.functions
            self.flags = AppConfig(self.deployment.profiles)
            self.faults = Faults()
            self.graph = GraphSimulator(settings.app_secret, settings.verify_token, [], clock.now)
            self.failures: list[InvocationFailed] = []
            self._on_failure = on_failure or self.failures.append
            self._put_secrets()
            self.runner = runner(self)
            self._open.callback(self.runner.close)
            self.doors = Doors(self.functions, self.deployment.routes, self.invoke)
            self.pumps: list[Pump] = [
                *(pump_for(source, region, self.invoke) for source in self.deployment.sources),
                *(TimerPump(timer, region, self.invoke) for timer in self.deployment.timers),
            ]
        except BaseException:
            self._open.close()
            raise

    @classmethod
    def in_process(
        cls,
        settings: Settings | None = None,
        *,
        region: str = REGION,
        parameters: Mapping[str, str] | None = None,
    ) -> Self:
        """Return a stage for tests: one process, one thread, a clock that stands still."""
        clock = TestClock()
        clock.start()

        def runner(stage: "Stage") -> Runner:
            others = {stage.settings.graph_url: stage.graph}
            return InProcess(Wire(stage.faults, stage.flags, others), clock, stage.logs)

        try:
            stage = cls(settings or Settings(), clock, Logs(), runner, region=region, parameters=parameters)
        except BaseException:
            clock.stop()
            raise
        stage._open.callback(clock.stop)
        return stage

    def __enter__(self) -> Self:
        """Use the stage; it ends with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the stage."""
        self.close()

    def close(self) -> None:
        """End every process, give back the real time and the real AWS."""
        self._open.close()

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
            moved = sum(pump.once() for pump in self.pumps) + self._post_webhooks()
            if not moved:
                return carried
            carried += moved
        raise NeverQuiet(f"still busy after {MOST_ROUNDS} rounds: {', '.join(self._busy())}")

    def next_due(self) -> float | None:
        """Return when the next thing that waits is due: a message, a record, a schedule, a webhook."""
        times = [due for pump in self.pumps if (due := pump.next_due()) is not None]
        times += [posting.due_at for posting in self.graph.world.outbox.waiting.values()]
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
        for table in self._tables():
            with moto_fast.LOCK:
                table.items.clear()
                if table.stream_shard:
                    table.stream_shard.items.clear()
        dynamodb_backends[ACCOUNT][self.region].__dict__.pop("stage_tokens", None)
        for name in self.deployment.queues:
            moto_queues.empty(self._queue(name))
        moto_queues.BEHAVIOUR.deduplicate = True
        self._put_secrets()
        self.runner.forget()
        self.flags.reset()
        self.faults.clear()
        self.logs.clear()
        self.graph.reset()
        self.failures.clear()
        if isinstance(self.clock, TestClock):
            self.clock.reset()
        for pump in self.pumps:
            pump.reset()
        aws.forget_instances()

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

    # What can be seen

    def client(self, service: str) -> Any:
        """Return an AWS client for the stack's region."""
        return boto3.client(service, region_name=self.region)  # type: ignore[call-overload]  # any service

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return all items of a table (its name, or the end of it), in DynamoDB's own form."""
        with moto_fast.LOCK:
            return [item.to_json()["Attributes"] for item in self._table(table).all_items()]

    def key_names(self, table: str) -> list[str]:
        """Return the names of a table's key attributes."""
        return self._table(table).table_key_attrs

    def put(self, table: str, item: dict[str, Any]) -> None:
        """Put one item, in DynamoDB's own form, into a table (its name, or the end of it)."""
        self.client("dynamodb").put_item(TableName=self._table(table).name, Item=item)

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Return all messages of a queue (its name, or the end of it), visible or not."""
        name = next(each for each in self.deployment.queues if each.endswith(queue))
        with moto_queues.LOCK:
            return [
                {
                    "id": message.id,
                    "body": message.body,
                    "group": message.group_id,
                    "deduplication": message.deduplication_id,
                    "attributes": dict(message.message_attributes),
                    "received": message.approximate_receive_count,
                }
                for message in self._queue(name)._messages
            ]

    def queue_depth(self, queue: str) -> int:
        """Return how many messages a queue holds, visible or not."""
        return len(self.messages(queue))

    # Inside

    def _tables(self) -> list[Table]:
        return [dynamodb_backends[ACCOUNT][self.region].tables[name] for name in self.deployment.tables]

    def _table(self, name: str) -> Table:
        return next(table for table in self._tables() if table.name.endswith(name))

    def _queue(self, name: str) -> Queue:
        return sqs_backends[ACCOUNT][self.region].queues[name]

    def _busy(self) -> list[str]:
        now = self.clock.now()
        return [pump.name for pump in self.pumps if (due := pump.next_due()) is not None and due <= now]

    def _post_webhooks(self) -> int:
        webhooks = self.graph.due(self.clock.now())
        for webhook in webhooks:
            answer = self.http("POST", webhook.path, webhook.headers, webhook.body)
            self.graph.answered(webhook, answer.status, self.clock.now())
        return len(webhooks)

    def _put_secrets(self) -> None:
        """Put into SSM what an operator would have put there."""
        ssm = self.client("ssm")
        known = {
            parameter["Name"]: parameter["Value"]
            for parameter in ssm.get_parameters(Names=list(self.settings.secrets), WithDecryption=True)["Parameters"]
        }
        for name, value in self.settings.secrets.items():
            if known.get(name) != value:
                ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)

    def _test_clock(self) -> TestClock:
        if not isinstance(self.clock, TestClock):
            raise TypeError("only a stage for tests can let time pass")
        return self.clock


def _request(method: str, target: str, headers: Mapping[str, str] | None, body: bytes) -> Request:
    path, query = events.split_target(target)
    named = {name.lower(): value for name, value in (headers or {}).items()}
    raw = target.partition("?")[2]
    return Request(method=method, path=path, query=query, headers=named, body=body, raw_query=raw)
