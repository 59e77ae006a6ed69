"""`ferry watch`, `ferry status`, `ferry reload` as typed, over local AWS and two PostgreSQL servers."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg

from ferry.migrate.watching import proving
from tests.migration.databases import CONTROL, as_soon_as, databases, eventually
from tests.migration.deployed import PASSWORD, SETTINGS, rules, told_by_looks
from tests.migration.test_start import ORDERS
from tests.migration.test_worker_filters import filtering
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    import pytest

    from harness.postgres import Postgres
    from tests.migration.deployed import Deployed

ROWS = "insert into orders select n, 'x' from generate_series(1, 100) n"
OFTEN = ("--every", "0.3")


def _bare(output: str) -> list[str]:
    """The lines without their times, and without how long a marker took."""
    lines = [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in output.splitlines()]
    return [re.sub(r"in \d+\.\d s", "in N s", line) for line in lines]


def test_a_migration_is_followed_from_nothing_to_its_last_marker(deployed: Deployed) -> None:
    deployed.make()

    before = deployed.reached("status", "dev")

    *shown, follows = before.stdout.splitlines()
    assert shown[:3] == [
        f"Where dev stands, in account {deployed.aws.account}, eu-central-1",
        "  done       DMS has the task all.",
        (
            "  now        DMS cannot carry the markers yet: ferry.fence_all at the source, "
            "ferry.fence_all at Aurora."
        ),
    ]
    assert "  to come    The task all was not started yet." in shown
    assert "  to come    The task all is ready, and carries no changes." in shown
    assert follows == "Next: ferry prepare-databases dev"
    deployed.prepare()
    deployed.pair.source.run(ORDERS, ROWS, "grant select on orders to dms")
    # Its table of who may connect is not there: of what it makes only the markers are.
    assert "Next: ferry prepare-databases dev" in deployed.reached("status", "dev").stdout
    assert deployed.reached("prepare-databases", "dev", "--yes").exit_code == 0
    assert "Next: ferry schema dev before-load" in deployed.reached("status", "dev").stdout
    deployed.pair.target.run("set role operator", ORDERS, "grant select on orders to dms")

    waits = deployed.reached("watch", "dev", *OFTEN)

    assert _bare(waits.stdout) == [
        "all: not started; waiting for its start: ferry start dev --task all",
        "Nothing goes on by itself. Where it stands: ferry status dev",
    ]
    assert waits.exit_code == 1

    assert deployed.reached("start", "dev").exit_code == 0
    watched = deployed.reached("watch", "dev", *OFTEN)

    *_, last = _bare(watched.stdout)
    assert last == ("All tables are loaded, and changes arrive. Where it stands: ferry status dev")
    assert any(
        line.startswith("all: replicating; 100 rows")
        and "1/1 tables" in line
        and "counted 1/1 tables on both sides, marker arrived in N s" in line
        for line in _bare(watched.stdout)
    )
    assert "slot aurora_ferry_dev_all_" in watched.stdout
    assert watched.exit_code == 0

    after = deployed.reached("status", "dev", "--json")

    states = {step["step"]: step["state"] for step in json.loads(after.stdout)["steps"]}
    for step in ("deployed", "databases-prepared", "loaded all", "replicating all"):
        assert states[step] == "done"


def test_a_table_that_lost_rows_is_found_by_counting_and_loaded_again(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.pair.source.run(ROWS)
    deployed.reached("start", "dev")
    assert deployed.reached("watch", "dev", *OFTEN).exit_code == 0
    deployed.pair.target.run("delete from orders where id <= 7")

    lost = deployed.reached("watch", "dev", *OFTEN)

    assert (
        "public.orders: 100 rows at the source, 93 at Aurora: load it again: "
        "ferry reload dev public.orders"
    ) in _bare(lost.stdout)
    assert lost.exit_code == 4

    refused = deployed.reached("reload", "dev", "public.orders", *OFTEN, given="n\n")

    assert refused.exit_code == 130
    assert deployed.pair.target.value("select count(*) from orders") == 93

    again = deployed.reached("reload", "dev", "public.orders", *OFTEN, given="y\n")

    assert again.stdout.splitlines()[0] == (
        "The task all loads these tables again; this command empties Aurora's before: public.orders"
    )
    assert again.exit_code == 0
    assert deployed.pair.target.value("select count(*) from orders") == 100


def test_a_reload_that_dms_refuses_says_that_the_table_was_emptied(deployed: Deployed) -> None:
    _carried(deployed)
    rule = {"operations": ["dms:ReloadTables"], "times": 1, "code": "AccessDeniedFault"}
    deployed.aws.post("/local-aws/faults", {"rules": [rule]})

    refused = deployed.reached("reload", "dev", "public.orders", "--yes", *OFTEN)

    deployed.aws.post("/local-aws/faults", {})
    assert "Aurora's public.orders lack the rows that were deleted for it." in refused.stderr
    assert "Run this again, or they stay away." in refused.stderr
    assert refused.exit_code == 3
    assert deployed.reached("reload", "dev", "public.orders", "--yes", *OFTEN).exit_code == 0
    assert deployed.pair.target.value("select count(*) from orders") == 100


def test_a_table_that_others_refer_to_is_loaded_again_with_them_or_without_their_keys(
    deployed: Deployed,
) -> None:
    _carried(
        deployed,
        'create table "Lines" (id int primary key, next int references "Lines", of bigint)',
    )
    deployed.pair.target.run(
        "create table parts (id int, of bigint, primary key (id)) partition by range (id)",
        "create table parts_1 partition of parts for values from (1) to (10)",
        'alter table "Lines" add constraint "of ""it""" foreign key (of) references orders',
        "alter table parts add constraint whose foreign key (of) references orders",
    )

    one = deployed.reached("reload", "dev", "public.orders", "--yes", *OFTEN)

    drops = (
        'ALTER TABLE "public"."Lines" DROP CONSTRAINT "of ""it""";',
        'ALTER TABLE "public"."parts" DROP CONSTRAINT "whose";',
    )
    assert one.stderr == (
        "Aurora's public.orders cannot be emptied: foreign keys of other tables refer to what is "
        'there, of "it" of public.Lines, whose of public.parts. Drop them in Aurora\'s database app: '
        f"{' '.join(drops)} Then run this again. When the tables are loaded: "
        "ferry schema dev before-cutover; it makes the keys again.\n"
    )
    assert one.exit_code == 3
    assert deployed.pair.target.value("select count(*) from orders") == 100

    deployed.pair.target.run(drops[1])
    both = ("reload", "dev", "public.orders", "public.Lines", "--yes", *OFTEN)

    assert deployed.reached(*both).exit_code == 0

    deployed.pair.target.run(drops[0])

    assert deployed.reached("reload", "dev", "public.orders", "--yes", *OFTEN).exit_code == 0
    assert deployed.pair.target.value("select count(*) from orders") == 100


