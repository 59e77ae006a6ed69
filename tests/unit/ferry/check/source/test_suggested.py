"""What is suggested for the tasks, and that the file takes it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ferry.check.source import suggested
from ferry.check.source.checks import edits, findings, suggestions
from ferry.check.source.edits import edited
from ferry.check.source.measure import Measure, Measured
from ferry.findings import Finding, Level, right, warning
from ferry.postgres.catalog import UnreadError
from ferry.postgres.catalog.rows import Wal
from settings.rules import selections, tables
from tests.unit.ferry.check.source.built import Table, col, dms, subject, table, task

if TYPE_CHECKING:
    from ferry.check.source.subject import Subject

GIB_PAGES = 2**30 // 8192
NOTHING = Measured(columns={}, missing={})


def of(check: str, database: Subject) -> list[Finding]:
    return [each for each in suggestions([database]) if each.check == check]


def sized(name: str = "events", *, gib: float, **differing: Any) -> Table:  # noqa: ANN401 - as `table`
    """A table of a size, half of it in TOAST."""
    pages = int(gib * GIB_PAGES / 2)
    return table(name, pages=pages, toast_pages=pages, **differing)


def lobs(octets: int, base: str = "text", **settings: object) -> Subject:
    """One column with a largest value, carried by a task with these settings."""
    docs = table("docs", col("body", base))
    columns = {(docs.oid, 2): Measure(octets=octets)}
    return subject(docs, env=task(**settings), measured=Measured(columns=columns, missing={}))


def accepted(remedy: str) -> dict[str, Any]:
    """The tables' line in a remedy, as TOML reads it and the settings take it."""
    [line] = re.findall(r"\{ schema = .* \}", remedy)
    document = tomllib.loads(f"table = {line}")["table"]
    with_it = task(tables=[{"schema": "public"}, document])
    assert [
        found for rule in (*selections.RULES, *tables.RULES) for found in rule.check(with_it)
    ] == []
    return dict(document)


def test_nothing_is_suggested_where_all_is_well() -> None:
    assert {each.level for each in suggestions([subject(measured=NOTHING)])} == {Level.RIGHT}


# --- limits of large objects


def test_a_limit_that_is_too_small_is_raised_with_room() -> None:
    assert of("suggest-lob-limit", lobs(100 * 1024)) == [
        warning(
            "suggest-lob-limit",
            "Task all: lob_max_size_kb is 32; 256 would do.",
            why="The largest value of its 1 LOB column has 100 KiB. A larger one than the limit fails "
            "the task.",
            remedy="Set lob_max_size_kb = 256 for the task in dev.toml.",
        )
    ]


def test_bytes_are_not_counted_twice() -> None:
    [finding] = of("suggest-lob-limit", lobs(100 * 1024, base="bytea"))

    assert finding.what == "Task all: lob_max_size_kb is 32; 128 would do."


def test_a_limit_far_above_what_is_there_takes_memory_for_nothing() -> None:
    [finding] = of("suggest-lob-limit", lobs(1000, lob_max_size_kb=1024))

    assert finding.what == "Task all: lob_max_size_kb is 1024; 32 would do."
    assert finding.why.endswith("DMS takes memory for the limit, for each row and column.")


@pytest.mark.parametrize("octets", [20, 8 * 1024, 12 * 1024])
def test_a_limit_that_fits_is_left_as_it_is(octets: int) -> None:
    assert [each.level for each in of("suggest-lob-limit", lobs(octets))] == [Level.RIGHT]


def test_what_is_above_every_limit_is_looked_up() -> None:
    [lookup] = of("suggest-lob-limit", lobs(90 * 2**20))

    assert lookup.what == (
        "Task all: public.docs has values that DMS carries only when it looks them up."
    )
    assert accepted(lookup.remedy) == {
        "schema": "public",
        "name": "docs",
        "lob": {"mode": "unlimited"},
    }


