"""Rings when something was written or sent, so that nobody has to look again and again."""

import threading


class Bell:
    """Wakes whoever waits for a change."""

    def __init__(self) -> None:
        """Start silent."""
        self._changed = threading.Condition()
        self._rung = 0

    @property
    def rung(self) -> int:
        """How often it rang."""
        return self._rung

    def ring(self) -> None:
        """Wake everybody."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> None:
        """Wait until it has rung since `seen` was read, or `seconds` are over."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung != seen, timeout=seconds)


# One for the process, as moto is: its tables and queues ring it.
BELL = Bell()
