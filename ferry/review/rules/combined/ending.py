"""The end of a migration: DMS leaves the file, and with it all that it has; or of one database's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from facts.names import TASK_LOGS
from ferry.review.plan.inline import PARTS, is_inline
from ferry.review.plan.plan import Action
from ferry.review.plan.values import document, holds_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from ferry.review.plan.plan import Change, Neighbours
    from ferry.review.plan.values import Json

_ENDPOINT: Final = "aws_dms_endpoint"
_TASK: Final = "aws_dms_replication_task"
_OF_DMS: Final = ("aws_dms_replication_instance", _ENDPOINT, _TASK)
_CLUSTER: Final = "aws_rds_cluster"
WITH_THE_MIGRATION: Final = "It goes with the migration, whose end is told of once."
WITH_THE_DATABASE: Final = "It goes with the database, of which its tasks tell."
_ROLE: Final = "aws_iam_role"
_DMS: Final = re.compile(r"dms\.([a-z0-9-]+\.)?amazonaws\.[a-z.]+$")
"""DMS as it takes a role, in a region too. Source:
https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html"""

_USERS: Final = {
    "aws_eip": ("aws_nat_gateway",),
    _ROLE: ("aws_dms_endpoint",),
    "aws_security_group": ("aws_dms_replication_instance", "aws_vpc_endpoint"),
    "aws_subnet": ("aws_nat_gateway",),
}
"""What DMS alone used is named by something of these types, which goes as well."""

_WORDS: Final = {"aws_eip": ("allocation",), _ROLE: ("role", "policy")}
"""What stands in the names of the attributes that name something; its type where it is not here."""

_STANDS_WITH: Final = {
    "aws_iam_role_policy": ("role",),
    "aws_route": ("nat_gateway_id", "route_table_id"),
    "aws_route_table_association": ("subnet_id",),
}
"""What goes with something else that goes: of what has no id of its own that others name."""

_ALONE: Final = frozenset(
    {
        *("aws_cloudwatch_log_group", "aws_dms_replication_subnet_group", "aws_internet_gateway"),
        *("aws_nat_gateway", "aws_route_table", "aws_vpc_endpoint"),
    }
)
"""What nothing has to have used. An endpoint is DMS's where it leads to Secrets Manager."""

_LEFT_THE_FILE: Final = "delete_because_no_resource_config"
"""Terraform's reason for what the configuration no longer has. Source:
https://developer.hashicorp.com/terraform/internals/json-format#plan-representation"""


def migration_ends(change: Change, _attribute: str) -> bool:
    """All of DMS left the configuration at once, and the cluster stays.

    Where a single task or endpoint goes, everything is destroyed, or something of DMS is still
    there, it is no end: something is lost that is still needed.
    """
    return change.neighbours.once(_ends)


def migration_goes_on(change: Change, attribute: str) -> bool:
    """The opposite."""
    return not migration_ends(change, attribute)


def database_ends(change: Change, _attribute: str) -> bool:
    """A database left the configuration: its endpoints, with all tasks between them; the rest goes on.

    A task alone, or an endpoint that another task still uses, is something that is lost.
    """
    if not (_left(change) and change.neighbours.once(_goes_on)):
        return False
    carried = change.neighbours.once(_endpoints_with_their_tasks)
    ends = _ends_of(change) if change.type == _TASK else _texts_of(change.before, "endpoint_arn")
    return bool(ends) and ends <= carried


def is_still_carried(change: Change, attribute: str) -> bool:
    """Neither the migration ends nor a database's."""
    return migration_goes_on(change, attribute) and not database_ends(change, attribute)


def _goes_on(neighbours: Neighbours) -> bool:
    """Whether the cluster and the replication instance stay, and a task that carries another database."""
    needed = [it for it in neighbours.of(_CLUSTER, _OF_DMS[0]) if it.managed]
    return (
        {it.type for it in needed} == {_CLUSTER, _OF_DMS[0]}
        and all(map(_stays, needed))
        and any(map(_stays, neighbours.of(_TASK)))
    )


def _endpoints_with_their_tasks(neighbours: Neighbours) -> frozenset[str]:
    """The endpoints that left the configuration together with every task that uses them."""
    tasks = list(neighbours.of(_TASK))
    gone = frozenset(
        arn
        for it in neighbours.of(_ENDPOINT)
        if _left(it)
        for arn in _texts_of(it.before, "endpoint_arn")
    )
    while True:
        used = {arn: [it for it in tasks if arn in _ends_of(it)] for arn in gone}
        kept = frozenset(
            arn
            for arn, users in used.items()
            if users and all(_left(it) and _ends_of(it) <= gone for it in users)
        )
        if kept == gone:
            return gone
        gone = kept


def _ends_of(task: Change) -> set[str]:
    """The endpoints between which a task carries, before or after."""
    names = ("source_endpoint_arn", "target_endpoint_arn")
    return _texts_of(task.before or {}, *names) | _texts_of(task.after or {}, *names)


def _stays(change: Change) -> bool:
    """Whether it is there before and after, and not made anew."""
    return change.action in {Action.NO_OP, Action.UPDATE}


def _left(change: Change) -> bool:
    """Whether it is destroyed because it left the configuration."""
    return change.action is Action.DELETE and change.reason == _LEFT_THE_FILE and not change.deposed


