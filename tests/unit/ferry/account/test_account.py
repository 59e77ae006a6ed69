"""No client is handed out before the account has proved to be the environment's."""

from __future__ import annotations

import functools

import pytest

from ferry.account import Account, sign_in
from ferry.errors import FerryError, InputError
from tests.unit.ferry.conftest import ACCOUNT, REGION


def signed_in(
    account_id: str = ACCOUNT, region: str = REGION, state_region: str | None = None
) -> Account:
    return sign_in(
        environment="dev", account_id=account_id, region=region, state_region=state_region
    )


@pytest.mark.usefixtures("aws")
def test_gives_clients_for_the_environments_account_and_region() -> None:
    account = signed_in(state_region="eu-west-1")

    assert account.account_id == ACCOUNT
    assert account.secretsmanager.meta.region_name == REGION
    assert account.s3.meta.region_name == "eu-west-1"


@pytest.mark.usefixtures("aws")
def test_the_states_are_in_the_same_region_by_default() -> None:
    assert signed_in().s3.meta.region_name == REGION


@pytest.mark.usefixtures("aws")
def test_arns_are_of_the_regions_partition() -> None:
    assert signed_in(region="cn-north-1").placement.partition == "aws-cn"


CLIENTS = {
    name for name, value in vars(Account).items() if isinstance(value, functools.cached_property)
}


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("name", sorted(CLIENTS))
def test_every_client_is_made_once_rides_out_throttling_and_waits_for_half_a_minute(
    name: str,
) -> None:
    account = signed_in()
    client = getattr(account, name)

    config = client.meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 4}
    assert 4 * config.connect_timeout <= 4 * config.read_timeout <= 32
    assert getattr(account, name) is client


@pytest.mark.usefixtures("aws")
def test_refuses_another_account() -> None:
    with pytest.raises(FerryError) as error:
        signed_in(account_id="444455556666")

    assert error.value.exit_code == 3
    assert str(error.value) == (
        "You are signed in to account 123456789012 (arn:aws:sts::123456789012:user/moto), but "
        "'dev' belongs to account 444455556666. Sign in to 444455556666 "
        "('export AWS_PROFILE=...'), or correct account_id in dev.toml."
    )


@pytest.mark.usefixtures("credentials")
def test_says_that_there_are_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(FerryError) as error:
        signed_in()

    assert str(error.value) == (
        "Could not find out which AWS account you are signed in to: no complete AWS credentials "
        "were found (NoCredentialsError). Sign in ('aws sso login', or 'export AWS_PROFILE=...' "
        "for a profile that has credentials) and run this again."
    )


@pytest.mark.usefixtures("credentials")
def test_says_that_the_profile_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod")

    with pytest.raises(FerryError, match=r"the profile that AWS_PROFILE names is not in the AWS"):
        signed_in()


@pytest.mark.usefixtures("credentials")
def test_says_that_the_endpoint_is_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "127.0.0.1")

    with pytest.raises(InputError) as error:
        signed_in()

    assert error.value.exit_code == 2
    assert str(error.value) == (
        "AWS_ENDPOINT_URL is '127.0.0.1', which is not a URL. Unset it to reach AWS, or give a URL "
        "such as http://127.0.0.1:5000."
    )
