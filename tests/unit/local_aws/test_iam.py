from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.unit.local_aws.aws import POLICIES, sign_as

if TYPE_CHECKING:
    import boto3.session

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


def test_an_account_does_not_see_what_another_attached(
    aws: Aws, session: boto3.session.Session
) -> None:
    aws.iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    aws.iam.attach_role_policy(RoleName="r", PolicyArn=ARN)
    assert aws.iam.get_policy(PolicyArn=ARN)["Policy"]["AttachmentCount"] == 1
    sign_as(session, aws.account[::-1])
    assert aws.iam.get_policy(PolicyArn=ARN)["Policy"]["AttachmentCount"] == 0


def test_an_accounts_own_policies_are_kept_beside_them(aws: Aws) -> None:
    statement = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = aws.iam.create_policy(PolicyName="own", PolicyDocument=document)["Policy"]["Arn"]
    local = aws.iam.list_policies(Scope="Local")["Policies"]
    assert [policy["Arn"] for policy in local] == [arn]
    assert len(aws.iam.list_policies(Scope="AWS", MaxItems=1000)["Policies"]) == 1000
