"""[network]: a VPC of the environment's own or one that exists, and the way to the source."""

from typing import Annotated, Literal, cast

from pydantic import Field

from settings.fields import (
    AccountId,
    AvailabilityZone,
    Cidr,
    Region,
    RouteTableId,
    SecurityGroupId,
    SubnetId,
    TransitGatewayId,
    VirtualPrivateGatewayId,
    VpcCidr,
    VpcId,
)
from settings.retention import LogRetentionDays
from settings.section import List, Section

Nat = Literal["none", "single", "one-per-zone"]


class NewVpc(Section):
    """A VPC that is made for the environment, with private subnets in each zone."""

    cidr: VpcCidr
    """The VPC's network; it may not overlap the source's. A /25 has room for three zones, and NAT in
    two of them; a /26 for two zones without NAT, a /27 for two in which DMS has
    no subnets but Aurora's."""

    availability_zones: Annotated[
        List[AvailabilityZone] | None,
        Field(min_length=2, max_length=4, examples=[["eu-central-1a", "eu-central-1b"]]),
    ] = None
    """The zones by name. A zone's position decides its subnets' addresses, so add new ones at the
    end. Default: the first `zone_count` zones that the region has when the environment is first
    deployed."""

    zone_count: int = Field(default=3, ge=2, le=4)
    """How many zones, where `availability_zones` does not name them."""

    nat: Nat = "none"
    """NAT gateways to the internet, for DMS alone, which needs one only to reach a source over the
    internet. A single one is cheaper, and lost with its zone. Without [dms] none is made."""

    route_made_elsewhere: bool = False
    """Whether somebody else makes the way from this VPC to the source, such as a team that attaches
    it to a transit gateway of its own, or an endpoint of PrivateLink in DMS's subnets, whose addresses
    `source.cidr` then holds. Needed where there is neither `nat` nor [network.route_to_source]: DMS
    then reaches nothing until that way is there."""

    flow_log_retention_days: LogRetentionDays = 30
    """How long CloudWatch keeps the VPC's flow logs."""


class ExistingVpc(Section):
    """A VPC that exists; its default security group and flow logs are left alone."""

    vpc_id: VpcId
    """The VPC's id."""

    aurora_subnet_ids: Annotated[
        List[SubnetId],
        Field(min_length=2, examples=[["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]]),
    ]
    """Aurora's subnets, in different zones."""

    dms_subnet_ids: Annotated[
        List[SubnetId] | None,
        Field(min_length=2, examples=[["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]]),
    ] = None
    """The replication instance's subnets, in different zones; a transit gateway is attached in
    them. Default: Aurora's."""

    secretsmanager_endpoint: bool = True
    """Whether to make a Secrets Manager interface endpoint in DMS's subnets, with [dms]. Set it to false where
    DMS reaches another one, and say which: `secretsmanager_security_group_id` or
    `secretsmanager_cidr`."""

    secretsmanager_security_group_id: SecurityGroupId | None = None
    """A security group of the Secrets Manager endpoint that the VPC has already; it must admit
    DMS."""

    secretsmanager_cidr: Cidr | None = None
    """The addresses at which DMS reaches Secrets Manager outside the VPC: a shared endpoint's, or
    0.0.0.0/0 for the public one through NAT."""

    route_table_ids: List[RouteTableId] = Field(default=(), examples=[["rtb-0123456789abcdef0"]])
    """The route tables of DMS's subnets that get the route to the source; with
    [network.route_to_source], and only then."""

    @property
    def replication_subnet_ids(self) -> tuple[str, ...]:
        """DMS's subnets: `dms_subnet_ids`, or Aurora's."""
        return self.dms_subnet_ids or self.aurora_subnet_ids


class Peering(Section):
    """The VPC that the source is in."""

    vpc_id: VpcId
    """The VPC's id."""

    account_id: AccountId | None = None
    """Its account; the owner of another has to accept the connection. Default: this
    environment's."""

    region: Region | None = None
    """Its region. Default: this environment's."""


class RouteToSource(Section):
    """How the source's network is reached: by exactly one of three ways.

    They are `transit_gateway_id`, `virtual_private_gateway_id` and `peering`.
    """

    cidrs: Annotated[
        List[Cidr] | None, Field(min_length=1, max_length=20, examples=[["172.16.0.0/16"]])
    ] = None
    """The networks that it leads to. Default: `source.cidr` and `source.further_cidrs`. Without [source] they are stated: so
    that applications beside the source go on reaching Aurora when the migration is over. A virtual
    private gateway learns its routes by itself, and takes none."""

    transit_gateway_id: TransitGatewayId | None = None
    """A transit gateway of this account or shared with it; an attachment is made."""

    virtual_private_gateway_id: VirtualPrivateGatewayId | None = None
    """A virtual private gateway (Site-to-Site VPN, Direct Connect); it is attached to a VPC that is
    made here, its routes are propagated."""

    peering: Peering | None = None
    """The source's VPC, to which a peering connection is made."""


class Network(Section):
    """The network: exactly one of `vpc` and `existing_vpc`."""

    vpc: NewVpc | None = None
    """A VPC to make for this environment."""

    existing_vpc: ExistingVpc | None = None
    """A VPC that exists already."""

    route_to_source: RouteToSource | None = Field(
        default=None, examples=[{"transit_gateway_id": "tgw-0123456789abcdef0"}]
    )
    """The route to the source's network. Default: none; the VPC or its NAT reaches it
    already, or somebody else makes the way."""

    @property
    def existing(self) -> ExistingVpc:
        """The VPC that exists, where `vpc` is not set: a rule sees to it that one of them is."""
        return cast("ExistingVpc", self.existing_vpc)
