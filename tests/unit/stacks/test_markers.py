"""Whatever a file says, each task carries its own marker as it is, and nothing else of ferry's.

Judged by a reading of DMS's patterns of its own, ranges included:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from constructs_lib.replication.table_mappings import table_mappings
from settings.environment import Environment
from settings.rules import ferry_schema
from tests.unit.settings.files import REMOVED, document

NAMES = ("a", "b", "a-b", "journal")
SCHEMAS = st.sampled_from(
    ["public", "%", "f%", "ferry", "_erry", "fer_y", "[fg]erry", "[a-e]%", "%y", "FERRY", "ferry_"]
)
TABLES = st.sampled_from(
    [
        *("%", "fence%", "fence_a", "fence[_]a", "fence__", "%a", "%-b", "access", "a%", "_ournal"),
        *("o%", "[e-g]ence_b", "[xy]%"),
    ]
)
COLUMNS = st.sampled_from(["id", "%", "_t", "[hi]d", "total"])
FILTERS = [{"column": "id", "conditions": [{"operator": "null"}]}]
SELECTIONS = st.one_of(
    st.fixed_dictionaries(
        {"schema": SCHEMAS, "table": TABLES, "action": st.sampled_from(["include", "exclude"])},
        optional={"load_order": st.just(1)},
    ),
    st.fixed_dictionaries({"schema": SCHEMAS, "name": TABLES}),
    st.fixed_dictionaries({"schema": SCHEMAS, "table": TABLES, "filters": st.just(FILTERS)}),
    st.fixed_dictionaries(
        {"schema": SCHEMAS, "table": TABLES, "lob": st.just({"mode": "unlimited"})}
    ),
)
TRANSFORMATIONS = st.one_of(
    st.fixed_dictionaries(
        {
            "target": st.just("schema"),
            "action": st.just("rename"),
            "schema": SCHEMAS,
            "value": st.sampled_from(["ferry", "app"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "target": st.just("table"),
            "action": st.just("convert-uppercase"),
            "schema": SCHEMAS,
            "table": TABLES,
        }
    ),
    st.fixed_dictionaries(
        {
            "target": st.just("column"),
            "action": st.just("remove-column"),
            "schema": SCHEMAS,
            "table": TABLES,
        },
        optional={"column": COLUMNS},
    ),
)
TASKS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "database": st.sampled_from(["app", "crm"]),
        "tables": st.lists(SELECTIONS, min_size=1, max_size=3),
        "transformations": st.lists(TRANSFORMATIONS, max_size=1),
    }
)
FILES = st.lists(TASKS, min_size=1, max_size=3, unique_by=lambda it: it["name"])


def environment(tasks: list[dict[str, Any]]) -> Environment:
    databases = [{"source": name, "aurora": name} for name in ("app", "crm")]
    changes = {"source.database": REMOVED, "databases": databases, "dms.tasks": tasks}
    return Environment.model_validate({**document(changes), "name": "dev"})


def refused(tasks: list[dict[str, Any]]) -> bool:
    file = environment(tasks)
    return any(list(rule.check(file)) for rule in ferry_schema.RULES)


def accepted(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tasks without what the rules refuse of them."""
    every: list[dict[str, Any]] = [{"schema": "%"}]
    return [
        {
            **task,
            "tables": [
                it
                for it in task["tables"]
                if not refused([{**task, "tables": [it], "transformations": []}])
            ]
            or every,
            "transformations": [
                it
                for it in task["transformations"]
                if not refused([{**task, "tables": every, "transformations": [it]}])
            ],
        }
        for task in tasks
    ]


def like(pattern: str, name: str) -> bool:
    """Whether a name is of a pattern of DMS's."""
    if not pattern:
        return not name
    if pattern[0] == "%":
        return any(like(pattern[1:], name[at:]) for at in range(len(name) + 1))
    if not name:
        return False
    if pattern[0] == "[":
        signs, _, rest = pattern[1:].partition("]")
        some = signs[1:2] == "-" and signs[0] <= name[0] <= signs[2]
        return (some or name[0] in signs) and like(rest, name[1:])
    return pattern[0] in ("_", name[0]) and like(pattern[1:], name[1:])


def concerns(rule: dict[str, Any], table: str) -> bool:
    """Whether a rule is about a table of schema ferry."""
    locator = rule["object-locator"]
    schema, name = locator["schema-name"], locator.get("table-name", "%")
    if rule.get("rule-action") == "explicit":
        return (schema, name) == ("ferry", table)
    return like(schema, "ferry") and like(name, table)


def changes(rule: dict[str, Any], table: str) -> bool:
    """Whether a rule carries a table with a marker's columns in another way than as it is."""
    column = rule["object-locator"].get("column-name", "%")
    return concerns(rule, table) and (
        rule["rule-type"] == "table-settings"
        or "filters" in rule
        or (rule["rule-type"] == "transformation" and any(like(column, it) for it in ("id", "at")))
    )


@given(FILES)
@pytest.mark.unfollowed
def test_each_task_carries_its_own_marker_as_it_is_and_nothing_else_of_ferrys(
    tasks: list[dict[str, Any]],
) -> None:
    file = environment(accepted(tasks))

    for task, database in file.migration.tasks:
        own = f"fence_{task.name}"
        rules = json.loads(
            table_mappings(task, marker=own, beside=file.migration.beside(own, database))
        )["rules"]
        selections = [it for it in rules if it["rule-type"] == "selection"]
        exact = {"schema-name": "ferry", "table-name": own}

        assert [it["rule-action"] for it in selections if it["object-locator"] == exact] == [
            "explicit"
        ]
        assert not any(concerns(it, own) for it in selections if it["rule-action"] == "exclude")
        assert not any(changes(it, own) for it in rules)
        others = [f"fence_{it.name}" for it, of in file.migration.tasks if of == database]
        for table in {"access", "journal", *others} - {own}:
            found = {it["rule-action"] for it in selections if concerns(it, table)}
            assert not found or "exclude" in found


@given(SCHEMAS, TABLES)
@pytest.mark.unfollowed
def test_no_exclusion_is_refused_that_leaves_the_marker(schema: str, table: str) -> None:
    """A set of characters is taken for any one, which is more than it is."""
    assume("[" not in schema + table.replace("[_]", ""))
    tables = [{"schema": "public"}, {"schema": schema, "table": table, "action": "exclude"}]
    task = {"name": "a", "database": "app", "tables": tables}

    assert refused([task]) == (
        schema == "ferry" or (like(schema, "ferry") and like(table, "fence_a"))
    )
