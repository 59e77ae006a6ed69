"""`ferry verify ENV --reverse`: Aurora against the source, while what is written there is carried back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.replication.table_mappings import table_mappings
from ferry.environments import find
from ferry.postgres import sql
from tests.migration.databases import databases, eventually
from tests.migration.deployed import GRANTS, rules
from tests.migration.test_verify_moving import (
    FILLED,
    PLANTED,
    TABLES,
    TWO_TASKS,
    Writer,
    found_in,
    stalled,
)
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from harness.postgres import Postgres
    from tests.migration.deployed import Deployed

ROLLBACK = ("[dms]\n", "[dms]\nrollback = true\n")
RENAMED = DEV.replace(*ROLLBACK).replace(
    'tables = [{ schema = "public" }]\n',
    """tables = [{ schema = "public" }]

[[dms.tasks.transformations]]
target = "table"
action = "rename"
schema = "public"
table = "orders"
value = "sales"

[[dms.tasks.transformations]]
target = "column"
action = "remove-column"
schema = "public"
table = "orders"
column = "total"
""",
)
ORDERS = (
    "create table {} (id bigint primary key, quantity int not null, price numeric{}, "
    "total int generated always as (quantity * 10) stored)"
)
ROWS = "insert into orders (id, quantity, price) select n, n, 1.5 from generate_series(1, 500) n"


def test_each_planted_row_is_found_and_no_other_while_writers_write_in_aurora(
    deployed: Deployed,
) -> None:
    lagging = rules(task="lagging", schema="other")
    deployed.make(
        file=TWO_TASKS.replace(*ROLLBACK),
        tasks={"all": {}, "lagging": {"TableMappings": json.dumps({"rules": lagging})}},
    )
    deployed.make_legs()
    source, aurora = deployed.pair.source, deployed.pair.target
    deployed.pair.on_both("create schema other")
    deployed.prepare(*TABLES, tasks=("all", "lagging", "all_back", "lagging_back"))
    source.run(
        *FILLED,
        "grant usage on schema other to dms",
        "grant select on all tables in schema other to dms",
    )
    for name in ("all", "lagging"):
        started = deployed.reached("start", "dev", "--task", name)
        assert f"The task {name} is running." in started.stdout, started.output
    eventually(lambda: "dev: 6 same" in deployed.reached("verify", "dev").stdout)
    stopped = deployed.ferry("stop", "dev")
    assert stopped.exit_code == 0, stopped.output
    for name in ("all-back", "lagging-back"):
        deployed.start_leg(name)
    source.run(*(statement for statement, *_ in PLANTED if statement))

    with (
        # On two cores a worker does not keep up with writers that never pause.
        Writer(aurora, 1, pause_seconds=0.02) as one,
        Writer(aurora, 2, pause_seconds=0.02) as other,
        stalled(source, "lock table other.lagging in share mode"),
    ):
        eventually(lambda: min(one.committed, other.committed) > 100)
        told = deployed.reached("verify", "dev", "--reverse", "--json", "--keys")
        eventually(lambda: min(one.committed, other.committed) > 200)

    assert found_in(told.stdout) == {(table, key): columns for _, table, key, columns in PLANTED}
    assert told.exit_code == 4
    document: dict[str, Any] = json.loads(told.stdout)
    verdicts = {it["table"]: it["verdict"] for it in document["tables"]}
    assert verdicts["public.keyless"] == verdicts["public.hot"] == "same"
    assert document["direction"] == "back"
    assert "reload" not in document["next"]
    assert document["next"].endswith(
        "ferry verify dev --reverse --table other.lagging --table public.composite --table public.texts "
        "--table public.whole"
    )


def _cut_over(deployed: Deployed) -> None:
    """Carry the table orders to Aurora, as sales, and write there from then on."""
    deployed.make(
        file=RENAMED,
        tasks={"all": {"TableMappings": _mappings(deployed)}},
    )
    deployed.make_legs()
    deployed.prepare(tasks=("all", "all_back"))
    deployed.pair.source.run(ORDERS.format("orders", ""), ROWS, *GRANTS)
    deployed.pair.target.run(ORDERS.format("sales", "(10, 2)"))
    assert "The task all is running." in deployed.reached("start", "dev", "--despite-drift").stdout
    eventually(lambda: "dev: 1 same" in deployed.reached("verify", "dev").stdout)


def _mappings(deployed: Deployed) -> str:
    """As the constructs write the file's."""
    deployed.folder.mkdir(exist_ok=True)
    (deployed.folder / "dev.toml").write_text(RENAMED)
    of = find("dev")
    ((task, database),) = of.migration.tasks
    beside = of.migration.beside("fence_all", database)
    return table_mappings(task, marker="fence_all", beside=beside)


