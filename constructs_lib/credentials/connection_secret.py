"""What DMS needs to sign in to the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import Token
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from constructs import Construct

from constructs_lib.credentials.secret import make_secret
from constructs_lib.ephemeral import fingerprint, json_object
from facts.templates import expression, literal

if TYPE_CHECKING:
    from constructs_lib.credentials.master import MasterCredentials
    from constructs_lib.protocols import DatabaseEndpoint, Key
    from facts.names import Names


class ConnectionSecret(Construct):
    """The target's secret: username, password, engine, host, port and dbname.

    DMS reads username, password, host and port; engine and dbname are for PostgreSQL clients and
    people, in the form that AWS gives the secrets of its databases. It is written again when the
    password, the host, the port or the database changes.

    Sources: https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html,
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        key: The key that encrypts the secret.
        credentials: The user and password.
        cluster: The cluster that they open.
        recovery_window_days: How long a deleted secret can be restored; 0 for not at all.
        prevent_destroy: Whether Terraform refuses to destroy the secret.
    """

    arn: str
    """The secret's ARN."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        key: Key,
        credentials: MasterCredentials,
        cluster: DatabaseEndpoint,
        recovery_window_days: int,
        prevent_destroy: bool,
    ) -> None:
        super().__init__(scope, id_)
        secret = make_secret(
            self,
            name=names.target_secret,
            description=f"How DMS signs in to the Aurora cluster {names.cluster}",
            key=key,
            recovery_window_days=recovery_window_days,
            prevent_destroy=prevent_destroy,
        )
        self.arn = secret.arn
        beside_the_password = {
            "username": literal(credentials.username),
            "engine": literal("postgres"),
            "host": cluster.endpoint,
            "port": str(cluster.port),
            "dbname": literal(cluster.database_name),
        }
        SecretsmanagerSecretVersion(
            self,
            "version",
            secret_id=secret.id,
            secret_string_wo=expression(
                json_object({**beside_the_password, "password": credentials.password_term})
            ),
            secret_string_wo_version=Token.as_number(
                expression(fingerprint(credentials.version_id_term, *beside_the_password.values()))
            ),
        )
