"""Less that is logged or kept, by a value that is harmless elsewhere.

Written after the review had called some of it safe, before its rules were changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    creates,
    edited,
    parameters,
    updates,
)
from tests.unit.ferry.review.held.names import (
    INSTANCE_PARAMETERS,
    PARAMETERS,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Step


def _on_instances(name: str, value: str) -> Step:
    return updates(
        INSTANCE_PARAMETERS,
        parameter=[{"name": name, "value": value, "apply_method": "immediate"}],
    )


def _on_cluster(name: str, value: str, was: str = "") -> Step:
    of = {name.replace(".", "__"): value}
    before = {name.replace(".", "__"): was} if was else {}
    return updates(
        PARAMETERS,
        was={"parameter": parameters(PARAMETERS, **before)},
        parameter=parameters(PARAMETERS, **of),
    )


ROWS: Final = (
    edited(
        "slow-statements-unlogged-on-instances",
        "It comes before the cluster's 1000.",
        _on_instances("log_min_duration_statement", "-1"),
    ),
    edited(
        "statements-unlogged-on-instances",
        "It comes before the cluster's all.",
        _on_instances("log_statement", "none"),
    ),
    edited(
        "statements-unlogged-by-a-new-group-of-instances",
        "The instances that get it log nothing.",
        creates(
            "aws_db_parameter_group.more",
            like=INSTANCE_PARAMETERS,
            name="more",
            parameter=[{"name": "log_statement", "value": "none", "apply_method": "immediate"}],
        ),
    ),
    edited(
        "slow-statements-after-24-days",
        "Nothing is as slow.",
        _on_cluster("log_min_duration_statement", "2147483647"),
    ),
    edited(
        "vacuums-unlogged-by-a-number",
        "Nothing is as slow.",
        _on_cluster("log_autovacuum_min_duration", "2147483647"),
    ),
    edited(
        "large-files-unlogged-by-a-number",
        "No file is as large.",
        _on_cluster("log_temp_files", "2147483647", was="0"),
    ),
    edited(
        "errors-in-fewer-words",
        "Detail, hint and context of errors go.",
        _on_cluster("log_error_verbosity", "terse"),
    ),
    edited(
        "server-logs-kept-for-less",
        "The older ones are deleted.",
        _on_cluster("rds.log_retention_period", "4320", was="10080"),
    ),
    edited(
        "idle-sessions-ended-after-an-hour",
        "DMS's own connection is idle in a quiet night.",
        _on_cluster("idle_session_timeout", "3600000"),
    ),
    edited(
        "maintenance-takes-all-memory",
        "Each of three workers takes 2 GB.",
        _on_cluster("maintenance_work_mem", "2097152"),
    ),
)
