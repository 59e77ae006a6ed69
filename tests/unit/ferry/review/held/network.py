"""Edits of the network: who is let in, which ways there are, which names are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    BLOCKED,
    NOT_SAFE,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    Step,
    creates,
    deletes,
    ingress,
    policy,
    replaces,
    statements,
    updates,
)
from tests.unit.ferry.review.held.names import (
    AURORA_ASSOCIATION,
    AURORA_GROUP,
    AURORA_ROUTES,
    AURORA_SG,
    AURORA_SUBNET,
    AURORA_SUBNET_ID,
    AURORA_TABLE,
    CLIENTS_GROUP,
    CLIENTS_IN,
    CLIENTS_OUT,
    DEFAULT_GROUP,
    DMS_ASSOCIATION,
    DMS_IN,
    DMS_OUT,
    DMS_ROUTES,
    DMS_SECRETS_IN,
    DMS_SG,
    DMS_SUBNET,
    DMS_SUBNET_IDS,
    DMS_TABLE,
    DMS_TO_INTERNET,
    EIP,
    FLOW_LOG,
    IGW,
    INTERNET,
    NAT,
    OTHERS_ADDRESS,
    OTHERS_GROUP,
    OTHERS_INTERFACE,
    OTHERS_LIST,
    OTHERS_TRANSIT,
    OTHERS_VPC,
    PUBLIC_SUBNET_ID,
    PUBLIC_TABLE,
    PUBLIC_TO_INTERNET,
    ROUTE_TO_SOURCE,
    SECRETS_ENDPOINT,
    SECRETS_OUT,
    SOURCE_OUT,
    STRANGER,
    TRANSIT,
    VPC,
    VPC_ACL,
    VPC_ID,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json


def _rule(name: str = "new", /, **source: Json) -> Step:
    """A rule that lets somebody in to Aurora."""
    values = {
        "security_group_id": AURORA_SG,
        "from_port": 5432,
        "to_port": 5432,
        "ip_protocol": "tcp",
        "description": "For a moment",
        "id": UNKNOWN,
        "arn": UNKNOWN,
        "security_group_rule_id": UNKNOWN,
        **source,
    }
    return creates(f"aws_vpc_security_group_ingress_rule.{name}", **values)


def _route(name: str = "new", /, *, table: str = AURORA_TABLE, **way: Json) -> Step:
    """A route, out of Aurora's subnets where nothing else is said."""
    return creates(
        f"aws_route.{name}",
        route_table_id=table,
        id=UNKNOWN,
        state=UNKNOWN,
        origin=UNKNOWN,
        **way,
    )


_EIGHTHS = [f"{it}.0.0.0/3" for it in range(0, 256, 32)]

