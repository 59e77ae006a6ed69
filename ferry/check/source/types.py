"""Whether DMS carries the columns' types, and PostgreSQL takes what it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.dms_types import MAX_NUMERIC_PRECISION, NOT_MIGRATED, SPATIAL, UNKNOWN_TO_DMS
from facts.identifiers import identifier
from facts.table_patterns import literal
from ferry.check.source.edits import OfDms
from ferry.check.source.subject import by_task, column_name, of_tasks
from ferry.check.source.verdict import Check, Verdict, blocks, warns
from ferry.check.source.words import listed
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Column, Relation

_KINDS: Final = {"c": "composite", "e": "enum", "m": "multirange", "r": "range"}
"""Kinds of types that AWS says do not migrate, by `typtype`."""


def not_carried(subject: Subject) -> Iterator[Verdict]:
    """Whether there are types that AWS says do not migrate, or says nothing of."""
    named = [each for each in subject.columns if _kind(each[1])]
    unknown = [each for each in subject.columns if each[1].base.lstrip("_") in UNKNOWN_TO_DMS]
    if named:
        kinds = listed(sorted({_kind(column) for _, column in named}))
        yield warns(
            f"{counted(len(named), 'column')} of types that AWS says do not migrate ({kinds}): "
            f"{listed(column_name(*each) for each in named)}.",
            why="DMS carries most of them as text, and PostgreSQL reads it back where the table is there "
            "already; AWS promises nothing.",
            remedy="Make the tables in Aurora before the load, rehearse with a copy, and verify these "
            "tables.",
        )
    if unknown:
        yield warns(
            f"{counted(len(unknown), 'column')} of types that AWS's lists do not have: "
            f"{listed(f'{column_name(*each)} ({each[1].type})' for each in unknown)}.",
            why="Nobody says whether DMS carries them. Oids, xids and reg types mean another thing in "
            "another server besides.",
            remedy="Rehearse with a copy, or leave the columns behind and fill them in Aurora.",
        )


def _kind(column: Column) -> str:
    base = column.base.lstrip("_")
    return base if base in NOT_MIGRATED else _KINDS.get(column.type_kind, "")


def spatial(subject: Subject) -> Iterator[Verdict]:
    """Whether there are PostGIS's types.

    Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.AssessmentReport.PG.html,
    postgis-data-type
    """
    found = [each for each in subject.columns if each[1].base.lstrip("_") in SPATIAL]
    if found:
        yield warns(
            f"{counted(len(found), 'column')} of PostGIS: "
            f"{listed(column_name(*each) for each in found)}.",
            why="DMS carries them only where PostGIS is installed at both ends before the load, and as "
            "large objects.",
            remedy="In Aurora: CREATE EXTENSION postgis; of a version that is not older. Rehearse with a "
            "copy.",
        )


def numerics(subject: Subject) -> Iterator[Verdict]:
    """Whether numbers have more digits than DMS carries."""
    unbounded = [
        each for each in subject.columns if each[1].base == "numeric" and each[1].modifier == -1
    ]
    wide = [
        each
        for each in subject.columns
        if each[1].base == "numeric"
        and each[1].modifier != -1
        and _precision(each[1].modifier) > MAX_NUMERIC_PRECISION
    ]
    if unbounded and subject.dms.map_unbounded_numeric_as_string:
        yield warns(
            f"{counted(len(unbounded), 'column')} of numeric without precision, carried as text: "
            f"{listed(column_name(*each) for each in unbounded)}.",
            why="AWS says that changes are still carried with 28 digits, and more than 1,000 characters "
            "are cut.",
            remedy="Verify these tables, or give the columns a precision: ALTER TABLE "
            f"{unbounded[0][0].sql} ALTER COLUMN {identifier(unbounded[0][1].name)} TYPE "
            "numeric(p, s); which rewrites the table under a lock.",
        )
    elif unbounded:
        yield blocks(
            f"{counted(len(unbounded), 'column')} of numeric without precision: "
            f"{listed(column_name(*each) for each in unbounded)}.",
            why="DMS takes them for numeric(28,6): what has more than six decimals is rounded without a "
            "word.",
            remedy=f"Set dms.map_unbounded_numeric_as_string = true in {subject.file}.",
            edits=[OfDms(key="map_unbounded_numeric_as_string", value=True)],
        )
    if wide:
        yield warns(
            f"{counted(len(wide), 'column')} of numeric with more than {MAX_NUMERIC_PRECISION} digits: "
            f"{listed(column_name(*each) for each in wide)}.",
            why="DMS carries them as text.",
            remedy="Rehearse with a copy, and verify these tables.",
        )


def _precision(modifier: int) -> int:
    """Source: https://www.postgresql.org/docs/15/datatype-numeric.html; numerictypmodin of the server."""
    return (modifier - 4) >> 16 & 0xFFFF


def generated(subject: Subject) -> Iterator[Verdict]:
    """Whether generated columns are carried, which PostgreSQL refuses to be told."""
    found = [each for each in subject.columns if each[1].generated]
    if found:
        removals = of_tasks(
            subject,
            "transformations",
            ((relation, _removal(relation, column)) for relation, column in found),
        )
        yield blocks(
            f"{counted(len(found), 'generated column')}: "
            f"{listed(column_name(*each) for each in found)}.",
            why="DMS names them in COPY and INSERT, and PostgreSQL refuses that: the table fails.",
            remedy=f"Add to transformations of {by_task(subject, removals)}. Aurora computes it.",
            edits=removals,
        )


def _removal(relation: Relation, column: Column) -> dict[str, str]:
    """The transformation that leaves a column behind, and no other."""
    return {
        "target": "column",
        "action": "remove-column",
        "schema": literal(relation.schema),
        "table": literal(relation.name),
        "column": literal(column.name),
    }


def large_objects(subject: Subject) -> Iterator[Verdict]:
    """Whether there are large objects of PostgreSQL's own, which only oids point at.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, limitations
    """
    [counts] = subject.catalog.counts
    if counts.large_objects:
        oids = [
            column_name(relation, column)
            for relation, column in subject.columns
            if column.base in {"oid", "lo"}
        ]
        where = f" Columns that may point at them: {listed(oids)}." if oids else ""
        yield blocks(
            f"The database holds {counted(counts.large_objects, 'large object')} (pg_largeobject)."
            f"{where}",
            why="DMS carries the numbers that point at them, and not the objects.",
            remedy="Move them into bytea columns (lo_get), carry them by pg_dump --large-objects when the "
            "writers are stopped, or remove those that nothing points at (vacuumlo).",
        )


TITLE: Final = "Types"
CHECKS: Final = (
    Check(
        name="types",
        title="Whether DMS carries the columns' types",
        good="AWS says that all types of the columns migrate.",
        judge=not_carried,
    ),
    Check(
        name="spatial-types",
        title="PostGIS's types",
        good="No column is of PostGIS.",
        judge=spatial,
    ),
    Check(
        name="numerics",
        title="Numerics without precision",
        good="Every numeric has a precision that DMS carries.",
        judge=numerics,
    ),
    Check(
        name="generated-columns",
        title="Generated columns",
        good="No generated column is carried.",
        judge=generated,
    ),
    Check(
        name="large-objects",
        title="Large objects of PostgreSQL's own",
        good="There are no large objects in pg_largeobject.",
        judge=large_objects,
    ),
)