def _verified(deployed: Deployed, *options: str) -> tuple[int, dict[str, Any]]:
    """What the command ends with, and what it says of the one table or task."""
    told = deployed.reached("verify", "dev", "--json", "--keys", *options)
    assert told.stdout.startswith("{"), told.output
    document = json.loads(told.stdout)
    (table,) = document["tables"]
    return told.exit_code, {**table, "next": document["next"]}


def test_a_table_with_another_name_in_aurora_is_compared_by_its_name_at_the_source(
    deployed: Deployed,
) -> None:
    _cut_over(deployed)
    source, aurora = deployed.pair.source, deployed.pair.target

    status, found = _verified(deployed, "--reverse")
    assert (status, found["table"], found["tasks"]) == (3, None, ["all"])
    assert found["why"].startswith("The task all-back was never started")

    deployed.ferry("stop", "dev")
    deployed.start_leg("all-back")
    aurora.run(
        "update sales set quantity = 7 where id in (1, 2)",
        "delete from sales where id = 3",
        "insert into sales (id, quantity, price) values (900, 9, 2.5)",
    )
    eventually(lambda: source.value("select count(*) from orders where id = 900") == 1)
    # What was carried forward has no scale at the source, and two digits in Aurora.
    status, found = _verified(deployed, "--reverse", "--table", "public.orders")
    assert (status, found["table"], found["verdict"]) == (0, "public.orders", "same"), found
    assert found["rows"] == {"source": 500, "target": 500}
    assert found["not_compared"] == []

    # Forward nothing is judged any more: what would mend it would overwrite what was written in Aurora.
    status, found = _verified(deployed)
    assert (status, found["table"], found["next"]) == (3, None, "")
    assert found["why"].endswith("ferry verify dev --reverse")

    status, _ = _verified(deployed, "--reverse")
    assert status == 0
    aurora.run("update sales set price = 9 where id = 5")
    source.run(
        "update orders set price = 1.25 where id = 4",
        "insert into orders (id, quantity) values (901, 1)",
    )
    unlike = {("4", "different", "price"), ("901", "missing")}
    for options in (("--delta",), ()):
        status, found = _verified(deployed, "--reverse", *options)
        assert (status, found["verdict"], bool(found["newer"])) == (4, "different", bool(options))
        assert {(it["key"][0], it["kind"], *it["columns"]) for it in found["keys"]} == unlike
        assert "reload" not in found["next"]
        assert "--reverse --table public.orders" in found["next"]
        source.run("delete from orders where id = 6")
        unlike.add(("6", "extra"))
    files = {it.name for it in (deployed.folder.parent / "state" / "ferry" / "dev").iterdir()}
    assert files == {"verify.app.json", "verify-reverse.app.json"}

    # What waits in the slot of a leg that was stopped may arrive yet.
    deployed.aws.dms.stop_replication_task(ReplicationTaskArn=deployed.task_arns["all-back"])
    deployed.wait("stopped", "all-back")
    aurora.run("update sales set price = 8 where id = 7")
    status, found = _verified(deployed, "--reverse")
    assert (status, found["verdict"], found["not_proved"]) == (3, "not proved", 4)
    assert found["why"] == (
        "The task all-back is stopped: what was written in Aurora since then is not at the source."
    )

    # Forward again by the leg that was made for it.
    source.run("update orders set price = 8 where id = 7", "delete from orders where id = 901")
    source.run("insert into orders (id, quantity, price) values (6, 6, 1.5)")
    source.run("update orders set price = 1.5 where id = 4")
    deployed.start_leg("all-again")
    source.run("update orders set quantity = 77 where id = 8")
    status, found = _verified(deployed)
    assert (status, found["verdict"], found["tasks"]) == (0, "same", ["all-again"])
    status, found = _verified(deployed, "--reverse")
    assert (status, found["why"]) == (
        3,
        (
            "The task all-again was started last: what is written at the source goes to Aurora. Compare "
            "what is carried forward: ferry verify dev"
        ),
    )
    deployed.aws.dms.start_replication_task(
        ReplicationTaskArn=deployed.task_arns["all-back"],
        StartReplicationTaskType="resume-processing",
    )
    deployed.wait("running", "all-back")
    for options in ((), ("--reverse",)):
        status, found = _verified(deployed, *options)
        assert status == 3
        assert "are at work at the same time" in found["why"]


