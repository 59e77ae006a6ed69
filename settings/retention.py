"""The retention periods that AWS knows."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from settings.section import Allowed, refuse

LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
]  # fmt: skip
"""CloudWatch Logs' retention periods in days (PutRetentionPolicy); "never" is left out."""

_MONTH_DAYS: Final = 31
_INSIGHTS_DAYS: Final = frozenset({7, 731, *(month * _MONTH_DAYS for month in range(1, 24))})
_INSIGHTS_IN_WORDS: Final = "7 or 731 days, or 31 days times 1 to 23"


def _insights_days(value: int) -> int:
    if value not in _INSIGHTS_DAYS:
        nearest = min(_INSIGHTS_DAYS, key=lambda days: abs(days - value))
        refuse(_INSIGHTS_IN_WORDS, instead=nearest)
    return value


InsightsRetentionDays = Annotated[
    int, AfterValidator(_insights_days), Field(examples=[7]), Allowed(_INSIGHTS_IN_WORDS)
]
"""Performance Insights' retention periods in days (CreateDBCluster)."""