def test_a_table_that_is_not_carried_is_not_loaded_again(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS)

    early = deployed.reached("reload", "dev", "public.orders", "--yes")

    assert early.stderr == (
        "The task all is ready; DMS loads tables again of a task that runs. Start it: "
        "ferry start dev --task all\n"
    )
    assert early.exit_code == 3

    deployed.reached("start", "dev")

    unknown = deployed.reached("reload", "dev", "public.ordrs", "--yes")
    nameless = deployed.reached("reload", "dev", "orders", "--yes")

    assert unknown.stderr == (
        "No task of dev that was started carries a table public.ordrs; names are those of the "
        "source, letter by letter. Which there are: ferry watch dev --json\n"
    )
    assert nameless.stderr == "TABLE is 'orders'; name it with its schema, such as public.orders.\n"
    assert (unknown.exit_code, nameless.exit_code) == (2, 2)
    deployed.end()
    stopped = deployed.reached("reload", "dev", "public.orders", "--yes")
    assert stopped.stderr == (
        "The task all is stopped; DMS loads tables again of a task that runs. Start it: "
        "ferry start dev --task all\n"
    )
    assert stopped.exit_code == 3


def test_a_table_that_dms_gave_up_is_shown_with_what_its_log_says(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare(ORDERS, "create table arrays (tags text[])")
    deployed.pair.target.run("alter table orders drop column what")
    assert deployed.reached("start", "dev", "--despite-drift").exit_code == 0
    eventually(lambda: deployed.read()["ReplicationTaskStats"].get("TablesErrored") == 1)

    shown = deployed.reached("watch", "dev", *OFTEN)

    assert any(
        line.startswith("public.arrays: Table error: its reason is in the log; mend it, then ")
        and line.endswith("ferry reload dev public.arrays")
        for line in _bare(shown.stdout)
    )
    assert (
        "log of all: warning: public.orders: column what is removed: the target does not have it"
    ) in _bare(shown.stdout)
    assert shown.exit_code == 4
    standing = deployed.reached("status", "dev")
    assert (
        "  wrong      Of the task all 1 table is not carried; 1 of 2 tables are loaded."
        in standing.stdout.splitlines()
    )
    assert standing.exit_code == 4


def test_changes_that_were_not_applied_are_no_good_end_until_the_table_is_loaded_again(
    deployed: Deployed,
) -> None:
    _carried(deployed)
    refusing = "alter table orders add constraint no_bad check (what <> 'bad') not valid"
    deployed.pair.target.run(refusing)
    deployed.pair.source.run("update orders set what = 'bad' where id = 3")
    deployed.pair.source.run("update orders set what = 'later' where id = 4")
    later = "select what from orders where id = 4"
    eventually(lambda: deployed.pair.target.value(later) == "later")

    lacking = deployed.reached("watch", "dev", *OFTEN)

    assert (
        "public.orders: 1 change was not applied: see why in "
        "dms_control.awsdms_apply_exceptions, mend it, then ferry reload dev public.orders"
    ) in _bare(lacking.stdout)
    assert lacking.exit_code == 4
    not_applied = "1 change of the task all was not applied"
    assert not_applied in deployed.reached("status", "dev").stdout
    deployed.pair.target.run("alter table orders drop constraint no_bad")

    again = deployed.reached("reload", "dev", "public.orders", "--yes", *OFTEN)

    assert again.exit_code == 0
    assert deployed.pair.target.value("select what from orders where id = 3") == "bad"
    # DMS keeps what it wrote of them: what a load has brought since is history.
    assert (
        deployed.pair.target.value(f"select count(*) from {CONTROL}.awsdms_apply_exceptions") == 1
    )
    assert "not applied" not in deployed.reached("status", "dev").stdout
    mended = deployed.reached("watch", "dev", *OFTEN, "--json")
    assert [look["tasks"][0]["exceptions"] for look in _looks(mended.stdout)][-1] == 0
    assert mended.exit_code == 0
    deployed.pair.target.run(refusing)
    deployed.pair.source.run("update orders set what = 'bad' where id = 5")

    anew = deployed.reached("watch", "dev", *OFTEN)

    assert any(
        line.startswith("public.orders: 1 change was not applied") for line in _bare(anew.stdout)
    )
    assert anew.exit_code == 4


def test_a_table_that_was_made_after_the_start_is_not_called_loaded(deployed: Deployed) -> None:
    _carried(deployed)
    deployed.pair.on_both("create table later (id int primary key)")
    deployed.pair.source.run("insert into later values (1)", "grant select on later to dms")

    unknown = deployed.reached("watch", "dev", *OFTEN)

    assert any(
        line.startswith("public.later: the task's rules select it, and DMS does not carry it: ")
        for line in _bare(unknown.stdout)
    )
    assert unknown.exit_code == 4
    standing = deployed.reached("status", "dev")
    assert (
        "  wrong      The source has 1 table that the task all selects and does not carry, such as "
        "public.later; 1 of 1 table is loaded."
    ) in standing.stdout.splitlines()
    assert standing.exit_code == 4

    deployed.end()
    deployed.reached("start", "dev")

    assert deployed.reached("watch", "dev", *OFTEN).exit_code == 0
    assert deployed.pair.target.value("select count(*) from later") == 1


def test_a_table_that_the_operator_may_not_count_is_left_out_and_said(deployed: Deployed) -> None:
    _carried(deployed)
    deployed.pair.source.run(
        f"create role lesser login password '{PASSWORD}'",
        "grant usage on schema ferry to lesser",
        "grant select, insert, delete on ferry.fence_all to lesser",
    )
    deployed.aws.secretsmanager.put_secret_value(
        SecretId="aurora-ferry-dev/operator-source",
        SecretString=json.dumps({"username": "lesser", "password": PASSWORD}),
    )

    watched = deployed.reached("watch", "dev", *OFTEN)

    deployed.pair.source.run("drop owned by lesser", "drop role lesser")
    assert "permission denied for table orders" in watched.stdout
    assert "All that can be counted is loaded; some tables cannot be counted." in watched.stdout
    assert watched.exit_code == 3


def test_of_a_table_that_is_filtered_the_rows_that_pass_are_counted(deployed: Deployed) -> None:
    filtered = filtering("orders", ("id", [{"filter-operator": "gte", "value": "51"}]))
    renamed = {
        "rule-type": "transformation",
        "rule-id": "7",
        "rule-name": "7",
        "rule-target": "column",
        "rule-action": "rename",
        "value": "number",
        "object-locator": {"schema-name": "public", "table-name": "orders", "column-name": "id"},
    }
    carried = [rules()[0], filtered, renamed]
    deployed.make(tasks={"all": {"TableMappings": json.dumps({"rules": carried})}})
    deployed.prepare()
    deployed.pair.source.run(ORDERS, ROWS, "analyze orders", "grant select on orders to dms")
    deployed.pair.target.run(ORDERS, "alter table orders rename id to number")
    started = deployed.reached("start", "dev", "--despite-drift")
    assert started.exit_code == 0, started.stderr

    watched = deployed.reached("watch", "dev", *OFTEN)

    assert "50 rows; 1/1 tables; " in watched.stdout
    assert "counted 1/1 tables on both sides, marker arrived" in watched.stdout
    assert watched.exit_code == 0
    deployed.pair.target.run("delete from orders where number > 93")

    lost = deployed.reached("watch", "dev", *OFTEN)

    assert (
        "public.orders: 50 rows that pass its filter at the source, 43 at Aurora: load it again: "
        "ferry reload dev public.orders"
    ) in _bare(lost.stdout)
    assert lost.exit_code == 4


def test_a_filter_that_nobody_can_say_in_sql_is_said(deployed: Deployed) -> None:
    filtered = filtering("hosts", ("at", [{"filter-operator": "eq", "value": "10.0.0.1"}]))
    deployed.make(tasks={"all": {"TableMappings": json.dumps({"rules": [rules()[0], filtered]})}})
    deployed.prepare("create table hosts (at inet primary key)")
    deployed.pair.source.run("insert into hosts values ('10.0.0.1'), ('10.0.0.2')")
    assert deployed.reached("start", "dev").exit_code == 0

    watched = deployed.reached("watch", "dev", *OFTEN)

    assert (
        "public.hosts: not counted: its filter by at is one of type inet, and AWS does not say how "
        "DMS compares those"
    ) in _bare(watched.stdout)
    assert "All that can be counted is loaded; some tables cannot be counted." in watched.stdout
    assert watched.exit_code == 3


TWO = DEV.replace('database = "app"\n', "").replace(
    """[[dms.tasks]]
name = "all"
""",
    """[[databases]]
source = "app"
aurora = "app"

[[databases]]
source = "crm"
aurora = "crm"

[[dms.tasks]]
name = "crm"
database = "crm"
tables = [{ schema = "public" }]

[[dms.tasks]]
name = "all"
database = "app"
""",
)


def test_two_databases_are_watched_at_once_and_told_apart(
    deployed: Deployed, ends: tuple[Postgres, Postgres]
) -> None:
    with databases(*ends, name="crm") as crm:
        deployed.make(file=TWO, tasks={"all": {}, "crm": {}}, beside={"crm": crm})
        deployed.prepare(ORDERS)
        deployed.prepare(ORDERS, tasks=("crm",), pair=crm)
        crm.source.run(ROWS)
        deployed.pair.source.run(ROWS)
        assert deployed.reached("start", "dev").exit_code == 0

        watched = deployed.reached("watch", "dev", *OFTEN)

        assert watched.exit_code == 0, watched.stdout
        for task in ("all", "crm"):
            assert f"{task}: replicating; 100 rows" in watched.stdout
            assert f"slot aurora_ferry_dev_{task}_" in watched.stdout
        for pair in (crm, deployed.pair):
            pair.target.run("delete from orders where id <= 7")
        apart = deployed.reached("watch", "dev", "--task", "all", *OFTEN)
        lost = deployed.reached("watch", "dev", *OFTEN)
        assert (apart.exit_code, lost.exit_code) == (4, 4)
        assert "crm" not in apart.stdout
        assert (
            "public.orders of crm: 100 rows at the source, 93 at Aurora: load it again: "
            "ferry reload dev public.orders --task crm"
        ) in _bare(lost.stdout)

        again = deployed.reached("reload", "dev", "public.orders", "--task", "crm", "--yes", *OFTEN)

        assert again.exit_code == 0, again.stdout
        assert crm.target.value("select count(*) from orders") == 100
        assert deployed.pair.target.value("select count(*) from orders") == 93
        deployed.end()


def test_a_task_that_applies_in_batches_is_proved_by_two_markers(deployed: Deployed) -> None:
    batches = {**SETTINGS, "TargetMetadata": {"BatchApplyEnabled": True}}
    deployed.make(tasks={"all": {"ReplicationTaskSettings": json.dumps(batches)}})
    deployed.prepare(ORDERS)
    deployed.pair.source.run(ROWS)
    assert deployed.reached("start", "dev").exit_code == 0

    watched = deployed.reached("watch", "dev", *OFTEN)

    assert "marker arrived in" in watched.stdout
    assert watched.exit_code == 0
    assert deployed.pair.target.value("select max(id) from ferry.fence_all") == 2


def test_alarms_that_fire_are_named_and_those_of_others_are_not(deployed: Deployed) -> None:
    _carried(deployed)
    for name, state in (
        ("dms-cdc-latency-source-all-dev", "ALARM"),
        ("dms-cdc-latency-target-all-dev", "OK"),
        ("dms-cdc-latency-source-all-prod", "ALARM"),
    ):
        deployed.aws.cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/DMS",
            MetricName="CDCLatencySource",
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=300,
            ComparisonOperator="GreaterThanThreshold",
        )
        deployed.aws.cloudwatch.set_alarm_state(
            AlarmName=name, StateValue=state, StateReason="Threshold Crossed"
        )

    watched = deployed.reached("watch", "dev", *OFTEN)
    seen = deployed.reached("watch", "dev", *OFTEN, "--json")

    assert [line for line in _bare(watched.stdout) if line.startswith("alarm ")] == [
        "alarm dms-cdc-latency-source-all-dev fires"
    ]
    assert _looks(seen.stdout)[-1]["alarms"] == ["dms-cdc-latency-source-all-dev"]
    assert watched.exit_code == 0  # it has an end of its own: who waits for the load gets it


