"""The application as a real `sam deploy` makes it, on ministack, with every function's permissions enforced.

    with Deployed.fresh() as stage:
        seed(stage)
        stage.graph.customer(phone="919800000001").writes("100000000000001", "hours")
        stage.drain()
        stage.deploy(another_checkout)  # over what stands
        stage.reset()  # for the next test
        stage.run_for(3600)

The words are those of `infra.local.stage.Stage` as far as they can be said from outside (`infra/local/ground.py`): a test
that keeps to them runs on both. What differs:

- Functions are processes of ministack, and ministack carries queues and streams by itself, all the time. `drain` waits
  until it has nothing left to do; between two calls things may move.
- The clock ticks, and is real at first: `sam deploy` dates what it does. `reset` moves it to the moment at which the stage
  on moto begins, `clock.stand_still()` stops it. Queues' delays and visibility, time to live and what functions take for
  now follow it; an HTTP time-out, and a pause inside the SDK, take their real seconds.
- No faults in the functions: nothing of this process is inside them. Of `stage.faults` there is `hold`, and every other
  power of the stage on moto that is missing here raises OnMotoOnly with its reason (`powers.py`). The simulator's faults
  work, over a real socket: `graph.faults.refuse` can only reset a connection that stands, which leaves the outcome open; a
  port that is closed is `server.go_dark()`, until `server.come_back()`.
- Schedules sleep until a test wakes them, as there (`schedules_sleep`), and then keep the clock; `reset` lets them sleep.
- `events` is what functions were given; `known_as` gives the stack other secrets.
- `client` speaks as the account's owner, to whom everything is allowed. `deployment.resources` finds roles, mappings and
  whatever else a test wants to change; a permission that is taken away is missing from the next call on.
"""

import dataclasses
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from infra.conform.clock import MovedClock
from infra.conform.doors import Doors
from infra.conform.logs import EngineLogs
from infra.conform.merchants_system import MerchantsSystem
from infra.conform.ministack import Ministack
from infra.conform.powers import Flags, Mappings, refuse, refuse_uncarried
from infra.conform.seen import Seen
from infra.conform.stack import DeployedFunction, build, deploy, standing
from infra.local.function import InvocationFailed, Json
from infra.local.http import Response
from infra.local.settings import ROOT, Settings
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.server import SimulatorServer

# How long one drain may take in real time (seconds): a function that waits for Meta in vain takes ten.
MOST_SECONDS = 120.0
LOOK_EVERY = 0.01
SMALLEST_STEP = 0.001
# What everything calls (template.yaml: Globals).
ALIAS = "live"

# Each process of a function unpacks 12 MB; forty of them are many.
_MEMORY, _ENOUGH = Path("/dev/shm"), 2_000_000_000  # noqa: S108  # a folder of its own is made there


class NeverQuiet(Exception):
    """There was always something left to do; the text says what."""


