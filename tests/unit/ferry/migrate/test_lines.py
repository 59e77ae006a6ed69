"""How a look reads: as lines for a log, as JSON, as a table of a terminal."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rich.console import Console

from ferry.cli.watch import PlainLines, drawn
from ferry.migrate.transactions import HeldUp, Transaction
from ferry.migrate.watching.lines import as_json, duration, plain, size
from ferry.migrate.watching.look import (
    Difference,
    LogLine,
    Look,
    Proof,
    Slot,
    TaskLook,
    Unapplied,
)
from tests.unit.ferry.migrate.looks import AT, ITEMS, ORDERS, look, row, seen
from tests.unit.ferry.migrate.tasks import task

LOADING = seen(
    tables=(row(rows=80_000, loaded_at=AT), row(ITEMS, "Full load", rows=20_000)),
    expected={ORDERS: 80_000, ITEMS: 60_000},
    rows_a_second=12_345.6,
    loading_seconds=77.0,
    source_latency=2.0,
    target_latency=75.0,
)
REPLICATING = seen(
    tables=(
        row(rows=100, validation="Validated"),
        row(ITEMS, rows=5, validation="Pending records", pending=5),
    ),
    proof=Proof(counted=2, of=2, marker_seconds=0.21),
    source_latency=0.0,
)
DIFFERING = seen(
    proof=Proof(of=1, differs=(Difference(table=ORDERS, source=100, target=93),)),
    unapplied=(Unapplied(table=ORDERS, changes=3, last=AT),),
)
SLOT = Slot(
    name="all_1",
    active=False,
    kept_bytes=1_288_490_188,
    status="extended",
    safe_bytes=5 * 1024**3,
    seconds_left=50_400.0,
)


def whole() -> Look:
    """A look that has everything."""
    return look(
        LOADING,
        REPLICATING,
        DIFFERING,
        seen(task=task(), tables=()),
        slots=(SLOT,),
        held_up=(
            HeldUp(
                slot="all_2",
                by=Transaction(
                    by="the prepared transaction 'x' of app", since=AT, database="app", gid="x"
                ),
            ),
        ),
        alarms=("dms-cdc-latency-all-dev",),
        log=(LogLine(task="all", severity="W", text="column what is removed"),),
        unanswered=("The source has not answered for 12 s.",),
        calls=7,
    )


def test_a_look_is_a_line_for_each_task_and_for_what_there_is_to_know() -> None:
    assert plain(whole()) == [
        (
            "06:42:15 all: loading; 100,000/140,000 rows 71.4%; 1/2 tables, 1 loading; 12,346 rows/s, "
            "ETA 31s; latency 2s source, 1m15s target"
        ),
        (
            "06:42:15 all: replicating; 105 rows; 2/2 tables; latency 0s source, ? target; validated "
            "1/2 tables, rows: 5 pending, 0 differ, 0 suspended; counted 2/2 tables on both sides, "
            "marker arrived in 0.2 s"
        ),
        (
            "06:42:15 all: differs; 0 rows; 1/1 tables, 1 wrong; counted 0/1 tables on both sides; "
            "3 changes not applied"
        ),
        "06:42:15 all: not started; waiting for its start: ferry start dev --task all",
        (
            "06:42:15 slot all_1 keeps 1.2 GB of write-ahead log, is extended, nobody reads it, 5.0 GB "
            "until it is lost, 14h00m left at the rate of now"
        ),
        (
            "06:42:15 DMS's slot all_2 cannot be made before the prepared transaction 'x' of app, since "
            "2026-11-27 06:42:15 UTC, has ended: at the source, in database app: commit prepared 'x', "
            "or rollback prepared 'x'"
        ),
        (
            "06:42:15 public.orders: 3 changes were not applied: see why in "
            "public.awsdms_apply_exceptions, mend it, then ferry reload dev public.orders"
        ),
        (
            "06:42:15 public.orders: 100 rows at the source, 93 at Aurora: load it again: ferry reload "
            "dev public.orders"
        ),
        "06:42:15 alarm dms-cdc-latency-all-dev fires",
        "06:42:15 not known now: The source has not answered for 12 s.",
        "06:42:15 log of all: warning: column what is removed",
    ]


def test_in_a_log_other_numbers_are_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    log = PlainLines()
    more = replace(LOADING, tables=(row(rows=80_000), row(ITEMS, "Full load", rows=20_001)))

    log.look(look(LOADING, slots=(SLOT,)))
    log.look(look(more, slots=(replace(SLOT, kept_bytes=9),), alarms=("cpu-1",)))
    log.look(look(more, slots=(replace(SLOT, active=True),), alarms=("cpu-1", "cpu-2")))

    begun, kept, *news = capsys.readouterr().out.splitlines()
    assert "all: loading; 100,000/140,000 rows" in begun
    assert "slot all_1 keeps" in kept
    assert [line.partition(" ")[2] for line in news] == [
        "alarm cpu-1 fires",
        (
            "slot all_1 keeps 1.2 GB of write-ahead log, is extended, 5.0 GB until it is lost, "
            "14h00m left at the rate of now"
        ),
        "alarm cpu-2 fires",
    ]


def test_a_load_that_will_not_make_it_says_how_to_give_it_up() -> None:
    slow = replace(LOADING, allowed_seconds=100.0)
    fast = replace(LOADING, allowed_seconds=120.0)

    assert (
        "ETA 31s, TOO SLOW: 1m48s in all, 1m40s are allowed; to give it up: ferry stop dev --task all"
    ) in plain(look(slow))[0]
    assert "TOO SLOW" not in plain(look(fast))[0]


def test_tables_that_were_never_analyzed_say_so() -> None:
    unknown = seen(tables=(row(state="Full load", rows=7),), expected={ORDERS: None})

    (line,) = plain(look(unknown))

    assert "7 rows (ANALYZE at the source tells of how many); 0/1 tables, 1 loading" in line


def test_what_a_server_or_a_log_says_does_no_harm_on_a_terminal() -> None:
    line = LogLine(task="all", severity="E", text="\x1b[2Jgone")

    assert "\x1b" not in "".join(plain(look(log=(line,))))


def test_a_log_that_repeats_itself_is_shown_once_and_a_long_one_in_part() -> None:
    again = [LogLine(task="all", severity="W", text="cut")] * 3
    many = [LogLine(task="all", severity="E", text=f"number {number}") for number in range(25)]

    assert plain(look(log=(*again,)))[0].endswith("log of all: warning: cut (3 times)")
    shown = plain(look(log=(*many,)))
    assert len(shown) == 21
    assert shown[-1].endswith("log of all tasks: 5 lines more")


def test_json_is_one_line_that_says_all() -> None:
    text = as_json(whole())
    document = json.loads(text)

    assert "\n" not in text
    assert [one["phase"] for one in document["tasks"]] == [
        "loading",
        "replicating",
        "differs",
        "not started",
    ]
    assert document["tasks"][0]["share"] == pytest.approx(0.714, abs=0.001)
    assert document["tasks"][2]["exceptions"] == 3
    assert document["tasks"][2]["troubles"][1:] == [
        {
            "table": "public.orders",
            "what": "100 rows at the source, 93 at Aurora",
            "remedy": "load it again: ferry reload dev public.orders",
        }
    ]
    assert document["slots"][0]["seconds_left"] == 50_400
    assert document["dms_calls"] == 7
    assert document["at"] == "2026-11-27T06:42:15+00:00"


def test_a_terminal_of_80_columns_shows_every_word() -> None:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(drawn(whole(), ["log of all: warning: column what is removed"]))
    shown = captured.get()

    assert max(map(len, shown.splitlines())) <= 80
    words = " ".join(shown.replace("│", " ").split())
    for part in ("100,000/140,000", "71.4%", "ETA 31s", "all_1 keeps 1.2 GB", "replicating"):
        assert part in words
    # A command that breaks is none that can be copied.
    for command in ("ferry start dev --task all", "ferry reload dev public.orders"):
        assert any(line.strip("│ ").endswith(command) for line in shown.splitlines())


def test_of_many_tasks_each_takes_few_lines() -> None:
    def height(*tasks: TaskLook) -> int:
        console = Console(width=80)
        with console.capture() as captured:
            console.print(drawn(look(*tasks), []))
        return len(captured.get().splitlines())

    assert height(*[REPLICATING] * 12) < height(*[REPLICATING] * 5) * 2


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0s"), (59, "59s"), (77, "1m17s"), (3600, "1h00m"), (90_000, "1d01h")],
)
def test_a_time_in_its_two_greatest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 kB"), (2**50, "1024.0 TB")]
)
def test_a_size_in_its_unit(count: int, text: str) -> None:
    assert size(count) == text
