"""What the secrets hold, without ever showing a value of one that is secret."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from facts import outputs
from ferry.check.deployment.expect import DiffersError, document

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect

_MASTER_KEYS: Final = ("username", "password")
_CONNECTION_KEYS: Final = ("username", "password", "engine", "host", "port", "dbname")
_READ_BY_DMS: Final = {"username", "password", "host", "port"}
_LEAST_PASSWORD_LENGTH: Final = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What may be seen of a secret: its keys, and the values that lead to a server.

    Args:
        keys: The keys of its JSON.
        username: Who signs in.
        engine: Which kind of server.
        host: Which server.
        port: At which port; secrets hold it as text or as a number.
        dbname: Which database.
        password_length: How long the password is.
        password_digest: By which two passwords can be compared and none can be read.
    """

    keys: frozenset[str]
    username: str | None
    engine: str | None
    host: str | None
    port: str | None
    dbname: str | None
    password_length: int
    password_digest: str = field(repr=False)


def see(deployed: Deployed, output: str) -> Seen:
    """Look at the secret that an output names; at its current version, where one is rotated."""
    answer = deployed.account.secretsmanager.get_secret_value(SecretId=deployed.outputs[output])
    try:
        content = document(answer["SecretString"])
    except ValueError:
        raise DiffersError(f"The secret of {output} holds no JSON.") from None
    password = str(content.get("password", ""))
    port = content.get("port")
    return Seen(
        keys=frozenset(content),
        username=content.get("username"),
        engine=content.get("engine"),
        host=content.get("host"),
        port=None if port is None else str(port),
        dbname=content.get("dbname"),
        password_length=len(password),
        password_digest=hashlib.sha256(password.encode()).hexdigest(),
    )


def check_the_master_secrets_keys(deployed: Deployed, expect: Expect) -> None:
    """The master secret holds the master user and a long password."""
    seen, user = see(deployed, outputs.MASTER_SECRET_ARN), deployed.environment.aurora
    expect.same_items("Keys of the master secret", seen.keys, _MASTER_KEYS)
    expect.equal("The master secret's user", seen.username, user.master_username)
    expect.that(
        seen.password_length >= _LEAST_PASSWORD_LENGTH,
        f"The master password has {seen.password_length} characters, should have at least "
        f"{_LEAST_PASSWORD_LENGTH}.",
    )


def check_the_target_secrets_keys(deployed: Deployed, expect: Expect) -> None:
    """The target's secret holds all that DMS connects with."""
    seen = see(deployed, outputs.SECRET_ARN)
    expect.same_items("Keys of the target's secret", seen.keys, _CONNECTION_KEYS)
    expect.equal("The target's engine", seen.engine, "postgres")


def check_the_target_secret_leads_to_the_cluster(deployed: Deployed, expect: Expect) -> None:
    """The target's secret leads to the cluster."""
    seen, aurora = see(deployed, outputs.SECRET_ARN), deployed.environment.aurora
    host, port = deployed.outputs[outputs.CLUSTER_ENDPOINT], deployed.outputs[outputs.CLUSTER_PORT]
    expect.equal("The host in the target's secret", seen.host, host)
    expect.equal("The port in the target's secret", seen.port, str(port))
    expect.equal("The database in the target's secret", seen.dbname, aurora.database_name)
    expect.equal("The user in the target's secret", seen.username, aurora.master_username)


def check_the_target_secret_has_the_master_password(deployed: Deployed, expect: Expect) -> None:
    """The target's secret and the master secret hold the same password."""
    master, target = see(deployed, outputs.MASTER_SECRET_ARN), see(deployed, outputs.SECRET_ARN)
    if master.password_digest != target.password_digest:
        expect.differs(
            "The target's secret holds another password than the master secret.",
            why="A rotation did not end, or somebody wrote one of them: DMS cannot sign in.",
            remedy="docs/recovery.md, 'Passwords'.",
        )


def check_the_source_secret_leads_to_the_source(deployed: Deployed, expect: Expect) -> None:
    """The source's secret leads to the source."""
    seen, source = see(deployed, outputs.SOURCE_SECRET_ARN), deployed.migration.source
    missing = sorted(_READ_BY_DMS - seen.keys)
    expect.that(not missing, f"The source's secret lacks {', '.join(missing)}, which DMS reads.")
    if source.secret_arn is None:
        expect.equal("The host in the source's secret", seen.host, source.host)
        expect.equal("The port in the source's secret", seen.port, str(source.port))
        database = deployed.migration.databases[0].source
        expect.equal("The database in the source's secret", seen.dbname, database)
    else:
        expect.equal(
            f"The output {outputs.SOURCE_SECRET_ARN}",
            deployed.outputs[outputs.SOURCE_SECRET_ARN],
            source.secret_arn,
        )
