"""The network: who reaches whom, and by which way."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from typing import Final

from ferry.review.rules.combined.network import routes_change, subnets_go
from ferry.review.rules.combined.policies import policy_findings
from ferry.review.rules.combined.traffic import traffic_findings
from ferry.review.rules.conditions import (
    always,
    turned_off,
    turned_on,
    unexamined,
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
    Row,
    Rule,
)
from ferry.review.rules.timing import Timing

_VPC: Final = "https://docs.aws.amazon.com/vpc/latest/userguide"
_LINK: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink"
_GOOD: Final = "for good, or until the new one is there"
_WORDS: Final = "A description, and what EC2 reports."


def _way(resource: str, what: str, replaces: tuple[str, ...], source: str) -> tuple[Row, ...]:
    """What carries the traffic between DMS and the source, or Secrets Manager."""
    return (
        Harmless(resource, (CREATED,), "Another way is added; the routes that use it are judged.", when=unexamined),
        Rule(resource, DESTROYED, always, Danger.REPLICATION_STOP,
             f"{what} goes: DMS no longer reaches what it reached by it.", timing=Timing.NOW,
             lasts=_GOOD, source=source),
        Replaces(resource, replaces),
    )


ROWS: Final[tuple[Row, ...]] = (
    Harmless("aws_vpc", (CREATED,), "An empty network.", when=unexamined),
    Rule("aws_vpc", DESTROYED, always, Danger.OUTAGE,
         "The VPC goes, and with it all that stands in it; with a cluster or an endpoint in it, "
         "AWS refuses.", timing=Timing.NOW, lasts="for good", source=f"{_VPC}/delete-vpc.html"),
    Replaces("aws_vpc", ("cidr_block", "ipv4_ipam_pool_id", "ipv4_netmask_length")),
    Rule("aws_vpc", "enable_dns_support", turned_off, Danger.OUTAGE,
         "Names are no longer resolved: nobody finds Aurora, DMS does not find its secrets.",
         timing=Timing.NOW, lasts="until it is turned on", source=f"{_VPC}/vpc-dns.html"),
    Rule("aws_vpc", "enable_dns_hostnames", turned_off, Danger.REPLICATION_STOP,
         "Private names of VPC endpoints are no longer resolved.", timing=Timing.NOW,
         lasts="until it is turned on", source=f"{_VPC}/vpc-dns.html"),
    Harmless("aws_vpc", ("enable_dns_support", "enable_dns_hostnames"), "Names are resolved.", when=unexamined),
    Harmless("aws_vpc", ("instance_tenancy", "enable_network_address_usage_metrics"),
             "It says how new instances are placed, or what is measured.", when=unexamined),
    Rule("aws_vpc", "assign_generated_ipv6_cidr_block", turned_on, Danger.WIDER_ACCESS,
         "The VPC gets public IPv6 addresses.", source=f"{_VPC}/vpc-cidr-blocks.html"),
    Harmless("aws_vpc", ("arn", "default_network_acl_id", "default_route_table_id",
             "default_security_group_id", "dhcp_options_id", "ipv6_association_id",
             "ipv6_cidr_block", "ipv6_cidr_block_network_border_group", "main_route_table_id",
             "owner_id", "assign_generated_ipv6_cidr_block"), _WORDS, when=unexamined),
    Harmless("aws_subnet", (CREATED,), "An empty subnet.", when=unexamined),
    Judged("aws_subnet", (DESTROYED,), by=subnets_go),
    Replaces("aws_subnet", ("availability_zone", "availability_zone_id", "cidr_block",
             "ipv6_native", "outpost_arn", "vpc_id")),
    Rule("aws_subnet", "map_public_ip_on_launch", turned_on, Danger.PUBLIC_REACH,
         "Whatever starts in the subnet gets a public address.", on=HOWEVER_MADE,
         source=f"{_VPC}/subnet-public-ip.html"),
    Rule("aws_subnet", "assign_ipv6_address_on_creation", turned_on, Danger.PUBLIC_REACH,
         "Whatever starts in the subnet gets a public IPv6 address.", on=HOWEVER_MADE,
         source=f"{_VPC}/subnet-public-ip.html"),
    Harmless("aws_subnet", ("map_public_ip_on_launch", "assign_ipv6_address_on_creation"),
             "Nothing in it gets a public address.", when=unexamined),
    Harmless("aws_subnet", ("arn", "owner_id", "ipv6_cidr_block_association_id",
             "private_dns_hostname_type_on_launch"), _WORDS, when=unexamined),
    Harmless("aws_route_table", (CREATED,), "Its routes are judged one by one.", when=unexamined),
    Rule("aws_route_table", DESTROYED, always, Danger.REPLICATION_STOP,
         "The routes of its subnets go with it.", timing=Timing.NOW, lasts=_GOOD,
         source=f"{_VPC}/VPC_Route_Tables.html"),
    Replaces("aws_route_table", ("vpc_id",)),
    Rule("aws_route_table", "route", always, Danger.REPLICATION_STOP,
         "Routes change: {after} in place of {before}.", timing=Timing.NOW, lasts=_GOOD,
         source=f"{_VPC}/VPC_Route_Tables.html"),
    Rule("aws_route_table", "propagating_vgws", always, Danger.REPLICATION_STOP,
         "Other VPN gateways enter their routes: {after} in place of {before}.", timing=Timing.NOW,
         lasts=_GOOD, source=f"{_VPC}/VPC_Route_Tables.html"),
    Harmless("aws_route_table", ("arn", "owner_id"), _WORDS, when=unexamined),
    Harmless("aws_route_table_association", (CREATED,),
             "Which routes a subnet has; the routes are judged one by one.", when=unexamined),
    Rule("aws_route_table_association", DESTROYED, always, Danger.REPLICATION_STOP,
         "The subnet falls back on the VPC's main routes.", timing=Timing.NOW, lasts=_GOOD,
         source=f"{_VPC}/VPC_Route_Tables.html"),
    Replaces("aws_route_table_association", ("subnet_id", "gateway_id")),
    Rule("aws_route_table_association", "route_table_id", always, Danger.REPLICATION_STOP,
         "The subnet's traffic takes other routes: {after} in place of {before}.",
         timing=Timing.NOW, lasts="seconds, if they lead to the same places",
         source=f"{_VPC}/VPC_Route_Tables.html"),
    Judged("aws_route", (CREATED, "carrier_gateway_id", "core_network_arn",
           "egress_only_gateway_id", "gateway_id", "local_gateway_id", "nat_gateway_id",
           "network_interface_id", "transit_gateway_id", "vpc_endpoint_id",
           "vpc_peering_connection_id"), by=routes_change),
    Rule("aws_route", DESTROYED, always, Danger.REPLICATION_STOP,
         "The route goes: DMS no longer reaches what it reached by it.", timing=Timing.NOW,
         lasts=_GOOD, source=f"{_VPC}/VPC_Route_Tables.html"),
    Replaces("aws_route", ("destination_cidr_block", "destination_ipv6_cidr_block",
             "destination_prefix_list_id", "route_table_id")),
    Harmless("aws_route", ("instance_id", "instance_owner_id", "origin", "state"), _WORDS, when=unexamined),
    *_way("aws_internet_gateway", "The internet gateway", (), f"{_VPC}/VPC_Internet_Gateway.html"),
    Rule("aws_internet_gateway", "vpc_id", always, Danger.REPLICATION_STOP,
         "The gateway is taken from one VPC to another.", timing=Timing.NOW, lasts="for good",
         source=f"{_VPC}/VPC_Internet_Gateway.html"),
    Harmless("aws_internet_gateway", ("arn", "owner_id"), _WORDS, when=unexamined),
    *_way("aws_nat_gateway", "The NAT gateway", ("allocation_id", "connectivity_type", "private_ip",
          "subnet_id"), f"{_VPC}/vpc-nat-gateway.html"),
    Harmless("aws_nat_gateway", ("association_id", "network_interface_id", "public_ip",
             "secondary_allocation_ids", "secondary_private_ip_address_count",
             "secondary_private_ip_addresses"), "Addresses are added.", when=unexamined),
    *_way("aws_eip", "The address", ("domain", "network_border_group", "public_ipv4_pool",
          "address", "ipam_pool_id", "vpc"), f"{_VPC}/vpc-eips.html"),
    Harmless("aws_eip", ("instance", "network_interface", "associate_with_private_ip",
             "allocation_id", "arn", "association_id", "carrier_ip", "customer_owned_ip",
             "customer_owned_ipv4_pool", "private_dns", "private_ip", "ptr_record", "public_dns",
             "public_ip"), _WORDS, when=unexamined),
    *_way("aws_ec2_transit_gateway_vpc_attachment", "The attachment to the transit gateway",
          ("transit_gateway_id", "vpc_id"),
          "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"),
    Rule("aws_ec2_transit_gateway_vpc_attachment", "subnet_ids", always, Danger.REPLICATION_STOP,
         "Traffic enters the transit gateway from other subnets.", timing=Timing.NOW,
         lasts="seconds to minutes",
         source="https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"),
    Harmless("aws_ec2_transit_gateway_vpc_attachment", ("appliance_mode_support", "arn",
             "dns_support", "ipv6_support", "vpc_owner_id", "security_group_referencing_support",
             "transit_gateway_default_route_table_association",
             "transit_gateway_default_route_table_propagation"), _WORDS, when=unexamined),
    *_way("aws_vpc_peering_connection", "The peering", ("peer_owner_id", "peer_region",
          "peer_vpc_id", "vpc_id"), "https://docs.aws.amazon.com/vpc/latest/peering/"),
    Harmless("aws_vpc_peering_connection", ("accept_status", "accepter", "auto_accept",
             "requester"), "Whether it is accepted by itself.", when=unexamined),
    *_way("aws_vpn_gateway_attachment", "The attachment to the VPN gateway", ("vpc_id",
          "vpn_gateway_id"), "https://docs.aws.amazon.com/vpn/latest/s2svpn/"),
    *_way("aws_vpn_gateway_route_propagation", "The routes that the VPN gateway enters",
          ("route_table_id", "vpn_gateway_id"), "https://docs.aws.amazon.com/vpn/latest/s2svpn/"),
    *_way("aws_vpc_endpoint", "The endpoint", ("service_name", "service_region",
          "vpc_endpoint_type", "vpc_id", "resource_configuration_arn", "service_network_arn"),
          f"{_LINK}/create-interface-endpoint.html"),
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
    Harmless("aws_vpc_endpoint", ("private_dns_enabled",),
             "The service's ordinary name leads to the endpoint.", when=unexamined),
    Harmless("aws_vpc_endpoint", ("arn", "auto_accept", "cidr_blocks", "dns_entry", "dns_options",
             "ip_address_type", "network_interface_ids", "owner_id", "prefix_list_id",
             "requester_managed", "route_table_ids", "state", "subnet_configuration"), _WORDS, when=unexamined),
    Harmless("aws_security_group", (CREATED,), "Its rules are judged.", when=always),
    Judged("aws_security_group", ("ingress", "egress"), by=traffic_findings),
    Rule("aws_security_group", DESTROYED, always, Danger.OUTAGE,
         "What bears the group loses its rules; AWS refuses while something bears it.",
         timing=Timing.NOW, lasts=_GOOD, source=f"{_VPC}/security-groups.html"),
    Replaces("aws_security_group", ("description", "name", "name_prefix", "vpc_id")),
    Harmless("aws_security_group", ("arn", "owner_id", "revoke_rules_on_delete"), _WORDS, when=unexamined),
    Judged("aws_default_security_group", (CREATED, "ingress", "egress"), by=traffic_findings),
    Harmless("aws_default_security_group", (DESTROYED,), "Terraform lets go of it and leaves it.", when=unexamined),
    Replaces("aws_default_security_group", ("vpc_id",)),
    Harmless("aws_default_security_group", ("arn", "description", "name", "name_prefix", "owner_id",
             "revoke_rules_on_delete"), _WORDS, when=unexamined),
    *(
        row
        for rule in ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
        for row in (
            Harmless(rule, (CREATED,), "What it lets through is judged.", when=always),
            Judged(rule, (DESTROYED, "cidr_ipv4", "cidr_ipv6", "from_port", "ip_protocol",
                   "prefix_list_id", "referenced_security_group_id", "to_port"),
                   by=traffic_findings),
            Harmless(rule, ("security_group_id",), "What it lets through is judged.", when=always,
                     on=MADE),
            Replaces(rule, ("security_group_id",)),
            Harmless(rule, ("arn", "description", "security_group_rule_id"), _WORDS, when=unexamined),
        )
    ),
)
