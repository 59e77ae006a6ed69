"""A way to Secrets Manager that does not leave the VPC."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

if TYPE_CHECKING:
    from constructs_lib.network.interface import Network
    from constructs_lib.network.security_groups import SecurityGroups
    from facts.placement import Placement


class SecretsManagerEndpoint(Construct):
    """An interface endpoint for Secrets Manager in DMS's subnets.

    DMS reads the credentials of its endpoints there. The endpoint serves this account's identities
    and this account's secrets, and reads only.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/vpc-endpoint-overview.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        name: The environment's prefix.
        network: The VPC, with one DMS subnet in each zone.
        security_groups: Groups that were made for an endpoint of the environment's own.
        placement: The account and region.
        private_dns: Whether Secrets Manager's ordinary name leads to this endpoint in the whole
            VPC; it does by default. Turn it off in a VPC where others use Secrets Manager, since
            the endpoint admits DMS alone; DMS uses :attr:`dns_name` either way.

    Raises:
        ValueError: The security groups have none for an endpoint.
    """

    dns_name: str
    """The endpoint's own name, for DMS's ``secretsManagerEndpointOverride``.

    Unlike the ordinary name it resolves everywhere: without private DNS, and through the name
    servers of a DHCP option set as well.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        network: Network,
        security_groups: SecurityGroups,
        placement: Placement,
        private_dns: bool = True,
    ) -> None:
        super().__init__(scope, id_)
        if security_groups.secretsmanager_endpoint_id is None:
            raise ValueError(
                "security_groups has no group for a Secrets Manager endpoint, because it was made"
                " for one that exists; make it with secretsmanager=OwnEndpoint(), or no endpoint"
            )
        endpoint = VpcEndpoint(
            self,
            "endpoint",
            vpc_id=network.vpc_id,
            # Spelt so in every partition, China included.
            service_name=f"com.amazonaws.{placement.region}.secretsmanager",
            vpc_endpoint_type="Interface",
            subnet_ids=list(network.dms_subnet_ids),
            security_group_ids=[security_groups.secretsmanager_endpoint_id],
            private_dns_enabled=private_dns,
            policy=json.dumps(_policy(placement)),
            tags={"Name": f"{name}-secretsmanager"},
        )
        self.dns_name = endpoint.dns_entry.get(0).dns_name


def _policy(placement: Placement) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadThisAccountsSecrets",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                "Resource": placement.arn("secretsmanager", "secret:*"),
                "Condition": {"StringEquals": {"aws:PrincipalAccount": placement.account_id}},
            }
        ],
    }
