"""When the bank is asked how a payment stands.

Banks allow a first status call 90 s after initiation and three within two hours (NPCI's circular of 26 April 2025, passed on to
merchants as throttling). One of the three is kept for the end of the request, so that no flood of hints can use it up; after two
hours there is one an hour, while anything is open. Marked: `pulls` are calls that were made, `pull_at` is the one that is due.
"""

from dataclasses import replace

from haat.kernel.time import DAY, HOUR, MINUTE, SECOND, Instant, later
from haat.payment.model.payment import Request

FIRST_MS = 90 * SECOND
EARLY_MS, EARLY_CALLS = 2 * HOUR, 3
RETRY_MS = 5 * MINUTE
UNHEARD_MS = HOUR  # after a call whose answer never came: its record was lost, or lies in a dead-letter queue
GIVE_UP_MS = (
    5 * DAY
)  # a debit without confirmation is reversed within T+5 (RBI, 20 September 2019); the file has come by then


def begins(request: Request) -> Request:
    """The first one, of a request that a customer has before them."""
    return _at(request, later(request.created_at, FIRST_MS))


def asked_for(request: Request, now: Instant) -> Request:
    """Somebody says that something has happened: ask as soon as the limits allow. What is due before then stays."""
    return _sooner(request, _allowed(request, now))


def ends(request: Request, now: Instant) -> Request:
    """The request's time is over: the call that was kept is made now; of a long request when an hour has passed since the last."""
    return _sooner(request, _allowed(request, now))


def made(request: Request, now: Instant) -> Request:
    """The bank is asked: `pull_at` is free for what the answer brings, and should none come it is asked again."""
    again = later(now, UNHEARD_MS) if now - request.created_at < GIVE_UP_MS else Instant(0)
    return replace(request, pulls=(*request.pulls, now), pull_at=Instant(0), again_at=again)


def heard(request: Request, number: int | None = None) -> Request:
    """The bank has answered the call of this number, or the last one."""
    last = number is None or number == len(request.pulls)
    return replace(request, again_at=Instant(0)) if last and request.again_at else request


def unheard(request: Request, now: Instant) -> Request:
    """No answer has come for long: the bank is asked again, as the limits allow."""
    if not request.again_at or request.again_at > now:
        return request
    free = replace(request, again_at=Instant(0))
    return free if request.state in ("PAID", "CANCELLED") else asked_for(free, now)


def was_asked_at_the_end(request: Request) -> bool:
    """Whether the call that is kept for the end has been made."""
    return any(pull >= request.expires_at for pull in request.pulls)


def unanswered(request: Request, now: Instant) -> Request:
    """The answer was of no use, and the matter is open: ask again, later."""
    return asked_for(request, later(now, RETRY_MS)) if now - request.created_at < GIVE_UP_MS else request


def goes_on(request: Request, now: Instant) -> Request:
    """Nothing new, and the matter is open: the next call that is due by itself."""
    if request.state in ("PAID", "CANCELLED"):
        return request
    if request.state == "PROCESSING":
        return unanswered(request, now)
    return _sooner(request, request.expires_at) if now < request.expires_at else request


def _allowed(request: Request, now: Instant) -> Instant:
    """The earliest time from `now` on at which a call keeps to the limits."""
    at = max(now, later(request.created_at, FIRST_MS))
    early = later(request.created_at, EARLY_MS)
    used = sum(1 for pull in request.pulls if pull < early)
    kept = 1 if at < request.expires_at and request.expires_at < early else 0
    if at < early:
        if used < EARLY_CALLS - kept:
            return Instant(at)
        if kept and used < EARLY_CALLS:
            return request.expires_at
        at = early
    last = max(request.pulls, default=Instant(0))
    return Instant(max(at, later(last, HOUR)))


def _sooner(request: Request, at: Instant) -> Request:
    return _at(request, min(request.pull_at or at, at))


def _at(request: Request, at: Instant) -> Request:
    return request if request.pull_at == at else replace(request, pull_at=at)
