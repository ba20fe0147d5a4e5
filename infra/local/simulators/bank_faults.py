"""What the simulated bank does wrong on purpose, one line each: `bank.faults.silent()`, `bank.faults.lose("refund")`.

Each method adds one `BankFault`, which holds for `times` callbacks, calls, or files that fit (None: until it is removed).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from infra.local.simulators.bank_world import Provider

# Of callbacks. overtaken: the next one of the account passes it.
type CallbackFault = Literal["silent", "held", "late", "repeated", "overtaken", "forged"]
# Of calls. lost: it takes effect, and no answer comes; unanswered: neither; broken: a 500 that is not JSON, without effect.
type CallFault = Literal["lost", "unanswered", "broken"]
# Of settlement files: the first row left out, with another sum, or there twice; a row of somebody else's money.
type FileFault = Literal["row_missing", "row_other_sum", "row_twice", "row_of_stranger"]
type Edge = Literal["any", "create", "pull", "refund", "pull_refund", "settlement", "name"]
CALLBACK_FAULTS: tuple[CallbackFault, ...] = get_args(CallbackFault.__value__)
CALL_FAULTS: tuple[CallFault, ...] = get_args(CallFault.__value__)
FILE_FAULTS: tuple[FileFault, ...] = get_args(FileFault.__value__)
EDGES: tuple[Edge, ...] = get_args(Edge.__value__)
type Fits = Callable[["BankFault"], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFault:
    """One thing that goes wrong. `seconds` belongs to "late", `copies` to "repeated", `edge` to calls."""

    kind: CallbackFault | CallFault | FileFault
    times: int | None = None
    provider: Provider | None = None
    seconds: float = 0.0
    copies: int = 3
    edge: Edge = "any"


class BankFaults:
    """The list that tests and the page fill; the simulator's lock is held. `changes` grows with each change."""

    def __init__(self) -> None:
        self._active: dict[int, BankFault] = {}
        self._ids = 0
        self.changes = 0

    def listed(self) -> list[tuple[int, BankFault]]:
        """Return (id, fault) of all that are on, in order."""
        return list(self._active.items())

    def add(self, fault: BankFault) -> int:
        """Switch one on; return its id."""
        self._ids += 1
        self._active[self._ids] = fault
        self.changes += 1
        return self._ids

    def remove(self, fault_id: int) -> None:
        """Switch one off that may have ended already."""
        self._active.pop(fault_id, None)
        self.changes += 1

    def clear(self) -> None:
        """Behave well again."""
        self._active.clear()
        self.changes += 1

    def silent(self, times: int | None = None, *, provider: Provider | None = None) -> int:
        """Send no callback."""
        return self.add(BankFault(kind="silent", times=times, provider=provider))

    def hold(self, times: int | None = None, *, provider: Provider | None = None) -> int:
        """Keep callbacks back until `bank.release()`."""
        return self.add(BankFault(kind="held", times=times, provider=provider))

    def late(self, seconds: float, times: int | None = None, *, provider: Provider | None = None) -> int:
        """Send callbacks only `seconds` later."""
        return self.add(BankFault(kind="late", times=times, provider=provider, seconds=seconds))

    def repeat(self, copies: int = 3, times: int | None = None, *, provider: Provider | None = None) -> int:
        """Send each callback `copies` times, the same bytes, whatever the answer is."""
        return self.add(BankFault(kind="repeated", times=times, provider=provider, copies=copies))

    def overtake(self, times: int | None = 1, *, provider: Provider | None = None) -> int:
        """Let a callback be passed by the next one of its account; where none comes it goes two seconds late."""
        return self.add(BankFault(kind="overtaken", times=times, provider=provider))

    def forge(self, times: int | None = None, *, provider: Provider | None = None) -> int:
        """Sign or seal with a key, or bring a token, that is not the account's."""
        return self.add(BankFault(kind="forged", times=times, provider=provider))

    def lose(self, edge: Edge = "any", times: int | None = 1, *, provider: Provider | None = None) -> int:
        """Do what a call asks for, and let its answer be lost: the caller sees a timeout."""
        return self.add(BankFault(kind="lost", times=times, provider=provider, edge=edge))

    def time_out(self, edge: Edge = "any", times: int | None = 1, *, provider: Provider | None = None) -> int:
        """Do nothing, and never answer."""
        return self.add(BankFault(kind="unanswered", times=times, provider=provider, edge=edge))

    def broken(self, edge: Edge = "any", times: int | None = 1, *, provider: Provider | None = None) -> int:
        """Do nothing, and answer 500."""
        return self.add(BankFault(kind="broken", times=times, provider=provider, edge=edge))

    def spoil_file(self, kind: FileFault, times: int | None = 1, *, provider: Provider | None = None) -> int:
        """Let a settlement file say something wrong."""
        return self.add(BankFault(kind=kind, times=times, provider=provider))

    def of_callback(self, kind: CallbackFault, provider: Provider) -> BankFault | None:
        """Use up one time of the first fault of a kind that fits."""
        return self._take(lambda fault: fault.kind == kind and fault.provider in (None, provider))

    def of_file(self, kind: FileFault, provider: Provider) -> BankFault | None:
        """Use up one time of the first fault of a kind that fits."""
        return self._take(lambda fault: fault.kind == kind and fault.provider in (None, provider))

    def of_call(self, edge: Edge, provider: Provider) -> BankFault | None:
        """Use up one time of the first fault of a call that fits."""
        return self._take(
            lambda fault: (
                fault.kind in CALL_FAULTS and fault.provider in (None, provider) and fault.edge in ("any", edge)
            )
        )

    def _take(self, fits: Fits) -> BankFault | None:
        for fault_id, fault in self._active.items():
            if not fits(fault):
                continue
            if fault.times is not None:
                self.changes += 1
                if fault.times > 1:
                    self._active[fault_id] = replace(fault, times=fault.times - 1)
                else:
                    del self._active[fault_id]
            return fault
        return None
