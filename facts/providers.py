"""Roles that those who run a PostgreSQL service keep for themselves.

They are not carried. Of those that sign in nobody else does so, no right keeps them out, and what they do
is no application's work: a cutover neither counts nor ends their sessions.
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
        groups_begin_with: What its groups begin with, which cannot sign in. A role that can may be called
            so and be an application's, as `aws_etl`.
        names: Others.
        source: The page that says so.
    """

    name: str
    begin_with: tuple[str, ...] = ()
    groups_begin_with: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    source: str


PROVIDERS: Final[tuple[Provider, ...]] = (
    Provider(
        name="RDS and Aurora",
        groups_begin_with=("rds_", "aws_"),
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
        groups_begin_with=("azure_",),
        names=("azuresu", "azure_superuser"),
        source="https://learn.microsoft.com/en-us/azure/postgresql/flexible-server/how-to-create-users",
    ),
    Provider(
        name="Supabase",
        # Its other roles that sign in write what applications ask for, as supabase_auth_admin.
        groups_begin_with=("supabase_",),
        names=("supabase_admin",),
        source="https://supabase.com/docs/guides/database/postgres/roles",
    ),
    Provider(
        name="Heroku",
        groups_begin_with=("heroku_",),
        source="https://devcenter.heroku.com/articles/heroku-postgresql-credentials",
    ),
)


def is_of_provider(role: str, *, signs_in: bool) -> bool:
    """Whether a role is one of a provider's own, such as `rdsadmin`; one that signs in is none of his groups.

    Args:
        role: Its name.
        signs_in: Whether it may sign in.
    """
    return signs_in_for_provider(role) or (
        not signs_in and any(role.startswith(each.groups_begin_with) for each in PROVIDERS)
    )


def signs_in_for_provider(role: str) -> bool:
    """Whether whoever signs in as a role is a provider: his sessions are no application's."""
    return any(role.startswith(each.begin_with) or role in each.names for each in PROVIDERS)
