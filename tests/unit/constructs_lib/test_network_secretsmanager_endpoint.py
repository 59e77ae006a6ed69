import json

import pytest
from cdktf import TerraformStack

from constructs_lib.network import (
    EndpointCidr,
    SecretsManagerAccess,
    SecretsManagerEndpoint,
    SecurityGroups,
)
from facts.placement import Placement
from tests.unit.constructs_lib.network_examples import PlainNetwork, resolved
from tests.unit.template import Template


def endpoint(
    stack: TerraformStack,
    placement: Placement,
    *,
    private_dns: bool = True,
    access: SecretsManagerAccess | None = None,
) -> SecretsManagerEndpoint:
    network = PlainNetwork()
    groups = SecurityGroups(
        stack,
        "security-groups",
        name="ferry-dev",
        network=network,
        aurora_port=5432,
        source_cidr="192.168.10.0/24",
        source_port=5432,
        secretsmanager=access,
    )
    return SecretsManagerEndpoint(
        stack,
        "secretsmanager",
        name="ferry-dev",
        network=network,
        security_groups=groups,
        placement=placement,
        private_dns=private_dns,
    )


def test_the_endpoint_stands_in_the_dms_subnets_behind_its_own_group(
    stack: TerraformStack, placement: Placement
) -> None:
    endpoint(stack, placement)

    template = Template.of(stack)
    groups = {g["name"]: local for local, g in template.resources("aws_security_group").items()}
    template.has(
        "aws_vpc_endpoint",
        vpc_id="vpc-1",
        service_name="com.amazonaws.eu-central-1.secretsmanager",
        vpc_endpoint_type="Interface",
        subnet_ids=["subnet-d1", "subnet-d2"],
        security_group_ids=[
            f"${{aws_security_group.{groups['ferry-dev-secretsmanager-endpoint']}.id}}"
        ],
        private_dns_enabled=True,
        tags={"Name": "ferry-dev-secretsmanager"},
    )


def test_private_dns_can_be_off_where_others_use_secrets_manager(
    stack: TerraformStack, placement: Placement
) -> None:
    endpoint(stack, placement, private_dns=False)

    assert Template.of(stack).only("aws_vpc_endpoint")["private_dns_enabled"] is False


def test_it_reads_this_accounts_secrets_for_this_account_alone(
    stack: TerraformStack, placement: Placement
) -> None:
    endpoint(stack, placement)

    policy = json.loads(Template.of(stack).only("aws_vpc_endpoint")["policy"])
    assert policy["Statement"] == [
        {
            "Sid": "ReadThisAccountsSecrets",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:*",
            "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}},
        }
    ]


def test_its_name_is_its_own_and_so_resolves_without_private_dns(
    stack: TerraformStack, placement: Placement
) -> None:
    made = endpoint(stack, placement)

    (local,) = Template.of(stack).resources("aws_vpc_endpoint")
    assert resolved(made.dns_name, stack) == f"${{aws_vpc_endpoint.{local}.dns_entry[0].dns_name}}"


def test_refuses_groups_that_were_made_for_another_endpoint(
    stack: TerraformStack, placement: Placement
) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (the whole message is compared)
        endpoint(stack, placement, access=EndpointCidr(cidr="10.9.0.0/24"))

    assert str(refused.value) == (
        "security_groups has no group for a Secrets Manager endpoint, because it was made for one"
        " that exists; make it with secretsmanager=OwnEndpoint(), or no endpoint"
    )
