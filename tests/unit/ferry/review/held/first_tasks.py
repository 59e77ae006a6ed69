"""First deployments whose tasks do more on the way than rename."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from tests.unit.ferry.review.held.edits import mappings, rule
from tests.unit.ferry.review.held.first_stack import first, put
from tests.unit.ferry.review.held.names import TASK

_SHORT: Final = {
    "rule-type": "transformation",
    "rule-id": "2",
    "rule-name": "2",
    "rule-target": "column",
    "object-locator": {"schema-name": "public", "table-name": "%", "column-name": "%"},
    "rule-action": "change-data-type",
    "data-type": {"type": "string", "length": "1"},
}
_INTO_PUBLIC: Final = {
    "rule-type": "transformation",
    "rule-id": "2",
    "rule-name": "2",
    "rule-target": "schema",
    "object-locator": {"schema-name": "sales"},
    "rule-action": "rename",
    "value": "public",
}


def _second_task(document: dict[str, Any]) -> None:
    tasks = document["resource"]["aws_dms_replication_task"]
    (of_all,) = tasks.values()
    tasks["more"] = {
        **deepcopy(of_all),
        "replication_task_id": "aurora-ferry-staging-more",
        "resource_identifier": "aurora-ferry-staging-more",
        "table_mappings": mappings(rule(1, "sales", "%"), _INTO_PUBLIC),
    }


ROWS: Final = (
    first(
        "task-cuts-texts",
        "All are cut to a letter.",
        put(TASK, table_mappings=mappings(rule(1, "public", "%"), _SHORT)),
    ),
    first("second-task-renames-into-the-firsts", "Both write the same tables.", _second_task),
)
