"""What earlier tries left at both ends, and whether Aurora is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.dms import INTERCEPT_DDL, TABLES_BEGIN_WITH
from facts.ferry_schema import SCHEMA, TABLES, fence
from facts.identifiers import identifier, literal
from ferry.check.source.renamed import target_name
from ferry.check.source.subject import loads
from ferry.check.source.verdict import Check, Verdict, blocks, fine, warns
from ferry.check.source.words import listed, size
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog import Catalog
    from ferry.postgres.catalog.rows import Relation


def at_the_source(subject: Subject) -> Iterator[Verdict]:
    """Whether DMS's tables and triggers are there already, and ferry's."""
    catalog, settings = subject.catalog, subject.settings
    expected = set()
    if settings.capture_ddls:
        expected.add(settings.ddl_artifacts_schema)
    if settings.heartbeat.enabled:
        expected.add(settings.heartbeat.schema_name)
    found = [
        each
        for each in catalog.relations
        if each.name.startswith(TABLES_BEGIN_WITH) and each.schema not in expected
    ]
    if found:
        yield warns(
            f"{counted(len(found), 'table')} of DMS's at the source, of another task: "
            f"{listed(each.sql for each in found)}.",
            why="A task that ended long ago may have left them; their trigger still runs for each DDL.",
            remedy=f"If no task uses them: DROP EVENT TRIGGER IF EXISTS {INTERCEPT_DDL}; "
            f"{_dropped(found)}",
        )
    if not settings.capture_ddls and any(
        each.name == INTERCEPT_DDL for each in catalog.event_triggers
    ):
        yield warns(
            f"The event trigger {INTERCEPT_DDL} is at the source, and this file captures no DDL.",
            why="It runs for each DDL of the applications, and fails where they may not write to its "
            "table.",
            remedy=f"If no other task uses it: DROP EVENT TRIGGER {INTERCEPT_DDL};",
        )
    yield from _ferrys(subject, catalog.relations.rows, "the source")


def _dropped(found: list[Relation]) -> str:
    """The statement that drops DMS's tables, all of them: each of a task's may stop the next one."""
    return f"DROP TABLE {', '.join(each.sql for each in found)};"


def _ferrys(subject: Subject, relations: tuple[Relation, ...], where: str) -> Iterator[Verdict]:
    """Whether schema ferry holds what is no table of ferry's."""
    known = {*TABLES, *(fence(task.name) for task in subject.environment.tasks)}
    known |= {f"{name}_back" for name in known}
    others = [each.sql for each in relations if each.schema == SCHEMA and each.name not in known]
    if others:
        yield warns(
            f"Schema {SCHEMA} at {where} holds {counted(len(others), 'table')} that this file's tasks "
            f"do not use: {listed(others)}.",
            why="They are of another task or environment, or somebody else's.",
            remedy="Leave them where another environment uses them; otherwise drop them.",
        )


def in_aurora(subject: Subject) -> Iterator[Verdict]:
    """Whether DMS's tables are in Aurora already: some of them stop a task.

    A table or index of `awsdms_validation_failures_v2` that is there fails a task within seconds.
    """
    relations = list(subject.aurora.relations)
    own = {task.control_schema for task in subject.tasks}
    found = [each for each in relations if each.name.startswith(TABLES_BEGIN_WITH)]
    used = [each for each in found if subject.are_these_tasks(each.schema)]
    left = [each for each in found if each not in used]
    strange = [each for each in left if each.schema not in own]
    mine = [each for each in left if each.schema in own]
    if used:
        yield fine(
            f"{counted(len(used), 'table')} of DMS's in {listed(sorted({each.schema for each in used}))}: "
            "these tasks' own, which have run."
        )
    if strange:
        yield warns(
            f"{counted(len(strange), 'table')} of DMS's in Aurora outside of {listed(sorted(own))}: "
            f"{listed(each.sql for each in strange)}.",
            why="They are of other tasks, and have stopped new ones ('relation already exists').",
            remedy=f"If no task uses this database now: {_dropped(strange)}",
        )
    if mine:
        yield warns(
            f"{counted(len(mine), 'table')} of DMS's in {listed(sorted(own))}: "
            f"{listed(each.sql for each in mine)}.",
            why="They are these tasks' own, once they have run; left by tasks that were deleted, they "
            "stop new ones.",
            remedy=f"Before the first start of new tasks: {_dropped(mine)} Otherwise leave them.",
        )
    yield from _ferrys(subject, tuple(relations), "Aurora")
    yield from _readers_and_writers(subject.aurora)


