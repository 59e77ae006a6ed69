"""PostgreSQL's parameters, and how RDS applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts.aurora import parameter_group_family, release
from facts.parameters import ALWAYS_SET, PARAMETERS, is_static
from ferry.check.deployment import statuses
from ferry.check.deployment.expect import only

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from types_boto3_rds.type_defs import ParameterOutputTypeDef

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect


def find_cluster_parameters(deployed: Deployed) -> Mapping[str, ParameterOutputTypeDef]:
    """The parameters of the cluster's group that somebody set."""
    pages = deployed.account.rds.get_paginator("describe_db_cluster_parameters").paginate(
        DBClusterParameterGroupName=deployed.cluster.get("DBClusterParameterGroup", ""),
        Source="user",
    )
    return _by_name(pages)


def _by_name(pages: Iterable[Any]) -> Mapping[str, ParameterOutputTypeDef]:
    return {one["ParameterName"]: one for page in pages for one in page["Parameters"]}


def _wanted(deployed: Deployed) -> Mapping[str, str]:
    """The values of the cluster's parameters that the project and the file set."""
    aurora = deployed.environment.aurora
    return {
        "log_min_duration_statement": str(aurora.log_min_duration_statement_ms),
        "log_statement": aurora.log_statement,
        **ALWAYS_SET,
        **{name: parameter.value for name, parameter in aurora.parameters.items()},
    }


def _is_default(deployed: Deployed, name: str, value: str) -> bool:
    """Whether a value is Aurora's own: RDS keeps none of these, and gives them as pending-reboot."""
    known = PARAMETERS.get(name)
    return (
        known is not None
        and known.default(release(deployed.environment.aurora.engine_version)) == value
    )


def _has_exactly(
    deployed: Deployed,
    expect: Expect,
    what: str,
    found: Mapping[str, ParameterOutputTypeDef],
    wanted: Mapping[str, str],
) -> None:
    for name, value in wanted.items():
        if name in found or not _is_default(deployed, name, value):
            there = found.get(name, {}).get("ParameterValue")
            expect.equal(f"{what}'s parameter {name}", there, value)
    more = ", ".join(sorted(found.keys() - wanted.keys()))
    expect.that(not more, f"{what}'s parameters that nobody asked for: {more}.")


def check_cluster_parameters(deployed: Deployed, expect: Expect) -> None:
    """The cluster's parameters are those that the file and the project set, and no others."""
    found = find_cluster_parameters(deployed)
    _has_exactly(deployed, expect, "The cluster", found, _wanted(deployed))


def check_cluster_parameters_apply_methods(deployed: Deployed, expect: Expect) -> None:
    """Static parameters of the cluster wait for a reboot, and the others do not."""
    parameters = deployed.environment.aurora.parameters
    stated = {name: parameter.apply_method for name, parameter in parameters.items()}
    values, found = _wanted(deployed), find_cluster_parameters(deployed)
    for name in sorted(values.keys() & found.keys()):
        waits = is_static(name) or _is_default(deployed, name, values[name])
        wanted = stated.get(name) or ("pending-reboot" if waits else "immediate")
        method = found[name].get("ApplyMethod")
        expect.equal(f"The apply method of the cluster's parameter {name}", method, wanted)


def check_the_cluster_uses_its_own_parameter_group(deployed: Deployed, expect: Expect) -> None:
    """The cluster uses the environment's parameter group, and every instance has taken it up."""
    cluster, family = (
        deployed.cluster,
        parameter_group_family(deployed.environment.aurora.engine_version),
    )
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
    family = parameter_group_family(deployed.environment.aurora.engine_version)
    wanted = {
        name: parameter.value
        for name, parameter in deployed.environment.aurora.instance_parameters.items()
    }
    for identifier, instance in deployed.settled_instances.items():
        groups = instance.get("DBParameterGroups", [])
        group = only(f"{identifier}'s parameter groups", groups)
        name = group.get("DBParameterGroupName", "")
        what = f"{identifier}'s parameter group"
        expect.equal(what, name, deployed.names.parameter_group(family))
        _is_taken_up(expect, what, group.get("ParameterApplyStatus"))
        pages = deployed.account.rds.get_paginator("describe_db_parameters").paginate(
            DBParameterGroupName=name, Source="user"
        )
        _has_exactly(deployed, expect, identifier, _by_name(pages), wanted)


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
