"""The limits that synthesis is held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """One limit.

    Attributes:
        measure: What is measured.
        allowed: The most that is allowed.
        unit: Stands after both numbers; nothing for a ratio.
        measured: What was measured, or None where it could not be.
    """

    measure: str
    allowed: float
    unit: str = ""
    measured: float | None

    @property
    def verdict(self) -> str:
        """Met, or missed by how much."""
        if self.measured is None:
            return "not measured"
        if self.measured <= self.allowed:
            return "met"
        over = self.measured - self.allowed
        return f"missed by {_number(over)}{self.unit} ({over / self.allowed:.0%})"

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The cells of a table's row."""
        measured = "" if self.measured is None else f"{_number(self.measured)}{self.unit}"
        return self.measure, f"{_number(self.allowed)}{self.unit}", measured, self.verdict


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004 (two digits suffice)
