"""Groups of parameters and of subnets: whether RDS deletes one that goes, and takes another family's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.values import UNKNOWN, as_key
from ferry.review.rules.conditions import version
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import DESTROYED, HOWEVER_MADE
from ferry.review.rules.timing import Timing, at_once, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Neighbours, Plan
    from ferry.review.plan.values import Json

_GROUPS: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_WorkingWithParamGroups.html"
)
_MODIFYING: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html"
)

_CLUSTER: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_rds_cluster_instance"
_USERS: Final = {
    "aws_rds_cluster_parameter_group": (_CLUSTER, "db_cluster_parameter_group_name"),
    "aws_db_parameter_group": (_INSTANCE, "db_parameter_group_name"),
}
"""Of each kind of parameter group what uses it, and the attribute that names it."""

_SUBNETS: Final = "db_subnet_group_name"
_USED_BY: Final = {
    **{group: (user,) for group, user in _USERS.items()},
    "aws_db_subnet_group": ((_CLUSTER, _SUBNETS), (_INSTANCE, _SUBNETS)),
}


def groups_go(plan: Plan) -> Iterator[Finding | Fine]:
    """A group is destroyed or replaced: RDS deletes none that is in use.

    Fine is one that nothing of the plan uses, and a replacement that makes the new group first, where
    the plan shows all who use the old one, and gives each of them another one at once.
    """
    for group, (user, attribute) in _USERS.items():
        leave: dict[Json, bool] = {}
        for it in plan.of(user):
            used = it.before.get(attribute)
            used = used if isinstance(used, str) else None  # hidden: it may be any
            leave[used] = leave.get(used, True) and _leaves_at_once(it, attribute)
        for change in plan.of(group):
            name = change.before.get("name")
            if not change.goes:
                continue
            if leave and is_unused(change, DESTROYED):
                because = "Nothing of the plan uses it."
                yield Fine(change=change, attribute=DESTROYED, because=because)
            elif (
                change.made_first
                and isinstance(name, str)
                and leave.get(name)
                and leave.get(None, True)
            ):
                yield Fine(
                    change=change,
                    attribute=DESTROYED,
                    because="All that use it get another group first.",
                )
            else:
                yield Finding(
                    danger=Danger.REFUSED,
                    change=change,
                    effect=Phrase(
                        "RDS does not delete a parameter group that a cluster or an instance uses."
                    ),
                    when=moment(change, Timing.NOW),
                    remedy=Phrase("Look whether all that use it are moved to another one."),
                    source=_GROUPS,
                )


def is_unused(group: Change, _attribute: str) -> bool:
    """Whether the plan has what such a group is for, and none of that uses it, now or then."""
    used = group.neighbours.once(_used).get(group.type, set())
    name = group.before.get("name")
    return isinstance(name, str) and bool(used) and not used & {name, None}


def may_be_in_use(group: Change, attribute: str) -> bool:
    """Whether something may use a group that goes."""
    return not is_unused(group, attribute)


def _used(neighbours: Neighbours) -> Mapping[str, set[str | None]]:
    """The names of the groups in use by type; None among them where one is not seen."""
    found: dict[str, set[str | None]] = {}
    for group, users in _USED_BY.items():
        for user, attribute in users:
            for it in neighbours.of(user):
                for side in (it.before, it.after):
                    name = side.get(attribute)
                    if side and (name is not UNKNOWN or side is it.before):
                        found.setdefault(group, set()).add(name if isinstance(name, str) else None)
    return found


def _leaves_at_once(user: Change, attribute: str) -> bool:
    """Whether it has another group once it is changed; with a major upgrade the group waits too."""
    if user.action is Action.CREATE:
        return True
    if user.action is not Action.UPDATE or not user.changes(attribute):
        return False
    return at_once(user) or not user.changes("engine_version")


def families_fit(plan: Plan) -> Iterator[Finding]:
    """A cluster or an instance gets a group of another major version than the one that runs."""
    families = {
        (kind, group.after.get("name")): _major(group.after.get("family"))
        for kind, (user, _) in _USERS.items()
        for group in plan.of(kind)
        if group.stays and isinstance(group.after.get("name"), str)
    }
    running = {
        key: _running(it)
        for it in plan.of(_CLUSTER)
        if it.stays
        for key in (as_key(it.after.get("cluster_identifier")), without_key(it.address))
    }
    for kind, (user, attribute) in _USERS.items():
        for change in plan.of(user):
            name = change.after.get(attribute)
            if change.action not in HOWEVER_MADE or not change.changes(attribute):
                continue
            if not isinstance(name, str):
                continue
            family = families.get((kind, name), 0)
            runs = (
                _major(change.after.get("engine_version"))
                if user == _CLUSTER
                else running.get(_cluster_of(change), 0)
            )
            if family and runs and family != runs:
                yield Finding(
                    danger=Danger.REFUSED,
                    change=change,
                    attribute=attribute,
                    effect=Phrase(
                        "RDS refuses the parameter group {group}: it is of another major version "
                        f"than {runs}, which "
                        + ("is asked for." if user == _CLUSTER else "runs until then."),
                        {"group": change.shown_after(attribute)},
                    ),
                    when=moment(change, Timing.NOW),
                    source=_MODIFYING,
                )


def _cluster_of(instance: Change) -> Json:
    """The cluster that an instance is of: its name, or its address where that is not known."""
    value = instance.after.get("cluster_identifier")
    named = (instance.references or {}).get("cluster_identifier", ())
    return named[0] if value is UNKNOWN and len(named) == 1 else as_key(value)


def _running(cluster: Change) -> int:
    """The major version that a cluster's instances have when they are changed; 0 where not known."""
    waits = cluster.action is Action.UPDATE and not at_once(cluster)
    side = cluster.before if waits else cluster.after
    return _major(side.get("engine_version"))


def _major(value: Json) -> int:
    """The major version in a version or a family; 0 where none is known."""
    return next(iter(version(value)), 0)
