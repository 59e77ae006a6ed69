"""Settings to network: a VPC of the environment's own or one that exists, and the way to the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.network import (
    EndpointCidr,
    EndpointSecurityGroup,
    ExistingVpc,
    NatEgress,
    NewVpc,
    OwnEndpoint,
    PeeringRoute,
    SecretsManagerEndpoint,
    SecurityGroups,
    TransitGatewayRoute,
    VirtualPrivateGatewayRoute,
)
from facts.placement import Placement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from constructs_lib.encryption import EnvironmentKey
    from constructs_lib.network import Network, SecretsManagerAccess
    from settings import network as settings
    from settings.environment import Environment


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentNetwork:
    """An environment's network and the security groups in it."""

    network: Network
    security_groups: SecurityGroups
    secretsmanager_dns_name: str | None
    """Where DMS finds Secrets Manager; None where the ordinary name leads there."""


def make_network(
    scope: Construct, environment: Environment, *, placement: Placement, key: EnvironmentKey
) -> EnvironmentNetwork:
    """Make or find the VPC, route to the source, and say who may speak to whom."""
    wanted = environment.network
    if wanted.vpc is not None:
        network, route_table_ids = _new_vpc(scope, environment, wanted.vpc, placement, key)
        access: SecretsManagerAccess = OwnEndpoint()
    else:
        network, route_table_ids, access = _existing_vpc(scope, wanted.existing)
    if wanted.route_to_source is not None:
        _route(
            scope,
            environment,
            wanted.route_to_source,
            placement=placement,
            network=network,
            route_table_ids=route_table_ids,
        )
    security_groups = SecurityGroups(
        scope,
        "security-groups",
        name=environment.prefix,
        network=network,
        aurora_port=environment.aurora.port,
        source_cidr=environment.source.cidr,
        source_port=environment.source.port,
        secretsmanager=access,
    )
    dns_name = None
    if isinstance(access, OwnEndpoint):
        # Private DNS would turn every workload of somebody's VPC to an endpoint that admits DMS
        # alone; there DMS is told the endpoint's own name.
        private_dns = wanted.vpc is not None
        endpoint = SecretsManagerEndpoint(
            scope,
            "secretsmanager",
            name=environment.prefix,
            network=network,
            security_groups=security_groups,
            placement=placement,
            private_dns=private_dns,
        )
        dns_name = None if private_dns else endpoint.dns_name
    return EnvironmentNetwork(
        network=network, security_groups=security_groups, secretsmanager_dns_name=dns_name
    )


def _new_vpc(
    scope: Construct,
    environment: Environment,
    wanted: settings.NewVpc,
    placement: Placement,
    key: EnvironmentKey,
) -> tuple[Network, Sequence[str]]:
    vpc = NewVpc(
        scope,
        "network",
        name=environment.prefix,
        placement=placement,
        key=key,
        cidr=wanted.cidr,
        zones=wanted.availability_zones or wanted.zone_count,
        flow_log_retention_days=wanted.flow_log_retention_days,
    )
    if wanted.nat != "none":
        NatEgress(
            scope,
            "nat",
            name=environment.prefix,
            vpc=vpc,
            gateway_count=1 if wanted.nat == "single" else len(vpc.zones),
        )
    # Aurora's too: applications beside the source answer, and are answered, over the same way.
    return vpc, vpc.route_table_ids


def _existing_vpc(
    scope: Construct, wanted: settings.ExistingVpc
) -> tuple[Network, Sequence[str], SecretsManagerAccess]:
    vpc = ExistingVpc(
        scope,
        "network",
        vpc_id=wanted.vpc_id,
        aurora_subnet_ids=wanted.aurora_subnet_ids,
        dms_subnet_ids=wanted.dms_subnet_ids,
    )
    access: SecretsManagerAccess
    if wanted.secretsmanager_security_group_id is not None:
        access = EndpointSecurityGroup(security_group_id=wanted.secretsmanager_security_group_id)
    elif wanted.secretsmanager_cidr is not None:
        access = EndpointCidr(cidr=wanted.secretsmanager_cidr)
    else:
        access = OwnEndpoint()
    return vpc, wanted.route_table_ids, access


def _route(
    scope: Construct,
    environment: Environment,
    wanted: settings.RouteToSource,
    *,
    placement: Placement,
    network: Network,
    route_table_ids: Sequence[str],
) -> None:
    if wanted.transit_gateway_id is not None:
        TransitGatewayRoute(
            scope,
            "route-to-source",
            name=environment.prefix,
            network=network,
            transit_gateway_id=wanted.transit_gateway_id,
            source_cidr=environment.source.cidr,
            route_table_ids=route_table_ids,
        )
    if wanted.virtual_private_gateway_id is not None:
        VirtualPrivateGatewayRoute(
            scope,
            "route-to-source",
            network=network,
            vpn_gateway_id=wanted.virtual_private_gateway_id,
            route_table_ids=route_table_ids,
        )
    if wanted.peering is not None:
        PeeringRoute(
            scope,
            "route-to-source",
            name=environment.prefix,
            placement=placement,
            network=network,
            peer=Placement(
                account_id=wanted.peering.account_id or placement.account_id,
                region=wanted.peering.region or placement.region,
            ),
            peer_vpc_id=wanted.peering.vpc_id,
            source_cidr=environment.source.cidr,
            route_table_ids=route_table_ids,
        )
