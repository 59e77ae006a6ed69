"""Whether the rows hold what DMS changes or cannot carry: only a scan of them knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.identifiers import identifier
from ferry.check.source.subject import column_name, limit_kb, looks_up
from ferry.check.source.verdict import Check, Verdict, blocks, fine, warns
from ferry.check.source.words import MOST_NAMED, listed, not_read, size
from ferry.mappings.columns import is_lob
from ferry.postgres.catalog import UnreadError
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ferry.check.source.measure import Measure, Measured
    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Column, Relation

    Found = tuple[Relation, Column, Measure]

_KB: Final = 1024
_MOST_KB: Final = 102_400
"""The largest limit that DMS takes."""


def lob_sizes(subject: Subject) -> Iterator[Verdict]:
    """Whether large objects are below the limits of the tasks that carry them at once.

    DMS counts two bytes a character, and four where there are characters of four bytes: at most twice
    what `octet_length` says. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, "Working with LOB
    source data types for PostgreSQL"
    """
    measured = _measured(subject)
    for task in subject.tasks:
        bound = [
            (relation, column, measured.columns[relation.oid, column.number])
            for relation, column in subject.columns
            if task in subject.tasks_of[relation.oid]
            and is_lob(column)
            and not looks_up(task, relation)
            and (relation.oid, column.number) in measured.columns
        ]
        over = [each for each in bound if each[2].octets > limit_kb(task, each[0]) * _KB]
        near = [
            each
            for each in bound
            if each not in over
            and each[1].base != "bytea"
            and each[2].octets * 2 > limit_kb(task, each[0]) * _KB
        ]
        if over or near:
            largest = max(each[2].octets for each in (*over, *near))
            remedy = _larger(subject, largest)
        if over:
            yield blocks(
                f"Task {task.name} carries {counted(len(over), 'LOB column')} with values above its "
                f"limit of {task.lob_max_size_kb} KB: {_sizes(over)}.",
                why="The first of them fails the task: truncation is not allowed.",
                remedy=remedy,
            )
        if near:
            yield warns(
                f"Task {task.name} carries {counted(len(near), 'LOB column')} with values of more than "
                f"half its limit of {task.lob_max_size_kb} KB: {_sizes(near)}.",
                why="DMS counts two bytes a character: they may be above it.",
                remedy=remedy,
            )
        whole = [each for each in bound if each[0].oid not in measured.missing]
        if whole and not over and not near:
            largest = max(each[2].octets for each in whole)
            yield fine(
                f"Task {task.name}: {counted(len(whole), 'LOB column')}, the largest value "
                f"{size(largest)} of {task.lob_max_size_kb} KB."
            )
    _all(subject, measured)


def _sizes(found: Sequence[Found]) -> str:
    by_size = sorted(found, key=lambda each: -each[2].octets)
    return listed(
        f"{column_name(relation, column)} ({size(measure.octets)})"
        for relation, column, measure in by_size
    )


def _larger(subject: Subject, largest: int) -> str:
    wanted = -(-largest * 2 // _KB)
    if wanted > _MOST_KB:
        return (
            f"{size(largest)} is more than DMS carries at once: give these tables lob = {{ mode = "
            f'"unlimited" }} in {subject.file}, or the task lob_mode = "full".'
        )
    return f"Set lob_max_size_kb = {wanted} in {subject.file}, with room for what is still written."


def infinities(subject: Subject) -> Iterator[Verdict]:
    """Whether dates and times are infinite.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, data types
    """
    found = list(_with(subject, lambda measure: measure.infinite))
    if found:
        relation, column, _ = found[0]
        name = identifier(column.name)
        yield blocks(
            f"{counted(len(found), 'column')} with infinite dates or times: "
            f"{_counts(found, lambda measure: measure.infinite)}.",
            why="DMS carries them as 9999-12-31 and 4713 BC.",
            remedy=f"Put them back in Aurora before the cutover, by key (NOT isfinite({name}) finds them in "
            f"{relation.sql}), or let the applications do without them.",
        )
    _all(subject, _measured(subject))


def no_numbers(subject: Subject) -> Iterator[Verdict]:
    """Whether numbers are NaN or infinite."""
    found = list(_with(subject, lambda measure: measure.no_numbers))
    if found:
        yield warns(
            f"{counted(len(found), 'column')} with NaN or infinite numbers: "
            f"{_counts(found, lambda measure: measure.no_numbers)}.",
            why="AWS does not say what DMS makes of them.",
            remedy="Rehearse with a copy of these rows, and verify them.",
        )
    _all(subject, _measured(subject))


def blanks(subject: Subject) -> Iterator[Verdict]:
    """Whether texts end in blanks that DMS takes away.

    Source: https://docs.aws.amazon.com/dms/latest/APIReference/API_PostgreSQLSettings.html,
    TrimSpaceInChar
    """
    found = list(_with(subject, lambda measure: measure.blanks))
    trimmed = subject.settings.extra_attributes.get("trimSpaceInChar", "true") != "false"
    if found and trimmed:
        yield warns(
            f"{counted(len(found), 'column')} of char without a length with blanks at the end: "
            f"{_counts(found, lambda measure: measure.blanks)}.",
            why="DMS takes blanks away at the end of char (TrimSpaceInChar), and nothing puts them back "
            "where there is no length.",
            remedy=f'Set source.extra_attributes = {{ trimSpaceInChar = "false" }} in {subject.file}.',
        )
    _all(subject, _measured(subject))


def _with(subject: Subject, count: Callable[[Measure], int]) -> Iterator[Found]:
    measured = _measured(subject)
    for relation, column in subject.columns:
        measure = measured.columns.get((relation.oid, column.number))
        if measure and count(measure):
            yield relation, column, measure


def _counts(found: Sequence[Found], count: Callable[[Measure], int]) -> str:
    return listed(
        f"{column_name(relation, column)} ({counted(count(measure), 'row')})"
        for relation, column, measure in found
    )


def _measured(subject: Subject) -> Measured:
    if isinstance(subject.measured, UnreadError):
        raise subject.measured
    if subject.measured is None:
        raise UnreadError("The rows were not read.", "Give --deep.")
    return subject.measured


def _all(subject: Subject, measured: Measured) -> None:
    """Raise where tables were not measured: what they hold is not known."""
    missing = [each for each in subject.carried if each.oid in measured.missing]
    if missing:
        raise not_read(missing, measured)


def when(subject: Subject) -> Iterator[Verdict]:
    """Whether what is said of the rows holds now: an earlier run may have read them."""
    measured = _measured(subject)
    if measured.unkept:
        yield warns(
            "What was read of the rows is not kept for the next run.",
            why=measured.unkept,
            remedy="Mend that, or give --seconds enough to read all at once.",
        )
    if measured.unused:
        yield warns(
            "What an earlier run has read of the rows is not used.",
            why=measured.unused,
            remedy="There is nothing to do: they were read anew.",
        )
    earlier = [
        (relation, measured.earlier[relation.oid])
        for relation in subject.carried
        if relation.oid in measured.earlier
    ]
    stale = [each for each in earlier if each[1].is_stale]
    if stale:
        reasons = dict.fromkeys(each.why for _, each in stale if each.why)
        yield warns(
            f"{counted(len(stale), 'table')} read earlier, and written to since: "
            f"{listed(f'{relation.sql} ({each.at})' for relation, each in stale)}.",
            why=" ".join(["What was written since may not be seen.", *list(reasons)[:MOST_NAMED]]),
            remedy="They are read again, the earliest first, by: ferry check source "
            f"{subject.environment.name} --deep",
        )
    elif earlier:
        first = min(each.at for _, each in earlier)
        yield fine(
            f"{counted(len(earlier), 'table')} read earlier, from {first} on, and not written to since."
        )


WHEN: Final = Check(
    name="rows-read",
    title="When the rows were read",
    good="All rows that are looked at were read now.",
    judge=when,
)
"""For whoever goes by the measures: of an earlier run they may be."""

TITLE: Final = "Rows"
CHECKS: Final = (
    WHEN,
    Check(
        name="lob-sizes",
        title="How large large objects are",
        good="No large object has to be below a limit.",
        judge=lob_sizes,
    ),
    Check(
        name="infinities",
        title="Whether dates and times are infinite",
        good="No date and no time is infinite.",
        judge=infinities,
    ),
    Check(
        name="no-numbers",
        title="Whether numbers are NaN",
        good="No number is NaN or infinite.",
        judge=no_numbers,
    ),
    Check(
        name="char-blanks",
        title="Whether texts end in blanks",
        good="No text of char without a length ends in blanks.",
        judge=blanks,
    ),
)
