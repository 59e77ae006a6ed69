"""Defects of the state, of its bucket, and of tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment import state as checks
from ferry.check.deployment import tags as tag_checks
from tests.integration.defects.planting import defect, outputs_changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.deployment.deployed import Deployed


@defect(checks.check_the_state_bucket_keeps_versions)
def bucket_without_versions(deployed: Deployed) -> Iterator[None]:
    put, bucket = deployed.s3.put_bucket_versioning, deployed.environment.state_bucket
    put(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    yield
    put(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


@defect(checks.check_the_state_bucket_is_encrypted)
def bucket_without_encryption(deployed: Deployed) -> Iterator[None]:
    s3, bucket = deployed.s3, deployed.environment.state_bucket
    right = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    s3.delete_bucket_encryption(Bucket=bucket)
    yield
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=right)


@defect(checks.check_the_state_bucket_takes_tls_only)
def bucket_without_a_policy(deployed: Deployed) -> Iterator[None]:
    s3, bucket = deployed.s3, deployed.environment.state_bucket
    right = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    yield
    s3.put_bucket_policy(Bucket=bucket, Policy=right)


@defect(checks.check_the_state_bucket_is_not_public)
def bucket_that_could_be_public(deployed: Deployed) -> Iterator[None]:
    s3, bucket = deployed.s3, deployed.environment.state_bucket
    right = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={**right, "BlockPublicPolicy": False}
    )
    yield
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=right)


@defect(checks.check_old_versions_of_states_expire)
def bucket_that_keeps_old_versions_for_ever(deployed: Deployed) -> Iterator[None]:
    s3, bucket = deployed.s3, deployed.environment.state_bucket
    right = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    s3.delete_bucket_lifecycle(Bucket=bucket)
    yield
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": right})


@defect(checks.check_the_state_is_encrypted)
def state_without_encryption(deployed: Deployed) -> Iterator[None]:
    s3, bucket = deployed.s3, deployed.environment.state_bucket
    key = deployed.environment.state_key
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.delete_bucket_encryption(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    yield
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=encryption)
    s3.put_object(Bucket=bucket, Key=key, Body=body, ServerSideEncryption="AES256")


@defect(checks.check_nobody_holds_the_lock)
def lock_of_an_interrupted_deployment(deployed: Deployed) -> Iterator[None]:
    bucket, key = deployed.environment.state_bucket, f"{deployed.environment.state_key}.tflock"
    deployed.s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
    yield
    deployed.s3.delete_object(Bucket=bucket, Key=key)


@defect(checks.check_all_outputs_are_there)
def output_that_is_missing(deployed: Deployed) -> Iterator[None]:
    with outputs_changed(deployed, **{outputs.DASHBOARD_URL: None}):
        yield


@defect(tag_checks.check_everything_carries_the_tags)
def subnet_without_a_tag(deployed: Deployed) -> Iterator[None]:
    subnets = [deployed.outputs[outputs.DMS_SUBNET_IDS][0]]
    deployed.ec2.delete_tags(Resources=subnets, Tags=[{"Key": "project"}])
    yield
    value = deployed.tags["project"]
    deployed.ec2.create_tags(Resources=subnets, Tags=[{"Key": "project", "Value": value}])


@defect(tag_checks.check_the_source_secret_carries_the_tags)
def source_secret_without_a_tag(deployed: Deployed) -> Iterator[None]:
    secret_id = deployed.outputs[outputs.SOURCE_SECRET_ARN]
    deployed.secretsmanager.untag_resource(SecretId=secret_id, TagKeys=["environment"])
    yield
    tag = {"Key": "environment", "Value": deployed.tags["environment"]}
    deployed.secretsmanager.tag_resource(SecretId=secret_id, Tags=[tag])  # type: ignore[list-item]  # a tag
