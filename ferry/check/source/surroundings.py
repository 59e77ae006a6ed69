"""What works with the database beside its applications: extensions, other servers, jobs, texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.ferry_schema import SCHEMA
from facts.identifiers import identifier, literal
from ferry.check.source.subject import column_name
from ferry.check.source.verdict import Check, Verdict, blocks, fine, warns
from ferry.check.source.words import listed
from ferry.words import counted
from settings.notation import toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Publication, Server

_WITH_POSTGRESQL: Final = frozenset({"plpgsql"})
_OF_BYTES: Final = frozenset({"C", "POSIX", "C.UTF-8", "C.utf8", "ucs_basic"})
"""Orders of texts by their bytes or code points: the same on every machine."""


def extensions(subject: Subject) -> Iterator[Verdict]:
    """Whether Aurora offers the extensions that are installed."""
    offered = {each.name: each for each in subject.aurora.available}
    installed = [each for each in subject.catalog.extensions if each.name not in _WITH_POSTGRESQL]
    missing = [each for each in installed if each.name not in offered]
    newer = [
        f"{each.name} {each.version} (Aurora: {offered[each.name].version})"
        for each in installed
        if each.name in offered
        and each.version not in {offered[each.name].version, *offered[each.name].versions}
        and _number(each.version) > _number(offered[each.name].version)
    ]
    if missing:
        yield blocks(
            f"{counted(len(missing), 'extension')} that Aurora does not offer: "
            f"{listed(f'{each.name} {each.version}' for each in missing)}.",
            why="Types, functions and indexes that use them cannot be made in Aurora.",
            remedy=f"If nothing uses it: DROP EXTENSION {identifier(missing[0].name)}; otherwise choose "
            "another version of Aurora, or another way for it. AWS lists them: "
            "AuroraPostgreSQL.Extensions.",
        )
    if newer:
        yield warns(
            f"{counted(len(newer), 'extension')} newer than Aurora's: {listed(newer)}.",
            why="What is new in them does not exist in Aurora.",
            remedy="Rehearse the schema in Aurora, or choose a later version of Aurora.",
        )
    if installed and not missing and not newer:
        yield fine(f"Aurora offers {listed(each.name for each in installed)}.")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def other_servers(subject: Subject) -> Iterator[Verdict]:
    """Whether the database reaches others, which Aurora has to reach as well."""
    servers = list(subject.catalog.foreign_servers)
    installed = {each.name for each in subject.catalog.extensions}
    if servers:
        yield warns(
            f"{counted(len(servers), 'foreign server')}: "
            f"{listed(f'{each.name} ({each.wrapper})' for each in servers)}.",
            why="Aurora has to reach them from its own network after the cutover, and the passwords of user "
            "mappings are not in every dump.",
            remedy="See that Aurora reaches them, and make the user mappings there.",
        )
    if "dblink" in installed:
        yield warns(
            "dblink is installed.",
            why="Connections that functions open lead from Aurora's network after the cutover.",
            remedy="Look for dblink in the functions: SELECT oid::regprocedure FROM pg_proc WHERE prosrc "
            "ILIKE '%dblink%';",
        )


def jobs(subject: Subject) -> Iterator[Verdict]:
    """Whether extensions work by themselves, whatever the applications do.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, limitations: of
    partitions neither ADD nor DROP is carried.
    """
    installed = {each.name for each in subject.catalog.extensions}
    if "pg_partman" in installed and subject.changing_tasks:
        yield warns(
            "pg_partman is installed.",
            why="It makes and drops partitions while the tasks run. DMS carries neither: rows of a new "
            "partition are not in Aurora, and those of a dropped one stay there.",
            remedy="Make the partitions of the whole migration beforehand (premake), at both ends, and drop "
            "none until the cutover: SELECT parent_table, premake, retention FROM partman.part_config;",
        )
    if "pg_cron" in installed:
        yield warns(
            "pg_cron is installed.",
            why="Its jobs write at the source while it is closed for the cutover, or run at both ends "
            "after it. DMS does not carry them.",
            remedy="List them: SELECT jobid, schedule, command, database FROM cron.job; stop them before "
            "the cutover, and schedule them in Aurora afterwards.",
        )


def encoding(subject: Subject) -> Iterator[Verdict]:
    """Whether the database's bytes are texts, and Aurora's of the same encoding."""
    server = subject.catalog.server
    if server.encoding == "SQL_ASCII":
        yield blocks(
            "The database's encoding is SQL_ASCII.",
            why="PostgreSQL never checked what its texts are: what is no UTF-8 fails in DMS and in "
            "Aurora, row by row.",
            remedy="Dump it and see where 'iconv -f UTF-8 -t UTF-8' stops, mend those rows at the source, "
            "and rehearse with a copy.",
        )
        return
    aurora = subject.aurora.server.encoding
    if aurora != server.encoding:
        yield warns(
            f"The database's encoding is {server.encoding}, Aurora's {aurora}.",
            why="Texts are converted on the way: what Aurora's encoding has not fails, and a varchar(n) "
            "counts characters, an index's limit bytes.",
            remedy="CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0; in Aurora, or rehearse."
            if aurora != "UTF8"
            else "Rehearse with a copy, and verify all tables.",
        )


def collation(subject: Subject) -> Iterator[Verdict]:
    """Whether texts are ordered in Aurora as at the source.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/PostgreSQL-Collations.html
    """
    server = subject.catalog.server
    if server.collation_version and server.collation_version != server.actual_version:
        yield warns(
            f"The database was made with version {server.collation_version} of its collation, and the "
            f"machine has {server.actual_version or 'none'}.",
            why="Indexes on texts may be out of order: a unique one may hold a value twice, which Aurora "
            "refuses.",
            remedy=f"REINDEX DATABASE CONCURRENTLY {identifier(server.database)}; then ALTER DATABASE "
            f"{identifier(server.database)} REFRESH COLLATION VERSION;",
        )
    aurora = subject.aurora.server
    if _order(server) != _order(aurora):
        yield warns(
            f"Texts are ordered by {_order(server)}, in Aurora by {_order(aurora)}.",
            why="Queries that sort texts give another order, and unique indexes on lower() or ICU may "
            "take other values for equal.",
            remedy=f"Make the database in Aurora with the source's: CREATE DATABASE ... {_locale(server)} "
            "TEMPLATE template0; or look at what sorts.",
        )
    elif server.collate not in _OF_BYTES:
        yield fine(
            f"Texts are ordered by {_order(server)} at both ends; Aurora's own version of it may order "
            "some otherwise."
        )


def _locale(server: Server) -> str:
    """How CREATE DATABASE says an order (https://www.postgresql.org/docs/15/sql-createdatabase.html)."""
    if server.provider == "i":
        return f"LOCALE_PROVIDER icu ICU_LOCALE {literal(server.collate)}"
    if server.provider == "b":
        return f"LOCALE_PROVIDER builtin BUILTIN_LOCALE {literal(server.collate)}"
    return f"LC_COLLATE {literal(server.collate)} LC_CTYPE {literal(server.ctype)}"


def _order(server: Server) -> str:
    provider = {"i": "ICU ", "b": "built-in "}.get(server.provider, "")
    return f"{provider}{server.collate or 'none'}"


def collations(subject: Subject) -> Iterator[Verdict]:
    """Whether columns have collations of their own that matter."""
    by_oid = {each.oid: each for each in subject.catalog.collations}
    loose = [
        column_name(relation, column)
        for relation, column in subject.columns
        if column.collation in by_oid and not by_oid[column.collation].is_deterministic
    ]
    stale = [
        each
        for each in by_oid.values()
        if each.version and each.actual_version and each.version != each.actual_version
    ]
    if loose:
        yield warns(
            f"{counted(len(loose), 'column')} with a collation that is not deterministic: "
            f"{listed(loose)}.",
            why="Texts of other bytes are equal in them: as a key, DMS's validation and its updates may "
            "take one row for another.",
            remedy="Make the collation in Aurora before the tables, and verify these tables.",
        )
    if stale:
        yield warns(
            f"{counted(len(stale), 'collation')} made with another version than the machine has: "
            f"{listed(each.sql for each in stale)}.",
            why="Indexes by them may be out of order.",
            remedy=f"REINDEX what uses it, then ALTER COLLATION {stale[0].sql} REFRESH VERSION;",
        )


def publications(subject: Subject) -> Iterator[Verdict]:
    """Whether a publication would take ferry's own tables along."""
    found = [
        each for each in subject.catalog.publications if each.all_tables or SCHEMA in each.schemas
    ]
    accepted = set(subject.settings.accepted_publications)
    taking = [each for each in found if each.name not in accepted]
    if taking:
        names = [each.name for each in taking]
        setting = toml(sorted({*accepted, *names}))
        yield blocks(
            f"{counted(len(taking), 'publication')} that would take schema {SCHEMA} along: "
            f"{listed(f'{each.name} ({_of(each.all_tables)})' for each in taking)}.",
            why="Each subscriber stops at the first row of a table that it has not, and its slot then "
            "holds back all WAL.",
            remedy=f"Make ferry's tables at each subscriber first, then accept them: "
            f"source.accepted_publications = {setting} in {subject.file}. Or "
            f"{_without_ferry(taking[0])}",
        )
    elif found:
        yield fine(
            f"By the file {listed(each.name for each in found)} may take schema {SCHEMA} along."
        )


def _without_ferry(publication: Publication) -> str:
    """How a publication leaves ferry's schema out; one of all tables has to be made anew.

    Source: https://www.postgresql.org/docs/15/sql-alterpublication.html
    """
    name = identifier(publication.name)
    if not publication.all_tables:
        return f"ALTER PUBLICATION {name} DROP TABLES IN SCHEMA {SCHEMA};"
    return (
        f"name its tables: BEGIN; DROP PUBLICATION {name}; CREATE PUBLICATION {name} FOR TABLE ...; "
        "COMMIT; and ALTER SUBSCRIPTION ... REFRESH PUBLICATION; at each subscriber."
    )


def _of(all_tables: bool) -> str:  # noqa: FBT001 - the one thing that it is about
    return "FOR ALL TABLES" if all_tables else f"TABLES IN SCHEMA {SCHEMA}"


def subscriptions(subject: Subject) -> Iterator[Verdict]:
    """Whether the database takes changes from others."""
    found = list(subject.catalog.subscriptions)
    if found:
        yield warns(
            f"{counted(len(found), 'subscription')}: {listed(each.name for each in found)}.",
            why="What they bring is written while the source is closed for the cutover, and is not in "
            "Aurora afterwards.",
            remedy=f"Before the cutover: ALTER SUBSCRIPTION {identifier(found[0].name)} DISABLE; and make "
            "it anew in Aurora, if it is still needed.",
        )


_MADE: Final = frozenset("rn")
"""What ferry makes, as `pg_default_acl` calls it: tables and its schema."""


def default_privileges(subject: Subject) -> Iterator[Verdict]:
    """Whether what ferry makes would be open to others."""
    found = [
        each
        for each in subject.catalog.default_privileges
        if each.role == subject.catalog.server.user
        and each.schema in {"", SCHEMA}
        and each.kind in _MADE
    ]
    others = dict.fromkeys(
        each.role for each in subject.catalog.default_privileges if each not in found
    )
    if found:
        named = listed(each.schema or "all schemas" for each in found)
        yield warns(
            f"{found[0].role} has default privileges in {named}.",
            why="Tables that ferry makes are open to whom they name: its markers and journal are to be "
            "nobody else's.",
            remedy="Take a user for ferry that has none, or ALTER DEFAULT PRIVILEGES ... REVOKE.",
        )
    if others:
        yield fine(f"Default privileges of {listed(others)}; the schema's dump has them.")


TITLE: Final = "Surroundings"
CHECKS: Final = (
    Check(
        name="extensions",
        title="Whether Aurora offers the extensions",
        good="No extension is installed but PostgreSQL's own.",
        judge=extensions,
    ),
    Check(
        name="other-servers",
        title="Foreign servers",
        good="The database reaches no other server.",
        judge=other_servers,
    ),
    Check(
        name="jobs",
        title="pg_cron and pg_partman",
        good="Neither pg_cron nor pg_partman is installed.",
        judge=jobs,
    ),
    Check(
        name="encoding",
        title="The encodings",
        good="Both databases have the same encoding.",
        judge=encoding,
    ),
    Check(
        name="collation",
        title="The orders of texts",
        good="Texts are ordered by their bytes at both ends.",
        judge=collation,
    ),
    Check(
        name="column-collations",
        title="The columns' collations",
        good="No column has a collation that matters.",
        judge=collations,
    ),
    Check(
        name="publications",
        title="Publications",
        good=f"No publication would take schema {SCHEMA} along.",
        judge=publications,
    ),
    Check(
        name="subscriptions",
        title="Subscriptions",
        good="The database subscribes to nothing.",
        judge=subscriptions,
    ),
    Check(
        name="default-privileges",
        title="Default privileges",
        good="There are no default privileges.",
        judge=default_privileges,
    ),
)
