"""Which checks there are, and what becomes of what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from ferry.check.deployment import checks
from ferry.check.deployment.checks import AREAS, CHECKS, Check, findings, judge
from ferry.check.deployment.expect import only
from ferry.deployment import State
from ferry.findings import Finding, Level
from tests.unit.ferry.check.deployment.conftest import deployed

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect

TABLE = {
    "state": [
        "the-state-bucket-keeps-versions",
        "the-state-bucket-is-encrypted",
        "the-state-bucket-takes-tls-only",
        "the-state-bucket-is-not-public",
        "old-versions-of-states-expire",
        "the-state-is-encrypted",
        "nobody-holds-the-lock",
        "nothing-is-tainted",
        "all-outputs-are-there",
    ],
    "network": [
        "vpc",
        "vpc-resolves-names",
        "subnets-are-the-vpcs",
        "subnets-are-in-real-zones-of-their-own",
        "subnets-give-no-public-addresses",
        "auroras-routes-lead-to-the-source-at-most",
        "dms-routes-lead-to-the-source-and-through-nat-at-most",
        "the-way-to-the-source-is-attached",
        "nat-as-the-settings-say",
        "the-default-security-group-is-locked",
        "flow-logs-record-everything",
    ],
    "security groups": [
        "auroras-rules",
        "the-clients-rules",
        "dms-rules",
        "the-secretsmanager-endpoints-rules",
        "the-groups-are-the-vpcs",
    ],
    "secretsmanager endpoint": [
        "the-secretsmanager-endpoint-is-where-dms-is",
        "dms-finds-the-secretsmanager-endpoint",
        "the-secretsmanager-endpoint-serves-this-account-alone",
    ],
    "encryption": [
        "the-key-is-enabled-and-rotates",
        "the-key-admits-what-delivers",
        "the-key-serves-its-account-through-services",
        "log-groups-are-encrypted",
        "the-environments-secrets-are-encrypted",
        "dms-is-encrypted",
    ],
    "secrets": [
        "the-master-secrets-keys",
        "the-target-secrets-keys",
        "the-target-secret-leads-to-the-cluster",
        "the-target-secret-has-the-master-password",
        "the-source-secret-leads-to-the-source",
    ],
    "roles": [
        "the-accounts-roles-are-trusted-to-dms",
        "the-accounts-roles-carry-awss-policies",
        "the-secrets-role-is-trusted-to-the-regions-dms",
        "the-secrets-role-reads-the-two-secrets-alone",
        "the-secrets-role-decrypts-through-secretsmanager-alone",
        "the-monitoring-role",
        "the-flow-logs-role",
        "the-roles-carry-the-files-boundary",
    ],
    "cluster": [
        "cluster-is-available",
        "cluster-engine",
        "cluster-database-and-master-user",
        "cluster-endpoints",
        "cluster-is-encrypted-with-the-environments-key",
        "cluster-takes-iam-authentication",
        "cluster-deletion-protection",
        "cluster-exports-its-log",
        "cluster-backups",
        "cluster-maintenance-window",
        "cluster-insights",
        "cluster-security-group",
        "cluster-subnet-group",
    ],
    "instances": [
        "every-instance-is-available",
        "one-writer-and-the-wanted-readers",
        "readers-have-their-own-outputs",
        "instance-classes",
        "instances-are-in-different-zones",
        "instances-are-private",
        "instances-insights",
        "enhanced-monitoring",
    ],
    "parameters": [
        "cluster-parameters",
        "cluster-parameters-apply-methods",
        "the-cluster-uses-its-own-parameter-group",
        "instances-parameters",
    ],
    "replication": [
        "replication-instance",
        "replication-instance-standby",
        "replication-instance-is-private",
        "replication-subnet-group",
        "source-endpoint",
        "target-endpoint",
        "the-source-is-verified-by-the-given-certificate",
        "endpoints-read-their-secrets",
        "endpoints-hold-no-credentials",
        "source-attributes",
        "target-attributes",
    ],
    "tasks": [
        "every-task-is-there",
        "task-types-and-ends",
        "tasks-carry-on",
        "task-resource-identifiers",
        "table-mappings",
        "full-load-settings",
        "lob-settings",
        "validation-settings",
        "task-logging",
    ],
    "logs": [
        "log-groups-retention",
    ],
    "topic": [
        "the-topic-is-encrypted",
        "who-may-publish-to-the-topic",
        "every-address-is-subscribed",
    ],
    "alarms": [
        "every-metric-has-its-alarm",
        "alarms-thresholds",
        "alarms-treatment-of-missing-data",
        "alarms-look-at-what-is-there",
        "alarms-tell-the-topic",
    ],
    "events": [
        "rds-tells-of-the-cluster-and-its-instances",
        "dms-tells-of-the-instance-and-its-tasks",
        "what-is-told-of",
        "subscriptions-to-events-are-active",
    ],
    "dashboard": [
        "the-dashboards-address",
        "the-dashboard-shows-what-is-there",
        "the-dashboard-shows-every-alarm",
    ],
    "tags": [
        "everything-carries-the-tags",
        "the-source-secret-carries-the-tags",
    ],
}


def test_the_table_of_checks() -> None:
    """Scripts go by the names."""
    assert [check.name for check in CHECKS] == [name for area in TABLE.values() for name in area]
    assert {name: area for area, names in TABLE.items() for name in names} == AREAS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_each_check_says_in_a_sentence_what_is_so_where_all_is_right(check: Check) -> None:
    assert check.right[0].isupper()
    assert check.right.endswith(".")
    assert "\n" not in check.right


def made(function: object) -> list[Finding]:
    """What a check comes to that is this function."""
    check = Check(name="the-port", area="cluster", function=function)  # type: ignore[arg-type]  # any that raises
    return judge(check, deployed())


def test_a_check_that_finds_no_difference_is_right() -> None:
    def look(_: Deployed, expect: Expect) -> None:
        """The port is the file's.

        It cannot be changed.
        """
        expect.equal("The port", 5432, 5432)

    assert made(look) == [
        Finding(check="the-port", level=Level.RIGHT, what="The port is the file's.")
    ]


def test_every_difference_is_a_finding() -> None:
    def look(_: Deployed, expect: Expect) -> None:
        expect.equal("The port", 5433, 5432)
        only("Ports", [])
        raise AssertionError("the check has ended")

    port, ports = made(look)

    assert port == Finding(
        check="the-port",
        level=Level.BLOCKED,
        what="The port: found 5433, should be 5432.",
        why="dev.toml says otherwise, or the deployment did not end.",
        remedy=(
            "Deploy what 'cdktf diff dev' shows of it; mend the rest by hand, or let dev.toml say "
            "what is there."
        ),
    )
    assert ports.what == "Ports: found 0, should be exactly one."


def refused(code: str) -> object:
    def look(_: Deployed, __: Expect) -> None:
        """The port is the file's."""
        raise ClientError({"Error": {"Code": code, "Message": "dev not found."}}, "DescribeThings")

    return look


