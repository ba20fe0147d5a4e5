from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haat.conversation.model import Language, OpeningHours
from haat.conversation.rules.hours import closure_start, describe, describe_opening, is_open, next_opening
from haat.kernel.errors import Rejected
from haat.kernel.time import DAY, HOUR, MINUTE, Instant

DAYTIME = ((600, 1260),)
KOLKATA = OpeningHours(timezone="Asia/Kolkata", week=dict.fromkeys(range(6), DAYTIME), closures=(date(2026, 11, 26),))


def at(wall: str, timezone: str = "Asia/Kolkata", fold: int = 0) -> Instant:
    """The instant at which the clock on the wall shows this."""
    return Instant(round(datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(timezone), fold=fold).timestamp() * 1000))


def shop(
    week: Mapping[int, tuple[tuple[int, int], ...]], timezone: str = "Asia/Kolkata", *closures: date
) -> OpeningHours:
    """Opening hours in one line."""
    return OpeningHours(timezone=timezone, week=week, closures=closures)


NIGHT = shop(
    {4: ((1080, 1560),)}, "Asia/Kolkata", date(2026, 11, 28)
)  # Friday 18:00 to Saturday 02:00; Saturday is closed
CLOSED_FRIDAY = shop({3: ((1080, 1560),), 4: ((1080, 1560),)}, "Asia/Kolkata", date(2026, 11, 27))
FAIR = shop(
    {0: ((600, 4000),), 1: ((600, 700),)}
)  # from Monday 10:00 to Wednesday 18:40 without a break; Tuesday is told twice
LONDON_NIGHT = shop({6: ((30, 90),)}, "Europe/London")  # Sunday 00:30 to 01:30: the clock is moved at one and at two


@pytest.mark.parametrize(
    ("hours", "instant", "expected"),
    [
        (KOLKATA, at("2026-11-24 09:59:59.999"), False),
        (KOLKATA, at("2026-11-24 10:00"), True),
        (KOLKATA, at("2026-11-24 20:59:59.999"), True),
        (KOLKATA, at("2026-11-24 21:00"), False),
        (KOLKATA, at("2026-11-29 12:00"), False),
        (KOLKATA, at("2026-11-26 12:00"), False),
        (NIGHT, at("2026-11-28 01:59"), True),
        (NIGHT, at("2026-11-28 02:00"), False),
        (NIGHT, at("2026-11-27 01:00"), False),
        (CLOSED_FRIDAY, at("2026-11-27 01:00"), True),
        (CLOSED_FRIDAY, at("2026-11-27 20:00"), False),
        (CLOSED_FRIDAY, at("2026-11-28 01:00"), False),
        (shop({6: ((1080, 1560),)}), at("2026-11-30 01:00"), True),
        (FAIR, at("2026-11-25 18:39"), True),
        (FAIR, at("2026-11-25 18:40"), False),
        (shop({}), at("2026-11-24 03:00"), True),
        (shop({}, "Asia/Kolkata", date(2026, 11, 24)), at("2026-11-24 03:00"), True),
        (shop({1: ()}), at("2026-11-24 12:00"), False),
        (shop({1: ((900, 600), (-60, 60), (1500, 1600), (0, 10**9))}), at("2026-11-24 00:30"), False),
        (LONDON_NIGHT, at("2026-03-29 00:59", "Europe/London"), True),
        (LONDON_NIGHT, at("2026-03-29 02:00", "Europe/London"), False),
        (LONDON_NIGHT, at("2026-10-25 01:20", "Europe/London"), True),
        (LONDON_NIGHT, at("2026-10-25 01:40", "Europe/London"), False),
        (LONDON_NIGHT, at("2026-10-25 01:20", "Europe/London", 1), True),
        (KOLKATA, Instant(0), False),
        (KOLKATA, at("2100-03-01 12:00"), True),
    ],
)
def test_shop_is_open_by_the_clock_on_its_wall(hours: OpeningHours, instant: Instant, *, expected: bool) -> None:
    """Ranges, nights, whole closed days and moved clocks decide in the shop's own time zone."""
    assert is_open(hours, instant) is expected


