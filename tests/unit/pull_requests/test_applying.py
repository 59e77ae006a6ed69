"""What keeps a kept plan from being applied. tests/terraform has what takes Terraform to see."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from ferry.errors import FerryError, InputError
from pull_requests import keeping
from pull_requests.applying import apply, find
from pull_requests.code import commit_of, tree_of
from pull_requests.errors import RefusedError
from tests.unit.pull_requests.examples import NOW, document, kept_plan, plan_file, stack, stacks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from types_boto3_s3 import S3Client

    from pull_requests.bundle import KeptPlan
    from pull_requests.stacks import Stack
    from tests.unit.pull_requests.conftest import Repository

MOTOS_ACCOUNT = "123456789012"
DEV = stack(account_id=MOTOS_ACCOUNT)
AGAIN = "Nothing was applied. Plan again and have that plan reviewed."


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    """The bucket of the states, in an account of moto's, whatever the developer has configured."""
    logger = logging.getLogger("botocore")
    level = logger.level
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    with mock_aws():
        client = boto3.client("s3", region_name=DEV.bucket_region)
        client.create_bucket(
            Bucket=DEV.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        yield client
    logger.setLevel(level)


@pytest.fixture
def project(repository: Repository) -> Path:
    repository.commit(a="1")
    return repository.folder


def plan_of(project: Path, **changed: Any) -> KeptPlan:  # noqa: ANN401 (the plan's)
    wanted = document(account_id=MOTOS_ACCOUNT)
    fields = {
        "commit": commit_of(project, "HEAD"),
        "tree": tree_of(project, "HEAD"),
        "configuration": json.dumps(wanted).encode(),
        "plan": plan_file(wanted),
    }
    return kept_plan(**{**fields, **changed})


def refused(plan: KeptPlan, project: Path, folder: Path) -> str:
    """What an apply of a plan says, that was kept where the stack's plans are."""
    digest = keeping.keep(plan, DEV)
    with pytest.raises(RefusedError) as refusal:
        apply(
            "dev",
            digest=digest,
            stacks=stacks(DEV),
            project=project,
            folder=folder / "terraform",
            now=NOW,
        )
    assert not (folder / "terraform").exists()
    return str(refusal.value)


def test_a_stack_that_is_not_there() -> None:
    with pytest.raises(InputError) as refusal:
        find(stacks(stack("dev"), stack("prod")), "qa")

    assert str(refusal.value) == (
        "There is no stack 'qa'; there are dev, prod. A stack whose file is gone is destroyed by "
        "hand: docs/deployment.md, Lifting protection and destroying."
    )


@pytest.mark.usefixtures("s3")
def test_a_plan_of_another_stack(project: Path, tmp_path: Path) -> None:
    assert refused(plan_of(project, stack="prod"), project, tmp_path) == (
        f"The plan is of the stack prod, not of dev. {AGAIN}"
    )


@pytest.mark.usefixtures("s3")
def test_a_plan_of_other_json(project: Path, tmp_path: Path) -> None:
    other = json.dumps(document(account_id=MOTOS_ACCOUNT, resources={"x": {}})).encode()

    assert refused(plan_of(project, configuration=other), project, tmp_path) == (
        f"The stack dev synthesizes to other JSON than the plan was made of. {AGAIN}"
    )


@pytest.mark.usefixtures("s3")
def test_a_plan_file_with_other_json_in_it(project: Path, tmp_path: Path) -> None:
    other = plan_file(document(account_id=MOTOS_ACCOUNT, resources={"x": {}}))

    assert refused(plan_of(project, plan=other), project, tmp_path) == (
        f"The stack dev synthesizes to other JSON than the plan was made of. {AGAIN}"
    )


@pytest.mark.parametrize("digest", ["", "0" * 63, "A" * 64, "../dev", "$(id)"])
def test_what_is_no_digest_is_never_asked_for(digest: str) -> None:
    with pytest.raises(InputError) as refusal:
        keeping.kept(DEV, digest)

    assert str(refusal.value) == (
        f"{digest!r} is no name of a plan: that is 64 hexadecimal digits, as the comment shows them."
    )


def test_plans_are_kept_for_each_stack_by_their_digest(s3: S3Client, project: Path) -> None:
    digest = keeping.keep(plan_of(project), DEV)

    (found,) = s3.list_objects_v2(Bucket=DEV.bucket)["Contents"]
    assert found["Key"] == f"plans/dev/{digest}.tar"
    assert keeping.kept(DEV, digest) == plan_of(project)


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("of", [stack(), stack("prod")], ids=lambda it: it.name)
def test_nothing_is_kept_in_another_account(project: Path, of: Stack) -> None:
    with pytest.raises(FerryError, match=f"You are signed in to account {MOTOS_ACCOUNT}"):
        keeping.keep(plan_of(project), of)
