"""The network: who reaches whom, and by which way."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.ranges import is_public, network
from ferry.review.plan.security_groups import LEGACY_RULE
from ferry.review.rules.combined.ending import (
    WITH_THE_MIGRATION,
    goes_with_the_migration,
    is_needed,
)
from ferry.review.rules.combined.policies import policy_findings
from ferry.review.rules.combined.routes import routes_change
from ferry.review.rules.combined.subnets import in_reach, subnets_go
from ferry.review.rules.combined.traffic import (
    OF_A_LEGACY_RULE,
    OF_A_RULE,
    traffic_findings,
)
from ferry.review.rules.combined.ways import ways_change
from ferry.review.rules.conditions import (
    all_of,
    always,
    any_of,
    becomes_one,
    left_out,
    looked_up,
    off,
    on,
    one_of,
    refers_to,
    refers_to_new,
    turned_off,
    turned_on,
    unset,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.row import (
    CREATED,
    DESTROYED,
    HOWEVER_MADE,
    MADE,
    Harmless,
    Judged,
    Replaces,
    Reported,
    Row,
    Rule,
)
from ferry.review.rules.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.plan import Change
    from ferry.review.plan.values import Json
    from ferry.review.rules.conditions import Condition

_VPC: Final = "https://docs.aws.amazon.com/vpc/latest/userguide"
_LINK: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink"
_GOOD: Final = "for good, or until the new one is there"
_PLACED: Final = "Where it stands; who reaches it is judged."
_NEW: Final = "All of the VPC is new."
_NOT_SAID: Final = "The code leaves it to AWS."


def _is_private(value: Json) -> bool:
    range_ = network(value) if isinstance(value, str) else None
    return range_ is not None and not is_public(range_)


_private: Final = becomes_one(_is_private)
"""A range that is not one of the internet."""


def _in_new_vpc(change: Change, _attribute: str) -> bool | None:
    """What it stands in is made by the same plan."""
    return refers_to_new("aws_vpc")(change, "vpc_id")


_OWN_VPC: Final = any_of(refers_to("aws_vpc"), looked_up("aws_vpc"))
_OWN_SUBNETS: Final = any_of(refers_to("aws_subnet"), looked_up("aws_subnet"))

_PLACES: Final[Mapping[str, Condition]] = {
    "allocation_id": any_of(refers_to("aws_eip"), left_out, unset),
    "connectivity_type": any_of(one_of(None, "public"), left_out),
    "private_ip": any_of(unset, left_out),
    "route_table_id": refers_to("aws_route_table"),
    "subnet_id": all_of(refers_to("aws_subnet"), in_reach),
    "vpc_id": _OWN_VPC,
}
"""What an attribute that says where something stands leads to: the plan's own, or what it looked up."""


def _well_placed(change: Change, attribute: str) -> bool | None:
    """Something stands in what is the plan's own, or what the configuration looked up."""
    return _PLACES.get(attribute, always)(change, attribute)


def _way(
    resource: str,
    what: str,
    replaces: tuple[str, ...],
    source: str,
) -> tuple[Row, ...]:
    """What carries the traffic between DMS and the source, or Secrets Manager.

    Args:
        resource: The resource's type.
        what: What it is called.
        replaces: The attributes that cannot be changed.
        source: Where its loss is written.
    """
    return (
        Harmless(resource, (DESTROYED,), WITH_THE_MIGRATION, when=goes_with_the_migration),
        Rule(resource, DESTROYED, is_needed, Danger.REPLICATION_STOP,
             f"{what} goes: nothing is reached by it any more.", timing=Timing.NOW,
             lasts=_GOOD, source=source),
        *((Replaces(resource, replaces), Harmless(resource, replaces, _PLACED, when=_well_placed, on=MADE))
          if replaces else ()),
    )


