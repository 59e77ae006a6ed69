"""The master user's name and password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import Token
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from constructs import Construct

from constructs_lib.credentials.secret import make_secret
from constructs_lib.ephemeral import EphemeralResource, fingerprint, json_object
from facts.templates import expression, literal

if TYPE_CHECKING:
    from constructs_lib.protocols import Key
    from facts.names import Names

_PASSWORD_LENGTH = 40
"""Letters and digits, about 238 bits; PostgreSQL on RDS takes 8 to 128 characters."""


class MasterCredentials(Construct):
    """A random password, in the master secret with its user: ``username``, ``password``.

    Nobody chooses the password. Secrets Manager makes it of letters and digits alone: RDS refuses
    ``/``, ``@``, ``"`` and space in a master password, DMS refuses ``;``, ``.``, ``:`` and ``+``,
    and shells, URLs and connection strings have characters of their own.

    Raise ``version`` to rotate. A new version of the secret is written, then that very version is
    read back and given to the cluster, then :class:`ConnectionSecret` is written. If Terraform fails
    after the secret was written and before the cluster took it (ModifyDBCluster refused), the
    cluster still has the password before, and Terraform does not know it: raise ``version`` once
    more.

    What else makes Terraform write another password, such as a secret that was deleted by hand,
    reaches the cluster too: :attr:`password_version` follows the secret's version.

    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html,
    https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html,
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        key: The key that encrypts the secret.
        username: The master user.
        version: The password's number; raise it to rotate.
        recovery_window_days: How long a deleted secret can be restored; 0 for not at all.
        prevent_destroy: Whether Terraform refuses to destroy the secret. Its versions are not
            protected: a rotation replaces them.
    """

    arn: str
    """The secret's ARN."""

    username: str
    password_term: str
    """The password, as a term of an expression in a write-only argument; nowhere else is allowed."""

    password_reference: str
    """The password, as the value of a write-only argument."""

    version_id_term: str
    """The id of the secret's version that holds the password, as a term of an expression."""

    password_version: float
    """A number (a token) for a ``*_wo_version``: another one for another password."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        key: Key,
        username: str,
        version: int,
        recovery_window_days: int,
        prevent_destroy: bool,
    ) -> None:
        super().__init__(scope, id_)
        self.username = username
        secret = make_secret(
            self,
            name=names.master_secret,
            description=f"The master user of the Aurora cluster {names.cluster}",
            key=key,
            recovery_window_days=recovery_window_days,
            prevent_destroy=prevent_destroy,
        )
        self.arn = secret.arn
        random = EphemeralResource(
            self,
            "random",
            type_="aws_secretsmanager_random_password",
            arguments={
                "password_length": _PASSWORD_LENGTH,
                "exclude_punctuation": True,
                "include_space": False,
                "require_each_included_type": True,
            },
        )
        written = SecretsmanagerSecretVersion(
            self,
            "version",
            secret_id=secret.id,
            secret_string_wo=expression(
                json_object(
                    {
                        "username": literal(username),
                        "password": random.attribute("random_password"),
                    }
                )
            ),
            secret_string_wo_version=version,
        )
        # The version's id, and not the secret's alone: while another version is still to be
        # written the id is unknown, so that neither a plan nor an apply reads the one before.
        stored = EphemeralResource(
            self,
            "stored",
            type_="aws_secretsmanager_secret_version",
            arguments={"secret_id": written.secret_id, "version_id": written.version_id},
        )
        self.password_term = f"jsondecode({stored.attribute('secret_string')}).password"
        self.password_reference = expression(self.password_term)
        self.version_id_term = f"{written.fqn}.version_id"
        self.password_version = Token.as_number(expression(fingerprint(self.version_id_term)))
