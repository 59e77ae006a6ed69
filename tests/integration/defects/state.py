"""Defects of the state, of its bucket, and of tags."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ferry.findings import Level
from tests.integration.defects.planting import Defect, state_says, swap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.deployment.deployed import Deployed

BUCKET = "aurora-ferry-tfstate-111122223333-eu-central-1"
WRONG = f"The bucket {BUCKET} is not set up as it should be. Wanted"
LOCK = "environments/dev/terraform.tfstate.tflock"


def versioning(deployed: Deployed, status: Any) -> None:  # noqa: ANN401 - one of two words
    deployed.account.s3.put_bucket_versioning(
        Bucket=BUCKET, VersioningConfiguration={"Status": status}
    )


@contextmanager
def no_encryption(deployed: Deployed) -> Iterator[None]:
    s3 = deployed.account.s3
    right = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    s3.delete_bucket_encryption(Bucket=BUCKET)
    yield
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=right)


@contextmanager
def unencrypted_state(deployed: Deployed) -> Iterator[None]:
    s3 = deployed.account.s3
    where: dict[str, Any] = {"Bucket": BUCKET, "Key": deployed.environment.state_key}
    body = s3.get_object(**where)["Body"].read()
    with no_encryption(deployed):
        s3.put_object(**where, Body=body)
        yield
    s3.put_object(**where, Body=body, ServerSideEncryption="AES256")


@contextmanager
def no_policy(deployed: Deployed) -> Iterator[None]:
    s3 = deployed.account.s3
    right = s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    s3.delete_bucket_policy(Bucket=BUCKET)
    yield
    s3.put_bucket_policy(Bucket=BUCKET, Policy=right)


@contextmanager
def public_policies(deployed: Deployed) -> Iterator[None]:
    s3 = deployed.account.s3
    right = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    wrong: Any = {**right, "BlockPublicPolicy": False}
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=wrong)
    yield
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=right)


@contextmanager
def no_lifecycle(deployed: Deployed) -> Iterator[None]:
    s3 = deployed.account.s3
    right: Any = {"Rules": s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]}
    s3.delete_bucket_lifecycle(Bucket=BUCKET)
    yield
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=right)


def taint_the_cluster(_: Deployed, state: dict[str, Any]) -> None:
    (cluster,) = (one for one in state["resources"] if one["type"] == "aws_rds_cluster")
    cluster["instances"][0]["status"] = "tainted"


@contextmanager
def subnet_without_a_tag(deployed: Deployed) -> Iterator[None]:
    subnets = [deployed.outputs["dms_subnet_ids"][0]]
    deployed.account.ec2.delete_tags(Resources=subnets, Tags=[{"Key": "project"}])
    yield
    tag = {"Key": "project", "Value": deployed.tags["project"]}
    deployed.account.ec2.create_tags(Resources=subnets, Tags=[tag])  # type: ignore[list-item]  # a tag


def untag_the_source_secret(deployed: Deployed) -> None:
    secret_id = deployed.outputs["source_secret_arn"]
    deployed.account.secretsmanager.untag_resource(SecretId=secret_id, TagKeys=["environment"])


def tag_the_source_secret(deployed: Deployed) -> None:
    secret_id = deployed.outputs["source_secret_arn"]
    tag: Any = {"Key": "environment", "Value": "dev"}
    deployed.account.secretsmanager.tag_resource(SecretId=secret_id, Tags=[tag])


DEFECTS = (
    Defect(
        "the-state-bucket-keeps-versions",
        f"{WRONG}: versioning: on.",
        swap(lambda it: versioning(it, "Suspended"), lambda it: versioning(it, "Enabled")),
        level=Level.WARNING,
    ),
    Defect(
        "the-state-bucket-is-encrypted",
        f"{WRONG}: encryption: on.",
        no_encryption,
        level=Level.WARNING,
    ),
    Defect(
        "the-state-bucket-takes-tls-only",
        f"{WRONG}: policy: TLS only.",
        no_policy,
        level=Level.WARNING,
    ),
    Defect(
        "the-state-bucket-is-not-public",
        f"{WRONG}: public access: blocked.",
        public_policies,
        level=Level.WARNING,
    ),
    Defect(
        "old-versions-of-states-expire",
        f"{WRONG}: lifecycle: earlier versions expire after 90 days.",
        no_lifecycle,
        level=Level.WARNING,
    ),
    Defect("the-state-is-encrypted", "The state's encryption is None.", unencrypted_state),
    Defect(
        "nobody-holds-the-lock",
        f"The state's lock s3://{BUCKET}/{LOCK} is held.",
        swap(
            lambda it: it.account.s3.put_object(Bucket=BUCKET, Key=LOCK, Body=b"{}"),
            lambda it: it.account.s3.delete_object(Bucket=BUCKET, Key=LOCK),
        ),
        level=Level.WARNING,
    ),
    Defect(
        "nothing-is-tainted",
        "aws_rds_cluster.aurora_cluster_",
        state_says(taint_the_cluster),
    ),
    Defect(
        "all-outputs-are-there",
        "Outputs that are missing or empty: dashboard_url.",
        state_says(lambda _, state: state["outputs"].pop("dashboard_url")),
    ),
    Defect("everything-carries-the-tags", "aws_subnet.", subnet_without_a_tag),
    Defect(
        "the-source-secret-carries-the-tags",
        'The source\'s secret lacks the tags environment = "dev".',
        swap(untag_the_source_secret, tag_the_source_secret),
    ),
)
