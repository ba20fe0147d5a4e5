"""What functions print: kept line by line for each function, and written to files where a directory is given."""

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Logs:
    """The log lines of all functions, in the order in which they came."""

    def __init__(self, directory: Path | None = None, *, keep: int | None = None) -> None:
        """Keep the last `keep` lines of each function (all, if none is given) and append to files in `directory`."""
        self._directory = directory
        self._keep = keep
        self._all: list[tuple[str, str]] = []
        self._lock = threading.Lock()
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def add(self, function: str, line: str) -> None:
        """Append one line."""
        with self._lock:
            self._all.append((function, line))
            if self._keep is not None and len(self._all) > 2 * self._keep:
                del self._all[: -self._keep]
            if self._directory is not None:
                file = os.open(self._directory / f"{function}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                with os.fdopen(file, "a") as log:
                    log.write(line + "\n")

    def lines(self, function: str | None = None) -> list[str]:
        """Return the lines of one function, or of all."""
        with self._lock:
            return [line for name, line in self._all if function in (None, name)]

    def path(self, function: str) -> Path | None:
        """Return the file that a function's lines go to."""
        return None if self._directory is None else self._directory / f"{function}.log"

    def clear(self) -> None:
        """Forget all lines; files stay."""
        with self._lock:
            self._all.clear()


class _Printed(io.TextIOBase):
    """Stands in for stdout while a handler runs in this process.

    There is one for the whole process, because loggers keep the stream that they saw first.
    """

    def __init__(self) -> None:
        self.sink: tuple[Logs, str] | None = None
        self.muted: Callable[[], bool] = lambda: False
        self._rest = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.sink is None:
            return sys.__stderr__.write(text) if sys.__stderr__ else 0
        if self.muted():
            return len(text)
        logs, function = self.sink
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            logs.add(function, line)
        return len(text)

    def end_line(self) -> None:
        if self._rest and self.sink:
            self.sink[0].add(self.sink[1], self._rest)
        self._rest = ""


_PRINTED = _Printed()


@contextmanager
def captured(logs: Logs, function: str, *, unless: Callable[[], bool]) -> Iterator[None]:
    """Send what is printed inside the block to `logs`, unless whoever prints is dead by then."""
    outer, stdout, stderr = (_PRINTED.sink, _PRINTED.muted), sys.stdout, sys.stderr
    _PRINTED.sink, _PRINTED.muted = (logs, function), unless
    sys.stdout = sys.stderr = _PRINTED
    try:
        yield
    finally:
        _PRINTED.end_line()
        (_PRINTED.sink, _PRINTED.muted), sys.stdout, sys.stderr = outer, stdout, stderr
