"""What of both sides goes at the end, and what only looks like the migration's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ferry.migrate.finish.things import (
    End,
    Function,
    Holder,
    Kind,
    Relation,
    Trigger,
    Wanted,
    in_order,
    sort,
)
from ferry.migrate.slots import Slot
from ferry.migrate.ways import Direction
from ferry.own_tables.shape import OwnTable
from settings.databases import Database
from tests.unit.ferry.migrate.tasks import task

TASK = task()
OTHER = task(name="all-more", arn=f"{TASK.arn}-more")
MARKER = OwnTable(columns=(("id", "bigint primary key"), ("at", "timestamptz not null")))
COLUMNS = {
    "awsdms_status": (
        "server_name task_name task_status status_time pending_changes disk_swap_size task_memory "
        "source_current_position source_current_timestamp source_tail_position source_tail_timestamp "
        "source_timestamp_applied"
    ),
    "awsdms_ddl_audit": "c_key c_time c_user c_txn c_tag c_oid c_name c_schema c_ddlqry",
    "awsdms_heartbeat": (
        "hb_key hb_created_at hb_created_by hb_last_heartbeat_at hb_last_heartbeat_by"
    ),
}
CONTROL = "awsdms_control"
WANTED = Wanted(
    tasks=(TASK,),
    slots=frozenset({"ferry_dev_all_again_1a2b3c"}),
    beside=(TASK, OTHER),
    markers=frozenset({"fence_all"}),
    places={
        "awsdms_status": frozenset({CONTROL}),
        "awsdms_ddl_audit": frozenset({"public"}),
        "awsdms_heartbeat": frozenset({"public", CONTROL}),
    },
    audit="public",
    schemas=frozenset({CONTROL}),
    roles=frozenset({"operator", "dms"}),
)
FUNCTION = Function(schema="public", is_of_audit=True, owner="dms", may_drop=True)
TRIGGER = Trigger(
    name="awsdms_intercept_ddl",
    function=("public", "awsdms_intercept_ddl"),
    owner="dms",
    may_drop=True,
)


def relation(schema: str, name: str, **more: Any) -> Relation:  # noqa: ANN401 - any of its members
    """A table; one of DMS's has its columns."""
    columns = frozenset(COLUMNS.get(name, "").split())
    given = {"oid": hash((schema, name)), "is_table": True, "word": "TABLE", "owner": "dms"}
    return Relation(
        **{**given, "may_drop": True, "schema": schema, "name": name, "columns": columns, **more}
    )


STATUS = relation(CONTROL, "awsdms_status", tasks=frozenset({TASK.identifier}))
AUDIT = relation("public", "awsdms_ddl_audit")
END = End(
    of=Database(source="shop", aurora="app"),
    direction=Direction.FORWARD,
    role="operator",
    wanted=WANTED,
    markers={"fence_all": MARKER},
)


def dropped(**found: Any) -> list[str]:  # noqa: ANN401 - any of an end's members
    drops, _ = sort(replace(END, **found))
    return [it.sql for it in in_order(drops)]


