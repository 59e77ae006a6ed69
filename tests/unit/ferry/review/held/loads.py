"""New tasks and endpoints that carry values cut, slowly, or what is no application's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    SAFE,
    SECOND,
    Held,
    attributes,
    creates,
    edited,
    mappings,
    rule,
    settings,
    updates,
)
from tests.unit.ferry.review.held.everyday import WATCHES_BILLING
from tests.unit.ferry.review.held.first_stack import first, put
from tests.unit.ferry.review.held.names import SOURCE, TARGET, TASK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.values import Json

_OTHERS: Final = mappings(rule(1, "billing", "%"))
_CUT: Final = "Large values arrive cut, or stop the task."
_NOT_OURS: Final = "It overwrites what is not an application's."


def _task(name: str, why: str, expected: frozenset[int] = SECOND, /, **to: Json) -> Held:
    """One more task, of other tables, which is watched."""
    more = creates(
        "aws_dms_replication_task.task-billing_task",
        like=TASK,
        replication_task_id="aurora-ferry-staging-billing",
        resource_identifier="aurora-ferry-staging-billing",
        **{"table_mappings": _OTHERS, **to},
    )
    return edited(f"task-{name}", why, more, *WATCHES_BILLING, expected=expected)


def _carries(name: str, why: str, **target: Json) -> Held:
    said: Mapping[str, Json] = {**target}
    return _task(name, why, replication_task_settings=settings(TASK, TargetMetadata=said))


ROWS: Final = (
    _carries("of-values-of-a-kilobyte", _CUT, LobMaxSize=1),
    _carries("of-values-of-nothing", _CUT, LobMaxSize=0),
    _carries("of-large-values-no-way", _CUT, LimitedSizeLobMode=False),
    _carries("of-large-values-both-ways", _CUT, FullLobMode=True),
    _task(
        "that-loads-row-by-row",
        "It loads for weeks.",
        replication_task_settings=settings(TASK, FullLoadSettings={"CommitRate": 1}),
    ),
    _task("of-ferrys-tables", _NOT_OURS, table_mappings=mappings(rule(1, "ferry", "%"))),
    _task("of-control-tables", _NOT_OURS, table_mappings=mappings(rule(1, "awsdms_control", "%"))),
    _task("of-catalogs", _NOT_OURS, table_mappings=mappings(rule(1, "pg_catalog", "%"))),
    _task("that-follows-alone", "It loads nothing.", migration_type="cdc"),
    _task(
        "that-loads-what-another-follows",
        "Two tasks write the same rows.",
        migration_type="full-load",
        table_mappings=mappings(rule(1, "public", "%")),
    ),
    edited(
        "idle-task-of-large-values-no-way",
        _CUT,
        updates(
            TASK,
            was={"status": "ready"},
            replication_task_settings=settings(TASK, TargetMetadata={"LimitedSizeLobMode": False}),
        ),
    ),
    edited(
        "source-that-proves-less",
        "Whoever answers is taken for the source.",
        creates(
            "aws_dms_endpoint.more",
            like=SOURCE,
            endpoint_id="aurora-ferry-staging-more",
            ssl_mode="require",
            certificate_arn=None,
        ),
        expected=SECOND,
    ),
    first(
        "statements-of-ten-seconds",
        "A load that takes longer fails.",
        put(SOURCE, extra_connection_attributes=attributes(SOURCE, executeTimeout="10")),
    ),
    first(
        "files-of-a-kilobyte",
        "It loads for weeks.",
        put(TARGET, extra_connection_attributes=attributes(TARGET, maxFileSize="1")),
    ),
)
FINE: Final = (
    _task(
        "that-loads-other-tables-once",
        "No other task carries them, and those that are there go on.",
        SAFE,
        migration_type="full-load",
    ),
)
