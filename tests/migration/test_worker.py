"""The worker against two PostgreSQL servers: what arrives, what does not, what is said of it.

Each test is a row of what DMS documents of PostgreSQL sources and targets.
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.PostgreSQL.html
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.migration.databases import CONTROL, Worker, eventually

if TYPE_CHECKING:
    from tests.migration.databases import Pair

ORDERS = "create table orders (id bigint primary key, what varchar(100), at timestamptz)"
EXCEPTIONS = (
    f'select "TABLE_NAME", "ERROR" from {CONTROL}.awsdms_apply_exceptions order by "ERROR_TIME"'
)
SUSPENDED = f"select table_name from {CONTROL}.awsdms_suspended_tables"
LIMITED_TO_1_KB = {
    "TargetMetadata": {"SupportLobs": True, "LimitedSizeLobMode": True, "LobMaxSize": 1}
}
FULL_LOB = {
    "TargetMetadata": {"SupportLobs": True, "LimitedSizeLobMode": False, "FullLobMode": True}
}


def arrived(pair: Pair, marker: int = 1) -> None:
    """Write a row at the source and wait until it is at the target: all before it has been applied."""
    pair.source.run(f"insert into marker values ({marker})")
    eventually(lambda: pair.target.value(f"select count(*) from marker where id = {marker}") == 1)


def with_marker(*statements: str) -> tuple[str, ...]:
    return ("create table marker (id bigint primary key)", *statements)


def test_rows_that_are_there_and_changes_after_them_arrive(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders select n, 'before', now() from generate_series(1, 100) n")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        assert worker.table("orders")["state"] == "Table completed"
        assert worker.table("orders")["rows"] == 100
        pair.source.run(
            "insert into orders values (101, 'it''s [new]: \"yes\"\n', now())",
            "update orders set what = null where id = 1",
            "delete from orders where id = 2",
        )
        arrived(pair)
        ended = worker.stop()
    assert (ended["status"], ended["reason"]) == ("stopped", "Stop Reason NORMAL")
    counts = worker.table("orders")["counts"]
    assert [counts[f"Applied{what}"] for what in ("Inserts", "Updates", "Deletes")] == [1, 1, 1]
    everything = "select * from orders order by id"
    assert pair.target.rows(everything) == pair.source.rows(everything)


def test_a_change_while_the_load_runs_is_applied_once(pair: Pair) -> None:
    pair.on_both(*with_marker("create table counted (id bigint primary key, n bigint)"))
    pair.source.run("insert into counted select n, 0 from generate_series(1, 20000) n")
    with Worker(job=pair.job()) as worker:
        for _ in range(20):
            pair.source.run("update counted set n = n + 1 where id <= 5")
        worker.wait_running()
        arrived(pair)
        worker.stop()
    total = "select sum(n), count(*) from counted"
    assert pair.target.rows(total) == pair.source.rows(total)
    assert pair.target.rows(EXCEPTIONS) == []


def test_a_task_of_the_full_load_alone_ends_by_itself_and_leaves_no_slot(pair: Pair) -> None:
    pair.on_both(ORDERS)
    pair.source.run("insert into orders values (1, 'x', now())")
    with Worker(job=pair.job(migration_type="full-load")) as worker:
        ended = worker.end()
    assert ended["reason"] == "Stop Reason FULL_LOAD_ONLY_FINISHED"
    assert pair.target.value("select count(*) from orders") == 1
    assert (
        pair.source.rows("select 1 from pg_replication_slots where database = current_database()")
        == []
    )


def test_a_task_of_changes_alone_loads_nothing(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders values (1, 'before', now())")
    with Worker(job=pair.job(migration_type="cdc")) as worker:
        worker.wait_running()
        pair.source.run("insert into orders values (2, 'after', now())")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select what from orders") == [("after",)]


@pytest.mark.parametrize("position", ["{}", "checkpoint:V1#34#{}#0#0#*#0#0"])
def test_changes_from_a_position_of_a_slot_that_is_there(pair: Pair, position: str) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders values (1, 'before the slot', now())")
    lsn = pair.source.value(
        "select lsn::text from pg_create_logical_replication_slot('given', 'test_decoding')"
    )
    pair.source.run("insert into orders values (2, 'after the slot', now())")
    with Worker(
        job=pair.job(migration_type="cdc", slot="given", position=position.format(lsn))
    ) as worker:
        worker.wait_running()
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select what from orders") == [("after the slot",)]


def test_a_position_without_a_slot_is_refused(pair: Pair) -> None:
    pair.on_both(ORDERS)
    with Worker(job=pair.job(migration_type="cdc", position="0/1")) as worker:
        ended = worker.end()
    assert ended["status"] == "failed"
    assert ended["message"] == "a position needs a slot that is there, and a task of changes alone"


def test_changes_end_with_the_last_that_was_committed_before_a_time(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    moment = "select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')"
    with Worker(job=pair.job(migration_type="cdc")) as worker:
        worker.wait_running()
        worker.stop()
    pair.source.run("insert into orders values (1, 'before', now())", "select pg_sleep(1)")
    stop = pair.source.value(moment)
    pair.source.run("select pg_sleep(1)", "insert into orders values (2, 'after', now())")
    with Worker(job={**worker.resumed(), "stop_position": f"commit_time:{stop}"}) as again:
        assert again.end()["reason"] == "Stop Reason STOPPED_AT_COMMIT_TIME"
    assert pair.target.rows("select what from orders") == [("before",)]
    with Worker(job=again.resumed() | {"stop_position": None}) as last:
        last.wait_running()
        arrived(pair)
        last.stop()
    assert pair.target.value("select count(*) from orders") == 2
    assert pair.target.rows(EXCEPTIONS) == []


def test_changes_end_when_the_servers_time_has_come(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    soon = datetime.now(UTC) + timedelta(seconds=5)
    with Worker(job=pair.job(stop_position=f"server_time:{soon:%Y-%m-%dT%H:%M:%S}")) as worker:
        assert worker.end()["reason"] == "Stop Reason STOPPED_AT_SERVER_TIME"
    assert datetime.now(UTC) >= soon.replace(microsecond=0)
    assert worker.said("running")


def test_what_was_done_in_each_slot_of_time_is_history(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders values (1, 'loaded', now()), (2, 'loaded', now())")
    history = {"ControlSchema": CONTROL, "HistoryTableEnabled": True,
               "HistoryTimeslotInMinutes": 0.001}  # fmt: skip
    found = (
        "select timeslot_type, sum(timeslot_records)::int from "
        f"{CONTROL}.awsdms_history group by 1 order by 1 desc"
    )
    with Worker(job=pair.job(settings={"ControlTablesSettings": history})) as worker:
        worker.wait_running()
        pair.source.run("update orders set what = 'changed'")
        arrived(pair)
        eventually(lambda: pair.target.rows(found) == [("FULL LOAD", 2), ("CHANGE PROCESSING", 3)])
        worker.stop()


def test_a_task_has_the_control_tables_that_its_settings_ask_for(pair: Pair) -> None:
    pair.on_both(*with_marker())
    tables = f"select tablename from pg_tables where schemaname = '{CONTROL}' order by 1"
    with Worker(job=pair.job(migration_type="full-load")) as worker:
        worker.end()
    assert pair.target.rows(tables) == []
    bare = {"ControlTablesSettings": {"ControlSchema": CONTROL}}
    with Worker(job=pair.job(settings=bare)) as worker:
        worker.wait_running()
        worker.stop()
    assert pair.target.rows(tables) == [("awsdms_apply_exceptions",), ("awsdms_txn_state",)]


def test_updates_and_deletions_without_a_key_are_not_carried(pair: Pair) -> None:
    pair.on_both(*with_marker("create table keyless (what varchar(10))"))
    pair.source.run("insert into keyless values ('loaded')")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run(
            "insert into keyless values ('added')",
            "update keyless set what = 'changed'",
            "delete from keyless",
        )
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select what from keyless order by 1") == [("added",), ("loaded",)]
    assert pair.target.rows(EXCEPTIONS) == []


def test_without_a_key_a_full_replica_identity_finds_the_row(pair: Pair) -> None:
    pair.on_both(*with_marker("create table wide (a integer, b varchar(10))"))
    pair.source.run(
        "alter table wide replica identity full", "insert into wide values (1, null), (2, 'x')"
    )
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("update wide set a = 3 where a = 1", "delete from wide where a = 2")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select * from wide") == [(3, None)]


def test_the_new_value_of_a_key_is_not_carried_and_no_exception_tells(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders values (1, 'x', null)")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("update orders set id = 2")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id from orders") == [(1,)]
    assert pair.target.rows(EXCEPTIONS) == []


def test_truncate_is_not_carried(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS, "create table more (id integer primary key)"))
    pair.source.run("insert into orders values (1, 'x', null)")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("truncate orders, more")
        arrived(pair)
        worker.stop()
    assert pair.target.value("select count(*) from orders") == 1


def test_a_row_that_is_there_lands_in_the_exceptions_and_the_task_goes_on(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.target.run("insert into orders values (1, 'somebody else''s', null)")
        pair.source.run("insert into orders values (1, 'ours', null), (2, 'ours', null)")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id, what from orders order by id") == [
        (1, "somebody else's"),
        (2, "ours"),
    ]
    assert pair.target.rows(EXCEPTIONS) == [
        ("orders", 'duplicate key value violates unique constraint "orders_pkey"')
    ]
    assert worker.table("orders")["state"] == "Table completed"


def test_a_policy_may_suspend_the_table_or_stop_the_task(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    for policy in ("SUSPEND_TABLE", "STOP_TASK"):
        pair.target.run("truncate orders, marker")
        pair.source.run("truncate orders, marker")
        settings = {"ErrorBehavior": {"ApplyErrorInsertPolicy": policy}}
        with Worker(job=pair.job(settings=settings)) as worker:
            worker.wait_running()
            pair.target.run("insert into orders values (1, null, null)")
            pair.source.run("insert into orders values (1, 'ours', null)")
            if policy == "STOP_TASK":
                ended = worker.end()
                assert ended["status"] == "failed"
                assert ended["message"].startswith("INSERT of public.orders: duplicate key value")
                continue
            arrived(pair)
            worker.stop()
            assert worker.table("orders")["state"] == "Table error"
            assert pair.target.rows(SUSPENDED) == [("orders",)]


def test_a_policy_that_is_not_there_fails_the_task_and_is_not_passed_over(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    settings = {"ErrorBehavior": {"ApplyErrorInsertPolicy": "UPDATE_RECORD"}}
    with Worker(job=pair.job(settings=settings)) as worker:
        worker.wait_running()
        pair.target.run("insert into orders values (1, null, null)")
        pair.source.run("insert into orders values (1, 'ours', null)")
        ended = worker.end()
    assert ended["message"] == (
        "ApplyErrorInsertPolicy UPDATE_RECORD is not there: "
        "LOG_ERROR, IGNORE_RECORD, SUSPEND_TABLE, STOP_TASK are"
    )


def test_a_row_that_a_policy_ignores_leaves_no_trace(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    settings = {"ErrorBehavior": {"ApplyErrorInsertPolicy": "IGNORE_RECORD"}}
    with Worker(job=pair.job(settings=settings)) as worker:
        worker.wait_running()
        pair.target.run("insert into orders values (1, null, null)")
        pair.source.run("insert into orders values (1, 'ours', null)")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select what from orders") == [(None,)]
    assert pair.target.rows(EXCEPTIONS) == []


def test_a_change_of_many_rows_is_one_transaction_at_the_target(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("insert into orders select n, 'x', null from generate_series(1, 5000) n")
        seen = set()
        while 5000 not in seen:
            seen.add(pair.target.value("select count(*) from orders"))
        worker.stop()
    assert seen <= {0, 5000}


def test_a_column_that_the_target_lacks_is_left_out_of_the_load_with_a_word(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.target.run("alter table orders drop column what")
    pair.source.run("insert into orders values (1, 'x', null)")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        worker.stop()
    assert pair.target.rows("select * from orders") == [(1, None)]
    assert [event["text"] for event in worker.said("log")] == [
        "public.orders: column what is removed: the target does not have it"
    ]


def test_a_column_that_comes_later_suspends_the_table_and_no_other(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("alter table orders add column late integer")
        pair.source.run("insert into orders values (1, 'x', null, 5)")
        arrived(pair)
        worker.stop()
    assert worker.table("orders")["state"] == "Table error"
    assert worker.table("marker")["state"] == "Table completed"
    assert pair.target.rows(SUSPENDED) == [("orders",)]


def test_a_value_beyond_the_lob_limit_is_truncated_with_a_warning(pair: Pair) -> None:
    pair.on_both(*with_marker("create table documents (id integer primary key, t text, b bytea)"))
    long = "values ({}, repeat('x', 2000), decode(repeat('ff', 2000), 'hex'))"
    pair.source.run(f"insert into documents {long.format(1)}")
    with Worker(job=pair.job(settings=LIMITED_TO_1_KB)) as worker:
        worker.wait_running()
        pair.source.run(f"insert into documents {long.format(2)}")
        arrived(pair)
        worker.stop()
    lengths = "select octet_length(t), octet_length(b) from documents order by id"
    assert pair.target.rows(lengths) == [(1024, 1024), (1024, 1024)]
    assert [event["text"] for event in worker.said("log")] == [
        "public.documents: 1 values of column t are longer than 1024 bytes; they are truncated",
        "public.documents: 1 values of column b are longer than 1024 bytes; they are truncated",
    ] * 2


def test_the_lob_limit_is_one_of_bytes_and_cuts_no_character_in_two(pair: Pair) -> None:
    pair.on_both(*with_marker("create table documents (id integer primary key, t text)"))
    # After so many of the first one of the second, which has two, three and four bytes.
    rows = [
        (before, sign)
        for sign in "\u00e9\u20ac\U0001f600"
        for before in (1020, 1021, 1022, 1023, 1024)
    ]
    values = [f"(repeat('x', {before}) || '{sign}')" for before, sign in rows]
    values += ["(repeat('\u00e9', 512))", "(repeat('\u00e9', 600))"]
    insert = "insert into documents values " + ", ".join(
        f"({{0}} + {number}, {value})" for number, value in enumerate(values)
    )
    pair.source.run(insert.format(0))
    with Worker(job=pair.job(settings=LIMITED_TO_1_KB)) as worker:
        worker.wait_running()
        pair.source.run(insert.format(100))
        arrived(pair)
        worker.stop()
    expected = [
        "x" * before + (sign if before + len(sign.encode()) <= 1024 else "")
        for before, sign in rows
    ] + ["\u00e9" * 512] * 2
    found = [text for (text,) in pair.target.rows("select t from documents order by id")]
    assert found == expected * 2
    cut = sum(before + len(sign.encode()) > 1024 for before, sign in rows) + 1
    assert [event["text"] for event in worker.said("log")] == [
        f"public.documents: {cut} values of column t are longer than 1024 bytes; they are truncated"
    ] * 2


def test_a_value_beyond_the_lob_limit_fails_the_task_where_the_endpoint_says_so(pair: Pair) -> None:
    pair.on_both("create table documents (id integer primary key, t text)")
    pair.source.run("insert into documents values (1, repeat('x', 2000))")
    with Worker(
        job=pair.job(settings=LIMITED_TO_1_KB, source={"fail_on_lob_truncation": True})
    ) as worker:
        ended = worker.end()
    assert ended["status"] == "failed"
    assert ended["message"] == "public.documents: 1 values of column t are longer than 1024 bytes"
    assert pair.target.value("select count(*) from documents") == 0


def test_a_large_value_that_an_update_does_not_touch_stays(pair: Pair) -> None:
    pair.on_both(*with_marker("create table documents (id integer primary key, n integer, t text)"))
    pair.source.run(
        "alter table documents alter t set storage external",
        "insert into documents values (1, 1, repeat('long', 5000))",
    )
    with Worker(job=pair.job(settings=FULL_LOB)) as worker:
        worker.wait_running()
        pair.source.run("update documents set n = 2")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select n, octet_length(t) from documents") == [(2, 20000)]


def test_an_identity_that_is_always_generated_is_loaded_and_then_fails(pair: Pair) -> None:
    pair.on_both(
        *with_marker("create table always (id integer generated always as identity primary key)")
    )
    pair.source.run("insert into always default values")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("insert into always default values")
        arrived(pair)
        worker.stop()
    assert pair.target.value("select count(*) from always") == 1
    ((table, error),) = pair.target.rows(EXCEPTIONS)
    assert (table, error) == ("always", 'cannot insert a non-DEFAULT value into column "id"')


def test_what_dms_does_not_load_is_suspended_and_the_rest_goes_on(pair: Pair) -> None:
    pair.on_both(
        *with_marker(
            "create table computed (a integer primary key, b integer generated always as (a) stored)",
            "create table listed (a integer[])",
        )
    )
    pair.source.run("insert into computed values (1)", "insert into listed values ('{1}')")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        arrived(pair)
        worker.stop()
    assert {name: worker.table(name)["state"] for name in ("computed", "listed", "marker")} == {
        "computed": "Table error",
        "listed": "Table error",
        "marker": "Table completed",
    }
    assert pair.target.rows(f"{SUSPENDED} order by 1") == [("computed",), ("listed",)]


def test_a_session_as_replica_fires_neither_triggers_nor_foreign_keys(pair: Pair) -> None:
    pair.on_both(
        *with_marker(
            "create table parents (id integer primary key)",
            "create table children (id integer primary key, parent integer references parents)",
        )
    )
    pair.target.run(
        "create function refuse() returns trigger language plpgsql as "
        "$$ begin raise exception 'fired'; end $$",
        "create trigger refusing before insert on children for each row execute function refuse()",
    )
    pair.source.run("insert into parents values (1)", "insert into children values (1, 1)")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("insert into children values (2, 1)")
        arrived(pair)
        worker.stop()
    assert pair.target.value("select count(*) from children") == 2
    assert pair.target.rows(EXCEPTIONS) == []


def test_to_empty_the_parent_of_a_foreign_key_fails_all_the_same(pair: Pair) -> None:
    pair.on_both(
        "create table parents (id integer primary key)",
        "create table children (id integer primary key, parent integer references parents)",
    )
    settings = {"FullLoadSettings": {"TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD"}}
    with Worker(job=pair.job(settings=settings)) as worker:
        worker.wait_running()
        worker.stop()
    assert worker.table("parents")["state"] == "Table error"
    assert worker.table("children")["state"] == "Table completed"
    assert worker.said("log")[0]["text"].startswith(
        "public.parents: cannot truncate a table referenced in a foreign key constraint"
    )


def test_infinity_becomes_the_last_day_that_dms_knows(pair: Pair) -> None:
    pair.on_both(*with_marker("create table days (id integer primary key, d date, t timestamptz)"))
    ends = "insert into days values ({}, 'infinity', '-infinity')"
    pair.source.run(ends.format(1))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run(ends.format(2))
        arrived(pair)
        worker.stop()
    pair.target.run(f"alter database \"{pair.target.name}\" set timezone = 'UTC'")
    assert (
        pair.target.rows("select d::text, t::text from days order by id")
        == [("9999-12-31", "4713-01-01 00:00:00+00 BC")] * 2
    )


def test_a_numeric_without_precision_keeps_six_decimals_or_all_as_the_endpoint_says(
    pair: Pair,
) -> None:
    pair.on_both(*with_marker("create table amounts (id integer primary key, n numeric)"))
    long = "insert into amounts values ({}, 1.23456789)"
    pair.source.run(long.format(1))
    for as_string, expected in ((False, "1.234568"), (True, "1.23456789")):
        pair.target.run("truncate amounts, marker")
        pair.source.run("truncate marker", "delete from amounts where id = 2")
        with Worker(job=pair.job(source={"map_unbounded_numeric_as_string": as_string})) as worker:
            worker.wait_running()
            pair.source.run(long.format(2))
            arrived(pair)
            worker.stop()
        assert pair.target.rows("select n::text from amounts order by id") == [(expected,)] * 2


def test_a_missing_table_is_made_with_its_key_and_nothing_else(pair: Pair) -> None:
    pair.source.run(
        "create table notes (a integer, b varchar(10) not null default 'x' unique, primary key (b, a))",
        "insert into notes values (1)",
    )
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        worker.stop()
    assert pair.target.rows("select * from notes") == [(1, "x")]
    indexes = "select indexdef from pg_indexes where tablename = 'notes'"
    assert pair.target.rows(indexes) == [
        ("CREATE UNIQUE INDEX notes_pkey ON public.notes USING btree (b, a)",)
    ]


def test_ranges_load_each_row_once_but_none_whose_boundary_is_null(pair: Pair) -> None:
    pair.on_both("create table parts (id integer primary key, k integer)")
    pair.source.run(
        "insert into parts select n, n from generate_series(1, 1000) n",
        "insert into parts values (1001, null)",
    )
    rules = [
        {"rule-type": "selection", "rule-id": "1", "rule-name": "1", "rule-action": "include",
         "object-locator": {"schema-name": "public", "table-name": "parts"}},
        {"rule-type": "table-settings", "rule-id": "2", "rule-name": "2",
         "object-locator": {"schema-name": "public", "table-name": "parts"},
         "parallel-load": {"type": "ranges", "columns": ["k"], "boundaries": [["250"], ["700"]]}},
    ]  # fmt: skip
    with Worker(job=pair.job(rules=rules)) as worker:
        worker.wait_running()
        worker.stop()
    assert worker.table("parts")["rows"] == 1000
    assert pair.target.rows("select count(*), count(k) from parts") == [(1000, 1000)]
