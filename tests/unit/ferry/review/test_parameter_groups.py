"""Parameter groups: which of them RDS deletes, and which it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from tests.unit.ferry.review.plans import change, dangers, effects, reviewed, stays, update

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

CLUSTER = "aws_rds_cluster"
INSTANCE = "aws_rds_cluster_instance"
CLUSTER_GROUP = "aws_rds_cluster_parameter_group"
INSTANCE_GROUP = "aws_db_parameter_group"
SUBNETS = "aws_db_subnet_group"
USED = "RDS does not delete a parameter group that a cluster or an instance uses."
UNTIL_THEN = (
    'RDS refuses the parameter group "new": it is of another major version than {}, which runs until '
    "then."
)
ASKED_FOR = (
    'RDS refuses the parameter group "new": it is of another major version than {}, which is asked '
    "for."
)
USERS = {
    CLUSTER_GROUP: (CLUSTER, "db_cluster_parameter_group_name"),
    INSTANCE_GROUP: (INSTANCE, "db_parameter_group_name"),
}


def group(type_: str, *actions: str, family: str = "aurora-postgresql16") -> dict[str, Any]:
    """A group ``old`` that goes; ``new`` takes its place."""
    found = change(
        type_,
        "replace",
        {"name": "old", "family": "aurora-postgresql15"},
        {"name": "new", "family": family},
    )
    found["change"]["actions"] = list(actions)
    return found


@pytest.mark.parametrize("type_", [*USERS, SUBNETS])
@pytest.mark.parametrize("action", ["delete", "replace"])
def test_a_group_that_nothing_uses_may_go(type_: str, action: str) -> None:
    user, attribute = {**USERS, SUBNETS: (INSTANCE, "db_subnet_group_name")}[type_]
    goes = change(type_, action, {"name": "old"}, {"name": "new"} if action == "replace" else None)
    hidden = stays(user, "one", **{attribute: "other"})
    hidden["change"]["before_sensitive"] = hidden["change"]["after_sensitive"] = {attribute: True}
    gets = change(user, "update", {attribute: "other"}, {attribute: "old"})
    for users, may_go in (
        ([stays(user, "one", **{attribute: "other"})], True),
        ([stays(user, "one", **{attribute: "old"})], False),
        ([change(user, "delete", {attribute: "old"}, None)], False),
        ([gets], False),
        ([hidden], True),  # a rule sees what a report hides
        ([stays(user, "one", **{attribute: None})], False),
        ([], False),
    ):
        refused = [it for it in effects(reviewed(goes, *users)) if "RDS does not delete" in it]
        assert (refused == []) is may_go, users


@pytest.mark.parametrize("type_", USERS)
def test_a_group_that_all_leave_at_once_may_go(type_: str) -> None:
    user, attribute = USERS[type_]
    found = reviewed(
        group(type_, "create", "delete"),
        update(user, {attribute: "old"}, **{attribute: "new"}),
        stays(user, "other", **{attribute: "another"}),
    )
    assert USED not in effects(found)


@pytest.mark.parametrize("type_", USERS)
@pytest.mark.parametrize(
    ("actions", "users"),
    [
        (("create", "delete"), []),
        (("delete", "create"), [("old", "new")]),
        (("create", "delete"), [("old", "old")]),
        (("create", "delete"), [("old", "new"), ("old", "old")]),
    ],
    ids=["nobody is seen to use it", "it goes first", "its user stays", "one of two stays"],
)
def test_a_group_that_is_used_or_may_be_is_not_deleted(
    type_: str, actions: tuple[str, str], users: list[tuple[str, str]]
) -> None:
    user, attribute = USERS[type_]
    found = reviewed(
        group(type_, *actions),
        *(
            change(
                user,
                "no-op" if before == after else "update",
                {attribute: before},
                {attribute: after},
                name=f"user{number}",
            )
            for number, (before, after) in enumerate(users)
        ),
    )
    assert USED in effects(found)
    assert Danger.REFUSED in dangers(found)


@pytest.mark.parametrize(("at_once", "refused"), [(True, False), (False, True)])
def test_with_an_upgrade_that_waits_the_cluster_keeps_its_group(
    *, at_once: bool, refused: bool
) -> None:
    found = reviewed(
        group(CLUSTER_GROUP, "create", "delete"),
        update(
            CLUSTER,
            {
                "engine_version": "15.8",
                "db_cluster_parameter_group_name": "old",
                "apply_immediately": at_once,
            },
            engine_version="16.6",
            db_cluster_parameter_group_name="new",
            allow_major_version_upgrade=True,
        ),
    )
    assert (USED in effects(found)) is refused


@pytest.mark.parametrize(
    ("at_once", "family", "expected"),
    [
        (True, "aurora-postgresql16", []),
        (
            False,
            "aurora-postgresql16",
            [UNTIL_THEN.format(15)],
        ),
        (
            True,
            "aurora-postgresql17",
            [UNTIL_THEN.format(16)],
        ),
    ],
    ids=["at once", "in the window", "of yet another version"],
)
def test_an_instance_takes_a_group_of_the_version_that_it_runs(
    *, at_once: bool, family: str, expected: list[str]
) -> None:
    found = reviewed(
        group(INSTANCE_GROUP, "create", "delete", family=family),
        update(
            CLUSTER,
            {"cluster_identifier": "a", "engine_version": "15.8", "apply_immediately": at_once},
            engine_version="16.6",
        ),
        update(
            INSTANCE,
            {"cluster_identifier": "a", "db_parameter_group_name": "old"},
            db_parameter_group_name="new",
        ),
    )
    assert [it for it in effects(found) if it.startswith("RDS refuses the parameter")] == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("16.6", []),
        (
            "15.10",
            [ASKED_FOR.format(15)],
        ),
    ],
)
def test_a_cluster_takes_a_group_of_the_version_that_is_asked_for(
    version: str, expected: list[Json]
) -> None:
    found = reviewed(
        group(CLUSTER_GROUP, "create", "delete"),
        update(
            CLUSTER,
            {"engine_version": "15.8", "db_cluster_parameter_group_name": "old"},
            engine_version=version,
            db_cluster_parameter_group_name="new",
            apply_immediately=True,
        ),
    )
    assert [it for it in effects(found) if it.startswith("RDS refuses the parameter")] == expected


def parameters(**values: str) -> list[dict[str, str]]:
    """Parameters that wait for a restart."""
    return [
        {"name": name, "value": value, "apply_method": "pending-reboot"}
        for name, value in values.items()
    ]


@pytest.mark.parametrize(
    ("type_", "before", "after", "waits"),
    [
        (CLUSTER_GROUP, {}, {"track_functions": "pl"}, False),
        (CLUSTER_GROUP, {"track_io_timing": "1"}, {}, False),
        (CLUSTER_GROUP, {}, {"track_functions": "all"}, True),
        (CLUSTER_GROUP, {"track_functions": "all"}, {"track_functions": "pl"}, True),
        (CLUSTER_GROUP, {}, {"log_lock_waits": "1"}, True),
        (CLUSTER_GROUP, {}, {"some.other": "1"}, True),
        (INSTANCE_GROUP, {}, {"track_functions": "pl"}, True),
    ],
)
def test_what_is_the_default_already_waits_for_nothing(
    type_: str, before: dict[str, str], after: dict[str, str], waits: Json
) -> None:
    item = update(type_, {"parameter": parameters(**before)}, parameter=parameters(**after))
    assert (Danger.INTERRUPTION in dangers(reviewed(item))) is waits


@pytest.mark.parametrize("name", ["rds.force_ssl", "rds.logical_replication"])
def test_what_clusters_alone_have_is_refused_of_instances(name: str) -> None:
    says = f"{name} is a parameter of the cluster: RDS refuses it in a group of instances."
    for type_, expected in ((INSTANCE_GROUP, True), (CLUSTER_GROUP, False)):
        item = update(type_, {"parameter": []}, parameter=parameters(**{name: "1"}))
        assert (says in effects(reviewed(item))) is expected
