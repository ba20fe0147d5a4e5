"""When a schedule is due: EventBridge's `rate(...)`, `cron(...)` and `at(...)`, as a pure function of time."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_DAYS = "SUN MON TUE WED THU FRI SAT".split()
# Longer than from one 29 February to the next, across a century.
_FURTHEST = timedelta(days=9 * 366)


class UnknownSchedule(Exception):
    """The expression is not one that this stage can be true to."""


def next_time(expression: str, after: float, zone: str = "UTC") -> float | None:
    """Return the first moment after `after` at which the schedule is due; None if there is none any more."""
    if period := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression):
        return after + int(period[1]) * _UNITS[period[2]]
    if moment := re.fullmatch(r"at\((.+)\)", expression):
        at = datetime.fromisoformat(moment[1]).replace(tzinfo=ZoneInfo(zone)).timestamp()
        return at if at > after else None
    if fields := re.fullmatch(r"cron\(([^()]+)\)", expression):
        parts = fields[1].split()
        if len(parts) == 6:
            return _next_cron(parts, after, ZoneInfo(zone))
    raise UnknownSchedule(expression)


def _next_cron(parts: list[str], after: float, zone: ZoneInfo) -> float | None:
    minutes, hours = _values(parts[0], 0, 59), _values(parts[1], 0, 23)
    days, months = _values(parts[2], 1, 31), _values(parts[3], 1, 12, _MONTHS)
    # EventBridge counts Sunday as 1.
    weekdays = {value - 1 for value in _values(parts[4], 1, 7, _DAYS)}
    years = _values(parts[5], 1970, 2199)
    start = datetime.fromtimestamp(after, zone)
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    end = day + _FURTHEST
    while day < end:
        fits = day.day in days and day.month in months and day.isoweekday() % 7 in weekdays and day.year in years
        if fits:
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    moment = day.replace(hour=hour, minute=minute)
                    if moment.timestamp() > after:
                        return moment.timestamp()
        day += timedelta(days=1)
    return None


def _values(field: str, low: int, high: int, names: list[str] | None = None) -> set[int]:
    """Read one field: `*`, `?`, numbers, names, lists, ranges and steps."""
    found: set[int] = set()
    for part in field.upper().split(","):
        text, _, step = part.partition("/")
        first, _, last = text.partition("-")
        if text in ("*", "?"):
            start, end = low, high
        else:
            start = _number(first, names, low)
            end = _number(last, names, low) if last else high if step else start
        if not (low <= start <= end <= high):
            raise UnknownSchedule(field)
        found.update(range(start, end + 1, int(step) if step else 1))
    return found


def _number(text: str, names: list[str] | None, low: int) -> int:
    if names and text in names:
        return names.index(text) + low
    if not text.isdigit():
        # L, W and # are not read here.
        raise UnknownSchedule(text)
    return int(text)
