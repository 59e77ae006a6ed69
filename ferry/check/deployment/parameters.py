"""PostgreSQL's parameters, and how RDS applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.check.deployment import statuses
from ferry.check.deployment.expect import only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_rds.type_defs import ParameterOutputTypeDef

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect

_FORCE_SSL: Final = "rds.force_ssl"
_FIRST_TO_FORCE_SSL: Final = 17
"""From here on Aurora's own default; RDS gives defaults back as pending-reboot."""

_APPLY_METHODS: Final = {
    "log_min_duration_statement": "immediate",
    "log_statement": "immediate",
    _FORCE_SSL: "immediate",
    "rds.logical_replication": "pending-reboot",
    "shared_preload_libraries": "pending-reboot",
}
"""By DescribeEngineDefaultClusterParameters for aurora-postgresql15."""


def _major_version(deployed: Deployed) -> int:
    return int(deployed.environment.aurora.engine_version.partition(".")[0])


def find_cluster_parameters(deployed: Deployed) -> Mapping[str, ParameterOutputTypeDef]:
    """The parameters of the cluster's group that somebody set."""
    pages = deployed.account.rds.get_paginator("describe_db_cluster_parameters").paginate(
        DBClusterParameterGroupName=deployed.cluster.get("DBClusterParameterGroup", ""),
        Source="user",
    )
    return {
        parameter.get("ParameterName", ""): parameter
        for page in pages
        for parameter in page["Parameters"]
    }


def check_cluster_parameters(deployed: Deployed, expect: Expect) -> None:
    """The cluster's parameters are those that the file and the project set, and no others."""
    aurora = deployed.environment.aurora
    found = {
        name: parameter.get("ParameterValue")
        for name, parameter in find_cluster_parameters(deployed).items()
    }
    wanted = {
        "log_min_duration_statement": str(aurora.log_min_duration_statement_ms),
        "log_statement": aurora.log_statement,
        _FORCE_SSL: "1",
        "rds.logical_replication": "1",
        "shared_preload_libraries": "pg_stat_statements",
        **{name: parameter.value for name, parameter in aurora.parameters.items()},
    }
    expect.includes("The cluster's parameters", found, wanted)
    more = ", ".join(sorted(found.keys() - wanted.keys()))
    expect.that(not more, f"The cluster's parameters that nobody asked for: {more}.")


def check_cluster_parameters_apply_methods(deployed: Deployed, expect: Expect) -> None:
    """Static parameters of the cluster wait for a reboot, and the others do not."""
    found = find_cluster_parameters(deployed)
    stated = {
        name: parameter.apply_method
        for name, parameter in deployed.environment.aurora.parameters.items()
        if parameter.apply_method is not None
    }
    methods = {name: parameter.get("ApplyMethod") for name, parameter in found.items()}
    if _major_version(deployed) >= _FIRST_TO_FORCE_SSL:
        stated.setdefault(_FORCE_SSL, "pending-reboot")
    expect.includes(
        "The apply method of the cluster's parameters", methods, _APPLY_METHODS | stated
    )
    for name, parameter in found.items():
        expect.that(
            parameter.get("ApplyType") != "static" or methods[name] != "immediate",
            f"{name} is static, and its apply method is immediate.",
        )


def check_the_cluster_uses_its_own_parameter_group(deployed: Deployed, expect: Expect) -> None:
    """The cluster uses the environment's parameter group, and every instance has taken it up."""
    cluster, family = deployed.cluster, f"aurora-postgresql{_major_version(deployed)}"
    expect.equal(
        "The cluster's parameter group",
        cluster.get("DBClusterParameterGroup"),
        deployed.names.parameter_group(family),
    )
    for member in cluster.get("DBClusterMembers", []):
        what = f"The cluster's parameter group at {member.get('DBInstanceIdentifier')}"
        _is_taken_up(expect, what, member.get("DBClusterParameterGroupStatus"))


def check_instances_parameters(deployed: Deployed, expect: Expect) -> None:
    """Every instance's own parameters are the file's, and taken up."""
    family = f"aurora-postgresql{_major_version(deployed)}"
    wanted = {
        name: parameter.value
        for name, parameter in deployed.environment.aurora.instance_parameters.items()
    }
    for identifier, instance in deployed.instances.items():
        groups = instance.get("DBParameterGroups", [])
        group = only(f"{identifier}'s parameter groups", groups)
        name = group.get("DBParameterGroupName", "")
        what = f"{identifier}'s parameter group"
        expect.equal(what, name, deployed.names.parameter_group(family))
        _is_taken_up(expect, what, group.get("ParameterApplyStatus"))
        pages = deployed.account.rds.get_paginator("describe_db_parameters").paginate(
            DBParameterGroupName=name, Source="user"
        )
        found = {
            parameter.get("ParameterName"): parameter.get("ParameterValue")
            for page in pages
            for parameter in page["Parameters"]
        }
        expect.equal(f"{identifier}'s own parameters", found, wanted)


def _is_taken_up(expect: Expect, what: str, status: str | None) -> None:
    if status == "pending-reboot":
        expect.look(
            f"{what} is {status}.",
            why="A static parameter was changed, and PostgreSQL runs with the earlier value.",
            remedy="Reboot the instance when it suits: aws rds reboot-db-instance "
            "--db-instance-identifier IDENTIFIER. The writer's reboot interrupts connections.",
        )
    else:
        expect.status(what, status, statuses.PARAMETERS)
