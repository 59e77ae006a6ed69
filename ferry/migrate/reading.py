"""Asks DMS for an environment's tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from ferry.account import explained
from ferry.errors import FerryError
from ferry.migrate.tasks import task_of

if TYPE_CHECKING:
    from ferry.deployment import Deployment
    from ferry.migrate.tasks import Task


def read_tasks(deployment: Deployment) -> tuple[Task, ...]:
    """The file's tasks, in its order, in one call of DMS's (more above 100 tasks).

    Raises:
        NotDeployedError: There is no state of them.
        NoMigrationError: The environment is Aurora alone.
        FerryError: DMS does not answer, or has not all of them.
    """
    migration = deployment.environment.migration
    arns = deployment.outputs[outputs.DMS_TASK_ARNS]
    instance = deployment.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN]
    with explained("read the replication tasks"):
        pages = deployment.account.dms.get_paginator("describe_replication_tasks").paginate(
            Filters=[{"Name": "replication-instance-arn", "Values": [instance]}]
        )
        found = {
            task.get("ReplicationTaskArn", ""): task
            for page in pages
            for task in page.get("ReplicationTasks", [])
        }
    missing = [task.name for task, _ in migration.tasks if arns.get(task.name) not in found]
    if missing:
        raise FerryError(
            f"DMS has not these tasks of {deployment.environment.name}: {', '.join(missing)}.",
            f"Deploy them: cdktf deploy {deployment.environment.name}",
        )
    return tuple(
        task_of(task, database, found[arns[task.name]], slot_name=migration.source.slot_name or "")
        for task, database in migration.tasks
    )
