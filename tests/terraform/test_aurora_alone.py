"""Aurora alone, then a migration beside it, then alone again: nothing of Aurora is touched.

One environment, deployed by the real Terraform three times from three files: without [source] and
[dms], with them and three databases, and without them again. All of them are environments/examples/own.toml,
which names what others have made (own_things.py), and a snapshot that the cluster is made from, so that these
are deployed as well; and so are DMS's own settings, row filters and another network (escape_hatches.py),
and a serverless reader beside a writer that is none.
Whoever deploys signed in to another account, and the key is of a third one.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from ferry.check.deployment.checks import findings
from ferry.findings import Level
from ferry.prepare.credentials import Credentials
from ferry.prepare.policies.documents import documents
from ferry.prepare.secret import write
from ferry.prepare.source_secret import secret_of
from ferry.review import Danger, read_plan, review
from ferry.review.rules.review import Verdict
from harness.deployment import synthesize
from harness.server import LocalAws
from settings.reading.loading import load_environments
from settings.review import Review
from tests.aurora_alone import aurora_alone
from tests.escape_hatches import with_hatches
from tests.integration.rollout import deployed, local
from tests.own_things import FILE, PEOPLE, bring_along
from tests.several_databases import with_databases
from tests.terraform.checkout import check_out
from tests.terraform.copies import STACK
from tests.terraform.served_provider import ServedDeployment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ferry.account import Account

NAME = "own"
STAGES = ("before", "during", "after")
OF_DMS = {
    "dms-finds-the-secretsmanager-endpoint", "dms-is-encrypted", "dms-rules",
    "dms-tells-of-the-instance-and-its-tasks", "endpoints-hold-no-credentials",
    "endpoints-read-their-secrets", "every-task-is-there", "full-load-settings", "lob-settings",
    "replication-instance", "replication-instance-is-private", "replication-instance-standby",
    "replication-subnet-group", "source-attributes", "source-endpoint", "table-mappings",
    "target-attributes", "target-endpoint", "task-logging", "task-resource-identifiers",
    "task-types-and-ends", "tasks-carry-on", "the-accounts-roles-are-trusted-to-dms",
    "the-accounts-roles-carry-awss-policies", "the-secrets-role-decrypts-through-secretsmanager-alone",
    "the-secrets-role-is-trusted-to-the-regions-dms",
    "the-secrets-role-reads-the-two-secrets-alone", "the-secretsmanager-endpoint-is-where-dms-is",
    "the-secretsmanager-endpoint-serves-this-account-alone", "the-secretsmanager-endpoints-rules",
    "the-source-secret-carries-the-tags", "the-source-secret-leads-to-the-source",
    "validation-settings",
}  # fmt: skip


READERS = """
[[aurora.readers]]
promotion_tier = 15

[[aurora.readers]]
instance_class = "db.serverless"
promotion_tier = 1

[aurora.serverless]
min_acu = 0.5
max_acu = 16
"""
"""A reader that a failover takes last, and a serverless one."""

PASSED = "Nothing to check: the file has Aurora alone, neither [source] nor [dms]."
CLOCK = "LatestRestorableTime"
"""What passes by itself."""


SECURITY = "777766665555"
"""The account that keeps the key."""


def auroras(account: Account, outputs: dict[str, Any], *, security: Account) -> dict[str, Any]:
    """All of Aurora's that a migration has no business with, as AWS tells it."""
    rds, cluster_id = account.rds, outputs["cluster_id"]
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=cluster_id)["DBClusters"]
    instances = rds.describe_db_instances(
        Filters=[{"Name": "db-cluster-id", "Values": [cluster_id]}]
    )["DBInstances"]
    group = cluster["DBClusterParameterGroup"]
    parameters = rds.describe_db_cluster_parameters(
        DBClusterParameterGroupName=group, Source="user"
    )["Parameters"]
    groups = account.ec2.describe_security_groups(
        GroupIds=[outputs["aurora_security_group_id"], outputs["clients_security_group_id"]]
    )["SecurityGroups"]
    key = outputs["kms_key_arn"]
    return {
        "cluster": {name: value for name, value in cluster.items() if name != CLOCK},
        "instances": [
            {name: value for name, value in it.items() if name != CLOCK} for it in instances
        ],
        "parameters": parameters,
        "groups": [(it["GroupId"], it["GroupName"]) for it in groups],
        "key": (key, security.kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]),
        "secrets": {
            output: account.secretsmanager.get_secret_value(SecretId=outputs[output])["VersionId"]
            for output in ("master_secret_arn", "secret_arn")
        },
        "topic": outputs["alarm_topic_arn"],
        "subnets": outputs["aurora_subnet_ids"],
    }


