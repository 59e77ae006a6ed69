"""What is said of rows that were read, and of those that were not."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.check.source import rows
from ferry.check.source.checks import findings
from ferry.check.source.measure import Earlier, Measure, Measured
from ferry.findings import Finding, Level, blocked, not_judged, right, warning
from ferry.postgres.catalog import UnreadError
from tests.unit.ferry.check.source.built import col, found, source, subject, table, task

DOCS = table(
    "docs",
    col("body", "text"),
    col("scan", "bytea"),
    col("at", "timestamptz"),
    col("share", "float8"),
    col("code", "bpchar"),
)
BODY, SCAN, AT, SHARE, CODE = range(2, 7)


def measured(**by_column: Measure) -> Measured:
    """Of `docs`: what was measured of its columns; of the others that there is nothing."""
    columns = {(DOCS.oid, each.number): Measure() for each in DOCS.columns}
    numbers = {each.name: each.number for each in DOCS.columns}
    columns |= {(DOCS.oid, numbers[name]): measure for name, measure in by_column.items()}
    return Measured(columns=columns, missing={})


def one(check: str, **by_column: Measure) -> Finding:
    [finding] = found(check, subject(DOCS, measured=measured(**by_column)))
    return finding


def test_rows_are_judged_only_where_they_were_read() -> None:
    names = {each.name for each in rows.CHECKS}

    assert not names & {each.check for each in findings([subject(DOCS)])}
    seen = list(findings([subject(DOCS, measured=measured())]))
    assert {each.level for each in seen} == {Level.RIGHT}
    assert names < {each.check for each in seen}


def test_a_value_above_the_limit_fails_the_task() -> None:
    assert one("lob-sizes", scan=Measure(octets=3 * 2**20)) == blocked(
        "lob-sizes",
        "Task all carries 1 LOB column with values above its limit of 32 KB: public.docs.scan (3 MiB).",
        why="The first of them fails the task: truncation is not allowed.",
        remedy="Set lob_max_size_kb = 6144 in dev.toml, with room for what is still written.",
    )


def test_a_text_of_more_than_half_the_limit_may_be_above_it() -> None:
    assert one(
        "lob-sizes", body=Measure(octets=17 * 1024), scan=Measure(octets=17 * 1024)
    ) == warning(
        "lob-sizes",
        "Task all carries 1 LOB column with values of more than half its limit of 32 KB: "
        "public.docs.body (17 KiB).",
        why="DMS counts two bytes a character: they may be above it.",
        remedy="Set lob_max_size_kb = 34 in dev.toml, with room for what is still written.",
    )


def test_what_no_limit_holds_is_looked_up() -> None:
    remedy = one("lob-sizes", body=Measure(octets=80 * 2**20)).remedy

    assert remedy == (
        '80 MiB is more than DMS carries at once: give these tables lob = { mode = "unlimited" } in '
        'dev.toml, or the task lob_mode = "full".'
    )


def test_a_table_may_have_a_limit_of_its_own() -> None:
    lob = {"mode": "limited", "max_size_kb": 100}
    own = task(tables=[{"schema": "public", "table": "docs", "lob": lob}])
    of = subject(DOCS, env=own, measured=measured(body=Measure(octets=40 * 1024)))

    assert [each.level for each in found("lob-sizes", of)] == [Level.RIGHT]


def test_what_is_below_the_limit_is_said() -> None:
    assert one("lob-sizes", body=Measure(octets=1000)) == right(
        "lob-sizes", "Task all: 2 LOB columns, the largest value 1000 bytes of 32 KB."
    )


@pytest.mark.parametrize(
    ("check", "column", "measure", "level", "what"),
    [
        (
            "infinities",
            "at",
            Measure(infinite=2),
            Level.BLOCKED,
            "1 column with infinite dates or times: public.docs.at (2 rows).",
        ),
        (
            "no-numbers",
            "share",
            Measure(no_numbers=1),
            Level.WARNING,
            "1 column with NaN or infinite numbers: public.docs.share (1 row).",
        ),
        (
            "char-blanks",
            "code",
            Measure(blanks=7),
            Level.WARNING,
            "1 column of char without a length with blanks at the end: public.docs.code (7 rows).",
        ),
    ],
)
def test_values_that_arrive_otherwise(
    check: str, column: str, measure: Measure, level: Level, what: str
) -> None:
    finding = one(check, **{column: measure})

    assert (finding.level, finding.what) == (level, what)


def test_blanks_stay_where_the_file_says_so() -> None:
    kept = source(extra_attributes={"trimSpaceInChar": "false"})
    of = subject(DOCS, env=kept, measured=measured(code=Measure(blanks=7)))

    assert [each.level for each in found("char-blanks", of)] == [Level.RIGHT]


@pytest.mark.parametrize("check", [each.name for each in rows.CHECKS if each.name != "rows-read"])
@pytest.mark.parametrize(
    ("unkept", "remedy"),
    [
        ("", "Run this again: it goes on from there. Or mend what is said."),
        ("The disk is full.", "Give more --seconds, or mend what is said."),
    ],
)
def test_what_was_not_read_is_not_judged(check: str, unkept: str, remedy: str) -> None:
    late = Measured(columns={}, missing={DOCS.oid: "The time was up."}, unkept=unkept)

    [finding] = found(check, subject(DOCS, measured=late))

    assert finding.level is Level.UNJUDGED
    assert finding.why == "1 table not read to the end: public.docs. The time was up."
    assert finding.remedy == remedy


SINCE = "2026-11-27 09:40 UTC"


def read_earlier(**of: Any) -> Finding:  # noqa: ANN401 - any field
    columns = measured().columns
    [finding] = found(
        "rows-read", subject(DOCS, measured=Measured(columns=columns, missing={}, **of))
    )
    return finding


def test_rows_that_were_read_now_are_right() -> None:
    assert read_earlier() == right("rows-read", "All rows that are looked at were read now.")


def test_rows_that_were_read_earlier_are_right_where_none_was_written_since() -> None:
    assert read_earlier(earlier={DOCS.oid: Earlier(at=SINCE)}) == right(
        "rows-read",
        "1 table read earlier, from 2026-11-27 09:40 UTC on, and not written to since.",
    )


def test_what_was_written_since_rows_were_read_is_said() -> None:
    stale = Earlier(at=SINCE, is_stale=True, why="The time was up.")

    assert read_earlier(earlier={DOCS.oid: stale}) == warning(
        "rows-read",
        "1 table read earlier, and written to since: public.docs (2026-11-27 09:40 UTC).",
        why="What was written since may not be seen. The time was up.",
        remedy="They are read again, the earliest first, by: ferry check source dev --deep",
    )


def test_what_an_earlier_run_kept_and_nobody_can_use_is_said() -> None:
    assert read_earlier(unused="F is torn, or not ferry's.") == warning(
        "rows-read",
        "What an earlier run has read of the rows is not used.",
        why="F is torn, or not ferry's.",
        remedy="There is nothing to do: they were read anew.",
    )


def test_what_cannot_be_kept_is_said() -> None:
    assert read_earlier(unkept="F cannot be written: No space left on device.") == warning(
        "rows-read",
        "What was read of the rows is not kept for the next run.",
        why="F cannot be written: No space left on device.",
        remedy="Mend that, or give --seconds enough to read all at once.",
    )


def test_a_source_that_is_gone_meanwhile_is_not_judged() -> None:
    gone = UnreadError("The connection ended.", "Run this again.")

    assert found("infinities", subject(DOCS, measured=gone)) == [
        not_judged(
            "infinities",
            "Whether dates and times are infinite",
            why="The connection ended.",
            remedy="Run this again.",
        )
    ]


def test_measures_of_two_pieces_are_joined() -> None:
    joined = Measure(octets=5, infinite=1, blanks=2).joined(Measure(octets=3, infinite=1))

    assert joined == Measure(octets=5, infinite=2, blanks=2)
