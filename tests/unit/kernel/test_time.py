import pytest

from haat.kernel.time import DAY, Instant, as_datetime, later, rfc3339


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_767_587_400_007, "2026-01-05T04:30:00.007Z"),
        (-DAY, "1970-01-01T00:00:00.000Z"),
        (1 << 60, "9999-12-31T23:59:59.000Z"),
    ],
)
def test_instant_is_written_in_utc_with_milliseconds(at: int, written: str) -> None:
    """Times are RFC 3339 in UTC; one that no calendar holds is clamped and breaks nothing."""
    assert rfc3339(Instant(at)) == written
    assert as_datetime(Instant(at)).utcoffset() is not None


def test_later_goes_both_ways() -> None:
    """A negative distance is before."""
    assert later(Instant(5), -3) == Instant(2)
