"""Bad days, one line each: what the next calls meet instead of a good answer.

`sim.faults.error(131000, times=2)`; each method appends one `Fault`, and a call takes the first that fits. What goes wrong
with webhooks is in `webhooks.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

# error: an answer in Meta's shape. broken: an answer without JSON. refused: nobody listens. timeout, dropped: no answer.
# late: accepted, and a `failed` status follows. slow: a good answer, after a while.
type FaultKind = Literal["error", "broken", "refused", "timeout", "dropped", "late", "slow"]

SENDS, MEDIA, TEMPLATES = "messages", "media", "message_templates"
NUMBER = "number"  # its own page, whose address has no last part
ANY = "any"
EDGES = (SENDS, MEDIA, TEMPLATES, NUMBER, ANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to the next `times` calls (None: to all, until it is removed) that fit.

    They fit by `number` (a phone_number_id, a page's id), `to` (phone, user id, page-scoped id) and `edge`, the last part of
    the address: sends by default, "any" for all. `accepted`: Meta has taken the message before the trouble, its statuses
    come, only the answer is lost. `seconds` is how slow a slow answer is, `subcode` what Messenger adds to its codes.
    """

    kind: FaultKind
    times: int | None = 1
    code: int = 131000
    status: int | None = None
    accepted: bool = False
    number: str | None = None
    to: str | None = None
    receipts: bool = False
    edge: str = SENDS
    seconds: float = 0.0
    subcode: int | None = None

    def fits(self, number: str | None, to: str | None, edge: str, *, receipt: bool) -> bool:
        """Say whether a call meets this fault; read receipts do only where `receipts` says so."""
        return (
            (self.receipts or not receipt)
            and self.number in (None, number)
            and (self.to is None or self.to == to)
            and self.edge in (ANY, edge)
        )


class Faults:
    """The list that tests and the phone page fill; not thread-safe by itself: the simulator's lock is held.

    `changes` grows with each change, for a page that looks on; each fault has an id by which it is removed.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, Fault] = {}
        self._ids = 0
        self.changes = 0

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._waiting.values()))

    def __len__(self) -> int:
        return len(self._waiting)

    def listed(self) -> list[tuple[int, Fault]]:
        """Return (id, fault) of all that wait, in order."""
        return list(self._waiting.items())

    def add(self, fault: Fault) -> int:
        """Put a fault behind those that wait; return its id."""
        self._ids += 1
        self._waiting[self._ids] = fault
        self.changes += 1
        return self._ids

    def remove(self, fault_id: int) -> None:
        """Forget one that may have gone already."""
        self._waiting.pop(fault_id, None)
        self.changes += 1

    def clear(self) -> None:
        """Forget what has not happened yet."""
        self._waiting.clear()
        self.changes += 1

    def error(
        self,
        code: int,
        *,
        times: int | None = 1,
        status: int | None = None,
        number: str | None = None,
        to: str | None = None,
        edge: str = SENDS,
        subcode: int | None = None,
    ) -> int:
        """Answer with this error code; `status` overrides the HTTP status that usually comes with it."""
        return self.add(
            Fault(kind="error", code=code, subcode=subcode, times=times, status=status, number=number, to=to, edge=edge)
        )

    def late(self, code: int, *, times: int | None = 1, number: str | None = None, to: str | None = None) -> int:
        """Accept, and report `failed` with this code afterwards."""
        return self.add(Fault(kind="late", code=code, times=times, accepted=True, number=number, to=to))

    def slow(
        self,
        seconds: float,
        *,
        times: int | None = 1,
        number: str | None = None,
        to: str | None = None,
        edge: str = SENDS,
    ) -> int:
        """Take the call and answer well, but only after `seconds`; a caller who does not wait so long sees a timeout."""
        return self.add(
            Fault(kind="slow", seconds=seconds, times=times, accepted=True, number=number, to=to, edge=edge)
        )

    def broken(
        self,
        status: int = 500,
        *,
        times: int | None = 1,
        accepted: bool = False,
        number: str | None = None,
        to: str | None = None,
        edge: str = SENDS,
    ) -> int:
        """Answer with this HTTP status and a page that is not JSON."""
        return self.add(
            Fault(kind="broken", status=status, times=times, accepted=accepted, number=number, to=to, edge=edge)
        )

    def refuse(
        self, times: int | None = 1, *, number: str | None = None, to: str | None = None, edge: str = SENDS
    ) -> int:
        """Refuse the connection: Meta sees nothing."""
        return self.add(Fault(kind="refused", times=times, number=number, to=to, edge=edge))

    def dark(self, number: str | None = None) -> int:
        """Refuse every call of any kind, read receipts too, until this is removed."""
        return self.add(Fault(kind="refused", times=None, number=number, edge=ANY, receipts=True))

    def time_out(
        self,
        times: int | None = 1,
        *,
        accepted: bool = False,
        number: str | None = None,
        to: str | None = None,
        edge: str = SENDS,
    ) -> int:
        """Answer nothing in time; with `accepted` the message goes out all the same."""
        return self.add(Fault(kind="timeout", times=times, accepted=accepted, number=number, to=to, edge=edge))

    def accept_then_drop(
        self, times: int | None = 1, *, number: str | None = None, to: str | None = None, edge: str = SENDS
    ) -> int:
        """Take the message and close the connection before the answer."""
        return self.add(Fault(kind="dropped", times=times, accepted=True, number=number, to=to, edge=edge))

    def drop(
        self, times: int | None = 1, *, number: str | None = None, to: str | None = None, edge: str = SENDS
    ) -> int:
        """Close the connection without having taken the message."""
        return self.add(Fault(kind="dropped", times=times, number=number, to=to, edge=edge))

    def take(self, number: str | None, to: str | None, *, receipt: bool = False, edge: str = SENDS) -> Fault | None:
        """Use up one time of the first fault that fits."""
        for fault_id, fault in self._waiting.items():
            if fault.fits(number, to, edge, receipt=receipt):
                if fault.times is None:
                    return fault
                self.changes += 1
                if fault.times > 1:
                    self._waiting[fault_id] = replace(fault, times=fault.times - 1)
                else:
                    del self._waiting[fault_id]
                return fault
        return None
