"""When something is due, and how long things last."""

from haat.kernel.time import DAY, HOUR, MINUTE, Instant, later
from haat.verification.model.dossier import Dossier
from haat.verification.model.request import Check, Request, Risk

YEAR_MS = 365 * DAY  # a badge's life
REMINDERS_MS = (30 * DAY, 7 * DAY, DAY)  # before its end
FORGET_MS = 90 * DAY  # evidence is kept so long after the decision, and a request that nobody sends
APPEAL_MS = 30 * DAY  # for which a refusal can be appealed against
LOOK_MS = DAY  # a badge is compared so often with its shop and with the key that signs, should a fact have been lost
COMPLAINTS_MS, COMPLAINTS = 30 * DAY, 3  # so many people within so long bring a badge back to review
# After the first try, the second, ...; then it stays unreachable, and a reviewer sees that.
RETRY_MS = (MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR)
ANSWER_MS = 10 * MINUTE  # what is asked of another part of us is asked again when no answer has come by then
# Risk gives a request so much of age in the reviewers' queue: what is risky comes first, and what is old is never passed over for ever.
HEAD_START_MS: dict[Risk, int] = {"low": 0, "medium": DAY, "high": 3 * DAY}
COMPLAINT_START_MS = 7 * DAY  # customers may be at risk


def again_at(tries: int, now: Instant) -> Instant:
    """When a check is tried again that was tried so often; 0: no more."""
    return later(now, RETRY_MS[tries - 1]) if 1 <= tries <= len(RETRY_MS) else Instant(0)


def due_of(request: Request) -> Instant:
    """When something is to be done at a request; 0: nothing is."""
    if request.ended:
        return Instant(0) if request.erased_at else later(request.decided_at, FORGET_MS)
    times = [check.again_at for check in request.checks if check.again_at]
    if request.state in ("open", "more_wanted"):
        times.append(later(max(request.begun_at, request.sent_at, request.decided_at), FORGET_MS))
    return min(times, default=Instant(0))


def due_at(dossier: Dossier) -> Instant:
    """When something is to be done at a dossier; 0: nothing is."""
    times = [due_of(dossier.request)] if dossier.request else []
    badge = dossier.badge
    if badge is not None and badge.state != "fallen":
        times += [badge.expires_at, later(max(badge.issued_at, badge.looked_at), LOOK_MS)]
        if badge.reminded < len(REMINDERS_MS):
            times.append(later(badge.expires_at, -REMINDERS_MS[badge.reminded]))
    return min((at for at in times if at), default=Instant(0))


def overdue(check: Check, now: Instant) -> bool:
    """Whether a check is to be tried (again) now."""
    return bool(check.again_at) and check.again_at <= now


def risk(request: Request) -> Risk:
    """How much care a request needs."""
    if request.likenesses:
        return "high"
    odd = any(check.state in ("failed", "unreachable") for check in request.checks)
    return "medium" if odd or request.appealed_at else "low"


def turn(dossier: Dossier) -> int | None:
    """Its place in the reviewers' queue, as a time: the smallest comes first. None: it is not a reviewer's turn."""
    badge, request = dossier.badge, dossier.request
    if badge is not None and badge.state == "review":
        # The first of those that count together: another complaint does not put it off.
        times = [one.at for one in badge.complaints if not one.settled]
        return min(at for at in times if max(times) - at <= COMPLAINTS_MS) - COMPLAINT_START_MS
    if request is not None and request.state == "waiting":
        return max(request.sent_at, request.appealed_at) - HEAD_START_MS[risk(request)]
    return None