def test_a_limit_is_not_judged_by_half_of_the_tables() -> None:
    docs, late = table("docs", col("body", "text")), table("late", col("body", "text"))
    half = Measured(
        columns={(docs.oid, 2): Measure(octets=9)}, missing={late.oid: "The time was up."}
    )

    [finding] = of("suggest-lob-limit", subject(docs, late, measured=half))

    assert finding.level is Level.UNJUDGED
    assert finding.why == ("1 table of task all not read to the end: public.late. The time was up.")
    assert finding.remedy.startswith("Run this again: it goes on from there.")


def test_rows_that_were_not_read_suggest_nothing() -> None:
    gone = subject(measured=UnreadError("The connection ended.", "Run this again."))

    assert [each.level for each in of("suggest-lob-limit", gone)] == [Level.UNJUDGED]


# --- segments


def test_a_large_table_is_loaded_in_segments_of_its_key() -> None:
    large = sized(gib=16)
    of_it = subject(large, measured=NOTHING, key_ranges={large.oid: (1, 4001)})

    [finding] = of("suggest-parallel-load", of_it)

    assert finding.what == "public.events has 16 GiB, and is loaded in one piece."
    assert accepted(finding.remedy)["parallel_load"] == {
        "columns": ["id"],
        "boundaries": [["1001"], ["2001"], ["3001"]],
    }


def test_there_are_no_more_segments_than_the_task_loads_at_once() -> None:
    large = sized(gib=500)
    of_it = subject(
        large,
        env=task(full_load_sub_tasks=2),
        measured=NOTHING,
        key_ranges={large.oid: (0, 10)},
    )

    [finding] = of("suggest-parallel-load", of_it)

    assert accepted(finding.remedy)["parallel_load"]["boundaries"] == [["5"]]


@pytest.mark.parametrize(
    "other",
    [
        sized(gib=7),
        sized(gib=16, key=()),
        table("events", col("id", "uuid"), pages=2 * GIB_PAGES * 8),
        table("events", col("a", "int4"), col("id", "int4"), key=("a", "id"), pages=GIB_PAGES * 9),
    ],
    ids=["small", "without a key", "with a key that is no number", "with a key of two columns"],
)
def test_other_tables_are_loaded_in_one_piece(other: Table) -> None:
    of_it = subject(other, measured=NOTHING, key_ranges={other.oid: (1, 4001)})

    assert [each.level for each in of("suggest-parallel-load", of_it)] == [Level.RIGHT]


def test_a_table_that_is_segmented_already_is_left_as_it_is() -> None:
    large = sized(gib=16)
    segments = {"columns": ["id"], "boundaries": [["5"]]}
    tables = [{"schema": "public", "table": "events", "parallel_load": segments}]
    of_it = subject(
        large, env=task(tables=tables), measured=NOTHING, key_ranges={large.oid: (1, 4001)}
    )

    assert [each.level for each in of("suggest-parallel-load", of_it)] == [Level.RIGHT]


@pytest.mark.parametrize("ends", [None, (3, 3)], ids=["empty", "of one key"])
def test_a_table_without_a_range_is_loaded_in_one_piece(ends: tuple[int, int] | None) -> None:
    large = sized(gib=16)
    ranges = {} if ends is None else {large.oid: ends}

    [finding] = of("suggest-parallel-load", subject(large, measured=NOTHING, key_ranges=ranges))

    assert finding.level is Level.RIGHT


# --- tasks, storage


def test_a_very_large_table_has_a_task_of_its_own() -> None:
    [finding] = of("suggest-own-task", subject(sized(gib=100), table("orders"), measured=NOTHING))

    assert finding.what == "Task all carries public.events of 100 GiB beside 1 other table."
    assert finding.remedy == (
        'Give it a task of its own in dev.toml: tables = [{ schema = "public", name = "events" }]; and '
        'add { schema = "public", table = "events", action = "exclude" } to all.'
    )