def from_a_snapshot(account: Account, text: str) -> str:
    """Leave a snapshot of a cluster that is gone, and name it in an environment's file."""
    rds = account.rds
    rds.create_db_cluster(
        DBClusterIdentifier="elsewhere",
        Engine="aurora-postgresql",
        EngineVersion="15.8",
        DatabaseName="app",
        MasterUsername="shop_admin",
        MasterUserPassword="canary-Pa55word",
    )
    arn = rds.create_db_cluster_snapshot(
        DBClusterIdentifier="elsewhere", DBClusterSnapshotIdentifier="before"
    )["DBClusterSnapshot"]["DBClusterSnapshotArn"]
    rds.delete_db_cluster(DBClusterIdentifier="elsewhere", SkipFinalSnapshot=True)
    named = f'snapshot_identifier = "{arn}"\nmaster_username = "shop_admin"'
    return text.replace("[aurora]\n", f"[aurora]\n{named}\n", 1)


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stages]:
    """The three deployments, one after the other."""
    folder = tmp_path_factory.mktemp("aurora-alone")
    with LocalAws(log=folder / "local-aws.log") as cloud, ExitStack() as providers:
        yield Stages(folder, cloud, providers)


def with_three_databases(text: str) -> str:
    """A file that carries two databases more, one of another name in Aurora."""
    return with_databases(text, {"crm": "CRM-2019", "order_items": "order_items"})


class Stages:
    """What the three deployments did.

    Args:
        folder: Where the stacks are written.
        cloud: Where they are deployed.
        providers: What runs until the stages have been looked at.
    """

    def __init__(self, folder: Path, cloud: LocalAws, providers: ExitStack) -> None:
        beside = check_out(folder / "beside")
        file = beside / f"environments/{NAME}.toml"
        for other in file.parent.glob("*.toml"):
            other.unlink()  # an account's environments agree on what it brings along
        file.write_text(FILE.read_text())
        (environment,) = load_environments(file.parent, selected=NAME)
        account = local(environment, url=cloud.url)
        elsewhere = environment.aws.model_copy(update={"account_id": SECURITY})
        security = local(environment.model_copy(update={"aws": elsewhere}), url=cloud.url)
        text = from_a_snapshot(account, bring_along(account, security=security)) + READERS
        alone = check_out(folder / "alone", environments=file.parent)
        file.write_text(with_three_databases(with_hatches(text)))
        (alone / f"environments/{NAME}.toml").write_text(aurora_alone(text))
        output = synthesize(folder, project=beside, names=NAME)
        without = synthesize(folder / "alone", project=alone, names=NAME)
        self.files = {
            "beside": (output / "stacks" / NAME / STACK).read_text(),
            "alone": (without / "stacks" / NAME / STACK).read_text(),
        }
        self.cloud, self.security = cloud, security
        self.deployments = {
            name: providers.enter_context(
                ServedDeployment(
                    cloud=cloud, output=output, folder=folder, project=project, signed_in=PEOPLE
                )
            )
            for name, project in (("beside", beside), ("alone", alone))
        }
        self.seen: dict[str, dict[str, Any]] = {}
        self.endpoints: dict[str, dict[str, str]] = {}
        self.left: dict[str, list[str]] = {}
        self.differs: dict[str, list[str]] = {}
        self.passed: dict[str, set[str]] = {}
        self._write("alone")
        self.key_policy = self._admit()
        self.deployments["alone"].terraform(NAME).init()
        terraform = self.deployments["alone"].terraform(NAME)
        terraform.apply()
        self.restored = terraform.plan("restored")
        self._deploy("before", "alone")
        self.deployments["beside"].prepare_account(NAME)
        # The command knows the project's own environments alone.
        credentials = Credentials(username="ferry", password="canary-Pa55word2")
        wanted = secret_of(self.deployments["beside"].environment(NAME))
        assert list(write(account.secretsmanager, wanted, credentials))
        self.deployments["beside"].terraform(NAME).init()
        self._deploy("during", "beside")
        self._write("alone")
        self.ending = self.deployments["alone"].terraform(NAME).plan("ending")
        self._deploy("after", "alone")

    def _admit(self) -> str:
        """Give the key the policy that `ferry policies own key` writes, as its administrators do."""
        environment = self.deployments["alone"].environment(NAME)
        (key,) = (it for it in documents(environment, [environment]) if it.name == "key")
        policy = json.dumps(key.as_json())
        self.security.kms.put_key_policy(
            KeyId=environment.aws.kms_key_arn or "", PolicyName="default", Policy=policy
        )
        return policy

    def _write(self, which: str) -> None:
        terraform = self.deployments[which].terraform(NAME)
        (terraform.folder / STACK).write_text(self.files[which])

    def _deploy(self, stage: str, which: str) -> None:
        deployment = self.deployments[which]
        terraform = deployment.terraform(NAME)
        self._write(which)
        terraform.apply()
        self.left[stage] = terraform.changes(stage)
        found = deployed(deployment.environment(NAME), url=deployment.cloud.url)
        told = list(findings(found))
        self.differs[stage] = [
            it.what for it in told if it.level in {Level.BLOCKED, Level.UNJUDGED}
        ]
        self.passed[stage] = {it.check for it in told if it.what == PASSED}
        self.seen[stage] = auroras(found.account, dict(found.outputs), security=self.security)
        self.endpoints[stage] = {
            it["EndpointIdentifier"]: it["PostgreSQLSettings"]["DatabaseName"]
            for it in found.account.dms.describe_endpoints()["Endpoints"]
        }


