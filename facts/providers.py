"""Roles that those who run a PostgreSQL service keep for themselves.

Nobody else signs in as them, no right keeps them out, and what they do is no application's work: they
are not carried, and a cutover neither counts nor ends their sessions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """Who runs a service, and what his roles are called.

    Args:
        name: The service.
        begin_with: What some of them begin with.
        names: Others.
        source: The page that says so.
    """

    name: str
    begin_with: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    source: str


PROVIDERS: Final[tuple[Provider, ...]] = (
    Provider(
        name="RDS and Aurora",
        begin_with=("rds_", "aws_"),
        names=("rdsadmin", "rdsproxyadmin", "rdsrepladmin", "rdstopmgr", "rdswriteforwarduser"),
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html",
    ),
    Provider(
        name="Cloud SQL",
        begin_with=("cloudsql",),
        source="https://cloud.google.com/sql/docs/postgres/users",
    ),
    Provider(
        name="AlloyDB",
        begin_with=("alloydb",),
        source="https://cloud.google.com/alloydb/docs/database-users/about",
    ),
    Provider(
        name="Azure Database for PostgreSQL",
        begin_with=("azure_",),
        names=("azuresu",),
        source="https://learn.microsoft.com/en-us/azure/postgresql/flexible-server/how-to-create-users",
    ),
    Provider(
        name="Supabase",
        begin_with=("supabase_",),
        source="https://supabase.com/docs/guides/database/postgres/roles",
    ),
    Provider(
        name="Heroku",
        begin_with=("heroku_",),
        source="https://devcenter.heroku.com/articles/heroku-postgresql-credentials",
    ),
)


def is_of_provider(role: str) -> bool:
    """Whether a role is one of a provider's own, such as `rdsadmin`."""
    return any(role.startswith(each.begin_with) or role in each.names for each in PROVIDERS)
