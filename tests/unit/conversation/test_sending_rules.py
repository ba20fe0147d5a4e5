"""The life of an outgoing message, and the limits that hold one back."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.model import SendState
from haat.conversation.rules.sending import (
    CLAIM_MS,
    MAX_WAIT_MS,
    OUTCOME_UNKNOWN,
    PAIR_BURST,
    PAIR_EVERY_MS,
    RANKS,
    WINDOW_CLOSED,
    Call,
    Done,
    Fail,
    Pace,
    Step,
    Wait,
    backoff_ms,
    next_step,
    rises,
    take_turn,
)
from haat.kernel.ids import MessageId
from haat.kernel.time import HOUR, MINUTE, SECOND, Instant, later
from tests.invented import NOW

ID = MessageId("m")
OPEN, CLOSED = later(NOW, HOUR), NOW


def sending(ago: int, *, lost: int = 0) -> SendState:
    """A claim that was made so long ago."""
    return SendState(id=ID, state="sending", since=later(NOW, -ago), tries=1 + lost, lost=lost)


DUE, SENT, FAILED = SendState(id=ID), SendState(id=ID, state="sent"), SendState(id=ID, state="failed", rank=0)

TURNS: list[tuple[str, SendState, Instant, Step]] = [
    ("due, window open", DUE, OPEN, Call()),
    ("due, window closes in a millisecond", DUE, later(NOW, 1), Call()),
    ("due, window closed", DUE, CLOSED, Fail(code=WINDOW_CLOSED)),
    ("due again after a refusal", SendState(id=ID, tries=3), OPEN, Call()),
    ("sending just now", sending(0), OPEN, Wait(ms=CLAIM_MS + SECOND)),
    ("sending for most of the claim", sending(CLAIM_MS - 1), OPEN, Wait(ms=1 + SECOND)),
    ("sending for the whole claim", sending(CLAIM_MS), OPEN, Wait(ms=SECOND)),
    ("sending, claim dead, first time", sending(CLAIM_MS + 1), OPEN, Call(again=True)),
    ("sending, claim dead, second time", sending(CLAIM_MS + 1, lost=1), OPEN, Fail(code=OUTCOME_UNKNOWN)),
    ("sending, second claim alive", sending(CLAIM_MS - 1, lost=1), OPEN, Wait(ms=1 + SECOND)),
    ("sending, claim dead, window closed", sending(CLAIM_MS + 1), CLOSED, Fail(code=OUTCOME_UNKNOWN)),
    ("sending, claim alive, window closed", sending(0), CLOSED, Wait(ms=CLAIM_MS + SECOND)),
    ("sent", SENT, OPEN, Done()),
    ("sent, window closed", SENT, CLOSED, Done()),
    ("read", SendState(id=ID, state="sent", rank=3), OPEN, Done()),
    ("failed", FAILED, OPEN, Done()),
    ("failed, window closed", FAILED, CLOSED, Done()),
]


@pytest.mark.parametrize(("name", "state", "window_ends", "step"), TURNS, ids=[turn[0] for turn in TURNS])
def test_turn_in_each_state_takes_its_step(name: str, state: SendState, window_ends: Instant, step: Step) -> None:
    """A message whose turn it is does what the table says, and nothing else."""
    assert next_step(state, window_ends=window_ends, now=NOW) == step


STATES = {
    "due": DUE,
    "sending": sending(0),
    "sent, nothing heard": SENT,
    **{f"sent, {word}": SendState(id=ID, state="sent", rank=rank) for word, rank in RANKS.items() if rank},
    "failed": FAILED,
}


@pytest.mark.parametrize(("held", "reported"), list(product(STATES, RANKS)))
def test_status_moves_a_message_upward_only(held: str, reported: str) -> None:
    """Ticks never go back, a failure is final, and what was delivered does not fail."""
    state, rank = STATES[held], RANKS[reported]
    if held == "failed":
        expected = False
    elif reported == "failed":
        expected = state.rank is None
    else:
        expected = (state.rank or 0) < rank
    assert rises(state, rank) is expected


def test_claim_outlives_every_call() -> None:
    """A claim counts as dead only when its owner must be: a function's life of 60 s and an HTTP time-out of 13 s are over."""
    assert CLAIM_MS > (60 + 3 + 10) * SECOND


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 1), (1, 1), (2, 4), (3, 16), (4, 64), (5, 256), (6, 900), (7, 900), (1000, 900)]
)
def test_wait_after_a_refusal_grows_fourfold_to_a_quarter_of_an_hour(tries: int, seconds: int) -> None:
    """A channel in trouble is asked less and less, and at least each quarter of an hour."""
    assert backoff_ms(tries) == seconds * SECOND <= MAX_WAIT_MS


# The pair limit

PAUSES = st.lists(st.integers(0, 20 * SECOND), max_size=200)


