"""What is known of a database at both ends. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ferry.migrate.schema.phases import place

if TYPE_CHECKING:
    from ferry.migrate.schema.archive import Entry
    from ferry.migrate.schema.phases import Placed
    from ferry.migrate.schema.sides import Side


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What is known of a database at both ends.

    Args:
        source: The source.
        target: Aurora.
        wanted: The source's entries.
        there: Aurora's entries.
        keepers: The roles that may connect to Aurora until the cutover.
        environment: The environment's name, for messages.
        control_schemas: The schemas in which DMS keeps tables of its own in Aurora.
    """

    source: Side
    target: Side
    wanted: tuple[Entry, ...]
    there: tuple[Entry, ...]
    keepers: tuple[str, ...]
    environment: str = "ENV"
    control_schemas: tuple[str, ...] = ()

    @property
    def placed(self) -> tuple[Placed, ...]:
        """When each of the source's entries is made."""
        return place(self.wanted, keys=self.source.keys, extensions=self.target.extensions)
