"""The clock of ministack's process and of its functions' processes: the machine's, moved by hand."""

import mmap
import struct
import time
from datetime import UTC, datetime
from pathlib import Path

from infra.local.clock import START


class MovedClock:
    """The machine's time and an offset, or a moment at which it stands; everybody who has the file sees it at once.

    It begins as the machine's own, and ticks: between two lines of a test a little time passes, until `stand_still`.
    """

    def __init__(self, path: Path) -> None:
        """Write the file."""
        path.write_bytes(struct.pack("dd", 0.0, 0.0))
        self.path = path
        with path.open("r+b") as file:
            self._shown = mmap.mmap(file.fileno(), 16)

    @property
    def stands(self) -> bool:
        """Whether it moves by hand alone."""
        return self._read()[1] != 0

    def now(self) -> float:
        """Return the time, in seconds since 1970."""
        offset, stands = self._read()
        return stands or time.time() + offset

    def moment(self) -> datetime:
        """Return the time as an aware datetime."""
        return datetime.fromtimestamp(self.now(), UTC)

    def set(self, moment: datetime) -> None:
        """Move to `moment`, which may lie in the past; it must know its time zone."""
        if moment.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {moment}")
        self._go(moment.timestamp())

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`."""
        if seconds < 0:
            raise ValueError(f"time goes forward: {seconds}")
        self._go(self.now() + seconds)

    def reset(self) -> None:
        """Tick from the moment at which the stage on moto begins."""
        self._write(START.timestamp() - time.time(), 0.0)

    def stand_still(self) -> None:
        """Tick no more, until it is `reset` or `real`: as the clock of the stage on moto."""
        self._write(0.0, self.now())

    def real(self) -> None:
        """Be the machine's own again."""
        self._write(0.0, 0.0)

    def close(self) -> None:
        """Let go of the file."""
        self._shown.close()

    def _go(self, moment: float) -> None:
        if self.stands:
            self._write(0.0, moment)
        else:
            self._write(moment - time.time(), 0.0)

    def _read(self) -> tuple[float, float]:
        offset, stands = struct.unpack("dd", self._shown[:16])
        return offset, stands

    def _write(self, offset: float, stands: float) -> None:
        self._shown[:16] = struct.pack("dd", offset, stands)
