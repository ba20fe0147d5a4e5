"""When a shop is open, by the clock on its wall, and how that is said to a customer.

The wall clock decides also on the two days of a year on which it is moved: a minute that it skips can't be open, one that it
shows twice is open twice. No clock is read here; the instant comes in.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from haat.conversation.model import Language, OpeningHours
from haat.kernel.errors import Rejected
from haat.kernel.time import DAY, Instant, later

LOOK_AHEAD_MS: Final = 60 * DAY  # an opening later than that is not announced
_MINUTES: Final = 1440  # of a day
_LONGEST: Final = 8 * _MINUTES  # where a range that began late on its day may end; a bound for the work
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = -2_208_988_800_000  # 1900
_LATEST: Final = 253_370_764_800_000  # 9999: datetime ends a year later, and we look 60 days ahead
# Not 0, which stands in a conversation for a closure that never was.
_SINCE_EVER: Final = Instant(1)
_ONE_DAY: Final = timedelta(days=1)

type Ranges = tuple[tuple[int, int], ...]


def is_open(hours: OpeningHours, at: Instant) -> bool:
    """Whether the shop is open at an instant. A shop that told no hours always is."""
    return not hours.week or _is_open(hours, zone(hours), at)


def closure_start(hours: OpeningHours, at: Instant) -> Instant:
    """When the closure began in which `at` lies: the same instant for all of one closure, so that it names the closure.

    For an instant at which the shop is open, this is the beginning of the closure before.
    """
    where = zone(hours)
    today = _local(where, at).date()
    # Every week that has a range has one of the last seven days, unless they are closures, or the clock skipped it.
    days = 14 + _reach(hours) + len(hours.closures)
    for day in (today - timedelta(days=back) for back in range(days)):
        ends = [c for c in _changes(hours, where, day) if c <= at and not _is_open(hours, where, c)]
        if ends := [c for c in ends if _is_open(hours, where, later(c, -1))]:
            return max(ends)
    return _SINCE_EVER


def next_opening(hours: OpeningHours, at: Instant) -> Instant | None:
    """The first instant from `at` on at which the shop is open; None if there is none within LOOK_AHEAD_MS."""
    if is_open(hours, at):
        return at
    where = zone(hours)
    today = _local(where, at).date()
    last = later(at, LOOK_AHEAD_MS)
    for day in (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_MS // DAY + 2)):
        starts = [c for c in _changes(hours, where, day) if at < c <= last and _is_open(hours, where, c)]
        if starts:
            return min(starts)
    return None


def zone(hours: OpeningHours) -> ZoneInfo:
    """The shop's time zone. Raises Rejected where the name is none."""
    try:
        return ZoneInfo(hours.timezone)
    except (KeyError, ValueError, OSError):  # unknown; not a name; a folder of names
        raise Rejected("timezone is not the name of an IANA time zone, such as Asia/Kolkata") from None


def day_began(hours: OpeningHours, at: Instant) -> Instant:
    """When the shop's own day began in which `at` lies."""
    where = zone(hours)
    return Instant(_seconds(datetime.combine(_local(where, at).date(), time(), where)) * 1000)


def describe(hours: OpeningHours, language: Language, at: Instant | None = None) -> str:
    """The week in a few lines, days with equal hours together; with `at` also the closures of the seven days from then on.

    Empty where the shop told no hours.
    """
    if not hours.week:
        return ""
    say = _SAY[language]
    lines = [_describe_days(say, days, ranges) for days, ranges in _alike(hours)]
    if at is not None and (soon := _closures_soon(hours, at)):
        lines.append(say["closed_on"].format(", ".join(_date(say, day) for day in soon)))
    return "\n".join(lines)


def describe_opening(hours: OpeningHours, at: Instant, language: Language) -> str:
    """When the shop opens next, as said at `at`: "today at 10:00", "on Monday at 10:00". Empty where that is not known."""
    opening = next_opening(hours, at)
    if opening is None:
        return ""
    say = _SAY[language]
    if opening == at:
        return say["now"]
    where = zone(hours)
    local = _local(where, opening)
    days = (local.date() - _local(where, at).date()).days
    if days < 2:
        pattern, day = say[("today", "tomorrow")[days]], ""
    elif days < 7:
        pattern, day = say["on_day"], say["days"].split()[local.weekday()]
    else:
        pattern, day = say["on_date"], _date(say, local.date())
    return pattern.format(day=day, time=f"{local:%H:%M}")


def _local(where: ZoneInfo, at: Instant) -> datetime:
    return (_EPOCH + timedelta(milliseconds=min(max(at, _EARLIEST), _LATEST))).astimezone(where)


def _ranges(hours: OpeningHours, weekday: int) -> Ranges:
    """The ranges of a weekday in order. What is no range is never open: it ends before it begins, or after a week."""
    ranges = sorted(hours.week.get(weekday, ()))
    return tuple((start, end) for start, end in ranges if 0 <= start < _MINUTES and start < end <= _LONGEST)


def _begun_on(hours: OpeningHours, day: date) -> Ranges:
    return () if day in hours.closures else _ranges(hours, day.weekday())