@pytest.mark.parametrize(
    ("hours", "instant", "expected"),
    [
        (KOLKATA, at("2026-11-24 22:00"), at("2026-11-24 21:00")),
        (KOLKATA, at("2026-11-24 21:00"), at("2026-11-24 21:00")),
        (KOLKATA, at("2026-11-25 09:59"), at("2026-11-24 21:00")),
        (KOLKATA, at("2026-11-27 09:00"), at("2026-11-25 21:00")),
        (NIGHT, at("2026-12-04 17:59"), at("2026-11-28 02:00")),
        (FAIR, at("2026-11-26 12:00"), at("2026-11-25 18:40")),
        (LONDON_NIGHT, at("2026-03-29 02:00", "Europe/London"), at("2026-03-29 02:00", "Europe/London")),
        (LONDON_NIGHT, at("2026-10-25 01:59", "Europe/London"), at("2026-10-25 01:30", "Europe/London")),
        (LONDON_NIGHT, at("2026-10-26 12:00", "Europe/London"), at("2026-10-25 01:30", "Europe/London", 1)),
    ],
)
def test_closure_is_named_by_its_beginning(hours: OpeningHours, instant: Instant, expected: Instant) -> None:
    """However late in a closure one asks, it began when the shop was last open."""
    assert closure_start(hours, instant) == expected


def test_closure_of_months_keeps_its_name() -> None:
    """A shop closed for 100 days tells one closure, and one that never opens has one closure for ever, which is not 0."""
    holidays = tuple(date(2026, 6, 1) + timedelta(days=number) for number in range(100))
    hours = shop(dict.fromkeys(range(7), DAYTIME), "Asia/Kolkata", *holidays)
    assert {closure_start(hours, Instant(at("2026-06-01 00:00") + day * DAY)) for day in range(100)} == {
        at("2026-05-31 21:00")
    }
    never = shop({0: ()})
    assert closure_start(never, at("2026-06-01 00:00")) == closure_start(never, at("2030-06-01 00:00")) != 0


@pytest.mark.parametrize(
    ("hours", "instant", "expected"),
    [
        (KOLKATA, at("2026-11-24 12:00"), at("2026-11-24 12:00")),
        (KOLKATA, at("2026-11-24 08:00"), at("2026-11-24 10:00")),
        (KOLKATA, at("2026-11-25 21:00"), at("2026-11-27 10:00")),
        (KOLKATA, at("2026-11-28 23:00"), at("2026-11-30 10:00")),
        (NIGHT, at("2026-11-28 02:00"), at("2026-12-04 18:00")),
        (
            shop({6: ((90, 600),)}, "Europe/London"),
            at("2026-03-29 00:10", "Europe/London"),
            at("2026-03-29 02:00", "Europe/London"),
        ),
        (
            shop({6: ((0, 105),)}, "Europe/London"),
            at("2026-10-25 01:50", "Europe/London"),
            at("2026-10-25 01:00", "Europe/London", 1),
        ),
        (
            shop({4: ((720, 900),), 5: ((540, 900),)}, "Pacific/Apia"),
            at("2011-12-29 23:00", "Pacific/Apia"),
            at("2011-12-31 09:00", "Pacific/Apia"),
        ),
        (shop({0: ()}), at("2026-11-24 12:00"), None),
        (shop({1: ((900, 600),)}), at("2026-11-24 12:00"), None),
    ],
)
def test_next_opening_is_the_first_open_instant(
    hours: OpeningHours, instant: Instant, expected: Instant | None
) -> None:
    """A closed shop opens at the next range, past closures and moved clocks; an open one opens now; one without ranges never."""
    assert next_opening(hours, instant) == expected


def test_opening_beyond_sixty_days_is_unknown() -> None:
    """An opening in 60 days is told, one a day later isn't."""
    holidays = tuple(date(2026, 6, 1) + timedelta(days=number) for number in range(60))
    hours = shop(dict.fromkeys(range(7), DAYTIME), "Asia/Kolkata", *holidays)
    assert next_opening(hours, at("2026-06-01 10:00")) == at("2026-07-31 10:00")
    assert next_opening(hours, at("2026-06-01 09:59")) is None


