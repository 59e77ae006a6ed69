"""What a new resource is told of, and one that is there may get as well: a view, a password, a log.

Written after the review had called each of them safe, before its rules were changed.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import configured, deployed, stack
from tests.unit.ferry.review.held.edits import (
    SAFE,
    Held,
    edited,
    part,
    updates,
)
from tests.unit.ferry.review.held.first_stack import replaced
from tests.unit.ferry.review.held.names import (
    CLUSTER,
    FLOW_LOGS_ROLE,
    MASTER_VERSION,
    READER_1,
    TARGET_VERSION,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Step
    from tests.unit.ferry.review.held.first_stack import Edit

_UNMEASURED: Final = {
    "performance_insights_enabled": False,
    "performance_insights_kms_key_id": "",
    "performance_insights_retention_period": 0,
}
_MONITORED: Final = {
    "monitoring_interval": 60,
    "monitoring_role_arn": deployed()[FLOW_LOGS_ROLE].values["arn"],
}
_ROTATED: Final = (
    updates(MASTER_VERSION, secret_string_wo_version=2),
    updates(TARGET_VERSION, secret_string_wo_version=2),
)


def _without(name: str, attribute: str) -> Step:
    """The configuration, in which a resource does not name an attribute."""
    synthesized = deepcopy(stack("staging"))
    type_, _, id_ = deployed()[name].address.partition(".")
    del synthesized["resource"][type_][id_][attribute]
    return part("configuration", configured(synthesized))


def _rotation(name: str, why: str, *edits: Edit, expected: frozenset[int] | None = None) -> Held:
    """All get a new password, from a stack that was edited."""
    synthesized = deepcopy(stack("staging"))
    for edit in edits:
        edit(synthesized)
    steps = (
        updates(CLUSTER, master_password_wo_version=2),
        *_ROTATED,
        part("configuration", configured(synthesized)),
    )
    found = (
        edited(name, why, *steps)
        if expected is None
        else edited(name, why, *steps, expected=expected)
    )
    metadata = {"metadata": {"stackName": "staging", "version": "0.21.0"}}
    return replace(found, stack_text=json.dumps({"//": metadata, **synthesized}))


_BOTH: Final = ("secret_string_wo", "secret_string_wo_version")

ROWS: Final = (
    *(
        edited(
            f"measured-under-a-key-of-awss-{name.rpartition('_')[2]}",
            "The texts of queries are kept under a key that cannot be changed afterwards.",
            updates(name, was=_UNMEASURED, performance_insights_enabled=True),
            _without(name, "performance_insights_kms_key_id"),
        )
        for name in (CLUSTER, READER_1)
    ),
    edited(
        "cluster-measured-no-more",
        "Nobody sees the operating system any more.",
        updates(CLUSTER, was=_MONITORED, monitoring_interval=None, monitoring_role_arn=None),
    ),
    *(
        edited(
            f"log-exported-that-no-group-takes-{log}",
            "RDS makes the group itself: in clear to who reads logs, and for ever.",
            updates(CLUSTER, enabled_cloudwatch_logs_exports=["postgresql", log]),
        )
        for log in ("instance", "iam-db-auth-error")
    ),
    edited(
        "final-snapshot-of-another-environment",
        "Where it has that name by then, the cluster is not deleted.",
        updates(CLUSTER, final_snapshot_identifier="aurora-ferry-prod-final"),
    ),
    edited(
        "password-in-clear-in-a-rotation",
        "It stands in the state.",
        updates(CLUSTER, master_password="hunter-and-22", master_password_wo_version=None),
        *_ROTATED,
    ),
    _rotation(
        "rotation-to-another-port",
        "DMS cannot sign in.",
        replaced(TARGET_VERSION, "5432", "5433", *_BOTH),
    ),
    _rotation(
        "rotation-to-another-user",
        "DMS cannot sign in.",
        replaced(TARGET_VERSION, "ferry_admin", "ferry", *_BOTH),
    ),
    _rotation(
        "rotation-to-another-host",
        "DMS writes to whoever has the name.",
        replaced(
            TARGET_VERSION,
            "aws_rds_cluster.aurora_cluster_059EF40F.endpoint",
            '"aurora.example.com"',
            *_BOTH,
        ),
    ),
)
EVERYDAY: Final = (
    _rotation("rotation-with-the-stack", "All get the new password.", expected=SAFE),
)
