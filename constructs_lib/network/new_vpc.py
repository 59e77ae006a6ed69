"""A VPC of the environment's own."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct

from constructs_lib.network.flow_logs import FlowLogs
from constructs_lib.network.subnets import SubnetGroup, subnet_cidrs
from constructs_lib.network.zones import RememberedZones
from facts.subnets import division

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.protocols import Key
    from facts.names import Names
    from facts.placement import Placement


class NewVpc(Construct):
    """A VPC with a private subnet for Aurora and one for DMS in each zone; in a /27 one for both.

    Nothing in it reaches the internet, and nothing there reaches it, until a
    :class:`~constructs_lib.network.nat_egress.NatEgress` is added. Its default security group
    admits nothing, flow logs record all traffic, and names are resolved by AWS's DNS, which private
    endpoints need. Aurora's subnets share one route table; each of DMS's has its own, so that NAT
    can be one for each zone.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        placement: The account and region.
        key: The key that encrypts the flow logs.
        cidr: The VPC's IPv4 block, from a /16 to a /27, overlapping with no network that it is
            connected to. See :func:`~constructs_lib.network.subnets.subnet_cidrs` for its division.
        zones: The availability zones by name, or how many of the region's to take, 2 to 4. Add a
            zone at the end of a list: its position decides the subnets' addresses.
        flow_log_retention_days: How long flow logs are kept.
    """

    vpc_id: str
    aurora_subnet_ids: list[str]
    dms_subnet_ids: list[str]
    cidr: str
    zones: list[str]
    """The zones' names, or references to them, in the order of the subnets."""
    aurora_route_table_id: str
    dms_route_table_ids: list[str]
    """One for each zone; none where DMS is in Aurora's subnets."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        placement: Placement,
        key: Key,
        cidr: str,
        zones: int | Sequence[str],
        flow_log_retention_days: int,
    ) -> None:
        super().__init__(scope, id_)
        self._names = names
        self.cidr = cidr
        self.zones = (
            RememberedZones(self, "zones", count=zones).names
            if isinstance(zones, int)
            else list(zones)
        )
        self.vpc_id = Vpc(
            self,
            "vpc",
            cidr_block=cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": names.vpc},
        ).id
        # Empty lists, not absent ones: a rule that someone adds then shows in the next plan.
        DefaultSecurityGroup(
            self,
            "default-security-group",
            vpc_id=self.vpc_id,
            ingress=[],
            egress=[],
            tags={"Name": names.in_network("default-locked")},
        )
        FlowLogs(
            self,
            "flow-logs",
            names=names,
            placement=placement,
            key=key,
            vpc_id=self.vpc_id,
            retention_days=flow_log_retention_days,
        )
        self.aurora_route_table_id = self._route_table("aurora")
        shared = division(IPv4Network(cidr).prefixlen).dms == 0
        self.dms_route_table_ids = [
            self._route_table(f"dms-{number}")
            for number in range(1, 1 if shared else len(self.zones) + 1)
        ]
        self.aurora_subnet_ids = self._private_subnets(
            "aurora", SubnetGroup.AURORA, [self.aurora_route_table_id] * len(self.zones)
        )
        self.dms_subnet_ids = (
            self.aurora_subnet_ids
            if shared
            else self._private_subnets("dms", SubnetGroup.DMS, self.dms_route_table_ids)
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
            tags={"Name": self._names.in_network(label)},
        ).id

    def _private_subnets(
        self, label: str, group: SubnetGroup, route_table_ids: Sequence[str]
    ) -> list[str]:
        subnet_ids = []
        for index, cidr in enumerate(subnet_cidrs(self.cidr, group, zone_count=len(self.zones))):
            number = index + 1
            subnet = Subnet(
                self,
                f"{label}-{number}",
                vpc_id=self.vpc_id,
                cidr_block=cidr,
                availability_zone=self.zones[index],
                map_public_ip_on_launch=False,
                tags={"Name": self._names.in_network(f"{label}-{number}")},
            )
            RouteTableAssociation(
                self,
                f"{label}-{number}-association",
                subnet_id=subnet.id,
                route_table_id=route_table_ids[index],
            )
            subnet_ids.append(subnet.id)
        return subnet_ids
