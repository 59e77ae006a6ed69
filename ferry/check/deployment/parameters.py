"""PostgreSQL's parameters, and how RDS applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.check.deployment.cluster import find_cluster
from ferry.check.deployment.expect import equal, includes, only
from ferry.check.deployment.instances import find_instances

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_rds.type_defs import ParameterOutputTypeDef

    from ferry.check.deployment.deployed import Deployed

_FORCE_SSL: Final = "rds.force_ssl"
_FIRST_TO_FORCE_SSL = 17
"""From here on Aurora's own default; RDS gives defaults back as pending-reboot."""

_APPLY_METHODS = {
    "log_min_duration_statement": "immediate",
    "log_statement": "immediate",
    _FORCE_SSL: "immediate",
    "rds.logical_replication": "pending-reboot",
    "shared_preload_libraries": "pending-reboot",
}
"""By DescribeEngineDefaultClusterParameters for aurora-postgresql15."""


def find_cluster_parameters(deployed: Deployed) -> Mapping[str, ParameterOutputTypeDef]:
    """The parameters of the cluster's group that somebody set."""
    pages = deployed.rds.get_paginator("describe_db_cluster_parameters").paginate(
        DBClusterParameterGroupName=find_cluster(deployed).get("DBClusterParameterGroup", ""),
        Source="user",
    )
    return {
        parameter.get("ParameterName", ""): parameter
        for page in pages
        for parameter in page["Parameters"]
    }


def check_cluster_parameters(deployed: Deployed) -> None:
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
    includes("parameters of the cluster", found, wanted)
    more = sorted(found.keys() - wanted.keys())
    assert not more, f"parameters that nobody asked for: {more}"


def check_cluster_parameters_apply_methods(deployed: Deployed) -> None:
    found = find_cluster_parameters(deployed)
    stated = {
        name: parameter.apply_method
        for name, parameter in deployed.environment.aurora.parameters.items()
        if parameter.apply_method is not None
    }
    methods = {name: parameter.get("ApplyMethod") for name, parameter in found.items()}
    if int(deployed.environment.aurora.engine_version.split(".")[0]) >= _FIRST_TO_FORCE_SSL:
        stated.setdefault(_FORCE_SSL, "pending-reboot")
    includes("apply methods", methods, _APPLY_METHODS | stated)
    at_once = [
        name
        for name, parameter in found.items()
        if parameter.get("ApplyType") == "static" and methods[name] == "immediate"
    ]
    assert not at_once, f"static parameters that are applied immediately: {at_once}"


def check_the_cluster_uses_its_own_parameter_group(deployed: Deployed) -> None:
    cluster = find_cluster(deployed)
    name = cluster.get("DBClusterParameterGroup", "")
    assert not name.startswith("default."), f"the cluster uses {name}, which nobody can change"
    found = deployed.rds.describe_db_cluster_parameter_groups(DBClusterParameterGroupName=name)
    group = only(f"cluster parameter groups {name}", found["DBClusterParameterGroups"])
    family = f"aurora-postgresql{deployed.environment.aurora.engine_version.split('.')[0]}"
    equal("the cluster's parameter group's family", group.get("DBParameterGroupFamily"), family)
    for member in cluster.get("DBClusterMembers", []):
        status = member.get("DBClusterParameterGroupStatus")
        equal(f"the group's status at {member.get('DBInstanceIdentifier')}", status, "in-sync")


def check_instances_parameters(deployed: Deployed) -> None:
    wanted = {
        name: parameter.value
        for name, parameter in deployed.environment.aurora.instance_parameters.items()
    }
    for instance in find_instances(deployed):
        identifier = instance.get("DBInstanceIdentifier")
        group = only(f"{identifier}'s parameter groups", instance.get("DBParameterGroups", []))
        name = group.get("DBParameterGroupName", "")
        equal(f"{identifier}'s group's status", group.get("ParameterApplyStatus"), "in-sync")
        assert not name.startswith("default."), f"{identifier} uses {name}, which nobody can change"
        pages = deployed.rds.get_paginator("describe_db_parameters").paginate(
            DBParameterGroupName=name, Source="user"
        )
        found = {
            parameter.get("ParameterName"): parameter.get("ParameterValue")
            for page in pages
            for parameter in page["Parameters"]
        }
        equal(f"{identifier}'s own parameters", found, wanted)
