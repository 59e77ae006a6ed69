"""Whether large objects arrive: DMS carries text, bytea, json, arrays and their like apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.identifiers import identifier
from ferry.check.source.renamed import target_sql
from ferry.check.source.subject import column_name, looks_up
from ferry.check.source.verdict import Check, Verdict, blocks, warns
from ferry.check.source.words import listed
from ferry.mappings.columns import is_array, is_lob
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Column, Relation


def without_key(subject: Subject) -> Iterator[Verdict]:
    """Whether tables without a key hold large objects.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, and
    https://github.com/matrix-org/synapse/issues/15583 for what happens.
    """
    found = [
        (relation, column)
        for relation, column in subject.columns
        if is_lob(column) and not subject.has_key(relation) and relation.kind == "r"
    ]
    arrays = [each for each in found if is_array(each[1])]
    others = [each for each in found if not is_array(each[1])]
    if arrays:
        relation, _ = arrays[0]
        yield blocks(
            f"{counted(len(arrays), 'array')} in tables without a primary key: "
            f"{listed(column_name(*each) for each in arrays)}.",
            why="DMS suspends such a table in the full load: it stays empty, and the task runs on.",
            remedy=f"ALTER TABLE {relation.sql} ADD PRIMARY KEY (...);",
        )
    if others:
        relation, _ = others[0]
        yield blocks(
            f"{counted(len(others), 'LOB column')} in tables without a primary key: "
            f"{listed(column_name(*each) for each in others)}.",
            why="DMS takes such a column out of the table, and only a line of the task's log says so: "
            "it is NULL in Aurora.",
            remedy=f"ALTER TABLE {relation.sql} ADD PRIMARY KEY (...);",
        )


def not_null(subject: Subject) -> Iterator[Verdict]:
    """Whether large objects that are looked up are NOT NULL.

    Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.AssessmentReport.Assessments.All.html,
    full-lob-not-nullable-at-target
    """
    found = [
        (relation, column)
        for relation, column in subject.columns
        if column.not_null
        and is_lob(column)
        and any(looks_up(task, relation) for task in subject.tasks_of[relation.oid])
    ]
    if found:
        relation, column = found[0]
        looking = next(task for task in subject.tasks_of[relation.oid] if looks_up(task, relation))
        tasks = listed(
            task.name
            for relation, _ in found
            for task in subject.tasks_of[relation.oid]
            if looks_up(task, relation)
        )
        yield blocks(
            f"{counted(len(found), 'LOB column')} both NOT NULL and looked up: "
            f"{listed(column_name(*each) for each in found)}.",
            why=f"Task {tasks} carries them in lob_mode full or inline: it inserts the row with NULL, and "
            "updates it when it has looked the object up. Aurora refuses the row.",
            remedy=f"In Aurora, until the cutover: ALTER TABLE {target_sql(looking, relation)} ALTER COLUMN "
            f'{identifier(column.name)} DROP NOT NULL; or set lob_mode = "limited" in {subject.file}.',
        )


def limit(subject: Subject) -> Iterator[Verdict]:
    """Which large objects have to be below a limit; what is measured, `rows` judges."""
    if subject.measured is not None:
        return
    for task in subject.tasks:
        bound: list[tuple[Relation, Column]] = [
            (relation, column)
            for relation, column in subject.columns
            if task in subject.tasks_of[relation.oid]
            and is_lob(column)
            and not looks_up(task, relation)
        ]
        if bound:
            tables = {relation.oid: relation for relation, _ in bound}
            largest = sorted(tables.values(), key=lambda each: -each.pages)
            yield warns(
                f"Task {task.name} carries {counted(len(bound), 'LOB column')} of "
                f"{counted(len(tables), 'table')} up to {task.lob_max_size_kb} KB; the largest "
                f"tables are {listed(each.sql for each in largest)}.",
                why="One larger value fails the task. The catalogs do not say how large they are; DMS "
                "counts two bytes a character, or four.",
                remedy=f"Measure: ferry check source {subject.environment.name} --deep",
            )


TITLE: Final = "Large objects"
CHECKS: Final = (
    Check(
        name="lob-without-key",
        title="Large objects in tables without a key",
        good="No table without a primary key holds large objects.",
        judge=without_key,
    ),
    Check(
        name="lob-not-null",
        title="Large objects that are NOT NULL",
        good="No large object that is NOT NULL is looked up.",
        judge=not_null,
    ),
    Check(
        name="lob-limit",
        title="The limit of large objects",
        good="No large object has to be below a limit.",
        judge=limit,
    ),
)