def goes(pauses: list[int]) -> list[Instant]:
    """When messages go whose turns come after these pauses, each waiting as long as the bucket says."""
    pair, now, gone = Instant(0), NOW, []
    for pause in pauses:
        now = later(now, pause)
        pair, may_go = take_turn(pair, now)
        gone.append(may_go)
    return gone


def test_first_45_go_at_once_and_then_one_each_six_seconds() -> None:
    """The bucket of a customer is full at first; afterwards each place comes back after six seconds."""
    assert goes([0] * 48) == [NOW] * 45 + [later(NOW, n * PAIR_EVERY_MS) for n in (1, 2, 3)]


@given(PAUSES)
def test_no_stretch_of_time_holds_more_than_the_bucket_gives(pauses: list[int]) -> None:
    """In any stretch at most 45 messages and one more for each six seconds of it go to one customer, in order."""
    gone = goes(pauses)
    assert all(one <= other for one, other in pairwise(gone))
    for first in range(len(gone)):
        for last in range(first + PAIR_BURST, len(gone)):
            assert (last - first + 1 - PAIR_BURST) * PAIR_EVERY_MS <= gone[last] - gone[first]


@given(PAUSES)
def test_nobody_waits_longer_than_needed(pauses: list[int]) -> None:
    """A message goes at once, or exactly when a place comes back."""
    bucket, now, at = float(PAIR_BURST), NOW, NOW
    for pause, may_go in zip(pauses, goes(pauses), strict=True):
        at = later(at, pause)
        ready = max(at, now)
        bucket = min(PAIR_BURST, bucket + (ready - now) / PAIR_EVERY_MS)
        wait = max(0.0, 1 - bucket) * PAIR_EVERY_MS
        assert may_go == pytest.approx(ready + wait, abs=1)
        bucket, now = bucket + wait / PAIR_EVERY_MS - 1, may_go


@given(PAUSES)
def test_pace_keeps_the_pair_limit(pauses: list[int]) -> None:
    """A process that waits as its pace says never calls too fast for one customer."""
    pace, now, gone = Pace(), NOW, []
    for pause in pauses:
        now = later(now, pause)
        now = later(now, pace.wait_ms("shop", "anita", now))
        assert pace.wait_ms("shop", "anita", now) == 0
        pace.calling("shop", "anita", now)
        gone.append(now)
    for first in range(len(gone)):
        for last in range(first + PAIR_BURST, len(gone)):
            assert (last - first + 1 - PAIR_BURST) * PAIR_EVERY_MS <= gone[last] - gone[first]


def test_pair_holds_back_that_pair_only() -> None:
    """A customer who was told too much waits alone; the same customer at another shop does not."""
    pace = Pace()
    for _ in range(PAIR_BURST):
        pace.calling("shop", "anita", NOW)
    assert pace.wait_ms("shop", "anita", NOW) == PAIR_EVERY_MS
    assert pace.wait_ms("shop", "bimal", NOW) == pace.wait_ms("other", "anita", NOW) == 0


def test_pace_forgets_the_pair_that_was_quiet_longest() -> None:
    """The memory of a process does not grow with its customers; who is talked to now is remembered."""
    pace = Pace(pairs=2)
    for customer in ("anita", "bimal"):
        for _ in range(PAIR_BURST):
            pace.calling("shop", customer, NOW)
    pace.calling("shop", "anita", NOW)
    pace.calling("shop", "chitra", NOW)
    assert pace.wait_ms("shop", "bimal", NOW) == 0
    assert pace.wait_ms("shop", "anita", NOW) > 0


# The number's own limit


def test_hold_doubles_to_a_minute_and_ends_with_a_success() -> None:
    """A number that is refused waits 1 s, 2 s, ... 60 s; once it is taken it starts anew."""
    pace = Pace()
    holds = [pace.slow("shop", NOW) for _ in range(9)]
    assert holds == [s * SECOND for s in (1, 2, 4, 8, 16, 32, 60, 60, 60)]
    pace.accepted("shop")
    assert pace.wait_ms("shop", "anita", NOW) == 0
    assert pace.slow("shop", NOW) == SECOND


def test_held_number_holds_all_its_customers_and_no_other_number() -> None:
    """A shop's number that is too fast waits for everybody; the shop next door goes on."""
    pace = Pace()
    pace.slow("shop", NOW)
    assert pace.wait_ms("shop", "anita", NOW) == pace.wait_ms("shop", "bimal", NOW) == SECOND
    assert pace.wait_ms("other", "anita", NOW) == 0
    assert pace.wait_ms("shop", "anita", later(NOW, SECOND)) == 0


def test_hold_that_is_over_is_still_doubled_until_a_success() -> None:
    """Waiting alone does not forgive: refused again after the hold, the number waits longer."""
    pace = Pace()
    pace.slow("shop", NOW)
    assert pace.slow("shop", later(NOW, MINUTE)) == 2 * SECOND
    assert pace.wait_ms("shop", "anita", later(NOW, MINUTE)) == 2 * SECOND
