import json

from cdktf import TerraformStack

from constructs_lib.network.flow_logs import FlowLogs
from facts.placement import Placement
from tests.unit.constructs_lib.examples import NAMES, environment_key
from tests.unit.template import Template


def flow_logs(stack: TerraformStack, placement: Placement, *, retention_days: int = 365) -> None:
    FlowLogs(
        stack,
        "flow-logs",
        names=NAMES,
        placement=placement,
        key=environment_key(stack, placement),
        vpc_id="vpc-1",
        retention_days=retention_days,
    )


def test_all_traffic_goes_to_the_log_group(stack: TerraformStack, placement: Placement) -> None:
    flow_logs(stack, placement)

    template = Template.of(stack)
    (group,) = template.resources("aws_cloudwatch_log_group")
    (role,) = template.resources("aws_iam_role")
    template.has(
        "aws_flow_log",
        vpc_id="vpc-1",
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=f"${{aws_cloudwatch_log_group.{group}.arn}}",
        iam_role_arn=f"${{aws_iam_role.{role}.arn}}",
        tags={"Name": "aurora-ferry-dev"},
    )


def test_the_log_group_is_encrypted_and_forgets(
    stack: TerraformStack, placement: Placement
) -> None:
    flow_logs(stack, placement, retention_days=30)

    template = Template.of(stack)
    (key,) = template.resources("aws_kms_key")
    template.has(
        "aws_cloudwatch_log_group",
        name="/aws/vpc/flow-logs/aurora-ferry-dev",
        retention_in_days=30,
        kms_key_id=f"${{aws_kms_key.{key}.arn}}",
    )


def test_the_role_trusts_flow_logs_of_this_account_and_region(
    stack: TerraformStack, placement: Placement
) -> None:
    flow_logs(stack, placement)

    role = Template.of(stack).only("aws_iam_role")
    assert role["name"] == "aurora-ferry-dev-flow-logs"
    assert json.loads(role["assume_role_policy"])["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "111122223333"},
                "ArnLike": {
                    "aws:SourceArn": "arn:aws:ec2:eu-central-1:111122223333:vpc-flow-log/*"
                },
            },
        }
    ]


def test_the_role_writes_into_this_group_alone(stack: TerraformStack, placement: Placement) -> None:
    flow_logs(stack, placement)

    policy = Template.of(stack).only("aws_iam_role_policy")
    write, find = json.loads(policy["policy"])["Statement"]
    assert write == {
        "Sid": "WriteToTheGroup",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        "Resource": (
            "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/vpc/flow-logs/aurora-ferry-dev:*"
        ),
    }
    assert find == {
        "Sid": "FindTheGroup",
        "Effect": "Allow",
        "Action": "logs:DescribeLogGroups",
        "Resource": "arn:aws:logs:eu-central-1:111122223333:log-group:*",
    }


def test_the_flow_log_waits_until_its_role_can_write(
    stack: TerraformStack, placement: Placement
) -> None:
    flow_logs(stack, placement)

    template = Template.of(stack)
    (policy,) = template.resources("aws_iam_role_policy")
    assert template.only("aws_flow_log")["depends_on"] == [f"aws_iam_role_policy.{policy}"]
