from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.local_aws.aws import POLICIES

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws

ARN = f"{POLICIES}/AmazonDMSVPCManagementRole"


def test_aws_managed_policies_exist(aws: Aws) -> None:
    policy = aws.iam.get_policy(PolicyArn=ARN)["Policy"]
    assert policy["PolicyName"] == "AmazonDMSVPCManagementRole"


def test_they_can_be_attached(aws: Aws) -> None:
    aws.iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    aws.iam.attach_role_policy(RoleName="r", PolicyArn=ARN)
    attached = aws.iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert attached == [{"PolicyName": "AmazonDMSVPCManagementRole", "PolicyArn": ARN}]


def test_an_accounts_own_policies_are_kept_beside_them(aws: Aws) -> None:
    document = '{"Version": "2012-10-17", "Statement": []}'
    arn = aws.iam.create_policy(PolicyName="own", PolicyDocument=document)["Policy"]["Arn"]
    local = aws.iam.list_policies(Scope="Local")["Policies"]
    assert [policy["Arn"] for policy in local] == [arn]
    assert len(aws.iam.list_policies(Scope="AWS", MaxItems=1000)["Policies"]) == 1000
