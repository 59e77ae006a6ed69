"""Local AWS in a thread, an account of its own for each test, and the environment dev in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from ferry.cli import check as check_command
from ferry.cli.app import app
from ferry.deployment.state_bucket import bucket_of
from ferry.environments import find
from ferry.prepare import state_bucket
from tests.aurora_alone import aurora_alone
from tests.unit.local_aws.aws import POLICIES
from tests.unit.local_aws.conftest import account, aws, clients, session, url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.unit.local_aws.aws import Aws

__all__ = ["account", "aws", "clients", "session", "url"]

CANARY = "canary-Pa55word"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "dms.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
MANAGED = {
    "dms-vpc-role": "AmazonDMSVPCManagementRole",
    "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
}
_FILE = """
[aws]
account_id = "{account}"
region = "eu-central-1"
{own}

[network.vpc]
cidr = "10.20.0.0/20"
route_made_elsewhere = true
{vpc}

[source]
host = "192.168.10.15"
database = "app"
cidr = "192.168.10.0/24"
ssl_mode = "require"
{source}

[aurora]
instance_class = "db.r6g.large"
database_name = "app"
{aurora}

[dms]
{dms}

[[dms.tasks]]
name = "all"
tables = [{{ schema = "public" }}]

[alarms]
{alarms}

[tags]
repository = "github.com/example/aurora-ferry"
"""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What `ferry check aws dev` said.

    Args:
        result: How it ended.
        findings: The findings, by check; of several for one check a list.
    """

    result: Result
    findings: dict[str, list[dict[str, str]]]

    def levels(self, *checks: str) -> list[str]:
        """The levels of checks, in this order."""
        return [finding["level"] for check in checks for finding in self.findings[check]]

    def what(self, check: str) -> str:
        """The only finding of a check: what it is."""
        [finding] = self.findings[check]
        return finding["what"]

    def why(self, check: str) -> str:
        """The only finding of a check: why it would bite."""
        [finding] = self.findings[check]
        return finding["why"]


@dataclass(frozen=True, kw_only=True)
class Dev:
    """The environment dev, in the test's account.

    Args:
        aws: The test's AWS.
        file: The environment's file.
    """

    aws: Aws
    file: Path

    def says(self, **sections: str) -> None:
        """Write the file, with these settings in its sections."""
        defaults = dict.fromkeys(("own", "vpc", "source", "aurora"), "")
        defaults["dms"] = 'engine_version = "3.6.1"'
        defaults["alarms"] = 'emails = ["dba@example.org"]'
        self.file.write_text(_FILE.format(account=self.aws.account, **{**defaults, **sections}))

    def is_aurora_alone(self) -> None:
        """Take [source] and [dms] out of the file."""
        self.file.write_text(aurora_alone(self.file.read_text()))

    def ferry(self, *arguments: str, given: str | None = None) -> Result:
        """Run ferry."""
        return CliRunner().invoke(app, arguments, input=given, prog_name="ferry")

    def check(self, *options: str) -> Checked:
        """Run `ferry check aws dev --json`, with no secret in what it says."""
        result = self.ferry("check", "aws", "dev", "--json", *options)
        assert CANARY not in result.output
        findings: dict[str, list[dict[str, str]]] = {}
        document = json.loads(result.stdout)
        assert document["exit_code"] == result.exit_code
        for finding in document["findings"]:
            findings.setdefault(finding["check"], []).append(finding)
        return Checked(result=result, findings=findings)

    def write_secret(self, **changes: Any) -> None:  # noqa: ANN401 - any JSON
        """Put a value into the source's secret: a right one, with these changes."""
        right = {
            "username": "dms",
            "password": CANARY,
            "host": "192.168.10.15",
            "port": 5432,
        }
        self.aws.secretsmanager.put_secret_value(
            SecretId="aurora-ferry-dev/source", SecretString=json.dumps({**right, **changes})
        )

    def refuse(self, *operations: str) -> None:
        """Have AWS deny these calls to this account."""
        rule = {"operations": operations, "accounts": [self.aws.account], "times": 1000}
        self.aws.post("/local-aws/faults", {"rules": [{**rule, "status": 403}]})

    def calls(self) -> Sequence[dict[str, Any]]:
        """What was called in this account so far."""
        found: Sequence[dict[str, Any]] = self.aws.get(
            f"/local-aws/calls?account={self.aws.account}"
        )["calls"]
        return found


@pytest.fixture
def dev(
    aws: Aws,
    url: str,
    credentials: None,  # noqa: ARG001 - asked for its effect
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Dev]:
    """The environment dev, of whose needs nothing is there."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws.account)
    monkeypatch.setattr("ferry.environments.FOLDER", tmp_path)
    monkeypatch.setattr(check_command, "today", lambda: date(2026, 11, 24))
    environment = Dev(aws=aws, file=tmp_path / "dev.toml")
    environment.says()
    yield environment
    aws.post("/local-aws/faults", {})


@pytest.fixture
def ready(dev: Dev) -> Dev:
    """The same, with all that it needs."""
    for role, policy in MANAGED.items():
        dev.aws.iam.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)
        dev.aws.iam.attach_role_policy(RoleName=role, PolicyArn=f"{POLICIES}/{policy}")
    assert list(state_bucket.prepare(dev.aws.s3, bucket_of(find("dev"))))
    dev.aws.secretsmanager.create_secret(Name="aurora-ferry-dev/source")
    dev.write_secret()
    return dev
