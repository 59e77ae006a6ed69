"""What an environment takes of the account's quotas, and whether there is room for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.account import Unanswered
from ferry.findings import Finding, Level, not_judged

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ferry.check.judging.aurora import RunningCluster
    from ferry.check.judging.replication import RunningInstance
    from settings.environment import Environment

RDS: Final = "quotas-rds"
DMS: Final = "quotas-dms"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What a quota counts.

    Args:
        check: The check's name, such as `quota-vpcs`.
        what: What is counted, in the plural, as it begins a sentence: `VPCs`.
        error: AWS's code for one too many.
        where: Where a higher quota is asked for.
    """

    check: str
    what: str
    error: str
    where: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """How far a quota is used.

    Args:
        used: How many there are.
        maximum: How many there may be.
    """

    used: int
    maximum: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What the environment still takes of a quota.

    Args:
        kind: The quota.
        count: How many more; 1 or more.
        usage: How far it is used, or why that is not known.
    """

    kind: Kind
    count: int
    usage: Usage | Unanswered


VPCS: Final = Kind(
    check="quota-vpcs",
    what="VPCs",
    error="VpcLimitExceeded",
    where="Service Quotas, vpc, L-F678F1CE",
)
ADDRESSES: Final = Kind(
    check="quota-elastic-ips",
    what="Elastic IP addresses",
    error="AddressLimitExceeded",
    where="Service Quotas, ec2, L-0263D0A3",
)
NAT_GATEWAYS: Final = Kind(
    check="quota-nat-gateways",
    what="NAT gateways in the fullest zone",
    error="NatGatewayLimitExceeded",
    where="Service Quotas, vpc, L-FE5A380F",
)

# The names are those of DescribeAccountAttributes:
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AccountQuota.html
RDS_KINDS: Final[Mapping[str, Kind]] = {
    "DBClusters": Kind(
        check="quota-db-clusters",
        what="DB clusters",
        error="DBClusterQuotaExceededFault",
        where="Service Quotas, rds, DB clusters",
    ),
    "DBInstances": Kind(
        check="quota-db-instances",
        what="DB instances",
        error="InstanceQuotaExceeded",
        where="Service Quotas, rds, DB instances",
    ),
    "DBClusterParameterGroups": Kind(
        check="quota-db-cluster-parameter-groups",
        what="DB cluster parameter groups",
        error="DBParameterGroupQuotaExceeded",
        where="Service Quotas, rds, DB cluster parameter groups",
    ),
    "DBParameterGroups": Kind(
        check="quota-db-parameter-groups",
        what="DB parameter groups",
        error="DBParameterGroupQuotaExceeded",
        where="Service Quotas, rds, Parameter groups",
    ),
    "DBSubnetGroups": Kind(
        check="quota-db-subnet-groups",
        what="DB subnet groups",
        error="DBSubnetGroupQuotaExceeded",
        where="Service Quotas, rds, DB subnet groups",
    ),
}

# https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeAccountAttributes.html
DMS_KINDS: Final[Mapping[str, Kind]] = {
    "ReplicationInstances": Kind(
        check="quota-dms-instances",
        what="DMS replication instances",
        error="ResourceQuotaExceededFault",
        where="Service Quotas, dms, Replication instances",
    ),
    "AllocatedStorage": Kind(
        check="quota-dms-storage",
        what="GiB of storage of DMS replication instances",
        error="StorageQuotaExceededFault",
        where="Service Quotas, dms, Total storage",
    ),
    "ReplicationSubnetGroups": Kind(
        check="quota-dms-subnet-groups",
        what="DMS subnet groups",
        error="ResourceQuotaExceededFault",
        where="Service Quotas, dms, Subnet groups",
    ),
    "Endpoints": Kind(
        check="quota-dms-endpoints",
        what="DMS endpoints",
        error="ResourceQuotaExceededFault",
        where="Service Quotas, dms, Endpoints",
    ),
    "ReplicationTasks": Kind(
        check="quota-dms-tasks",
        what="DMS replication tasks",
        error="ResourceQuotaExceededFault",
        where="Service Quotas, dms, Replication tasks",
    ),
}


def rds_needs(environment: Environment, running: RunningCluster | None) -> dict[str, int]:
    """How many more of RDS's things the environment takes, by the names of `RDS_KINDS`."""
    instances = 1 + environment.aurora.reader_count
    if running is not None:
        return {"DBInstances": instances - running.instance_count}
    return {**dict.fromkeys(RDS_KINDS, 1), "DBInstances": instances}


def dms_needs(
    environment: Environment, running: RunningInstance | None, *, existing: Collection[str]
) -> dict[str, int]:
    """How many more of DMS's things the environment takes, by the names of `DMS_KINDS`.

    Args:
        environment: The environment.
        running: The environment's replication instance; None where there is none.
        existing: The identifiers of the endpoints and tasks that are there.
    """
    prefix = environment.prefix
    endpoints = {f"{prefix}-source", f"{prefix}-target"}
    tasks = {f"{prefix}-{task.name}" for task in environment.dms.tasks}
    needs = {
        "Endpoints": len(endpoints.difference(existing)),
        "ReplicationTasks": len(tasks.difference(existing)),
    }
    if running is not None:
        return needs
    storage = {"AllocatedStorage": environment.dms.allocated_storage_gib}
    return {"ReplicationInstances": 1, **storage, "ReplicationSubnetGroups": 1, **needs}


def needs_of(
    kinds: Mapping[str, Kind], counts: Mapping[str, int], usages: Mapping[str, Usage]
) -> list[Need]:
    """The needs, each with its usage; what takes nothing more is left out.

    Args:
        kinds: The quotas, by AWS's names.
        counts: How many more the environment takes, by AWS's names.
        usages: What AWS says of them.
    """
    return [
        Need(
            kind=kinds[name],
            count=count,
            usage=usages.get(name) or Unanswered(f"AWS does not say how far {name} is used."),
        )
        for name, count in counts.items()
        if count > 0
    ]


def judge(environment: Environment, need: Need) -> Finding:
    """Whether there is room for what the environment takes."""
    kind, usage, name = need.kind, need.usage, environment.name
    if isinstance(usage, Unanswered):
        return not_judged(kind.check, f"The quota of {kind.what}", why=usage.why)
    counted = f"{kind.what} in {environment.aws.region}: {usage.used} of {usage.maximum} are used"
    if usage.used + need.count <= usage.maximum:
        return Finding(
            check=kind.check,
            level=Level.RIGHT,
            what=f"{counted}, room for the {need.count} that {name} takes.",
        )
    return Finding(
        check=kind.check,
        level=Level.BLOCKED,
        what=f"{counted}, no room for the {need.count} that {name} takes.",
        why=f"AWS refuses what is too much ({kind.error}), when a part of the environment is there "
        "already.",
        remedy=f"Have the quota raised ({kind.where}), which can take days, or delete what is not "
        "needed.",
    )
