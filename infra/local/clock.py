"""The stage's clock.

In tests it stands still and is moved by hand, for the whole process: handlers, moto's delays and visibility,
and the stage's own pumps read the same time. `make run` uses the real one.
"""

import time
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

import time_machine

# A Monday morning in India, ten o'clock: shops are open.
START = datetime(2026, 1, 5, 4, 30, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time as seconds since 1970."""

    def now(self) -> float:
        """Return the time."""
        ...


@runtime_checkable
class MovedByHand(Clock, Protocol):
    """A clock that tests move."""

    def set(self, moment: datetime) -> None:
        """Move to `moment`, which may lie in the past."""
        ...

    def advance(self, seconds: float) -> None:
        """Move forward."""
        ...


class RealClock:
    """The machine's own time."""

    def now(self) -> float:
        """Return the time."""
        return time.time()


class TestClock:
    """Time that stands still until a test moves it, for everything in this process."""

    __test__ = False  # pytest must not collect it

    def __init__(self, start: datetime = START) -> None:
        """Prepare the clock; it rules only between `start` and `stop`."""
        self._at = start
        self._first = start
        self._travel: time_machine.travel | None = None
        self._traveller: time_machine.Traveller | None = None

    @property
    def running(self) -> bool:
        """Whether the process's time is this clock's."""
        return self._traveller is not None

    def start(self) -> None:
        """Take over the process's time; a second call changes nothing."""
        if self._traveller is None:
            self._travel = time_machine.travel(self._at, tick=False)
            self._traveller = self._travel.start()

    def stop(self) -> None:
        """Give the process its real time back."""
        if self._travel is not None:
            self._at = self.moment()
            self._travel.stop()
            self._travel = self._traveller = None

    def now(self) -> float:
        """Return the time."""
        return time.time()

    def moment(self) -> datetime:
        """Return the time as an aware datetime."""
        return datetime.fromtimestamp(self.now(), UTC)

    def set(self, moment: datetime) -> None:
        """Move to `moment`, which may lie in the past; it must know its time zone."""
        if moment.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {moment}")
        self._at = moment
        if self._traveller is not None:
            self._traveller.move_to(moment, tick=False)

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`."""
        if seconds < 0:
            raise ValueError(f"time goes forward: {seconds}")
        if self._traveller is None:
            raise RuntimeError("this clock does not rule now: it was not started")
        self._traveller.shift(seconds)

    def reset(self) -> None:
        """Go back to the first moment."""
        self.set(self._first)
