"""Backup and maintenance windows: what a file may say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from settings.windows import DailyWindow, WeeklyWindow

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
