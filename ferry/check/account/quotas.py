"""What an environment takes of the account's quotas, and whether there is room for it.

RDS and DMS say themselves how far their quotas are used; the network's resources are counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ferry.account import Unanswered, asked
from ferry.findings import Finding, blocked, not_judged, right, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from types_boto3_dms import DatabaseMigrationServiceClient
    from types_boto3_ec2 import EC2Client

    from facts.names import Names
    from ferry.check.account.subject import RunningCluster, RunningInstance, Subject
    from settings.environment import Environment
    from settings.network import NewVpc

RDS: Final = "quotas-rds"
DMS: Final = "quotas-dms"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a quota counts.

    Args:
        check: The check's name, such as `quota-vpcs`.
        what: What is counted, in the plural, as it begins a sentence: `VPCs`.
        error: AWS's code for one too many.
        service: The service's code in Service Quotas, where a higher quota is asked for.
        quota: The quota's code there, or its name.
        is_documented: Whether a page of AWS's has the name by which the service lists it. DMS's have
            `ReplicationInstances`, `AllocatedStorage` and `Endpoints`; the others follow them.
    """

    check: str
    what: str
    error: str
    service: str
    quota: str
    is_documented: bool = True


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


# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
VPCS: Final = Kind("quota-vpcs", "VPCs", "VpcLimitExceeded", "vpc", "L-F678F1CE")
ADDRESSES: Final = Kind(
    "quota-elastic-ips", "Elastic IP addresses", "AddressLimitExceeded", "ec2", "L-0263D0A3"
)
NAT_GATEWAYS: Final = Kind(
    "quota-nat-gateways",
    "NAT gateways in the fullest zone",
    "NatGatewayLimitExceeded",
    "vpc",
    "L-FE5A380F",
)

# The names are those of DescribeAccountAttributes:
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AccountQuota.html
RDS_KINDS: Final[Mapping[str, Kind]] = {
    "DBClusters": Kind(
        "quota-db-clusters", "DB clusters", "DBClusterQuotaExceededFault", "rds", "DB clusters"
    ),
    "DBInstances": Kind(
        "quota-db-instances", "DB instances", "InstanceQuotaExceeded", "rds", "DB instances"
    ),
    "DBClusterParameterGroups": Kind(
        "quota-db-cluster-parameter-groups",
        "DB cluster parameter groups",
        "DBParameterGroupQuotaExceeded",
        "rds",
        "DB cluster parameter groups",
    ),
    "DBParameterGroups": Kind(
        "quota-db-parameter-groups",
        "DB parameter groups",
        "DBParameterGroupQuotaExceeded",
        "rds",
        "Parameter groups",
    ),
    "DBSubnetGroups": Kind(
        "quota-db-subnet-groups",
        "DB subnet groups",
        "DBSubnetGroupQuotaExceeded",
        "rds",
        "DB subnet groups",
    ),
}

# https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeAccountAttributes.html
DMS_KINDS: Final[Mapping[str, Kind]] = {
    "ReplicationInstances": Kind(
        "quota-dms-instances",
        "DMS replication instances",
        "ResourceQuotaExceededFault",
        "dms",
        "Replication instances",
    ),
    "AllocatedStorage": Kind(
        "quota-dms-storage",
        "GiB of storage of DMS replication instances",
        "StorageQuotaExceededFault",
        "dms",
        "Total storage",
    ),
    "ReplicationSubnetGroups": Kind(
        "quota-dms-subnet-groups",
        "DMS subnet groups",
        "ResourceQuotaExceededFault",
        "dms",
        "Subnet groups",
        is_documented=False,
    ),
    "Endpoints": Kind(
        "quota-dms-endpoints", "DMS endpoints", "ResourceQuotaExceededFault", "dms", "Endpoints"
    ),
    "ReplicationTasks": Kind(
        "quota-dms-tasks",
        "DMS replication tasks",
        "ResourceQuotaExceededFault",
        "dms",
        "Replication tasks",
        is_documented=False,
    ),
}


