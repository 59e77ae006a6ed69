"""The edits whose plans are reviewed, and what the review has to say of each."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ferry.review.rules.review import Verdict
from tests.terraform.edits import Edit, every, of, without

if TYPE_CHECKING:
    from tests.terraform.edits import Stack, StackEdit

SAFE, SECOND, BLOCKED = Verdict.SAFE, Verdict.SECOND_REVIEWER, Verdict.BLOCKED

_CLUSTER = "aws_rds_cluster"
_REPLICATION = "aws_dms_replication_instance"
_TASK = "aws_dms_replication_task"
_ENDPOINT = "aws_dms_endpoint"
_ANOTHER_KEY = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"
_ANOTHER_TASK = '\n[[dms.tasks]]\nname = "audit"\ntables = [{ schema = "audit" }]\n'
_ANOTHER_DATABASE = """
[[databases]]
source = "app"
aurora = "app"

[[databases]]
source = "CRM"
aurora = "crm"

[[dms.tasks]]
name = "crm"
database = "crm"
tables = [{ schema = "public" }]
"""
_NO_PROTECTION = {
    "protection.prevent_destroy": "false",
    "protection.deletion_protection": "false",
}


def setting(type_: str, construct: str, **attributes: Any) -> StackEdit:  # noqa: ANN401 (JSON)
    """Set attributes of one resource."""

    def edit(stack: Stack) -> None:
        of(stack, type_, construct).update(attributes)

    return edit


def in_document(type_: str, construct: str, attribute: str, old: str, new: str) -> StackEdit:
    """Replace a text in an attribute of one resource."""

    def edit(stack: Stack) -> None:
        body = of(stack, type_, construct)
        assert old in body[attribute], f"{old} is not in {attribute}"
        body[attribute] = body[attribute].replace(old, new)

    return edit


def gone(type_: str, construct: str) -> StackEdit:
    """Take one resource out, and what waits for it waits no more."""

    def edit(stack: Stack) -> None:
        there = set(stack["resource"][type_])
        without(stack, type_, construct)
        (name,) = there - set(stack["resource"].get(type_, {}))
        for bodies in stack["resource"].values():
            for body in bodies.values():
                waits = body.get("depends_on", [])
                body["depends_on"] = [it for it in waits if it != f"{type_}.{name}"]

    return edit


def reads_no_secret(stack: Stack) -> None:
    """Take from DMS's role that it may read secrets."""
    policy = of(stack, "aws_iam_role_policy", "secret-access/policy")
    document = json.loads(policy["policy"])
    document["Statement"] = [it for it in document["Statement"] if it["Sid"] != "ReadSecrets"]
    policy["policy"] = json.dumps(document)


def another_family(stack: Stack) -> None:
    """Make the cluster's parameter group one of the next major version."""
    group = of(stack, "aws_rds_cluster_parameter_group", "aurora/parameters/cluster")
    group["family"] = "aurora-postgresql16"
    group["name"] = group["name"].replace("postgresql15", "postgresql16")


def another_certificate(stack: Stack) -> None:
    """Trust a bundle of authorities where one was trusted."""
    certificate = of(stack, "aws_dms_certificate", "source-ca/certificate")
    certificate["certificate_pem"] *= 2
    certificate["certificate_id"] += "-2"


def another_subnet_group(stack: Stack) -> None:
    """Put the cluster into a subnet group of another name."""
    of(stack, "aws_db_subnet_group", "aurora/subnet-group")["name"] += "-2"


def no_alarms(stack: Stack) -> None:
    """Remove every alarm."""
    without(stack, "aws_cloudwatch_metric_alarm")


def public_topic(stack: Stack) -> None:
    """Let everyone publish to the topic."""
    body = of(stack, "aws_sns_topic_policy", "alarm-topic/policy")
    policy = json.loads(body["policy"])
    policy["Statement"].append(
        {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}
    )
    body["policy"] = json.dumps(policy)


