"""An environment as it is deployed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ferry.account import sign_in
from ferry.deployment import Deployment, NotDeployedError, State, outputs_of
from ferry.errors import FerryError
from tests.unit.ferry.conftest import ACCOUNT, REGION
from tests.unit.ferry.environments import environment, of_several_databases

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

BUCKET = "aurora-ferry-tfstate-111122223333-eu-central-1"
KEY = "environments/dev/terraform.tfstate"


@pytest.fixture
def dev(s3: S3Client) -> Deployment:
    """The environment dev, with the bucket of its states and no state in it."""
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    account = sign_in(environment="dev", account_id=ACCOUNT, region=REGION)
    return Deployment(environment=environment(), account=account)


def test_the_outputs_are_those_of_the_state(dev: Deployment, s3: S3Client) -> None:
    output = {"value": "aurora-ferry-dev", "type": "string"}
    state = {"version": 4, "outputs": {"cluster_id": output}}
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps(state))

    assert dev.outputs == {"cluster_id": "aurora-ferry-dev"}


def test_the_state_is_read_once(dev: Deployment, s3: S3Client) -> None:
    assert dev.state == State()
    s3.delete_bucket(Bucket=BUCKET)

    assert dev.state == State()


def test_what_was_never_deployed_has_no_outputs(dev: Deployment) -> None:
    with pytest.raises(NotDeployedError) as error:
        _ = dev.outputs

    assert error.value.exit_code == 3
    assert str(error.value) == (
        f"The state s3://{BUCKET}/{KEY} has no outputs: dev was never deployed, was destroyed, or "
        "its deployment did not end. Deploy it first: cdktf deploy dev"
    )


def test_outputs_that_are_missing_are_named_together(dev: Deployment) -> None:
    there = dict.fromkeys(outputs_of(dev.environment) - {"vpc_id", "secret_arn"}, "x")
    vars(dev)["state"] = State(outputs=there)

    for name in ("vpc_id", "secret_arn"):
        with pytest.raises(NotDeployedError) as error:
            _ = dev.outputs[name]

        assert str(error.value) == (
            f"The state s3://{BUCKET}/{KEY} lacks outputs (secret_arn, vpc_id): the last deployment "
            "did not end, or was of an earlier version of this project. Deploy it again: cdktf "
            "deploy dev"
        )


def test_without_the_bucket_ferry_makes_it(dev: Deployment, s3: S3Client) -> None:
    s3.delete_bucket(Bucket=BUCKET)

    with pytest.raises(FerryError) as error:
        _ = dev.state

    assert error.value.exit_code == 3
    assert str(error.value) == (
        f"There is no bucket {BUCKET}, which keeps the states of the account. Make it: ferry "
        "bootstrap dev"
    )


def test_the_tags_are_those_that_the_stack_gives(dev: Deployment) -> None:
    assert dev.tags == {
        "project": "aurora-ferry",
        "repository": "github.com/example/aurora-ferry",
        "environment": "dev",
    }


def test_several_databases_have_their_endpoints_by_name() -> None:
    several = of_several_databases(app="app", crm="crm")

    assert outputs_of(several) - outputs_of(environment()) == {
        "dms_source_endpoint_arns",
        "dms_target_endpoint_arns",
    }


def test_aurora_alone_has_no_outputs_of_dms() -> None:
    lacking = outputs_of(environment()) - outputs_of(environment(source=None, dms=None))

    assert lacking == {
        "source_secret_arn",
        "dms_replication_instance_arn",
        "dms_source_endpoint_arn",
        "dms_target_endpoint_arn",
        "dms_task_arn",
        "dms_task_arns",
        "dms_security_group_id",
    }
