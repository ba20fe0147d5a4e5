"""Bad days, one line each: what the next sends meet instead of a good answer.

`sim.faults.error(131000, times=2)`; each method appends one `Fault`, and a send takes the first that fits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

# error: an answer in Meta's shape. broken: an answer without JSON. refused: nobody listens. timeout, dropped: no answer.
# late: accepted, and a `failed` status follows.
type FaultKind = Literal["error", "broken", "refused", "timeout", "dropped", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to the next `times` sends that fit `number` (a phone_number_id) and `to` (phone or user id).

    `accepted`: Meta has taken the message before the trouble, its statuses come, only the answer is lost.
    """

    kind: FaultKind
    times: int = 1
    code: int = 131000
    status: int | None = None
    accepted: bool = False
    number: str | None = None
    to: str | None = None
    receipts: bool = False

    def fits(self, number: str, to: str | None, *, receipt: bool) -> bool:
        """Say whether a call meets this fault; read receipts do only where `receipts` says so."""
        return (self.receipts or not receipt) and self.number in (None, number) and (self.to is None or self.to == to)


class Faults:
    """The list that tests and the phone page fill; not thread-safe by itself: the simulator's lock is held."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._waiting))

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, fault: Fault) -> None:
        """Put a fault behind those that wait."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget what has not happened yet."""
        self._waiting.clear()

    def error(
        self, code: int, *, times: int = 1, status: int | None = None, number: str | None = None, to: str | None = None
    ) -> None:
        """Answer with this error code; `status` overrides the HTTP status that usually comes with it."""
        self.add(Fault(kind="error", code=code, times=times, status=status, number=number, to=to))

    def late(self, code: int, *, times: int = 1, number: str | None = None, to: str | None = None) -> None:
        """Accept, and report `failed` with this code afterwards."""
        self.add(Fault(kind="late", code=code, times=times, accepted=True, number=number, to=to))

    def broken(self, status: int = 500, *, times: int = 1, accepted: bool = False) -> None:
        """Answer with this HTTP status and a page that is not JSON."""
        self.add(Fault(kind="broken", status=status, times=times, accepted=accepted))

    def refuse(self, times: int = 1, *, number: str | None = None, to: str | None = None) -> None:
        """Refuse the connection: Meta sees nothing."""
        self.add(Fault(kind="refused", times=times, number=number, to=to))

    def time_out(
        self, times: int = 1, *, accepted: bool = False, number: str | None = None, to: str | None = None
    ) -> None:
        """Answer nothing in time; with `accepted` the message goes out all the same."""
        self.add(Fault(kind="timeout", times=times, accepted=accepted, number=number, to=to))

    def accept_then_drop(self, times: int = 1, *, number: str | None = None, to: str | None = None) -> None:
        """Take the message and close the connection before the answer."""
        self.add(Fault(kind="dropped", times=times, accepted=True, number=number, to=to))

    def drop(self, times: int = 1, *, number: str | None = None, to: str | None = None) -> None:
        """Close the connection without having taken the message."""
        self.add(Fault(kind="dropped", times=times, number=number, to=to))

    def take(self, number: str, to: str | None, *, receipt: bool = False) -> Fault | None:
        """Use up one time of the first fault that fits."""
        for index, fault in enumerate(self._waiting):
            if fault.fits(number, to, receipt=receipt):
                if fault.times > 1:
                    self._waiting[index] = replace(fault, times=fault.times - 1)
                else:
                    del self._waiting[index]
                return fault
        return None
