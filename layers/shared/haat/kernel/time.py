"""Time as Haat keeps it: UTC milliseconds since 1970."""

from datetime import UTC, datetime
from typing import NewType

Instant = NewType("Instant", int)  # UTC milliseconds since 1970

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def later(at: Instant, by_ms: int) -> Instant:
    """The instant that many milliseconds after another (before, if negative)."""
    return Instant(at + by_ms)


def as_datetime(at: Instant) -> datetime:
    """An aware UTC datetime; clamped to the years that datetime can hold."""
    return datetime.fromtimestamp(min(max(at, 0), 253402300799_000) / 1000, UTC)


def rfc3339(at: Instant) -> str:
    """RFC 3339 in UTC with milliseconds, e.g. 2026-11-24T08:13:11.000Z."""
    return as_datetime(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
