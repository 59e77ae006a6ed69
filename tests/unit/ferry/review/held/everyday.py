"""What is changed on any day, and stops, loses, opens and hides nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import deployed, expressions
from tests.unit.ferry.review.held.edits import (
    SAFE,
    UNKNOWN,
    Held,
    Step,
    creates,
    deletes,
    drifts,
    leaves,
    mappings,
    output,
    parameters,
    policy,
    reads,
    rule,
    statement,
    updates,
    value_of,
)
from tests.unit.ferry.review.held.names import (
    AURORA_GROUP,
    AURORA_SUBNETS,
    CLIENTS_IN,
    CLUSTER,
    CLUSTER_EVENTS,
    DASHBOARD,
    DMS_ROLE,
    DMS_ROLE_POLICY,
    DMS_STORAGE,
    DMS_TO_INTERNET,
    EMAIL,
    FLOW_LOG_GROUP,
    FREEABLE_MEMORY,
    INSTANCE_EVENTS,
    INSTANCE_PARAMETERS,
    KEY,
    MASTER_SECRET,
    MASTER_VERSION,
    MONITORING_ROLE,
    NAT,
    PARAMETERS,
    POSTGRES_LOG,
    READER_1,
    READER_2,
    REPLICATION,
    SECRETS_ENDPOINT,
    SLOT_DISK,
    SOURCE,
    SOURCE_LATENCY,
    TARGET,
    TARGET_SECRET,
    TARGET_VERSION,
    TASK,
    TASK_EVENTS,
    TASK_LOG,
    TOPIC,
    TOPIC_ARN,
    VALIDATION,
    VPC,
    WRITER,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.review.plan.values import Json


def _day(name: str, why: str, /, *edit: Step) -> Held:
    """A change of any day."""
    return Held(name=name, edit=edit, expected=SAFE, why=why)


def _turned(endpoint: str) -> str:
    """An endpoint's extra connection attributes, the last one first."""
    pairs: str = value_of(endpoint, "extra_connection_attributes")
    return ";".join(reversed(pairs.split(";")))


def _tags(name: str, resource: str, /) -> Held:
    """A tag more."""
    kept = deployed()[resource].values.get("tags") or {}
    return _day(
        f"tag-{name}", "A tag does nothing.", updates(resource, tags={**kept, "cost": "4711"})
    )


def _default_tags(more: dict[str, str]) -> Sequence[Step]:
    """Another default tag: every resource that has tags gets it."""
    return tuple(
        updates(name, tags_all={**it.values["tags_all"], **more})
        for name, it in deployed().items()
        if "tags_all" in it.values
    )


def _validated(**more: int) -> str:
    """The task's settings, with some of validation that they did not name."""
    document = json.loads(deployed()[TASK].values["replication_task_settings"])
    document["ValidationSettings"].update(more)
    return json.dumps(document)


_LET_IN: Json = deployed()[AURORA_GROUP].values["ingress"]
_WORLD: Json = {**_LET_IN[0], "cidr_blocks": ["0.0.0.0/0"], "security_groups": []}
_BILLING = mappings(rule(1, "billing", "%"))
_END_OF_BILLING = "aws_dms_endpoint.database-billing-{}_endpoint"
_ENDS_OF_BILLING = tuple(
    creates(
        _END_OF_BILLING.format(end),
        like=like,
        endpoint_id=f"aurora-ferry-staging-{end}-billing",
        database_name="billing",
    )
    for end, like in (("source", SOURCE), ("target", TARGET))
)
_TASK_OF_BILLING = creates(
    "aws_dms_replication_task.task-billing_task",
    like=TASK,
    replication_task_id="aurora-ferry-staging-billing",
    resource_identifier="aurora-ferry-staging-billing",
    source_endpoint_arn=UNKNOWN,
    target_endpoint_arn=UNKNOWN,
)
WATCHES_BILLING = (
    *(
        creates(
            f"aws_cloudwatch_metric_alarm.replication-alarms_{of}-billing",
            like=like,
            alarm_name=f"dms-{of}-billing-staging",
            dimensions={
                "ReplicationInstanceIdentifier": "aurora-ferry-staging",
                "ReplicationTaskIdentifier": "aurora-ferry-staging-billing",
            },
        )
        for of, like in (("cdc-latency-source", SOURCE_LATENCY), ("validation-failed", VALIDATION))
    ),
    creates(
        "aws_dms_event_subscription.events_dms-task-billing",
        like=TASK_EVENTS,
        name="aurora-ferry-staging-dms-task-billing",
        source_ids=["aurora-ferry-staging-billing"],
    ),
)
_AGAIN: Json = {"alarm_name": "aurora-writer-busy-staging", "threshold": 60}
_EMAIL: Json = {"endpoint": "oncall@example.org", "protocol": "email", "topic_arn": TOPIC_ARN}

