"""Where DMS reads and where it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import Annotations, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dms_endpoint import DmsEndpoint
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.replication.connection_attributes import connection_attributes
from facts.templates import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.protocols import AccessRole, Key, Secret
    from constructs_lib.replication.certificate import SourceCertificate


class SourceEndpoint(Construct):
    """Where DMS reads: the PostgreSQL source, or Aurora on a way back. Host, port, user and password come from a secret alone.

    A change of an endpoint is refused by DMS while a task that uses it runs
    (InvalidResourceStateFault), and nothing is changed: stop the task, apply, resume it. The
    provider's ``pause_replication_tasks`` would do that by itself, but leaves tasks stopped where
    DMS is still testing the connection (hashicorp/terraform-provider-aws#46139), and a task that
    nobody knows is stopped fills the source's disk with WAL.

    Two things are fixed: a LOB that would be cut fails the task, and booleans travel as booleans,
    which both endpoints have to say.

    Args:
        scope: The parent.
        id_: The construct's id.
        identifier: The endpoint's identifier.
        engine_name: What is read, in DMS's words: ``postgres``, or Aurora on a way back.
        secret: The secret with host, port, user and password.
        access_role: The role by which DMS reads it; the endpoint waits for its policy.
        key: Encrypts what DMS keeps of the endpoint.
        secrets_manager_endpoint: The DNS name under which the instance reaches Secrets Manager;
            with None the region's own name.
        database_name: The database that is migrated.
        ssl_mode: ``none`` (synthesis warns), ``require`` (encrypts, verifies nobody),
            ``verify-ca`` or ``verify-full``.
        certificate: The CA that ``verify-ca`` and ``verify-full`` verify against.
        plugin_name: The output plugin of the logical replication slot.
        slot_name: A logical replication slot that exists; with None DMS makes its own.
        capture_ddls: Whether to carry changes of tables, by an event trigger and a table that DMS
            makes at the source, which takes a superuser there.
        ddl_artifacts_schema: The schema for these.
        heartbeat: Whether to write to a table at the source at intervals, so that the slot of an
            idle database does not keep the WAL until the disk is full. A read replica cannot.
        heartbeat_frequency_minutes: The interval.
        heartbeat_schema: The schema for the table.
        execute_timeout_seconds: How long a statement may take.
        map_unbounded_numeric_as_string: Whether to carry NUMERIC without precision as text, where
            DMS would round it to NUMERIC(28,6). Set the target's alike.
        extra_attributes: More connection attributes, by DMS's names; none that is set here.
        compare_attributes: Whether a plan compares the connection attributes with what DMS shows of
            them, which may be another form of the same.
    """

    arn: str
    """The endpoint's ARN, known after apply."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identifier: str,
        engine_name: str,
        secret: Secret,
        access_role: AccessRole,
        key: Key,
        secrets_manager_endpoint: str | None,
        database_name: str,
        ssl_mode: str,
        certificate: SourceCertificate | None,
        plugin_name: str,
        slot_name: str | None,
        capture_ddls: bool,
        ddl_artifacts_schema: str,
        heartbeat: bool,
        heartbeat_frequency_minutes: int,
        heartbeat_schema: str,
        execute_timeout_seconds: int,
        map_unbounded_numeric_as_string: bool,
        extra_attributes: Mapping[str, str],
        compare_attributes: bool,
    ) -> None:
        super().__init__(scope, id_)
        endpoint = _make_endpoint(
            self,
            endpoint_id=identifier,
            endpoint_type="source",
            engine_name=engine_name,
            secret=secret,
            access_role=access_role,
            key=key,
            database_name=database_name,
            ssl_mode=ssl_mode,
            certificate=certificate,
            attributes=connection_attributes(
                {
                    "captureDdls": capture_ddls,
                    "ddlArtifactsSchema": ddl_artifacts_schema,
                    "executeTimeout": execute_timeout_seconds,
                    "failTasksOnLobTruncation": True,
                    "heartbeatEnable": heartbeat,
                    "heartbeatFrequency": heartbeat_frequency_minutes,
                    "heartbeatSchema": heartbeat_schema,
                    "mapBooleanAsBoolean": True,
                    "mapUnboundedNumericAsString": map_unbounded_numeric_as_string,
                    "pluginName": plugin_name,
                    "secretsManagerEndpointOverride": secrets_manager_endpoint,
                    "slotName": slot_name,
                    **_further(extra_attributes),
                }
            ),
            compare_attributes=compare_attributes,
        )
        self.arn = endpoint.endpoint_arn
        if ssl_mode == "none":
            Annotations.of(self).add_warning(
                "The source is reached without SSL: its data can be read and changed on the way. "
                'Set ssl_mode = "verify-full", or at least "require", if the source can.'
            )


