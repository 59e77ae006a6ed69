"""What the secrets hold, without ever showing a value of one that is secret."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment.expect import document, equal, same_items

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed

_MASTER_KEYS = ("username", "password")
_CONNECTION_KEYS = ("username", "password", "engine", "host", "port", "dbname")


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
    """Look at the secret that an output names."""
    answer = deployed.secretsmanager.get_secret_value(SecretId=deployed.outputs[output])
    content = document(answer["SecretString"])
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


def check_the_master_secrets_keys(deployed: Deployed) -> None:
    seen = see(deployed, outputs.MASTER_SECRET_ARN)
    same_items("keys of the master secret", seen.keys, _MASTER_KEYS)
    equal("the master secret's user", seen.username, deployed.environment.aurora.master_username)
    assert seen.password_length >= 32, (
        f"the master password has {seen.password_length} characters; at least 32 are wanted"
    )


def check_the_target_secrets_keys(deployed: Deployed) -> None:
    seen = see(deployed, outputs.SECRET_ARN)
    same_items("keys of the target's secret", seen.keys, _CONNECTION_KEYS)
    equal("the target's engine", seen.engine, "postgres")


def check_the_target_secret_leads_to_the_cluster(deployed: Deployed) -> None:
    seen, aurora = see(deployed, outputs.SECRET_ARN), deployed.environment.aurora
    equal("the target's host", seen.host, deployed.outputs[outputs.CLUSTER_ENDPOINT])
    equal("the target's port", seen.port, str(deployed.outputs[outputs.CLUSTER_PORT]))
    equal("the target's database", seen.dbname, aurora.database_name)
    equal("the target's user", seen.username, aurora.master_username)


def check_the_target_secret_has_the_master_password(deployed: Deployed) -> None:
    master = see(deployed, outputs.MASTER_SECRET_ARN).password_digest
    same = see(deployed, outputs.SECRET_ARN).password_digest == master
    equal("the target's secret and the master secret hold the same password", same, wanted=True)


def check_the_source_secret_leads_to_the_source(deployed: Deployed) -> None:
    seen, source = see(deployed, outputs.SOURCE_SECRET_ARN), deployed.environment.source
    missing = sorted({"username", "password", "host", "port"} - seen.keys)
    assert not missing, f"the source's secret lacks the keys {missing}, which DMS reads"
    if source.secret_arn is None:
        equal("the source's host", seen.host, source.host)
        equal("the source's port", seen.port, str(source.port))
        equal("the source's database", seen.dbname, source.database)
    else:
        equal(
            "the output of the given secret",
            deployed.outputs[outputs.SOURCE_SECRET_ARN],
            source.secret_arn,
        )