def test_what_aws_does_not_have_differs() -> None:
    [finding] = made(refused("DBClusterNotFoundFault"))

    assert finding.level is Level.BLOCKED
    assert finding.what == (
        "Could not check the-port: AWS refused DescribeThings (DBClusterNotFoundFault): dev not "
        "found."
    )
    assert finding.why == "The state has it, and AWS has not."


def test_what_aws_does_not_answer_is_not_judged() -> None:
    [finding] = made(refused("UnauthorizedOperation"))

    assert finding.level is Level.UNJUDGED
    assert finding.what == "'The port is the file's' could not be judged."
    assert finding.why == (
        "Could not check the-port: AWS denied DescribeThings (UnauthorizedOperation)."
    )
    assert finding.remedy.startswith("docs/deployment.md lists the permissions ")


def test_what_the_state_lacks_is_not_judged() -> None:
    def look(deployed: Deployed, _: Expect) -> None:
        """The port is the file's."""
        _ = deployed.outputs["vpc_id"]

    [finding] = made(look)

    assert finding.level is Level.UNJUDGED
    assert finding.why.startswith(
        "The state s3://aurora-ferry-tfstate-111122223333-eu-central-1/environments/dev/"
        "terraform.tfstate lacks outputs (aurora_security_group_id, "
    )
    assert "vpc_id" in finding.why
    assert finding.remedy == "Deploy it again: cdktf deploy dev"


@pytest.mark.parametrize("arns", [{}, ["arn:task"], "arn:task", 1, None])
def test_an_output_of_another_shape_is_not_judged(arns: object) -> None:
    def look(deployed: Deployed, _: Expect) -> None:
        """The port is the file's."""
        _ = deployed.outputs["dms_task_arns"]["all"].removeprefix("arn:")

    check = Check(name="the-port", area="cluster", function=look)

    [finding] = judge(check, deployed(state=State(outputs={"dms_task_arns": arns})))

    assert finding.level is Level.UNJUDGED
    assert finding.why.startswith(
        "AWS's answer, or an output, has another shape than the check knows: "
    )
    assert finding.remedy == "Look at this by hand."


def test_without_a_state_there_is_one_finding_with_what_to_run() -> None:
    [finding] = findings(deployed(state=State()))

    assert (finding.check, finding.level) == ("state", Level.UNJUDGED)
    assert finding.what == "What is deployed of dev could not be judged."
    assert finding.remedy == "Deploy it first: cdktf deploy dev"


def test_one_check_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(_: Deployed, __: Expect) -> None:
        """The first."""

    def second(_: Deployed, expect: Expect) -> None:
        expect.look("The second.", why="So.", remedy="Do.")

    table = [Check(name=it.__name__, area="a", function=it) for it in (first, second)]
    monkeypatch.setattr(checks, "CHECKS", table)

    assert [finding.what for finding in findings(deployed())] == ["The first.", "The second."]
