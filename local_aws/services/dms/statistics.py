"""A task's table statistics.

Of a task that moves data they are what its worker says. Of one that moves none, because its hosts
are nowhere on this machine, every count is zero, and tables that a rule names by a wildcard have no
row.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local_aws.services.dms.movement import MOVEMENT
from local_aws.services.dms.shelf import Resource, invalid_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_COUNTS = (
    "Inserts",
    "Deletes",
    "Updates",
    "Ddls",
    "AppliedInserts",
    "AppliedDeletes",
    "AppliedUpdates",
    "AppliedDdls",
    "FullLoadRows",
    "FullLoadCondtnlChkFailedRows",
    "FullLoadErrorRows",
    "ValidationPendingRecords",
    "ValidationFailedRecords",
    "ValidationSuspendedRecords",
)
_FILTERS = {
    "schema-name": "SchemaName",
    "table-name": "TableName",
    "table-state": "TableState",
}
_RELOADED = "reloaded"


def table_statistics(task: Resource) -> list[dict[str, Any]]:
    """One row for each table that a selection rule includes by its full name.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Selections.html
    """
    started = task.data.get("ReplicationTaskStartDate")
    if started is None:
        return []
    settings = json.loads(task.data["ReplicationTaskSettings"])
    validates = settings.get("ValidationSettings", {}).get("EnableValidation", False)
    if movement := task.hidden.get(MOVEMENT):
        reloaded = task.hidden.get(_RELOADED, ())
        return [
            _moved(table, started=started, reloaded=key in reloaded)
            for key, table in list(movement.tables.items())
        ]
    return [
        {
            "SchemaName": schema,
            "TableName": table,
            **dict.fromkeys(_COUNTS, 0),
            "FullLoadStartTime": started,
            "FullLoadEndTime": started,
            "FullLoadReloaded": (schema, table) in task.hidden.get(_RELOADED, ()),
            "LastUpdateTime": started,
            "TableState": "Table completed",
            "ValidationState": "Validated" if validates else "Not enabled",
        }
        for schema, table in _named_tables(task)
    ]


def _moved(table: Mapping[str, Any], *, started: datetime, reloaded: bool) -> dict[str, Any]:
    """A table that a worker moves."""
    validation = table["validation"]
    return {
        "SchemaName": table["schema"],
        "TableName": table["table"],
        **dict.fromkeys(_COUNTS, 0),
        **table["counts"],
        "ValidationPendingRecords": validation["pending"],
        "ValidationFailedRecords": validation["failed"],
        "FullLoadRows": table["rows"],
        "FullLoadStartTime": started,
        **({"FullLoadEndTime": table["loaded_at"]} if table["loaded_at"] else {}),
        "FullLoadReloaded": reloaded,
        "LastUpdateTime": table["at"],
        "TableState": table["state"],
        "ValidationState": validation["state"],
    }


def matches(row: Mapping[str, Any], parameters: Mapping[str, Any]) -> bool:
    """Whether a row passes the `Filters` of DescribeTableStatistics.

    Raises:
        AwsError: InvalidParameterValueException, for a filter of another name.
    """
    for each in parameters.get("Filters") or []:
        if each["Name"] not in _FILTERS:
            raise invalid_value(
                f"Unrecognized filter name: {each['Name']}; there are {', '.join(_FILTERS)}"
            )
        if row[_FILTERS[each["Name"]]] not in each["Values"]:
            return False
    return True


def reload_state(task: Resource, parameters: Mapping[str, Any]) -> None:
    """Mark the tables that ReloadTables names.

    Raises:
        AwsError: InvalidParameterValueException, for a table that the mappings do not name.
    """
    movement = task.hidden.get(MOVEMENT)
    known = list(movement.tables) if movement else _named_tables(task)
    for each in parameters["TablesToReload"]:
        table = (each["SchemaName"], each["TableName"])
        if table not in known:
            raise invalid_value(f"The task does not have the table {'.'.join(table)}.")
        if parameters.get("ReloadOption", "data-reload") == "data-reload":
            task.hidden.setdefault(_RELOADED, set()).add(table)


def _named_tables(task: Resource) -> list[tuple[str, str]]:
    named = []
    for rule in json.loads(task.data["TableMappings"])["rules"]:
        locator = rule.get("object-locator", {})
        table = (locator.get("schema-name", "%"), locator.get("table-name", "%"))
        selected = (
            rule.get("rule-type") == "selection"
            and rule.get("rule-action") in ("include", "explicit")
            and not any("%" in name for name in table)
        )
        if selected and table not in named:
            named.append(table)
    return named
