"""The plan of a run comes back to that run as it was, and to no other."""

from __future__ import annotations

import copy
import hashlib
import io
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from ferry.account import Account, Role, sign_in
from ferry.errors import FerryError
from pull_requests import kept
from pull_requests.errors import RefusedError
from pull_requests.stacks import Stack
from tests.unit.pull_requests.examples import stack

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

MOTOS_ACCOUNT = "123456789012"
DEV = stack(account_id=MOTOS_ACCOUNT)
PLAN, RUN = b"the plan", "42"
DIGEST = hashlib.sha256(PLAN).hexdigest()


@pytest.fixture
def s3(aws: None) -> S3Client:  # noqa: ARG001 - asked for its effect
    """The bucket of the states, in an account of moto's."""
    client = boto3.client("s3", region_name=DEV.bucket_region)
    client.create_bucket(
        Bucket=DEV.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    client.put_bucket_encryption(
        Bucket=DEV.bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    return client


def test_a_run_gets_what_it_has_kept_from_the_encrypted_bucket(s3: S3Client) -> None:
    assert kept.keep(PLAN, DEV, run=RUN) == DIGEST

    (found,) = s3.list_objects_v2(Bucket=DEV.bucket)["Contents"]
    assert found["Key"] == "runs/42/dev.tfplan"
    head = s3.head_object(Bucket=DEV.bucket, Key=found["Key"])
    assert head["ServerSideEncryption"] == "AES256"
    assert kept.kept(DEV, run=RUN, digest=DIGEST) == PLAN


@pytest.mark.usefixtures("s3")
def test_a_run_gets_no_other_runs_plan() -> None:
    kept.keep(PLAN, DEV, run="41")

    with pytest.raises(RefusedError) as refusal:
        kept.kept(DEV, run=RUN, digest=DIGEST)

    assert str(refusal.value) == (
        "This run has kept no plan of dev, or it has expired after 7 days. Nothing was applied. Run "
        "this workflow anew."
    )


def test_a_plan_that_somebody_else_put_there_is_refused(s3: S3Client) -> None:
    kept.keep(PLAN, DEV, run=RUN)
    s3.put_object(Bucket=DEV.bucket, Key="runs/42/dev.tfplan", Body=b"another plan")

    with pytest.raises(RefusedError) as refusal:
        kept.kept(DEV, run=RUN, digest=DIGEST)

    assert str(refusal.value) == (
        f"What the bucket {DEV.bucket} has as runs/42/dev.tfplan is not what this run has planned "
        "and its approvers saw. Nothing was applied. Find out who has overwritten it before you run "
        "this workflow anew."
    )


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("of", [stack(), stack("prod")], ids=lambda it: it.name)
def test_nothing_is_kept_in_another_account(of: Stack) -> None:
    with pytest.raises(FerryError, match=f"You are signed in to account {MOTOS_ACCOUNT}"):
        kept.keep(PLAN, of, run=RUN)


def test_whose_the_bucket_is_is_said_in_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name may be somebody else's by now: AWS refuses then, and gets and gives no plan."""
    client = boto3.client(
        "s3", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    monkeypatch.setattr(kept, "_s3", lambda _: client)
    where = {
        "Bucket": DEV.bucket,
        "Key": "runs/42/dev.tfplan",
        "ExpectedBucketOwner": MOTOS_ACCOUNT,
    }
    with Stubber(client) as stubber:
        put = {**where, "Body": PLAN, "ChecksumAlgorithm": "SHA256"}
        stubber.add_response("put_object", {}, put)
        stubber.add_response("get_object", {"Body": io.BytesIO(PLAN)}, where)

        assert kept.keep(PLAN, DEV, run=RUN) == DIGEST
        assert kept.kept(DEV, run=RUN, digest=DIGEST) == PLAN
        stubber.assert_no_pending_responses()


def test_the_plan_is_kept_by_the_role_that_the_backend_takes(
    s3: S3Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    role = {
        "role_arn": f"arn:aws:iam::{MOTOS_ACCOUNT}:role/deployer",
        "session_name": "aurora-ferry",
        "external_id": "ferry-1",
    }
    document = copy.deepcopy(dict(DEV.document))
    document["terraform"]["backend"]["s3"]["assume_role"] = role
    taken: list[Role | None] = []

    def record(**arguments: Any) -> Account:  # noqa: ANN401 - sign_in's own
        taken.append(arguments["role"])
        return sign_in(**arguments)

    monkeypatch.setattr("pull_requests.kept.sign_in", record)
    kept.keep(PLAN, Stack(name="dev", document=document), run=RUN)
    kept.keep(PLAN, DEV, run=RUN)

    assert taken == [
        Role(arn=role["role_arn"], session_name="aurora-ferry", external_id="ferry-1"),
        None,
    ]
    assert len(s3.list_objects_v2(Bucket=DEV.bucket)["Contents"]) == 1


def test_a_plan_is_kept_below_the_prefix_of_the_states(s3: S3Client) -> None:
    document = copy.deepcopy(dict(DEV.document))
    document["terraform"]["backend"]["s3"]["key"] = "a/environments/dev/terraform.tfstate"
    stack_there = Stack(name="dev", document=document)
    kept.keep(PLAN, stack_there, run=RUN)

    (found,) = s3.list_objects_v2(Bucket=DEV.bucket)["Contents"]
    assert found["Key"] == "a/runs/42/dev.tfplan"
    assert kept.kept(stack_there, run=RUN, digest=DIGEST) == PLAN
