"""Schedules keep the moved clock, and sleep until a test wakes them: a part of ministack's window (`sitecustomize.py`).

ministack 1.5.33 looks every ten real seconds whether a rule is due, and calls its function from a thread that nobody waits for.
Here it looks whenever it is asked what is still to be done, and the call has ended before the answer. What was due more than once
while the clock jumped is done once. A rule by the clock (`cron`) is due at its next moment after it was last looked at, as ministack reckons it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

_LOOK = threading.Lock()
_STATE = {"awake": False}
_TICK: list[Callable[[], None]] = []


class _AtOnce:
    """Stands where ministack begins a thread for a rule's target: what it would do is done."""

    def __init__(self, *, target: Callable[..., Any], args: tuple[Any, ...] = (), **_: Any) -> None:
        self._target, self._args = target, args

    def start(self) -> None:
        """Do it."""
        self._target(*self._args)


def mend() -> None:
    """Take the rules away from ministack's own look at them."""
    from ministack.services import eventbridge  # noqa: PLC0415  # only ministack's own process has it

    _TICK.append(eventbridge._tick_scheduled_rules)
    eventbridge._tick_scheduled_rules = lambda: None
    eventbridge.threading = SimpleNamespace(**{**vars(threading), "Thread": _AtOnce})


def sleep(_: Any, word: str) -> dict[str, Any]:
    """Let schedules run from now on, or sleep; they count from now."""
    begin()
    _STATE["awake"] = word == "off"
    return {}


def begin() -> None:
    """Let each schedule be due one period from now."""
    from ministack.services import eventbridge  # noqa: PLC0415  # as above

    for rule in list(eventbridge._rules._data):
        eventbridge._rule_last_fired[rule] = time.time()


def due() -> Iterator[float]:
    """Do what is due, and say when each schedule is due next; nothing while they sleep."""
    from ministack.services import eventbridge  # noqa: PLC0415  # as above

    if not _STATE["awake"]:
        return
    with _LOOK:  # a test's two threads may ask at once
        for tick in _TICK:
            tick()
    for known, rule in list(eventbridge._rules._data.items()):
        expression, last = rule.get("ScheduleExpression", ""), eventbridge._rule_last_fired.get(known, time.time())
        if rule.get("State") != "ENABLED":
            continue
        if (period := eventbridge._parse_rate_seconds(expression)) is not None:
            yield last + period
        elif (fields := eventbridge._parse_cron_fields(expression)) is not None:
            after = eventbridge._cron_next_fire(fields, datetime.fromtimestamp(last, UTC))
            if after is not None:
                yield after.timestamp()
