"""What no command does: what the source's administrator does, as docs/sources.md tells him."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.rehearsal.shop import SCHEMAS

if TYPE_CHECKING:
    from harness.rehearsal.database import Database


def let_dms_in(source: Database, *, dms_user: str) -> None:
    """Let DMS's user read the source's tables."""
    for schema in SCHEMAS:
        source.run(
            f"grant usage on schema {schema} to {dms_user}",
            f"grant select on all tables in schema {schema} to {dms_user}",
        )
