import json

from cdktf import TerraformStack

from constructs_lib.network import SecretsManagerEndpoint
from facts.placement import Placement
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.constructs_lib.network_examples import PlainNetwork, resolved
from tests.unit.template import Template


def endpoint(
    stack: TerraformStack, placement: Placement, *, private_dns: bool = True
) -> SecretsManagerEndpoint:
    return SecretsManagerEndpoint(
        stack,
        "secretsmanager",
        names=NAMES,
        network=PlainNetwork(),
        security_group_id="sg-endpoint",
        placement=placement,
        private_dns=private_dns,
    )


def test_the_endpoint_stands_in_the_dms_subnets_behind_its_own_group(
    stack: TerraformStack, placement: Placement
) -> None:
    endpoint(stack, placement)

    Template.of(stack).has(
        "aws_vpc_endpoint",
        vpc_id="vpc-1",
        service_name="com.amazonaws.eu-central-1.secretsmanager",
        vpc_endpoint_type="Interface",
        subnet_ids=["subnet-d1", "subnet-d2"],
        security_group_ids=["sg-endpoint"],
        private_dns_enabled=True,
        tags={"Name": "aurora-ferry-dev-secretsmanager"},
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
