"""The end of a migration: DMS leaves the file, and with it all that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.names import TASK_LOGS
from ferry.review.plan.inline import PARTS, is_inline
from ferry.review.plan.plan import Action

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Neighbours
    from ferry.review.plan.values import Json

_OF_DMS: Final = ("aws_dms_replication_instance", "aws_dms_endpoint", "aws_dms_replication_task")
_CLUSTER: Final = "aws_rds_cluster"
WITH_THE_MIGRATION: Final = "It goes with the migration, whose end is told of once."
_KNOWN_BY: Final = {
    "aws_iam_role_policy": ("role",),
    "aws_route": ("gateway_id", "nat_gateway_id"),
    "aws_route_table_association": ("subnet_id",),
}
"""Where it matters to what stays: by its own id and ARN, or by what it lies in or leads to."""

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
    """The migration ends, and nothing that is there afterwards names the resource, or its place."""
    if not migration_ends(change, attribute):
        return False
    own = {change.before.get(name) for name in _KNOWN_BY.get(change.type, ("id", "arn"))} - {
        "",
        None,
    }
    return bool(own) and not own & change.neighbours.once(_named_afterwards)


def is_needed(change: Change, attribute: str) -> bool:
    """The opposite."""
    return not goes_with_the_migration(change, attribute)


def is_the_tasks_log(change: Change, attribute: str) -> bool:
    """It is DMS's log of the tasks of a migration that ends."""
    name = change.before.get("name")
    return (
        isinstance(name, str)
        and name.startswith(TASK_LOGS)
        and goes_with_the_migration(change, attribute)
    )


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
