"""`ferry verify` where things happen in the middle of it: no false difference, no false `same`, no hang."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from ferry.migrate.alone import Doing, alone
from ferry.migrate.sides import Sides
from ferry.migrate.verify import comparing, scans
from ferry.migrate.verify.comparing import Verdict
from ferry.migrate.verify.proving import Proving
from ferry.migrate.verify.verify import look, verify
from ferry.migrate.watching.tables import TableRow
from tests.migration.databases import eventually
from tests.migration.deployed import SETTINGS, marker
from tests.migration.test_start import ORDERS
from tests.migration.test_task import workers
from tests.migration.test_verify import arriving, at_rest, compared, seen, server, sides
from tests.unit.ferry.migrate.tasks import task

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ferry.mappings import TableName
    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.scans import Buckets, Reading
    from ferry.postgres import sql
    from tests.migration.databases import Database, Pair
    from tests.migration.deployed import Deployed

ALTERED: Final = {
    "added": ("alter table added add more int default 1",),
    "dropped": ("alter table dropped drop column w",),
    "renamed": ("alter table renamed rename column v to x",),
    "swapped": (
        "alter table swapped rename column v to x",
        "alter table swapped rename column w to v",
        "alter table swapped rename column x to w",
    ),
    "retyped": ("alter table retyped alter v type bigint",),
    "to_text": ("alter table to_text alter v type text",),
    "keyless": ("alter table keyless drop constraint keyless_pkey",),
    "another": (
        "alter table another rename to before",
        "create table another (like before including all)",
    ),
}
GONE: Final = {"gone": ("drop table gone",), "elsewhere": ("alter table elsewhere rename to at",)}
RUNNING: Final = task(status="running")


def made(*names: str) -> list[str]:
    """The statements that make tables of two hundred rows."""
    return [
        statement
        for name in names
        for statement in (
            f"create table {name} (id int primary key, v int, w int)",
            f"insert into {name} select n, n, 7 from generate_series(1, 200) n",
        )
    ]


def completed(_task: Task, name: TableName) -> TableRow:
    return TableRow(name=name, state="Table completed")


class Once:
    """Runs what is to happen to a table, once."""

    def __init__(self, happens: dict[str, Callable[[], object]]) -> None:
        self._happens = dict(happens)

    def __call__(self, name: str) -> None:
        self._happens.pop(name, lambda: None)()


def happening(monkeypatch: pytest.MonkeyPatch, method: str, once: Once) -> None:
    """Have something happen before a table's scan (`totals`), or before the closer look (`hashes`)."""
    asks = getattr(scans.Reading, method)

    def asked(
        reading: Reading, cut: Buckets, *arguments: Sequence[int], **more: bool
    ) -> sql.Composed:
        once(reading.table.name.table)
        result: sql.Composed = asks(reading, cut, *arguments, **more)
        return result

    monkeypatch.setattr(scans.Reading, method, asked)


@pytest.mark.parametrize("side", ["source", "target"])
@pytest.mark.parametrize("stage", ["totals", "hashes", "proving"])
def test_a_table_that_is_altered_meanwhile_is_not_verified(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, side: str, stage: str
) -> None:
    database: Database = getattr(pair, side)
    pair.on_both("create schema ferry", marker(), *made(*ALTERED, *GONE, "alike"))
    pair.target.run(*(f"update {name} set v = 0 where id = 7" for name in (*ALTERED, *GONE)))
    once = Once({name: partial(database.run, *it) for name, it in {**ALTERED, **GONE}.items()})
    at: list[str] = []

    class Listener:
        def begins(self, plan: Any) -> None:  # noqa: ANN401
            at[:] = [plan.name.table]

        def is_at(self, _share: float) -> None: ...

        def waits(self, _why: str) -> None: ...

    proving = Proving(tasks=lambda: [RUNNING], statistics=completed, waits=lambda _why: once(at[0]))
    if stage != "proving":
        happening(monkeypatch, stage, once)
    scope = look("app", sides(pair), [RUNNING])

    with arriving(pair, "fence_all"):
        settling = proving if stage == "proving" else at_rest
        found = {
            it.table.table: it
            for it in verify([scope], settling=settling, listener=Listener())
            if it.table
        }

    where = {"source": "at the source", "target": "in Aurora"}[side]
    assert found.pop("alike").verdict is Verdict.SAME
    assert {name: (it.verdict, it.why) for name, it in found.items()} == {
        **{
            name: (
                Verdict.NOT_VERIFIED,
                f"public.{name} was altered {where} since the run began; run this again.",
            )
            for name in ALTERED
        },
        **{
            name: (
                Verdict.NOT_VERIFIED,
                f"public.{name} is gone {where} since the run began; run this again.",
            )
            for name in GONE
        },
    }


