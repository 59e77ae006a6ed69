"""Backup and maintenance windows: their forms, and whether they meet."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.windows import is_daily, is_weekly, minutes_until, overlap

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
WEEK = 7 * DAY


def time(minute: int) -> str:
    """A minute of the day as AWS writes it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def moment(minute: int) -> str:
    """A minute of the week as AWS writes it."""
    return f"{DAYS[minute // DAY]}:{time(minute % DAY)}"


def daily(start: int, length: int) -> str:
    """A window of every day."""
    return f"{time(start)}-{time((start + length) % DAY)}"


def weekly(start: int, length: int) -> str:
    """A window of every week."""
    return f"{moment(start)}-{moment((start + length) % WEEK)}"


@given(
    st.integers(0, DAY - 1), st.integers(1, DAY - 1), st.integers(0, WEEK - 1), st.integers(1, 3000)
)
def test_windows_meet_where_they_share_a_minute(
    start: int, length: int, weekly_start: int, weekly_length: int
) -> None:
    backup = {(day * DAY + start + minute) % WEEK for day in range(7) for minute in range(length)}
    maintenance = {(weekly_start + minute) % WEEK for minute in range(weekly_length)}

    assert overlap(daily(start, length), weekly(weekly_start, weekly_length)) == bool(
        backup & maintenance
    )


def test_windows_that_touch_do_not_meet() -> None:
    assert not overlap("02:00-03:00", "sun:03:00-sun:04:00")


@pytest.mark.parametrize(
    ("window", "daily", "weekly"),
    [
        ("01:00-01:30", True, False),
        ("01:00-01:29", False, False),
        ("23:45-00:15", True, False),
        ("24:00-00:30", False, False),
        ("sun:23:45-mon:00:15", False, True),
        ("sun:03:00-sun:03:29", False, False),
        ("Sun:03:00-Sun:04:00", False, False),
        ("", False, False),
    ],
)
def test_the_forms_of_windows(
    window: str,
    daily: bool,  # noqa: FBT001 (a parameter)
    weekly: bool,  # noqa: FBT001
) -> None:
    assert (is_daily(window), is_weekly(window)) == (daily, weekly)


@pytest.mark.parametrize(
    ("at", "minutes"),
    [
        ("2026-11-29T02:00:59+00:00", 60),
        ("2026-11-29T03:00:00+00:00", 0),
        ("2026-11-29T03:59:59+00:00", 0),
        ("2026-11-29T04:00:00+00:00", WEEK - 60),
        ("2026-11-29T01:30:00-01:00", 30),
        ("2026-11-30T00:00:00+00:00", WEEK - DAY + 3 * 60),
    ],
)
def test_how_far_a_window_is_away(at: str, minutes: int) -> None:
    assert minutes_until("sun:03:00-sun:04:00", datetime.fromisoformat(at)) == minutes


def test_a_window_lasts_past_sunday_s_midnight() -> None:
    monday = datetime.fromisoformat("2026-11-30T00:10:00+00:00")

    assert minutes_until("sun:23:45-mon:00:15", monday) == 0
