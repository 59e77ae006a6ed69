"""Terraform takes the regions that its own lists do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from cdktf import App, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.data_aws_partition import DataAwsPartition

from constructs_lib.provider import configure_terraform
from facts.placement import Placement
from harness.surroundings import surroundings
from harness.terraform import Terraform

if TYPE_CHECKING:
    from pathlib import Path

    from harness.server import LocalAws

ACCOUNT = "111122223333"
BUCKET = "states"


def synthesized(folder: Path, region: str) -> Path:
    """A stack that says what its partition is."""
    app = App(outdir=str(folder))
    stack = TerraformStack(app, "region")
    configure_terraform(
        stack,
        placement=Placement(account_id=ACCOUNT, region=region),
        default_tags={},
        state_bucket=BUCKET,
        state_key="region",
        state_region=region,
        provider_version="5.100.0",
        assume_role=None,
    )
    TerraformOutput(stack, "partition", value=DataAwsPartition(stack, "here").partition)
    app.synth()
    return folder / "stacks" / "region"


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eusc-de-east-1", "aws-eusc"),  # not in the backend's list
        ("us-east-7", "aws"),  # in nobody's, as one that AWS opens later
    ],
)
def test_backend_and_provider_take_a_region(
    region: str, partition: str, cloud: LocalAws, tmp_path: Path
) -> None:
    around = surroundings(url=cloud.url, account_id=ACCOUNT, region=region, folder=tmp_path)
    s3: Any = boto3.client(
        "s3",
        endpoint_url=cloud.url,
        region_name=region,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="local",
    )
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})
    terraform = Terraform(folder=synthesized(tmp_path / "out", region), environment=around)

    terraform.must("init", "-no-color")
    terraform.must("apply", "-auto-approve", "-no-color")

    assert terraform.must("output", "-raw", "partition") == partition
