"""Runs handlers in this process, one at a time: for tests, deterministic and fast.

Each function has its own environment, its own copy of its module and its own metrics, and loses them when it is
killed. Our own packages under `layers/` are shared: they hold no state at module level. A function that is called
while it works (`faults.meanwhile`) begins a second life, as in Lambda; other threads wait until it is their turn.
"""

import importlib.util
import itertools
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import botocore.session
from aws_lambda_powertools import Metrics

from infra.local.clock import TestClock
from infra.local.faults import Killed
from infra.local.function import Function, InvocationFailed, Json
from infra.local.logs import Logs, captured
from infra.local.wire import Invocation, Wire

type Handler = Callable[[Json, Any], Json]

# Where Powertools keeps what was not yet printed: on a class, for the whole process.
_METRICS = ("_metrics", "_dimensions", "_metadata", "_default_dimensions")


class Context:
    """What Lambda gives a handler beside its event."""

    identity = client_context = None
    function_version = "$LATEST"
    log_stream_name = "local"

    def __init__(self, function: Function, number: int) -> None:
        """Describe one invocation."""
        self.function_name = function.physical_name
        self.invoked_function_arn = function.arn
        self.memory_limit_in_mb = str(function.memory)
        self.log_group_name = f"/aws/lambda/{function.physical_name}"
        self.aws_request_id = f"{number:08x}-0000-4000-8000-000000000001"
        self._end = time.time() + function.timeout

    def get_remaining_time_in_millis(self) -> int:
        """Say how long the handler may still run."""
        return max(0, int((self._end - time.time()) * 1000))


class _Life:
    """One life of a function, from a cold start until it dies or is forgotten."""

    def __init__(self) -> None:
        self.handler: Handler | None = None
        self.metrics: dict[str, dict[str, Any]] = {name: {} for name in _METRICS}


class InProcess:
    """The runner of tests."""

    def __init__(self, wire: Wire, clock: TestClock, logs: Logs) -> None:
        """Load nothing yet: a function's first invocation is its cold start."""
        self.wire = wire
        self._clock, self._logs = clock, logs
        self._lives: dict[str, _Life] = {}
        self._loads = itertools.count(1)
        self._clients = _Clients()
        # What a handler sees as its own (environment, stdout, waiting) belongs to the whole process.
        self._turn = threading.RLock()

    def invoke(self, function: Function, event: Json) -> Json:
        """Call the handler; JSON both ways, so that nothing is shared that Lambda would not share."""
        answer: Json = None
        with self._turn, self.wire.of(function.name) as running:
            life = self._lives.pop(function.name, None) or _Life()
            with self._inside(function, life, running):
                try:
                    handler = life.handler or self._load(function, life)
                    answer = _copy(handler(_copy(event), Context(function, running.number)))
                except (Exception, Killed) as error:
                    # Whatever a `finally` has made of it: who was killed is dead.
                    if not running.killed:
                        self._logs.add(function.name, _complaint(error))
                        raise InvocationFailed(function.name, type(error).__name__, str(error)) from error
                finally:
                    if not running.killed:
                        self._lives[function.name] = life
        if running.killed:
            raise InvocationFailed(function.name, "Runtime.ExitError", "killed", died=True)
        return answer

    def forget(self) -> None:
        """Make the next call of each function a cold start."""
        self._lives.clear()

    def close(self) -> None:
        """Forget everything."""
        self.forget()

    def _load(self, function: Function, life: _Life) -> Handler:
        module_name, _, attribute = function.handler.rpartition(".")
        # A name of its own: every function's module is called `app`.
        name = f"_stage_{function.name}_{next(self._loads)}"
        module = _import(name, function.code / f"{module_name.replace('.', '/')}.py")
        life.handler = getattr(module, attribute)
        return life.handler

    @contextmanager
    def _inside(self, function: Function, life: _Life, running: Invocation) -> Iterator[None]:
        """Let the process look to a handler as its own would."""
        environment = function.runtime_environment
        before = {name: os.environ.get(name) for name in environment}
        path, sleep = list(sys.path), time.sleep
        os.environ.update(environment)
        sys.path[:0] = function.import_path
        _give_metrics_to(life)
        if self._clock.running:
            # Waiting moves the clock: nobody else is here to do so.
            time.sleep = self._clock.advance  # type: ignore[assignment]  # takes what sleep takes
        try:
            with captured(self._logs, function.name, unless=lambda: running.killed), self._clients.shared():
                yield
        finally:
            time.sleep = sleep
            sys.path[:] = path
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


class _Clients:
    """Gives a function that starts again the client that it had: making one costs as much as a whole invocation."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Share clients inside the block."""
        plain = botocore.session.Session.create_client

        def create_client(session: Any, service_name: str, *args: Any, **kwargs: Any) -> Any:
            config = kwargs.get("config")
            options = getattr(config, "_user_provided_options", None)
            rest = {name: value for name, value in kwargs.items() if name != "config"}
            key = repr((service_name, args, sorted(rest.items()), options, os.environ["AWS_DEFAULT_REGION"]))
            if key not in self._made:
                self._made[key] = plain(session, service_name, *args, **kwargs)
            return self._made[key]

        botocore.session.Session.create_client = create_client  # type: ignore[assignment,method-assign]  # for this block
        try:
            yield
        finally:
            botocore.session.Session.create_client = plain  # type: ignore[method-assign]  # as it was


def _give_metrics_to(life: _Life) -> None:
    """Let Powertools keep this life's metrics apart: what was not printed dies with it."""
    for name, values in life.metrics.items():
        setattr(Metrics, name, values)


def _import(name: str, path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module at {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def _copy(document: Json) -> Json:
    return json.loads(json.dumps(document))


def _complaint(error: BaseException) -> str:
    """Return what Lambda's runtime logs when a handler raises: tests look there for what must not be said."""
    return json.dumps(
        {
            "log_level": "ERROR",
            "errorType": type(error).__name__,
            "errorMessage": str(error),
            "stackTrace": traceback.format_exception(error),
        }
    )
