"""An AWS for these tests: moto in this process, one account, and nobody's real credentials."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import typer.testing
from botocore.client import ClientCreator
from botocore.loaders import create_loader
from moto import mock_aws
from moto.core.base_backend import BackendDict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient

ACCOUNT = "123456789012"  # the account that moto's callers are in
REGION = "eu-central-1"


LOADER = create_loader()
"""botocore parses a service's model once for each session; here once for all tests."""

CLIENT_CLASSES: dict[str, type] = {}
MAKE_CLIENT_CLASS: Any = vars(ClientCreator)["_create_client_class"]  # there is no public way


def client_class(creator: ClientCreator, service: str, model: object) -> type:
    """The class of a service's clients, which botocore makes anew for each client."""
    if service not in CLIENT_CLASSES:
        CLIENT_CLASSES[service] = MAKE_CLIENT_CLASS(creator, service, model)
    return CLIENT_CLASSES[service]


# typer makes all of ferry's commands anew for each line that is typed: nine tenths of the time of
# one that says its version. What it makes of an application is always the same.
vars(typer.testing)["_get_command"] = cache(vars(typer.testing)["_get_command"])


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Credentials that lead nowhere, whatever the developer has configured."""
    logger = logging.getLogger("botocore")
    level = logger.level
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "AWS_MAX_ATTEMPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # 1,293 for each region and test
    monkeypatch.setattr("botocore.session.create_loader", lambda _: LOADER)
    monkeypatch.setattr(ClientCreator, "_create_client_class", client_class)
    yield
    logger.setLevel(level)


@pytest.fixture
def aws(
    credentials: None,  # noqa: ARG001 - asked for its effect
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """An empty account.

    It alone is emptied: moto empties all, those of local AWS's tests included, which takes seconds.
    """
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")  # local AWS wants them; a second
    mock = mock_aws()
    mock.start(reset=False)
    yield
    for backends in BackendDict._instances:  # noqa: SLF001 - there is no public way
        if ACCOUNT in backends:
            backends[ACCOUNT].reset()
            del backends[ACCOUNT]  # local AWS extends some backends; this account has moto's own
    mock.stop(remove_data=False)


@pytest.fixture
def s3(aws: None) -> S3Client:  # noqa: ARG001 - asked for its effect
    return boto3.client("s3", region_name=REGION)


@pytest.fixture
def secretsmanager(aws: None) -> SecretsManagerClient:  # noqa: ARG001 - asked for its effect
    return boto3.client("secretsmanager", region_name=REGION)
