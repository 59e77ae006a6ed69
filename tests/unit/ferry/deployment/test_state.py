"""What Terraform's state tells of a deployment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.deployment import State, read_state
from ferry.deployment.state import parse
from ferry.errors import FerryError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

BUCKET, KEY = "states", "environments/dev/terraform.tfstate"


def resource(mode: str = "managed", **instance: object) -> dict[str, Any]:
    return {
        "mode": mode,
        "type": "aws_vpc",
        "name": "vpc",
        "instances": [{"attributes": {"id": "vpc-1"}, **instance}],
    }


def state_of(*resources: dict[str, Any]) -> State:
    return parse(json.dumps({"version": 4, "resources": resources}).encode())


def test_the_state_tells_the_ids() -> None:
    assert state_of(resource()).ids == {"aws_vpc.vpc": "vpc-1"}


def test_the_state_tells_what_is_tainted() -> None:
    assert state_of(resource(status="tainted")).tainted == ("aws_vpc.vpc",)


def test_the_state_tells_the_outputs() -> None:
    output = {"value": "aurora-ferry-dev", "type": "string"}

    assert parse(json.dumps({"version": 4, "outputs": {"cluster_id": output}}).encode()) == State(
        outputs={"cluster_id": "aurora-ferry-dev"}
    )


def test_what_was_only_read_is_not_held() -> None:
    assert state_of(resource(mode="data")) == State()


def test_what_waits_for_its_destruction_is_not_held() -> None:
    assert state_of(resource(deposed="0a1b2c3d")) == State()


def test_the_state_is_read_from_its_bucket(s3: S3Client) -> None:
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(
        Bucket=BUCKET, Key=KEY, Body=json.dumps({"version": 4, "resources": [resource()]})
    )

    assert read_state(s3, bucket=BUCKET, key=KEY) == State(
        resources={"aws_vpc.vpc": {"id": "vpc-1"}}
    )


def test_a_state_that_was_never_written_holds_nothing(s3: S3Client) -> None:
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )

    assert read_state(s3, bucket=BUCKET, key=KEY) == State()


def test_a_bucket_that_was_never_made(s3: S3Client) -> None:
    with pytest.raises(FerryError) as raised:
        read_state(s3, bucket=BUCKET, key=KEY)

    assert str(raised.value) == (
        f"Could not read the state s3://{BUCKET}/{KEY}: AWS refused GetObject (NoSuchBucket): "
        "The specified bucket does not exist"
    )


def instances(*them: object) -> bytes:
    vpc = {"mode": "managed", "type": "aws_vpc", "name": "vpc", "instances": [*them]}
    return json.dumps({"version": 4, "resources": [vpc]}).encode()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "it is empty"),
        (b"canary", "it is not JSON"),
        (b'"\xff"', "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[]", "it should be an object"),
        (b"{}", "it says no version"),
        (b'{"version": 3}', "its version is 3, and ferry reads 4"),
        (b'{"version": 4, "outputs": []}', "outputs should be an object"),
        (b'{"version": 4, "outputs": {"a": 1}}', "the output a should be an object"),
        (b'{"version": 4, "outputs": {"a": {}}}', "the output a has no value"),
        (b'{"version": 4, "resources": {}}', "resources should be a list"),
        (b'{"version": 4, "resources": [1]}', "a resource should be an object"),
        (b'{"version": 4, "resources": [{}]}', "a resource lacks one of mode, type, name"),
        (instances(1), "an instance of aws_vpc.vpc should be an object"),
        (instances({}), "what is known of aws_vpc.vpc should be an object"),
        (
            instances().replace(b"[]}", b"null}"),
            "the instances of aws_vpc.vpc should be a list",
        ),
    ],
)
def test_what_is_no_state_is_one_line(s3: S3Client, text: bytes, why: str) -> None:
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=text)

    with pytest.raises(FerryError) as raised:
        read_state(s3, bucket=BUCKET, key=KEY)

    assert raised.value.exit_code == 3
    assert str(raised.value) == (
        f"s3://{BUCKET}/{KEY} cannot be read as Terraform's state: {why}. Look at it; the bucket "
        "keeps the versions before it: docs/recovery.md, 'Cannot be read as Terraform's state'."
    )