def _readers_and_writers(aurora: Catalog) -> Iterator[Verdict]:
    """Whether somebody else reads Aurora's changes, or brings it others'."""
    idle = [each for each in aurora.slots if not each.is_active]
    if idle:
        yield warns(
            f"{counted(len(idle), 'replication slot')} in Aurora without a reader: "
            f"{listed(f'{each.name} ({size(each.kept_bytes or 0)})' for each in idle)}.",
            why="They keep Aurora's WAL, are wanting when the way back makes its own, and stop a later "
            "major upgrade.",
            remedy="Of what nobody needs, and no stopped task of DMS's: SELECT "
            f"pg_drop_replication_slot({literal(idle[0].name)}); in Aurora.",
        )
    if nodes := list(aurora.pglogical_nodes):
        yield warns(
            f"pglogical is in use in Aurora: {counted(len(nodes), 'node')} {listed(nodes)}.",
            why="What it brings is written beside what DMS brings, and it stops a later major upgrade.",
            remedy="See what it is for; what is not needed any more: SELECT pglogical.drop_node("
            f"{literal(nodes[0])}); in Aurora.",
        )
    if subscriptions := [each.name for each in aurora.subscriptions if each.is_enabled]:
        yield warns(
            f"{counted(len(subscriptions), 'subscription')} in Aurora: {listed(subscriptions)}.",
            why="What they bring is written beside what DMS brings: rows twice, or duplicate keys.",
            remedy=f"In Aurora: ALTER SUBSCRIPTION {identifier(subscriptions[0])} DISABLE;",
        )


def emptiness(subject: Subject) -> Iterator[Verdict]:
    """Whether the tables that are loaded are there, and empty."""
    there = {
        (each.schema, each.name): each for each in subject.aurora.relations if each.kind in "rp"
    }
    filled: list[Relation] = []
    missing: list[str] = []
    for relation in subject.carried:
        for task in subject.tasks_of[relation.oid]:
            names = target_name(task, relation.schema, relation.name)
            table = there.get(names)
            if table is None:
                missing.append(".".join(map(identifier, names)))
            elif (
                loads(task)
                and not subject.has_run(task)
                and task.target_table_preparation_mode == "DO_NOTHING"
                and (table.live or table.rows > 0 or table.pages)
            ):
                filled.append(table)
    if missing:
        told = blocks if len(missing) < len(subject.carried) else warns
        yield told(
            f"{counted(len(missing), 'table')} not in Aurora: {listed(missing)}.",
            why="DMS makes them itself, with its own types and no defaults, or fails.",
            remedy=f"ferry schema {subject.environment.name} before-load",
        )
    if filled:
        yield warns(
            f"{counted(len(filled), 'table')} in Aurora with rows: "
            f"{listed(each.sql for each in filled)}.",
            why='With target_table_preparation_mode = "DO_NOTHING" a load adds to them: duplicate keys, or '
            "rows twice. If these tasks have loaded them, all is well.",
            remedy=f"TRUNCATE {filled[0].sql}; and so on, before the load.",
        )
    if not missing and not filled:
        ran = [task.name for task in subject.tasks if subject.has_run(task)]
        state = f"and task {listed(ran)} has run" if ran else "and empty"
        yield fine(f"{counted(len(subject.carried), 'table')} in Aurora, {state}.")


TITLE: Final = "Leftovers"
CHECKS: Final = (
    Check(
        name="leftovers-source",
        title="What earlier tries left at the source",
        good="Nothing is left of earlier tries at the source.",
        judge=at_the_source,
    ),
    Check(
        name="leftovers-aurora",
        title="What earlier tries left in Aurora",
        good="Nothing is left of earlier tries in Aurora.",
        judge=in_aurora,
    ),
    Check(
        name="aurora-tables",
        title="Whether Aurora's tables are there, and empty",
        good="Aurora's tables are there, and empty.",
        judge=emptiness,
    ),
)