def goes_with_the_migration(change: Change, attribute: str) -> bool:
    """The migration ends, and what leaves the file was DMS's: nothing that stays names it.

    A group that only applications carry, or another team's role, is named by nothing either: so
    something of DMS that goes has to have used it.
    """
    if not (migration_ends(change, attribute) and _left(change)):
        return False
    neighbours, before = change.neighbours, change.before
    afterwards = neighbours.once(_named_afterwards)
    if change.type in _STANDS_WITH:
        gone = _texts_of(before, *_STANDS_WITH[change.type]) - afterwards
        of_aurora = _texts_of(before, "route_table_id") & neighbours.once(_auroras_tables)
        return bool(gone) and not of_aurora
    own = _texts_of(before, "id", "arn", "allocation_id")
    if not own or own & afterwards or _may_be_named(change):
        return False
    if change.type == _ROLE and not _is_dms_s_alone(change):
        return False
    if change.type in _USERS:
        used = neighbours.once(_in_what_goes)
        return any(own & used.get(type_, frozenset()) for type_ in _USERS[change.type])
    secrets = str(before.get("service_name")).endswith(".secretsmanager")
    return change.type in _ALONE and (change.type != "aws_vpc_endpoint" or secrets)


def is_needed(change: Change, attribute: str) -> bool:
    """The opposite."""
    return not goes_with_the_migration(change, attribute)


def is_the_tasks_log(change: Change, attribute: str) -> bool:
    """It is DMS's log of the tasks of a migration that ends."""
    instances = {
        f"{TASK_LOGS}{it.before.get('replication_instance_id')}"
        for it in change.neighbours.of(_OF_DMS[0])
    }
    is_theirs = bool(_texts_of(change.before, "name") & instances)
    return is_theirs and goes_with_the_migration(change, attribute)


def _texts_of(side: Mapping[str, Json], *names: str) -> set[str]:
    """The texts that some attributes are; none of what has another form, or is empty."""
    return {it for name in names if isinstance(it := side.get(name), str) and it}


def _afterwards(neighbours: Neighbours) -> Iterator[tuple[Change, str, Json]]:
    """What is there afterwards, attribute by attribute."""
    for group in neighbours.values():
        for it in group:
            if it.action is not Action.DELETE:
                for name, value in it.after.items():
                    yield it, name, value


def _named_afterwards(neighbours: Neighbours) -> frozenset[str]:
    """Every text in what is there afterwards, documents included.

    What is only shown of parts that are resources of their own, such as a cluster's roles, is as it
    was: what those of them that go say does not count.
    """
    gone = neighbours.once(_in_what_goes)
    named: set[str] = set()
    for it, name, value in _afterwards(neighbours):
        parts = PARTS.get(it.type, {}).get(name, ())
        shown_no_more = (
            {text for part in parts for text in gone.get(part, ())}
            if parts and is_inline(it, name) is False
            else ()
        )
        named.update(text for text in _texts(value) if text not in shown_no_more)
    return frozenset(named)


def _may_be_named(change: Change) -> bool:
    """Whether something that a masked plan hides of what stays may name it."""
    words = _WORDS.get(change.type, (change.type.partition("_")[2],))
    hidden = change.neighbours.once(_hidden_afterwards)
    return any(word in name for name in hidden for word in words)


def _hidden_afterwards(neighbours: Neighbours) -> frozenset[str]:
    """The attributes of what is there afterwards in which something is hidden."""
    return frozenset(name for _, name, value in _afterwards(neighbours) if holds_hidden(value))


def _in_what_goes(neighbours: Neighbours) -> Mapping[str, AbstractSet[str]]:
    """Every text in what leaves the file, by type."""
    found: dict[str, set[str]] = {}
    for group in neighbours.values():
        for it in group:
            if it.action is Action.DELETE:
                found.setdefault(it.type, set()).update(_texts(dict(it.before)))
    return found


def _is_dms_s_alone(role: Change) -> bool:
    """Whether nobody but DMS may take a role."""
    trust = document(role.before.get("assume_role_policy")) or {}
    statements = trust.get("Statement")
    principals = [
        it.get("Principal")
        for it in (statements if isinstance(statements, list) else [statements])
        if isinstance(it, dict) and it.get("Effect") == "Allow"
    ]
    return bool(principals) and all(
        isinstance(it, dict) and it.keys() == {"Service"} and all(map(_DMS.match, _texts(it)))
        for it in principals
    )


def _auroras_tables(neighbours: Neighbours) -> frozenset[str]:
    """The route tables of Aurora's subnets."""
    subnets = {
        text
        for it in neighbours.of("aws_db_subnet_group")
        for text in _texts(it.before.get("subnet_ids"))
    }
    return frozenset(
        text
        for it in neighbours.of("aws_route_table_association")
        if _texts_of(it.before, "subnet_id") & subnets
        for text in _texts_of(it.before, "route_table_id")
    )


def _texts(value: Json) -> Iterator[str]:
    """Every text in a value, at any depth, and in the documents that its texts are."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
                if text.startswith("{"):
                    waiting.append(document(text))
            case dict() as members:
                waiting += members.values()
            case list() as items:
                waiting += items


def _ends(neighbours: Neighbours) -> bool:
    of_dms = [it for it in neighbours.of(*_OF_DMS) if it.managed]
    clusters = [it for it in neighbours.of(_CLUSTER) if it.managed]
    return (
        bool(clusters)
        and all(map(_stays, clusters))
        and any(it.type == _OF_DMS[0] for it in of_dms)
        and all(map(_left, of_dms))
    )
