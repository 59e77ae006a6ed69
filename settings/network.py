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
    """The VPC's network: private, /16 to /24, apart from the source's network."""

    availability_zones: Annotated[
        List[AvailabilityZone] | None,
        Field(min_length=2, max_length=4, examples=[["eu-central-1a", "eu-central-1b"]]),
    ] = None
    """The zones by name, 2 to 4 of the region; a zone's position decides its subnets' addresses, so
    add new ones at the end. Default: the first `zone_count` zones that the region has when the
    environment is first deployed."""

    zone_count: int = Field(default=3, ge=2, le=4)
    """How many zones, 2 to 4, where `availability_zones` does not name them. Default: 3."""

    nat: Nat = "none"
    """Egress to the internet: `none`, `single` (one NAT gateway: cheaper, lost with its zone) or
    `one-per-zone`. Default: none. DMS needs it only to reach a source over the internet."""

    flow_log_retention_days: LogRetentionDays = 30
    """How many days VPC flow logs are kept, one of CloudWatch's retention periods. Default: 30."""


class ExistingVpc(Section):
    """A VPC that exists; its default security group and flow logs are left alone."""

    vpc_id: VpcId
    """The VPC's id."""

    aurora_subnet_ids: Annotated[List[SubnetId], Field(min_length=2)]
    """Aurora's subnets, at least two in different zones."""

    dms_subnet_ids: Annotated[List[SubnetId], Field(min_length=2)]
    """The replication instance's subnets, at least two in different zones. They may be Aurora's."""

    secretsmanager_endpoint: bool = True
    """Whether to make a Secrets Manager interface endpoint in DMS's subnets. Default: true. Set
    false where DMS reaches another one, and say which: `secretsmanager_security_group_id` or
    `secretsmanager_cidr`."""

    secretsmanager_security_group_id: SecurityGroupId | None = None
    """A security group of the Secrets Manager endpoint that the VPC has already; it must admit DMS.
    Default: none."""

    secretsmanager_cidr: Cidr | None = None
    """The addresses at which DMS reaches Secrets Manager outside the VPC: a shared endpoint's, or
    0.0.0.0/0 for the public one through NAT. Default: none."""

    route_table_ids: List[RouteTableId] = Field(default=(), examples=[["rtb-0123456789abcdef0"]])
    """The route tables of DMS's subnets that get the route to the source; with
    [network.route_to_source], and only then. Default: none."""


class Peering(Section):
    """The VPC that the source is in."""

    vpc_id: VpcId
    """The VPC's id."""

    account_id: AccountId | None = None
    """Its account. Default: this environment's; another's owner has to accept the connection."""

    region: Region | None = None
    """Its region. Default: this environment's."""


class RouteToSource(Section):
    """How the source's network is reached: exactly one of the three."""

    transit_gateway_id: TransitGatewayId | None = None
    """A transit gateway of this account or shared with it; an attachment is made. Default: none."""

    virtual_private_gateway_id: VirtualPrivateGatewayId | None = None
    """A virtual private gateway (Site-to-Site VPN, Direct Connect); it is attached to a VPC that is
    made here, its routes are propagated. Default: none."""

    peering: Peering | None = None
    """The source's VPC, to which a peering connection is made. Default: none."""


class Network(Section):
    """The network: exactly one of `vpc` and `existing_vpc`."""

    vpc: NewVpc | None = None
    """A VPC to make for this environment."""

    existing_vpc: ExistingVpc | None = None
    """A VPC that exists already."""

    route_to_source: RouteToSource | None = None
    """The route to the source's network. Default: none; the VPC or its NAT reaches it already."""

    @property
    def existing(self) -> ExistingVpc:
        """The VPC that exists, where `vpc` is not set: a rule sees to it that one of them is."""
        return cast("ExistingVpc", self.existing_vpc)
