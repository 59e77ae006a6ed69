"""An environment's DMS endpoints: two for each database that is carried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.replication import SourceCertificate, SourceEndpoint, TargetEndpoint
from facts.aurora import ENGINE
from facts.names import as_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_lib.protocols import AccessRole, Key, Secret
    from settings.environment import Environment


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseEndpoints:
    """The two ends of a database's tasks."""

    source: SourceEndpoint
    target: TargetEndpoint


def make_certificate(scope: Construct, environment: Environment) -> SourceCertificate | None:
    """Import the certificate that the source is verified by; None where it is not verified."""
    if environment.source_ca_certificate_pem is None:
        return None
    return SourceCertificate(
        scope,
        "source-ca",
        names=environment.names,
        certificate_pem=environment.source_ca_certificate_pem,
    )


def make_endpoints(
    scope: Construct,
    environment: Environment,
    *,
    source_secret: Secret,
    target_secret: Secret,
    access_role: AccessRole,
    key: Key,
    secrets_manager_endpoint: str | None,
    certificate: SourceCertificate | None,
) -> Mapping[str, DatabaseEndpoints]:
    """Make the endpoints, which share secrets and role.

    Returns:
        The endpoints by their database's name in Aurora; first those of the database that the
        cluster is made with, whose ids and identifiers do not have it.

    Raises:
        NoMigrationError: The environment is Aurora alone.
    """
    names, migration = environment.names, environment.migration
    source, dms = migration.source, migration.dms
    made = {}
    for position, database in enumerate(migration.databases):
        further = database.aurora if position else None
        # "source-" and a name could be another construct's id, such as that of the source's secret.
        prefix = f"database-{as_identifier(further)}-" if further else ""
        made[database.aurora] = DatabaseEndpoints(
            source=SourceEndpoint(
                scope,
                f"{prefix}source",
                identifier=names.source_endpoint(further),
                engine_name="postgres",
                secret=source_secret,
                access_role=access_role,
                key=key,
                secrets_manager_endpoint=secrets_manager_endpoint,
                database_name=database.source,
                ssl_mode=source.ssl_mode,
                certificate=certificate,
                plugin_name=source.plugin_name,
                slot_name=source.slot_name,
                capture_ddls=source.capture_ddls,
                ddl_artifacts_schema=source.ddl_artifacts_schema,
                heartbeat=source.heartbeat.enabled,
                heartbeat_frequency_minutes=source.heartbeat.frequency_minutes,
                heartbeat_schema=source.heartbeat.schema_name,
                execute_timeout_seconds=source.execute_timeout_seconds,
                map_unbounded_numeric_as_string=dms.map_unbounded_numeric_as_string,
                extra_attributes=source.extra_attributes,
                compare_attributes=dms.compare_connection_attributes,
            ),
            target=TargetEndpoint(
                scope,
                f"{prefix}target",
                identifier=names.target_endpoint(further),
                engine_name=ENGINE,
                secret=target_secret,
                access_role=access_role,
                key=key,
                secrets_manager_endpoint=secrets_manager_endpoint,
                database_name=database.aurora,
                ssl_mode="require",
                certificate=None,
                after_connect_script=dms.target.after_connect_script,
                execute_timeout_seconds=dms.target.execute_timeout_seconds,
                map_unbounded_numeric_as_string=dms.map_unbounded_numeric_as_string,
                extra_attributes=dms.target.extra_attributes,
                compare_attributes=dms.compare_connection_attributes,
            ),
        )
    return made
