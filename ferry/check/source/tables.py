"""Whether tables of special kinds arrive: partitioned, inherited, unlogged, views, sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.dms import TABLES_BEGIN_WITH
from facts.identifiers import identifier
from ferry.check.source.renamed import target_sql
from ferry.check.source.subject import by_task, left_out, of_tasks, reads_changes
from ferry.check.source.verdict import Check, Verdict, blocks, fine, warns
from ferry.check.source.words import listed
from ferry.postgres.catalog import UnreadError
from ferry.words import counted
from settings.notation import toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Relation, Sequence

_NEAR_THE_END: Final = 0.8
_ENDS: Final = {"int2": 2**15 - 1, "int4": 2**31 - 1}
"""The greatest values of a column. Source: https://www.postgresql.org/docs/15/datatype-numeric.html"""


def partitions(subject: Subject) -> Iterator[Verdict]:
    """Whether partitioned tables are carried by their partitions alone.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, "Working with
    partitioned tables": the parent is not to be selected.
    """
    children = _children(subject)
    roots = [each for each in subject.carried if each.kind == "p"]
    doubled = [
        root
        for root in roots
        if any(each.oid in subject.tasks_of for each in children.get(root.oid, ()))
    ]
    yield from _by_the_root(
        subject,
        doubled,
        how="root and its partitions",
        why="DMS reads the root and the partitions: each row is loaded twice, or the load fails with "
        "duplicate keys.",
        and_then="and make the same partitions in Aurora.",
        mends=True,
    )
    yield from _by_the_root(
        subject,
        [root for root in roots if root not in doubled],
        how="root alone",
        why="Changes bear the partitions' names in WAL, which no task carries: the load passes, and "
        "nothing after it arrives.",
        and_then="and select its partitions.",
        mends=False,
    )


def _by_the_root(
    subject: Subject, found: list[Relation], *, how: str, why: str, and_then: str, mends: bool
) -> Iterator[Verdict]:
    """Roots that are carried.

    Args:
        subject: The database.
        found: The roots.
        how: By what their rows are carried.
        why: What comes of it.
        and_then: What else is to be done.
        mends: Whether the file is right once the roots are left out: nothing else is to be chosen.
    """
    if found:
        exclusions = of_tasks(subject, "tables", ((root, left_out(root)) for root in found))
        yield blocks(
            f"{counted(len(found), 'partitioned table')} carried by the {how}: "
            f"{listed(each.sql for each in found)}.",
            why=why,
            remedy=f"Leave the root out of {by_task(subject, exclusions)}; {and_then}",
            edits=exclusions if mends else (),
        )


def inheritance(subject: Subject) -> Iterator[Verdict]:
    """Whether tables that others inherit from are carried, whose SELECT reads these too."""
    children = _children(subject)
    parents = [each for each in subject.carried if each.kind == "r" and each.oid in children]
    if parents:
        parent = parents[0]
        yield blocks(
            f"{counted(len(parents), 'table')} that others inherit from: "
            f"{listed(each.sql for each in parents)}.",
            why="DMS reads them without ONLY: the rows of the tables that inherit are loaded into the "
            "parent too.",
            remedy="Carry the tables that inherit, and leave the parent out if it holds no rows of its "
            f"own: {toml(left_out(parent))} in {subject.file}; or carry the parent's rows by pg_dump.",
        )


def _children(subject: Subject) -> Mapping[int, list[Relation]]:
    """The tables that are partitions of, or inherit from, another, by its oid; theirs are its too."""
    found: dict[int, list[Relation]] = {}
    by_oid = subject.catalog.by_oid
    for relation in subject.catalog.relations:
        above = list(relation.parents)
        while above:
            oid = above.pop()
            found.setdefault(oid, []).append(relation)
            if oid in by_oid:
                above += by_oid[oid].parents
    return found


def unlogged(subject: Subject) -> Iterator[Verdict]:
    """Whether tables leave no trace in WAL."""
    found = [each for each in subject.changing if each.persistence == "u"]
    if found:
        relation = found[0]
        yield blocks(
            f"{counted(len(found), 'unlogged table')}: {listed(each.sql for each in found)}.",
            why="Their changes are not in WAL: the load passes, and nothing after it arrives.",
            remedy=f"ALTER TABLE {relation.sql} SET LOGGED; which rewrites it under a lock; or leave it "
            "out, if what it holds can be lost.",
        )


def not_tables(subject: Subject) -> Iterator[Verdict]:
    """What is no table, and is not carried."""
    kinds = {
        "m": ("materialized view", "Refresh them in Aurora"),
        "f": ("foreign table", "Make them in Aurora, and see that it reaches what they lead to"),
    }
    for kind, (what, remedy) in kinds.items():
        found = [each for each in subject.catalog.relations if each.kind == kind]
        if found:
            yield warns(
                f"{counted(len(found), what)}: {listed(each.sql for each in found)}.",
                why="DMS does not carry them.",
                remedy=f"{remedy}, before the applications come.",
            )


