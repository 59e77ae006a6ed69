"""Whether DMS takes the names of schemas, tables and columns."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from facts.renames import RENAMES
from facts.table_patterns import matches
from ferry.check.source.subject import column_name
from ferry.check.source.verdict import Check, Verdict, blocks, warns
from ferry.check.source.words import listed
from ferry.mappings import renamed
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Relation
    from settings.table_mappings import Transformation

_LONGEST_BYTES: Final = 63
"""What PostgreSQL keeps of a name (NAMEDATALEN - 1). Source:
https://www.postgresql.org/docs/15/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"""

_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_$]*")
_SIGNS: Final = re.compile(r"[^A-Za-z0-9_$]")
_WITH_SIGNS: Final = 2


def case(subject: Subject) -> Iterator[Verdict]:
    """Whether names differ by case alone.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, limitations
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for relation in subject.carried:
        key = relation.schema.lower(), relation.name.lower()
        groups.setdefault(key, []).append(relation.sql)
    alike = [" and ".join(names) for names in groups.values() if len(names) > 1]
    if alike:
        yield blocks(
            f"Tables whose names differ by case alone: {listed(alike)}.",
            why="AWS says that DMS does not support them: rows of one may reach the other.",
            remedy="Rename one: ALTER TABLE ... RENAME TO ...; or carry it by pg_dump.",
        )


def odd(subject: Subject) -> Iterator[Verdict]:
    """Whether names need quotes."""
    tables = {
        each: worst
        for each in subject.carried
        if (worst := max(map(_oddness, (each.schema, each.name))))
    }
    columns = [(each, worst) for each in subject.columns if (worst := _oddness(each[1].name))]
    named = [(relation.sql, worst) for relation, worst in tables.items()]
    named += [(column_name(*each), worst) for each, worst in columns]
    signs = [shown for shown, worst in named if worst == _WITH_SIGNS]
    case = [shown for shown, worst in named if worst != _WITH_SIGNS]
    if signs:
        yield warns(
            f"{counted(len(signs), 'name')} with blanks, quotes, points or letters beyond A to Z: "
            f"{listed(signs)}.",
            why="DMS's rules and its SQL put names together as text; AWS promises nothing for such "
            "names.",
            remedy="Rehearse with a copy of these tables, and verify them.",
        )
    if case:
        yield warns(
            f"{counted(len(case), 'name')} with upper case, or a digit first: {listed(case)}.",
            why="DMS carries them, and has failed on some: in data.all#1754 a column of mixed case was "
            "NULL in every row.",
            remedy="Rehearse with a copy of these tables, and verify them.",
        )


@lru_cache(maxsize=100_000)
def _oddness(name: str) -> int:
    """0 of a plain name, 1 of one that needs quotes, 2 of one with other signs; columns repeat."""
    if _PLAIN.fullmatch(name):
        return 0
    return _WITH_SIGNS if _SIGNS.search(name) else 1


def longer(subject: Subject) -> Iterator[Verdict]:
    """Whether a transformation makes a name longer than PostgreSQL keeps."""
    for task in subject.tasks:
        for rule in task.transformations:
            if rule.action not in RENAMES or rule.target == "schema":
                continue
            found = [
                name
                for relation in subject.carried
                if task in subject.tasks_of[relation.oid]
                and matches(rule.schema_name, relation.schema)
                and matches(rule.table, relation.name)
                for name in _names(subject, relation, rule)
                if len(renamed(name, rule).encode()) > _LONGEST_BYTES
            ]
            if found:
                yield blocks(
                    f"{counted(len(found), 'name')} of task {task.name} longer than "
                    f"{_LONGEST_BYTES} bytes after {rule.action}: {listed(found)}.",
                    why="PostgreSQL cuts them: two may become one, and the table is not found.",
                    remedy=f"Take the transformation out of {subject.file}, or rename at the source.",
                )


def _names(subject: Subject, relation: Relation, rule: Transformation) -> list[str]:
    """The names of a table, or of its columns, that a transformation takes."""
    if rule.target == "table":
        return [relation.name]
    return [
        column.name
        for column in subject.catalog.columns_of(relation)
        if matches(rule.column or "", column.name)
    ]


TITLE: Final = "Names"
CHECKS: Final = (
    Check(
        name="names-by-case",
        title="Names that differ by case",
        good="No two tables differ by case alone.",
        judge=case,
    ),
    Check(
        name="names-with-quotes",
        title="Names that need quotes",
        good="No name needs quotes.",
        judge=odd,
    ),
    Check(
        name="names-too-long",
        title="Names after the transformations",
        good="No transformation makes a name too long.",
        judge=longer,
    ),
)