def test_a_table_that_is_alone_has_one_already() -> None:
    [finding] = of("suggest-own-task", subject(sized(gib=100), measured=NOTHING))

    assert finding.level is Level.RIGHT


def test_the_storage_holds_a_days_changes() -> None:
    busy = subject(measured=NOTHING, wal=[Wal(3 * 2**20 * 7200, 7200)])

    assert of("suggest-storage", busy) == [
        warning(
            "suggest-storage",
            "The source writes 253 GiB of WAL a day; dms.allocated_storage_gib is 100.",
            why="While tables are loaded, and while Aurora is behind, DMS keeps changes on its disk: a "
            "day's, and 50 GiB for logs.",
            remedy="Set dms.allocated_storage_gib = 304 in dev.toml.",
        )
    ]


def test_a_storage_that_is_enough() -> None:
    calm = subject(measured=NOTHING, wal_bytes_per_second=1024, env=dms(allocated_storage_gib=60))

    assert of("suggest-storage", calm) == [
        right(
            "suggest-storage",
            "The source writes 84.4 MiB of WAL a day; 60 GiB of DMS's disk hold a day's changes and "
            "logs.",
        )
    ]


def test_a_few_writes_a_day_are_no_reason_for_more_storage() -> None:
    quiet = subject(measured=NOTHING, wal_bytes_per_second=30, env=dms(allocated_storage_gib=50))

    (finding,) = of("suggest-storage", quiet)

    assert (finding.level, finding.what) == (
        Level.RIGHT,
        "The source writes 2.47 MiB of WAL a day; 50 GiB of DMS's disk hold a day's changes and logs.",
    )


# --- what other checks find, and the file mends

ROOT = table("events", kind="p")
WRITES = "ferry suggest tasks dev --write"
MENDED_BY_THE_FILE: dict[str, tuple[Table, ...]] = {
    "generated-columns": (
        table("t", col("total", "int4", generated="s"), col("a%b", "int4", generated="s")),
    ),
    "partitions": (ROOT, table("events_1", is_partition=True, parents=(ROOT.oid,))),
    "selection-extension": (
        table("spatial_ref_sys", extension="postgis"),
        table("jobs", extension="pg_cron"),
    ),
    "selection-dms": (table("awsdms_status"), table("awsdms_history")),
    "numerics": (table("prices", col("price", "numeric", modifier=-1)),),
}
FILE = """\
[dms]
instance_class = "dms.t3.medium"

[[dms.tasks]] # everything in one
name = "all"
tables = [
    { schema = "public" }, # all of it
]
"""


@pytest.mark.parametrize("check", MENDED_BY_THE_FILE)
def test_what_the_file_mends_is_suggested_and_written(check: str) -> None:
    tables = (table("orders"), *MENDED_BY_THE_FILE[check])
    before = subject(*tables, measured=NOTHING)

    after = edited(FILE, edits([before]))

    said = [replace(it, remedy=f"{it.remedy} Or: {WRITES}") for it in of(check, before)]
    assert [each for each in findings([before]) if each.check == check] == said
    written = tomllib.loads(after)["dms"]
    mended = subject(*tables, measured=NOTHING, env=dms(**written))
    assert of(check, mended) == []
    assert Level.BLOCKED not in {each.level for each in findings([mended]) if each.check == check}
    assert edited(after, edits([mended])) == after
    assert [line for line in after.splitlines() if "#" in line] == [
        line for line in FILE.splitlines() if "#" in line
    ]


def test_a_root_that_is_carried_alone_is_not_simply_left_out() -> None:
    by_name = task(tables=[{"schema": "public", "table": "events"}])
    alone = subject(ROOT, table("orders"), measured=NOTHING, env=by_name)

    assert list(edits([alone])) == []
    assert of("partitions", alone) == []


def test_every_suggestion_is_shown_once_it_is_asked_for() -> None:
    seen = {each.check for each in suggestions([subject(measured=NOTHING)])}

    assert seen == {*(each.name for each in suggested.CHECKS), "rows-read"}
