"""How a notice is written, signed and tried again (Standard Webhooks 1.0.0).

| delivery | what came | -> delivery | endpoint |
| --- | --- | --- | --- |
| due, waiting | 2xx | delivered | well again |
| due, waiting | 410 | given up | off: it says that it is gone |
| due, waiting | anything else, tries left | waiting | fails since its first failure; off after five days of it |
| due | anything else, too many wait there | given up | fails |
| waiting | anything else, last try | given up | fails |
| due, waiting | endpoint is off | given up | |
| delivered, given up | asked for again by its merchant | due, next round | |
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from haat.business.model.notice import Attempt, Delivery, Endpoint, Health
from haat.facts.notices import NoticeRaised
from haat.kernel.ids import NoticeId
from haat.kernel.secret import Secret
from haat.kernel.time import DAY, HOUR, MINUTE, SECOND, Instant, later, rfc3339

# After the first try, the second, ... ; ten tries in a little over three days.
WAITS_MS = (
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
OFF_AFTER_MS = 5 * DAY
OLD_SECRET_MS = DAY
TOO_OLD_MS = 14 * DAY  # what a queue or an operator's repair brings later than that is told to nobody
# Waiting records count against what a queue may have under way (120,000): one dead endpoint must not stop those of others.
MOST_WAITING = 1_000
GONE = 410
PREFIX = "whsec_"


def write_secret(chance: bytes) -> Secret[str]:
    """A signing secret as merchants copy it, from 32 bytes of chance."""
    return Secret(PREFIX + base64.b64encode(chance).decode())


def body(delivery: Delivery) -> bytes:
    """What is posted: the same bytes at every try."""
    data = {"merchant": delivery.merchant, **delivery.data}
    told = {"type": delivery.kind, "timestamp": rfc3339(delivery.occurred_at), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers(delivery: Delivery, secrets: Iterable[Secret[str]], posted: bytes, now: Instant) -> dict[str, str]:
    """The headers that prove who posted it: one signature for each secret that counts."""
    seconds = str(now // SECOND)
    signed = f"{delivery.id}.{seconds}.".encode() + posted
    signatures = [f"v1,{_sign(secret, signed)}" for secret in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": delivery.id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signatures),
    }


def _sign(secret: Secret[str], signed: bytes) -> str:
    key = base64.b64decode(secret.reveal().removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def signing(endpoint: Endpoint, now: Instant) -> list[bytes]:
    """The sealed secrets that sign now, the newest first."""
    return [endpoint.secret, *([endpoint.old_secret] if now < endpoint.old_until else [])]


def begun(notice: NoticeRaised, endpoint: Endpoint) -> Delivery:
    """A notice at the beginning of its way; one that is kept for later where the endpoint is off."""
    return Delivery(
        id=notice.id,
        merchant=notice.merchant,
        endpoint=endpoint.id,
        kind=notice.kind,
        occurred_at=notice.occurred_at,
        data=notice.data,
        state="given_up" if endpoint.off else "due",
    )


def wants(endpoint: Endpoint, kind: str) -> bool:
    """Whether an endpoint is told of a kind of notice."""
    return not endpoint.kinds or kind in endpoint.kinds


def tried(
    before: Delivery, endpoint: Endpoint, *, status: int | None, trouble: str, retry_after_ms: int, now: Instant
) -> tuple[Delivery, Health]:
    """The delivery after one more try, and what that says of its endpoint."""
    attempt = Attempt(at=now, outcome=trouble if status is None else str(status))
    after = replace(before, tries=before.tries + 1, attempts=(*before.attempts, attempt))
    waited = 1 if before.state == "waiting" else 0
    if status is not None and 200 <= status <= 299:
        return replace(after, state="delivered"), Health(
            waiting=-waited, failing_since=Instant(0) if endpoint.failing_since else None
        )
    since = None if endpoint.failing_since else now
    off = _off(endpoint, status, now)
    full = not waited and endpoint.waiting >= MOST_WAITING
    if off or full or after.tries > len(WAITS_MS):
        return replace(after, state="given_up"), Health(waiting=-waited, failing_since=since, off=off)
    wait = max(jitter(before.id, WAITS_MS[after.tries - 1]), retry_after_ms)
    return replace(after, state="waiting", next_at=later(now, wait)), Health(waiting=1 - waited, failing_since=since)


def stopped(before: Delivery) -> tuple[Delivery, Health]:
    """The delivery where its endpoint was switched off meanwhile."""
    return replace(before, state="given_up"), Health(waiting=-1 if before.state == "waiting" else 0)


def _off(endpoint: Endpoint, status: int | None, now: Instant) -> str:
    if status == GONE:
        return "gone"
    if endpoint.failing_since and now - endpoint.failing_since >= OFF_AFTER_MS:
        return "failing"
    return ""


def jitter(id: NoticeId, wait_ms: int) -> int:
    """The wait and up to a tenth more: the same for one notice, another for the next, so that they do not all come back at once."""
    return wait_ms + wait_ms * (hashlib.sha256(id.encode()).digest()[0] % 103) // 1024


def again(before: Delivery) -> Delivery:
    """The delivery as its merchant asks for it once more."""
    return replace(before, state="due", round=before.round + 1, tries=0, attempts=(), next_at=Instant(0))


def endpoint_shown(endpoint: Endpoint) -> dict[str, Any]:
    """An endpoint as its merchant sees it."""
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "kinds": list(endpoint.kinds),
        "created_at": rfc3339(endpoint.created_at),
        "state": "off" if endpoint.off else "failing" if endpoint.failing_since else "on",
        "off_because": endpoint.off or None,
        "failing_since": rfc3339(endpoint.failing_since) if endpoint.failing_since else None,
        "waiting": endpoint.waiting,
    }


def delivery_shown(delivery: Delivery) -> dict[str, Any]:
    """A delivery in the log."""
    return {
        "id": delivery.id,
        "kind": delivery.kind,
        "occurred_at": rfc3339(delivery.occurred_at),
        "state": delivery.state,
        "tries": delivery.tries,
        "next_at": rfc3339(delivery.next_at) if delivery.state == "waiting" else None,
        "attempts": [{"at": rfc3339(one.at), "outcome": one.outcome} for one in delivery.attempts],
    }
