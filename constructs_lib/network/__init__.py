"""The network of an environment: a VPC, ways to the source, security groups, an endpoint."""

from constructs_lib.network.existing_vpc import ExistingVpc
from constructs_lib.network.nat_egress import NatEgress
from constructs_lib.network.new_vpc import NewVpc
from constructs_lib.network.secretsmanager_endpoint import SecretsManagerEndpoint
from constructs_lib.network.security_groups import Replication, SecurityGroups
from constructs_lib.network.source_routes import (
    PeeringRoute,
    TransitGatewayRoute,
    VirtualPrivateGatewayRoute,
)

__all__ = [
    "ExistingVpc",
    "NatEgress",
    "NewVpc",
    "PeeringRoute",
    "Replication",
    "SecretsManagerEndpoint",
    "SecurityGroups",
    "TransitGatewayRoute",
    "VirtualPrivateGatewayRoute",
]
