"""Daily and weekly windows of a file; facts/windows.py has their forms."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from facts.windows import is_daily, is_weekly
from settings.section import Allowed, refuse

DAILY_IN_WORDS: Final = "hh:mm-hh:mm in UTC of at least 30 minutes"
WEEKLY_IN_WORDS: Final = "ddd:hh:mm-ddd:hh:mm (mon to sun) in UTC of at least 30 minutes"


def _daily(value: str) -> str:
    if not is_daily(value):
        refuse(DAILY_IN_WORDS)
    return value


def _weekly(value: str) -> str:
    """Take a weekly window in any case; AWS gives it back in lower case."""
    lowered = value.lower()
    if not is_weekly(lowered):
        refuse(WEEKLY_IN_WORDS)
    return lowered


DailyWindow = Annotated[
    str, AfterValidator(_daily), Field(examples=["01:00-02:00"]), Allowed(DAILY_IN_WORDS)
]
"""A window of every day, such as `01:00-02:00`, UTC."""

WeeklyWindow = Annotated[
    str,
    AfterValidator(_weekly),
    Field(examples=["sun:03:00-sun:04:00"]),
    Allowed(WEEKLY_IN_WORDS),
]
"""A window of every week, such as `sun:03:00-sun:04:00`, UTC."""
