"""Whether what is written in Aurora can be carried back to the source after the cutover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.check.source.subject import column_name
from ferry.check.source.verdict import Check, Verdict, fine, warns
from ferry.check.source.words import listed
from ferry.mappings import Mappings, TableName
from ferry.words import counted
from settings.way_back import NoWayBack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.source.subject import Subject


def mapping(subject: Subject) -> Iterator[Verdict]:
    """Whether the file asks for a way back, and each task has one."""
    if not subject.dms.rollback:
        yield fine(
            f"The file asks for no way back. Recommended: rollback = true in [dms] of {subject.file}, "
            "before the tasks start. Without it, what is written in Aurora after the cutover stays there."
        )
        return
    for task, database, found in subject.environment.migration.ways_back:
        if database == subject.database and isinstance(found, NoWayBack):
            yield warns(
                f"Task {task.name} has no way back: its {found.setting} {found.why}.",
                why="What is written to its tables in Aurora after the cutover stays there.",
                remedy="Carry such tables by a task of their own, so that the others can go back; then "
                f"deploy {subject.environment.name}.",
            )


def columns(subject: Subject) -> Iterator[Verdict]:
    """Whether the source computes the columns that stay behind both ways."""
    if not subject.dms.rollback:
        return
    lost = [
        (relation, column)
        for relation in subject.carried
        for task in subject.tasks_of[relation.oid]
        for column in subject.catalog.columns_of(relation)
        if not column.generated
        and Mappings.of(task).target_column(TableName(relation.schema, relation.name), column.name)
        is None
    ]
    if lost:
        yield warns(
            f"{counted(len(lost), 'column')} that the tasks remove, and the source does not compute: "
            f"{listed(column_name(*each) for each in lost)}.",
            why="Rows that are made in Aurora come back with the column's default or NULL; where it is "
            "NOT NULL and has no default, they do not come back.",
            remedy="Carry the column, or give it at the source what it is to be: ALTER TABLE "
            f"{lost[0][0].sql} ALTER COLUMN ... SET DEFAULT ...;",
        )


TITLE: Final = "The way back"
CHECKS: Final = (
    Check(
        name="way-back",
        title="Whether each task has a way back",
        good="Each task has a way back.",
        judge=mapping,
    ),
    Check(
        name="way-back-columns",
        title="Whether the source computes what stays behind on the way back",
        good="No column is missing on the way back, or none is asked for.",
        judge=columns,
    ),
)
