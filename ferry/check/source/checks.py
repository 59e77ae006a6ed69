"""The table of the checks, in the order in which their findings are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.check.source import (
    back,
    keys,
    leftovers,
    lobs,
    names,
    rights,
    rows,
    selected,
    server,
    suggested,
    surroundings,
    tables,
    target,
    types,
)
from ferry.check.source.subject import Subject, Unreadable
from ferry.findings import not_judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.check.source.edits import Edit
    from ferry.check.source.verdict import Check
    from ferry.findings import Finding

_BY_AREA: Final[Mapping[str, tuple[Check, ...]]] = {
    each.TITLE: each.CHECKS
    for each in (
        server,
        rights,
        selected,
        keys,
        lobs,
        types,
        tables,
        names,
        surroundings,
        leftovers,
        target,
        back,
    )
}

CHECKS: Final[tuple[Check, ...]] = tuple(check for checks in _BY_AREA.values() for check in checks)
"""The checks of catalogs; those of rows are `rows.CHECKS`, where these were read."""

AREAS: Final[Mapping[str, str]] = {
    check.name: area
    for area, checks in {**_BY_AREA, rows.TITLE: rows.CHECKS}.items()
    for check in checks
}
"""The area of each check: what is right of an area is shown as one line."""


def suggestions(databases: Sequence[Subject | Unreadable]) -> Iterator[Finding]:
    """What the tasks' settings could better be; of databases whose rows were read.

    What the other checks find is among it where a change of the file mends it.
    """
    for finding, _ in _writable(databases, CHECKS):
        yield finding
    yield from _of(databases, (*suggested.CHECKS, rows.WHEN))


def edits(databases: Sequence[Subject | Unreadable]) -> Iterator[Edit]:
    """What the suggestions would change in the environment's file."""
    for _, changed in _writable(databases, (*CHECKS, *suggested.CHECKS)):
        yield from changed


def findings(databases: Sequence[Subject | Unreadable]) -> Iterator[Finding]:
    """Every finding of the databases that an environment carries; those of the servers once."""
    deep = rows.CHECKS if any(each.measured is not None for each in _read(databases)) else ()
    yield from _of(databases, (*CHECKS, *deep), says_what_writes=True)


def _writable(
    databases: Sequence[Subject | Unreadable], checks: Sequence[Check]
) -> Iterator[tuple[Finding, tuple[Edit, ...]]]:
    subjects = _read(databases)
    for check in checks:
        for subject in subjects[:1] if check.of_server else subjects:
            yield from check.writable(subject)


def _read(databases: Sequence[Subject | Unreadable]) -> Sequence[Subject]:
    return [each for each in databases if isinstance(each, Subject)]


def _of(
    databases: Sequence[Subject | Unreadable],
    checks: Sequence[Check],
    *,
    says_what_writes: bool = False,
) -> Iterator[Finding]:
    for each in databases:
        if isinstance(each, Unreadable):
            yield not_judged(
                "database",
                f"The database {each.database.source}",
                why=each.error.why,
                remedy=each.error.remedy,
            )
    subjects = _read(databases)
    for check in checks:
        for subject in subjects[:1] if check.of_server else subjects:
            writes = f"ferry suggest tasks {subject.environment.name} --write"
            yield from check.findings(subject, writes=writes if says_what_writes else "")
