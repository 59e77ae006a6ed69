"""Rules about [[databases]]: which are carried, what they are called, which tasks carry them."""

from collections.abc import Iterator

from facts.names import as_identifier
from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, PairRule, Rule


def databases_are_carried(environment: Environment) -> Iterator[Finding]:
    """Aurora alone carries nothing."""
    if environment.databases and environment.source is None and environment.dms is None:
        yield Finding(
            setting="databases",
            given="[[databases]] given without [source] and [dms]",
            allowed="[[databases]] of a migration",
            mend="remove all that is in [[databases]]: nothing is carried, and Aurora keeps what it "
            "has",
        )


def source_names_its_databases_once(environment: Environment) -> Iterator[Finding]:
    """What is carried is one database of [source]'s, or [[databases]]."""
    source = environment.source
    if source is None:
        return
    if source.database is not None and environment.databases:
        yield Finding(
            setting="source.database",
            given=f"{toml(source.database)} given beside [[databases]]",
            allowed="one of the two",
            mend="remove it, and see that [[databases]] has it",
        )
    if source.database is None and not environment.databases:
        yield Finding(
            setting="source.database",
            given="nothing given, and no [[databases]]",
            allowed="the database's name, or [[databases]] where several are carried",
            mend='add database = "app"',
        )


def database_names_differ(environment: Environment) -> Iterator[Finding]:
    """A database is carried once, and into one of its own; endpoints are told apart by their names."""
    own = environment.aurora.database_name
    for index, database in enumerate(environment.databases):
        earlier = environment.databases[:index]
        place = f"databases[{index}]"
        if any(database.source == it.source for it in earlier):
            yield Finding(
                setting=f"{place}.source",
                given=f"{toml(database.source)} given again",
                allowed="each database of the source once",
                mend="remove one of the two, or correct its name",
            )
        if any(database.aurora == it.aurora for it in earlier):
            yield Finding(
                setting=f"{place}.aurora",
                given=f"{toml(database.aurora)} given again",
                allowed="a database in Aurora for each of the source's",
                mend="give one of the two another name in Aurora",
            )
            continue
        alike = [
            it.aurora
            for it in earlier
            if own not in (it.aurora, database.aurora)
            and as_identifier(it.aurora) == as_identifier(database.aurora)
        ]
        if alike:
            yield Finding(
                setting=f"{place}.aurora",
                given=f"{toml(database.aurora)} given beside {toml(alike[0])}, and DMS's identifiers "
                f"write both as {as_identifier(database.aurora)}",
                allowed="names that differ in more than case and underscores",
                mend="give one of the two another name in Aurora",
            )


def cluster_is_made_with_one(environment: Environment) -> Iterator[Finding]:
    """The database that Terraform makes is one of those that are carried."""
    own = environment.aurora.database_name
    if environment.databases and all(it.aurora != own for it in environment.databases):
        yield Finding(
            setting="aurora.database_name",
            given=f"{toml(own)} given, which none of [[databases]] is in Aurora",
            allowed="the name in Aurora of one of [[databases]]",
            mend="add it to [[databases]], where it needs no task; only before the first deployment may "
            "database_name be changed: later that replaces the cluster",
        )


def tasks_name_their_database(environment: Environment) -> Iterator[Finding]:
    """A task carries one database, and each is carried by a task.

    The one that the cluster is made with stays in the file as long as others are carried, also when
    it needs no task any more.
    """
    carried = [it.aurora for it in environment.carried]
    if not carried:
        return
    wrong = False
    for index, task in enumerate(environment.tasks):
        given = None
        if task.database is None and len(carried) > 1:
            given = "nothing given where [[databases]] has several"
        if task.database is not None and task.database not in carried:
            given = f"{toml(task.database)} given, which no database is called in Aurora"
        if given:
            wrong = True
            yield Finding(
                setting=f"dms.tasks[{index}].database",
                given=given,
                allowed="a database that is carried, by its name in Aurora",
                mend=f"set database = {toml(carried[0])}"
                + (", or another of them" if len(carried) > 1 else ""),
            )
    named = {task.database for task in environment.tasks}
    may_rest = environment.aurora.database_name
    for index, database in enumerate(environment.databases):
        if len(carried) > 1 and not wrong and database.aurora not in {*named, may_rest}:
            yield Finding(
                setting=f"databases[{index}].aurora",
                given=f"{toml(database.aurora)} given, and no task carries it",
                allowed="databases that a task carries",
                mend=f"add database = {toml(database.aurora)} to a task, or remove the database",
            )


def endpoints_differ(one: Environment, other: Environment) -> Iterator[Finding]:
    """In one account and region no two DMS endpoints have the same identifier."""
    elsewhere = (one.aws.account_id, one.aws.region) != (other.aws.account_id, other.aws.region)
    if elsewhere or one.prefix == other.prefix:
        return
    both = one.endpoints.keys() & other.endpoints.keys()
    if both:
        identifier = min(both)
        databases = {it.aurora: index for index, it in enumerate(other.databases)}
        index = databases.get(other.endpoints[identifier])
        yield Finding(
            setting="" if index is None else f"databases[{index}].aurora",
            given=f"names given that make the DMS endpoint {identifier}, as those of {one.name} do",
            allowed="another identifier for each endpoint",
            mend="rename one of the files" if index is None else "give it another name in Aurora",
        )


_DATABASES = ("databases", "aurora.database_name")
_TASKS = "dms.tasks.*.database"
_NAMES = ("name", "aws.account_id", "aws.region", "tags.project")

RULES = (
    Rule(databases_are_carried, ("databases",)),
    Rule(source_names_its_databases_once, ("databases", "source.database")),
    Rule(database_names_differ, _DATABASES),
    Rule(cluster_is_made_with_one, _DATABASES),
    Rule(tasks_name_their_database, (*_DATABASES, "source.database", _TASKS)),
)
_LEGS = ("dms.rollback", "dms.tasks", "source.host")
PAIR_RULES = (PairRule(endpoints_differ, (*_NAMES, *_DATABASES, *_LEGS, "source.database")),)
