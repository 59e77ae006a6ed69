"""Whether DMS finds the rows that are changed: keys, replica identities, constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.identifiers import identifier
from ferry.check.source.subject import column_name, looks_up, reads_changes
from ferry.check.source.verdict import Check, Verdict, blocks, fine, warns
from ferry.check.source.words import listed
from ferry.mappings.columns import is_lob
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Column, Relation

PGLOGICAL: Final = "pglogical"


def primary_key(subject: Subject) -> Iterator[Verdict]:
    """Whether every table has a key by which changes are applied."""
    keyless = [each for each in subject.changing if not subject.has_key(each)]
    keyless = [each for each in keyless if each.kind == "r"]
    changed = [each for each in keyless if each.updated or each.deleted]
    others = [each for each in keyless if each not in changed]
    why = (
        "DMS carries no UPDATE and no DELETE of a table without a primary key and says nothing of it, "
        "nor does it validate it; a deferrable key is none to it."
    )
    for found, told, more in (
        (changed, blocks, "with rows that are updated or deleted"),
        (others, warns, "of which no UPDATE or DELETE was counted"),
    ):
        if found:
            yield told(
                f"{counted(len(found), 'table')} without a primary key, {more}: "
                f"{listed(each.sql for each in found)}.",
                why=why,
                remedy=f"ALTER TABLE {found[0].sql} ADD PRIMARY KEY (...); with NOT NULL columns of a "
                "unique index: ADD PRIMARY KEY USING INDEX, which is quick. Or carry the table by "
                "full load alone, when its writers are stopped.",
            )


def lob_key(subject: Subject) -> Iterator[Verdict]:
    """Whether keys are of types that DMS takes for large objects.

    Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.AssessmentReport.PG.html, pk-lob
    """
    keys: list[tuple[Relation, Column]] = []
    for relation in subject.changing:
        key = subject.catalog.primary_key(relation)
        numbers = key.columns if key else ()
        keys += [
            (relation, column)
            for column in subject.catalog.columns_of(relation)
            if column.number in numbers and is_lob(column)
        ]
    needed = [each for each in keys if _finds_rows_by_key(subject, each[0])]
    others = [each for each in keys if each not in needed]
    for found, told, more in (
        (needed, blocks, "of tables whose rows are updated, deleted or looked up"),
        (others, warns, "of tables of which no UPDATE or DELETE was counted"),
    ):
        if found:
            relation, column = found[0]
            yield told(
                f"{counted(len(found), 'primary key column')} that DMS takes for a large object, {more}: "
                f"{listed(column_name(*each) for each in found)}.",
                why="DMS does not support a primary key of text, or of varchar without a length: changed "
                "rows are not found, and the table is not validated.",
                remedy=f"ALTER TABLE {relation.sql} ALTER COLUMN {identifier(column.name)} TYPE "
                "varchar(...); up to 1023 characters are validated. It rewrites the table under a lock. Or "
                "carry the table by full load alone, when its writers are stopped.",
            )


def _finds_rows_by_key(subject: Subject, relation: Relation) -> bool:
    """Whether DMS has to find rows of a table: to change them, or to look up their large objects."""
    changed = bool(relation.updated or relation.deleted)
    return changed or any(looks_up(task, relation) for task in subject.tasks_of[relation.oid])


def replica_identity(subject: Subject) -> Iterator[Verdict]:
    """Whether WAL holds the key of what is updated and deleted.

    Source: https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY
    """
    keyed = [each for each in subject.changing if each.kind == "r" and subject.has_key(each)]
    by_index = {
        each.oid: next(
            (one for one in subject.catalog.indexes_of(each) if one.is_replica_identity), None
        )
        for each in keyed
        if each.replica_identity == "i"
    }
    nothing = [
        each
        for each in keyed
        if each.replica_identity == "n" or by_index.get(each.oid, True) is None
    ]
    other = [each for each in keyed if (index := by_index.get(each.oid)) and not index.is_primary]
    every = [each for each in subject.changing if each.replica_identity == "f"]
    if nothing:
        yield blocks(
            f"{counted(len(nothing), 'table')} with REPLICA IDENTITY NOTHING, or of an index that is "
            "gone: "
            f"{listed(each.sql for each in nothing)}.",
            why="WAL does not say which row was deleted, or which key was changed: DMS carries neither.",
            remedy=f"ALTER TABLE {nothing[0].sql} REPLICA IDENTITY DEFAULT;",
        )
    if other:
        yield warns(
            f"{counted(len(other), 'table')} with REPLICA IDENTITY USING INDEX: "
            f"{listed(each.sql for each in other)}.",
            why="WAL holds that index's columns of a deleted row, and not the primary key by which DMS "
            "deletes.",
            remedy=f"ALTER TABLE {other[0].sql} REPLICA IDENTITY DEFAULT; if nobody else reads it.",
        )
    if every and subject.settings.plugin_name == PGLOGICAL:
        yield blocks(
            f"{counted(len(every), 'table')} with REPLICA IDENTITY FULL: "
            f"{listed(each.sql for each in every)}.",
            why="DMS does not support it with pglogical.",
            remedy=f"ALTER TABLE {every[0].sql} REPLICA IDENTITY DEFAULT; or set source.plugin_name = "
            f'"test_decoding" in {subject.file}.',
        )
    elif every:
        yield fine(
            f"{counted(len(every), 'table')} with REPLICA IDENTITY FULL: more WAL, and no harm: "
            f"{listed(each.sql for each in every)}."
        )


def batch_apply(subject: Subject) -> Iterator[Verdict]:
    """Whether tables of tasks that apply in batches have one unique index, and no further.

    Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.AssessmentReport.PG.html,
    batch-apply-target-pk-ui-absence and batch-apply-target-pk-ui-simultaneously
    """
    for task in subject.tasks:
        if not task.batch_apply or not reads_changes(task):
            continue
        unique = {
            relation: sum(index.is_unique for index in subject.catalog.indexes_of(relation))
            for relation in subject.carried
            if task in subject.tasks_of[relation.oid] and relation.kind == "r"
        }
        without = [relation for relation, count in unique.items() if not count]
        several = [relation for relation, count in unique.items() if count > 1]
        if without:
            yield warns(
                f"Task {task.name} applies in batches, to {counted(len(without), 'table')} without a "
                f"unique index: {listed(each.sql for each in without)}.",
                why="DMS does not apply their changes in batches: one by one they hold up the task.",
                remedy=f"Set batch_apply = false for the task in {subject.file}, or ALTER TABLE "
                f"{without[0].sql} ADD PRIMARY KEY (...);",
            )
        if several:
            yield warns(
                f"Task {task.name} applies in batches, to {counted(len(several), 'table')} with further "
                f"unique indexes: {listed(each.sql for each in several)}.",
                why="A batch holds the last state of each row, in no order: a value that moves from "
                "one row to another violates the unique index, and DMS falls back to one by one, or "
                "leaves the row out.",
                remedy=f"Set batch_apply = false for the task in {subject.file}, or make these indexes "
                "in Aurora when the changes are applied.",
            )


def deferrable(subject: Subject) -> Iterator[Verdict]:
    """Whether constraints are checked at the end of transactions alone.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, limitations
    """
    found = [
        (relation, constraint)
        for relation in subject.changing
        for constraint in subject.catalog.constraints_of(relation)
        if constraint.is_deferrable
    ]
    unique = [(relation, one) for relation, one in found if one.kind != "f"]
    if unique:
        yield warns(
            f"{counted(len(unique), 'deferrable constraint')}: "
            f"{listed(f'{one.name} of {relation.sql}' for relation, one in unique)}.",
            why="DMS does not support them: it applies row by row, and a value that passes from one row "
            "to another within a transaction violates the constraint in between.",
            remedy="Make them in Aurora as INITIALLY DEFERRED, or when the changes are applied; "
            "verify the tables.",
        )


def coalesce(subject: Subject) -> Iterator[Verdict]:
    """Whether a unique index has coalesce in it, whose table DMS refuses.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, limitations
    """
    found = [
        (relation, index)
        for relation in subject.carried
        for index in subject.catalog.indexes_of(relation)
        if index.is_unique and "coalesce" in index.expressions.lower()
    ]
    if found:
        yield blocks(
            f"{counted(len(found), 'unique index', 'unique indexes')} with coalesce: "
            f"{listed(f'{index.name} of {relation.sql}' for relation, index in found)}.",
            why="AWS says that DMS does not support replicating such a table.",
            remedy=f"DROP INDEX {identifier(found[0][0].schema)}.{identifier(found[0][1].name)}; until "
            "the cutover, and make it in Aurora before it. Meanwhile nothing keeps doubles out: try out first "
            "whether your version of DMS carries the table.",
        )


def invalid(subject: Subject) -> Iterator[Verdict]:
    """Whether an index was left by a build that failed."""
    found = [
        (relation, index)
        for relation in subject.carried
        for index in subject.catalog.indexes_of(relation)
        if not index.is_valid
    ]
    if found:
        relation, index = found[0]
        yield warns(
            f"{counted(len(found), 'invalid index', 'invalid indexes')}: "
            f"{listed(f'{each.name} of {table.sql}' for table, each in found)}.",
            why="A dump of the schema has them as good ones: in Aurora a unique one may not be built.",
            remedy=f"REINDEX INDEX CONCURRENTLY {identifier(relation.schema)}."
            f"{identifier(index.name)}; or drop it.",
        )


TITLE: Final = "Keys"
CHECKS: Final = (
    Check(
        name="primary-key",
        title="The tables' primary keys",
        good="Every table whose changes are carried has a primary key.",
        judge=primary_key,
    ),
    Check(
        name="lob-key",
        title="The types of primary keys",
        good="No primary key is a large object to DMS.",
        judge=lob_key,
    ),
    Check(
        name="replica-identity",
        title="The tables' replica identities",
        good="WAL holds the keys of changed rows.",
        judge=replica_identity,
    ),
    Check(
        name="batch-apply",
        title="The unique indexes of tables to which batches are applied",
        good="Each table to which a task applies in batches has one unique index.",
        judge=batch_apply,
    ),
    Check(
        name="deferrable-constraints",
        title="Deferrable constraints",
        good="No unique constraint is deferrable.",
        judge=deferrable,
    ),
    Check(
        name="coalesce-indexes",
        title="Unique indexes with coalesce",
        good="No unique index has coalesce in it.",
        judge=coalesce,
    ),
    Check(
        name="invalid-indexes",
        title="Invalid indexes",
        good="No index is invalid.",
        judge=invalid,
    ),
)
