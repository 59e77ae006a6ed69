from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws


@pytest.fixture
def bucket(aws: Aws) -> str:
    name = f"bucket-{aws.account}"
    aws.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": aws.region})
    return name


def put_policy(aws: Aws, bucket: str, **statement: object) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
                **statement,
            }
        ],
    }
    aws.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def test_a_policy_that_asks_for_tls_does_not_shut_out_local_aws_itself(
    aws: Aws, bucket: str
) -> None:
    put_policy(aws, bucket, Condition={"Bool": {"aws:SecureTransport": "false"}})
    aws.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    assert aws.s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"x"


def test_a_policy_that_denies_all_does(aws: Aws, bucket: str) -> None:
    aws.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    put_policy(aws, bucket)
    with pytest.raises(aws.s3.exceptions.ClientError, match="403"):
        aws.s3.get_object(Bucket=bucket, Key="a")
