"""What ferry keeps in the migrated databases: a schema of its own, at the source and in Aurora.

Its tables are made on both sides, and nobody but ferry and DMS has a right to them. PostgreSQL folds
names without quotes to lower case and takes a hyphen for a minus, so that SQL quotes these always
(https://www.postgresql.org/docs/15/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.table_patterns import literal, overlap

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA: Final = "ferry"
"""The schema, of the same name at both ends: no transformation of a task may touch it."""

ACCESS: Final = "access"
"""The table that remembers who may connect to a database, before it is closed."""

JOURNAL: Final = "journal"
"""The table of the steps of a cutover that were begun and done, and of what cannot be found again."""

ACCESS_COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("database", "text primary key"),
    ("acl", "text"),
    ("at", "timestamptz not null"),
)
"""A database, its `pg_database.datacl` as text, NULL where it has the defaults, and when it was saved:
at the source what it had, in Aurora what it is to have after the cutover."""

JOURNAL_COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("id", "text primary key"),
    ("run", "text not null"),
    ("at", "timestamptz not null"),
    ("step", "text not null"),
    ("state", "text not null"),
    ("phase", "text"),
    ("detail", "jsonb not null"),
)
"""A record: its run and its number there, when it was written, the step, how far that is, and details:
names, rights and ids, never a value of a row or a secret. One record of a run has a phase, at the side
that the run closes: whoever changes it from `frozen` decides whether that is opened again or never."""

TABLES: Final[tuple[str, ...]] = (ACCESS, JOURNAL)
"""Ferry's tables besides the markers; no task carries them. None begins with `fence_`."""

MARKER_COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("id", "bigint primary key"),
    ("at", "timestamptz not null"),
)
"""A marker's columns, and what PostgreSQL makes of them. DMS takes neither for a LOB, and a row needs
nothing that the target would have to compute: no text, no identity, no default."""


def fence(task_name: str) -> str:
    """The marker table of a task, `fence_TASK`: what is written to it at the source arrives last.

    Each task of DMS reads changes through a replication slot of its own, so that a row that one has
    carried proves nothing of another: each task carries a marker of its own, and no other's. A
    task's name is of lower-case letters, digits and hyphens, 26 at most. As it is written here as it
    is, two tasks have two markers, of 32 of the 63 bytes that PostgreSQL allows; as no name has an
    underscore, what is put behind one (`fence_TASK_back`) is no other task's marker.

    Args:
        task_name: The task's name in the environment's file.
    """
    return f"fence_{task_name}"


def fence_back(task_name: str) -> str:
    """The marker table of the task that carries a task's tables back, `fence_TASK_back`."""
    return f"{fence(task_name)}_back"


def left_out(included: Iterable[tuple[str, str]], *, beside: Iterable[str]) -> list[str]:
    """Ferry's tables that a task has to leave out by name, because its inclusions match them.

    Its own marker is never among them: AWS does not say whether an exclusion or an inclusion wins.

    Args:
        included: What the task includes, each as the patterns of the schema and of the table.
        beside: The markers of the other tasks that carry the same database.
    """
    patterns = [table for schema, table in included if overlap(schema, SCHEMA)]
    return sorted(
        it for it in (*TABLES, *beside) if any(overlap(table, literal(it)) for table in patterns)
    )