def test_after_a_restore_a_second_apply_brings_what_a_restore_does_not_take(
    stages: Stages,
) -> None:
    """The provider sends neither IAM authentication nor Performance Insights with a restore."""
    [changed] = [
        it
        for it in stages.restored["resource_changes"]
        if it["change"]["actions"] not in (["no-op"], ["read"])
    ]
    assert (changed["type"], changed["change"]["actions"]) == ("aws_rds_cluster", ["update"])
    before, after = changed["change"]["before"], changed["change"]["after"]
    assert {name for name in after if before.get(name) != after[name]} == {
        "iam_database_authentication_enabled",
        "performance_insights_enabled",
        "performance_insights_kms_key_id",
        "performance_insights_retention_period",
    }
    found = review(read_plan(json.dumps(stages.restored)), environment=NAME, block=frozenset())
    assert found.verdict is Verdict.SECOND_REVIEWER
    assert [it.attribute for it in found.findings] == ["performance_insights_kms_key_id"]
    assert "a key of another account" in found.findings[0].effect.text()


@pytest.mark.parametrize("stage", STAGES)
def test_a_second_plan_is_empty(stages: Stages, stage: str) -> None:
    assert stages.left[stage] == []


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_deployed_is_what_the_file_says(stages: Stages, stage: str) -> None:
    assert stages.differs[stage] == []


def test_a_reader_is_of_its_own_class_and_tier(stages: Stages) -> None:
    cluster, instances = (stages.seen["during"][it] for it in ("cluster", "instances"))

    assert cluster["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 16.0}
    assert {
        it["DBInstanceIdentifier"]: (it["DBInstanceClass"], it["PromotionTier"]) for it in instances
    } == {
        "aurora-ferry-own-writer": ("db.r6g.large", 0),
        "aurora-ferry-own-reader-1": ("db.r6g.large", 15),
        "aurora-ferry-own-reader-2": ("db.serverless", 1),
    }


def test_each_database_has_its_endpoints_for_as_long_as_the_migration(stages: Stages) -> None:
    assert stages.endpoints == {
        "before": {},
        "during": {
            "aurora-ferry-own-source": "app",
            "aurora-ferry-own-target": "app",
            "aurora-ferry-own-source-crm": "CRM-2019",
            "aurora-ferry-own-target-crm": "crm",
            "aurora-ferry-own-source-order-items": "order_items",
            "aurora-ferry-own-target-order-items": "order_items",
        },
        "after": {},
    }


def test_the_checks_of_dms_alone_have_nothing_to_check(stages: Stages) -> None:
    assert stages.passed["before"] == stages.passed["after"] == OF_DMS
    assert stages.passed["during"] == set()


@pytest.mark.parametrize(
    "part", ["cluster", "instances", "parameters", "groups", "key", "secrets", "topic", "subnets"]
)
def test_auroras_own_stays_as_it_was(stages: Stages, part: str) -> None:
    before, during, after = (stages.seen[stage][part] for stage in STAGES)
    assert before == during == after


def test_the_end_of_a_migration_destroys_and_changes_nothing_but_the_dashboard(
    stages: Stages,
) -> None:
    changed = {
        (action, it["type"])
        for it in stages.ending["resource_changes"]
        for action in it["change"]["actions"]
        if action not in {"no-op", "read"}
    }
    assert {it for it in changed if it[0] != "delete"} == {("update", "aws_cloudwatch_dashboard")}
    assert ("delete", "aws_dms_replication_instance") in changed


def test_the_review_says_that_the_migration_ends(stages: Stages) -> None:
    """In words, under the guardrails that production has."""
    blocked = frozenset(Danger(it) for it in Review().block)
    found = review(read_plan(json.dumps(stages.ending)), environment=NAME, block=blocked)

    assert found.verdict is Verdict.SECOND_REVIEWER
    assert {it.effect.text().partition(".")[0].partition(":")[0] for it in found.findings} == {
        "The migration ends",
        "The migration ends, and its tasks' log with it",
    }


def test_what_the_team_brings_along_is_used_and_stays_as_it_was(stages: Stages) -> None:
    made = {it["type"] for it in stages.ending["resource_changes"]}

    assert not {"aws_kms_key", "aws_kms_alias", "aws_sns_topic", "aws_sns_topic_policy"} & made
    assert stages.seen["after"]["key"][1] == stages.key_policy


def test_what_is_deployed_is_encrypted_with_the_key_of_the_other_account(stages: Stages) -> None:
    """And was never looked at there but to describe it."""
    cluster, (key, _) = stages.seen["during"]["cluster"], stages.seen["during"]["key"]

    assert key.split(":")[4] == SECURITY
    assert {cluster["KmsKeyId"], cluster["PerformanceInsightsKMSKeyId"]} == {key}


def test_nothing_is_done_in_the_account_that_people_sign_in_to(stages: Stages) -> None:
    """Provider and backend take the role, and Terraform asks for nothing before."""
    done = stages.cloud.get(f"calls?account={PEOPLE}")["calls"]

    assert {it["operation"] for it in done} <= {"AssumeRole", "GetCallerIdentity"}
    assert "AssumeRole" in {it["operation"] for it in done}
