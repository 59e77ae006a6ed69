"""What tables came to, in words: no value but where values are asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ferry.findings import ExitStatus
from ferry.mappings import TableName
from ferry.migrate.tasks import MigrationType
from ferry.migrate.verify import lines
from ferry.migrate.verify.comparing import Compared, Difference, Kind
from ferry.migrate.verify.expressions import LeftOut
from ferry.migrate.verify.gentle import Held
from ferry.migrate.verify.verify import Result
from ferry.migrate.ways import Direction
from tests.unit.ferry.migrate.tasks import mappings, selects, task

RUNNING = task(status="running", mappings=mappings(selects("include", "public", "%")))
ORDERS = TableName("public", "orders")
DIFFERS = Difference(
    key=("7", "b c"),
    kind=Kind.DIFFERENT,
    columns=("price", "at"),
    values={"price": ("1.0", None), "at": ("\x1b[2J", "now")},
)


def result(**found: Any) -> Result:  # noqa: ANN401 - any of `Compared`
    usual = {
        "rows": (1200, 1200),
        "hashes": ("00000000000000ab", "00000000000000ab"),
        "scanned_at": datetime(2026, 11, 27, 9, 41, 3, tzinfo=UTC),
    }
    return Result(
        database="app",
        table=ORDERS,
        tasks=("all",),
        parts=(ORDERS,),
        compared=Compared(**{**usual, **found}),
    )


UNLIKE = {"hashes": ("00000000000000ab", "00000000000000cd"), "rows": (1200, 1198)}


def test_equal_is_something_one_can_see() -> None:
    assert lines.line(result()) == (
        "public.orders: same; 1,200 rows on both sides, hash 00000000000000ab, scanned 09:41:03 UTC"
    )


def test_what_has_arrived_meanwhile_is_the_same() -> None:
    assert lines.line(result(**UNLIKE)) == (
        "public.orders: same; 1,200 rows at the source, 1,198 in Aurora, and what was unlike has "
        "arrived since, scanned 09:41:03 UTC"
    )


def test_a_snapshot_that_was_held_for_long_is_told() -> None:
    for seconds, told in (
        (59.9, ""),
        (754.0, "; its longest snapshot was held for 13 min, 9,500 tx"),
    ):
        found = replace(result(), held=Held(seconds=seconds, transactions=9500))
        assert lines.line(found).replace("transactions", "tx").endswith(f"09:41:03 UTC{told}")


def test_what_differs_is_counted_by_kind() -> None:
    counts = {Kind.MISSING: 3, Kind.DIFFERENT: 2, Kind.EXTRA: 0}
    found = result(**UNLIKE, counts=counts, columns={"at": 1, "price": 2}, moving=2)

    assert lines.line(found) == (
        "public.orders: different; 3 missing in Aurora, 2 different in price, at, 2 unlike and not proved; "
        "1,200 rows at the source, 1,198 in Aurora, scanned 09:41:03 UTC"
    )


def test_of_many_columns_those_that_differ_most_are_named() -> None:
    columns = {f"c{number}": number for number in range(1, 9)}
    found = result(**UNLIKE, counts={Kind.DIFFERENT: 9}, columns=columns)

    assert "; 9 different in c8, c7, c6, c5, c4 and 3 more columns; " in lines.line(found)


def test_what_was_not_counted_or_not_compared_is_said() -> None:
    left_out = (LeftOut(column="tmp", why="the task leaves it behind", is_meant=True),)

    assert lines.line(result(**UNLIKE, is_exact=False, moving=1, why="It runs.")) == (
        "public.orders: not proved; 1 unlike and not proved, and more, which were not counted; "
        "It runs.; 1,200 rows at the source, 1,198 in Aurora, scanned 09:41:03 UTC"
    )
    assert lines.line(result(left_out=left_out)).endswith(
        "; not compared: tmp, as the task leaves it behind"
    )
    assert result(left_out=left_out).verdict == "same"
    assert lines.line(Result(database="app", table=None, why="Nobody answers.")) == (
        "database app: not verified; Nobody answers."
    )


def test_keys_come_without_values_and_values_come_inert() -> None:
    found = result(**UNLIKE, counts={Kind.DIFFERENT: 1}, found=(DIFFERS,))

    assert list(lines.keys(found)) == ["(7, b c) different: price, at"]
    assert list(lines.values(found)) == [
        "(7, b c) different",
        "  price: '1.0' at the source, NULL in Aurora",
        "  at: '\\u001b[2J' at the source, 'now' in Aurora",
    ]


def test_a_row_without_a_key_is_named_by_its_hash() -> None:
    row = Difference(key=("-17",), kind=Kind.COUNT, times=(1, 3))
    found = result(counts={Kind.COUNT: 1}, found=(row,), has_key=False)

    assert list(lines.keys(found)) == [
        "a row without a key (hash -17) 1 time at the source, 3 in Aurora"
    ]
    assert list(lines.values(found)) == []
    (told,) = json.loads(lines.as_json("dev", [found], [], with_keys=True))["tables"]
    assert told["keys"] == [{"hash": "-17", "kind": "count", "columns": [], "times": [1, 3]}]


def test_json_has_keys_where_they_are_asked_for_and_values_never() -> None:
    found = result(**UNLIKE, counts={Kind.DIFFERENT: 1}, columns={"price": 1}, found=(DIFFERS,))
    plain, with_keys = (
        lines.as_json(
            "dev", [found, Result(database="app", table=None, why="No.")], [RUNNING], with_keys=it
        )
        for it in (False, True)
    )

    document = json.loads(plain)
    assert (document["exit_code"], document["next"]) == (4, "ferry reload dev public.orders")
    assert document["tables"][0] == {
        "database": "app",
        "table": "public.orders",
        "tasks": ["all"],
        "verdict": "different",
        "why": "",
        "rows": {"source": 1200, "target": 1198},
        "hash": {"source": "00000000000000ab", "target": "00000000000000cd"},
        "differences": {"different": 1},
        "columns": {"price": 1},
        "outside_filter": {},
        "cut": [],
        "not_proved": 0,
        "all_counted": True,
        "not_compared": [],
        "by_text_alone": [],
        "scanned_at": "2026-11-27T09:41:03+00:00",
        "seconds": 0.0,
        "newer": None,
        "taken_over": False,
        "ranges": {"all": 0, "taken_over": 0},
        "longest_snapshot": {"seconds": 0.0, "transactions": 0},
    }
    assert document["tables"][1]["verdict"] == "not verified"
    assert json.loads(with_keys)["tables"][0]["keys"] == [
        {"key": ["7", "b c"], "kind": "different", "columns": ["price", "at"]}
    ]
    assert not any("1.0" in it or "now" in it for it in (plain, with_keys))


def test_the_gravest_table_decides_and_what_differs_is_reloaded() -> None:
    same, differs = result(), result(**UNLIKE, counts={Kind.EXTRA: 1})
    part = result(left_out=(LeftOut(column="a", why="Aurora has no such column"),))

    assert lines.status([]) is ExitStatus.NOT_DONE
    assert lines.status([same]) is ExitStatus.GOOD
    assert lines.status([same, part]) is ExitStatus.NOT_DONE
    assert lines.status([part, differs, same]) is ExitStatus.STOP
    assert lines.summary([same, differs, same]) == "2 same, 1 different"
    assert lines.summary([]) == "no table is carried"
    assert lines.following("dev", [same, part], [RUNNING]) == ()
    many = Result(
        database="app",
        table=ORDERS,
        tasks=("all",),
        parts=tuple(TableName("public", f"part {n}") for n in range(12)),
        compared=differs.compared,
    )
    (told,) = lines.following("dev", [many], [RUNNING])
    assert told.startswith("ferry reload dev 'public.part 0' ")
    assert told.endswith("'public.part 9' (and 2 more)")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"status": "ready"},
            (
                (
                    "the task all is ready; DMS loads tables again of a task that runs. Start it: "
                    "ferry start dev --task all"
                ),
            ),
        ),
        (
            {
                "status": "stopped",
                "was_started": True,
                "migration_type": MigrationType.LOAD,
                "stop_reason": "FULL_LOAD_ONLY_FINISHED",
            },
            (
                (
                    "the task all is stopped; DMS loads tables again of a task that runs. Load all its "
                    "tables again: ferry start dev --task all --reload"
                ),
            ),
        ),
        (
            {"status": "stopped", "was_started": True, "migration_type": MigrationType.LOAD},
            (
                (
                    "the task all is stopped; DMS loads tables again of a task that runs. What it has not "
                    "loaded yet it loads by: ferry start dev --task all; all its tables again, by: ferry "
                    "start dev --task all --reload"
                ),
            ),
        ),
        (
            {"status": "running", "migration_type": MigrationType.CHANGES},
            (
                (
                    "the task all carries changes alone: it has no load that could begin again. Mend its "
                    "rows in Aurora by hand, or load its tables as they were loaded before."
                ),
            ),
        ),
    ],
)
def test_what_is_next_works_in_the_state_that_the_task_is_in(
    changed: dict[str, Any], told: tuple[str, ...]
) -> None:
    differs = result(**UNLIKE, counts={Kind.EXTRA: 1})

    assert lines.following("dev", [differs, differs], [task(**changed)]) == told


def test_since_a_rollback_no_load_is_suggested() -> None:
    again = task(name="all-again", status="running", migration_type=MigrationType.CHANGES)
    differs = replace(result(**UNLIKE, counts={Kind.EXTRA: 1}), tasks=("all-again",))

    (said,) = lines.following("dev", [differs], [again])
    assert said.endswith("no load that could begin again. Mend its rows in Aurora by hand.")


def test_what_was_cut_is_loaded_again_once_the_limit_is_raised() -> None:
    found = result(**UNLIKE, counts={Kind.DIFFERENT: 2}, columns={"body": 2, "n": 1}, cut=("body",))

    assert lines.line(found).startswith(
        "public.orders: different; 2 different in body, n (Aurora has only the beginning: body); "
    )
    assert lines.following("dev", [found], [RUNNING]) == (
        (
            "raise the limit of large objects of the task all (lob_max_size_kb, or max_size_kb of "
            "public.orders) before: Aurora has only the beginning of public.orders's body"
        ),
        "ferry reload dev public.orders",
    )


def test_rows_that_a_filter_leaves_out_on_one_side_are_said() -> None:
    found = result(
        **UNLIKE,
        counts={Kind.EXTRA: 3, Kind.MISSING: 1},
        outside={Kind.EXTRA: 2, Kind.MISSING: 1},
        found=(
            Difference(key=("1",), kind=Kind.EXTRA, is_outside=True),
            Difference(key=("2",), kind=Kind.MISSING, is_outside=True),
            Difference(key=("3",), kind=Kind.EXTRA),
        ),
    )

    assert (
        "3 extra in Aurora (2 of them at the source too, where the task's filter leaves them out), "
        "1 missing in Aurora (1 of them in Aurora too, where the task's filter leaves them out); "
    ) in lines.line(found)
    assert list(lines.keys(found)) == [
        "(1) extra in Aurora; the source has it too, where the task's filter leaves it out",
        "(2) missing in Aurora; Aurora has it too, where the task's filter leaves it out",
        "(3) extra in Aurora",
    ]


def test_how_far_it_is_is_told_with_rate_and_reason_from_the_first_percent_on() -> None:
    usual: dict[str, Any] = {"whole": 10 * 2**30, "seconds": 60.0, "table": "public.a", "waits": ""}

    assert lines.progress(done=2**20, **usual) == "0% of 10.0 GB; public.a"
    assert (
        lines.progress(done=2**30, **{**usual, "waits": "waits for the marker of all"})
        == "10% of 10.0 GB, 17.1 MB/s, 9m00s to go; public.a: waits for the marker of all"
    )
    assert lines.progress(done=2**30, **{**usual, "seconds": 1e8}) == (
        "10% of 10.0 GB, 11 B/s; public.a"
    )
    assert lines.progress(done=0, **{**usual, "whole": 0, "table": ""}) == "0% of 0 B"


def test_what_an_earlier_run_has_found_is_told_with_its_day() -> None:
    assert lines.line(result(is_taken_over=True)).endswith(
        "scanned 2026-11-27 09:41:03 UTC by the run before"
    )


def test_ranges_that_were_scanned_before_are_told_with_their_time() -> None:
    assert lines.line(result(ranges=(9, 4))).endswith(
        "scanned from 2026-11-27 09:41:03 UTC on: 4 of 9 ranges of its key before it was interrupted"
    )


def test_what_alone_was_compared_is_told() -> None:
    found = result(hashes=("", ""), newer=(3, 1), since=datetime(2026, 11, 26, 8, 0, 5, tzinfo=UTC))

    assert lines.line(found) == (
        "public.orders: same; 1,200 rows on both sides, scanned 09:41:03 UTC; compared: 3 written at "
        "the source and 1 in Aurora since it was the same, 2026-11-26 08:00:05 UTC"
    )


def test_columns_whose_text_two_values_may_share_are_named() -> None:
    found = replace(result(), written_alike=("span",))

    assert lines.line(found).endswith("; by its text alone, which two values may share: span")


def test_on_the_way_back_nothing_is_loaded_again() -> None:
    differs = replace(
        result(**UNLIKE, counts={Kind.DIFFERENT: 2}, columns={"body": 2}, cut=("body",)),
        tasks=("all-back",),
        direction=Direction.BACK,
    )
    many = [replace(differs, table=TableName("public", f"t {number}")) for number in range(12)]

    assert lines.line(differs).startswith(
        "public.orders: different; 2 different in body (the source has only the beginning: body); "
    )
    assert lines.summary([differs], Direction.BACK) == "1 different, from Aurora back to the source"
    assert lines.following("dev", [result()], [RUNNING], Direction.BACK) == ()
    cut, mend = lines.following("dev", [differs], [RUNNING], Direction.BACK)
    assert cut == (
        "copy body of public.orders to the source whole: the limit of large objects of the task all-back "
        "has let through only the beginning"
    )
    assert mend.endswith("Then: ferry verify dev --reverse --table public.orders")
    assert lines.following("dev", many, [], Direction.BACK)[-1].endswith(
        "--table 'public.t 9' (and 2 more)"
    )
    document = lines.as_json("dev", [differs], [RUNNING], with_keys=False, direction=Direction.BACK)
    assert json.loads(document)["direction"] == "back"
    assert "ferry reload" not in document


def test_tasks_of_which_nothing_is_compared_are_named() -> None:
    refused = Result(database="app", table=None, tasks=("all",), why="It has no way back.")

    assert lines.line(refused) == "task all: not verified; It has no way back."