def wider_trust(stack: Stack) -> None:
    """Let another account act in the role that reads the secrets."""
    body = of(stack, "aws_iam_role", "secret-access/role")
    policy = json.loads(body["assume_role_policy"])
    policy["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
            "Action": "sts:AssumeRole",
        }
    )
    body["assume_role_policy"] = json.dumps(policy)


def worldwide(stack: Stack) -> None:
    """Open Aurora's port to the internet."""
    rule = of(stack, "aws_vpc_security_group_ingress_rule", "security-groups/clients-to-aurora-in")
    del rule["referenced_security_group_id"]
    rule["cidr_ipv4"] = "0.0.0.0/0"


def other_dashboard(stack: Stack) -> None:
    """Say something else on the dashboard."""
    (dashboard,) = every(stack, "aws_cloudwatch_dashboard")
    graph = {"type": "metric", "properties": {"metrics": [["AWS/RDS", "CPUUtilization"]]}}
    dashboard["dashboard_body"] = json.dumps({"widgets": [graph]})


def nothing(stack: Stack) -> None:
    """Leave nothing but the provider: what is planned when an environment is taken out."""
    for part in set(stack) - {"//", "provider", "terraform"}:
        del stack[part]


EDITS: Final[tuple[Edit, ...]] = (
    # Safe
    Edit(name="first deployment", deployed=False,
         verdict=SAFE, path="aurora/cluster", says="A new cluster takes nothing from what is there."),
    Edit(name="first deployment of staging", base="staging", deployed=False,
         verdict=SAFE, path="nat/nat-1", says="Without a route nothing goes there."),
    Edit(name="first deployment of prod", base="prod", deployed=False,
         verdict=SAFE, path="aurora/cluster", says="A new cluster takes nothing from what is there."),
    Edit(name="nothing", verdict=SAFE, path="", says=""),
    Edit(name="nothing, in staging", base="staging", verdict=SAFE, path="", says=""),
    Edit(name="nothing, in prod", base="prod", verdict=SAFE, path="", says=""),
    Edit(name="tags", settings={"tags.extra": '{ team = "payments" }'},
         verdict=SAFE, path="aurora/cluster", says="Tags; nothing restarts, nobody gets in by them."),
    Edit(name="tags, in prod", base="prod", settings={"tags.extra": '{ team = "payments", cost-centre = "4712" }'},
         verdict=SAFE, path="aurora/cluster", says="Tags; nothing restarts, nobody gets in by them."),
    Edit(name="alarm threshold", settings={"alarms.aurora_connections": "250"},
         verdict=SAFE, path="aurora-alarms/database-connections", says="It goes off earlier."),
    Edit(name="log retention", settings={"aurora.log_retention_days": "30"},
         verdict=SAFE, path="aurora/log", says="Logs are kept for longer"),
    Edit(name="flow logs kept for longer", settings={"network.vpc.flow_log_retention_days": "30"},
         verdict=SAFE, path="network/flow-logs/group", says="Logs are kept for longer"),
    Edit(name="DMS's logs kept for longer", base="prod", settings={"dms.log_retention_days": "90"},
         verdict=SAFE, path="replication/task-logs", says="Logs are kept for longer"),
    Edit(name="a reader more", settings={"aurora.reader_count": "3"},
         verdict=SAFE, path="aurora/reader-3", says="A new instance joins as a reader."),
    Edit(name="a reader more, in prod", base="prod", settings={"aurora.reader_count": "3"},
         verdict=SAFE, path="aurora/reader-3", says="A new instance joins as a reader."),
    Edit(name="backup retention up", settings={"aurora.backup_retention_days": "7"},
         verdict=SAFE, path="aurora/cluster", says="Backups are kept for longer."),
    Edit(name="an e-mail more",
         settings={"alarms.emails": '["dev-team@example.org", "dba@example.org"]'},
         verdict=SAFE, path="alarm-topic/email-f1d70281", says="One more receiver"),
    Edit(name="an e-mail more, in prod", base="prod", settings={
             "alarms.emails": '["dba@example.org", "on-call@example.org", "team@example.org"]'},
         verdict=SAFE, path="alarm-topic/email-8793dea0", says="One more receiver"),
    Edit(name="performance insights days",
         settings={"aurora.performance_insights_retention_days": "31"},
         verdict=SAFE, path="aurora/writer", says="It is kept for longer."),
    Edit(name="enhanced monitoring closer", base="staging",
         settings={"aurora.monitoring_interval_seconds": "15"},
         verdict=SAFE, path="aurora/writer", says="The operating system is measured."),
    Edit(name="a dynamic parameter", settings={"aurora.parameters.work_mem": "8192"},
         verdict=SAFE, path="aurora/parameters/cluster",
         says="Parameters with these values are known to be harmless"),
    Edit(name="slow statements are logged sooner", base="prod",
         settings={"aurora.log_min_duration_statement_ms": "500"},
         verdict=SAFE, path="aurora/parameters/cluster",
         says="Parameters with these values are known to be harmless"),
    Edit(name="password rotated", settings={"aurora.master_password_version": "2"},
         verdict=SAFE, path="target-secret/version", says="A rotation"),
    Edit(name="dashboard", stack=other_dashboard,
         verdict=SAFE, path="dashboard/dashboard", says="A picture of metrics"),
    Edit(name="a task more", appended=_ANOTHER_TASK,
         verdict=SAFE, path="replication-alarms/cdc-latency-source-audit",
         says="Something more is watched."),
    Edit(name="a database more", settings={"dms.tasks.database": '"app"'},
         removed=("source.database",), appended=_ANOTHER_DATABASE,
         verdict=SAFE, path="database-crm-target/endpoint", says="No task uses it yet."),
    Edit(name="task setting", settings={"dms.tasks.full_load_sub_tasks": "16"},
         verdict=SAFE, path="task-all/task",
         says="Each setting is harmless with its value, and no running task is stopped for it."),
    Edit(name="a task logs more", base="prod", settings={
             "dms.tasks.log_severities": '{ SOURCE_CAPTURE = "LOGGER_SEVERITY_INFO" }'},
         verdict=SAFE, path="task-orders/task",
         says="Each setting is harmless with its value, and no running task is stopped for it."),
    Edit(name="protection on", settings={
             "protection.prevent_destroy": "true", "protection.deletion_protection": "true",
             "protection.final_snapshot": "true", "protection.secret_recovery_window_days": "30",
             "protection.kms_deletion_window_days": "30"},
         verdict=SAFE, path="aurora/cluster", says="RDS refuses to delete the cluster."),
    Edit(name="the source's host in the secret", settings={"source.host": '"192.168.10.16"'},
         verdict=SAFE, path="", says=""),
    # Aurora
    Edit(name="engine minor, at once", settings={"aurora.engine_version": '"15.10"'},
         verdict=BLOCKED, path="aurora/cluster",
         says='A minor upgrade from "15.8" to "15.10" restarts the writer and the readers.'),
    Edit(name="engine minor, in the window", base="staging",
         settings={"aurora.engine_version": '"15.10"'},
         verdict=SECOND, path="aurora/cluster", says='A minor upgrade from "15.8" to "15.10"'),
    Edit(name="engine major, in the window", base="staging", settings={
             "aurora.engine_version": '"16.6"', "aurora.allow_major_version_upgrade": "true"},
         verdict=BLOCKED, path="aurora/writer",
         says="it is of another major version than 15, which runs until then."),
    Edit(name="engine major, at once", settings={"aurora.engine_version": '"16.6"',
         "aurora.allow_major_version_upgrade": "true"},
         verdict=BLOCKED, path="aurora/cluster",
         says='A major upgrade from "15.8" to "16.6": the writer and all readers stop.'),
    Edit(name="engine major, not allowed", base="staging",
         settings={"aurora.engine_version": '"16.6"'},
         verdict=BLOCKED, path="aurora/cluster", says="allow_major_version_upgrade is not true."),
    Edit(name="engine down", base="staging", settings={"aurora.engine_version": '"15.7"'},
         verdict=BLOCKED, path="aurora/cluster",
         says='Aurora cannot go back from "15.8" to "15.7"; RDS refuses it.'),
    Edit(name="instance class", base="staging", settings={"aurora.instance_class": '"db.r6g.xlarge"'},
         verdict=SECOND, path="aurora/writer",
         says='The writer, or what may be the writer, is stopped and started as "db.r6g.xlarge"'),
    Edit(name="class, with apply_immediately", base="staging", settings={
             "aurora.instance_class": '"db.r6g.xlarge"', "aurora.apply_immediately": "true"},
         verdict=BLOCKED, path="aurora/writer",
         says='The writer, or what may be the writer, is stopped and started as "db.r6g.xlarge"'),
    Edit(name="class too small for an alarm's threshold", base="staging", settings={
             "aurora.instance_class": '"db.t4g.medium"'},
         verdict=SECOND, path="aurora-alarms/database-connections",
         says='An instance of "db.t4g.medium" accepts about 450 connections'),
    Edit(name="serverless", base="staging", settings={
             "aurora.instance_class": '"db.serverless"', "aurora.serverless.min_acu": "2"},
         appended="max_acu = 16\n",
         verdict=SECOND, path="aurora/writer",
         says='The writer, or what may be the writer, is stopped and started as "db.serverless"'),
    Edit(name="serverless too small for an alarm's threshold", base="staging", settings={
             "aurora.instance_class": '"db.serverless"', "aurora.serverless.min_acu": "2"},
         appended="max_acu = 4\n",
         verdict=SECOND, path="aurora-alarms/database-connections",
         says='An instance of "db.serverless" accepts about 823 connections'),
    Edit(name="first deployment, serverless", deployed=False, settings={
             "aurora.instance_class": '"db.serverless"', "aurora.serverless.min_acu": "0.5"},
         appended="max_acu = 8\n",
         verdict=SAFE, path="aurora/cluster", says="A new cluster takes nothing from what is there."),
    Edit(name="apply_immediately on", base="staging",
         settings={"aurora.apply_immediately": "true"},
         verdict=SECOND, path="aurora/cluster", says="All that waits for the maintenance window"),
    Edit(name="maintenance window", base="staging",
         settings={"aurora.maintenance_window": '"mon:03:00-mon:04:00"'},
         verdict=SECOND, path="aurora/writer", says="What waits for the window is done in"),
    Edit(name="certificate authority", base="staging",
         settings={"aurora.ca_certificate_identifier": '"rds-ca-ecc384-g1"'},
         verdict=SECOND, path="aurora/writer", says='The certificate is signed by "rds-ca-ecc384-g1"'),
    Edit(name="enhanced monitoring off", base="staging",
         settings={"aurora.monitoring_interval_seconds": "0"},
         verdict=SECOND, path="aurora/writer", says="Enhanced monitoring is off."),
    Edit(name="port", settings={"aurora.port": "5433"},
         verdict=BLOCKED, path="aurora/cluster", says="All instances restart and listen at 5433"),
    Edit(name="cluster identifier",
         stack=setting(_CLUSTER, "aurora/cluster", cluster_identifier="aurora-ferry-other"),
         verdict=BLOCKED, path="aurora/cluster", says="The cluster is replaced"),
    Edit(name="database name", settings={"aurora.database_name": '"other"'},
         verdict=BLOCKED, path="aurora/cluster", says="The cluster is replaced"),
    Edit(name="subnet group change", stack=another_subnet_group,
         verdict=BLOCKED, path="aurora/cluster", says="The cluster is replaced"),
    Edit(name="key change", stack=setting(_CLUSTER, "aurora/cluster", kms_key_id=_ANOTHER_KEY),
         verdict=BLOCKED, path="aurora/cluster", says="The cluster is replaced"),
    Edit(name="storage type", base="staging", settings={"aurora.storage_type": '"aurora-iopt1"'},
         verdict=SECOND, path="aurora/cluster", says="Storage is billed in another way"),
    Edit(name="snapshot identifier", settings={
             "aurora.snapshot_identifier": '"before"',
             "aurora.master_username": '"ferry_admin"'},
         verdict=BLOCKED, path="aurora/cluster", says="The new one is restored from"),
    Edit(name="deletion protection off", base="staging", settings=_NO_PROTECTION,
         verdict=BLOCKED, path="aurora/cluster",
         says="RDS will no longer refuse to delete the cluster."),
    Edit(name="final snapshot off", base="staging",
         settings={**_NO_PROTECTION, "protection.final_snapshot": "false"},
         verdict=BLOCKED, path="aurora/cluster",
         says="No snapshot will be taken when the cluster is deleted."),
    Edit(name="backup retention down", base="staging",
         settings={"aurora.backup_retention_days": "3"},
         verdict=BLOCKED, path="aurora/cluster", says="The backups that are older than 3 days go"),
    Edit(name="which statements are logged", settings={"aurora.log_statement": '"ddl"'},
         verdict=SECOND, path="aurora/parameters/cluster",
         says='The log tells less: log_statement becomes "ddl"'),
    Edit(name="static parameter", settings={"aurora.parameters.max_worker_processes": "32"},
         verdict=SECOND, path="aurora/parameters/cluster",
         says='max_worker_processes becomes "32", and stays the default until'),
    Edit(name="static parameter, said to be dynamic",
         stack=lambda stack: of(
             stack, "aws_rds_cluster_parameter_group", "aurora/parameters/cluster"
         )["parameter"].append(
             {"name": "max_connections", "value": "500", "apply_method": "immediate"}),
         verdict=BLOCKED, path="aurora/parameters/cluster",
         says="max_connections is static: RDS refuses to apply it immediately."),
    Edit(name="parameter group family", stack=another_family,
         verdict=BLOCKED, path="aurora/cluster",
         says="it is of another major version than 15, which is asked for."),
    Edit(name="a reader fewer", settings={"aurora.reader_count": "1"},
         verdict=SECOND, path="aurora/reader-2", says="A reader is destroyed; 2 instances are left."),
    Edit(name="all readers gone", settings={"aurora.reader_count": "0"},
         verdict=SECOND, path="aurora/reader-1", says="A reader is destroyed."),
    # DMS
    Edit(name="DMS class", base="staging", settings={"dms.instance_class": '"dms.c5.xlarge"'},
         verdict=SECOND, path="replication/instance",
         says='The instance is stopped and started as "dms.c5.xlarge"'),
    Edit(name="DMS version", base="staging", settings={"dms.engine_version": '"3.6.1"'},
         verdict=SECOND, path="replication/instance", says='DMS is upgraded from "3.5.4"'),
    Edit(name="DMS version down", base="staging", settings={"dms.engine_version": '"3.5.3"'},
         verdict=BLOCKED, path="replication/instance", says='DMS cannot go back from "3.5.4"'),
    Edit(name="DMS storage down", base="staging", settings={"dms.allocated_storage_gib": "50"},
         verdict=BLOCKED, path="replication/instance", says="Storage can grow only"),
    Edit(name="DMS without a standby", base="staging", settings={"dms.multi_az": "false"},
         verdict=SECOND, path="replication/instance", says="There is no standby any more"),
    Edit(name="replication instance renamed",
         stack=setting(_REPLICATION, "replication/instance", replication_instance_id="other"),
         verdict=BLOCKED, path="replication/instance", says="The replication instance is replaced"),
    Edit(name="endpoint host", stack=setting(
             _ENDPOINT, "source/endpoint", secrets_manager_arn=
             "arn:aws:secretsmanager:eu-central-1:111122223333:secret:elsewhere-AbCdEf"),
         verdict=SECOND, path="source/endpoint",
         says="At another server or database, a task's position means nothing: reload it."),
    Edit(name="source database", settings={"source.database": '"other"'},
         verdict=SECOND, path="source/endpoint",
         says="At another server or database, a task's position means nothing: reload it."),
    Edit(name="heartbeat", settings={"source.heartbeat.frequency_minutes": "10"},
         verdict=SECOND, path="source/endpoint", says="DMS connects in another way from now on."),
    Edit(name="endpoint SSL down", base="staging", settings={"source.ssl_mode": '"verify-ca"'},
         verdict=SECOND, path="source/endpoint",
         says='The connection is protected less: "verify-ca" in place of "verify-full".'),
    Edit(name="certificate changed", base="staging", stack=another_certificate,
         verdict=SECOND, path="source/endpoint",
         says="With a certificate that does not fit, the tasks cannot connect."),
    Edit(name="table mapping", settings={"dms.tasks.tables": '[{ schema = "app" }]'},
         verdict=SECOND, path="task-all/task", says="Tables that are added are loaded only by"),
    Edit(name="tables dropped at the target",
         settings={"dms.tasks.target_table_preparation_mode": '"DROP_AND_CREATE"'},
         verdict=SECOND, path="task-all/task", says="the task drops Aurora's tables"),
    Edit(name="task renamed", settings={"dms.tasks.name": '"everything"'},
         verdict=BLOCKED, path="task-all/task", says="The task is stopped and deleted"),
    Edit(name="migration type", settings={"dms.tasks.migration_type": '"cdc"'},
         verdict=BLOCKED, path="task-all/task", says="DMS does not change a task from"),
    # Network, access, alarms
    Edit(name="a rule open to the world", stack=worldwide,
         verdict=BLOCKED, path="security-groups/clients-to-aurora-in",
         says="0.0.0.0/0 may connect to tcp 5432."),
    Edit(name="the source's network", settings={
             "source.cidr": '"192.168.0.0/16"'},
         verdict=SECOND, path="security-groups/dms-to-source-out",
         says="192.168.0.0/16 is let through"),
    Edit(name="role trust widened", stack=wider_trust,
         verdict=SECOND, path="secret-access/role",
         says="A statement allows 999988887777, which is not of the environment's account."),
    Edit(name="alarms removed", stack=no_alarms,
         verdict=SECOND, path="aurora-alarms/deadlocks", says="The alarm goes; what it watched"),
    Edit(name="another e-mail", settings={"alarms.emails": '["dba@example.org"]'},
         verdict=SECOND, path="alarm-topic/email-cbbf15bc",
         says="The last receiver who has confirmed goes: until a new one does"),
    Edit(name="nobody told", settings={"alarms.emails": "[]"},
         verdict=SECOND, path="alarm-topic/email-cbbf15bc",
         says="The last receiver goes: alarms and events reach nobody."),
    Edit(name="the policy of DMS's role deleted",
         stack=gone("aws_iam_role_policy", "secret-access/policy"),
         verdict=SECOND, path="secret-access/policy", says="The role may no longer kms:Decrypt"),
    Edit(name="the policy of DMS's role narrowed", stack=reads_no_secret,
         verdict=SECOND, path="secret-access/policy",
         says="The role may no longer secretsmanager:DescribeSecret"),
    Edit(name="the rule by which DMS reaches Aurora deleted",
         stack=gone("aws_vpc_security_group_ingress_rule", "security-groups/dms-to-aurora-in"),
         verdict=SECOND, path="security-groups/dms-to-aurora-in",
         says="security-groups/dms is no longer let through: tcp 5432."),
    Edit(name="topic policy public", stack=public_topic,
         verdict=BLOCKED, path="alarm-topic/policy", says="A statement allows everyone."),
    Edit(name="CIDR of the VPC", settings={"network.vpc.cidr": '"10.30.0.0/20"'},
         verdict=BLOCKED, path="network/vpc", says="The VPC goes"),
    Edit(name="environment file deleted", deleted=True, stack=nothing,
         verdict=BLOCKED, path="aurora/cluster", says="The cluster is destroyed"),
)
