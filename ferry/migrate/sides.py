"""Both databases of a task: how ferry reaches them, and as whom DMS does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from ferry.postgres import Server


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of the two.

    Args:
        server: How ferry reaches the database.
        dms_user: The role that DMS signs in as.
    """

    server: Server
    dms_user: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """Both.

    Args:
        source: Where it is carried from.
        target: Aurora.
    """

    source: Side
    target: Side

    def turned(self) -> Self:
        """The same with both in each other's place: who writes in Aurora, and the source follows."""
        return type(self)(source=self.target, target=self.source)
