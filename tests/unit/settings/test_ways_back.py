"""Which mappings are turned round, into what, and why others are not."""

from __future__ import annotations

from typing import Any

import pytest

from settings.dms import Task
from settings.environment import Environment
from settings.way_back import NoWayBack, TurnedRound, turned_round
from tests.unit.settings.files import document

PUBLIC = {"schema": "public"}


def turned(*tables: dict[str, Any], rules: tuple[dict[str, Any], ...] = ()) -> Any:  # noqa: ANN401 - either
    written = {"name": "all", "tables": list(tables), "transformations": list(rules)}
    return turned_round(Task.model_validate(written))


def rule(target: str, action: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any setting's
    return {"target": target, "action": action, "schema": "public", **more}


def test_what_is_the_same_on_both_sides_is_carried_back_as_it_is() -> None:
    task = {"schema": "public", "load_order": 1}

    found = turned(task, {"schema": "public", "table": "log_%", "action": "exclude"})

    assert isinstance(found, TurnedRound)
    assert [(it.schema_name, it.table, it.action, it.load_order) for it in found.tables] == [
        ("public", "%", "include", None),
        ("public", "log_%", "exclude", None),
    ]
    assert found.transformations == ()


def test_a_schemas_and_a_tables_new_names_are_taken_back() -> None:
    rules = (
        rule("schema", "rename", value="app"),
        rule("table", "rename", table="orders", value="purchases"),
        rule("column", "add-prefix", table="orders", column="id", value="old_"),
    )

    found = turned(PUBLIC, rules=rules)

    assert isinstance(found, TurnedRound)
    assert [(it.schema_name, it.name or it.table, it.action) for it in found.tables] == [
        ("app", "%", "include"),
        ("app", "purchases", "include"),
        ("app", "orders", "exclude"),
    ]
    assert [
        (it.target, it.action, it.schema_name, it.table, it.column, it.value)
        for it in found.transformations
    ] == [
        ("schema", "rename", "app", "%", None, "public"),
        ("column", "rename", "app", "purchases", "old_id", "id"),
        ("table", "rename", "app", "purchases", None, "orders"),
    ]


@pytest.mark.parametrize(
    ("action", "turned_to", "pattern"),
    [("add-prefix", "remove-prefix", "p_%"), ("add-suffix", "remove-suffix", "%p_")],
)
def test_a_prefix_of_all_tables_is_taken_off(action: str, turned_to: str, pattern: str) -> None:
    named = {"schema": "public", "name": "orders"}

    found = turned(PUBLIC, named, rules=(rule("table", action, value="p_"),))

    assert isinstance(found, TurnedRound)
    assert found.tables[0].table == pattern
    assert found.tables[1].name in {"p_orders", "ordersp_"}
    ((turned_rule),) = found.transformations
    assert (turned_rule.action, turned_rule.table, turned_rule.value) == (turned_to, pattern, "p_")


def test_a_column_that_is_removed_stays_behind_both_ways() -> None:
    rules = (
        rule("table", "add-prefix", value="p_"),
        rule("column", "remove-column", table="lines", column="total"),
        rule("column", "remove-column", table="l%", column="sum"),
    )

    found = turned(PUBLIC, rules=rules)

    assert isinstance(found, TurnedRound)
    assert [(it.action, it.table, it.column) for it in found.transformations] == [
        ("remove-prefix", "p_%", None),
        ("remove-column", "p_lines", "total"),
        ("remove-column", "p_l%", "sum"),
    ]
    assert found.left_behind == ("public.lines.total", "public.l%.sum")


def test_names_that_are_exchanged_are_exchanged_again() -> None:
    rules = (
        rule("table", "rename", table="old", value="new"),
        rule("table", "rename", table="new", value="old"),
        rule("table", "convert-lowercase", table="same"),
    )

    found = turned(PUBLIC, {"schema": "log", "action": "exclude"}, rules=rules)

    assert isinstance(found, TurnedRound)
    assert {(it.table, it.value) for it in found.transformations} == {
        ("new", "old"),
        ("old", "new"),
    }
    assert [it.schema_name for it in found.tables if it.action == "exclude"] == ["log"]


FILTERED = {**PUBLIC, "filters": [{"column": "id", "conditions": [{"operator": "notnull"}]}]}
LINES = {"schema": "public", "table": "lines"}


@pytest.mark.parametrize(
    ("tables", "rules", "setting", "why"),
    [
        ([FILTERED], (), "tables[0].filters", "leaves rows out of Aurora"),
        (
            [PUBLIC],
            (
                rule(
                    "column",
                    "change-data-type",
                    table="lines",
                    column="n",
                    data_type={"type": "string"},
                ),
            ),
            "transformations[0]",
            "is change-data-type, which nothing turns round",
        ),
        (
            [PUBLIC],
            (rule("table", "convert-lowercase"),),
            "transformations[0]",
            "is convert-lowercase by a pattern, which gives several names",
        ),
        (
            [{"schema": "%"}],
            (rule("schema", "rename", value="app"),),
            "tables[0].schema",
            "is a pattern, of schemas of which one is renamed",
        ),
        (
            [PUBLIC, {"schema": "app"}],
            (rule("schema", "rename", value="app"),),
            "tables[0].schema",
            "may become one schema with another's",
        ),
        (
            [PUBLIC, {**LINES, "table": "old%", "action": "exclude"}],
            (rule("table", "rename", table="lines", value="old_lines"),),
            "tables[1]",
            "leaves out public.old_lines, which a table is renamed to",
        ),
        (
            [PUBLIC],
            (
                rule("table", "rename", table="l_", value="x"),
                rule("table", "rename", table="y", value="lz"),
            ),
            "transformations[0]",
            "is about a name by a pattern that another table is renamed to",
        ),
        (
            [PUBLIC],
            (
                rule("table", "rename", table="lines", value="x"),
                rule("column", "remove-column", table="l%", column="total"),
            ),
            "transformations[1]",
            "is about tables by a pattern, of which one is renamed",
        ),
    ],
)
def test_what_cannot_be_turned_round_is_named(
    tables: list[dict[str, Any]], rules: tuple[dict[str, Any], ...], setting: str, why: str
) -> None:
    assert turned(*tables, rules=rules) == NoWayBack(setting=setting, why=why)


def test_what_is_about_no_table_of_the_task_is_left_out() -> None:
    rules = (
        rule("schema", "rename", schema="other", value="x"),
        rule("table", "rename", schema="other", table="t", value="u"),
        rule("column", "rename", table="orders", column="id", value="id"),
    )

    found = turned(PUBLIC, rules=rules)

    assert isinstance(found, TurnedRound)
    assert found.transformations == ()


def test_dmss_own_tables_are_left_out_where_a_pattern_matches_them() -> None:
    found = turned({"schema": "%"})

    assert isinstance(found, TurnedRound)
    assert [(it.schema_name, it.action) for it in found.tables] == [
        ("%", "include"),
        ("awsdms[_]control", "exclude"),
    ]


def environment(**changes: Any) -> Environment:  # noqa: ANN401 - any setting's
    content = document({f"dms.{name}": value for name, value in changes.items()})
    return Environment.model_validate({**content, "name": "dev"})


TASKS = [{"name": "all", "tables": [PUBLIC]}, {"name": "some", "tables": [FILTERED]}]


def test_the_endpoints_of_a_way_back_are_the_environments() -> None:
    without, with_it = environment(tasks=TASKS), environment(tasks=TASKS, rollback=True)

    assert with_it.endpoints.keys() - without.endpoints.keys() == {
        "aurora-ferry-dev-back-source-all",
        "aurora-ferry-dev-back-target-all",
        "aurora-ferry-dev-again-source-all",
    }
    assert set(with_it.endpoints.values()) == {"app"}


def test_names_of_legs_are_kept_free_also_where_there_is_no_way_back() -> None:
    assert environment(tasks=TASKS).task_names == {"all": 0, "some": 1}
    assert environment(tasks=TASKS, rollback=True).task_names == {
        "all": 0,
        "some": 1,
        "all-back": 0,
        "all-again": 0,
        "some-back": 1,
        "some-again": 1,
    }


def test_aurora_alone_has_no_legs() -> None:
    alone = environment().model_copy(update={"source": None, "dms": None})

    assert alone.legs == ()
    assert [leg.task.name for leg in environment(tasks=TASKS, rollback=True).legs] == [
        "all-back",
        "all-again",
    ]