class TargetEndpoint(Construct):
    """Where DMS writes: Aurora, or the source on a way back.

    Host, port, user and password come from a secret alone. Booleans travel as booleans, which both
    endpoints have to say. What is said of changes to the source's endpoint holds here too.

    Args:
        scope: The parent.
        id_: The construct's id.
        identifier: The endpoint's identifier.
        engine_name: What is written to, in DMS's words: Aurora, or ``postgres`` on a way back.
        secret: The secret with host, port, user and password.
        access_role: The role by which DMS reads it; the endpoint waits for its policy.
        key: Encrypts what DMS keeps of the endpoint.
        secrets_manager_endpoint: The DNS name under which the instance reaches Secrets Manager;
            with None the region's own name.
        database_name: The database that is migrated to.
        ssl_mode: As at the source. Aurora's is ``require``, which its ``rds.force_ssl`` asks for: the
            connection stays inside the VPC, from one security group to another.
        certificate: As at the source.
        after_connect_script: One SQL statement, without semicolon, that DMS runs on each
            connection.
        execute_timeout_seconds: How long a statement may take.
        map_unbounded_numeric_as_string: As at the source.
        extra_attributes: As at the source.
        compare_attributes: As at the source.
    """

    arn: str
    """The endpoint's ARN, known after apply."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identifier: str,
        engine_name: str,
        secret: Secret,
        access_role: AccessRole,
        key: Key,
        secrets_manager_endpoint: str | None,
        database_name: str,
        ssl_mode: str,
        certificate: SourceCertificate | None,
        after_connect_script: str,
        execute_timeout_seconds: int,
        map_unbounded_numeric_as_string: bool,
        extra_attributes: Mapping[str, str],
        compare_attributes: bool,
    ) -> None:
        super().__init__(scope, id_)
        self.arn = _make_endpoint(
            self,
            endpoint_id=identifier,
            endpoint_type="target",
            engine_name=engine_name,
            secret=secret,
            access_role=access_role,
            key=key,
            database_name=database_name,
            ssl_mode=ssl_mode,
            certificate=certificate,
            attributes=connection_attributes(
                {
                    "afterConnectScript": plain(after_connect_script),
                    "executeTimeout": execute_timeout_seconds,
                    "mapBooleanAsBoolean": True,
                    "mapUnboundedNumericAsString": map_unbounded_numeric_as_string,
                    # The size of the CSV files by which rows are loaded, in KB.
                    "maxFileSize": 32_768,
                    "secretsManagerEndpointOverride": secrets_manager_endpoint,
                    **_further(extra_attributes),
                }
            ),
            compare_attributes=compare_attributes,
        ).endpoint_arn


def _further(attributes: Mapping[str, str]) -> dict[str, str]:
    """More attributes, after those that are always there, in an order of their own."""
    return {name: plain(value) for name, value in sorted(attributes.items())}


def _make_endpoint(
    scope: Construct,
    *,
    endpoint_id: str,
    endpoint_type: str,
    engine_name: str,
    secret: Secret,
    access_role: AccessRole,
    key: Key,
    database_name: str,
    ssl_mode: str,
    certificate: SourceCertificate | None,
    attributes: str,
    compare_attributes: bool,
) -> DmsEndpoint:
    # DMS shows an endpoint's attributes as its settings too. Nothing sets them here, so without
    # this each plan would take them away, and no apply would.
    ignored = ["postgres_settings"]
    if not compare_attributes:
        ignored.append("extra_connection_attributes")
    endpoint = DmsEndpoint(
        scope,
        "endpoint",
        endpoint_id=endpoint_id,
        endpoint_type=endpoint_type,
        engine_name=engine_name,
        database_name=plain(database_name),
        ssl_mode=ssl_mode,
        certificate_arn=certificate.arn if certificate else None,
        secrets_manager_arn=secret.arn,
        secrets_manager_access_role_arn=access_role.arn,
        kms_key_arn=key.arn,
        extra_connection_attributes=attributes,
        pause_replication_tasks=False,
        depends_on=list(access_role.ready),
        lifecycle=TerraformResourceLifecycle(ignore_changes=ignored),
    )
    if ssl_mode == "none":
        acknowledge(
            endpoint,
            "CKV2_AWS_49",
            reason="The environment says that the source speaks no SSL; the connection is "
            "private, from this VPC to the source's network.",
        )
    return endpoint