def test_tables_that_one_side_alone_has_are_told_of(deployed: Deployed) -> None:
    _cut_over(deployed)
    source, aurora = deployed.pair.source, deployed.pair.target
    deployed.ferry("stop", "dev")
    deployed.start_leg("all-back")
    aurora.run("create table made_since (id int primary key)", "drop table sales")

    told = deployed.reached("verify", "dev", "--reverse", "--json")
    assert told.exit_code == 3
    assert {it["table"]: it["why"] for it in json.loads(told.stdout)["tables"]} == {
        "public.made_since": "The source has no table public.made_since.",
        "public.orders": "Aurora has no table public.sales that would go back into it.",
    }
    assert source.value("select count(*) from orders") == 500


def test_without_a_way_back_nothing_is_compared_and_it_is_wrong_use(deployed: Deployed) -> None:
    deployed.make()

    told = deployed.reached("verify", "dev", "--reverse")

    assert told.exit_code == 2
    assert "dms.rollback is not set in dev.toml" in told.stderr


def test_tasks_that_have_no_leg_back_are_named(deployed: Deployed) -> None:
    conditions = '[{ operator = "notnull" }]'
    filtered = f'{{ schema = "other", table = "t", filters = [{{ column = "id", conditions = {conditions} }}] }}'
    deployed.make(
        file=TWO_TASKS.replace(*ROLLBACK).replace('{ schema = "other" }', filtered),
        tasks={"all": {}, "lagging": {}},
    )
    deployed.prepare(tasks=("all", "lagging", "all_back"))

    def why(*options: str) -> dict[str, str]:
        told = deployed.reached("verify", "dev", "--reverse", "--json", *options)
        assert told.exit_code == 3, told.output
        return {it["tasks"][0]: it["why"] for it in json.loads(told.stdout)["tables"]}

    none = "The task lagging has no way back: its tables[0].filters leaves rows out of Aurora."
    assert why() == {
        "all": "The task all has no leg back that is deployed. Deploy it: cdktf deploy dev",
        "lagging": none,
    }
    deployed.make_legs()
    assert why()["all"].startswith("The task all-back was never started")
    lagging = rules(task="lagging", schema="other")
    deployed.aws.dms.modify_replication_task(
        ReplicationTaskArn=deployed.task_arns["lagging"],
        TableMappings=json.dumps({"rules": lagging}),
    )
    assert why("--table", "other.t") == {"lagging": none}
    line = deployed.reached("verify", "dev", "--reverse", "--table", "other.t").stdout
    assert line.splitlines() == [
        f"  task lagging: not verified; {none}",
        "dev: 1 not verified, from Aurora back to the source",
    ]


_ODD = 'Or.ders "%s" {}'
SEVERAL = (
    DEV.replace(*ROLLBACK)
    .replace('database = "app"\n', "", 1)
    .replace(
        "[dms]\n",
        """[[databases]]
source = "app"
aurora = "app"

[[databases]]
source = "crm"
aurora = "crm"

[dms]
""",
    )
    .replace(
        'name = "all"\n',
        'name = "all"\ndatabase = "app"\n',
    )
    + """
[[dms.tasks]]
name = "shop"
database = "app"
tables = [{ schema = "Shop" }]

[[dms.tasks.transformations]]
target = "schema"
action = "rename"
schema = "Shop"
value = "shop new"

[[dms.tasks.transformations]]
target = "table"
action = "add-prefix"
schema = "Shop"
value = "Old-"

[[dms.tasks]]
name = "crm"
database = "crm"
tables = [{ schema = "public" }]
"""
)


