"""Where DMS reads and where it writes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dms_endpoint import DmsEndpoint
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.replication.checks import check_identifier
from constructs_lib.replication.endpoint_settings import SourceSettings, TargetSettings

if TYPE_CHECKING:
    from constructs_lib.credentials import ConnectionSecret, SecretAccessRole, SourceSecret
    from constructs_lib.encryption import EnvironmentKey
    from constructs_lib.replication.certificate import SourceCertificate

_LONGEST_IDENTIFIER = 255


class SslMode(StrEnum):
    """How the connection to the source is protected, from nothing to everything.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html
    """

    NONE = "none"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


_VERIFYING = (SslMode.VERIFY_CA, SslMode.VERIFY_FULL)


class SourceEndpoint(Construct):
    """The PostgreSQL source. Host, port, user and password come from a secret alone.

    A change of an endpoint is refused by DMS while a task that uses it runs
    (InvalidResourceStateFault), and nothing is changed: stop the task, apply, resume it. The
    provider's ``pause_replication_tasks`` would do that by itself, but leaves tasks stopped where
    DMS is still testing the connection (hashicorp/terraform-provider-aws#46139), and a task that
    nobody knows is stopped fills the source's disk with WAL.

    Args:
        scope: The parent.
        id_: The construct's id.
        name: The environment's prefix, such as ``aurora-ferry-dev``.
        secret: The secret with host, port, user and password.
        access_role: The role by which DMS reads it; the endpoint waits for its policy.
        key: Encrypts what DMS keeps of the endpoint.
        database_name: The database that is migrated.
        ssl_mode: ``require`` by default, which encrypts and verifies nobody.
        certificate: The CA that ``verify-ca`` and ``verify-full`` verify against.
        settings: The defaults of :class:`SourceSettings` by default.
        secrets_manager_endpoint: The DNS name under which the instance reaches Secrets Manager;
            by default the region's own name.

    Raises:
        ValueError: The mode and the certificate do not go together.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        secret: SourceSecret,
        access_role: SecretAccessRole,
        key: EnvironmentKey,
        database_name: str,
        ssl_mode: SslMode = SslMode.REQUIRE,
        certificate: SourceCertificate | None = None,
        settings: SourceSettings | None = None,
        secrets_manager_endpoint: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        if ssl_mode in _VERIFYING and certificate is None:
            raise ValueError(
                f"ssl_mode is {ssl_mode} and there is no certificate; DMS verifies the source by "
                "its CA's certificate. Give certificate, or set ssl_mode to require."
            )
        if ssl_mode not in _VERIFYING and certificate is not None:
            raise ValueError(
                f"ssl_mode is {ssl_mode} and there is a certificate, which that mode never looks "
                "at. Set ssl_mode to verify-ca or verify-full, or leave certificate out."
            )
        identifier = f"{name}-source"
        check_identifier("source endpoint", identifier, longest=_LONGEST_IDENTIFIER)
        self._endpoint = DmsEndpoint(
            self,
            "endpoint",
            endpoint_id=identifier,
            endpoint_type="source",
            engine_name="postgres",
            database_name=database_name,
            ssl_mode=ssl_mode,
            certificate_arn=None if certificate is None else certificate.arn,
            secrets_manager_arn=secret.arn,
            secrets_manager_access_role_arn=access_role.arn,
            kms_key_arn=key.arn,
            extra_connection_attributes=(settings or SourceSettings()).extra_connection_attributes(
                secrets_manager_endpoint=secrets_manager_endpoint
            ),
            pause_replication_tasks=False,
            depends_on=[access_role.policy],
            lifecycle=_lifecycle(),
        )
        if ssl_mode is SslMode.NONE:
            acknowledge(
                self._endpoint,
                "CKV2_AWS_49",
                reason="The environment says that the source speaks no SSL; the connection is "
                "private, from this VPC to the source's network.",
            )

    @property
    def arn(self) -> str:
        """The endpoint's ARN, known after apply."""
        return self._endpoint.endpoint_arn


class TargetEndpoint(Construct):
    """The Aurora target. Host, port, user and password come from a secret alone.

    The connection is encrypted (``require``), which Aurora's ``rds.force_ssl`` asks for; it stays
    inside the VPC, from one security group to another. What is said of changes to the source's
    endpoint holds here too.

    Args:
        scope: The parent.
        id_: The construct's id.
        name: The environment's prefix, such as ``aurora-ferry-dev``.
        secret: The secret with host, port, user and password.
        access_role: The role by which DMS reads it; the endpoint waits for its policy.
        key: Encrypts what DMS keeps of the endpoint.
        database_name: The database that is migrated to.
        settings: The defaults of :class:`TargetSettings` by default.
        secrets_manager_endpoint: The DNS name under which the instance reaches Secrets Manager;
            by default the region's own name.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        secret: ConnectionSecret,
        access_role: SecretAccessRole,
        key: EnvironmentKey,
        database_name: str,
        settings: TargetSettings | None = None,
        secrets_manager_endpoint: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        identifier = f"{name}-target"
        check_identifier("target endpoint", identifier, longest=_LONGEST_IDENTIFIER)
        self._endpoint = DmsEndpoint(
            self,
            "endpoint",
            endpoint_id=identifier,
            endpoint_type="target",
            engine_name="aurora-postgresql",
            database_name=database_name,
            ssl_mode=SslMode.REQUIRE,
            secrets_manager_arn=secret.arn,
            secrets_manager_access_role_arn=access_role.arn,
            kms_key_arn=key.arn,
            extra_connection_attributes=(settings or TargetSettings()).extra_connection_attributes(
                secrets_manager_endpoint=secrets_manager_endpoint
            ),
            pause_replication_tasks=False,
            depends_on=[access_role.policy],
            lifecycle=_lifecycle(),
        )

    @property
    def arn(self) -> str:
        """The endpoint's ARN, known after apply."""
        return self._endpoint.endpoint_arn


def _lifecycle() -> TerraformResourceLifecycle:
    """Leave ``postgres_settings`` alone.

    DMS shows an endpoint's attributes as its settings too. Nothing sets them here, so without this
    each plan would take them away, and no apply would.
    """
    return TerraformResourceLifecycle(ignore_changes=["postgres_settings"])