def left(**found: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - the same
    _, others = sort(replace(END, **found))
    return [(it.what, it.why) for it in others]


def test_each_thing_goes_before_what_it_needs() -> None:
    assert dropped(
        slots=(Slot(name="aurora_ferry_dev_all_0001_x", begins=1),),
        relations=(relation("ferry", "fence_all"), relation("ferry", "journal"), STATUS, AUDIT),
        triggers=(TRIGGER,),
        functions=(FUNCTION,),
        schemas=(
            Holder(
                name=CONTROL, owner="dms", may_drop=True, holds=((STATUS.oid, "table of status"),)
            ),
        ),
    ) == [
        "SELECT pg_drop_replication_slot('aurora_ferry_dev_all_0001_x');",
        "DROP EVENT TRIGGER awsdms_intercept_ddl;",
        "DROP FUNCTION public.awsdms_intercept_ddl();",
        "DROP TABLE ferry.fence_all;",
        "DROP TABLE awsdms_control.awsdms_status;",
        "DROP TABLE public.awsdms_ddl_audit;",
        "DROP SCHEMA awsdms_control;",
    ]
    assert END.where == "of shop at the source"
    assert replace(END, direction=Direction.BACK).where == "of app in Aurora"


def test_a_slot_is_known_by_its_exact_name_or_its_tasks_beginning() -> None:
    mine, of_another, nobodys = (
        Slot(name=name, begins=1)
        for name in ("ferry_dev_all_again_1a2b3c", "aurora_ferry_dev_all_more_1", "shop")
    )
    read = replace(nobodys, reader="debezium", reader_pid=7)
    assert dropped(slots=(mine, of_another, nobodys)) == [
        "SELECT pg_drop_replication_slot('ferry_dev_all_again_1a2b3c');"
    ]
    assert left(slots=(of_another, read)) == [
        (
            "replication slot aurora_ferry_dev_all_more_1",
            "its name is not one of this environment's tasks'",
        ),
        (
            "replication slot shop",
            "its name is not one of this environment's tasks', and debezium reads it",
        ),
    ]


def test_what_all_who_read_need_stays_where_another_may_read() -> None:
    found = {
        "slots": (Slot(name="shop", begins=1),),
        "relations": (
            relation("ferry", "fence_all"),
            AUDIT,
            relation("public", "awsdms_heartbeat"),
            STATUS,
        ),
        "triggers": (TRIGGER,),
        "functions": (FUNCTION,),
    }
    assert dropped(**found) == ["DROP TABLE awsdms_control.awsdms_status;"]
    assert [what for what, why in left(**found) if "the slot shop is not one" in why] == [
        "event trigger awsdms_intercept_ddl",
        "function public.awsdms_intercept_ddl()",
        "table ferry.fence_all",
        "table public.awsdms_ddl_audit",
        "table public.awsdms_heartbeat",
    ]
    in_aurora = {"direction": Direction.BACK, "relations": found["relations"][:1]}
    assert dropped(slots=found["slots"], **in_aurora) == ["DROP TABLE ferry.fence_all;"]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (relation("public", "awsdms_status"), "in no schema where the file's tasks"),
        (relation("public", "awsdms_mine"), "none of DMS's own tables that ferry knows"),
        (relation(CONTROL, "awsdms_changes00000001"), "none of DMS's own tables that ferry knows"),
        (replace(STATUS, columns=STATUS.columns | {"mine"}), "not the columns that DMS makes"),
        (replace(STATUS, is_table=False, word="VIEW"), "not the columns that DMS makes"),
        (replace(STATUS, tasks=frozenset({"another"})), "other tasks of DMS write to it: another"),
        (relation("ferry", "fence_other"), "no marker of this file's tasks"),
    ],
)
def test_what_only_looks_like_it_stays(found: Relation, why: str) -> None:
    assert dropped(relations=(found,)) == []
    ((what, said),) = left(relations=(found,))
    assert why in said
    assert what.endswith(found.sql)


def test_a_marker_that_is_something_else_stays() -> None:
    odd = {"fence_all": OwnTable(columns=(("id", "integer"),))}
    ((_, why),) = left(relations=(relation("ferry", "fence_all"),), markers=odd)
    assert "it is something else" in why


def test_a_trigger_or_a_function_of_somebody_stays() -> None:
    theirs = replace(TRIGGER, name="of_the_shop")
    assert [what for what, _ in left(triggers=(theirs,), functions=(FUNCTION,))] == [
        "event trigger of_the_shop",
        "function public.awsdms_intercept_ddl()",
    ]
    another = replace(FUNCTION, is_of_audit=False)
    assert dropped(triggers=(TRIGGER,), functions=(another,)) == []
    elsewhere = replace(FUNCTION, schema="elsewhere")
    assert left(functions=(elsewhere,)) == [
        (
            "function elsewhere.awsdms_intercept_ddl()",
            "it is in another schema than the file's, or is not what DMS makes",
        )
    ]


@pytest.mark.parametrize(
    "schema",
    [
        Holder(name=CONTROL, owner="shop", may_drop=True),
        Holder(name="public", owner="dms", may_drop=True),
        Holder(name=CONTROL, owner="dms", may_drop=True, holds=((4711, "table orders"),)),
    ],
)
def test_a_schema_of_somebody_or_with_something_in_it_stays(schema: Holder) -> None:
    assert dropped(schemas=(schema,)) == []


def test_what_may_not_be_dropped_has_its_owner() -> None:
    drops, _ = sort(
        replace(
            END,
            relations=(replace(STATUS, may_drop=False),),
            triggers=(replace(TRIGGER, may_drop=False),),
            functions=(replace(FUNCTION, may_drop=False),),
            schemas=(Holder(name=CONTROL, owner="dms", may_drop=False, holds=((STATUS.oid, ""),)),),
        )
    )
    assert {(it.kind, it.owner) for it in drops} == {
        (kind, "dms") for kind in Kind if kind is not Kind.SLOT
    }


def test_a_node_of_pglogicals_is_told_of() -> None:
    ((what, why),) = left(nodes=("dms",))
    assert what == "pglogical's node dms"
    assert "major release" in why
