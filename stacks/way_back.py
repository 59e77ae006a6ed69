"""What carries an environment's tables back from Aurora, and forward again: it waits for a cutover.

docs/decisions/0024-the-way-back.md says why these are endpoints and tasks of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs import Construct

from constructs_lib.replication import ReplicationTask, SourceEndpoint, TargetEndpoint
from facts.aurora import ENGINE
from facts.dms import AS_REPLICA
from facts.names import AGAIN, BACK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.protocols import AccessRole, Key, Secret
    from constructs_lib.replication import ReplicationInstance, SourceCertificate
    from settings.environment import Environment, Leg
    from stacks.endpoints import DatabaseEndpoints

_PLUGIN: Final = "test_decoding"
"""What reads Aurora's changes: it needs nothing in the database."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LegTask:
    """A leg's task.

    Args:
        leg: Which leg, `back` or `again`.
        of: The file's task, by its name.
        name: The leg's own name.
        task: The task.
    """

    leg: str
    of: str
    name: str
    task: ReplicationTask


def make_way_back(
    scope: Construct,
    environment: Environment,
    *,
    source_secret: Secret,
    reverse_secret: Secret,
    target_secret: Secret,
    access_role: AccessRole,
    key: Key,
    secrets_manager_endpoint: str | None,
    certificate: SourceCertificate | None,
    instance: ReplicationInstance,
    endpoints: Mapping[str, DatabaseEndpoints],
) -> list[LegTask]:
    """Make the legs of all tasks that have a way back.

    A slot belongs to an endpoint, so that each leg reads by one of its own.

    Args:
        scope: The environment's stack.
        environment: The environment.
        source_secret: With which DMS reads from the source.
        reverse_secret: With which DMS writes to the source.
        target_secret: With which DMS reads from Aurora.
        access_role: The role by which DMS reads the secrets.
        key: Encrypts what DMS keeps of the endpoints.
        secrets_manager_endpoint: As of all endpoints.
        certificate: What the source is verified by.
        instance: What runs the tasks.
        endpoints: The endpoints of the file's tasks, by the database's name in Aurora.

    Raises:
        NoMigrationError: The environment is Aurora alone.
    """
    names, migration = environment.names, environment.migration
    source, dms = migration.source, migration.dms
    within, made = Construct(scope, "ways"), []

    def reads(place: Construct, leg: Leg) -> SourceEndpoint:
        """Where a leg begins: Aurora, or the source once more."""
        back, aurora = leg.leg == BACK, leg.database.aurora
        return SourceEndpoint(
            place,
            "source",
            identifier=names.leg_endpoint(leg.leg, "source", leg.of.name),
            engine_name=ENGINE if back else "postgres",
            secret=target_secret if back else source_secret,
            access_role=access_role,
            key=key,
            secrets_manager_endpoint=secrets_manager_endpoint,
            database_name=aurora if back else leg.database.source,
            ssl_mode="require" if back else source.ssl_mode,
            certificate=None if back else certificate,
            plugin_name=_PLUGIN if back else source.plugin_name,
            slot_name=names.slot(leg.leg, leg.of.name),
            # What becomes of tables meanwhile is looked at before anybody goes back.
            capture_ddls=False if back else source.capture_ddls,
            ddl_artifacts_schema=leg.task.control_schema if back else source.ddl_artifacts_schema,
            heartbeat=source.heartbeat.enabled,
            heartbeat_frequency_minutes=source.heartbeat.frequency_minutes,
            heartbeat_schema=leg.task.control_schema if back else source.heartbeat.schema_name,
            execute_timeout_seconds=(dms.target if back else source).execute_timeout_seconds,
            map_unbounded_numeric_as_string=dms.map_unbounded_numeric_as_string,
            extra_attributes={} if back else source.extra_attributes,
            compare_attributes=dms.compare_connection_attributes,
        )

    def writes(place: Construct, leg: Leg) -> TargetEndpoint:
        """Where a leg ends: the source, or Aurora as every task does."""
        if leg.leg == AGAIN:
            return endpoints[leg.database.aurora].target
        return TargetEndpoint(
            place,
            "target",
            identifier=names.leg_endpoint(leg.leg, "target", leg.of.name),
            engine_name="postgres",
            secret=reverse_secret,
            access_role=access_role,
            key=key,
            secrets_manager_endpoint=secrets_manager_endpoint,
            database_name=leg.database.source,
            ssl_mode=source.ssl_mode,
            certificate=certificate,
            after_connect_script=AS_REPLICA,
            execute_timeout_seconds=source.execute_timeout_seconds,
            map_unbounded_numeric_as_string=dms.map_unbounded_numeric_as_string,
            extra_attributes={},
            compare_attributes=dms.compare_connection_attributes,
        )

    # A parent for each leg and task: no name of a task's runs into another construct's.
    parents = {leg: Construct(within, leg) for leg in (BACK, AGAIN)}
    for leg in migration.legs:
        place = Construct(parents[leg.leg], leg.of.name)
        task = ReplicationTask(
            place,
            "task",
            names=names,
            task=leg.task,
            marker=leg.marker,
            beside=migration.beside(leg.marker, leg.database),
            instance=instance,
            source=reads(place, leg),
            target=writes(place, leg),
        )
        made.append(LegTask(leg=leg.leg, of=leg.of.name, name=leg.task.name, task=task))
    return made
