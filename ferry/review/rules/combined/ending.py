"""The end of a migration: DMS leaves the file, and with it all that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.names import TASK_LOGS
from ferry.review.plan.inline import PARTS, is_inline
from ferry.review.plan.plan import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Neighbours
    from ferry.review.plan.values import Json

_OF_DMS: Final = ("aws_dms_replication_instance", "aws_dms_endpoint", "aws_dms_replication_task")
_CLUSTER: Final = "aws_rds_cluster"
WITH_THE_MIGRATION: Final = "It goes with the migration, whose end is told of once."
_USERS: Final = {
    "aws_eip": ("aws_nat_gateway",),
    "aws_iam_role": ("aws_dms_endpoint",),
    "aws_security_group": ("aws_dms_replication_instance", "aws_vpc_endpoint"),
    "aws_subnet": ("aws_nat_gateway",),
}
"""What DMS alone used is named by something of these types, which goes as well."""

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


def goes_with_the_migration(change: Change, attribute: str) -> bool:
    """The migration ends, and what leaves the file was DMS's: nothing that stays names it.

    A group that only applications carry, or another team's role, is named by nothing either: so
    something of DMS that goes has to have used it.
    """
    if not (
        migration_ends(change, attribute)
        and change.action is Action.DELETE
        and change.reason == _LEFT_THE_FILE
        and not change.deposed
    ):
        return False
    neighbours, before = change.neighbours, change.before
    afterwards = neighbours.once(_named_afterwards)
    if change.type in _STANDS_WITH:
        gone = _texts_of(before, *_STANDS_WITH[change.type]) - afterwards
        of_aurora = _texts_of(before, "route_table_id") & neighbours.once(_auroras_tables)
        return bool(gone) and not of_aurora
    own = _texts_of(before, "id", "arn", "allocation_id")
    if not own or own & afterwards:
        return False
    if change.type in _USERS:
        return bool(own & neighbours.once(_used_by_what_goes))
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


def _named_afterwards(neighbours: Neighbours) -> frozenset[str]:
    """Every text in what is there afterwards, but for what is only shown of what may be gone by then."""
    return frozenset(
        text
        for group in neighbours.values()
        for it in group
        if it.action is not Action.DELETE
        for name, value in it.after.items()
        if name not in PARTS.get(it.type, ()) or is_inline(it, name) is not False
        for text in _texts(value)
    )


def _used_by_what_goes(neighbours: Neighbours) -> frozenset[str]:
    """Every text in what of DMS, or of its ways, leaves the file."""
    users = {type_ for types in _USERS.values() for type_ in types}
    return frozenset(
        text
        for it in neighbours.of(*users)
        if it.action is Action.DELETE
        for text in _texts(dict(it.before))
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
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case dict() as members:
                waiting += members.values()
            case list() as items:
                waiting += items


def _ends(neighbours: Neighbours) -> bool:
    of_dms = [it for it in neighbours.of(*_OF_DMS) if it.managed]
    clusters = [it for it in neighbours.of(_CLUSTER) if it.managed]
    return (
        bool(clusters)
        and all(it.action in {Action.NO_OP, Action.UPDATE} for it in clusters)
        and any(it.type == _OF_DMS[0] for it in of_dms)
        and all(
            it.action is Action.DELETE and it.reason == _LEFT_THE_FILE and not it.deposed
            for it in of_dms
        )
    )