def triggers(subject: Subject) -> Iterator[Verdict]:
    """Whether triggers and rules are set off by DMS's sessions, which are those of a replica."""
    by_oid = {relation.oid: relation for relation in subject.changing}
    found = [
        (by_oid[trigger.relation], trigger)
        for trigger in subject.catalog.triggers
        if trigger.relation in by_oid
    ]
    if found:
        relation, trigger = found[0]
        kinds = {each.kind.lower(): None for _, each in found}
        many = "triggers and rules" if len(kinds) > 1 else ""
        back = " With a way back those of the source are set off too, by what is carried back."
        yield warns(
            f"{counted(len(found), next(iter(kinds)), many)} ENABLE ALWAYS or REPLICA: "
            f"{listed(f'{each.name} of {table.sql}' for table, each in found)}.",
            why="They are set off in Aurora by each change that DMS applies, once more than at the source."
            f"{back if subject.dms.rollback else ''}",
            remedy="They are left for the window. Where Aurora has one already, until then: "
            f"ALTER TABLE {target_sql(subject.tasks_of[relation.oid][0], relation)} DISABLE {trigger.kind} "
            f"{identifier(trigger.name)};",
        )


def sequences(subject: Subject) -> Iterator[Verdict]:
    """Whether sequences are near their ends, and whose they are."""
    every = list(subject.catalog.sequences)
    last = subject.last_values
    if isinstance(last, UnreadError):
        raise last
    given = [(each, last.get(each.oid)) for each in every if not each.cycles]
    near = [
        (each, value)
        for each, value in given
        if value is not None and _used(each, value) > _NEAR_THE_END
    ]
    if near:
        sequence, _ = near[0]
        yield warns(
            f"{counted(len(near), 'sequence')} near the end: "
            f"{listed(f'{each.sql} ({_used(each, value):.0%})' for each, value in near)}.",
            why="The way back takes values too; at the end each INSERT fails.",
            remedy=_longer(subject, sequence),
        )
    free = [each for each in every if not each.table]
    if every:
        owned = f", {len(free):,} of them of no column" if free else ""
        yield fine(
            f"{counted(len(every), 'sequence')}{owned}; DMS carries none, a cutover sets all."
        )
    unread = [each for each in every if each.oid not in last]
    if unread:
        user = subject.catalog.server.user
        raise UnreadError(
            f"{user} may not read {counted(len(unread), 'sequence')}: "
            f"{listed(each.sql for each in unread)}.",
            f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA {identifier(unread[0].schema)} TO "
            f"{identifier(user)};",
        )


def _used(sequence: Sequence, last: int) -> float:
    """The share of a sequence's values that is given."""
    most = _most(sequence)
    span = most - sequence.least
    done = last - sequence.least if sequence.increment > 0 else most - last
    return done / span if span > 0 else 1.0


def _most(sequence: Sequence) -> int:
    """Its end, or that of its column: of sequences from before PostgreSQL 10 all are bigint."""
    return min(sequence.most, _ENDS.get(sequence.column_type, sequence.most))


def _longer(subject: Subject, sequence: Sequence) -> str:
    """How a sequence that is near its end goes on."""
    table = subject.catalog.by_oid.get(sequence.table)
    steps = []
    if table is not None and sequence.column_type in _ENDS:
        steps.append(
            f"ALTER TABLE {table.sql} ALTER COLUMN {identifier(sequence.column)} TYPE bigint; which "
            "rewrites the table under a lock;"
        )
    if sequence.increment < 0:
        steps.append(f"ALTER SEQUENCE {sequence.sql} AS bigint NO MINVALUE;")
    elif sequence.most == _most(sequence):
        steps.append(f"ALTER SEQUENCE {sequence.sql} AS bigint NO MAXVALUE;")
    return f"Before the migration: {' '.join(steps)}"


def ddl(subject: Subject) -> Iterator[Verdict]:
    """Whether event triggers of others react to what is done in the migration."""
    found = [
        each
        for each in subject.catalog.event_triggers
        if each.enabled != "D" and not each.name.startswith(TABLES_BEGIN_WITH)
    ]
    if found and any(map(reads_changes, subject.tasks)):
        yield warns(
            f"{counted(len(found), 'event trigger')}: "
            f"{listed(f'{each.name} ({each.event})' for each in found)}.",
            why="They fire when ferry makes its schema and DMS its table, and what they do may refuse it; "
            "a dump of the schema has them, and in Aurora only rds_superuser makes them.",
            remedy="See what they do. For that time: ALTER EVENT TRIGGER "
            f"{identifier(found[0].name)} DISABLE;",
        )


TITLE: Final = "Tables"
CHECKS: Final = (
    Check(
        name="partitions",
        title="Partitioned tables",
        good="Partitioned tables are carried by their partitions, or there are none.",
        judge=partitions,
    ),
    Check(
        name="inheritance",
        title="Tables that others inherit from",
        good="No table that is carried has others inherit from it.",
        judge=inheritance,
    ),
    Check(
        name="unlogged-tables",
        title="Unlogged tables",
        good="No table whose changes are carried is unlogged.",
        judge=unlogged,
    ),
    Check(
        name="other-relations",
        title="Materialized views and foreign tables",
        good="There are no materialized views and no foreign tables.",
        judge=not_tables,
    ),
    Check(
        name="triggers",
        title="Triggers and rules that DMS sets off too",
        good="Nothing is set off by what DMS applies.",
        judge=triggers,
    ),
    Check(
        name="event-triggers",
        title="Event triggers",
        good="No event trigger of others fires.",
        judge=ddl,
    ),
    Check(
        name="sequences",
        title="Sequences",
        good="There are no sequences.",
        judge=sequences,
    ),
)
