"""Runs handlers in this process, one at a time: for tests, deterministic and fast.

Each function has its own environment, its own copy of its module, and loses both when it is killed. Our own packages
under `layers/` are shared: they hold no state at module level.
"""

import importlib.util
import itertools
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from infra.local.clock import TestClock
from infra.local.faults import Killed
from infra.local.function import Function, InvocationFailed, Json
from infra.local.logs import Logs, captured
from infra.local.wire import Wire

type Handler = Callable[[Json, Any], Json]


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


class InProcess:
    """The runner of tests."""

    def __init__(self, wire: Wire, clock: TestClock, logs: Logs) -> None:
        """Load nothing yet: a function's first invocation is its cold start."""
        self._wire, self._clock, self._logs = wire, clock, logs
        self._handlers: dict[str, Handler] = {}
        self._loads = itertools.count(1)

    def invoke(self, function: Function, event: Json) -> Json:
        """Call the handler; JSON both ways, so that nothing is shared that Lambda would not share."""
        with self._wire.of(function.name) as number, _inside(function, self._clock, self._logs):
            try:
                handler = self._handlers.get(function.name) or self._load(function)
                return json.loads(json.dumps(handler(json.loads(json.dumps(event)), Context(function, number))))
            except Killed:
                self._die(function)
                raise InvocationFailed(function.name, "Runtime.ExitError", "killed", died=True) from None
            except Exception as error:
                # What Lambda's runtime writes when a handler raises: tests look there for what must not be said.
                trace = traceback.format_exception(error)
                self._logs.add(
                    function.name,
                    json.dumps(
                        {
                            "log_level": "ERROR",
                            "errorType": type(error).__name__,
                            "errorMessage": str(error),
                            "stackTrace": trace,
                        }
                    ),
                )
                raise InvocationFailed(function.name, type(error).__name__, str(error)) from error

    def forget(self) -> None:
        """Make the next call of each function a cold start."""
        for name in list(self._handlers):
            self._drop(name)

    def close(self) -> None:
        """Forget everything."""
        self.forget()

    def _load(self, function: Function) -> Handler:
        module_name, _, attribute = function.handler.rpartition(".")
        path = function.code / f"{module_name.replace('.', '/')}.py"
        name = f"_stage_{function.name}_{next(self._loads)}"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None or not path.is_file():
            raise InvocationFailed(function.name, "Runtime.ImportModuleError", f"no {path}")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        finally:
            del sys.modules[name]
        handler: Handler = getattr(module, attribute)
        self._handlers[function.name] = handler
        return handler

    def _drop(self, name: str) -> None:
        self._handlers.pop(name, None)

    def _die(self, function: Function) -> None:
        self._drop(function.name)
        # Metrics that were not flushed die with the process; Powertools keeps them for the whole of it.
        if provider := sys.modules.get("aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch"):
            for values in ("metric_set", "dimension_set", "metadata_set"):
                getattr(provider.AmazonCloudWatchEMFProvider, values, {}).clear()


@contextmanager
def _inside(function: Function, clock: TestClock, logs: Logs) -> Iterator[None]:
    """Let the process look to a handler as its own would."""
    environment = function.runtime_environment
    before = {name: os.environ.get(name) for name in environment}
    path, sleep = list(sys.path), time.sleep
    os.environ.update(environment)
    sys.path[:0] = function.import_path
    if clock.running:
        # Waiting moves the clock: nobody else is here to do so.
        time.sleep = clock.advance
    try:
        with captured(logs, function.name):
            yield
    finally:
        time.sleep = sleep
        sys.path[:] = path
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
