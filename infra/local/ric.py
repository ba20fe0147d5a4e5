"""Runs each function in processes of its own, as `make run` does: its own environment, its own time limit.

A function that gets several requests at once has several processes, up to a limit; an idle one is kept warm.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from infra.local.function import Function, InvocationFailed, Json
from infra.local.logs import Logs
from infra.local.runtime_api import FunctionProcess

MOST_PROCESSES = 4


class _Pool:
    """The processes of one function."""

    def __init__(self) -> None:
        self.room = threading.BoundedSemaphore(MOST_PROCESSES)
        self.idle: list[FunctionProcess] = []
        self.busy: set[FunctionProcess] = set()


class Processes:
    """The runner of `make run`."""

    def __init__(self, environment: Mapping[str, str], logs: Logs) -> None:
        """Add `environment` (where AWS is) to what each function gets from the template."""
        self._environment, self._logs = environment, logs
        self._pools: dict[str, _Pool] = defaultdict(_Pool)
        self._lock = threading.Lock()
        self._closed = False

    def invoke(self, function: Function, event: Json) -> Json:
        """Return the handler's answer, or raise InvocationFailed."""
        with self._lock:
            pool = self._pools[function.name]
        with pool.room:
            process = self._take(pool, function)
            try:
                return process.invoke(event)
            except InvocationFailed as failure:
                self._logs.add(function.name, f"[stage] {failure.kind}: {failure.message}")
                raise
            finally:
                self._give_back(pool, process)

    def warm_up(self, functions: Iterable[Function]) -> list[InvocationFailed]:
        """Start one process of each; return those that came to nothing."""

        def start(function: Function) -> InvocationFailed | None:
            with self._lock:
                pool = self._pools[function.name]
            with pool.room:
                process = self._take(pool, function)
                try:
                    process.wait_ready()
                except InvocationFailed as failure:
                    return failure
                finally:
                    self._give_back(pool, process)
            return None

        with ThreadPoolExecutor() as threads:
            return [failure for failure in threads.map(start, functions) if failure is not None]

    def forget(self) -> None:
        """End all idle processes: the next call of each function is a cold start."""
        with self._lock:
            idle = [process for pool in self._pools.values() for process in pool.idle]
            for pool in self._pools.values():
                pool.idle.clear()
        for process in idle:
            process.close()

    def close(self) -> None:
        """End every process, also those that are at work."""
        with self._lock:
            self._closed = True
            busy = [process for pool in self._pools.values() for process in pool.busy]
        for process in busy:
            process.close()
        self.forget()

    def _take(self, pool: _Pool, function: Function) -> FunctionProcess:
        with self._lock:
            if self._closed:
                raise InvocationFailed(function.name, "Stage.Closed", "the stage is going down")
            warm = [process for process in pool.idle if process.alive]
            pool.idle = warm[:-1]
            process = warm[-1] if warm else self._start(function)
            pool.busy.add(process)
            return process

    def _start(self, function: Function) -> FunctionProcess:
        return FunctionProcess(function, self._environment, lambda line: self._logs.add(function.name, line))

    def _give_back(self, pool: _Pool, process: FunctionProcess) -> None:
        with self._lock:
            pool.busy.discard(process)
            keep = process.alive and not self._closed
            if keep:
                pool.idle.append(process)
        if not keep:
            process.close()
