from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local_aws.aws import Aws, refused

if TYPE_CHECKING:
    from tests.unit.local_aws.rds.conftest import Clusters

FAMILY = "aurora-postgresql15"


@dataclass(kw_only=True)
class Group:
    """A parameter group of either kind, under one set of names."""

    rds: Any
    kind: str

    def call(self, verb: str, what: str, **arguments: Any) -> Any:  # noqa: ANN401 - boto3's answer
        method = getattr(self.rds, f"{verb}_{self.kind}_{what}")
        name = "DBParameterGroupName" if self.kind == "db" else "DBClusterParameterGroupName"
        return method(**{name: "group", **arguments})

    def create(self) -> None:
        self.call("create", "parameter_group", DBParameterGroupFamily=FAMILY, Description="d")

    def set(self, *parameters: tuple[str, str, str]) -> None:
        self.call(
            "modify",
            "parameter_group",
            Parameters=[
                {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}
                for name, value, method in parameters
            ],
        )

    def read(self, **arguments: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("describe", "parameters", **arguments)["Parameters"]
        return found


@pytest.fixture(params=["db", "db_cluster"])
def group(request: pytest.FixtureRequest, aws: Aws) -> Group:
    made = Group(rds=aws.rds, kind=request.param)
    made.create()
    return made


def test_parameters_read_back_as_the_users(group: Group) -> None:
    group.set(
        ("log_statement", "all", "immediate"), ("rds.logical_replication", "1", "pending-reboot")
    )
    by_name = {parameter["ParameterName"]: parameter for parameter in group.read(Source="user")}
    assert by_name["log_statement"] == {
        "ParameterName": "log_statement",
        "ParameterValue": "all",
        "ApplyMethod": "immediate",
        "ApplyType": "dynamic",
        "DataType": "string",
        "IsModifiable": True,
        "Source": "user",
    }
    assert by_name["rds.logical_replication"]["ApplyType"] == "static"
    assert by_name["rds.logical_replication"]["ApplyMethod"] == "pending-reboot"
    assert group.read() == group.read(Source="user")
    assert group.read(Source="engine-default") == []


def test_a_value_is_changed(group: Group) -> None:
    group.set(("log_statement", "all", "immediate"))
    group.set(("log_statement", "ddl", "pending-reboot"))
    [parameter] = group.read()
    assert (parameter["ParameterValue"], parameter["ApplyMethod"]) == ("ddl", "pending-reboot")


def test_a_static_parameter_cannot_apply_immediately(group: Group) -> None:
    with refused(
        "InvalidParameterCombination", "cannot use immediate apply method for static parameter"
    ):
        group.set(("shared_preload_libraries", "pg_stat_statements", "immediate"))
    assert group.read() == []


def test_twenty_in_one_call_are_the_most(group: Group) -> None:
    with refused("InvalidParameterValue", "20 parameters at most"):
        group.set(*((f"p{number}", "1", "immediate") for number in range(21)))


def test_some_are_reset(group: Group) -> None:
    group.set(("log_statement", "all", "immediate"), ("log_lock_waits", "1", "immediate"))
    group.call(
        "reset",
        "parameter_group",
        Parameters=[
            {"ParameterName": "log_statement", "ApplyMethod": "immediate"},
            {"ParameterName": "never_set", "ApplyMethod": "immediate"},
        ],
    )
    assert [parameter["ParameterName"] for parameter in group.read()] == ["log_lock_waits"]


def test_all_are_reset(group: Group) -> None:
    group.set(("log_statement", "all", "immediate"))
    group.call("reset", "parameter_group", ResetAllParameters=True)
    assert group.read() == []


def test_a_group_that_is_not_there(group: Group) -> None:
    group.call("delete", "parameter_group")
    for act in (group.read, lambda: group.call("delete", "parameter_group")):
        with refused("DBParameterGroupNotFound", "DBParameterGroup not found: group"):
            act()


def test_a_cluster_keeps_its_group(aws: Aws, clusters: Clusters) -> None:
    group = Group(rds=aws.rds, kind="db_cluster")
    group.create()
    clusters.make(DBClusterParameterGroupName="group")
    with refused("InvalidDBParameterGroupState", "still members of this parameter group group"):
        group.call("delete", "parameter_group")


def test_an_instance_keeps_its_group(aws: Aws, clusters: Clusters) -> None:
    group = Group(rds=aws.rds, kind="db")
    group.create()
    clusters.make()
    clusters.instance(DBParameterGroupName="group")
    with refused("InvalidDBParameterGroupState", "still members of this parameter group group"):
        group.call("delete", "parameter_group")
