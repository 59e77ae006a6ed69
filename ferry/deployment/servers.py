"""The servers at both ends of a migration, as ferry's operator signs in to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from facts import outputs
from ferry.account import NotFoundError, explained
from ferry.environments import FOLDER, migration_of
from ferry.errors import FerryError
from ferry.postgres import Server
from settings.reading.certificate import Certificates, read_certificates

if TYPE_CHECKING:
    from pathlib import Path

    from ferry.account import Account
    from ferry.deployment.deployment import Deployment
    from ferry.postgres import Address
    from settings.databases import Database
    from settings.environment import Environment

RDS_AUTHORITIES: Final = FOLDER / "certificates" / "rds-ca.pem"
"""The certificates of RDS's authorities, by default: AWS has them for everybody to fetch."""

_FETCH: Final = (
    "Fetch it once: curl -o environments/certificates/rds-ca.pem "
    "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem (GovCloud and China have "
    "others: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL.html), "
    "or name another file: --target-ca."
)
_WAYS: Final = "docs/migration.md has the ways typed out."


def source_server(
    environment: Environment,
    account: Account,
    database: Database,
    *,
    address: Address | None = None,
) -> Server:
    """A database of the source, as its operator signs in.

    Args:
        environment: The environment.
        account: Its account, whose Secrets Manager has the operator's secret.
        database: Which of those that are carried.
        address: Where it is reached; by default at its own name.

    Raises:
        InputError: The environment carries nothing.
        FerryError: There is no such secret, or it is none.
    """
    source, names = migration_of(environment).source, environment.names
    again = f"Write it: ferry secret operator {environment.name} source"
    username, password = _credentials(account, names.source_operator_secret, missing=again)
    return Server(
        side="the source",
        host=source.host,
        port=source.port,
        database=database.source,
        username=username,
        password=password,
        ssl_mode=source.ssl_mode,
        ca_pem=environment.source_ca_certificate_pem,
        address=address,
        way=(
            "Run ferry where the source's firewall and a route let it in: in the VPC, whose networks "
            f"reach {', '.join(source.cidrs)}, or by a VPN or port forwarding: --source-address "
            f"HOST:PORT. {_WAYS}"
        ),
        credentials=f"{again}.",
        authority="Put the authority's certificate into source.ca_certificate_file.",
    )


def target_server(
    deployment: Deployment,
    database: Database,
    *,
    address: Address | None = None,
    ca_file: Path | None = None,
) -> Server:
    """A database of Aurora, as its operator signs in: without a secret of its own, the master user.

    Args:
        deployment: The environment as it is deployed.
        database: Which of those that are carried.
        address: Where it is reached; by default at the cluster's own name.
        ca_file: The certificates of RDS's authorities; by default `RDS_AUTHORITIES`.

    Raises:
        InputError: The environment carries nothing.
        NotDeployedError: There is no cluster yet.
        FerryError: There is no secret or no certificate, or one is none.
    """
    environment, account = deployment.environment, deployment.account
    migration_of(environment)
    names = environment.names
    host = str(deployment.outputs[outputs.CLUSTER_ENDPOINT])
    again = f"ferry secret operator {environment.name} target"
    try:
        username, password = _credentials(account, names.target_operator_secret, missing=again)
    except NotFoundError:
        master = str(deployment.outputs[outputs.MASTER_SECRET_ARN])
        username, password = _credentials(account, master, missing=f"Write one: {again}")
    return Server(
        side="Aurora",
        host=host,
        port=environment.aurora.port,
        database=database.aurora,
        username=username,
        password=password,
        ca_pem=_authorities(ca_file or RDS_AUTHORITIES),
        address=address,
        way=(
            f"The security group {names.in_network('aurora')} lets in the members of "
            f"{deployment.outputs[outputs.CLIENTS_SECURITY_GROUP_ID]} and aurora.client_cidrs: make "
            "the machine one of them, or come by a port forwarding: --target-address HOST:PORT. "
            f"{_WAYS}"
        ),
        credentials=f"Write its operator's secret: {again}.",
        authority=_FETCH,
    )


def source_user_of_dms(environment: Environment, account: Account) -> str:
    """The role as which DMS signs in to the source. In Aurora it is the master user.

    Raises:
        InputError: The environment carries nothing.
        FerryError: There is no secret yet, or it is none.
    """
    own = migration_of(environment).source.secret_arn
    again = (
        "Give it a value, as docs/settings.md says of source.secret_arn."
        if own
        else f"Write it: ferry secret source {environment.name}"
    )
    username, _ = _credentials(account, own or environment.names.source_secret, missing=again)
    return username


def source_user_of_way_back(environment: Environment, account: Account) -> str:
    """The role as which DMS writes back to the source.

    Raises:
        FerryError: There is no secret yet, or it is none.
    """
    username, _ = _credentials(
        account,
        environment.names.reverse_secret,
        missing=f"Write it: ferry secret reverse {environment.name}",
    )
    return username


def _credentials(account: Account, secret: str, *, missing: str) -> tuple[str, str]:
    """User and password of a secret.

    Raises:
        NotFoundError: There is none, or it has no value.
        FerryError: AWS refuses, or it holds something else.
    """
    try:
        with explained(f"read the secret {secret}"):
            value = account.secretsmanager.get_secret_value(SecretId=secret).get("SecretString", "")
    except NotFoundError:
        raise NotFoundError(f"There is no secret {secret}, or it has no value.", missing) from None
    try:
        held = json.loads(value)
        username, password = held["username"], held["password"]
    except (ValueError, RecursionError, KeyError, TypeError):
        username = password = None
    if not (isinstance(username, str) and isinstance(password, str) and username and password):
        raise FerryError(f"The secret {secret} does not hold a username and a password.", missing)
    return username, password


def _authorities(file: Path) -> str:
    if not file.exists():
        raise FerryError(
            f"There is no {file}, with which Aurora's certificate is verified.", _FETCH
        )
    found = read_certificates(file.parent, file.name)
    if isinstance(found, Certificates):
        return found.pem
    raise FerryError(f"Aurora's certificate cannot be verified: {found.given}.", _FETCH)