class Deployed(Seen):
    """A stack that stands on a ministack of its own, and everything that moves in it."""

    doors: Doors
    logs: EngineLogs
    faults: Mappings
    flags: Flags

    def __init__(
        self, folder: Path, engine: Ministack, clock: MovedClock, server: SimulatorServer, settings: Settings
    ) -> None:
        """Use `fresh`."""
        super().__init__(engine, settings)
        self.folder, self.clock, self.server, self.graph = folder, clock, server, server.simulator
        self.bank, self.others = server.bank, server.others
        self.listener, self.closing = MerchantsSystem(), ExitStack()
        self._failures: list[InvocationFailed] = []
        self._noted, self._sleep = 0, True
        self._read_first = settings.secrets
        self._built: dict[Path, Path] = {}

    @classmethod
    def fresh(cls, checkout: Path = ROOT, *, parameters: Mapping[str, str] | None = None) -> Self:
        """Start everything, empty, and deploy a checkout, `parameters` over the stage's. Raises MinistackError or DeployError."""
        with ExitStack() as things:
            folder = Path(things.enter_context(tempfile.TemporaryDirectory(prefix="haat-conform-", dir=_room())))
            clock = MovedClock(folder / "clock")
            things.callback(clock.close)
            settings = Settings()
            graph = GraphSimulator(settings.app_secret, settings.verify_token, [], clock.now)
            server = SimulatorServer(graph, 0).start()
            things.callback(server.stop)
            graph.rate = "off"  # as on the stage on moto, where everything happens within one second
            port, url = int(server.url.rpartition(":")[2]), server.url
            settings = dataclasses.replace(settings, sim_port=port, graph_url=url, bank_url=url)
            engine = things.enter_context(Ministack(folder, clock.path))
            deployed = cls(folder, engine, clock, server, settings)
            things.callback(deployed.listener.close)
            deployed.put_secrets()
            deployed.deploy(checkout, parameters=parameters)
            deployed.closing = things.pop_all()
        return deployed

    def __enter__(self) -> Self:
        """Use it; it ends with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()

    def close(self) -> None:
        """Stop ministack and the simulator, and remove what they have kept."""
        self.clock.real()  # ministack ends by it
        self.closing.close()

    def deploy(self, checkout: Path, *, parameters: Mapping[str, str] | None = None) -> None:
        """Build a checkout, the first time that it is met, and deploy it over what stands. Raises DeployError."""
        values = {**self.settings.parameters, **(parameters or {})}
        if checkout not in self._built:
            self._built[checkout] = build(checkout, Path(tempfile.mkdtemp(dir=self.folder)))
        deploy(self.engine, self._built[checkout], values)
        self.deployment = standing(self.engine, checkout / "template.yaml")
        self.doors = Doors(self.engine.port, self.deployment)
        groups = {function.name: function.log_group for function in self.functions.values()}
        self.logs = EngineLogs(self.client("logs"), groups)
        named = {name: function.physical_name for name, function in self.functions.items()}
        self.faults = Mappings(self.client("lambda"), named)
        self.flags = Flags(self.client("appconfig"), self.deployment.resources)

    @property
    def functions(self) -> Mapping[str, DeployedFunction]:
        """The functions as they stand, by their folder's name."""
        return self.deployment.functions

    # What comes from outside

    def http(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Response:
        """Make one request to the function whose public paths (HaatPaths in the template) hold this one, or to the REST API."""
        refuse_uncarried(headers or {}, body)
        return self.doors.ask(method, target, headers or {}, body)

    def function_url(
        self, name: str, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """Make one request to a function's own URL, whatever its path."""
        refuse_uncarried(headers or {}, body)
        return self.doors.ask_function(name, method, target, headers or {}, body)

    def invoke(self, name: str, event: Json) -> Json:
        """Call one function with one event; raise InvocationFailed if no answer comes."""
        called, line = self.functions[name].physical_name, self.client("lambda")
        answer = line.invoke(FunctionName=called, Qualifier=ALIAS, Payload=json.dumps(event))
        document = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise InvocationFailed(name, document.get("errorType", ""), document.get("errorMessage", ""))
        return document

    # What moves inside

    def drain(self, most: float = MOST_SECONDS) -> int:
        """Wait until nothing is left to do at this time of the clock; return how many calls of functions that took.

        Quiet is: no webhook of the simulator is due, no message that a function waits for can be received, no row of a
        stream is unread, no function runs. Raises NeverQuiet after `most` real seconds.
        """
        before, end = self.engine.look()["carried"], time.monotonic() + most
        while time.monotonic() < end:
            if self._post_webhooks():
                continue
            seen, now = self.engine.look(), self.clock.now()
            # Meta's side last: what ran until a moment ago may have sent something.
            if not seen["busy"] and not any(
                due is not None and due <= now for due in (seen["due"], self.others.next_due())
            ):
                carried: int = seen["carried"] - before
                return carried
            time.sleep(LOOK_EVERY)
        depths = {queue: depth for queue in self.deployment.queues if (depth := self.queue_depth(queue))}
        raise NeverQuiet(f"still busy after {most:.0f} s: {self.engine.look()}, in queues {depths}")

    def next_due(self) -> float | None:
        """Return when the next thing that waits is due: a message, a row of a stream, a schedule, a webhook."""
        times = [due for due in (self.engine.look()["due"], self.others.next_due()) if due is not None]
        return min(times, default=None)

    def run_for(self, seconds: float) -> None:
        """Let time pass: drain, move to what is due next, drain again, until `seconds` are over."""
        end = self.clock.now() + seconds
        self.drain()
        while (due := self.next_due()) is not None and due <= end:
            self.clock.advance(max(SMALLEST_STEP, due - self.clock.now()))
            self.drain()
        self.clock.advance(max(0.0, end - self.clock.now()))
        self.drain()

    @property
    def failures(self) -> list[InvocationFailed]:
        """Each call of a function that ended without an answer; the list is the caller's to clear."""
        names = {function.physical_name: function.name for function in self.functions.values()}
        seen = self.engine.look()["failures"]
        for failure in seen[self._noted :]:
            died = failure["message"] == "Worker process died" or failure["type"] == "Sandbox.Timedout"
            name = names.get(failure["function"], failure["function"])
            self._failures.append(InvocationFailed(name, failure["type"], failure["message"], died=died))
        self._noted = len(seen)
        return self._failures

    @property
    def schedules_sleep(self) -> bool:
        """Whether schedules call nobody."""
        return self._sleep

    @schedules_sleep.setter
    def schedules_sleep(self, sleep: bool) -> None:
        self._sleep = sleep
        self.engine.sleep(on=sleep)

    @property
    def events(self) -> list[Json]:
        """What functions were given since the last `reset`, in order."""
        return self.engine.events()

    @contextmanager
    def known_as(self, settings: Settings) -> Iterator[None]:
        """Have these secrets inside the block; reset it at its beginning and before whatever comes after it."""
        before, names = self.settings, ("app_secret", "verify_token", "pepper")
        self.settings = dataclasses.replace(before, **{name: getattr(settings, name) for name in names})
        self._tell_meta()
        try:
            yield
        finally:
            self.settings = before
            self._tell_meta()

    def reset(self) -> None:
        """Forget everything that happened, but leave the stack as it is; the clock is at the stage's first moment."""
        self.server.come_back()
        self.others.reset()
        self.wipe()
        self.drain()  # what was running may have written and sent something
        self.wipe()
        self.drain()
        self.others.reset()
        self.listener.reset()
        self.engine.forget()
        self._failures.clear()
        self._noted = 0
        self.clock.reset()
        self.schedules_sleep = True
        self.flags.reset()
        self.put_secrets()
        if self.settings.secrets != self._read_first:  # which is when a process loads its code
            for function in self.functions.values():
                self.engine.restart(function.physical_name)
            self._read_first = self.settings.secrets

    # Inside

    def __getattr__(self, name: str) -> Any:
        """Say why a power of the stage on moto is not here."""
        refuse(name)

    def _tell_meta(self) -> None:
        graph, settings = self.graph, self.settings
        graph.app_secret, graph.verify_token = settings.app_secret, settings.verify_token
        graph.messenger.app_secret = settings.messenger_app_secret
        graph.messenger.verify_token = settings.messenger_verify_token

    def _post_webhooks(self) -> int:
        webhooks = self.others.due(self.clock.now())
        for webhook in webhooks:
            answer = self.http("POST", webhook.path, webhook.headers, webhook.body)
            self.others.answered(webhook, answer.status, self.clock.now())
        return len(webhooks)


def _room() -> Path | None:
    """Where a stack's files go: into memory where there is enough of it, as there are tens of thousands to be removed again."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH else None
