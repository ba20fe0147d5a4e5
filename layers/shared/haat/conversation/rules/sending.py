"""The life of an outgoing message, and the limits that hold one back.

| state | fact | -> state | what is done |
| --- | --- | --- | --- |
| due (or no item) | its turn, window open | sending | call the channel |
| due | window closed | failed 131047 | the merchant sees it |
| due, in a template | no news any more | failed stale | the merchant sees it |
| sending | accepted | sent | done |
| sending | refused, may be retried | due | wait, then again |
| sending | refused for good | failed | the merchant sees it |
| sending | could not connect | due | wait, then again |
| sending | unknown outcome | sending | wait for the status that carries our id |
| sending, less than CLAIM_MS ago | its turn again | sending | wait for what is left |
| sending, longer ago, first time | its turn again | sending | call once more: the channel gives no way to know (counted and shown) |
| sending, longer ago, second time | its turn again | failed unknown | the merchant sees it |
| sending | status with our id | sent, rank | nothing left to do |
| sending, or sent without a rank | status failed | failed | by its code |
| sent | higher rank | sent | |
| sent | same or lower rank, or failed | unchanged | |
| failed | anything | unchanged | final |
"""

from dataclasses import dataclass
from typing import assert_never

from haat.conversation.model import SendState
from haat.kernel.time import MINUTE, SECOND, Instant, later

CLAIM_MS = (
    120 * SECOND
)  # longer than a function may live (60 s) and its HTTP time-out: an older claim's owner is dead, not slow
MAX_WAIT_MS = 15 * MINUTE
PAIR_BURST, PAIR_EVERY_MS = (
    45,
    6 * SECOND,
)  # messages lent to one customer, one given back each 6 s (Cloud API, pair rate limit)
# The first code is Meta's. The others are ours: no status came for two sends; a template waited until it was no news any more.
WINDOW_CLOSED, OUTCOME_UNKNOWN, STALE = 131047, -1, -2

RANKS = {"failed": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4}


def take_turn(
    pair: Instant, now: Instant, *, burst: int = PAIR_BURST, every_ms: int = PAIR_EVERY_MS
) -> tuple[Instant, Instant]:
    """Take one from the bucket of a pair -> (when the bucket is full again, when this message may go).

    The bucket is kept as one time, that at which it will be full: each message adds `every_ms` to it (the generic cell rate algorithm).
    """
    full = later(Instant(max(pair, now)), every_ms)
    return full, Instant(max(now, full - burst * every_ms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Claim it and call the channel. `again` says that an earlier call's outcome was never known."""

    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Not now; look again after so many milliseconds."""

    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail:
    """It will not be said; the merchant sees why."""

    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Nothing is left to do."""


Step = Call | Wait | Fail | Done


def next_step(state: SendState, *, window_ends: Instant, now: Instant) -> Step:
    """What to do with an outgoing message whose turn it is."""
    match state.state:
        case "sent" | "failed":
            return Done()
        case "due":
            return Fail(code=WINDOW_CLOSED) if now >= window_ends else Call()
        case "sending":
            left = state.since + CLAIM_MS - now
            if left >= 0:
                return Wait(ms=left + SECOND)
            if state.lost or now >= window_ends:
                return Fail(code=OUTCOME_UNKNOWN)
            return Call(again=True)
        case _ as never:
            assert_never(never)


def backoff_ms(tries: int) -> int:
    """How long to wait after the n-th refusal: 4^n seconds, at most fifteen minutes."""
    return min((1 << 2 * min(max(tries - 1, 0), 6)) * SECOND, MAX_WAIT_MS)


class Pace:
    """What this process knows of the limits: a number that the channel told to slow down, and each pair's bucket.

    It spares refused calls. It is not the truth: another process has its own, and the channel refuses what is too much.
    """

    def __init__(self, pairs: int = 5_000) -> None:
        self._held: dict[str, tuple[Instant, int]] = {}
        self._pairs: dict[tuple[str, str], Instant] = {}
        self._most = pairs

    def wait_ms(self, address: str, customer: str, now: Instant) -> int:
        """How long this message must wait, 0 if it may go now."""
        held, _ = self._held.get(address, (Instant(0), 0))
        _, may_go = take_turn(self._pairs.get((address, customer), Instant(0)), now)
        return max(held - now, may_go - now, 0)

    def calling(self, address: str, customer: str, now: Instant) -> None:
        """One message of this pair goes out now."""
        pair = self._pairs.pop((address, customer), Instant(0))
        self._pairs[(address, customer)] = take_turn(pair, now)[0]
        if len(self._pairs) > self._most:  # the oldest used; dicts keep their order
            del self._pairs[next(iter(self._pairs))]

    def slow(self, address: str, now: Instant) -> int:
        """The channel refused the number's rate: hold it 1 s, then twice as long, at most 60 s. -> the hold in ms."""
        _, last = self._held.get(address, (Instant(0), 0))
        hold = min(max(SECOND, 2 * last), MINUTE)
        self._held[address] = (later(now, hold), hold)
        return hold

    def accepted(self, address: str) -> None:
        """The channel took a message: the number is free again."""
        self._held.pop(address, None)


def rises(state: SendState, rank: int) -> bool:
    """Whether a reported rank changes what we know. Mirrors the condition that the store writes with."""
    if state.state == "failed":
        return False
    if rank == 0:
        return state.rank is None
    return state.rank is None or state.rank < rank