ZONES = st.sampled_from(
    ["Asia/Kolkata", "Europe/London", "Australia/Lord_Howe", "America/Havana", "America/Sao_Paulo", "Pacific/Apia"]
)
RANGES = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1800)).map(lambda pair: (pair[0], sum(pair))), max_size=2
).map(tuple)
WEEKS = st.dictionaries(st.integers(0, 6), RANGES, min_size=1)
# Days on which one of the clocks above is moved, and an ordinary one.
DAYS = st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 3, 8), date(2026, 11, 1), date(2018, 11, 4), date(2018, 2, 18),
                        date(2011, 12, 30), date(2026, 6, 10)])  # fmt: skip


def open_by_the_minute(hours: OpeningHours, instant: Instant) -> bool:
    """The definition, read aloud: some range of this or an earlier day holds what the clock on the wall shows."""
    wall = datetime.fromtimestamp(instant / 1000, UTC).astimezone(ZoneInfo(hours.timezone)).replace(tzinfo=None, fold=0)
    for back in range(9):
        begun = wall.date() - timedelta(days=back)
        since = (wall - datetime(begun.year, begun.month, begun.day)) / timedelta(minutes=1)  # noqa: DTZ001 - a wall clock has no zone
        if begun not in hours.closures and any(
            start <= since < end for start, end in hours.week.get(begun.weekday(), ())
        ):
            return True
    return False


