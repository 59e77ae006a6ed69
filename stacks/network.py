"""An environment's network: a VPC of its own or one that exists, and the way to the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.network import (
    ExistingVpc,
    NatEgress,
    NewVpc,
    PeeringRoute,
    Replication,
    SecretsManagerEndpoint,
    SecurityGroups,
    TransitGatewayRoute,
    VirtualPrivateGatewayRoute,
)
from facts.placement import Placement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from constructs_lib.protocols import Key, Network
    from settings import network as settings
    from settings.environment import Environment


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentNetwork:
    """An environment's VPC and the security groups in it."""

    vpc: Network
    security_groups: SecurityGroups
    secretsmanager_dns_name: str | None
    """Where DMS finds Secrets Manager; None where the ordinary name leads there."""


def make_network(
    scope: Construct, environment: Environment, *, placement: Placement, key: Key
) -> EnvironmentNetwork:
    """Make or find the VPC, route to the source, and say who may speak to whom."""
    names, wanted = environment.names, environment.network
    vpc: Network
    if wanted.vpc is not None:
        vpc = _new_vpc(scope, environment, wanted.vpc, placement=placement, key=key)
        # Aurora's too: applications beside the source answer, and are answered, over the same way.
        route_table_ids: Sequence[str] = vpc.route_table_ids
    else:
        existing = wanted.existing
        vpc = ExistingVpc(
            scope,
            "network",
            vpc_id=existing.vpc_id,
            aurora_subnet_ids=existing.aurora_subnet_ids,
            dms_subnet_ids=existing.replication_subnet_ids,
        )
        route_table_ids = existing.route_table_ids
    if wanted.route_to_source is not None:
        _route(
            scope,
            environment,
            wanted.route_to_source,
            placement=placement,
            vpc=vpc,
            route_table_ids=route_table_ids,
        )
    security_groups = SecurityGroups(
        scope,
        "security-groups",
        names=names,
        vpc_id=vpc.vpc_id,
        aurora_port=environment.aurora.port,
        client_group_ids=environment.aurora.client_security_group_ids,
        client_cidrs=environment.aurora.client_cidrs,
        replication=_replication(environment) if environment.has_migration else None,
    )
    dns_name = None
    if security_groups.secretsmanager_endpoint_id is not None:
        # Private DNS would turn every workload of somebody's VPC to an endpoint that admits DMS
        # alone; there DMS is told the endpoint's own name.
        private_dns = wanted.vpc is not None
        endpoint = SecretsManagerEndpoint(
            scope,
            "secretsmanager",
            names=names,
            network=vpc,
            security_group_id=security_groups.secretsmanager_endpoint_id,
            placement=placement,
            private_dns=private_dns,
        )
        dns_name = None if private_dns else endpoint.dns_name
    return EnvironmentNetwork(
        vpc=vpc, security_groups=security_groups, secretsmanager_dns_name=dns_name
    )


def _replication(environment: Environment) -> Replication:
    source, existing = environment.migration.source, environment.network.existing_vpc
    return Replication(
        source_cidrs=source.cidrs,
        source_port=source.port,
        secretsmanager_security_group_id=(
            existing.secretsmanager_security_group_id if existing else None
        ),
        secretsmanager_cidr=existing.secretsmanager_cidr if existing else None,
    )


def _new_vpc(
    scope: Construct,
    environment: Environment,
    wanted: settings.NewVpc,
    *,
    placement: Placement,
    key: Key,
) -> NewVpc:
    vpc = NewVpc(
        scope,
        "network",
        names=environment.names,
        placement=placement,
        key=key,
        cidr=wanted.cidr,
        zones=wanted.availability_zones or wanted.zone_count,
        flow_log_retention_days=wanted.flow_log_retention_days,
    )
    if environment.nat != "none":
        NatEgress(
            scope,
            "nat",
            names=environment.names,
            vpc=vpc,
            one_per_zone=environment.nat == "one-per-zone",
        )
    return vpc


def _route(
    scope: Construct,
    environment: Environment,
    wanted: settings.RouteToSource,
    *,
    placement: Placement,
    vpc: Network,
    route_table_ids: Sequence[str],
) -> None:
    if wanted.transit_gateway_id is not None:
        TransitGatewayRoute(
            scope,
            "route-to-source",
            names=environment.names,
            network=vpc,
            transit_gateway_id=wanted.transit_gateway_id,
            cidrs=environment.routed_cidrs,
            route_table_ids=route_table_ids,
        )
    if wanted.virtual_private_gateway_id is not None:
        VirtualPrivateGatewayRoute(
            scope,
            "route-to-source",
            network=vpc,
            vpn_gateway_id=wanted.virtual_private_gateway_id,
            route_table_ids=route_table_ids,
        )
    if wanted.peering is not None:
        PeeringRoute(
            scope,
            "route-to-source",
            names=environment.names,
            placement=placement,
            network=vpc,
            peer=Placement(
                account_id=wanted.peering.account_id or placement.account_id,
                region=wanted.peering.region or placement.region,
            ),
            peer_vpc_id=wanted.peering.vpc_id,
            cidrs=environment.routed_cidrs,
            route_table_ids=route_table_ids,
        )