def test_what_the_operator_may_not_read_is_no_good_end(deployed: Deployed) -> None:
    _carried(deployed)
    deployed.pair.target.run(
        f"create role lesser login password '{PASSWORD}'",
        "grant usage on schema ferry, public to lesser",
        "grant select on all tables in schema ferry, public to lesser",
    )
    deployed.aws.secretsmanager.put_secret_value(
        SecretId="aurora-ferry-dev/operator-target",
        SecretString=json.dumps({"username": "lesser", "password": PASSWORD}),
    )

    watched = deployed.reached("watch", "dev", *OFTEN)

    deployed.pair.target.run("drop owned by lesser", "drop role lesser")
    assert "permission denied for schema dms_control" in watched.stdout
    assert "All that could be told is as it should be" in watched.stdout
    assert watched.exit_code == 3


def _carried(deployed: Deployed, *beside: str) -> None:
    """A task that replicates one table of a hundred rows, and what else is made on both sides."""
    deployed.make()
    deployed.prepare(ORDERS, *beside)
    deployed.pair.source.run(ROWS)
    assert deployed.reached("start", "dev").exit_code == 0
    assert deployed.reached("watch", "dev", *OFTEN).exit_code == 0


def _looks(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def test_dms_that_throttles_is_said_and_asked_again(deployed: Deployed) -> None:
    _carried(deployed)
    deployed.aws.post(
        "/local-aws/faults",
        {
            "rules": [
                {
                    "operations": ["dms:DescribeTableStatistics"],
                    "times": 2,
                    "code": "ThrottlingFault",
                }
            ]
        },
    )

    watched = deployed.reached("watch", "dev", *OFTEN, "--json")

    deployed.aws.post("/local-aws/faults", {})
    looks = _looks(watched.stdout)
    assert looks[0]["unanswered"] == [
        (
            "Could not read the tables of the task all: AWS refused DescribeTableStatistics "
            "(ThrottlingFault): local AWS was told to refuse dms:DescribeTableStatistics"
        )
    ]
    assert looks[-1]["unanswered"] == []
    assert looks[-1]["tasks"][0]["phase"] == "replicating"
    assert watched.exit_code == 0


def test_a_source_that_is_gone_for_a_while_ends_no_watch(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    _carried(deployed)
    looked = told_by_looks(monkeypatch)
    server = deployed.pair.source.server
    server.stop()
    back = as_soon_as(lambda: looked("nobody answers there"), server.start)

    watched = deployed.reached("watch", "dev", *OFTEN, "--json")

    back.join()
    looks = _looks(watched.stdout)
    assert any("the source" in sentence for sentence in looks[0]["unanswered"])
    assert looks[-1]["tasks"][0]["phase"] == "replicating"
    assert watched.exit_code == 0


def test_transactions_that_a_load_waits_for_are_named(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.reached("start", "dev")
    looked = told_by_looks(monkeypatch)
    source = deployed.pair.source
    parameters: dict[str, Any] = source.connection
    loading: list[int] = []
    with psycopg.connect(**parameters) as prepares, psycopg.connect(**parameters) as writes:
        prepares.execute("insert into orders values (1, 'prepared')")
        prepares.execute("prepare transaction 'it''s held'")
        writes.execute("insert into orders values (2, 'open')")

        def end() -> None:
            for kind, finish in (
                ("open", writes.commit),
                ("prepared", lambda: source.run("commit prepared 'it''s held'")),
            ):
                eventually(partial(looked, f"cannot be made before the {kind} transaction"))
                loading.append(deployed.read()["ReplicationTaskStats"]["TablesLoading"])
                finish()

        ends = threading.Thread(target=end)
        ends.start()
        reloaded = deployed.reached("reload", "dev", "public.orders", "--yes", *OFTEN)
        ends.join()

    assert re.search(
        r"cannot be made before the prepared transaction 'it''s held' of postgres, since .* UTC, has "
        r"ended: at the source, in database \w+: commit prepared 'it''s held', or rollback prepared 'it''s held'",
        reloaded.stdout,
    )
    assert re.search(
        r"cannot be made before the open transaction of process (\d+), postgres, since .* UTC, has "
        r"ended: wait for it, or end it at the source: select pg_terminate_backend\(\1\)",
        reloaded.stdout,
    )
    assert loading == [1, 1]
    assert reloaded.exit_code == 0


def test_a_marker_that_is_gone_is_not_waited_for(deployed: Deployed) -> None:
    deployed.make()
    deployed.prepare("create table orders (id bigint primary key)")
    deployed.reached("start", "dev")
    deployed.pair.source.run("drop table ferry.fence_all")

    ended = deployed.reached("watch", "dev", "--every", "0.3")
    reload = deployed.reached("reload", "dev", "public.orders", "--yes")

    for refused in (ended.stdout, reload.stderr):
        assert (
            'relation "ferry.fence_all" does not exist (42P01). Make the markers and their grants: '
            "ferry prepare-databases ENV."
        ) in refused
    assert (ended.exit_code, reload.exit_code) == (3, 3)


def test_whoever_has_seen_enough_ends_it(deployed: Deployed) -> None:
    _carried(deployed)
    newest = "select coalesce(max(id), 0) from ferry.fence_all"
    before = deployed.pair.source.value(newest)

    def end() -> None:
        # its third marker: the look at the first is over, and shown
        eventually(lambda: deployed.pair.source.value(newest) > before + 2)
        os.kill(os.getpid(), signal.SIGINT)

    ends = threading.Thread(target=end)
    ends.start()

    watched = deployed.reached("watch", "dev", *OFTEN, "--until", "never")

    ends.join()
    assert "all: replicating" in watched.stdout
    assert watched.exit_code == 130


def test_a_table_that_is_written_to_all_the_while_differs_by_no_count(deployed: Deployed) -> None:
    _carried(deployed)
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            deployed.pair.source.run(
                "insert into orders values (1000, 'x')", "delete from orders where id = 1000"
            )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(2):
            watched = deployed.reached("watch", "dev", *OFTEN)
            assert watched.exit_code == 0, watched.stdout
        deployed.pair.target.run("delete from orders where id <= 90")
        lost = deployed.reached("watch", "dev", *OFTEN)
    finally:
        done.set()
        writer.join()

    assert lost.exit_code == 4
    assert "at Aurora: load it again: ferry reload dev public.orders" in lost.stdout


def test_a_task_that_is_behind_is_waited_for_however_long_its_marker_takes(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock on the marker's table holds up what DMS applies; nobody reads it less for that."""
    _carried(deployed)
    monkeypatch.setattr(proving, "_SECONDS_OF_A_MARKER", 0.5)
    looked = told_by_looks(monkeypatch)
    target = deployed.pair.target
    with psycopg.connect(**target.connection) as held:  # type: ignore[arg-type]  # libpq's names
        held.execute('lock table ferry."fence_all" in exclusive mode')
        deployed.pair.source.run("insert into orders values (2000, 'late')")
        freed = as_soon_as(lambda: looked("for its marker, written"), held.rollback)

        watched = deployed.reached("watch", "dev", *OFTEN, "--json")

        freed.join()
    looks = _looks(watched.stdout)
    waited = [task["waiting"] for look in looks for task in look["tasks"]]
    assert any("for its marker, written" in sentence for sentence in waited)
    assert {look["tasks"][0]["phase"] for look in looks} <= {
        "counting",
        "catching up",
        "replicating",
    }
    assert watched.exit_code == 0
