"""Both databases of a task: how ferry reaches them, and as whom DMS does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
