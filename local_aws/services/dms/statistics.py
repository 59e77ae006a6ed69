"""A task's table statistics, as far as its mappings name tables.

Nothing is copied, so every count is zero. Tables that a rule names by a wildcard are unknown here
and have no row.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local_aws.services.dms.shelf import Resource, invalid_value

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    known = _named_tables(task)
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
