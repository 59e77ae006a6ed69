import json
from dataclasses import dataclass
from typing import Any

import pytest
from cdktf import TerraformStack, Testing

from constructs_lib.provider import configure_terraform
from facts.placement import Placement
from tests.unit.template import Template


@pytest.fixture
def document(placement: Placement) -> dict[str, Any]:
    stack = TerraformStack(Testing.app(), "test")
    configure_terraform(
        stack,
        placement=placement,
        default_tags={"project": "aurora-ferry", "environment": "dev"},
        state_bucket="aurora-ferry-state-111122223333-eu-central-1",
        state_key="dev/terraform.tfstate",
        state_region="eu-central-1",
        provider_version="5.100.0",
        assume_role=None,
    )
    return Template.of(stack).document


def test_the_provider_is_held_to_the_account_and_tags_everything(document: dict[str, Any]) -> None:
    assert document["provider"]["aws"] == [
        {
            "region": "eu-central-1",
            "allowed_account_ids": ["111122223333"],
            "default_tags": [{"tags": {"project": "aurora-ferry", "environment": "dev"}}],
        }
    ]


def test_the_state_is_encrypted_locked_and_in_the_same_account(document: dict[str, Any]) -> None:
    assert document["terraform"]["backend"] == {
        "s3": {
            "bucket": "aurora-ferry-state-111122223333-eu-central-1",
            "key": "dev/terraform.tfstate",
            "region": "eu-central-1",
            "encrypt": True,
            "use_lockfile": True,
            "allowed_account_ids": ["111122223333"],
        }
    }


def test_the_only_provider_is_hashicorp_aws_in_the_stated_version(document: dict[str, Any]) -> None:
    assert document["terraform"]["required_providers"] == {
        "aws": {"source": "hashicorp/aws", "version": "5.100.0"}
    }


def test_a_terraform_without_write_only_arguments_is_refused(document: dict[str, Any]) -> None:
    assert document["terraform"]["required_version"] == ">= 1.11"


def test_nothing_says_where_aws_is_so_that_the_environment_can(document: dict[str, Any]) -> None:
    written = json.dumps(document)

    for word in ("endpoint", "access_key", "secret_key", "profile", "skip_"):
        assert word not in written


@pytest.mark.parametrize(
    ("region", "state_region", "skipped"),
    [
        ("ap-southeast-6", "ap-southeast-6", (True, True)),
        ("eusc-de-east-1", "eusc-de-east-1", (True, True)),
        ("eu-central-1", "us-east-7", (None, True)),
        ("us-east-7", "eu-central-1", (True, None)),
        ("cn-north-1", "us-gov-west-1", (None, None)),
    ],
)
def test_a_region_that_terraform_has_not_in_its_list_is_not_looked_up(
    region: str, state_region: str, skipped: tuple[bool | None, bool | None]
) -> None:
    stack = TerraformStack(Testing.app(), "test")
    configure_terraform(
        stack,
        placement=Placement(account_id="111122223333", region=region),
        default_tags={},
        state_bucket="aurora-ferry-state",
        state_key="dev/terraform.tfstate",
        state_region=state_region,
        provider_version="5.100.0",
        assume_role=None,
    )
    document = Template.of(stack).document

    held = (document["provider"]["aws"][0], document["terraform"]["backend"]["s3"])
    assert tuple(it.get("skip_region_validation") for it in held) == skipped


@dataclass(frozen=True)
class Taken:
    """A role that is taken."""

    external_id: str | None
    role_arn: str = "arn:aws:iam::111122223333:role/teams/deployer"
    session_name: str = "aurora-ferry"


@pytest.mark.parametrize(
    ("external_id", "said"), [(None, {}), ("ferry-1", {"external_id": "ferry-1"})]
)
def test_provider_and_backend_take_the_same_role(
    placement: Placement, external_id: str | None, said: dict[str, str]
) -> None:
    stack = TerraformStack(Testing.app(), "test")
    configure_terraform(
        stack,
        placement=placement,
        default_tags={},
        state_bucket="bucket",
        state_key="key",
        state_region="eu-central-1",
        provider_version="5.100.0",
        assume_role=Taken(external_id),
    )

    document = Template.of(stack).document
    role = {"role_arn": Taken.role_arn, "session_name": "aurora-ferry", **said}
    assert document["provider"]["aws"][0]["assume_role"] == [role]
    assert document["terraform"]["backend"]["s3"]["assume_role"] == role
