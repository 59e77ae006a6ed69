"""An AWS for these tests: moto in this process, one account, and nobody's real credentials."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.loaders import create_loader
from moto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient

ACCOUNT = "123456789012"  # the account that moto's callers are in
REGION = "eu-central-1"


LOADER = create_loader()
"""botocore parses a service's model once for each session; here once for all tests."""


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
    monkeypatch.setattr("botocore.session.create_loader", lambda _: LOADER)
    yield
    logger.setLevel(level)


@pytest.fixture
def aws(credentials: None) -> Iterator[None]:  # noqa: ARG001 - asked for its effect
    """An empty account."""
    with mock_aws():
        yield


@pytest.fixture
def s3(aws: None) -> S3Client:  # noqa: ARG001 - asked for its effect
    return boto3.client("s3", region_name=REGION)


@pytest.fixture
def secretsmanager(aws: None) -> SecretsManagerClient:  # noqa: ARG001 - asked for its effect
    return boto3.client("secretsmanager", region_name=REGION)