@settings(max_examples=50, deadline=None)
@given(WEEKS, ZONES, DAYS, st.sets(st.integers(-2, 2)), st.integers(0, 47))
def test_hours_agree_with_a_walk_by_the_minute(
    week: Mapping[int, tuple[tuple[int, int], ...]], timezone: str, day: date, closed: set[int], offset: int
) -> None:
    """Where the clock is moved too, openings and closures are those that someone sees who looks every minute for two days."""
    hours = shop(week, timezone, *(day + timedelta(days=number) for number in closed))
    begin = Instant(
        round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) - DAY + offset * HOUR // 2
    )
    minutes = [Instant(begin + number * MINUTE) for number in range(2 * DAY // MINUTE)]
    seen = [open_by_the_minute(hours, minute) for minute in minutes]
    assert [is_open(hours, minute) for minute in minutes] == seen
    turns = [index for index, (before, after) in enumerate(pairwise(seen), 1) if before != after]
    for index in turns:
        after, before = minutes[index], minutes[index - 1]
        if seen[index]:
            assert next_opening(hours, before) == after
            assert next_opening(hours, Instant(after - 1)) == after
        else:
            assert closure_start(hours, after) == after
            last = next((turn for turn in turns if turn > index), len(seen)) - 1
            assert closure_start(hours, minutes[last]) == after


WEEK = shop({0: DAYTIME, 1: DAYTIME, 2: DAYTIME, 3: ((600, 840), (960, 1260)), 4: ((1080, 1560),), 5: ((600, 1440),)})


@pytest.mark.parametrize(
    ("hours", "language", "instant", "expected"),
    [
        (WEEK, "en", None, "Mon–Wed 10:00–21:00\nThu 10:00–14:00, 16:00–21:00\nFri 18:00–02:00\nSat 10:00–24:00\nSun closed"),
        (KOLKATA, "en", None, "Mon–Sat 10:00–21:00\nSun closed"),
        (KOLKATA, "bn", None, "সোম–শনি 10:00–21:00\nরবি বন্ধ"),
        (KOLKATA, "hi", None, "सोम–शनि 10:00–21:00\nरवि बंद"),
        (KOLKATA, "en", at("2026-11-20 00:00"), "Mon–Sat 10:00–21:00\nSun closed\nClosed on 26 Nov"),
        (KOLKATA, "bn", at("2026-11-26 23:59"), "সোম–শনি 10:00–21:00\nরবি বন্ধ\n26 নভেম্বর বন্ধ"),
        (KOLKATA, "hi", at("2026-11-24 12:00"), "सोम–शनि 10:00–21:00\nरवि बंद\n26 नवंबर को बंद"),
        (KOLKATA, "en", at("2026-11-27 00:00"), "Mon–Sat 10:00–21:00\nSun closed"),
        (KOLKATA, "en", at("2026-11-19 23:59"), "Mon–Sat 10:00–21:00\nSun closed"),
        (shop(dict.fromkeys(range(7), ((0, 1440),))), "en", None, "Every day 24 hours"),
        (shop(dict.fromkeys(range(7), DAYTIME)), "bn", None, "প্রতিদিন 10:00–21:00"),
        (shop({6: DAYTIME}, "Asia/Kolkata", date(2026, 11, 26), date(2026, 11, 24)), "en", at("2026-11-24 12:00"),
         "Mon–Sat closed\nSun 10:00–21:00\nClosed on 24 Nov, 26 Nov"),
        (shop({1: ((900, 600),)}), "en", None, "Every day closed"),
        (shop({}), "en", at("2026-11-24 12:00"), ""),
    ],
)  # fmt: skip
def test_week_is_told_in_a_few_lines(
    hours: OpeningHours, language: Language, instant: Instant | None, expected: str
) -> None:
    """Days with equal hours stand together, and closures of the coming week follow, in the customer's language."""
    assert describe(hours, language, instant) == expected


@pytest.mark.parametrize(
    ("instant", "english", "bengali", "hindi"),
    [
        (at("2026-11-24 08:00"), "today at 10:00", "আজ 10:00টায়", "आज 10:00 बजे"),
        (at("2026-11-24 21:00"), "tomorrow at 10:00", "আগামীকাল 10:00টায়", "कल 10:00 बजे"),
        (at("2026-11-28 23:00"), "on Monday at 10:00", "সোমবার 10:00টায়", "सोमवार को 10:00 बजे"),
        (at("2026-11-24 12:00"), "now", "এখন", "अभी"),
    ],
)
def test_next_opening_is_told_in_words(instant: Instant, english: str, bengali: str, hindi: str) -> None:
    """The customer reads when the shop opens next, by day and time."""
    assert describe_opening(KOLKATA, instant, "en") == english
    assert describe_opening(KOLKATA, instant, "bn") == bengali
    assert describe_opening(KOLKATA, instant, "hi") == hindi


def test_opening_in_a_week_is_told_by_its_date() -> None:
    """A weekday that would be the same as today's is told as a date; an opening that never comes isn't told."""
    thursdays = shop({3: DAYTIME}, "Asia/Kolkata", date(2026, 11, 19))
    assert describe_opening(thursdays, at("2026-11-19 12:00"), "en") == "on 26 Nov at 10:00"
    assert describe_opening(thursdays, at("2026-11-20 00:00"), "hi") == "गुरुवार को 10:00 बजे"
    assert describe_opening(shop({3: DAYTIME}), at("2026-11-19 21:00"), "bn") == "26 নভেম্বর 10:00টায়"
    assert describe_opening(shop({0: ()}), at("2026-11-19 12:00"), "en") == ""


@pytest.mark.parametrize("instant", [-(10**18), -1, 0, 10**12, 10**18])
def test_absurd_time_gets_an_answer(instant: int) -> None:
    """A provider's time of any year is a time at which a shop is open or not."""
    for hours in (KOLKATA, NIGHT, shop({0: ()})):
        assert is_open(hours, Instant(instant)) in (True, False)
        assert closure_start(hours, Instant(instant)) == closure_start(hours, Instant(instant))
        assert describe_opening(hours, Instant(instant), "en") is not None
        assert describe(hours, "en", Instant(instant))


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "Asia", "../etc/hosts", "/etc/hosts", "\0", "\ud800", "a" * 400])
def test_unknown_time_zone_is_rejected(name: str) -> None:
    """A time zone that isn't one is refused in words that say what is wanted and not what came."""
    with pytest.raises(Rejected, match="timezone is not the name of an IANA time zone") as refusal:
        is_open(shop({0: DAYTIME}, name), Instant(0))
    assert not name or name not in str(refusal.value)[:20]
