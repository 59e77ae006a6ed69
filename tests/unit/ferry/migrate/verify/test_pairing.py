"""Which tables are compared with which, of what tasks carry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ferry.mappings import Mappings
from ferry.migrate.verify.expressions import Form, Way
from ferry.migrate.verify.pairing import Database, NotCompared, left, pairs
from ferry.migrate.verify.plan import Plan
from ferry.migrate.ways import Direction
from tests.unit.ferry.check.source.built import catalog, col, table
from tests.unit.ferry.migrate.tasks import selects

if TYPE_CHECKING:
    from tests.unit.ferry.check.source.built import Table


def tasks(**rules: list[dict[str, object]]) -> dict[str, Mappings]:
    return {
        task: Mappings.parse(
            json.dumps(
                {
                    "rules": [
                        {"rule-id": str(number), "rule-name": str(number), **rule}
                        for number, rule in enumerate(of, start=1)
                    ]
                }
            )
        )
        for task, of in rules.items()
    }


ALL = tasks(all=[selects("include", "public", "%")])


def renames(table_name: str, to: str) -> dict[str, object]:
    return {
        "rule-type": "transformation",
        "rule-target": "table",
        "rule-action": "rename",
        "object-locator": {"schema-name": "public", "table-name": table_name},
        "value": to,
    }


def found(
    source: list[Table], target: list[Table], of: dict[str, Mappings] = ALL
) -> list[Plan | NotCompared]:
    one, other = (Database(catalog=catalog(*each), unreadable={}) for each in (source, target))
    return list(pairs(one, other, of, form=Form.RECORD))


def told(*args: list[Table] | dict[str, Mappings]) -> list[tuple[str, str]]:
    """What is compared with what, or why not."""
    return [
        (str(it.table), it.why)
        if isinstance(it, NotCompared)
        else (str(it.name), str(it.target.table.name))
        for it in found(*args)  # type: ignore[arg-type]
    ]


def partitioned(name: str, *leaves: str, rows: int = 100) -> list[Table]:
    """A table and its partitions; the first of them is partitioned again."""
    root = table(name, kind="p", rows=-1)
    made = [root]
    for number, leaf in enumerate(leaves):
        made.append(
            table(leaf, is_partition=True, parents=(made[-1 if number == 0 else 0].oid,), rows=rows)
        )
    return made


def test_a_table_is_compared_with_the_one_that_its_task_carries_it_into() -> None:
    source = [table("orders"), table("items"),
              table("fence_all", schema="ferry"), table("awsdms_ddl_audit"), table("other", schema="app")]  # fmt: skip
    target = [table("orders"), table("things")]
    of = tasks(all=[selects("include", "public", "%"), renames("items", "things")])

    assert told(source, target, of) == [
        ("public.orders", "public.orders"),
        ("public.items", "public.things"),
    ]
    assert told(source, [table("orders")]) == [
        ("public.orders", "public.orders"),
        ("public.items", "Aurora has no table public.items."),
    ]


def test_a_table_is_no_ones_of_dms_because_its_name_begins_so() -> None:
    both = [table("awsdms_orders"), table("awsdms_status"), table("awsdms_changes1A2B")]

    assert told(both, both) == [("public.awsdms_orders", "public.awsdms_orders")]


def test_an_unlogged_table_is_compared_too_as_a_load_carries_it() -> None:
    both = [table("cache", persistence="u")]

    assert told(both, both) == [("public.cache", "public.cache")]


def test_a_partitioned_table_is_compared_as_a_whole_however_aurora_cuts_it() -> None:
    source, target = partitioned("parts", "p1", "p2"), partitioned("parts", "p2", "p1")
    (plan,) = found(source, target)

    assert isinstance(plan, Plan)
    assert (str(plan.name), str(plan.target.table.name)) == ("public.parts", "public.parts")
    assert [it.table for it in plan.parts] == ["p1", "p2"]
    assert (plan.source.table.is_partitioned, plan.rows) == (True, 200)
    merged = tasks(all=[selects("include", "public", "%"), renames("p_", "parts")])
    assert told(partitioned("parts", "p1", "p2"), [table("parts")], merged) == [
        ("public.parts", "public.parts")
    ]


def test_a_part_of_a_partitioned_table_is_compared_partition_by_partition() -> None:
    some = tasks(all=[selects("include", "public", "%"), selects("exclude", "public", "p3")])
    both = partitioned("parts", "p1", "p2", "p3")

    assert told(both, both, some) == [("public.p1", "public.p1"), ("public.p2", "public.p2")]
    merged = tasks(all=[selects("include", "public", "p1"), selects("include", "public", "p2"),
                        renames("p_", "parts")])  # fmt: skip
    assert told(both, [table("parts")], merged) == [
        ("public.p1", "Other tables are carried into Aurora's public.parts too."),
        ("public.p2", "Other tables are carried into Aurora's public.parts too."),
    ]


def test_a_partition_that_is_elsewhere_is_no_part_of_what_is_compared() -> None:
    source = partitioned("parts", "p1", "p2")
    elsewhere = table("p3", kind="f", is_partition=True, parents=(source[0].oid,))

    assert told([*source, elsewhere], [*source, elsewhere]) == [
        ("public.p1", "public.p1"),
        ("public.p2", "public.p2"),
    ]


def test_tables_that_become_one_are_not_compared() -> None:
    of = tasks(all=[selects("include", "public", "%"), renames("a_", "one")])

    assert told([table("a1"), table("a2")], [table("one")], of) == [
        ("public.a1", "Other tables are carried into Aurora's public.one too."),
        ("public.a2", "Other tables are carried into Aurora's public.one too."),
    ]


def filtered(operator: str, value: str, column: str = "id") -> dict[str, object]:
    return selects(
        "include",
        "public",
        "orders",
        filters=[
            {
                "filter-type": "source",
                "column-name": column,
                "filter-conditions": [{"filter-operator": operator, "value": value}],
            }
        ],
    )


def test_the_rows_of_all_tasks_that_carry_a_table_are_compared() -> None:
    orders = [table("orders")]
    low, high = filtered("ste", "9"), filtered("gte", "10")
    (one,) = found(orders, orders, tasks(low=[low]))
    (both,) = found(orders, orders, tasks(low=[low], high=[high]))
    (all_,) = found(orders, orders, {**tasks(low=[low]), **ALL})

    assert isinstance(one, Plan)
    assert isinstance(both, Plan)
    assert isinstance(all_, Plan)
    assert both.tasks == ("low", "high")
    assert one.target.where is not None
    assert all_.target.where is None
    assert both.source.where is not None
    assert both.source.where.as_string(None).replace("pg_catalog", "") == (
        """(("t"."id" <= '9'::""."int8")) or (("t"."id" >= '10'::""."int8"))"""
    )


def test_rows_that_nobody_can_tell_are_not_compared() -> None:
    orders = [table("orders", col("moment", "timetz"))]

    ((name, why),) = told(orders, orders, tasks(all=[filtered("gte", "noon", "moment")]))

    assert name == "public.orders"
    assert why.startswith(
        "Only some of its rows are carried, and which cannot be told: its filter by moment"
    )


def test_tasks_that_do_not_carry_the_same_are_said() -> None:
    orders = [table("orders", col("v", "text"))]
    removes: dict[str, object] = {
        "rule-type": "transformation",
        "rule-target": "column",
        "rule-action": "remove-column",
        "object-locator": {"schema-name": "public", "table-name": "orders", "column-name": "v"},
    }
    one, two = selects("include", "public", "orders"), selects("include", "public", "%")

    assert told(orders, orders, tasks(a=[one], b=[two, removes])) == [
        ("public.orders", "Its tasks do not make the same of its columns.")
    ]
    assert told(orders, orders, tasks(a=[one], b=[two, renames("orders", "other")])) == [
        ("public.orders", "Its tasks carry it into public.orders and public.other.")
    ]


def back(
    aurora: list[Table], source: list[Table], of: dict[str, Mappings], forward: dict[str, Mappings]
) -> tuple[list[Plan], list[tuple[str, str]]]:
    """What of Aurora's is compared with what of the source's, and what is not."""
    one, other = (Database(catalog=catalog(*each), unreadable={}) for each in (aurora, source))
    found = list(pairs(one, other, of, form=Form.RECORD, direction=Direction.BACK))
    found += left(other, forward, found)
    return (
        [it for it in found if isinstance(it, Plan)],
        [(str(it.table), it.why) for it in found if isinstance(it, NotCompared)],
    )


def test_on_the_way_back_tables_have_the_sources_names_and_dms_those_of_aurora() -> None:
    forward = tasks(all=[selects("include", "public", "%"), renames("orders", "sales")])
    of = tasks(**{"all-back": [selects("include", "public", "%"), renames("sales", "orders")]})
    exact = col("price", "numeric", modifier=655366)
    aurora = [
        table("sales", exact, col("new", "int4")),
        table("since"),
        *partitioned("parts", "p1", "p2"),
    ]
    source = [
        table("orders", col("price", "numeric", modifier=-1)),
        table("gone"),
        *partitioned("parts", "p1", "p2"),
    ]

    plans, others = back(aurora, source, of, forward)

    orders, parts = plans
    assert (str(orders.name), str(orders.target.table.name)) == ("public.orders", "public.sales")
    assert [str(it) for it in orders.parts] == ["public.sales"]
    assert {str(it) for it in orders.called} == {"public.orders"}
    assert {str(it) for it in parts.called} == {"public.parts", "public.p1", "public.p2"}
    # Aurora has padded what the source had without a scale.
    assert [it.way for it in orders.compared] == [Way.AS_IS, Way.NUMERIC_VALUE]
    assert [it.source.modifier for it in orders.compared][1] == -1
    assert [(it.column, it.why) for it in orders.left_out] == [
        ("new", "the source has no such column")
    ]
    assert others == [
        ("public.since", "The source has no table public.since."),
        ("public.gone", "Aurora has no table public.gone that would go back into it."),
    ]