def check_rds(subject: Subject) -> Iterator[Finding]:
    """Ask RDS how far its quotas are used, and judge what the cluster still takes."""
    rds = subject.account.rds
    answer = asked(
        "read the quotas of RDS",
        lambda: (subject.cluster, _usages(rds.describe_account_attributes()["AccountQuotas"])),
    )
    if isinstance(answer, Unanswered):
        yield not_judged(RDS, "What is left of RDS's quotas", why=answer.why, remedy=answer.remedy)
        return
    running, usages = answer
    counts = rds_needs(subject.environment, running)
    for need in needs_of(RDS_KINDS, counts, usages):
        yield judge(subject.environment, need)


def check_dms(subject: Subject) -> Iterator[Finding]:
    """Ask DMS how far its quotas are used, and judge what the replication still takes."""
    dms = subject.account.dms
    usages = asked(
        "read the quotas of DMS",
        lambda: _usages(dms.describe_account_attributes()["AccountQuotas"]),
    )
    existing = asked(
        "ask DMS for what it has", lambda: (subject.replication_instance, _dms_identifiers(dms))
    )
    for answer in (usages, existing):
        if isinstance(answer, Unanswered):
            yield not_judged(
                DMS, "What is left of DMS's quotas", why=answer.why, remedy=answer.remedy
            )
    if isinstance(usages, Unanswered) or isinstance(existing, Unanswered):
        return
    running, identifiers = existing
    counts = dms_needs(subject.environment, running, existing=identifiers)
    for need in needs_of(DMS_KINDS, counts, usages):
        yield judge(subject.environment, need)


def check_network(subject: Subject) -> Iterator[Finding]:
    """Count what a VPC of the environment's own still takes, and judge it."""
    vpc = subject.environment.network.vpc
    if vpc is None:
        return
    ec2, names = subject.account.ec2, subject.environment.names
    counts: dict[Kind, Callable[[], tuple[int, int]]] = {VPCS: lambda: _vpcs(ec2, names)}
    if subject.environment.nat != "none":
        counts[ADDRESSES] = lambda: _addresses(ec2, _gateways(subject, vpc))
        counts[NAT_GATEWAYS] = lambda: _nat_gateways(ec2, _gateways(subject, vpc))
    for kind, count in counts.items():
        need = _counted(kind, subject.account.service_quotas, count)
        if need.count:
            yield judge(subject.environment, need)


def rds_needs(environment: Environment, running: RunningCluster | None) -> dict[str, int]:
    """How many more of RDS's things the environment takes, by the names of `RDS_KINDS`."""
    instances = len(environment.aurora.instances)
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
    names = environment.names
    beside = [leg.task.name for leg in environment.legs]
    tasks = {names.task(name) for name in [*(it.name for it in environment.tasks), *beside]}
    needs = {
        "Endpoints": len(environment.endpoints.keys() - set(existing)),
        "ReplicationTasks": len(tasks.difference(existing)),
    }
    if running is not None:
        return needs
    storage = {"AllocatedStorage": environment.migration.dms.allocated_storage_gib}
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
    if isinstance(usage, Unanswered) and not kind.is_documented:
        return warning(
            kind.check,
            usage.why,
            why=f"It may list it by another name: no page of AWS's has it. {name} takes "
            f"{need.count} of the {kind.what}.",
            remedy=f"Look in Service Quotas, {kind.service}, {kind.quota}.",
        )
    if isinstance(usage, Unanswered):
        return not_judged(
            kind.check, f"The quota of {kind.what}", why=usage.why, remedy=usage.remedy
        )
    counted = f"{kind.what} in {environment.aws.region}: {usage.used} of {usage.maximum} are used"
    if usage.used + need.count <= usage.maximum:
        return right(kind.check, f"{counted}, room for the {need.count} that {name} takes.")
    return blocked(
        kind.check,
        f"{counted}, no room for the {need.count} that {name} takes.",
        why=f"AWS refuses what is too much ({kind.error}), when a part of the environment is there "
        "already.",
        remedy=f"Have the quota raised (Service Quotas, {kind.service}, {kind.quota}), which can "
        "take days, or delete what is not needed.",
    )


