"""A way to Secrets Manager that does not leave the VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from constructs_lib.policies import policy
from facts.templates import expression

if TYPE_CHECKING:
    from constructs_lib.protocols import Network
    from facts.names import Names
    from facts.placement import Placement


class SecretsManagerEndpoint(Construct):
    """An interface endpoint for Secrets Manager in DMS's subnets.

    DMS reads the credentials of its endpoints there. The endpoint serves this account's identities
    and this account's secrets, and reads only.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/vpc-endpoint-overview.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        network: The VPC, with one DMS subnet in each zone.
        security_group_id: The endpoint's security group.
        placement: The account and region.
        private_dns: Whether Secrets Manager's ordinary name leads to this endpoint in the whole
            VPC. Leave it off in a VPC where others use Secrets Manager, since the endpoint admits
            DMS alone; DMS is told :attr:`dns_name` there.
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
        names: Names,
        network: Network,
        security_group_id: str,
        placement: Placement,
        private_dns: bool,
    ) -> None:
        super().__init__(scope, id_)
        endpoint = VpcEndpoint(
            self,
            "endpoint",
            vpc_id=network.vpc_id,
            service_name=placement.endpoint_service("secretsmanager"),
            vpc_endpoint_type="Interface",
            subnet_ids=list(network.dms_subnet_ids),
            security_group_ids=[security_group_id],
            private_dns_enabled=private_dns,
            policy=policy(
                {
                    "Sid": "ReadThisAccountsSecrets",
                    "Effect": "Allow",
                    "Principal": {"AWS": "*"},
                    "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                    "Resource": placement.arn("secretsmanager", "secret:*"),
                    "Condition": {"StringEquals": {"aws:PrincipalAccount": placement.account_id}},
                }
            ),
            tags={"Name": names.in_network("secretsmanager")},
        )
        # Written out, as cdktf's own reference must not stand beside a text; see `plain`.
        address = f"{endpoint.terraform_resource_type}.{endpoint.friendly_unique_id}"
        self.dns_name = expression(f"{address}.dns_entry[0].dns_name")
