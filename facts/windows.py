"""Daily and weekly windows as RDS and DMS write them, in UTC.

The forms are those of PreferredBackupWindow (``hh24:mi-hh24:mi``) and PreferredMaintenanceWindow
(``ddd:hh24:mi-ddd:hh24:mi``) of the RDS and DMS APIs, at least 30 minutes each. Pure arithmetic in
minutes of the week; a window may run past midnight, and past Sunday.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES: Final = 24 * 60
_WEEK_MINUTES: Final = 7 * _DAY_MINUTES
_LEAST_MINUTES: Final = 30

_TIME: Final = r"([01][0-9]|2[0-3]):([0-5][0-9])"
_DAILY: Final = re.compile(rf"{_TIME}-{_TIME}")
_WEEKLY: Final = re.compile(rf"({'|'.join(_DAYS)}):{_TIME}-({'|'.join(_DAYS)}):{_TIME}")


def _daily_span(window: str) -> tuple[int, int]:
    """A daily window's first minute of the day and its length in minutes."""
    start, end = window.split("-")
    first, last = (int(time[:2]) * 60 + int(time[3:]) for time in (start, end))
    return first, (last - first) % _DAY_MINUTES


def _weekly_span(window: str) -> tuple[int, int]:
    """A weekly window's first minute of the week and its length in minutes."""
    start, end = window.split("-")
    first, last = (
        _DAYS.index(moment[:3]) * _DAY_MINUTES + int(moment[4:6]) * 60 + int(moment[7:])
        for moment in (start, end)
    )
    return first, (last - first) % _WEEK_MINUTES


def is_daily(window: str) -> bool:
    """Whether a text is a window of every day that RDS takes."""
    return bool(_DAILY.fullmatch(window)) and _daily_span(window)[1] >= _LEAST_MINUTES


def is_weekly(window: str) -> bool:
    """Whether a text is a window of every week that RDS and DMS take; in lower case."""
    return bool(_WEEKLY.fullmatch(window)) and _weekly_span(window)[1] >= _LEAST_MINUTES


def overlap(daily: str, weekly: str) -> bool:
    """Whether a daily and a weekly window have a minute in common, which RDS refuses.

    Args:
        daily: A backup window.
        weekly: A maintenance window.
    """
    first, minutes = _daily_span(daily)
    weekly_first, weekly_minutes = _weekly_span(weekly)
    return any(
        (weekly_first - start) % _WEEK_MINUTES < minutes
        or (start - weekly_first) % _WEEK_MINUTES < weekly_minutes
        for start in range(first, _WEEK_MINUTES, _DAY_MINUTES)
    )


def minutes_until(weekly: str, moment: datetime) -> int:
    """How many minutes after a moment a weekly window begins next; 0 while it lasts.

    Args:
        weekly: The window.
        moment: The moment, with its zone.
    """
    first, minutes = _weekly_span(weekly)
    now = moment.astimezone(UTC)
    since = (now.weekday() * _DAY_MINUTES + now.hour * 60 + now.minute - first) % _WEEK_MINUTES
    return 0 if since < minutes else _WEEK_MINUTES - since