ROWS: Final[tuple[Row, ...]] = (
    Harmless("aws_vpc", (CREATED,), "An empty network.", when=always),
    Rule("aws_vpc", DESTROYED, always, Danger.OUTAGE,
         "The VPC goes, and with it all that stands in it; with a cluster or an endpoint in it, "
         "AWS refuses.", timing=Timing.NOW, lasts="for good", source=f"{_VPC}/delete-vpc.html"),
    Replaces("aws_vpc", ("cidr_block", "ipv4_ipam_pool_id", "ipv4_netmask_length")),
    Harmless("aws_vpc", ("cidr_block",), "A private range.", when=_private, on=MADE),
    Rule("aws_vpc", "enable_dns_support", turned_off, Danger.OUTAGE,
         "Names are no longer resolved: nobody finds Aurora, DMS does not find its secrets.",
         timing=Timing.NOW, lasts="until it is turned on", source=f"{_VPC}/vpc-dns.html"),
    Rule("aws_vpc", "enable_dns_hostnames", turned_off, Danger.REPLICATION_STOP,
         "Private names of VPC endpoints are no longer resolved.", timing=Timing.NOW,
         lasts="until it is turned on", source=f"{_VPC}/vpc-dns.html"),
    Harmless("aws_vpc", ("enable_dns_support", "enable_dns_hostnames"), "Names are resolved.",
             when=on),
    Harmless("aws_vpc", ("instance_tenancy",), "AWS's own way to place what starts.",
             when=one_of("default")),
    Harmless("aws_vpc", ("enable_network_address_usage_metrics",), "It says what is measured.",
             when=always),
    Rule("aws_vpc", "assign_generated_ipv6_cidr_block", turned_on, Danger.WIDER_ACCESS,
         "The VPC gets public IPv6 addresses.", source=f"{_VPC}/vpc-cidr-blocks.html",
         on=HOWEVER_MADE),
    Harmless("aws_vpc", ("assign_generated_ipv6_cidr_block",), "No public IPv6 addresses.",
             when=off, on=MADE),
    Harmless("aws_vpc", ("ipv6_cidr_block", "ipv6_cidr_block_network_border_group"),
             "No IPv6 addresses.", when=unset, on=MADE),
    Harmless("aws_vpc", ("ipv6_cidr_block", "ipv6_cidr_block_network_border_group"), _NOT_SAID,
             when=left_out, on=MADE),
    Harmless("aws_vpc", ("ipv6_ipam_pool_id", "ipv6_netmask_length"), "No IPv6 addresses.",
             when=one_of(None, 0), on=MADE),
    Reported("aws_vpc", ("arn", "default_network_acl_id", "default_route_table_id",
             "default_security_group_id", "dhcp_options_id", "ipv6_association_id",
             "main_route_table_id", "owner_id")),
    Harmless("aws_subnet", (CREATED,), "An empty subnet.", when=always),
    Judged("aws_subnet", (DESTROYED,), by=subnets_go),
    Replaces("aws_subnet", ("availability_zone", "availability_zone_id", "cidr_block",
             "ipv6_native", "outpost_arn", "vpc_id")),
    Harmless("aws_subnet", ("availability_zone", "availability_zone_id", "vpc_id"),
             "Where an empty subnet is.", when=_well_placed, on=MADE),
    Harmless("aws_subnet", ("cidr_block",), "A private range.", when=_private, on=MADE),
    Harmless("aws_subnet", ("ipv6_native", "outpost_arn"), "An ordinary subnet.",
             when=off, on=MADE),
    Rule("aws_subnet", "map_public_ip_on_launch", turned_on, Danger.PUBLIC_REACH,
         "Whatever starts in the subnet gets a public address.", on=HOWEVER_MADE,
         source=f"{_VPC}/subnet-public-ip.html"),
    Rule("aws_subnet", "assign_ipv6_address_on_creation", turned_on, Danger.PUBLIC_REACH,
         "Whatever starts in the subnet gets a public IPv6 address.", on=HOWEVER_MADE,
         source=f"{_VPC}/subnet-public-ip.html"),
    Harmless("aws_subnet", ("map_public_ip_on_launch", "assign_ipv6_address_on_creation"),
             "Nothing in it gets a public address.", when=off),
    Harmless("aws_subnet", ("ipv6_cidr_block",), "No IPv6 addresses.", when=unset, on=MADE),
    Harmless("aws_subnet", ("enable_dns64",), "Names lead where they do by default.", when=off,
             on=MADE),
    Harmless("aws_subnet", ("enable_resource_name_dns_a_record_on_launch",
             "enable_resource_name_dns_aaaa_record_on_launch",
             "private_dns_hostname_type_on_launch"),
             "Names of EC2's instances; Aurora and DMS have none of these.", when=always),
    # What an Outpost's subnets have. Source:
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html
    Harmless("aws_subnet", ("customer_owned_ipv4_pool", "enable_lni_at_device_index",
             "map_customer_owned_ip_on_launch"), "Only an Outpost's subnets have it; this is none.",
             when=one_of(None, 0), on=MADE),
    Reported("aws_subnet", ("arn", "owner_id", "ipv6_cidr_block_association_id")),
    Harmless("aws_route_table", (CREATED,), "A table that no subnet has yet.", when=always),
    Harmless("aws_route_table", (DESTROYED,), WITH_THE_MIGRATION, when=goes_with_the_migration),
    Rule("aws_route_table", DESTROYED, is_needed, Danger.REPLICATION_STOP,
         "The routes of its subnets go with it.", timing=Timing.NOW, lasts=_GOOD,
         source=f"{_VPC}/VPC_Route_Tables.html"),
    Replaces("aws_route_table", ("vpc_id",)),
    Harmless("aws_route_table", ("vpc_id",),
             "No subnet has the table yet; which one gets it is judged.", when=_well_placed, on=MADE),
    Harmless("aws_route_table", ("propagating_vgws",), "No VPN gateway enters routes.",
             when=any_of(unset, left_out), on=MADE),
    Harmless("aws_route_table", ("route",), "Its routes are resources of their own, and judged.",
             when=any_of(unset, left_out), on=MADE),
    Rule("aws_route_table", "route", always, Danger.REPLICATION_STOP,
         "Routes change: {after} in place of {before}.", timing=Timing.NOW, lasts=_GOOD,
         source=f"{_VPC}/VPC_Route_Tables.html"),
    Rule("aws_route_table", "propagating_vgws", always, Danger.REPLICATION_STOP,
         "Other VPN gateways enter their routes: {after} in place of {before}.", timing=Timing.NOW,
         lasts=_GOOD, source=f"{_VPC}/VPC_Route_Tables.html"),
    Reported("aws_route_table", ("arn", "owner_id")),
    Harmless("aws_route_table_association", (CREATED,), "Which subnet gets which routes is judged.",
             when=always),
    Harmless("aws_route_table_association", (DESTROYED,), WITH_THE_MIGRATION,
             when=goes_with_the_migration),
    Rule("aws_route_table_association", DESTROYED, is_needed, Danger.REPLICATION_STOP,
         "The subnet falls back on the VPC's main routes.", timing=Timing.NOW, lasts=_GOOD,
         source=f"{_VPC}/VPC_Route_Tables.html"),
    Replaces("aws_route_table_association", ("subnet_id", "gateway_id")),
    Harmless("aws_route_table_association", ("subnet_id",), "Nothing is in the subnet yet.",
             when=refers_to_new("aws_subnet"), on=MADE),
    Harmless("aws_route_table_association", ("route_table_id",),
             "A table of the plan's; nothing is in the subnet yet.", on=MADE,
             when=all_of(_well_placed,
                         lambda change, _: refers_to_new("aws_subnet")(change, "subnet_id"))),
    Rule("aws_route_table_association", "route_table_id", always, Danger.REPLICATION_STOP,
         "The subnet's traffic takes other routes: {after} in place of {before}.",
         timing=Timing.NOW, lasts="seconds, if they lead to the same places",
         source=f"{_VPC}/VPC_Route_Tables.html"),
    Judged("aws_route", (CREATED, DESTROYED, "carrier_gateway_id", "core_network_arn",
           "egress_only_gateway_id", "gateway_id", "local_gateway_id", "nat_gateway_id",
           "network_interface_id", "transit_gateway_id", "vpc_endpoint_id",
           "vpc_peering_connection_id"), by=routes_change),
    Replaces("aws_route", ("destination_cidr_block", "destination_ipv6_cidr_block",
             "destination_prefix_list_id", "route_table_id")),
    Harmless("aws_route", ("destination_cidr_block", "destination_ipv6_cidr_block",
             "destination_prefix_list_id", "route_table_id"), "Where it leads is judged.",
             when=always, on=MADE),
    Reported("aws_route", ("instance_id", "instance_owner_id", "origin", "state")),
    Harmless("aws_internet_gateway", (CREATED,), "Without a route nothing goes there.",
             when=always),
    *_way("aws_internet_gateway", "The internet gateway", (), f"{_VPC}/VPC_Internet_Gateway.html"),
    Rule("aws_internet_gateway", DESTROYED, is_needed, Danger.REFUSED,
         "AWS does not detach an internet gateway while public addresses of its VPC are mapped.",
         timing=Timing.NOW, source=f"{_VPC}/VPC_Internet_Gateway.html"),
    Rule("aws_internet_gateway", "vpc_id", always, Danger.REPLICATION_STOP,
         "The gateway is taken from one VPC to another.", timing=Timing.NOW, lasts="for good",
         source=f"{_VPC}/VPC_Internet_Gateway.html"),
    Harmless("aws_internet_gateway", ("vpc_id",), _NEW, when=_in_new_vpc, on=MADE),
    Reported("aws_internet_gateway", ("arn", "owner_id")),
    Harmless("aws_nat_gateway", (CREATED,), "Without a route nothing goes there.", when=always),
    *_way("aws_nat_gateway", "The NAT gateway", ("allocation_id", "connectivity_type", "private_ip",
          "subnet_id"), f"{_VPC}/vpc-nat-gateway.html"),
    Harmless("aws_nat_gateway", ("secondary_allocation_ids", "secondary_private_ip_address_count",
             "secondary_private_ip_addresses"), _NOT_SAID, when=left_out, on=MADE),
    Reported("aws_nat_gateway", ("association_id", "network_interface_id", "public_ip")),
    Harmless("aws_eip", (CREATED,), "An address that leads to nothing yet.", when=always),
    *_way("aws_eip", "The address", ("domain", "vpc"), f"{_VPC}/vpc-eips.html"),
    Replaces("aws_eip", ("network_border_group", "public_ipv4_pool", "address", "ipam_pool_id")),
    Harmless("aws_eip", ("network_border_group", "public_ipv4_pool", "address", "ipam_pool_id"),
             "One of AWS's own addresses.", when=any_of(unset, left_out), on=MADE),
    Harmless("aws_eip", ("instance", "network_interface", "associate_with_private_ip",
             "customer_owned_ipv4_pool"), _NOT_SAID, when=left_out, on=MADE),
    Reported("aws_eip", ("allocation_id", "arn", "association_id", "carrier_ip",
             "customer_owned_ip", "private_dns", "private_ip", "ptr_record", "public_dns",
             "public_ip")),
    Judged("aws_ec2_transit_gateway_vpc_attachment", (CREATED,
           "transit_gateway_default_route_table_propagation",
           "transit_gateway_default_route_table_association", "dns_support",
           "security_group_referencing_support"), by=ways_change),
    *_way("aws_ec2_transit_gateway_vpc_attachment", "The attachment to the transit gateway",
          ("transit_gateway_id", "vpc_id"),
          "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"),
    Rule("aws_ec2_transit_gateway_vpc_attachment", "subnet_ids", always, Danger.REPLICATION_STOP,
         "Traffic enters the transit gateway from other subnets.", timing=Timing.NOW,
         lasts="seconds to minutes",
         source="https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"),
    Harmless("aws_ec2_transit_gateway_vpc_attachment", ("subnet_ids",), "Subnets of the VPC.",
             when=_OWN_SUBNETS, on=MADE),
    Harmless("aws_ec2_transit_gateway_vpc_attachment", ("appliance_mode_support",
             "ipv6_support", "dns_support", "security_group_referencing_support",
             "transit_gateway_default_route_table_association",
             "transit_gateway_default_route_table_propagation"), "Whether a VPC joins is judged.",
             when=always, on=MADE),
    Reported("aws_ec2_transit_gateway_vpc_attachment", ("arn", "vpc_owner_id")),
    Judged("aws_vpc_peering_connection", (CREATED,), by=ways_change),
    *_way("aws_vpc_peering_connection", "The peering", ("peer_owner_id", "peer_region",
          "peer_vpc_id", "vpc_id"), "https://docs.aws.amazon.com/vpc/latest/peering/"),
    Harmless("aws_vpc_peering_connection", ("auto_accept", "accepter", "requester"),
             "That it is made is judged.", when=always, on=MADE),
    Reported("aws_vpc_peering_connection", ("accept_status",)),
    Judged("aws_vpn_gateway_attachment", (CREATED,), by=ways_change),
    *_way("aws_vpn_gateway_attachment", "The attachment to the VPN gateway", ("vpc_id",
          "vpn_gateway_id"), "https://docs.aws.amazon.com/vpn/latest/s2svpn/"),
    Judged("aws_vpn_gateway_route_propagation", (CREATED,), by=ways_change),
    *_way("aws_vpn_gateway_route_propagation", "The routes that the VPN gateway enters",
          ("route_table_id", "vpn_gateway_id"), "https://docs.aws.amazon.com/vpn/latest/s2svpn/"),
    Judged("aws_vpc_endpoint", (CREATED, "service_name"), by=ways_change),
    *_way("aws_vpc_endpoint", "The endpoint", ("vpc_endpoint_type", "vpc_id"),
          f"{_LINK}/create-interface-endpoint.html"),
    Replaces("aws_vpc_endpoint", ("service_name", "service_region", "resource_configuration_arn",
             "service_network_arn")),
    Harmless("aws_vpc_endpoint", ("service_region", "resource_configuration_arn",
             "service_network_arn"), "A service of this region.", when=any_of(unset, left_out),
             on=MADE),
    Harmless("aws_vpc_endpoint", ("private_dns_enabled",), "The service's ordinary name leads to "
             "it, or where it led.", on=MADE,
             when=any_of(on, left_out, lambda change, _: not _in_new_vpc(change, "vpc_id"))),
    Harmless("aws_vpc_endpoint", ("auto_accept", "dns_options", "ip_address_type",
             "route_table_ids", "subnet_configuration"), _NOT_SAID,
             when=any_of(unset, off, left_out), on=MADE),
    Harmless("aws_vpc_endpoint", ("ip_address_type",), "IPv4 addresses.", when=one_of("ipv4"),
             on=MADE),
    Harmless("aws_vpc_endpoint", ("route_table_ids",), "Tables of the plan's.",
             when=refers_to("aws_route_table"), on=MADE),
    Harmless("aws_vpc_endpoint", ("security_group_ids",), "A group of the plan's, whose rules are "
             "judged.", when=any_of(refers_to("aws_security_group"), unset, left_out), on=MADE),
    Harmless("aws_vpc_endpoint", ("subnet_ids",), "It stands where the plan's own does.",
             when=any_of(_OWN_SUBNETS, unset, left_out), on=MADE),
    Judged("aws_vpc_endpoint", ("policy",), by=policy_findings),
    Rule("aws_vpc_endpoint", "security_group_ids", always, Danger.REPLICATION_STOP,
         "Other security groups say who reaches the endpoint: {after} in place of {before}.",
         timing=Timing.NOW, source=f"{_LINK}/create-interface-endpoint.html"),
    Rule("aws_vpc_endpoint", "subnet_ids", always, Danger.REPLICATION_STOP,
         "The endpoint stands in other subnets: {after} in place of {before}.", timing=Timing.NOW,
         lasts="seconds to minutes", source=f"{_LINK}/create-interface-endpoint.html"),
    Rule("aws_vpc_endpoint", "private_dns_enabled", turned_off, Danger.REPLICATION_STOP,
         "The service's ordinary name no longer leads to the endpoint.", timing=Timing.NOW,
         lasts="until DMS is told the endpoint's own name",
         source=f"{_LINK}/create-interface-endpoint.html"),
    Reported("aws_vpc_endpoint", ("arn", "cidr_blocks", "dns_entry", "network_interface_ids",
             "owner_id", "prefix_list_id", "requester_managed", "state")),
    Harmless("aws_security_group", (CREATED,), "Its rules are judged.", when=always),
    Judged("aws_security_group", ("ingress", "egress"), by=traffic_findings),
    Harmless("aws_security_group", (DESTROYED,), WITH_THE_MIGRATION,
             when=goes_with_the_migration),
    Rule("aws_security_group", DESTROYED, is_needed, Danger.OUTAGE,
         "What bears the group loses its rules; AWS refuses while something bears it.",
         timing=Timing.NOW, lasts=_GOOD, source=f"{_VPC}/security-groups.html"),
    Replaces("aws_security_group", ("description", "name", "name_prefix", "vpc_id")),
    Harmless("aws_security_group", ("description", "name", "name_prefix", "vpc_id"),
             "Nothing bears the group yet.", when=_well_placed, on=MADE),
    Harmless("aws_security_group", ("revoke_rules_on_delete",),
             "What happens to its rules when it is destroyed, which is judged then.", when=always),
    Reported("aws_security_group", ("arn", "owner_id")),
    Judged("aws_default_security_group", (CREATED, "ingress", "egress"), by=traffic_findings),
    Harmless("aws_default_security_group", (DESTROYED,), "Terraform lets go of it and leaves it.",
             when=always),
    Replaces("aws_default_security_group", ("vpc_id",)),
    Harmless("aws_default_security_group", ("vpc_id",), "What Terraform takes over is judged.",
             when=always, on=MADE),
    Harmless("aws_default_security_group", ("revoke_rules_on_delete",), "It is never deleted.",
             when=always),
    Reported("aws_default_security_group", ("arn", "description", "name", "name_prefix",
             "owner_id")),
    *(
        row
        for rule in ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
        for row in (
            Harmless(rule, (CREATED,), "What it lets through is judged.", when=always),
            Judged(rule, (DESTROYED, *OF_A_RULE), by=traffic_findings),
            Harmless(rule, ("security_group_id",), "What it lets through is judged.", when=always,
                     on=MADE),
            Replaces(rule, ("security_group_id",)),
            Harmless(rule, ("description",), "A description.", when=always),
            Reported(rule, ("arn", "security_group_rule_id")),
        )
    ),
    Harmless(LEGACY_RULE, (CREATED,), "What it lets through is judged.", when=always),
    Judged(LEGACY_RULE, (DESTROYED, *OF_A_LEGACY_RULE), by=traffic_findings),
    Harmless(LEGACY_RULE, ("security_group_id",), "What it lets through is judged.", when=always,
             on=MADE),
    Replaces(LEGACY_RULE, ("security_group_id",)),
    Harmless(LEGACY_RULE, ("description",), "A description.", when=always),
    Reported(LEGACY_RULE, ("security_group_rule_id",)),
)