ROWS: Final = (
    _tags("cluster", CLUSTER),
    _tags("writer", WRITER),
    _tags("task", TASK),
    _tags("source", SOURCE),
    _tags("dms", REPLICATION),
    _tags("key", KEY),
    _tags("secret", TARGET_SECRET),
    _tags("topic", TOPIC),
    _tags("alarm", WRITER_CPU),
    _tags("vpc", VPC),
    _tags("group", AURORA_GROUP),
    _tags("rule", CLIENTS_IN),
    _tags("role", DMS_ROLE),
    _tags("log", POSTGRES_LOG),
    _tags("endpoint", SECRETS_ENDPOINT),
    _tags("nat", NAT),
    _tags("parameters", PARAMETERS),
    _day(
        "default-tags",
        "Tags on everything do nothing either.",
        *_default_tags({"cost-centre": "4711"}),
    ),
    _day("default-tag-renamed", "The team has another name.", *_default_tags({"team": "ledger"})),
    _day(
        "tags-of-people-and-costs",
        "Nothing acts on them.",
        updates(
            CLUSTER,
            tags={
                **(deployed()[CLUSTER].values["tags"] or {}),
                "Owner": "knight@example.org",
                "cost-centre": "4711",
                "department": "back office",
                "service": "shop/orders",
                "started": "2026-11-26",
                "confidentiality": "high",
            },
        ),
    ),
    _day("tag-removed", "A tag less does nothing.", updates(CLUSTER, tags={})),
    _day(
        "reader-more",
        "More instances to read from and to fail over to.",
        creates(
            "aws_rds_cluster_instance.aurora_reader-3",
            like=READER_2,
            identifier="aurora-ferry-staging-reader-3",
            promotion_tier=3,
            tags={"Name": "aurora-ferry-staging-reader-3"},
        ),
        updates(
            INSTANCE_EVENTS,
            source_ids=[
                "aurora-ferry-staging-reader-1",
                "aurora-ferry-staging-reader-2",
                "aurora-ferry-staging-reader-3",
                "aurora-ferry-staging-writer",
            ],
        ),
    ),
    _day(
        "serverless-range-first",
        "Provisioned instances have their own size; what becomes serverless is a change of its own.",
        updates(
            CLUSTER,
            serverlessv2_scaling_configuration=[{"min_capacity": 2, "max_capacity": 16}],
        ),
    ),
    _day(
        "serverless-idles-larger",
        "An idle instance stays larger; nothing restarts.",
        updates(
            CLUSTER,
            was={"serverlessv2_scaling_configuration": [{"min_capacity": 2, "max_capacity": 16}]},
            serverlessv2_scaling_configuration=[{"min_capacity": 4, "max_capacity": 16}],
        ),
    ),
    _day(
        "backups-for-longer", "More restore points.", updates(CLUSTER, backup_retention_period=14)
    ),
    _day(
        "backups-for-longest",
        "35 days is the most that AWS keeps.",
        updates(CLUSTER, backup_retention_period=35),
    ),
    _day(
        "deletion-protection-on",
        "More protection.",
        updates(CLUSTER, was={"deletion_protection": False}, deletion_protection=True),
    ),
    _day(
        "final-snapshot-taken",
        "More protection.",
        updates(CLUSTER, was={"skip_final_snapshot": True}, skip_final_snapshot=False),
    ),
    _day(
        "tags-into-snapshots",
        "Tags in snapshots do nothing.",
        updates(CLUSTER, was={"copy_tags_to_snapshot": False}, copy_tags_to_snapshot=True),
    ),
    _day(
        "longer-timeouts",
        "Terraform waits longer.",
        updates(CLUSTER, timeouts={"create": "6h", "delete": "6h", "update": "6h"}),
    ),
    _day(
        "longer-timeouts-of-others",
        "Terraform waits longer than by default.",
        updates(NAT, timeouts={"create": "20m", "delete": "30m", "update": None}),
        updates(REPLICATION, timeouts={"create": "60m", "delete": "60m", "update": "60m"}),
        updates(DMS_TO_INTERNET, timeouts={"create": "10m", "delete": None, "update": None}),
    ),
    _day(
        "events-of-the-instances-parameters",
        "More is told.",
        creates(
            "aws_db_event_subscription.parameters",
            like=CLUSTER_EVENTS,
            name="aurora-ferry-staging-parameters",
            source_type="db-parameter-group",
            source_ids=[value_of(INSTANCE_PARAMETERS, "name")],
            event_categories=["configuration change"],
        ),
    ),
    _day(
        "backup-window",
        "Aurora's backups are continuous and cost the database nothing.",
        updates(CLUSTER, preferred_backup_window="00:00-01:00"),
    ),
    _day(
        "postgresql-log-exported",
        "The log comes to CloudWatch as well.",
        updates(
            CLUSTER,
            was={"enabled_cloudwatch_logs_exports": []},
            enabled_cloudwatch_logs_exports=["postgresql"],
        ),
    ),
    _day(
        "monitoring-on",
        "More is seen, without a restart.",
        updates(
            WRITER,
            was={"monitoring_interval": 0, "monitoring_role_arn": ""},
            monitoring_interval=60,
            monitoring_role_arn="arn:aws:iam::111122223333:role/aurora-ferry-staging-rds-monitoring",
        ),
    ),
    _day("monitoring-closer", "More is seen.", updates(WRITER, monitoring_interval=15)),
    _day(
        "insights-on",
        "More is seen, without a restart.",
        updates(
            READER_1,
            was={
                "performance_insights_enabled": False,
                "performance_insights_kms_key_id": "",
                "performance_insights_retention_period": 0,
            },
            performance_insights_enabled=True,
            performance_insights_kms_key_id=deployed()[WRITER].values["kms_key_id"],
            performance_insights_retention_period=7,
        ),
    ),
    _day(
        "insights-for-longer",
        "More history.",
        updates(WRITER, performance_insights_retention_period=93),
    ),
    _day(
        "unattended-upgrades-off",
        "Nothing restarts on AWS's own accord.",
        updates(WRITER, was={"auto_minor_version_upgrade": True}, auto_minor_version_upgrade=False),
    ),
    _day(
        "faster-statements-logged",
        "More in the log, by a dynamic parameter.",
        updates(PARAMETERS, parameter=parameters(PARAMETERS, log_min_duration_statement="500")),
    ),
    _day(
        "lock-waits-logged",
        "More in the log, by a dynamic parameter.",
        updates(PARAMETERS, parameter=parameters(PARAMETERS, log_lock_waits="1")),
    ),
    *(
        _day(
            f"more-by-{name}",
            "More is seen, or ended sooner; dynamic.",
            updates(
                PARAMETERS,
                was={"parameter": parameters(PARAMETERS, **{name: was})},
                parameter=parameters(PARAMETERS, **{name: becomes}),
            ),
        )
        for name, was, becomes in (
            ("log_autovacuum_min_duration", "10000", "1000"),
            ("log_error_verbosity", "default", "verbose"),
            ("idle_in_transaction_session_timeout", "86400000", "3600000"),
            ("deadlock_timeout", "1000", "500"),
            ("autovacuum_vacuum_scale_factor", "0.1", "0.05"),
            ("statement_timeout", "0", "7200000"),
        )
    ),
    _day(
        "connections-logged",
        "More in the log, by a dynamic parameter.",
        updates(PARAMETERS, parameter=parameters(PARAMETERS, log_connections="1")),
    ),
    _day(
        "temporary-files-logged",
        "More in the log, by a dynamic parameter.",
        updates(PARAMETERS, parameter=parameters(PARAMETERS, log_temp_files="10240")),
    ),
    _day(
        "work-mem-a-little-more",
        "8 MB, dynamic.",
        updates(PARAMETERS, parameter=parameters(PARAMETERS, work_mem="8192")),
    ),
    *(
        _day(
            f"instances-tuned-by-{name}",
            "A little more memory, more in the log, or an end to what hangs; dynamic.",
            updates(
                INSTANCE_PARAMETERS,
                parameter=[{"apply_method": "immediate", "name": name, "value": value}],
            ),
        )
        for name, value in (
            ("work_mem", "16384"),
            ("statement_timeout", "7200000"),
            ("log_min_duration_statement", "500"),
        )
    ),
    _day(
        "track-io",
        "Timings are measured, dynamic.",
        updates(PARAMETERS, parameter=parameters(PARAMETERS, track_io_timing="1")),
    ),
    _day(
        "apply-method-alone",
        "The same value, at another time.",
        updates(
            PARAMETERS, parameter=parameters(PARAMETERS, log_statement=("all", "pending-reboot"))
        ),
    ),
    *(
        _day(
            f"group-that-nothing-uses-{name.partition('.')[0].removeprefix('aws_').replace('_', '-')}",
            "It is left over from the version before.",
            deletes(
                name, was={"name": "aurora-ferry-staging-of-14", "id": "aurora-ferry-staging-of-14"}
            ),
        )
        for name in (PARAMETERS, INSTANCE_PARAMETERS, AURORA_SUBNETS)
    ),
    _day(
        "plans-of-slow-statements-logged",
        "More in the log, by a dynamic parameter.",
        updates(
            PARAMETERS, parameter=parameters(PARAMETERS, auto_explain__log_min_duration="5000")
        ),
    ),
    _day(
        "address-more",
        "One more gets the mail, once confirmed.",
        creates("aws_sns_topic_subscription.alarm-topic_email-2", like=EMAIL, **_EMAIL),
    ),
    _day(
        "address-moves",
        "One more first, the other one goes after.",
        creates("aws_sns_topic_subscription.alarm-topic_email-2", like=EMAIL, **_EMAIL),
        leaves(EMAIL),
    ),
    _day(
        "topic-with-a-name-to-read",
        "The mail's sender.",
        updates(TOPIC, display_name="aurora-ferry staging"),
    ),
    _day("alarm-closer", "It tells sooner.", updates(WRITER_CPU, threshold=70)),
    _day(
        "alarm-of-memory-closer", "It tells sooner.", updates(FREEABLE_MEMORY, threshold=1073741824)
    ),
    _day(
        "alarm-of-storage-closer", "It tells sooner.", updates(DMS_STORAGE, threshold=32212254720)
    ),
    _day("alarm-of-latency-closer", "It tells sooner.", updates(SOURCE_LATENCY, threshold=120)),
    _day("alarm-of-slots-closer", "It tells sooner.", updates(SLOT_DISK, threshold=10737418240)),
    _day(
        "alarm-after-fewer-minutes",
        "It tells sooner.",
        updates(WRITER_CPU, evaluation_periods=3, datapoints_to_alarm=3),
    ),
    _day(
        "alarm-in-other-words",
        "The mail says it better.",
        updates(WRITER_CPU, alarm_description="The writer is busy. Look at the statements first."),
    ),
    _day(
        "alarm-heard-by-one-more",
        "One topic more hears of it.",
        updates(
            WRITER_CPU, alarm_actions=[TOPIC_ARN, "arn:aws:sns:eu-central-1:111122223333:oncall"]
        ),
    ),
    _day(
        "alarm-switched-on",
        "It is heard.",
        updates(WRITER_CPU, was={"actions_enabled": False}, actions_enabled=True),
    ),
    _day(
        "alarm-on-silence",
        "Silence is bad news now.",
        updates(WRITER_CPU, treat_missing_data="breaching"),
    ),
    _day(
        "alarm-more",
        "One more tells.",
        creates("aws_cloudwatch_metric_alarm.aurora-alarms_busy", like=WRITER_CPU, **_AGAIN),
    ),
    *(
        _day(
            f"alarm-more-{metric}",
            "One more tells.",
            creates(
                "aws_cloudwatch_metric_alarm.more",
                like=WRITER_CPU,
                alarm_name=f"more-{metric}",
                metric_name=metric,
                threshold=threshold,
            ),
        )
        for metric, threshold in (
            ("CommitLatency", 50),
            ("ReadLatency", 0.02),
            ("WriteLatency", 0.02),
            ("DiskQueueDepth", 64),
            ("WriteIOPS", 20_000),
            ("NetworkReceiveThroughput", 100_000_000),
            ("DBLoad", 8),
        )
    ),
    _day(
        "alarm-at-another-address",
        "It is called otherwise in Terraform, not in AWS.",
        leaves(WRITER_CPU, beside={"previous_address": "aws_cloudwatch_metric_alarm.cpu"}),
    ),
    _day(
        "cluster-at-another-address",
        "It is called otherwise in Terraform, not in AWS.",
        leaves(CLUSTER, beside={"previous_address": "aws_rds_cluster.aurora"}),
    ),
    _day(
        "tag-with-the-name-of-something-made",
        "A tag does nothing, whatever it says.",
        updates(
            CLUSTER,
            tags={**(deployed()[CLUSTER].values["tags"] or {}), "log": UNKNOWN},
            tags_all=UNKNOWN,
        ),
    ),
    _day(
        "policy-document-computed-during-apply",
        "It computes a text; nobody is asked.",
        reads("data.aws_iam_policy_document.it", json=UNKNOWN, id=UNKNOWN),
    ),
    _day(
        "world-let-in-by-hand-and-shut-out",
        "Nothing of ours comes that way.",
        drifts(AURORA_GROUP, ingress=[*_LET_IN, _WORLD]),
        updates(AURORA_GROUP, was={"ingress": [*_LET_IN, _WORLD]}, ingress=_LET_IN),
    ),
    _day(
        "validation-told-later",
        "A difference is told after ten minutes instead of five; the task does not run.",
        updates(
            TASK,
            was={"status": "ready"},
            replication_task_settings=_validated(RecordFailureDelayInMinutes=10),
        ),
    ),
    _day(
        "dashboard",
        "A picture.",
        updates(DASHBOARD, dashboard_body='{"widgets":[{"type":"metric"},{"type":"text"}]}'),
    ),
    _day(
        "events-of-more-kinds",
        "More is told.",
        updates(
            CLUSTER_EVENTS,
            event_categories=[
                "configuration change",
                "creation",
                "deletion",
                "failover",
                "failure",
                "maintenance",
                "notification",
            ],
        ),
    ),
    _day(
        "events-switched-on",
        "They are told.",
        updates(TASK_EVENTS, was={"enabled": False}, enabled=True),
    ),
    _day(
        "events-from-one-to-all",
        "An empty list means all of them.",
        updates(INSTANCE_EVENTS, source_ids=[]),
    ),
    _day("log-for-longer", "More history.", updates(POSTGRES_LOG, retention_in_days=90)),
    _day("task-log-for-a-year", "More history.", updates(TASK_LOG, retention_in_days=365)),
    _day("flow-log-for-ever", "0 is for ever.", updates(FLOW_LOG_GROUP, retention_in_days=0)),
    _day(
        "log-encrypted",
        "More protection: new lines under our key.",
        updates(
            TASK_LOG,
            was={"kms_key_id": ""},
            kms_key_id=deployed()[POSTGRES_LOG].values["kms_key_id"],
        ),
    ),
    _day(
        "secret-in-other-words",
        "A description.",
        updates(TARGET_SECRET, description="How DMS signs in to Aurora"),
    ),
    _day(
        "secret-kept-for-longer",
        "A deleted secret can be had back for longer.",
        updates(TARGET_SECRET, recovery_window_in_days=30),
    ),
    _day(
        "both-secrets-kept-for-longer",
        "Deleted secrets can be had back for longer.",
        updates(TARGET_SECRET, recovery_window_in_days=14),
        updates(MASTER_SECRET, recovery_window_in_days=14),
    ),
    _day(
        "key-in-other-words",
        "A description.",
        updates(KEY, description="Everything of aurora-ferry-staging"),
    ),
    _day(
        "key-kept-for-longer",
        "A deleted key can be had back for longer.",
        updates(KEY, deletion_window_in_days=30),
    ),
    _day(
        "key-rotated",
        "Old data is decrypted as before.",
        updates(
            KEY,
            was={"enable_key_rotation": False, "rotation_period_in_days": 0},
            enable_key_rotation=True,
            rotation_period_in_days=365,
        ),
    ),
    _day(
        "key-rotated-sooner",
        "Old data is decrypted as before.",
        updates(KEY, rotation_period_in_days=180),
    ),
    _day(
        "password-rotated-everywhere",
        "Cluster, master secret and DMS's secret get the same one; what is connected stays so.",
        updates(MASTER_VERSION, secret_string_wo_version=2, version_id=UNKNOWN),
        updates(CLUSTER, master_password_wo_version=UNKNOWN),
        updates(TARGET_VERSION, secret_string_wo_version=UNKNOWN, version_id=UNKNOWN),
    ),
    _day(
        "role-in-other-words",
        "A description.",
        updates(MONITORING_ROLE, description="RDS's enhanced monitoring"),
    ),
    _day(
        "rule-in-other-words",
        "A description.",
        updates(CLIENTS_IN, description="The applications to Aurora"),
    ),
    _day(
        "task-more",
        "Another schema, watched from the start.",
        creates(
            "aws_dms_replication_task.task-billing_task",
            like=TASK,
            replication_task_id="aurora-ferry-staging-billing",
            resource_identifier="aurora-ferry-staging-billing",
            table_mappings=_BILLING,
        ),
        *WATCHES_BILLING,
    ),
    _day("endpoints-of-one-database-more", "Nothing uses them yet.", *_ENDS_OF_BILLING),
    _day(
        "database-more",
        "One more database beside, and its task, watched from the start.",
        *_ENDS_OF_BILLING,
        replace(
            _TASK_OF_BILLING,
            written={
                **_TASK_OF_BILLING.written,
                **expressions(
                    {
                        f"{end}_endpoint_arn": f"${{{_END_OF_BILLING.format(end)}.endpoint_arn}}"
                        for end in ("source", "target")
                    }
                ),
            },
        ),
        *WATCHES_BILLING,
    ),
    _day(
        "sensitive-from-now-on", "Only the plan shows less.", leaves(CLUSTER, hidden=("endpoint",))
    ),
    _day(
        "sensitive-no-more",
        "Only a mark changes; the value is no secret.",
        Step(action="update", name=WRITER_CPU, was_hidden=("threshold",)),
    ),
    _day(
        "dashboard-of-another-name-the-new-one-first",
        "The old one goes when the new one is there.",
        Step(
            action="replace-first",
            name=DASHBOARD,
            to={"dashboard_name": "ferry", "dashboard_arn": UNKNOWN, "id": UNKNOWN},
            because=("dashboard_name",),
        ),
    ),
    _day(
        "output-sensitive-from-now-on",
        "Terraform shows less.",
        updates(CLUSTER, tags={"Name": "aurora-ferry-staging", "a": "b"}),
        output(before="a.example", after="a.example", after_sensitive=True),
    ),
    _day(
        "output-of-the-arn-of-a-secret",
        "Who knows it reads no secret.",
        updates(CLUSTER, tags={"Name": "aurora-ferry-staging", "a": "b"}),
        output(
            "master_secret_arn", actions=["create"], after=deployed()[MASTER_SECRET].values["arn"]
        ),
    ),
    _day(
        "output-that-was-sensitive-goes",
        "Nothing is shown any more.",
        updates(CLUSTER, tags={"Name": "aurora-ferry-staging", "a": "b"}),
        output("old_password", actions=["delete"], before="a-password", before_sensitive=True),
    ),
    _day(
        "sensitive-parameters-and-a-harmless-one",
        "The marks do not matter, and 8 MB are harmless.",
        updates(
            PARAMETERS,
            was_hidden=("parameter",),
            hidden=("parameter",),
            parameter=parameters(PARAMETERS, work_mem="8192"),
        ),
    ),
    _day(
        "deposed-alarm",
        "What a replacement left over goes; its successor stands.",
        deletes(
            WRITER_CPU,
            was={"alarm_name": "aurora-cpu-old", "id": "aurora-cpu-old"},
            beside={"deposed": "0badc0de"},
        ),
    ),
    _day("nothing", "Nothing changes."),
    _day(
        "key-policy-in-another-order",
        "The same statements, and one has another name.",
        updates(
            KEY,
            policy=policy(
                KEY,
                without=["LogGroups"],
                more=[{**statement(KEY, "LogGroups"), "Sid": "Logs"}],
            ),
        ),
    ),
    _day(
        "role-policy-written-otherwise",
        "A list of one is what stands in it, and no order matters.",
        updates(
            DMS_ROLE_POLICY,
            policy=policy(
                DMS_ROLE_POLICY,
                ReadSecrets={
                    "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
                },
                DecryptSecrets={"Action": ["kms:Decrypt"]},
            ),
        ),
    ),
    _day(
        "alarm-heard-when-data-is-missing",
        "One more state is told.",
        updates(WRITER_CPU, insufficient_data_actions=[TOPIC_ARN]),
    ),
    _day("alarm-looked-at-more-often", "It tells sooner.", updates(SOURCE_LATENCY, period=60)),
    _day(
        "alarm-on-fewer-of-three",
        "It tells sooner.",
        updates(SOURCE_LATENCY, datapoints_to_alarm=1),
    ),
    _day(
        "alarm-from-equal-on",
        "It tells a little sooner.",
        updates(WRITER_CPU, comparison_operator="GreaterThanOrEqualToThreshold"),
    ),
    _day(
        "vpc-counts-its-addresses",
        "A metric more.",
        updates(VPC, enable_network_address_usage_metrics=True),
    ),
    _day(
        "dashboard-more",
        "A picture.",
        creates(
            "aws_cloudwatch_dashboard.more",
            like=DASHBOARD,
            dashboard_name="more",
            dashboard_body='{"widgets":[]}',
        ),
    ),
    _day(
        "log-more",
        "A log group that nobody writes to yet.",
        creates("aws_cloudwatch_log_group.more", like=TASK_LOG, name="more"),
    ),
    _day(
        "events-more",
        "More is told.",
        creates(
            "aws_db_event_subscription.more", like=CLUSTER_EVENTS, name="aurora-ferry-staging-more"
        ),
    ),
    _day(
        "everything-kept-for-longer",
        "More history everywhere.",
        updates(POSTGRES_LOG, retention_in_days=90),
        updates(TASK_LOG, retention_in_days=90),
        updates(FLOW_LOG_GROUP, retention_in_days=90),
        updates(CLUSTER, backup_retention_period=30),
        updates(TARGET_SECRET, recovery_window_in_days=30),
    ),
    _day(
        "address-more-hidden",
        "One more gets the mail; whose address it is the plan does not show.",
        creates(
            'aws_sns_topic_subscription.more["ops"]',
            like=EMAIL,
            hidden=("endpoint",),
            beside={"index": "ops"},
            **_EMAIL,
        ),
    ),
    _day(
        "found-after-a-failover",
        "Who writes has changed by itself; nothing is to be done.",
        drifts(WRITER, writer=False),
        drifts(READER_1, writer=True),
    ),
    _day(
        "found-tagged",
        "Somebody's tag is taken off again.",
        drifts(CLUSTER, tags={"Name": "aurora-ferry-staging", "by": "hand"}),
        updates(CLUSTER, tags={"Name": "aurora-ferry-staging"}),
    ),
    _day(
        "found-with-a-third-zone",
        "Aurora stores in three zones, and RDS names all of them.",
        Step(
            action="update",
            name=CLUSTER,
            drift=True,
            was={"availability_zones": ["eu-central-1a", "eu-central-1c"]},
            to={"availability_zones": ["eu-central-1a", "eu-central-1b", "eu-central-1c"]},
        ),
    ),
    *(
        _day(
            f"{name}-of-the-same-attributes",
            "Attributes of a connection have no order.",
            step(endpoint, extra_connection_attributes=_turned(endpoint)),
        )
        for name, step, endpoint in (
            ("source", updates, SOURCE),
            ("target", updates, TARGET),
            ("found-source", drifts, SOURCE),
        )
    ),
    _day(
        "found-with-a-renewed-certificate",
        "RDS renewed it.",
        Step(
            action="update",
            name=CLUSTER,
            drift=True,
            was={"ca_certificate_valid_till": "2026-12-01T00:00:00Z"},
            to={"ca_certificate_valid_till": "2061-05-28T22:00:00Z"},
        ),
    ),
    _day(
        "found-with-another-address-of-dms",
        "The other half of the instance took over, with an address of its own.",
        drifts(REPLICATION, replication_instance_private_ips=["10.21.6.99"]),
    ),
)
