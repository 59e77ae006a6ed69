"""What no command does: what the administrators of both databases do, and the runbook tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.rehearsal.shop import SCHEMAS

if TYPE_CHECKING:
    from harness.rehearsal.database import Database

_CONTROL_SCHEMA = "awsdms_control"


def let_dms_in(source: Database, target: Database, *, dms_user: str) -> None:
    """Let DMS's user read the source, and make the schema of its own tables in Aurora."""
    for schema in SCHEMAS:
        source.run(
            f"grant usage on schema {schema} to {dms_user}",
            f"grant select on all tables in schema {schema} to {dms_user}",
        )
    target.run(f"create schema {_CONTROL_SCHEMA}")
