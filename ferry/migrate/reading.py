"""Asks DMS for an environment's tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from facts.names import AGAIN, BACK
from ferry.account import explained
from ferry.errors import FerryError
from ferry.migrate.tasks import task_of
from ferry.migrate.ways import Way
from settings.way_back import NoWayBack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dms.type_defs import ReplicationTaskTypeDef

    from ferry.deployment import Deployment
    from ferry.migrate.tasks import Task
    from settings.environment import Leg


def read_tasks(deployment: Deployment) -> tuple[Task, ...]:
    """The file's tasks, in its order, in one call of DMS's (more above 100 tasks).

    Raises:
        NotDeployedError: There is no state of them.
        NoMigrationError: The environment is Aurora alone.
        FerryError: DMS does not answer, or has not all of them.
    """
    return _of_the_file(deployment, _found(deployment))


def read_ways(deployment: Deployment) -> tuple[Way, ...]:
    """The file's tasks, in its order, each with the legs beside it; in one call, as `read_tasks`.

    Of a leg that is not there it is said why: going back has been asked for since the last deployment,
    or nothing turns the task's mapping round. Without `dms.rollback` there is none, and no reason.

    Raises:
        NotDeployedError: There is no state of the file's tasks.
        NoMigrationError: The environment is Aurora alone.
        FerryError: DMS does not answer, or has not all of the file's tasks.
    """
    environment, migration = deployment.environment, deployment.environment.migration
    found = _found(deployment)
    legs = {(leg.of.name, leg.leg): leg for leg in migration.legs}
    ways = [(wanted.name, way) for wanted, _, way in migration.ways_back]
    made = []
    for task, (name, way) in zip(_of_the_file(deployment, found), ways, strict=True):
        back, again = (
            _leg(deployment, legs[name, leg], found) if (name, leg) in legs else None
            for leg in (BACK, AGAIN)
        )
        why_not = ""
        if isinstance(way, NoWayBack):
            why_not = f"The task {name} has no way back: its {way.setting} {way.why}."
        elif back is None:
            why_not = (
                f"The task {name} has no leg back that is deployed. Deploy it: cdktf deploy "
                f"{environment.name}"
            )
        made.append(Way(task=task, back=back, again=again, why_not=why_not))
    return tuple(made)


def read_all(deployment: Deployment) -> tuple[Task, ...]:
    """The file's tasks and the legs beside them that are deployed; in one call, as `read_tasks`.

    Raises:
        FerryError: As `read_ways`.
    """
    return tuple(
        task for way in read_ways(deployment) for task in (way.task, way.back, way.again) if task
    )


def _found(deployment: Deployment) -> dict[str, ReplicationTaskTypeDef]:
    """What DMS shows of the tasks of the replication instance, by their ARNs."""
    instance = deployment.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN]
    with explained("read the replication tasks"):
        pages = deployment.account.dms.get_paginator("describe_replication_tasks").paginate(
            Filters=[{"Name": "replication-instance-arn", "Values": [instance]}]
        )
        return {
            task.get("ReplicationTaskArn", ""): task
            for page in pages
            for task in page.get("ReplicationTasks", [])
        }


def _of_the_file(
    deployment: Deployment, found: Mapping[str, ReplicationTaskTypeDef]
) -> tuple[Task, ...]:
    migration = deployment.environment.migration
    arns = deployment.outputs[outputs.DMS_TASK_ARNS]
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


def _leg(
    deployment: Deployment, leg: Leg, found: Mapping[str, ReplicationTaskTypeDef]
) -> Task | None:
    """A leg as DMS shows it; None where it is not deployed."""
    output = {BACK: outputs.DMS_BACK_TASK_ARNS, AGAIN: outputs.DMS_AGAIN_TASK_ARNS}[leg.leg]
    shown = found.get((deployment.outputs.get(output) or {}).get(leg.of.name, ""))
    if shown is None:
        return None
    slot = deployment.environment.names.slot(leg.leg, leg.of.name)
    return task_of(leg.task, leg.database, shown, slot_name=slot, marker_name=leg.marker)
