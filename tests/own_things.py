"""environments/examples/own.toml on local AWS: what it names is made beforehand, as other teams do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ferry.account import Account

FILE: Final = Path(__file__).resolve().parents[1] / "environments/examples/own.toml"
PEOPLE: Final = "999900001111"
"""The account in which people sign in; the example's role admits it."""

_BUCKET: Final = "platform-terraform-states"


def bring_along(account: Account, *, security: Account) -> str:
    """Make all that the example names, and return it with the ids that AWS gave.

    Args:
        account: The example's account.
        security: The account that keeps the key.
    """
    _make_role(account)
    _make_bucket(account)
    vpc = account.ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    group = account.ec2.create_security_group(
        GroupName="applications", Description="They use the database", VpcId=vpc
    )["GroupId"]
    given = {
        "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab": (
            security.kms.create_key()["KeyMetadata"]["Arn"]
        ),
        "arn:aws:sns:eu-central-1:111122223333:on-call": (
            account.sns.create_topic(Name="on-call")["TopicArn"]
        ),
        "vpc-0123456789abcdef0": vpc,
        "sg-0123456789abcdef0": group,
    }
    text = FILE.read_text()
    for written, made in given.items():
        assert text.count(written) == 1, f"{written} stands {text.count(written)} times in the file"
        text = text.replace(written, made)
    return text


def _make_role(account: Account) -> None:
    """The role that whoever signed in elsewhere takes."""
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{PEOPLE}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "aurora-ferry"}},
    }
    account.iam.create_role(
        RoleName="deployer",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
    )


def _make_bucket(account: Account) -> None:
    s3 = account.s3
    s3.create_bucket(
        Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_bucket_versioning(Bucket=_BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(
        Bucket=_BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    s3.put_public_access_block(
        Bucket=_BUCKET,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
