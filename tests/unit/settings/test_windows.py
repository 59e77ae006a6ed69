"""Backup and maintenance windows: their forms, and whether they meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from settings.windows import DailyWindow, WeeklyWindow, overlap

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
WEEK = 7 * DAY
DAILY: TypeAdapter[str] = TypeAdapter(DailyWindow)
WEEKLY: TypeAdapter[str] = TypeAdapter(WeeklyWindow)


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


@given(st.integers(0, DAY - 1), st.integers(30, DAY - 1))
def test_every_daily_window_of_half_an_hour_is_taken(start: int, length: int) -> None:
    assert DAILY.validate_python(daily(start, length)) == daily(start, length)


@given(st.integers(0, DAY - 1), st.integers(0, 29))
def test_no_shorter_daily_window_is_taken(start: int, length: int) -> None:
    with pytest.raises(ValidationError):
        DAILY.validate_python(daily(start, length))


@given(st.integers(0, WEEK - 1), st.integers(30, WEEK - 1))
def test_every_weekly_window_of_half_an_hour_is_taken_in_any_case(start: int, length: int) -> None:
    window = weekly(start, length)

    assert WEEKLY.validate_python(window.title()) == window


@given(st.integers(0, WEEK - 1), st.integers(0, 29))
def test_no_shorter_weekly_window_is_taken(start: int, length: int) -> None:
    with pytest.raises(ValidationError):
        WEEKLY.validate_python(weekly(start, length))


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
