"""No client is handed out before the account has proved to be the environment's."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from ferry.account import Account, Role, account_of, sign_in
from ferry.errors import FerryError, InputError
from tests.unit.ferry.conftest import ACCOUNT, REGION
from tests.unit.ferry.environments import environment


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


# --- a role that is taken first

ROLE = f"arn:aws:iam::{ACCOUNT}:role/teams/deployer"


def taken(role: Role) -> Account:
    return sign_in(environment="dev", account_id=ACCOUNT, region=REGION, role=role)


@pytest.mark.usefixtures("aws")
def test_a_role_is_taken_and_then_asked_for_its_account() -> None:
    caller = taken(Role(arn=ROLE, session_name="ferry-test")).sts.get_caller_identity()

    assert caller["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ferry-test"


@pytest.mark.usefixtures("aws")
def test_a_role_of_another_account_is_another_account() -> None:
    with pytest.raises(FerryError, match="You are signed in to account 444455556666"):
        taken(Role(arn=ROLE.replace(ACCOUNT, "444455556666"), session_name="ferry"))


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("external_id", "said"), [(None, {}), ("ferry-1", {"ExternalId": "ferry-1"})]
)
def test_the_role_is_asked_for_as_its_trust_wants(
    monkeypatch: pytest.MonkeyPatch, external_id: str | None, said: dict[str, str]
) -> None:
    asked: list[dict[str, Any]] = []
    call = vars(BaseClient)["_make_api_call"]

    def record(client: Any, operation: str, parameters: dict[str, Any]) -> Any:  # noqa: ANN401 - botocore's
        if operation == "AssumeRole":
            asked.append(parameters)
        return call(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", record)
    taken(Role(arn=ROLE, session_name="ferry", external_id=external_id))

    assert asked == [{"RoleArn": ROLE, "RoleSessionName": "ferry", **said}]


@pytest.mark.usefixtures("aws")
def test_a_role_that_may_not_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_client: object, operation: str, _parameters: object) -> None:
        refused = {"Error": {"Code": "AccessDenied", "Message": "no"}}
        raise ClientError(refused, operation)  # type: ignore[arg-type]  # as botocore does

    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)

    with pytest.raises(FerryError, match=f"Could not take the role {ROLE}: "):
        taken(Role(arn=ROLE, session_name="ferry"))


def test_nobody_takes_a_role_without_credentials(
    aws: None,  # noqa: ARG001 - asked for its effect
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(FerryError, match=f"Could not take the role {ROLE}: "):
        taken(Role(arn=ROLE, session_name="ferry"))


@pytest.mark.usefixtures("aws")
def test_the_role_of_an_environments_file_is_taken() -> None:
    role = {"role_arn": ROLE, "session_name": "dev", "external_id": "ferry-1"}
    dev = environment(aws={"account_id": ACCOUNT, "assume_role": role})

    assert account_of(dev).sts.get_caller_identity()["Arn"].endswith("assumed-role/deployer/dev")
