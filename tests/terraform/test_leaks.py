"""No password is written down: not the source's, not one that was generated.

Searched are cdktf.out with the plans in it (unzipped, and as JSON), everything that Terraform and
ferry printed, and all versions of the states. Terraform's own trace (TF_LOG) is not: docs/deployment.md
warns of it.
"""

from __future__ import annotations

import secrets
import zipfile
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from tests.integration.rollout import local
from tests.terraform.everything import NAMES
from tests.terraform.places import Place, in_bucket, in_folder, leaks
from tests.upgrading import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client

    from harness.deployment import Deployment
    from tests.terraform.everything import Everything


def s3_of(deployment: Deployment, name: str) -> S3Client:
    return local(deployment.environment(name), url=deployment.cloud.url).s3


def places(deployment: Deployment, name: str) -> Iterator[Place]:
    """All that was written while an environment was deployed; Terraform's output is a file there."""
    yield from in_folder(deployment.output)
    yield from in_bucket(s3_of(deployment, name), deployment.environment(name).state_bucket)
    for number, text in enumerate(deployment.printed, start=1):
        yield Place(where=f"what ferry printed, {number}", content=text.encode())


# A failed assertion shows the values in it: passwords stay out of all of them.


def generated(deployment: Deployment) -> set[str]:
    return set(deployment.cloud.get("generated-passwords")["passwords"])


def test_the_clusters_have_generated_passwords(everything: Everything) -> None:
    deployment = everything.deployment
    clusters = deployment.cloud.get("master-passwords")["clusters"]

    known = generated(deployment)
    assert {cluster["cluster"]: cluster["password"] in known for cluster in clusters} == {
        f"aurora-ferry-{name}": True for name in NAMES
    }


@pytest.mark.parametrize("name", NAMES)
def test_no_password_is_written_down(everything: Everything, name: str) -> None:
    deployment = everything.deployment
    sources = set(deployment.source_passwords.values())
    found = leaks(places(deployment, name), sources | generated(deployment))

    assert found == []
    assert len(deployment.source_passwords) == len(NAMES)


def test_what_is_searched(everything: Everything) -> None:
    searched = {place.where for place in places(everything.deployment, "dev") if place.content}

    assert searched >= {
        "stacks/dev/cdk.tf.json",
        f"stacks/dev/from-{VERSIONS[0]}.tfplan",
        f"stacks/dev/from-{VERSIONS[0]}.tfplan:tfplan",
        f"stacks/dev/from-{VERSIONS[0]}.tfplan:tfstate",
        f"stacks/dev/from-{VERSIONS[0]}.json",
        "stacks/dev/second.tfplan:tfplan",
        "stacks/dev/terraform.log",
        "what ferry printed, 1",
    }


def test_all_versions_of_the_state_are_searched(everything: Everything) -> None:
    environment = everything.deployment.environment("dev")
    state = f"s3://{environment.state_bucket}/{environment.state_key}?"

    searched = [place.where for place in places(everything.deployment, "dev")]

    assert sum(where.startswith(state) for where in searched) > 1


def test_the_search_finds_a_canary(everything: Everything) -> None:
    deployment = everything.deployment
    canary = f"canary-{secrets.token_urlsafe(18)}"
    bucket = deployment.environment("dev").state_bucket
    s3 = s3_of(deployment, "dev")
    planted = deployment.output / "planted"
    planted.mkdir()
    (planted / "text").write_text(f"password = {canary}")
    with zipfile.ZipFile(planted / "plan", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside", canary)
    versions = [
        s3.put_object(Bucket=bucket, Key="planted", Body=body)["VersionId"]
        for body in (canary, "overwritten")
    ]

    found = leaks(
        chain(places(deployment, "dev"), [Place(where="printed", content=canary.encode())]),
        [canary],
    )
    for version in versions:
        s3.delete_object(Bucket=bucket, Key="planted", VersionId=version)

    assert sorted(found) == [
        "planted/plan:inside",
        "planted/text",
        "printed",
        f"s3://{bucket}/planted?{versions[0]}",
    ]
