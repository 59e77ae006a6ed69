"""How secrets of applications say where their database is, and under which stage the next one waits.

Keys are compared without case, hyphens, underscores, points and blanks: `DB_HOST`, `dbHost` and
`db-host` are one. The names are those of the drivers, of libpq's environment variables
(https://www.postgresql.org/docs/15/libpq-envars.html), of Docker's image, of Spring and of RDS
(https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from facts.aurora import ENGINE as AURORA

if TYPE_CHECKING:
    from collections.abc import Mapping

NEXT_STAGE: Final = "ferry-next"
"""The staging label of the version that leads to Aurora, until the switch. Each label is on one version
of a secret at most, and a version without one is deprecated: AWS may delete it
(https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html)."""

CURRENT_STAGE: Final = "AWSCURRENT"
"""What GetSecretValue gives who names no stage; PutSecretValue moves it unless other stages are named
(https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html)."""

Role = Literal["host", "port", "database", "user", "password"]
"""What a value of a secret is to a connection."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""All of them."""

_PREFIXES: Final = (
    "db", "database", "datasource", "pg", "postgres", "postgresql", "rds", "springdatasource",
)  # fmt: skip
_ALONE: Final[Mapping[Role, tuple[str, ...]]] = {
    "host": ("host", "hostname", "server"),
    "port": ("port",),
    "database": ("database", "databasename", "db", "dbname"),
    "user": ("user", "username"),
    "password": ("pass", "passwd", "password", "pwd"),
}
_WITH_A_PREFIX: Final[Mapping[Role, tuple[str, ...]]] = {
    "host": ("address", "endpoint"),
    "database": ("name",),
}

ROLE_OF_KEY: Final[Mapping[str, Role]] = {
    f"{prefix}{name}": role
    for role in ROLES
    for prefix in ("", *_PREFIXES)
    for name in (*_ALONE[role], *(_WITH_A_PREFIX.get(role, ()) if prefix else ()))
}
"""What each key is, in the form in which keys are compared."""

ENGINE: Final = "engine"
"""RDS's key of the engine."""

ENGINES: Final = frozenset({"postgres", "postgresql", AURORA})
"""What it says of PostgreSQL."""

INSTANCE_IDENTIFIER: Final = "dbInstanceIdentifier"
"""RDS's key of an instance's identifier: Secrets Manager's console goes by it."""

CLUSTER_IDENTIFIER: Final = "dbClusterIdentifier"
"""RDS's key of a cluster's identifier, which Aurora's secrets have."""

DEFAULT_PORT: Final = 5432
"""PostgreSQL's, where a URL names none
(https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING)."""

URL_SCHEMES: Final = (
    r"(?:jdbc:(?:aws-wrapper:)?)?(?:postgres|postgresql|pgsql|psql|postgis)(?:\+[a-z0-9_]+)?"
)
"""With what URLs of PostgreSQL begin, as a regular expression without case: libpq's, the JDBC drivers',
SQLAlchemy's with a driver's name behind the plus, Django's."""

CREDENTIALS_IN_A_QUERY: Final[Mapping[str, Role]] = {"user": "user", "password": "password"}
"""What may stand behind a URL's question mark in place of before its host
(https://jdbc.postgresql.org/documentation/use/)."""

PLACES_IN_A_QUERY: Final = frozenset(
    {"database", "dbname", "host", "hostaddr", "passfile", "port", "service", "servicefile"}
)
"""What leads elsewhere than the URL itself says."""


def compared(key: str) -> str:
    """A key in the form in which keys are compared."""
    return "".join(character for character in key.casefold() if character not in "-_. ")
