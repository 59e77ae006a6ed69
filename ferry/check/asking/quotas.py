"""How far the account's quotas are used. RDS and DMS say so themselves, the network's are counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ferry.account import asked
from ferry.check.judging.quotas import ADDRESSES, NAT_GATEWAYS, VPCS, Kind, Need, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from types_boto3_dms import DatabaseMigrationServiceClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_rds import RDSClient

    from ferry.account import Account
    from settings.network import NewVpc


def rds_usages(rds: RDSClient) -> dict[str, Usage]:
    """RDS's quotas, by its own names."""
    return _usages(rds.describe_account_attributes()["AccountQuotas"])


def dms_usages(dms: DatabaseMigrationServiceClient) -> dict[str, Usage]:
    """DMS's quotas, by its own names."""
    return _usages(dms.describe_account_attributes()["AccountQuotas"])


def dms_identifiers(dms: DatabaseMigrationServiceClient) -> set[str]:
    """The identifiers of every endpoint and task in the region."""
    endpoints = dms.get_paginator("describe_endpoints").paginate()
    tasks = dms.get_paginator("describe_replication_tasks").paginate(WithoutSettings=True)
    return {
        *(each["EndpointIdentifier"] for page in endpoints for each in page["Endpoints"]),
        *(each["ReplicationTaskIdentifier"] for page in tasks for each in page["ReplicationTasks"]),
    }


def network_needs(account: Account, vpc: NewVpc, *, prefix: str) -> list[Need]:
    """What a VPC of the environment's own still takes; what is there already is left out.

    Args:
        account: The account.
        vpc: The VPC, as the environment's file says.
        prefix: What the environment's names begin with.
    """
    needs = _counted(VPCS, account, lambda: _vpcs(account.ec2, prefix))
    if vpc.nat != "none":
        needs += _counted(ADDRESSES, account, lambda: _addresses(account.ec2, vpc, prefix))
        needs += _counted(NAT_GATEWAYS, account, lambda: _nat_gateways(account.ec2, vpc, prefix))
    return needs


_QUOTA_CODES = {
    # https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    VPCS: ("vpc", "L-F678F1CE"),
    ADDRESSES: ("ec2", "L-0263D0A3"),
    NAT_GATEWAYS: ("vpc", "L-FE5A380F"),
}


def _counted(kind: Kind, account: Account, count: Callable[[], tuple[int, int]]) -> list[Need]:
    """The need of a kind, if there is one. `count` says how many there are and are needed."""

    def usage() -> tuple[Usage, int]:
        used, needed = count()
        maximum = _maximum(account.service_quotas, kind) if needed else 0
        return Usage(used=used, maximum=maximum), needed

    answer = asked(f"find out how far the quota of {kind.what} is used", usage)
    if isinstance(answer, tuple):
        return [Need(kind=kind, count=answer[1], usage=answer[0])] if answer[1] else []
    return [Need(kind=kind, count=1, usage=answer)]


def _maximum(quotas: Any, kind: Kind) -> int:  # noqa: ANN401 - a client without stubs
    service, code = _QUOTA_CODES[kind]
    answer = quotas.get_service_quota(ServiceCode=service, QuotaCode=code)
    return int(answer["Quota"]["Value"])


def _usages(described: Iterable[Any]) -> dict[str, Usage]:
    return {
        each["AccountQuotaName"]: Usage(used=each["Used"], maximum=each["Max"])
        for each in described
    }


def _vpcs(ec2: EC2Client, prefix: str) -> tuple[int, int]:
    pages = ec2.get_paginator("describe_vpcs").paginate()
    names = [_name(vpc) for page in pages for vpc in page["Vpcs"]]
    return len(names), int(prefix not in names)


def _addresses(ec2: EC2Client, vpc: NewVpc, prefix: str) -> tuple[int, int]:
    names = [_name(address) for address in ec2.describe_addresses()["Addresses"]]
    wanted = {name for name, _ in _gateways(ec2, vpc, prefix)}
    return len(names), len(wanted.difference(names))


def _nat_gateways(ec2: EC2Client, vpc: NewVpc, prefix: str) -> tuple[int, int]:
    """The NAT gateways in the fullest of the zones that get one more, and that one."""
    pages = ec2.get_paginator("describe_nat_gateways").paginate(
        Filters=[{"Name": "state", "Values": ["pending", "available", "deleting"]}]
    )
    gateways = [gateway for page in pages for gateway in page["NatGateways"]]
    zones = _zones_of_subnets(ec2)
    names = {_name(gateway) for gateway in gateways}
    used = Counter(zones.get(gateway.get("SubnetId", "")) for gateway in gateways)
    wanted = [zone for name, zone in _gateways(ec2, vpc, prefix) if name not in names]
    return max((used[zone] for zone in wanted), default=0), int(bool(wanted))


def _zones_of_subnets(ec2: EC2Client) -> dict[str, str]:
    pages = ec2.get_paginator("describe_subnets").paginate()
    return {
        subnet["SubnetId"]: subnet["AvailabilityZone"]
        for page in pages
        for subnet in page["Subnets"]
    }


def _gateways(ec2: EC2Client, vpc: NewVpc, prefix: str) -> list[tuple[str, str]]:
    """The `Name` and the zone of each NAT gateway that the environment has in the end.

    The stack takes the region's first zones by name where the file names none.
    """
    zones: Sequence[str] = vpc.availability_zones or _first_zones(ec2, vpc.zone_count)
    if vpc.nat == "single":
        zones = zones[:1]
    return [(f"{prefix}-nat-{number}", zone) for number, zone in enumerate(zones, start=1)]


def _first_zones(ec2: EC2Client, count: int) -> list[str]:
    described = ec2.describe_availability_zones(
        Filters=[
            {"Name": "zone-type", "Values": ["availability-zone"]},
            {"Name": "state", "Values": ["available"]},
        ]
    )["AvailabilityZones"]
    return sorted(zone["ZoneName"] for zone in described)[:count]


def _name(described: Any) -> str:  # noqa: ANN401 - whatever has tags
    return next((tag["Value"] for tag in described.get("Tags", []) if tag["Key"] == "Name"), "")
