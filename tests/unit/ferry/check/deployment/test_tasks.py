"""What a task carries, and how: all that a file can say of it is looked for at DMS."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from constructs_lib.replication.table_mappings import table_mappings
from constructs_lib.replication.task_settings import task_settings
from ferry.check.deployment.checks import CHECKS, judge
from ferry.deployment import State
from ferry.findings import Level
from tests.unit.ferry.check.deployment.conftest import deployed
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from settings.dms import Task
    from settings.environment import Environment

LOCATOR = {"schema": "public", "table": "orders"}
TASK: dict[str, Any] = {
    "name": "all",
    "tables": [
        {
            "schema": "public",
            "load_order": 2,
            "filters": [
                {
                    "column": "created_at",
                    "conditions": [
                        {"operator": "between", "start_value": "2024", "end_value": "2025"},
                        {"operator": "null"},
                    ],
                }
            ],
        }
    ],
    "transformations": [
        {"target": "schema", "action": "rename", "schema": "public", "value": "app"},
        {"target": "table", "action": "replace-prefix", **LOCATOR, "value": "a", "old_value": "b"},
        {
            "target": "column",
            "action": "add-column",
            **LOCATOR,
            "value": "name",
            "expression": "$a",
            "data_type": {"type": "string", "length": 50},
        },
        {
            "target": "table",
            "action": "define-primary-key",
            **LOCATOR,
            "primary_key": {"name": "k", "columns": ["id"]},
        },
        {
            "target": "column",
            "action": "add-before-image-columns",
            **LOCATOR,
            "before_image": {"column_suffix": "_old"},
        },
    ],
    "extra_settings": '{"TTSettings": {"EnableTT": true}}',
}
FILE = environment(dms={"tasks": [TASK]})
BESIDE = environment(
    dms={
        "tasks": [
            {**TASK, "tables": [{"schema": "%"}], "transformations": []},
            {"name": "crm", "tables": [{"schema": "crm"}]},
        ]
    }
)


def written(task: Task, *beside: str) -> str:
    """The mappings of a task as the constructs write them."""
    return table_mappings(task, marker="fence_all", beside=beside)


def told(check: str, *, file: Environment = FILE, **changes: str) -> list[str]:
    """What a check says is wrong of the task, as the constructs write it, with changes."""
    task = file.migration.dms.tasks[0]
    found = deployed(
        file=file,
        clients={"dms": SimpleNamespace()},
        state=State(outputs={}),
        tasks={
            "all": {
                "TableMappings": written(
                    task, *file.migration.beside("fence_all", file.carried[0])
                ),
                "ReplicationTaskSettings": task_settings(task),
                **changes,
            }
        },
    )
    (by_name,) = (it for it in CHECKS if it.name == check)
    return [it.what for it in judge(by_name, found) if it.level is not Level.RIGHT]


def test_what_the_file_says_is_what_dms_has() -> None:
    assert told("table-mappings") == []
    assert told("table-mappings", file=BESIDE) == []
    assert told("full-load-settings") == []


def test_a_task_without_its_marker_is_told() -> None:
    task = FILE.migration.dms.tasks[0]
    markers = written(task).replace("fence_all", "fence_crm")

    (line,) = told("table-mappings", TableMappings=markers)

    assert line.startswith("The task all, its selections: found ")


def test_ferrys_other_tables_have_to_be_left_out() -> None:
    task = BESIDE.migration.dms.tasks[0]

    (line,) = told("table-mappings", file=BESIDE, TableMappings=written(task))

    assert line.startswith("The task all, its selections: found ")


def test_rows_that_are_chosen_otherwise_are_told() -> None:
    task = FILE.migration.dms.tasks[0]
    other = written(task).replace('"between"', '"notbetween"')

    (line,) = told("table-mappings", TableMappings=other)

    assert line.startswith("The task all, its selections: found ")


def test_a_setting_of_dmss_own_that_is_another_is_told() -> None:
    settings = json.loads(task_settings(FILE.migration.dms.tasks[0]))
    settings["TTSettings"]["EnableTT"] = False

    assert told("full-load-settings", ReplicationTaskSettings=json.dumps(settings)) == [
        "The task all, its extra settings, TTSettings, EnableTT: found false, should be true."
    ]
