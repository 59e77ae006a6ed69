"""`ferry start` and `ferry stop` as typed, over local AWS and two PostgreSQL servers."""

from __future__ import annotations

import json
import re
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from ferry.migrate.start import HeldUpTasks
from tests.migration.databases import ENDED, eventually
from tests.migration.deployed import AURORA, PASSWORD, SETTINGS, SOURCE, rules
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.migration.deployed import Deployed

ORDERS = "create table orders (id bigint primary key, what text)"


def _is_in(words: str, lines: Sequence[str]) -> bool:
    return any(words in line for line in lines)


def test_a_task_is_started_stopped_and_resumed(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.pair.source.run("insert into orders select n, 'x' from generate_series(1, 10) n")

    idle = deployed.ferry("stop", "dev")

    # it holds no slot yet
    assert idle.stdout.splitlines()[1:] == ["  The task all does not run: it is ready."]

    started = deployed.reached("start", "dev")

    assert started.stderr == ""
    assert started.stdout.splitlines() == [
        f"Starting the tasks of dev, in account {deployed.aws.account}",
        "  Testing DMS's connections; this takes about a minute.",
        "  The task all: start-replication.",
        "  The task all is running.",
        "Next: ferry watch dev",
    ]
    assert started.exit_code == 0
    eventually(lambda: deployed.pair.target.value("select count(*) from orders") == 10)

    stopped = deployed.ferry("stop", "dev")

    assert stopped.stdout.splitlines()[1:] == [
        "  The task all is stopped: NORMAL",
        "Next: before the source's disk is full of write-ahead logs: ferry start dev",
    ]
    deployed.pair.source.run("insert into orders values (11, 'meanwhile')")

    resumed = deployed.reached("start", "dev")

    assert "  The task all: resume-processing." in resumed.stdout.splitlines()
    assert resumed.exit_code == 0
    eventually(lambda: deployed.pair.target.value("select count(*) from orders") == 11)


def test_all_that_stands_against_a_start_is_said_and_nothing_is_started(
    deployed: Deployed,
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.pair.source.run('revoke select on ferry."fence_all" from dms')
    deployed.pair.target.run("insert into orders values (1, 'somebody else''s')")
    deployed.pair.target.run("alter table orders add column more text")

    refused = deployed.reached("start", "dev")

    lines = [line.strip() for line in refused.stdout.splitlines()]
    assert (
        "blocked     DMS's user lacks SELECT on the marker ferry.fence_all at the source." in lines
    )
    assert "remedy: Make the markers and their grants: ferry prepare-databases dev" in lines
    assert "blocked     Aurora's public.orders hold rows already." in lines
    assert (
        "remedy: See what they are. Where that is right: ferry start dev --task all --into public.orders"
    ) in lines
    assert "blocked     TABLE public.orders is at Aurora, and is another." in lines
    assert any("ferry start dev --task all --despite-drift" in line for line in lines)
    status = deployed.reached("status", "dev").stdout
    assert "and is another. Only there: more text." in status
    # The first of what is wrong is what comes next; of the others each says its own.
    assert (
        "             remedy: Change TABLE public.orders at Aurora, or drop it there, then"
        in status
    )
    assert lines[-1] == "No task is started."
    assert refused.exit_code == 4
    assert deployed.read()["Status"] == "ready"

    deployed.pair.source.run('grant select on ferry."fence_all" to dms')
    despite = deployed.reached("start", "dev", "--into", "public.orders", "--despite-drift")

    assert despite.exit_code == 0


def test_a_wildcard_that_finds_a_partitioned_table_too_is_refused(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(
        "create table events (id bigint primary key) partition by range (id)",
        "create table events_1 partition of events for values from (0) to (10) partition by range (id)",
        "create table events_1_1 partition of events_1 for values from (0) to (10)",
        "create table people (id bigint primary key)",
        "create table staff () inherits (people)",
    )

    refused = deployed.reached("start", "dev")

    assert (
        "The task all carries partitioned tables and their partitions: public.events, public.events_1."
    ) in refused.stdout
    assert "The task all carries tables that others inherit from: public.people." in refused.stdout
    assert refused.exit_code == 4


def test_a_start_that_waits_for_open_transactions_says_so_before_and_meanwhile(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    source = deployed.pair.source
    parameters: dict[str, Any] = source.connection
    found, told, tell_once = [], list[str](), HeldUpTasks._tell_once  # noqa: SLF001

    def tells(self: HeldUpTasks, line: str) -> None:
        tell_once(self, line)
        told.append(line)

    monkeypatch.setattr(HeldUpTasks, "_tell_once", tells)
    with psycopg.connect(**parameters) as prepares, psycopg.connect(**parameters) as writes:
        prepares.execute("insert into orders values (1, 'prepared')")
        prepares.execute("prepare transaction 'it''s held'")
        time.sleep(6)  # from 5 s on it is told of beforehand
        writes.execute("insert into orders values (2, 'open')")
        pid = writes.info.backend_pid

        def end() -> None:
            for kind, finish in (
                ("open", writes.commit),
                ("prepared", lambda: source.run("commit prepared 'it''s held'")),
            ):
                words = f"cannot be made before the {kind} transaction"
                eventually(partial(_is_in, words, told))
                found.append(deployed.read()["Status"])
                finish()

        ends = threading.Thread(target=end)
        ends.start()
        started = deployed.reached("start", "dev")
        ends.join()

    lines = started.stdout.splitlines()
    prepared = r"the prepared transaction 'it''s held' of postgres, since .* UTC, has ended"
    ends_it = (
        r"at the source, in database \w+: commit prepared 'it''s held', or rollback prepared "
        "'it''s held'"
    )
    before = next(line for line in lines if "DMS starts the task all when the prepared" in line)
    assert re.fullmatch(f"  DMS starts the task all when {prepared}: {ends_it}", before)
    meanwhile = [line for line in lines if "cannot be made before" in line]
    assert any(
        re.fullmatch(rf"  DMS's slot \w+ cannot be made before {prepared}: {ends_it}", line)
        for line in meanwhile
    )
    assert any(
        f"before the open transaction of process {pid}, postgres, since " in line
        and line.endswith(f"select pg_terminate_backend({pid})")
        for line in meanwhile
    )
    assert len(meanwhile) == len(set(meanwhile))
    assert found == ["starting", "starting"]
    assert started.exit_code == 0


def test_a_connection_that_dms_cannot_make_is_told(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.aws.secretsmanager.put_secret_value(
        SecretId="aurora-ferry-dev/source",
        SecretString=json.dumps(
            {"host": SOURCE, "port": 5432, "username": "dms", "password": "another"}
        ),
    )

    refused = deployed.reached("start", "dev")

    assert "blocked     DMS cannot connect to the source: Test Endpoint failed: " in refused.stdout
    assert "password authentication failed" in refused.stdout
    assert "another" not in refused.stdout
    assert refused.exit_code == 4


def test_a_trigger_of_auroras_alone_that_fires_for_dms_too_stands_against_a_start(
    deployed: Deployed,
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.pair.target.run(
        "create function nope() returns trigger language plpgsql as 'begin return null; end'",
        "create trigger swallows before insert on orders for each row execute function nope()",
    )
    fires = "alter table orders enable {} trigger swallows"
    deployed.pair.target.run(fires.format("always"))

    refused = deployed.reached("start", "dev")

    assert (
        "Only at Aurora, and works on what DMS writes: TRIGGER public.orders swallows."
    ) in refused.stdout
    assert "until the cutover; to start despite all that differs: " in refused.stdout
    assert refused.exit_code == 4

    deployed.pair.target.run(fires.format("").replace("  ", " "))

    assert deployed.reached("start", "dev").exit_code == 1


def test_what_differs_and_stops_no_load_is_said_when_tasks_are_started(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS, "create view least as select min(id) from orders")
    deployed.pair.target.run("create or replace view least as select max(id) as min from orders")

    started = deployed.reached("start", "dev")

    assert ("warning     VIEW public.least is at Aurora, and is another.") in started.stdout
    assert "  The task all is running." in started.stdout.splitlines()
    assert started.exit_code == 1


def test_a_marker_of_another_shape_is_refused_by_all_that_use_it(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    marker = "ferry.fence_all"
    shapes = {
        "(id bigint primary key, note text)": "is something else: id bigint primary key, note text.",
        "(id bigint, at timestamptz not null)": "is something else: id bigint, at timestamptz not",
        "(id bigint primary key, at timestamptz not null, check (id > 7))": "has what may refuse, hide",
        "(id bigint primary key deferrable, at timestamptz not null)": "is something else: id bigint not",
        "(id bigint primary key, at timestamptz not null) partition by range (id)": "no plain table.",
    }
    for columns, said in shapes.items():
        deployed.pair.target.run(f"drop table {marker}", f"create table {marker} {columns}")

        refused = deployed.reached("start", "dev")
        prepared = deployed.reached("prepare-databases", "dev", "--yes")

        assert "blocked     ferry.fence_all at Aurora " in refused.stdout
        assert "; then: ferry prepare-databases dev" in refused.stdout
        assert said in refused.stdout
        assert said in prepared.stderr
        assert [it.exit_code for it in (refused, prepared)] == [4, 3]

    status = deployed.reached("status", "dev")

    assert (
        "wrong      ferry.fence_all at Aurora is something else: no plain table." in status.stdout
    )
    assert status.exit_code == 4


def test_a_task_that_had_failed_runs_without_a_word_of_it(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.reached("start", "dev")
    deployed.pair.target.run("alter role ferry_admin password 'rotated'", ENDED)
    deployed.wait("failed")
    deployed.pair.target.run(f"alter role ferry_admin password '{PASSWORD}'")

    started = deployed.reached("start", "dev")

    lines = started.stdout.splitlines()
    assert "password authentication failed" in next(each for each in lines if "had failed" in each)
    assert lines[-2] == "  The task all is running."
    assert started.exit_code == 0


def test_two_addresses_that_lead_to_one_database_are_refused(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    assert deployed.reached("start", "dev").exit_code == 0
    file = deployed.folder / "dev.toml"  # encrypted, and the server's name not verified
    file.write_text(file.read_text().replace('ssl_mode = "none"', 'ssl_mode = "require"'))
    aurora = f"127.0.0.1:{deployed.pair.target.server.port}"
    ways = ("--source-address", aurora, *deployed.ways[2:])
    said = (
        f"The source (192.168.10.15:5432 by {aurora}) and Aurora ({AURORA}:5432 by {aurora}) are one "
        "and the same database."
    )

    status = deployed.ferry("status", "dev", *ways)
    schema = deployed.ferry("schema", "dev", "before-load", "--plan", *ways)
    reload = deployed.ferry("reload", "dev", "public.orders", "--yes", *ways)
    deployed.end()
    start = deployed.ferry("start", "dev", *ways)

    assert said in status.stdout
    for refused in (schema, reload, start):
        assert refused.stderr.startswith(said)
    assert [each.exit_code for each in (status, schema, reload, start)] == [3, 3, 3, 3]


def test_a_password_that_the_source_refuses_is_not_done(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.aws.secretsmanager.put_secret_value(
        SecretId="aurora-ferry-dev/operator-source",
        SecretString=json.dumps({"username": "operator", "password": "another"}),
    )

    for command in (("start", "dev"), ("status", "dev")):
        refused = deployed.reached(*command)

        assert "it does not accept the password of user 'operator'." in refused.output
        assert "ferry secret operator dev source" in refused.output
        assert PASSWORD not in refused.output
        assert refused.exit_code == 3


def test_all_is_loaded_again_where_the_environments_name_is_typed(deployed: Deployed) -> None:
    settings = {**SETTINGS, "FullLoadSettings": {"TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD"}}
    deployed.make(tasks={"all": {"ReplicationTaskSettings": json.dumps(settings)}})
    deployed.prepare(ORDERS)
    deployed.pair.source.run("insert into orders values (1, 'x')")
    deployed.reached("start", "dev")
    eventually(lambda: deployed.pair.target.value("select count(*) from orders") == 1)
    running = deployed.reached("start", "dev", "--reload")
    assert "remedy: Stop it first: ferry stop dev --task all" in running.stdout
    deployed.end()
    deployed.pair.on_both('insert into ferry."fence_all" values (7, now())')
    deployed.pair.target.run("delete from orders")

    wrong = deployed.reached("start", "dev", "--reload", given="prod\n")

    assert wrong.exit_code == 2
    assert wrong.stderr == "'prod' was typed, and not 'dev': nothing was started.\n"
    assert deployed.read()["Status"] == "stopped"

    again = deployed.reached("start", "dev", "--reload", given="dev\n")

    assert "  The task all: reload-target." in again.stdout.splitlines()
    assert again.exit_code == 0
    eventually(lambda: deployed.pair.target.value("select count(*) from orders") == 1)
    assert deployed.pair.source.value('select count(*) from ferry."fence_all"') == 0
    assert deployed.pair.target.value('select count(*) from ferry."fence_all"') == 0


@pytest.mark.parametrize("mode", ["DO_NOTHING", "TRUNCATE_BEFORE_LOAD"])
def test_what_others_refer_to_is_not_loaded_again_before_their_keys_are_dropped(
    deployed: Deployed, mode: str
) -> None:
    settings = {**SETTINGS, "FullLoadSettings": {"TargetTablePrepMode": mode}}
    deployed.make(tasks={"all": {"ReplicationTaskSettings": json.dumps(settings)}})
    deployed.prepare(ORDERS, "create table items (id int primary key, of bigint references orders)")
    deployed.pair.source.run("insert into orders values (1, 'x')")
    key = "alter table items drop constraint items_of_fkey"
    deployed.pair.target.run(key)
    deployed.reached("start", "dev")
    eventually(lambda: deployed.pair.target.value("select count(*) from orders") == 1)
    deployed.end()
    deployed.pair.target.run(f"{key.replace('drop', 'add')} foreign key (of) references orders")

    refused = deployed.reached("start", "dev", "--reload")

    drop = 'ALTER TABLE "public"."items" DROP CONSTRAINT "items_of_fkey";'
    assert f"remedy: Drop them in Aurora's database app: {drop} When" in refused.stdout
    by_hand = 'truncate table "public"."orders"'
    assert (f"Empty them at Aurora: {by_hand}; or" in refused.stdout) == (mode == "DO_NOTHING")
    assert refused.exit_code == 4

    deployed.pair.target.run(drop, *[by_hand] * (mode == "DO_NOTHING"))

    assert deployed.reached("start", "dev", "--reload", given="dev\n").exit_code == 0
    eventually(lambda: deployed.pair.target.value("select count(*) from orders") == 1)


def test_what_dms_would_drop_is_not_loaded_again_while_something_depends_on_it(
    deployed: Deployed,
) -> None:
    settings = {**SETTINGS, "FullLoadSettings": {"TargetTablePrepMode": "DROP_AND_CREATE"}}
    deployed.make(tasks={"all": {"ReplicationTaskSettings": json.dumps(settings)}})
    deployed.prepare(ORDERS)
    source, target = deployed.pair.source, deployed.pair.target
    source.run("insert into orders values (1, 'x')")
    assert deployed.reached("start", "dev").exit_code == 0
    eventually(lambda: target.value("select count(*) from orders") == 1)
    target.run(
        "alter table orders add of bigint references orders",
        "create view lowest as select min(id) from orders",
        "create view lesser as select * from lowest",
        "create function first() returns orders language sql as 'select null::orders'",
        "create table items (id int primary key, of bigint references orders)",
    )

    one = deployed.reached("reload", "dev", "public.orders", "--yes")

    said = "function public.first(), view public.lowest."
    assert (
        f"as DMS does before it loads: other things depend on what is there, {said}" in one.stderr
    )
    assert one.exit_code == 3
    deployed.end()

    refused = deployed.reached("start", "dev", "--reload")

    assert f"Other things depend on what is to be dropped at Aurora: {said}" in refused.stdout
    assert (
        "refer to what is to be dropped at Aurora: items_of_fkey of public.items." in refused.stdout
    )
    assert refused.exit_code == 4

    target.run(
        "drop view lesser, lowest",
        "drop function first",
        "drop table items",
        "alter table orders drop of",
    )

    again = deployed.reached("start", "dev", "--reload", given="dev\n")

    assert "  The task all: reload-target." in again.stdout.splitlines()
    eventually(lambda: target.value("select count(*) from orders") == 1)
    # DMS has made the marker anew, too.
    deployed.end()
    assert (
        "  The task all: resume-processing." in deployed.reached("start", "dev").stdout.splitlines()
    )


def test_one_task_of_several_is_started(deployed: Deployed) -> None:
    b = 'name = "b"\ntables = [{ schema = "b" }]\ncdc_stop_position = "commit_time:2099-01-01T00:00:00"'
    file = DEV.replace("[alarms]", f"[[dms.tasks]]\n{b}\n\n[alarms]")
    deployed.make(
        file=file,
        tasks={
            "all": {},
            "b": {
                "TableMappings": json.dumps({"rules": rules(task="b", schema="b")}),
            },
        },
    )
    deployed.prepare(ORDERS, tasks=("all", "b"))

    unknown = deployed.reached("start", "dev", "--task", "c")
    one = deployed.reached("start", "dev", "--task", "all")

    assert unknown.stderr == "--task is 'c', which is no task of the file; its tasks are all, b.\n"
    assert unknown.exit_code == 2
    assert one.exit_code == 0
    assert (deployed.read("all")["Status"], deployed.read("b")["Status"]) == ("running", "ready")

    both = deployed.reached("start", "dev")

    assert "  The task all runs already." in both.stdout.splitlines()
    assert "  The task b: start-replication." in both.stdout.splitlines()
    assert deployed.read("b")["CdcStopPosition"] == "commit_time:2099-01-01T00:00:00"
    assert "CdcStopPosition" not in deployed.read("all")

    watched = deployed.reached("watch", "dev", "--every", "0.3")

    assert "all: replicating" in watched.stdout
    assert "b: replicating; " in watched.stdout
    assert watched.exit_code == 0


def test_a_task_that_stops_after_its_load_is_loaded_and_goes_on_when_it_is_started(
    deployed: Deployed,
) -> None:
    stops = {**SETTINGS, "FullLoadSettings": {"StopTaskCachedChangesNotApplied": True}}
    deployed.make(tasks={"all": {"ReplicationTaskSettings": json.dumps(stops)}})
    deployed.prepare(ORDERS)
    deployed.pair.source.run("insert into orders select n, 'x' from generate_series(1, 10) n")
    assert deployed.reached("start", "dev").exit_code == 0
    deployed.wait("stopped")
    deployed.pair.source.run("insert into orders values (11, 'meanwhile')")

    loaded = deployed.reached("watch", "dev", "--every", "0.3")

    assert "all: loaded; 10 rows; 1/1 tables" in loaded.stdout
    assert (
        "waiting for its next start, as after_full_load says: ferry start dev --task all"
    ) in loaded.stdout
    assert loaded.exit_code == 0

    assert "all: resume-processing." in deployed.reached("start", "dev").stdout
    assert deployed.reached("watch", "dev", "--every", "0.3").exit_code == 0
    assert deployed.pair.target.value("select count(*) from orders") == 11


def test_a_load_that_was_stopped_half_way_goes_on_by_the_command_that_is_told(
    deployed: Deployed,
) -> None:
    deployed.make(tasks={"all": {"MigrationType": "full-load"}})
    deployed.prepare(ORDERS, "create table late (id int primary key)")
    pair, count = deployed.pair, "select count(*) from "
    for table in ("orders", "late"):
        pair.source.run(f"insert into {table} select generate_series(1, 10)")
    parameters: dict[str, Any] = pair.source.connection
    with psycopg.connect(**parameters) as holder:
        holder.execute("lock table late")
        assert deployed.reached("start", "dev", "--despite-drift").exit_code == 0
        eventually(lambda: pair.target.value(f"{count}orders") == 10)
        deployed.end()

    reload = deployed.reached("reload", "dev", "public.late", "--yes")

    onward = "ferry start dev --task all"
    assert (
        f"What it has not loaded yet it loads by: {onward}; all its tables again, by: {onward} --reload"
    ) in " ".join(reload.stderr.split())
    assert reload.exit_code == 3
    begun = deployed.reached(*onward.split()[1:])
    assert "  The task all: resume-processing." in begun.stdout.splitlines()
    eventually(lambda: deployed.read().get("StopReason", "").endswith("FULL_LOAD_ONLY_FINISHED"))
    assert (pair.target.value(f"{count}late"), pair.target.value(f"{count}orders")) == (10, 10)

    done = deployed.reached("reload", "dev", "public.late", "--yes")

    assert f"Load all its tables again: {onward} --reload" in " ".join(done.stderr.split())
