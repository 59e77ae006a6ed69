"""Signs in to Aurora as the applications will, by the version of their secret that leads there.

Until the cutover Aurora's databases are closed to applications, and PostgreSQL looks at the password first:
`permission denied for database` (42501) is said to the right one, a wrong one is told so (28P01). Whether
the role may connect when Aurora is open is read from what was saved before it was closed. The value stays
in memory: no message has a user or a password.

Source: https://www.postgresql.org/docs/15/client-authentication.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from facts.application_secrets import NEXT_STAGE
from ferry.account import explained
from ferry.applications.contents import host_of, understand
from ferry.errors import FerryError
from ferry.migrate.cutover.switching.signed import SignIn
from ferry.postgres import NoAnswerError, PostgresError, UnreachableError, connect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from types_boto3_secretsmanager import SecretsManagerClient

    from ferry.applications.contents import Contents
    from ferry.postgres import Server

_CLOSED: Final = "42501"
_PURPOSE: Final = "sign in as the applications will"
_MAY: Final = """
select a.acl is null or exists (
  select from pg_catalog.aclexplode(a.acl::pg_catalog.aclitem[]) g
  where g.privilege_type = 'CONNECT'
    and (g.grantee = 0 or pg_catalog.pg_has_role(%s, g.grantee, 'usage')))
from ferry.access a where a.database = pg_catalog.current_database()"""


def sign_in(client: SecretsManagerClient, arn: str, targets: Sequence[Server]) -> SignIn:
    """Sign in with a secret's next version.

    Args:
        client: Secrets Manager.
        arn: The secret.
        targets: The databases in Aurora, as ferry signs in to them.

    Raises:
        FerryError: It is not known: what the version says is not certain, or somebody does not answer.
    """
    with explained(f"read the version under {NEXT_STAGE} of the secret {arn}"):
        found = client.get_secret_value(SecretId=arn, VersionStage=NEXT_STAGE)
    try:
        contents = understand(
            found.get("SecretString", ""), {host_of(each.host) for each in targets}
        )
    except FerryError as error:
        raise FerryError(
            f"What the version under {NEXT_STAGE} of the secret {arn} says is not certain: {error.why}.",
            error.remedy,
        ) from None
    places = {(host_of(each.host), each.port, each.database): each for each in targets}
    own = places.get(contents.place)
    if own is None:
        return SignIn(
            database=contents.place[2],
            refused=f"it leads to {contents.place_in_words}, which is no database of Aurora that is carried",
        )
    refused = _refused(own, contents)
    if refused:
        return SignIn(database=own.database, refused=refused)
    with connect(own, purpose="say who may connect after the cutover") as session:
        saved = session.rows(_MAY, [contents.values["user"]])
    return SignIn(database=own.database, may_connect=saved[0][0] if saved else None)


def _refused(own: Server, contents: Contents) -> str:
    """Why Aurora does not accept the credentials; empty where it does."""
    user, password = contents.values["user"], contents.values["password"]
    theirs = replace(own, username=user, password=password, credentials="")
    try:
        with connect(theirs, purpose=_PURPOSE):
            return ""
    except PostgresError as error:
        why = error.why.replace(f"no user '{user}'", "no such user")
        why = why.replace(f"user '{user}'", "the applications' user")
        if error.sqlstate == _CLOSED:
            return ""
        if isinstance(error, (NoAnswerError, UnreachableError)) or not error.stays:
            raise FerryError(why, error.remedy, stays=error.stays) from None
        return why