def _reach(hours: OpeningHours) -> int:
    """How many days after its own a range may still be open."""
    return max((end // _MINUTES for day in range(7) for _, end in _ranges(hours, day)), default=0)


def _is_open(hours: OpeningHours, where: ZoneInfo, at: Instant) -> bool:
    local = _local(where, at)
    for back in range(_reach(hours) + 1):
        minute = local.hour * 60 + local.minute + back * _MINUTES
        day = local.date() - timedelta(days=back)
        if any(start <= minute < end for start, end in _begun_on(hours, day)):
            return True
    return False


def _changes(hours: OpeningHours, where: ZoneInfo, day: date) -> Iterator[Instant]:
    """The instants at which a range of that day begins or ends, or at which the clock is moved on it. Sorted they are not."""
    midnight = datetime.combine(day, time())
    for minute in {minute for edges in _begun_on(hours, day) for minute in edges}:
        yield from _instants(where, midnight + timedelta(minutes=minute))
    first, last = (_seconds(edge.replace(tzinfo=where)) for edge in (midnight, midnight + _ONE_DAY))
    if _offset(where, first) != _offset(where, last):
        yield Instant(_clock_moved(where, first, last) * 1000)


def _instants(where: ZoneInfo, wall: datetime) -> Iterator[Instant]:
    """When the wall clock shows this: once, never (it is moved ahead) or twice (it is moved back)."""
    for fold in (0, 1):
        seconds = _seconds(wall.replace(tzinfo=where, fold=fold))
        if _local(where, Instant(seconds * 1000)).replace(tzinfo=None, fold=0) == wall:
            yield Instant(seconds * 1000)


def _seconds(moment: datetime) -> int:
    return (moment.astimezone(UTC) - _EPOCH) // timedelta(seconds=1)


def _offset(where: ZoneInfo, seconds: int) -> timedelta | None:
    return _local(where, Instant(seconds * 1000)).utcoffset()


def _clock_moved(where: ZoneInfo, first: int, last: int) -> int:
    """The first second with the later offset; zoneinfo does not list them."""
    before = _offset(where, first)
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (middle, last) if _offset(where, middle) == before else (first, middle)
    return last


def _closures_soon(hours: OpeningHours, at: Instant) -> list[date]:
    today = _local(zone(hours), at).date()
    return sorted(day for day in set(hours.closures) if today <= day < today + timedelta(days=7))


def _alike(hours: OpeningHours) -> Iterable[tuple[list[int], Ranges]]:
    """Runs of weekdays with the same ranges, Monday first."""
    runs: list[tuple[list[int], Ranges]] = []
    for day in range(7):
        ranges = _ranges(hours, day)
        if runs and runs[-1][1] == ranges:
            runs[-1][0].append(day)
        else:
            runs.append(([day], ranges))
    return runs


def _describe_days(say: Mapping[str, str], days: list[int], ranges: Ranges) -> str:
    short = say["short_days"].split()
    if len(days) == 7:
        name = say["every_day"]
    else:
        name = short[days[0]] if len(days) == 1 else f"{short[days[0]]}–{short[days[-1]]}"
    if ranges == ((0, _MINUTES),):
        return f"{name} {say['all_day']}"
    return f"{name} {', '.join(f'{_clock(start)}–{_clock(end)}' for start, end in ranges) or say['closed']}"


def _clock(minute: int) -> str:
    if minute > _MINUTES:
        minute %= _MINUTES
    return f"{minute // 60:02}:{minute % 60:02}"


def _date(say: Mapping[str, str], day: date) -> str:
    return f"{day.day} {say['months'].split()[day.month - 1]}"


# Times stand in ASCII digits in all languages: so customers write them here.
_SAY: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "short_days": "Mon Tue Wed Thu Fri Sat Sun",
        "days": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "every_day": "Every day",
        "all_day": "24 hours",
        "closed": "closed",
        "closed_on": "Closed on {}",
        "now": "now",
        "today": "today at {time}",
        "tomorrow": "tomorrow at {time}",
        "on_day": "on {day} at {time}",
        "on_date": "on {day} at {time}",
    },
    "bn": {
        "short_days": "সোম মঙ্গল বুধ বৃহস্পতি শুক্র শনি রবি",
        "days": "সোমবার মঙ্গলবার বুধবার বৃহস্পতিবার শুক্রবার শনিবার রবিবার",
        "months": "জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর",
        "every_day": "প্রতিদিন",
        "all_day": "24 ঘণ্টা",
        "closed": "বন্ধ",
        "closed_on": "{} বন্ধ",
        "now": "এখন",
        "today": "আজ {time}টায়",
        "tomorrow": "আগামীকাল {time}টায়",
        "on_day": "{day} {time}টায়",
        "on_date": "{day} {time}টায়",
    },
    "hi": {
        "short_days": "सोम मंगल बुध गुरु शुक्र शनि रवि",
        "days": "सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार",
        "months": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
        "every_day": "हर दिन",
        "all_day": "24 घंटे",
        "closed": "बंद",
        "closed_on": "{} को बंद",
        "now": "अभी",
        "today": "आज {time} बजे",
        "tomorrow": "कल {time} बजे",
        "on_day": "{day} को {time} बजे",
        "on_date": "{day} को {time} बजे",
    },
}