def test_odd_names_renamed_schemas_several_tasks_and_databases(
    deployed: Deployed, ends: tuple[Postgres, Postgres]
) -> None:
    with databases(*ends, name="crm") as crm:
        folder = deployed.folder
        folder.mkdir(exist_ok=True)
        (folder / "dev.toml").write_text(SEVERAL)
        of = find("dev")
        made = {
            task.name: {
                "TableMappings": table_mappings(
                    task,
                    marker=f"fence_{task.name}",
                    beside=of.migration.beside(f"fence_{task.name}", database),
                )
            }
            for task, database in of.migration.tasks
        }
        deployed.make(file=SEVERAL, tasks=made, beside={"crm": crm})
        deployed.make_legs(beside={"crm": crm})
        odd = sql.Identifier(_ODD).as_string()
        table = 'create table {} ("t %s" text primary key, "V\'al" int)'
        rows = "insert into {} select 'k-' || n, n from generate_series(1, 300) n"
        tasks = ("all", "shop", "all_back", "shop_back")
        deployed.prepare(table.format(f"public.{odd}"), tasks=tasks)
        deployed.prepare(table.format(f"public.{odd}"), tasks=("crm", "crm_back"), pair=crm)
        here, there = f'"Shop".{odd}', f'"shop new".{sql.Identifier(f"Old-{_ODD}").as_string()}'
        deployed.pair.source.run(
            'create schema "Shop"',
            table.format(here),
            rows.format(here),
            rows.format(f"public.{odd}"),
            'grant usage on schema "Shop" to dms',
            'grant select on all tables in schema "Shop" to dms',
        )
        deployed.pair.target.run('create schema "shop new"', table.format(there))
        crm.source.run(rows.format(f"public.{odd}"))
        started = deployed.reached("start", "dev", "--despite-drift")
        assert started.exit_code == 0, started.output
        eventually(lambda: "dev: 3 same" in deployed.reached("verify", "dev").stdout)
        deployed.ferry("stop", "dev")
        for name, pair in (("all-back", deployed.pair), ("shop-back", deployed.pair)):
            deployed.start_leg(name, pair)

        # One task's leg does not run: its tables alone are not compared.
        told = json.loads(deployed.reached("verify", "dev", "--reverse", "--json").stdout)
        assert {(it["database"], it["table"], it["verdict"]) for it in told["tables"]} == {
            ("app", f"public.{_ODD}", "same"),
            ("app", f"Shop.{_ODD}", "same"),
            ("crm", None, "not verified"),
        }
        deployed.start_leg("crm-back", crm)
        deployed.pair.target.run(f'update {there} set "V\'al" = 0 where "t %s" = \'k-7\'')
        deployed.pair.source.run(f'update {here} set "V\'al" = 0 where "t %s" = \'k-8\'')
        crm.source.run(f"delete from public.{odd} where \"t %s\" = 'k-9'")
        told = json.loads(deployed.reached("verify", "dev", "--reverse", "--json", "--keys").stdout)
        found = {(it["database"], it["table"]): it for it in told["tables"]}
        assert [
            (name, it["verdict"], [(*each["key"], *each["columns"]) for each in it["keys"]])
            for name, it in sorted(found.items())
        ] == [
            (("app", f"Shop.{_ODD}"), "different", [("k-8", "V'al")]),
            (("app", f"public.{_ODD}"), "same", []),
            (("crm", f"public.{_ODD}"), "different", [("k-9",)]),
        ]
        again = deployed.reached(
            "verify", "dev", "--reverse", "--table", f"Shop.{_ODD}", "--delta", "--json"
        )
        assert again.exit_code == 4
        assert [it["table"] for it in json.loads(again.stdout)["tables"]] == [f"Shop.{_ODD}"]
        deployed.end()
