"""What webhooks do on a bad day, one line each, and for how long they are tried again.

`sim.webhooks.duplicate(every=10)`; each method adds one `Habit`, which holds until it is removed, or for `times` webhooks.
`every` takes each how-many-th of those that fit, `number` (a phone_number_id) and `what` ("message" or "status") choose.
Source: Webhooks (meta-platform, section 1): duplicates are normal, order is not promised, bodies may hold many items.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

# raw here: bytes that a test has made itself; no habit touches them but delay and duplicate.
type What = Literal["message", "status", "echo", "event", "raw"]
type HabitKind = Literal["batch", "duplicate", "rewrap", "reorder", "delay", "raw"]
type Shape = Literal["messages", "changes", "entries"]

DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """One thing that happens to webhooks; `seconds` is how much later, `size` and `shape` belong to batches."""

    kind: HabitKind
    times: int | None = None
    every: int = 1
    number: str | None = None
    what: What | None = None
    seconds: float = 0.0
    size: int = 1
    shape: Shape = "messages"

    def fits(self, number: str | None, what: What) -> bool:
        """Say whether a webhook is one of those that this is about."""
        return self.number in (None, number) and self.what in (None, what)


@dataclass(slots=True)
class _Active:
    habit: Habit
    left: int | None
    seen: int = field(default=0)


class Webhooks:
    """All habits of one simulator, and the gaps between tries (seconds); the simulator's lock is held."""

    def __init__(self) -> None:
        self._active: dict[int, _Active] = {}
        self._ids = 0
        self.changes = 0
        self.redeliver_for = 7 * DAY
        self.first_gap = 1.0
        self.longest_gap = 3600.0

    def __iter__(self) -> Iterator[Habit]:
        return iter([active.habit for active in self._active.values()])

    def listed(self) -> list[tuple[int, Habit, int | None]]:
        """Return (id, habit, how many times it still happens)."""
        return [(habit_id, active.habit, active.left) for habit_id, active in self._active.items()]

    def add(self, habit: Habit) -> int:
        """Begin a habit; return its id."""
        self._ids += 1
        self._active[self._ids] = _Active(habit, habit.times)
        self.changes += 1
        return self._ids

    def remove(self, habit_id: int) -> None:
        """End a habit, which may have ended already."""
        self._active.pop(habit_id, None)
        self.changes += 1

    def clear(self) -> None:
        """Behave well again, and give up after seven days."""
        self._active.clear()
        self.changes += 1
        self.redeliver_for, self.first_gap, self.longest_gap = 7 * DAY, 1.0, 3600.0

    def batch(
        self,
        size: int = 3,
        *,
        shape: Shape = "messages",
        wait: float = 0.0,
        times: int | None = None,
        number: str | None = None,
        what: What | None = None,
    ) -> int:
        """Put up to `size` items into one body.

        They stand in one value's `messages`, in several `changes`, or in several `entries`. Without `wait` only what is due
        together goes together; with it the first one waits so many seconds for the others.
        """
        if size < 1:
            raise ValueError(f"a body holds at least one item, not {size}")
        return self.add(
            Habit(kind="batch", size=size, shape=shape, seconds=wait, times=times, number=number, what=what)
        )

    def crowd(self, size: int = 50, *, wait: float = 5.0, times: int | None = None, number: str | None = None) -> int:
        """Hold statuses back until `size` of them go in one body, or the first has waited `wait` seconds."""
        return self.batch(size, wait=wait, times=times, number=number, what="status")

    def duplicate(
        self,
        *,
        after: float = 0.0,
        every: int = 1,
        times: int | None = None,
        number: str | None = None,
        what: What | None = None,
    ) -> int:
        """Post the same bytes once more, `after` seconds later, whatever the answer to the first was."""
        return self.add(Habit(kind="duplicate", seconds=after, every=every, times=times, number=number, what=what))

    def rewrap(
        self,
        *,
        after: float = 0.0,
        every: int = 1,
        times: int | None = None,
        number: str | None = None,
        what: What | None = None,
    ) -> int:
        """Post the same items once more in another body, together with those that were posted before them."""
        return self.add(Habit(kind="rewrap", seconds=after, every=every, times=times, number=number, what=what))

    def reorder(
        self, *, every: int = 1, times: int | None = None, number: str | None = None, what: What | None = None
    ) -> int:
        """Let a webhook be overtaken by the next one; where none comes it goes two seconds late."""
        return self.add(Habit(kind="reorder", every=every, times=times, number=number, what=what))

    def delay(
        self,
        seconds: float,
        *,
        every: int = 1,
        times: int | None = None,
        number: str | None = None,
        what: What | None = None,
    ) -> int:
        """Begin to post a webhook only `seconds` later."""
        return self.add(Habit(kind="delay", seconds=seconds, every=every, times=times, number=number, what=what))

    def raw(
        self, *, every: int = 1, times: int | None = None, number: str | None = None, what: What | None = None
    ) -> int:
        """Write bodies in plain UTF-8, as a proxy might, and sign those bytes, instead of Meta's escaped form."""
        return self.add(Habit(kind="raw", every=every, times=times, number=number, what=what))

    def of(self, kind: HabitKind, number: str | None, what: What) -> Habit | None:
        """Return the first habit of a kind that is about such a webhook, without using it up."""
        return next((habit for habit in self if habit.kind == kind and habit.fits(number, what)), None)

    def take(self, kind: HabitKind, number: str | None, what: What) -> Habit | None:
        """Use up one time of the first habit of a kind that is about such a webhook and whose turn it is."""
        for habit_id, active in self._active.items():
            if active.habit.kind != kind or not active.habit.fits(number, what):
                continue
            active.seen += 1
            if active.seen % active.habit.every:
                continue
            if active.left is not None:
                active.left -= 1
                self.changes += 1
                if active.left == 0:
                    del self._active[habit_id]
            return active.habit
        return None
