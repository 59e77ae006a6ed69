"""Two deployments of one stack at once: one is refused, and is told of the other."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tests.integration.rollout import local
from tests.terraform import recovery
from tests.terraform.served_provider import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_s3 import S3Client

    from tests.terraform.everything import Everything

NAME = "staging"
PATIENCE_SECONDS = 60


def is_locked(s3: S3Client, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=f"{key}.tflock")
    except ClientError:
        return False
    return True


def test_the_second_of_two_deployments_is_refused(everything: Everything, tmp_path: Path) -> None:
    deployment = everything.deployment
    environment = deployment.environment(NAME)
    bucket, key = environment.state_bucket, environment.state_key
    s3 = local(environment, url=deployment.cloud.url).s3
    log = tmp_path / "first.log"

    slow = shipped(deployment.terraform(NAME))
    first = slow.start("apply", "-auto-approve", "-no-color", log=log)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_locked(s3, bucket, key):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    second = recovery.apply(deployment, NAME)
    first.wait(timeout=PATIENCE_SECONDS)

    assert first.returncode == 0, log.read_text()
    assert second.returncode == 1
    assert recovery.LOCKED in second.output
    assert "PreconditionFailed" in second.output
    assert re.search(rf"Path: +{bucket}/{key}\n", second.output)
    assert re.search(r"Who: +\S+@\S+\n", second.output)
    assert not is_locked(s3, bucket, key)
