"""What no command does: what administrators do, as docs/sources.md and docs/migration.md tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.rehearsal.database import Database


def let_dms_in(source: Database, schemas: Iterable[str], *, dms_user: str) -> None:
    """Let DMS's user read the source's tables."""
    for schema in schemas:
        source.run(
            f"grant usage on schema {schema} to {dms_user}",
            f"grant select on all tables in schema {schema} to {dms_user}",
        )


def let_dms_back(source: Database, *, dms_user: str, operator: str) -> None:
    """Let DMS's user of the way back keep triggers and foreign keys from what it writes.

    What it makes in the control schema is its own: ferry reads and drops it as a member.
    """
    source.run(
        f"grant set on parameter session_replication_role to {dms_user}",
        f"grant {dms_user} to {operator}",
    )


def give_password(target: Database, role: str, password: str) -> None:
    """Give a role a password in Aurora, to which none is carried."""
    target.run(f"alter role {role} password '{password}'")