GROUPS: Final = (
    Held(
        name="open-to-all",
        edit=(_rule(cidr_ipv4="0.0.0.0/0"),),
        expected=BLOCKED,
        why="The whole internet is let in to the database.",
    ),
    Held(
        name="open-to-all-of-ipv6",
        edit=(_rule(cidr_ipv6="::/0"),),
        expected=BLOCKED,
        why="The whole internet of IPv6 is let in.",
    ),
    Held(
        name="open-to-all-as-a-longer-text",
        edit=(_rule(cidr_ipv6="0:0:0:0:0:0:0:0/0"),),
        expected=BLOCKED,
        why="The same range, written otherwise.",
    ),
    Held(
        name="open-to-both-halves",
        edit=(_rule("a", cidr_ipv4="0.0.0.0/1"), _rule("b", cidr_ipv4="128.0.0.0/1")),
        expected=BLOCKED,
        why="Two halves are the whole.",
    ),
    Held(
        name="open-to-one-half",
        edit=(_rule(cidr_ipv4="128.0.0.0/1"),),
        expected=BLOCKED,
        why="Half of the internet is as good as all of it.",
    ),
    Held(
        name="open-to-eight-eighths",
        edit=tuple(_rule(f"eighth-{n}", cidr_ipv4=it) for n, it in enumerate(_EIGHTHS)),
        expected=BLOCKED,
        why="Only together do they make up the internet.",
    ),
    Held(
        name="open-to-both-halves-of-ipv6",
        edit=(_rule("a", cidr_ipv6="::/1"), _rule("b", cidr_ipv6="8000::/1")),
        expected=BLOCKED,
        why="Two halves are the whole.",
    ),
    Held(
        name="open-to-all-on-every-port",
        edit=(_rule(cidr_ipv4="0.0.0.0/0", ip_protocol="-1", from_port=None, to_port=None),),
        expected=BLOCKED,
        why="Every port includes the database's.",
    ),
    Held(
        name="open-to-a-public-range",
        edit=(_rule(cidr_ipv4="52.0.0.0/8"),),
        expected=SECOND_OR_BLOCKED,
        why="Sixteen million addresses, most of them other customers of AWS.",
    ),
    Held(
        name="open-to-a-host-of-the-internet",
        edit=(_rule(cidr_ipv4="198.51.100.7/32"),),
        expected=SECOND_OR_BLOCKED,
        why="Somebody should say whose address that is.",
    ),
    Held(
        name="open-to-the-company",
        edit=(_rule(cidr_ipv4="10.0.0.0/8"),),
        expected=SECOND_OR_BLOCKED,
        why="Every office and every VPC.",
    ),
    Held(
        name="open-to-a-range-not-known-yet",
        edit=(_rule(cidr_ipv4=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may be 0.0.0.0/0.",
    ),
    Held(
        name="open-to-a-prefix-list",
        edit=(_rule(prefix_list_id=OTHERS_LIST),),
        expected=NOT_SAFE,
        why="What is in the list is not in the plan.",
    ),
    Held(
        name="open-to-another-group",
        edit=(_rule(referenced_security_group_id=OTHERS_GROUP),),
        expected=SECOND_OR_BLOCKED,
        why="Who is in that group is not in the plan.",
    ),
    Held(
        name="open-to-a-group-of-another-account",
        edit=(_rule(referenced_security_group_id=f"{STRANGER}/sg-0f00ba7c0ffee0000"),),
        expected=SECOND_OR_BLOCKED,
        why="Another account decides who is in it.",
    ),
    Held(
        name="existing-rule-opened-to-all",
        edit=(updates(CLIENTS_IN, referenced_security_group_id=None, cidr_ipv4="0.0.0.0/0"),),
        expected=BLOCKED,
        why="The rule for the clients now lets everybody in.",
    ),
    Held(
        name="existing-rule-on-every-port",
        edit=(updates(CLIENTS_IN, ip_protocol="-1", from_port=None, to_port=None),),
        expected=SECOND_OR_BLOCKED,
        why="More ports than the database's are open.",
    ),
    Held(
        name="existing-rule-on-another-port",
        edit=(updates(CLIENTS_IN, from_port=5433, to_port=5433),),
        expected=SECOND_OR_BLOCKED,
        why="The database listens on 5432, and clients no longer reach it.",
    ),
    Held(
        name="open-by-a-rule-of-old",
        edit=(
            creates(
                "aws_security_group_rule.old",
                type="ingress",
                security_group_id=AURORA_SG,
                from_port=0,
                to_port=65535,
                protocol="tcp",
                cidr_blocks=["0.0.0.0/0"],
                id=UNKNOWN,
            ),
        ),
        expected=frozenset({3, 4}),
        why="The older resource opens as well as the newer one.",
    ),
    Held(
        name="open-inside-the-group",
        edit=(updates(AURORA_GROUP, ingress=[ingress("0.0.0.0/0")]),),
        expected=BLOCKED,
        why="A group may hold its rules itself.",
    ),
    Held(
        name="open-inside-the-group-in-halves",
        edit=(updates(AURORA_GROUP, ingress=[ingress("0.0.0.0/1", "128.0.0.0/1")]),),
        expected=BLOCKED,
        why="Two halves of one rule are the whole.",
    ),
    Held(
        name="default-group-open",
        edit=(updates(DEFAULT_GROUP, ingress=[ingress("0.0.0.0/0")]),),
        expected=SECOND_OR_BLOCKED,
        why="What is made without a group gets this one.",
    ),
    Held(
        name="clients-shut-out",
        edit=(deletes(CLIENTS_IN),),
        expected=SECOND_OR_BLOCKED,
        why="No application reaches the database.",
    ),
    Held(
        name="clients-shut-in",
        edit=(deletes(CLIENTS_OUT),),
        expected=SECOND_OR_BLOCKED,
        why="No application gets out to the database.",
    ),
    Held(
        name="dms-shut-out-of-aurora",
        edit=(deletes(DMS_IN),),
        expected=SECOND_OR_BLOCKED,
        why="DMS no longer reaches its target.",
    ),
    Held(
        name="dms-not-let-out-to-aurora",
        edit=(deletes(DMS_OUT),),
        expected=SECOND_OR_BLOCKED,
        why="DMS no longer reaches its target.",
    ),
    Held(
        name="dms-not-let-out-to-the-source",
        edit=(deletes(SOURCE_OUT),),
        expected=SECOND_OR_BLOCKED,
        why="DMS no longer reaches its source.",
    ),
    Held(
        name="dms-let-out-to-another-source",
        edit=(updates(SOURCE_OUT, cidr_ipv4="203.0.113.32/28"),),
        expected=SECOND_OR_BLOCKED,
        why="The source's addresses are no longer among them.",
    ),
    Held(
        name="dms-let-out-to-half-of-the-source",
        edit=(updates(SOURCE_OUT, cidr_ipv4="203.0.113.16/30"),),
        expected=SECOND_OR_BLOCKED,
        why="The source's address may be among those that are left out.",
    ),
    Held(
        name="dms-let-out-everywhere",
        edit=(updates(SOURCE_OUT, cidr_ipv4="0.0.0.0/0"),),
        expected=SECOND_OR_BLOCKED,
        why="What holds all the data may send it anywhere.",
    ),
    Held(
        name="dms-shut-out-of-secrets-manager",
        edit=(deletes(DMS_SECRETS_IN),),
        expected=SECOND_OR_BLOCKED,
        why="DMS cannot read how to sign in.",
    ),
    Held(
        name="dms-not-let-out-to-secrets-manager",
        edit=(deletes(SECRETS_OUT),),
        expected=SECOND_OR_BLOCKED,
        why="DMS cannot read how to sign in.",
    ),
    Held(
        name="group-made-anew",
        edit=(replaces(AURORA_GROUP, description="Aurora"),),
        expected=SECOND_OR_BLOCKED,
        why="Another group: until all follow, or where it cannot go, nobody is let in.",
    ),
    Held(
        name="clients-group-deleted",
        edit=(deletes(CLIENTS_GROUP),),
        expected=SECOND_OR_BLOCKED,
        why="The applications' own group; AWS refuses while one uses it.",
    ),
)

ROUTES: Final = (
    Held(
        name="aurora-to-the-internet",
        edit=(_route(destination_cidr_block="0.0.0.0/0", gateway_id=IGW),),
        expected=SECOND_OR_BLOCKED,
        why="Aurora's subnets become public ones.",
    ),
    Held(
        name="aurora-to-the-internet-in-halves",
        edit=(
            _route("a", destination_cidr_block="0.0.0.0/1", gateway_id=IGW),
            _route("b", destination_cidr_block="128.0.0.0/1", gateway_id=IGW),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Two halves are the whole.",
    ),
    Held(
        name="aurora-to-the-internet-of-ipv6",
        edit=(_route(destination_ipv6_cidr_block="::/0", gateway_id=IGW),),
        expected=SECOND_OR_BLOCKED,
        why="Aurora's subnets become public ones.",
    ),
    Held(
        name="aurora-to-an-unknown-destination",
        edit=(_route(destination_cidr_block=UNKNOWN, gateway_id=IGW),),
        expected=NOT_SAFE,
        why="It may be everywhere.",
    ),
    Held(
        name="aurora-to-an-unknown-gateway",
        edit=(_route(destination_cidr_block="0.0.0.0/0", gateway_id=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may be the internet's.",
    ),
    Held(
        name="aurora-to-the-internet-inside-the-table",
        edit=(
            updates(
                AURORA_ROUTES,
                route=[
                    {
                        "carrier_gateway_id": "",
                        "cidr_block": "0.0.0.0/0",
                        "core_network_arn": "",
                        "destination_prefix_list_id": "",
                        "egress_only_gateway_id": "",
                        "gateway_id": IGW,
                        "ipv6_cidr_block": "",
                        "local_gateway_id": "",
                        "nat_gateway_id": "",
                        "network_interface_id": "",
                        "transit_gateway_id": "",
                        "vpc_endpoint_id": "",
                        "vpc_peering_connection_id": "",
                    }
                ],
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="A table may hold its routes itself.",
    ),
    Held(
        name="aurora-in-the-public-table",
        edit=(updates(AURORA_ASSOCIATION, route_table_id=PUBLIC_TABLE),),
        expected=SECOND_OR_BLOCKED,
        why="The subnet becomes a public one.",
    ),
    Held(
        name="aurora-in-no-table",
        edit=(deletes(AURORA_ASSOCIATION),),
        expected=SECOND_OR_BLOCKED,
        why="The subnet falls back to the main table, which is not in the plan.",
    ),
    Held(
        name="dms-past-the-nat",
        edit=(updates(DMS_TO_INTERNET, nat_gateway_id="", gateway_id=IGW),),
        expected=SECOND_OR_BLOCKED,
        why="DMS has no public address: it loses the source, and its subnet becomes public.",
    ),
    Held(
        name="dms-without-its-way",
        edit=(deletes(DMS_TO_INTERNET),),
        expected=SECOND_OR_BLOCKED,
        why="The source is reached by it.",
    ),
    Held(
        name="more-specific-route-to-the-source",
        edit=(
            _route(
                table=DMS_TABLE,
                destination_cidr_block="203.0.113.16/28",
                transit_gateway_id=OTHERS_TRANSIT,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The longer prefix wins: the source is now looked for elsewhere.",
    ),
    Held(
        name="more-specific-route-to-half-of-the-source",
        edit=(
            _route(
                table=DMS_TABLE,
                destination_cidr_block="172.16.128.0/17",
                network_interface_id=OTHERS_INTERFACE,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Whoever holds that interface sees and changes what DMS reads.",
    ),
    Held(
        name="route-to-the-source-gone",
        edit=(deletes(ROUTE_TO_SOURCE),),
        expected=SECOND_OR_BLOCKED,
        why="The source is reached by it.",
    ),
    Held(
        name="route-to-the-source-narrowed",
        edit=(replaces(ROUTE_TO_SOURCE, destination_cidr_block="172.16.1.0/24"),),
        expected=SECOND_OR_BLOCKED,
        why="What is left out is no longer reached; and for a moment nothing is.",
    ),
    Held(
        name="dms-in-another-table",
        edit=(updates(DMS_ASSOCIATION, route_table_id=AURORA_TABLE),),
        expected=SECOND_OR_BLOCKED,
        why="Aurora's table has no way to the source.",
    ),
    Held(
        name="propagation-of-a-vpn-gone",
        edit=(updates(DMS_ROUTES, was={"propagating_vgws": ["vgw-0abc"]}, propagating_vgws=[]),),
        expected=SECOND_OR_BLOCKED,
        why="The ways that the VPN announces are gone.",
    ),
    Held(
        name="nat-gone",
        edit=(deletes(NAT),),
        expected=SECOND_OR_BLOCKED,
        why="The routes lead nowhere.",
    ),
    Held(
        name="nat-with-another-address",
        edit=(replaces(NAT, allocation_id=OTHERS_ADDRESS),),
        expected=SECOND_OR_BLOCKED,
        why="The source's firewall lets in the old address.",
    ),
    Held(
        name="nat-address-released",
        edit=(deletes(EIP),),
        expected=SECOND_OR_BLOCKED,
        why="The source's firewall lets in this address, and it does not come back.",
    ),
    Held(
        name="internet-gateway-gone",
        edit=(deletes(INTERNET),),
        expected=SECOND_OR_BLOCKED,
        why="The NAT gateway has no way out.",
    ),
    Held(
        name="public-route-gone",
        edit=(deletes(PUBLIC_TO_INTERNET),),
        expected=SECOND_OR_BLOCKED,
        why="The NAT gateway has no way out.",
    ),
    Held(
        name="transit-propagation-off",
        edit=(updates(TRANSIT, transit_gateway_default_route_table_propagation=False),),
        expected=SECOND_OR_BLOCKED,
        why="The other side no longer knows the way back.",
    ),
    Held(
        name="transit-association-off",
        edit=(updates(TRANSIT, transit_gateway_default_route_table_association=False),),
        expected=SECOND_OR_BLOCKED,
        why="What comes from this VPC is looked up in no table.",
    ),
    Held(
        name="transit-dns-off",
        edit=(updates(TRANSIT, dns_support="disable"),),
        expected=SECOND_OR_BLOCKED,
        why="Names of the other side resolve to addresses that are not reached.",
    ),
    Held(
        name="transit-in-a-zone-less",
        edit=(updates(TRANSIT, subnet_ids=DMS_SUBNET_IDS),),
        expected=SECOND_OR_BLOCKED,
        why="From the third zone there is no way to the source.",
    ),
    Held(
        name="transit-gone",
        edit=(deletes(TRANSIT),),
        expected=SECOND_OR_BLOCKED,
        why="There is no way to the source.",
    ),
)

NETWORK: Final = (
    Held(
        name="dns-off",
        edit=(updates(VPC, enable_dns_support=False),),
        expected=SECOND_OR_BLOCKED,
        why="No name of the VPC resolves: neither Aurora's endpoint nor Secrets Manager's.",
    ),
    Held(
        name="hostnames-off",
        edit=(updates(VPC, enable_dns_hostnames=False),),
        expected=SECOND_OR_BLOCKED,
        why="Private DNS of the endpoints needs them.",
    ),
    Held(
        name="vpc-of-another-range",
        edit=(replaces(VPC, cidr_block="10.22.0.0/20"),),
        expected=BLOCKED,
        why="Another VPC: all in it goes.",
    ),
    Held(
        name="vpc-with-ipv6",
        edit=(updates(VPC, assign_generated_ipv6_cidr_block=True, ipv6_cidr_block=UNKNOWN),),
        expected=NOT_SAFE,
        why="A second family of addresses that no rule of this network thought of.",
    ),
    Held(
        name="subnet-gives-public-addresses",
        edit=(updates(AURORA_SUBNET, map_public_ip_on_launch=True),),
        expected=SECOND_OR_BLOCKED,
        why="Whatever is made in it can be reached from the internet.",
    ),
    Held(
        name="subnet-gone",
        edit=(deletes(DMS_SUBNET),),
        expected=SECOND_OR_BLOCKED,
        why="AWS refuses while something stands in it; DMS loses a zone.",
    ),
    Held(
        name="subnet-moved",
        edit=(replaces(AURORA_SUBNET, availability_zone="eu-central-1b"),),
        expected=SECOND_OR_BLOCKED,
        why="AWS refuses while an instance stands in it; where none does, a zone is lost.",
    ),
    Held(
        name="network-acl-denies",
        edit=(
            creates(
                "aws_network_acl.strict",
                vpc_id=VPC_ID,
                subnet_ids=[AURORA_SUBNET_ID],
                ingress=[],
                egress=[],
                id=UNKNOWN,
                arn=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="A list without rules lets nothing through.",
    ),
    Held(
        name="network-acl-rule-denies",
        edit=(
            creates(
                "aws_network_acl_rule.deny",
                network_acl_id=VPC_ACL,
                rule_number=1,
                rule_action="deny",
                protocol="-1",
                cidr_block="0.0.0.0/0",
                egress=False,
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="The lowest number wins: all is denied.",
    ),
    Held(
        name="default-network-acl-taken",
        edit=(
            creates(
                "aws_default_network_acl.all",
                default_network_acl_id=VPC_ACL,
                ingress=[],
                egress=[],
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="Taking it over empties it: nothing gets through.",
    ),
    Held(
        name="peering-with-a-stranger",
        edit=(
            creates(
                "aws_vpc_peering_connection.theirs",
                vpc_id=VPC_ID,
                peer_vpc_id=OTHERS_VPC,
                peer_owner_id=STRANGER,
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="Another account's network is joined to this one.",
    ),
    Held(
        name="route-to-a-peer",
        edit=(_route(destination_cidr_block="10.99.0.0/16", vpc_peering_connection_id="pcx-0abc"),),
        expected=SECOND_OR_BLOCKED,
        why="A way from another network to the database.",
    ),
    Held(
        name="vpn-is-new",
        edit=(
            creates(
                "aws_ec2_client_vpn_endpoint.people",
                client_cidr_block="10.200.0.0/22",
                vpc_id=VPC_ID,
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="People's machines come into the network.",
    ),
    Held(
        name="load-balancer-is-new",
        edit=(
            creates(
                "aws_lb.public",
                internal=False,
                load_balancer_type="network",
                subnets=[PUBLIC_SUBNET_ID],
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="It may carry the internet to the database.",
    ),
    Held(
        name="prefix-list-of-everything",
        edit=(
            creates(
                "aws_ec2_managed_prefix_list.all",
                name="all",
                address_family="IPv4",
                max_entries=1,
                entry=[{"cidr": "0.0.0.0/0", "description": ""}],
                id=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="Where a rule or a route names it, it is the internet.",
    ),
    Held(
        name="endpoint-denies",
        edit=(
            updates(
                SECRETS_ENDPOINT,
                policy=policy(
                    SECRETS_ENDPOINT,
                    more=[{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}],
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="DMS cannot read how to sign in.",
    ),
    Held(
        name="endpoint-describes-only",
        edit=(
            updates(
                SECRETS_ENDPOINT,
                policy=policy(
                    SECRETS_ENDPOINT,
                    ReadThisAccountsSecrets={"Action": ["secretsmanager:DescribeSecret"]},
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Describing a secret does not read it.",
    ),
    Held(
        name="endpoint-for-another-account",
        edit=(
            updates(
                SECRETS_ENDPOINT,
                policy=policy(
                    SECRETS_ENDPOINT,
                    ReadThisAccountsSecrets={
                        "Condition": {"StringEquals": {"aws:PrincipalAccount": STRANGER}}
                    },
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="DMS acts for this account, and is no longer let through.",
    ),
    Held(
        name="endpoint-for-everything",
        edit=(
            updates(
                SECRETS_ENDPOINT,
                policy=statements(
                    {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Secrets can be carried out to any account's Secrets Manager.",
    ),
    Held(
        name="endpoint-without-private-dns",
        edit=(updates(SECRETS_ENDPOINT, private_dns_enabled=False),),
        expected=SECOND_OR_BLOCKED,
        why="The service's name leads to the internet again.",
    ),
    Held(
        name="endpoint-in-a-zone-less",
        edit=(
            updates(
                SECRETS_ENDPOINT,
                subnet_ids=DMS_SUBNET_IDS,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="A zone that fails takes the endpoint with it sooner.",
    ),
    Held(
        name="endpoint-with-another-group",
        edit=(updates(SECRETS_ENDPOINT, security_group_ids=[OTHERS_GROUP]),),
        expected=SECOND_OR_BLOCKED,
        why="DMS was let in by the old one.",
    ),
    Held(
        name="endpoint-gone",
        edit=(deletes(SECRETS_ENDPOINT),),
        expected=SECOND_OR_BLOCKED,
        why="Secrets are read over the internet, or not at all.",
    ),
    Held(
        name="endpoint-policy-not-known-yet",
        edit=(updates(SECRETS_ENDPOINT, policy=UNKNOWN),),
        expected=NOT_SAFE,
        why="It may deny everything.",
    ),
    Held(
        name="endpoint-is-new",
        edit=(
            creates(
                "aws_vpc_endpoint.s3",
                vpc_id=VPC_ID,
                service_name="com.amazonaws.eu-central-1.s3",
                vpc_endpoint_type="Gateway",
                route_table_ids=[AURORA_TABLE],
                policy=UNKNOWN,
                id=UNKNOWN,
                arn=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="Without a policy it is a way out to anybody's bucket.",
    ),
    Held(
        name="flow-log-gone",
        edit=(deletes(FLOW_LOG),),
        expected=SECOND_OR_BLOCKED,
        why="Nobody sees any more who connects.",
    ),
    Held(
        name="flow-log-of-rejects",
        edit=(replaces(FLOW_LOG, traffic_type="REJECT"),),
        expected=SECOND_OR_BLOCKED,
        why="Who gets in is no longer seen.",
    ),
    Held(
        name="dms-let-in-by-itself",
        edit=(
            creates(
                "aws_vpc_security_group_ingress_rule.dms",
                security_group_id=DMS_SG,
                cidr_ipv4="0.0.0.0/0",
                ip_protocol="-1",
                id=UNKNOWN,
                arn=UNKNOWN,
                security_group_rule_id=UNKNOWN,
            ),
        ),
        expected=BLOCKED,
        why="The replication instance is opened to the internet.",
    ),
)


def _legacy(name: str, expected: frozenset[int], why: str, /, **to: Json) -> Held:
    """A rule of the older type, which has several ranges and its direction in an attribute."""
    values = {
        "type": "ingress",
        "security_group_id": AURORA_SG,
        "from_port": 5432,
        "to_port": 5432,
        "protocol": "tcp",
        "self": False,
        "source_security_group_id": UNKNOWN,
        "id": UNKNOWN,
        "security_group_rule_id": UNKNOWN,
        **to,
    }
    return Held(
        name=f"legacy-rule-{name}",
        edit=(creates("aws_security_group_rule.new", **values),),
        expected=expected,
        why=why,
    )


LEGACY: Final = (
    _legacy("open", BLOCKED, "The internet may connect.", cidr_blocks=["10.0.0.0/8", "0.0.0.0/0"]),
    _legacy("open-by-ipv6", BLOCKED, "The internet may connect.", ipv6_cidr_blocks=["::/0"]),
    _legacy(
        "open-in-halves",
        BLOCKED,
        "The internet may connect.",
        cidr_blocks=["0.0.0.0/1", "128.0.0.0/1"],
    ),
    _legacy("range", SECOND_OR_BLOCKED, "A network may connect.", cidr_blocks=["10.1.0.0/16"]),
    _legacy(
        "list",
        SECOND_OR_BLOCKED,
        "What the list holds may connect.",
        prefix_list_ids=[OTHERS_LIST],
    ),
    _legacy(
        "another-accounts-group",
        SECOND_OR_BLOCKED,
        "Another account's machines may connect.",
        source_security_group_id=f"{STRANGER}/{OTHERS_GROUP}",
    ),
    _legacy("itself", SECOND_OR_BLOCKED, "All that bears the group may connect.", self=True),
    _legacy(
        "out",
        SECOND_OR_BLOCKED,
        "Aurora reaches all of the internet.",
        type="egress",
        protocol="-1",
        from_port=0,
        to_port=0,
        cidr_blocks=["0.0.0.0/0"],
    ),
)

ROWS: Final = (*GROUPS, *ROUTES, *NETWORK, *LEGACY)
