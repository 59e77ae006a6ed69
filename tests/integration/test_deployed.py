"""How an environment that somebody deployed is found, and what is said where it is not there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.integration.defects.planting import outputs_changed
from ferry.check.deployment.deployed import NotDeployedError
from tests.integration.options import Where, connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from ferry.check.deployment.deployed import Deployed

pytestmark = pytest.mark.only(
    Where.OWN_LOCAL_AWS, reason="tests the tests themselves, on a local AWS of their own"
)


@pytest.fixture
def dev(get_deployed: Callable[[str], Deployed]) -> Deployed:
    return get_deployed("dev")


@pytest.fixture
def sign_in(dev: Deployed, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the variables by which boto3 finds an account."""

    def to(account_id: str) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", dev.endpoint_url or "")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", account_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        monkeypatch.setenv("AWS_DEFAULT_REGION", dev.region)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)

    return to


def test_it_is_found_by_the_credentials_of_the_variables(
    dev: Deployed, sign_in: Callable[[str], None]
) -> None:
    sign_in(dev.account_id)
    assert connect(dev.environment).outputs == dev.outputs


def test_another_accounts_credentials_are_refused(
    dev: Deployed, sign_in: Callable[[str], None]
) -> None:
    sign_in("999988887777")
    with pytest.raises(pytest.UsageError) as caught:
        connect(dev.environment)
    assert str(caught.value) == (
        "the credentials are account 999988887777's and dev is in 111122223333; sign in to that"
        " account (AWS_PROFILE=not set)"
    )


def test_an_environment_without_a_state_is_not_deployed(dev: Deployed) -> None:
    other = replace(dev, environment=dev.environment.model_copy(update={"name": "other"}))
    with pytest.raises(NotDeployedError) as caught:
        other.outputs  # noqa: B018 - reading it is what fails
    assert str(caught.value) == (
        "s3://aurora-ferry-tfstate-111122223333-eu-central-1/environments/other/terraform.tfstate"
        " cannot be read (NoSuchKey); deploy other first: cdktf deploy other"
    )


def test_an_environment_without_outputs_is_not_deployed(dev: Deployed) -> None:
    nothing = dict.fromkeys(dev.outputs)
    with outputs_changed(dev, **nothing), pytest.raises(NotDeployedError) as caught:
        replace(dev).outputs  # noqa: B018 - reading it is what fails
    assert str(caught.value) == (
        "s3://aurora-ferry-tfstate-111122223333-eu-central-1/environments/dev/terraform.tfstate"
        " has no outputs: dev was destroyed, or its deployment did not end; deploy it first"
    )
