"""A VPC of the environment's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct

from constructs_lib.network.flow_logs import FlowLogs
from constructs_lib.network.subnets import SubnetGroup, SubnetPlan
from constructs_lib.network.zones import RememberedZones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.encryption import EnvironmentKey
    from facts.placement import Placement


class NewVpc(Construct):
    """A VPC with a private subnet for Aurora and one for DMS in each zone.

    Nothing in it reaches the internet, and nothing there reaches it, until a
    :class:`~constructs_lib.network.nat_egress.NatEgress` is added. Its default security group
    admits nothing, flow logs record all traffic, and names are resolved by AWS's DNS, which private
    endpoints need. Aurora's subnets share one route table; each of DMS's has its own, so that NAT
    can be one for each zone.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        name: The environment's prefix; it becomes the VPC's name.
        placement: The account and region.
        key: The key that encrypts the flow logs.
        cidr: The VPC's IPv4 block, from a /16 to a /24, overlapping with no network that it is
            connected to. See :class:`~constructs_lib.network.subnets.SubnetPlan` for its division.
        zones: The availability zones by name, or how many of the region's to take (2 to 4); the
            first three by default. Add a zone at the end of a list: its position decides the
            subnets' addresses.
        flow_log_retention_days: How long flow logs are kept; 365 days by default.

    Raises:
        ValueError: The CIDR, the number of zones or their names are not allowed.
    """

    vpc_id: str
    aurora_subnet_ids: list[str]
    dms_subnet_ids: list[str]
    plan: SubnetPlan
    zones: list[str]
    """The zones' names, or references to them, in the order of the subnets."""
    aurora_route_table_id: str
    dms_route_table_ids: list[str]
    """One for each zone."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        placement: Placement,
        key: EnvironmentKey,
        cidr: str,
        zones: int | Sequence[str] = 3,
        flow_log_retention_days: int = 365,
    ) -> None:
        super().__init__(scope, id_)
        self._name = name
        self.plan = SubnetPlan(
            vpc_cidr=cidr, zone_count=zones if isinstance(zones, int) else len(zones)
        )
        self.zones = (
            RememberedZones(self, "zones", count=zones).names
            if isinstance(zones, int)
            else _distinct(zones, region=placement.region)
        )
        self.vpc_id = Vpc(
            self,
            "vpc",
            cidr_block=cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": name},
        ).id
        # Empty lists, not absent ones: a rule that someone adds then shows in the next plan.
        DefaultSecurityGroup(
            self,
            "default-security-group",
            vpc_id=self.vpc_id,
            ingress=[],
            egress=[],
            tags={"Name": f"{name}-default-locked"},
        )
        FlowLogs(
            self,
            "flow-logs",
            name=name,
            placement=placement,
            key=key,
            vpc_id=self.vpc_id,
            retention_days=flow_log_retention_days,
        )
        self.aurora_route_table_id = self._route_table("aurora")
        self.dms_route_table_ids = [
            self._route_table(f"dms-{number}") for number in range(1, len(self.zones) + 1)
        ]
        self.aurora_subnet_ids = self._private_subnets(
            "aurora", SubnetGroup.AURORA, [self.aurora_route_table_id] * len(self.zones)
        )
        self.dms_subnet_ids = self._private_subnets(
            "dms", SubnetGroup.DMS, self.dms_route_table_ids
        )

    @property
    def route_table_ids(self) -> list[str]:
        """The private route tables: Aurora's, then DMS's in the order of the zones."""
        return [self.aurora_route_table_id, *self.dms_route_table_ids]

    def _route_table(self, label: str) -> str:
        return RouteTable(
            self,
            f"{label}-routes",
            vpc_id=self.vpc_id,
            tags={"Name": f"{self._name}-{label}"},
        ).id

    def _private_subnets(
        self, label: str, group: SubnetGroup, route_table_ids: Sequence[str]
    ) -> list[str]:
        subnet_ids = []
        for index, cidr in enumerate(self.plan.cidrs(group)):
            number = index + 1
            subnet = Subnet(
                self,
                f"{label}-{number}",
                vpc_id=self.vpc_id,
                cidr_block=cidr,
                availability_zone=self.zones[index],
                map_public_ip_on_launch=False,
                tags={"Name": f"{self._name}-{label}-{number}"},
            )
            RouteTableAssociation(
                self,
                f"{label}-{number}-association",
                subnet_id=subnet.id,
                route_table_id=route_table_ids[index],
            )
            subnet_ids.append(subnet.id)
        return subnet_ids


def _distinct(zones: Sequence[str], *, region: str) -> list[str]:
    foreign = [zone for zone in zones if not zone.startswith(region)]
    if foreign:
        raise ValueError(
            f"zones {', '.join(foreign)} are not in {region};"
            f" give zones of that region, such as {region}a"
        )
    if len(set(zones)) < len(zones):
        raise ValueError(
            f"zones {', '.join(zones)} name one twice; give each zone once, since every zone gets"
            " its own subnets"
        )
    return list(zones)