@pytest.mark.parametrize("stage", ["totals", "hashes"])
def test_a_table_that_is_emptied_at_the_source_meanwhile_is_never_the_same(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """DMS carries no TRUNCATE."""
    pair.on_both("create schema ferry", marker(), *made("t"))
    pair.target.run("update t set v = 0 where id = 7")
    happening(monkeypatch, stage, Once({"t": lambda: pair.source.run("truncate t")}))
    proving = Proving(tasks=lambda: [RUNNING], statistics=completed)

    with arriving(pair, "fence_all"):
        (found,) = verify([look("app", sides(pair), [RUNNING])], settling=proving)

    assert found.verdict is Verdict.DIFFERENT


@pytest.mark.parametrize("stage", ["totals", "hashes"])
def test_a_table_whose_rights_are_revoked_meanwhile_is_not_verified(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    pair.on_both(*made("alike", "t"))
    pair.target.run("update t set v = 0 where id = 7")
    for each in (pair.source, pair.target):
        each.run(
            "drop role if exists reader",
            f"create role reader login password '{each.server.password}'",
            "grant select on all tables in schema public to reader",
        )
    both = Sides(
        source=replace(
            sides(pair).source,
            server=replace(server(pair.source, "the source"), username="reader"),
        ),
        target=sides(pair).target,
    )
    happening(
        monkeypatch, stage, Once({"t": lambda: pair.source.run("revoke all on t from reader")})
    )

    found = list(verify([look("app", both, [task()])], settling=at_rest))

    pair.on_both("drop owned by reader", "drop role reader")
    assert [it.verdict for it in found] == [Verdict.SAME, Verdict.NOT_VERIFIED]
    assert "permission denied for table t" in found[1].why


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_server_that_ends_all_sessions_costs_one_table(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    database: Database = getattr(pair, side)
    pair.on_both(*made("a", "b"))
    pair.target.run("update a set v = 0 where id = 7")
    ends = (
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
        "where application_name = 'ferry' and datname = current_database()"
    )
    happening(monkeypatch, "hashes", Once({"a": lambda: database.run(ends)}))

    found = list(verify([seen(pair)], settling=at_rest))

    assert [it.verdict for it in found] == [Verdict.NOT_VERIFIED, Verdict.SAME]


@pytest.mark.parametrize("is_late", [False, True])
def test_nothing_is_proved_while_somebody_loads_tables_again(pair: Pair, *, is_late: bool) -> None:
    """Who does empties Aurora's table before DMS says anything of it."""
    pair.on_both("create schema ferry", marker(), *made("t"))
    with ExitStack() as stack:
        held: list[str] = []

        def reload(why: str = "") -> None:
            if not held:
                held.append(why)
                stack.enter_context(
                    alone([server(pair.source, "the source")], Doing.TASKS, command="reload")
                )

        pair.target.run("truncate t")
        proving = Proving(
            tasks=lambda: [RUNNING],
            statistics=completed,
            waits=reload if is_late else lambda _why: None,
        )
        if not is_late:
            reload()
        with arriving(pair, "fence_all"):
            (found,) = verify([look("app", sides(pair), [RUNNING])], settling=proving)

    assert (found.verdict, compared(found).moving) == (Verdict.NOT_PROVED, 200)
    assert compared(found).why == (
        "Somebody starts tasks, or loads tables again: what is unlike may be on its way."
    )


@pytest.mark.parametrize("status", ["stopping", "failed"])
def test_a_marker_of_a_task_that_ends_meanwhile_is_not_waited_for(pair: Pair, status: str) -> None:
    pair.on_both("create schema ferry", marker(), *made("t"))
    pair.target.run("update t set v = 0 where id = 7")
    now = [RUNNING]
    proving = Proving(
        tasks=lambda: now,
        statistics=completed,
        waits=lambda _why: now.__setitem__(0, replace(RUNNING, status=status)),
        seconds_between_checks=0.05,
    )
    began = time.monotonic()

    (found,) = verify([look("app", sides(pair), [RUNNING])], settling=proving)

    assert found.verdict is Verdict.NOT_PROVED
    assert compared(found).why.startswith(f"The task all is {status}: what ")
    assert time.monotonic() - began < 600


def test_a_marker_that_somebody_empties_is_written_again(pair: Pair) -> None:
    pair.on_both("create schema ferry", marker(), *made("t"))
    pair.target.run("update t set v = 0 where id = 7")
    with ExitStack() as stack:
        emptied: list[str] = []

        def empties(why: str) -> None:
            if why and not emptied:
                emptied.append(why)
                pair.on_both("delete from ferry.fence_all")
                stack.enter_context(arriving(pair, "fence_all"))

        proving = Proving(
            tasks=lambda: [RUNNING],
            statistics=completed,
            waits=empties,
            seconds_between_checks=0.05,
        )
        (found,) = verify([look("app", sides(pair), [RUNNING])], settling=proving)

    assert emptied
    assert found.verdict is Verdict.DIFFERENT


def test_a_clock_that_jumps_changes_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.on_both("create schema ferry", marker(), *made("alike", "t"))
    pair.target.run("update t set v = 0 where id = 7")
    jumps = [timedelta()]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:  # noqa: ANN401
            jumps[0] -= timedelta(hours=5)
            return datetime.now(tz or UTC) + jumps[0]

    monkeypatch.setattr(comparing, "datetime", Clock)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    proving = Proving(tasks=lambda: [RUNNING], statistics=completed)

    with arriving(pair, "fence_all"):
        found = list(verify([look("app", sides(pair), [RUNNING])], settling=proving))

    assert [it.verdict for it in found] == [Verdict.SAME, Verdict.DIFFERENT]


def _is_killed(deployed: Deployed) -> None:
    for pid in workers():
        os.kill(pid, signal.SIGKILL)
    deployed.pair.source.run("insert into orders values (9, 'meanwhile')")


def _stops(deployed: Deployed) -> None:
    deployed.aws.dms.stop_replication_task(ReplicationTaskArn=deployed.task_arns["all"])
    deployed.wait("stopped")


def _loses_its_slot(deployed: Deployed) -> None:
    slots = "from pg_replication_slots where database = current_database()"

    def is_gone() -> bool:
        with suppress(psycopg.errors.ObjectInUse, psycopg.errors.UndefinedObject):
            deployed.pair.source.run(
                f"select pg_terminate_backend(active_pid, 10000) {slots} and active",
                f"select pg_drop_replication_slot(slot_name) {slots}",
            )
        return not deployed.pair.source.rows(f"select 1 {slots}")

    eventually(is_gone)


def _loads_it_again(deployed: Deployed) -> None:
    deployed.aws.dms.reload_tables(
        ReplicationTaskArn=deployed.task_arns["all"],
        TablesToReload=[{"SchemaName": "public", "TableName": "orders"}],
    )
    loaded = "select what from orders where id = 1"
    eventually(lambda: deployed.pair.target.rows(loaded) == [("a",)])


@pytest.mark.parametrize(
    ("happens", "settings", "told"),
    [
        (_is_killed, {}, (4, "dev: 1 different")),
        (_stops, {}, (3, "dev: 1 not proved")),
        (_loses_its_slot, {}, (3, "dev: 1 not proved")),
        (_loads_it_again, {}, (0, "dev: 1 same")),
        (lambda _deployed: None, {"BatchApplyEnabled": True}, (4, "dev: 1 different")),
    ],
)
def test_what_happens_to_a_task_meanwhile_makes_nothing_look_different(
    deployed: Deployed,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[Deployed], None],
    settings: dict[str, Any],
    told: tuple[int, str],
) -> None:
    load = {"TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD"}
    laid = json.dumps({**SETTINGS, "FullLoadSettings": load, "TargetMetadata": settings})
    deployed.make(tasks={"all": {"ReplicationTaskSettings": laid}})
    deployed.prepare(ORDERS)
    deployed.pair.source.run(
        "insert into orders values (1, 'a'), (2, 'a')", "grant select on orders to dms"
    )
    assert deployed.reached("start", "dev").exit_code == 0
    assert deployed.reached("watch", "dev", "--every", "0.3").exit_code == 0
    deployed.pair.target.run("update orders set what = 'b' where id = 1")
    happening(monkeypatch, "hashes", Once({"orders": partial(happens, deployed)}))

    found = deployed.reached("verify", "dev", "--keys")

    # By this test, while the command ran.
    deployed.called["ferry verify"] -= {"dms:StopReplicationTask", "dms:ReloadTables"}
    said = [it for it in found.stdout.splitlines() if not it.startswith("Next: ")]
    assert (found.exit_code, said[-1]) == told, found.output
    assert [it.strip() for it in said if it.startswith("      (")] == (
        ["(1) different: what"] if found.exit_code == 4 else []
    )