def _usages(described: Iterable[Any]) -> dict[str, Usage]:
    return {
        each["AccountQuotaName"]: Usage(used=each["Used"], maximum=each["Max"])
        for each in described
    }


def _dms_identifiers(dms: DatabaseMigrationServiceClient) -> set[str]:
    """The identifiers of every endpoint and task in the region."""
    endpoints = dms.get_paginator("describe_endpoints").paginate()
    tasks = dms.get_paginator("describe_replication_tasks").paginate(WithoutSettings=True)
    return {
        *(each["EndpointIdentifier"] for page in endpoints for each in page["Endpoints"]),
        *(each["ReplicationTaskIdentifier"] for page in tasks for each in page["ReplicationTasks"]),
    }


def _counted(kind: Kind, service_quotas: Any, count: Callable[[], tuple[int, int]]) -> Need:  # noqa: ANN401 - a client without stubs
    """The need of a kind. `count` says how many there are, and how many more are needed."""

    def need() -> Need:
        used, needed = count()
        maximum = 0
        if needed:
            answer = service_quotas.get_service_quota(
                ServiceCode=kind.service, QuotaCode=kind.quota
            )
            maximum = int(answer["Quota"]["Value"])
        return Need(kind=kind, count=needed, usage=Usage(used=used, maximum=maximum))

    answer = asked(f"find out how far the quota of {kind.what} is used", need)
    return answer if isinstance(answer, Need) else Need(kind=kind, count=1, usage=answer)


def _vpcs(ec2: EC2Client, names: Names) -> tuple[int, int]:
    pages = ec2.get_paginator("describe_vpcs").paginate()
    found = [_name(vpc) for page in pages for vpc in page["Vpcs"]]
    return len(found), int(names.vpc not in found)


def _addresses(ec2: EC2Client, wanted: Mapping[str, str]) -> tuple[int, int]:
    found = [_name(address) for address in ec2.describe_addresses()["Addresses"]]
    return len(found), len(wanted.keys() - found)


def _nat_gateways(ec2: EC2Client, wanted: Mapping[str, str]) -> tuple[int, int]:
    """The NAT gateways in the fullest of the zones that get one more, and that one."""
    pages = ec2.get_paginator("describe_nat_gateways").paginate(
        Filters=[{"Name": "state", "Values": ["pending", "available", "deleting"]}]
    )
    gateways = [gateway for page in pages for gateway in page["NatGateways"]]
    zones = _zones_of_subnets(ec2)
    found = {_name(gateway) for gateway in gateways}
    used = Counter(zones.get(gateway.get("SubnetId", "")) for gateway in gateways)
    filling = [zone for name, zone in wanted.items() if name not in found]
    return max((used[zone] for zone in filling), default=0), int(bool(filling))


def _zones_of_subnets(ec2: EC2Client) -> dict[str, str]:
    pages = ec2.get_paginator("describe_subnets").paginate()
    return {
        subnet["SubnetId"]: subnet["AvailabilityZone"]
        for page in pages
        for subnet in page["Subnets"]
    }


def _gateways(subject: Subject, vpc: NewVpc) -> dict[str, str]:
    """The zone of each NAT gateway that the environment has in the end, by its `Name`.

    The stack takes the region's first zones by name where the file names none.
    """
    zones = vpc.availability_zones or subject.zones[: vpc.zone_count]
    if vpc.nat == "single":
        zones = zones[:1]
    names = subject.environment.names
    return {names.in_network(f"nat-{number}"): zone for number, zone in enumerate(zones, start=1)}


def _name(described: Any) -> str:  # noqa: ANN401 - whatever has tags
    return next((tag["Value"] for tag in described.get("Tags", []) if tag["Key"] == "Name"), "")
