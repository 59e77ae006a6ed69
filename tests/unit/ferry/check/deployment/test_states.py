"""What is no fault of the deployment: states of a migration, of maintenance, of a failover."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ferry.check.deployment.checks import CHECKS
from ferry.deployment import State
from ferry.findings import Finding, Level
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from tests.unit.ferry.check.deployment.conftest import Judged

TAGS = {
    "project": "aurora-ferry",
    "environment": "dev",
    "repository": "github.com/example/aurora-ferry",
}
TASK_ARN = "arn:aws:dms:eu-central-1:111122223333:task:all"
LOG = "See its log: aws logs tail dms-tasks-aurora-ferry-dev"


def right(check: str) -> list[Finding]:
    """What a check finds where all is right."""
    (text,) = (it.right for it in CHECKS if it.name == check)
    return [Finding(check=check, level=Level.RIGHT, what=text)]


# --- tasks


def tasks(status: str, **more: object) -> dict[str, Any]:
    kind = {"MigrationType": "full-load-and-cdc", "ReplicationTaskArn": TASK_ARN}
    return {"all": {**kind, "Status": status, **more}}


@pytest.mark.parametrize("status", ["ready", "running"])
def test_a_task_that_waits_for_its_start_or_runs_is_right(judged: Judged, status: str) -> None:
    assert judged("tasks-carry-on", tasks=tasks(status)) == right("tasks-carry-on")


@pytest.mark.parametrize(
    "reason",
    [
        "FULL_LOAD_ONLY_FINISHED",
        "STOPPED_AFTER_CACHED_EVENTS",
        "STOPPED_AFTER_FULL_LOAD",
        "STOPPED_AT_COMMIT_TIME",
        "STOPPED_AT_SERVER_TIME",
    ],
)
def test_a_task_that_did_what_it_was_asked_for_is_right(judged: Judged, reason: str) -> None:
    found = judged("tasks-carry-on", tasks=tasks("stopped", StopReason=f"Stop Reason {reason}"))

    assert found == right("tasks-carry-on")


def test_a_full_load_that_is_stopped_has_carried_a_part(judged: Judged) -> None:
    stopped = tasks("stopped", StopReason="Stop Reason NORMAL", MigrationType="full-load")

    [finding] = judged("tasks-carry-on", tasks=stopped)

    assert finding.level is Level.WARNING
    assert finding.why == "It may have carried only a part of the tables."


@pytest.mark.parametrize("status", ["creating", "modifying", "moving", "starting", "stopping"])
def test_a_task_on_its_way_is_a_warning(judged: Judged, status: str) -> None:
    [finding] = judged("tasks-carry-on", tasks=tasks(status))

    assert (finding.level, finding.what) == (Level.WARNING, f"The task all is {status}.")


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"StopReason": "Stop Reason NORMAL"}, "NORMAL"),
        (
            {
                "StopReason": "Stop Reason STOPPED_DUE_TO_LOW_DISK",
                "LastFailureMessage": "Disk is full",
            },
            "STOPPED_DUE_TO_LOW_DISK: Disk is full",
        ),
        ({}, "without a reason"),
    ],
)
def test_a_stopped_task_fills_the_sources_disk(
    judged: Judged, more: dict[str, str], text: str
) -> None:
    assert judged("tasks-carry-on", tasks=tasks("stopped", **more)) == [
        Finding(
            check="tasks-carry-on",
            level=Level.WARNING,
            what=f"The task all is stopped ({text}).",
            why="While it is stopped, its replication slot holds back write-ahead logs at the "
            "source, until the disk there is full.",
            remedy=f"Resume it, unless somebody stopped it on purpose. {LOG}.",
        )
    ]


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"LastFailureMessage": "Cannot connect"}, "Cannot connect"),
        ({"StopReason": "Stop Reason FATAL_ERROR"}, "FATAL_ERROR"),
        ({}, "DMS says no more"),
    ],
)
def test_a_failed_task_is_a_warning_with_what_to_look_at(
    judged: Judged, more: dict[str, str], text: str
) -> None:
    assert judged("tasks-carry-on", tasks=tasks("failed", **more)) == [
        Finding(
            check="tasks-carry-on",
            level=Level.WARNING,
            what=f"The task all has failed: {text}.",
            why="What is deployed is right, but this task carries nothing.",
            remedy=f"{LOG}; then mend the cause, and start or resume it.",
        )
    ]


def test_a_task_that_was_not_moved_says_so(judged: Judged) -> None:
    [finding] = judged("tasks-carry-on", tasks=tasks("failed-move"))

    assert finding.what == "The task all could not be moved: DMS says no more."


def test_a_running_task_with_tables_in_error_is_a_warning(judged: Judged) -> None:
    running = tasks("running", ReplicationTaskStats={"TablesErrored": 2})

    [finding] = judged("tasks-carry-on", tasks=running)

    assert (finding.level, finding.what) == (
        Level.WARNING,
        "The task all: tables in error: 2.",
    )
    assert f"--replication-task-arn {TASK_ARN} " in finding.remedy


def test_a_task_that_is_deleted_differs(judged: Judged) -> None:
    [finding] = judged("tasks-carry-on", tasks=tasks("deleting"))

    assert finding.level is Level.BLOCKED


# --- Aurora


def cluster(status: str = "available", **more: object) -> dict[str, Any]:
    members = [
        {"DBInstanceIdentifier": f"aurora-ferry-dev-{name}", "IsClusterWriter": name == "reader-1"}
        for name in ("writer", "reader-1")
    ]
    arn = {"DBClusterArn": "arn:cluster", "DBClusterIdentifier": "aurora-ferry-dev"}
    return {**arn, "Status": status, "DBClusterMembers": members, **more}


def instances(**more: object) -> dict[str, Any]:
    return dict.fromkeys(("aurora-ferry-dev-writer", "aurora-ferry-dev-reader-1"), more)


@pytest.mark.parametrize("status", ["backing-up", "failing-over", "modifying", "upgrading"])
def test_a_cluster_that_is_being_worked_on_is_a_warning(judged: Judged, status: str) -> None:
    [finding] = judged("cluster-is-available", cluster=cluster(status))

    assert (finding.level, finding.what) == (
        Level.WARNING,
        f"The cluster aurora-ferry-dev is {status}.",
    )


def test_a_stopped_cluster_blocks_and_says_how_to_start_it(judged: Judged) -> None:
    [finding] = judged("cluster-is-available", cluster=cluster("stopped"))

    assert finding.level is Level.BLOCKED
    assert finding.remedy.startswith("Start the cluster: aws rds start-db-cluster ")


def test_an_instance_that_reboots_is_a_warning(judged: Judged) -> None:
    found = judged("every-instance-is-available", instances=instances(DBInstanceStatus="rebooting"))

    assert [(it.level, it.what) for it in found] == [
        (Level.WARNING, "The instance aurora-ferry-dev-writer is rebooting."),
        (Level.WARNING, "The instance aurora-ferry-dev-reader-1 is rebooting."),
    ]


def test_after_a_failover_a_reader_is_the_writer(judged: Judged) -> None:
    check = "one-writer-and-the-wanted-readers"

    assert judged(check, cluster=cluster(), instances=instances()) == right(check)


@pytest.mark.parametrize(("status", "is_right"), [("failing-over", True), ("available", False)])
def test_during_a_failover_nobody_may_write(judged: Judged, status: str, *, is_right: bool) -> None:
    check = "one-writer-and-the-wanted-readers"
    none_writes = cluster(status, DBClusterMembers=[])

    found = judged(check, cluster=none_writes, instances=instances())

    assert (found == right(check)) == is_right


NEW = "aurora-ferry-dev-reader-1"
MADE = {"DBInstanceStatus": "available", "AvailabilityZone": "eu-central-1a"}


def subnets(*zones: str) -> dict[str, Any]:
    found = [{"AvailabilityZone": zone} for zone in zones]
    return {"ec2": SimpleNamespace(describe_subnets=lambda **_: {"Subnets": found})}


@pytest.mark.parametrize(
    "check",
    [
        "instance-classes",
        "instances-are-in-different-zones",
        "instances-are-private",
        "instances-insights",
        "enhanced-monitoring",
        "instances-parameters",
    ],
)
@pytest.mark.parametrize(
    ("name", "status"),
    [(NEW, "creating"), ("application-autoscaling-6f1d0c1e", "available")],
)
def test_what_a_new_reader_is_not_yet_or_auto_scaling_chose_does_not_differ(
    judged: Judged, check: str, name: str, status: str
) -> None:
    found = judged(
        check,
        instances={name: {"DBInstanceStatus": status}},
        state=State(outputs={"aurora_subnet_ids": ["subnet-1"], "kms_key_arn": "arn:key"}),
        clients=subnets("eu-central-1a"),
    )

    assert found == right(check)


def test_two_instances_in_one_zone_differ_whatever_is_being_created(judged: Judged) -> None:
    [finding] = judged(
        "instances-are-in-different-zones",
        instances={"a": MADE, "b": MADE, NEW: {"DBInstanceStatus": "creating"}},
        state=State(outputs={"aurora_subnet_ids": ["subnet-1"]}),
        clients=subnets("eu-central-1a"),
    )

    assert finding.what == "All instances are in eu-central-1a, and are lost with it."


def test_a_reader_that_auto_scaling_added_is_a_warning(judged: Judged) -> None:
    added = {"application-autoscaling-6f1d0c1e": MADE}

    [finding] = judged(
        "one-writer-and-the-wanted-readers",
        cluster=cluster(),
        instances={**instances(), **added},
    )

    assert (finding.level, finding.what) == (
        Level.WARNING,
        "application-autoscaling-6f1d0c1e was added by Aurora's auto scaling.",
    )


def test_a_reader_that_is_gone_is_one_difference(judged: Judged) -> None:
    left = {"aurora-ferry-dev-writer": {"PromotionTier": 0}}
    outputs = {
        "writer_instance_id": "aurora-ferry-dev-writer",
        "reader_instance_ids": [NEW],
        "reader_instance_1_id": NEW,
    }

    tiers = judged(
        "readers-have-their-own-outputs",
        instances=left,
        state=State(outputs=outputs),
        environment=environment(aurora={"reader_count": 1}),
    )
    [gone] = judged("one-writer-and-the-wanted-readers", cluster=cluster(), instances=left)

    assert tiers == right("readers-have-their-own-outputs")
    assert gone.what.startswith(f'The cluster\'s instances: ["{NEW}"] missing')


def test_an_upgrade_that_waits_for_its_window_is_a_warning(judged: Judged) -> None:
    upgraded = cluster(
        Engine="aurora-postgresql",
        EngineMode="provisioned",
        EngineVersion="15.7",
        EngineLifecycleSupport="open-source-rds-extended-support-disabled",
        PendingModifiedValues={"EngineVersion": "15.8"},
    )

    [finding] = judged("cluster-engine", cluster=upgraded)

    assert (finding.level, finding.what) == (
        Level.WARNING,
        'The cluster\'s version: found "15.7"; "15.8" is pending.',
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"MinCapacity": 0.5, "MaxCapacity": 16.0}, None),
        ({"MinCapacity": 0.5, "MaxCapacity": 8.0}, "found [0.5, 8.0], should be [0.5, 16.0]."),
        (None, "found [null, null], should be [0.5, 16.0]."),
    ],
)
def test_capacities_of_serverless_instances_are_the_files(
    judged: Judged, found: dict[str, float] | None, said: str | None
) -> None:
    there = cluster(
        Engine="aurora-postgresql",
        EngineMode="provisioned",
        EngineVersion="15.8",
        EngineLifecycleSupport="open-source-rds-extended-support-disabled",
        ServerlessV2ScalingConfiguration=found or {},
    )
    serverless = {"min_acu": 0.5, "max_acu": 16}
    wants = environment(aurora={"instance_class": "db.serverless", "serverless": serverless})

    findings = judged("cluster-engine", cluster=there, environment=wants)

    assert [it.what for it in findings if it.level is not Level.RIGHT] == (
        [f"The cluster's capacities in ACU: {said}"] if said else []
    )


def test_capacities_that_no_instance_has_are_no_fault(judged: Judged) -> None:
    """RDS keeps them when the last serverless instance is gone."""
    there = cluster(
        Engine="aurora-postgresql",
        EngineMode="provisioned",
        EngineVersion="15.8",
        EngineLifecycleSupport="open-source-rds-extended-support-disabled",
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 8.0},
    )

    assert judged("cluster-engine", cluster=there) == right("cluster-engine")


def test_a_parameter_that_waits_for_a_reboot_is_a_warning(judged: Judged) -> None:
    waiting = cluster(
        DBClusterParameterGroup="aurora-ferry-dev-aurora-postgresql15",
        DBClusterMembers=[
            {"DBInstanceIdentifier": "a", "DBClusterParameterGroupStatus": "in-sync"},
            {"DBInstanceIdentifier": "b", "DBClusterParameterGroupStatus": "pending-reboot"},
            {"DBInstanceIdentifier": "c", "DBClusterParameterGroupStatus": "applying"},
        ],
    )

    found = judged("the-cluster-uses-its-own-parameter-group", cluster=waiting)

    assert [(it.level, it.what) for it in found] == [
        (Level.WARNING, "The cluster's parameter group at b is pending-reboot."),
        (Level.WARNING, "The cluster's parameter group at c is applying."),
    ]


def parameters(**values: str) -> dict[str, Any]:
    """An RDS whose parameter group holds these."""
    found = [{"ParameterName": name, "ParameterValue": it} for name, it in values.items()]
    paginator = SimpleNamespace(paginate=lambda **_: [{"Parameters": found}])
    return {"rds": SimpleNamespace(get_paginator=lambda _: paginator)}


def test_rds_keeps_no_value_that_is_auroras_own(judged: Judged) -> None:
    """With release 17 `rds.force_ssl` is 1 by default."""
    kept = {
        "log_min_duration_statement": "1000",
        "log_statement": "all",
        "rds.logical_replication": "1",
        "shared_preload_libraries": "pg_stat_statements",
    }

    [old] = judged("cluster-parameters", cluster=cluster(), clients=parameters(**kept))
    [new] = judged(
        "cluster-parameters",
        cluster=cluster(),
        clients=parameters(**kept),
        environment=environment(aurora={"engine_version": "17.4"}),
    )

    assert old.what == 'The cluster\'s parameter rds.force_ssl: found nothing, should be "1".'
    assert new.level is Level.RIGHT


def test_a_replication_instance_that_grows_is_a_warning(judged: Judged) -> None:
    growing = {
        "ReplicationInstanceStatus": "modifying",
        "ReplicationInstanceClass": "dms.t3.medium",
        "PendingModifiedValues": {"ReplicationInstanceClass": "dms.c5.2xlarge"},
        "EngineVersion": "3.5.4",
        "AllocatedStorage": 100,
        "AutoMinorVersionUpgrade": False,
        "PreferredMaintenanceWindow": "sun:05:00-sun:06:00",
    }

    found = judged("replication-instance", replication_instance=growing)

    assert {(it.level, it.what) for it in found} == {
        (Level.WARNING, "The replication instance is modifying."),
        (
            Level.WARNING,
            (
                'The replication instance\'s class: found "dms.t3.medium"; "dms.c5.2xlarge" is '
                "pending."
            ),
        ),
    }


# --- who is told, and the lock


def subscribed(*subscriptions: dict[str, str]) -> dict[str, Any]:
    """An SNS with these subscriptions."""
    pages = [{"Subscriptions": [{"Protocol": "email", **one} for one in subscriptions]}]
    paginator = SimpleNamespace(paginate=lambda **_: pages)
    return {"sns": SimpleNamespace(get_paginator=lambda _: paginator)}


def test_an_address_that_has_not_confirmed_is_a_warning(judged: Judged) -> None:
    pending = {"Endpoint": "dba@example.org", "SubscriptionArn": "PendingConfirmation"}

    found = judged(
        "every-address-is-subscribed",
        clients=subscribed(pending),
        environment=environment(alarms={"emails": ["dba@example.org"]}),
    )

    assert [(it.level, it.what) for it in found] == [
        (Level.WARNING, "dba@example.org has not confirmed its subscription."),
    ]


def test_an_address_that_unsubscribed_differs(judged: Judged) -> None:
    deleted = {"Endpoint": "dba@example.org", "SubscriptionArn": "Deleted"}

    found = judged(
        "every-address-is-subscribed",
        clients=subscribed(deleted),
        environment=environment(alarms={"emails": ["dba@example.org"]}),
    )

    assert [(it.level, it.what) for it in found] == [
        (Level.BLOCKED, "dba@example.org is not subscribed to the topic."),
    ]


def test_a_receiver_that_somebody_added_is_a_warning(judged: Judged) -> None:
    pager = {"Endpoint": "https://pager.example.org", "Protocol": "https", "SubscriptionArn": "s"}

    found = judged("every-address-is-subscribed", clients=subscribed(pager))

    assert [(it.level, it.what) for it in found] == [
        (Level.WARNING, "pager.example.org is subscribed to the topic by https."),
    ]


PAGE = {"Protocol": "https", "Endpoint": "https://events.pagerduty.com/integration/canary/enqueue"}
ON_CALL = environment(alarms={"https_hosts": ["events.pagerduty.com"]})


def test_a_page_of_a_host_that_the_file_names_is_right(judged: Judged) -> None:
    page = {**PAGE, "SubscriptionArn": "arn:aws:sns:::it"}

    found = judged("every-address-is-subscribed", clients=subscribed(page), environment=ON_CALL)

    assert found == right("every-address-is-subscribed")


def test_a_host_of_which_no_page_is_subscribed_is_a_warning(judged: Judged) -> None:
    [found] = judged("every-address-is-subscribed", clients=subscribed(), environment=ON_CALL)

    assert (found.level, found.what, found.remedy) == (
        Level.WARNING,
        "No page of events.pagerduty.com is subscribed to the topic.",
        "ferry subscribe dev",
    )


def test_a_page_that_has_not_confirmed_is_a_warning_without_its_url(judged: Judged) -> None:
    page = {**PAGE, "SubscriptionArn": "PendingConfirmation"}

    [found] = judged("every-address-is-subscribed", clients=subscribed(page), environment=ON_CALL)

    assert found.what == "events.pagerduty.com has not confirmed its subscription."
    assert found.remedy.endswith("run 'ferry subscribe dev' again.")
    assert "canary" not in f"{found}"


@pytest.mark.parametrize(
    ("endpoint", "shown"),
    [
        ("https://me:canary@pager.example.org/canary", "pager.example.org"),
        ("http://pager.example.org/canary", "pager.example.org"),
        ("canary", "a page"),
    ],
)
def test_of_a_page_the_host_alone_is_shown(judged: Judged, endpoint: str, shown: str) -> None:
    protocol = endpoint.partition("://")[0] if "://" in endpoint else "https"
    page = {"Protocol": protocol, "Endpoint": endpoint, "SubscriptionArn": "s"}

    [found] = judged("every-address-is-subscribed", clients=subscribed(page))

    assert found.what == f"{shown} is subscribed to the topic by {protocol}."
    assert "canary" not in f"{found}"


OWN_TOPIC = "arn:aws:sns:eu-central-1:111122223333:on-call"


@pytest.mark.parametrize(
    "check",
    ["the-topic-is-encrypted", "who-may-publish-to-the-topic", "every-address-is-subscribed"],
)
def test_of_a_topic_of_ones_own_only_its_arn_is_compared(judged: Judged, check: str) -> None:
    mine = environment(alarms={"topic_arn": OWN_TOPIC})

    [passed] = judged(check, environment=mine, state=State(outputs={"alarm_topic_arn": OWN_TOPIC}))
    differs, *_ = judged(check, environment=mine)

    assert (passed.level, passed.what) == (
        Level.RIGHT,
        f"Nothing to check: {OWN_TOPICS_REST}.",
    )
    assert differs.what == f'The topic: found "arn:topic", should be "{OWN_TOPIC}".'


OWN_TOPICS_REST = "the topic is one's own, and so are its receivers, policy and key; 'ferry check aws' looks at them"


def test_others_may_tell_a_topic_of_ones_own_as_well(judged: Judged) -> None:
    def subscription(name: str, *sources: str, of: str) -> dict[str, Any]:
        return {
            "CustSubscriptionId": name,
            "SnsTopicArn": OWN_TOPIC,
            "SourceType": of,
            "SourceIdsList": list(sources),
        }

    pages = [
        {
            "EventSubscriptionsList": [
                subscription(
                    "aurora-ferry-dev-aurora-cluster", "aurora-ferry-dev", of="db-cluster"
                ),
                subscription(
                    "aurora-ferry-dev-aurora-instances", "aurora-ferry-dev-writer", of="db-instance"
                ),
                subscription("the-other-team", "orders", of="db-cluster"),
            ]
        }
    ]
    rds = SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=lambda: pages))
    outputs = {
        "alarm_topic_arn": OWN_TOPIC,
        "cluster_id": "aurora-ferry-dev",
        "writer_instance_id": "aurora-ferry-dev-writer",
        "reader_instance_ids": [],
    }

    found = judged(
        "rds-tells-of-the-cluster-and-its-instances",
        environment=environment(alarms={"topic_arn": OWN_TOPIC}),
        state=State(outputs=outputs),
        clients={"rds": rds},
    )

    assert found == right("rds-tells-of-the-cluster-and-its-instances")


def test_a_deployment_that_runs_is_a_warning(judged: Judged) -> None:
    held = SimpleNamespace(list_objects_v2=lambda **_: {"Contents": [{}]})

    [finding] = judged("nobody-holds-the-lock", clients={"s3": held})

    assert (finding.level, finding.what) == (
        Level.WARNING,
        (
            "The state's lock s3://aurora-ferry-tfstate-111122223333-eu-central-1/environments/dev/"
            "terraform.tfstate.tflock is held."
        ),
    )


def test_a_deployment_that_did_not_end_differs(judged: Judged) -> None:
    [finding] = judged("nothing-is-tainted", state=State(tainted=("aws_rds_cluster.a",)))

    assert (finding.level, finding.what) == (
        Level.BLOCKED,
        "aws_rds_cluster.a is tainted: the next deployment destroys it and makes it again.",
    )


# --- alarms


def test_alarms_that_are_silenced_are_one_warning_with_what_ends_it(judged: Judged) -> None:
    def describe(AlarmNames: list[str], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's
        tells = {"AlarmActions": ["arn:topic"], "OKActions": ["arn:topic"]}
        alarms = [{**tells, "AlarmName": name, "ActionsEnabled": False} for name in AlarmNames[:2]]
        return {"MetricAlarms": alarms}

    cloudwatch = SimpleNamespace(describe_alarms=describe)

    [finding] = judged("alarms-tell-the-topic", clients={"cloudwatch": cloudwatch})

    assert finding.level is Level.WARNING
    assert finding.what.startswith("The actions of 2 alarms are disabled: ")
    assert finding.remedy.startswith("After it: aws cloudwatch enable-alarm-actions --alarm-names ")


# --- the account's roles


def iam(*statements: dict[str, Any], policies: tuple[str, ...] = ()) -> dict[str, Any]:
    """An IAM where each role has this trust, these policies, and some of its own."""
    role = {"AssumeRolePolicyDocument": {"Statement": [*statements]}}
    attached = [{"PolicyName": name} for name in policies]
    return {
        "iam": SimpleNamespace(
            get_role=lambda **_: {"Role": role},
            list_attached_role_policies=lambda **_: {"AttachedPolicies": attached},
        )
    }


def allowed(*services: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": [*services]}}


def test_an_adopted_role_may_trust_others_too(judged: Judged) -> None:
    clients = iam(allowed("ec2.amazonaws.com"), allowed("dms.amazonaws.com", "rds.amazonaws.com"))
    check = "the-accounts-roles-are-trusted-to-dms"

    assert judged(check, clients=clients) == right(check)
    assert [it.what for it in judged(check, clients=iam(allowed("ec2.amazonaws.com")))] == [
        "dms-vpc-role does not let DMS take it (dms.amazonaws.com).",
        "dms-cloudwatch-logs-role does not let DMS take it (dms.amazonaws.com).",
    ]


def test_an_adopted_role_may_do_more(judged: Judged) -> None:
    awss = ("AmazonDMSVPCManagementRole", "AmazonDMSCloudWatchLogsRole")
    check = "the-accounts-roles-carry-awss-policies"

    assert judged(check, clients=iam(policies=(*awss, "other"))) == right(check)
    assert [it.what for it in judged(check, clients=iam(policies=awss[1:]))] == [
        "dms-vpc-role lacks its policy AmazonDMSVPCManagementRole."
    ]


# --- tags


def test_a_tag_that_somebody_added_is_right(judged: Judged) -> None:
    subnet = {"id": "subnet-1", "tags_all": {}}
    tags = [{"Key": name, "Value": value} for name, value in {**TAGS, "cost-centre": "7"}.items()]
    ec2 = SimpleNamespace(describe_tags=lambda **_: {"Tags": tags})

    found = judged(
        "everything-carries-the-tags",
        state=State(outputs={"a": 1}, resources={"aws_subnet.a": subnet, "random.b": {"id": "b"}}),
        clients={"ec2": ec2},
    )

    assert found == right("everything-carries-the-tags")


def test_a_resource_whose_tags_nobody_can_read_differs(judged: Judged) -> None:
    new = State(resources={"aws_new.a": {"tags_all": {}}})

    [finding] = judged("everything-carries-the-tags", state=new)

    assert finding.what == "Nobody knows how to read the tags of aws_new: add it to _READERS."


# --- the key

OWN_KEY = "the key is one's own, and so is its policy; 'ferry check aws' compares it with what is used here"
KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd"


def key(*, of_file: str | None = KEY_ARN, **metadata: str) -> dict[str, Any]:
    """The answers about a key of one's own, of which nothing else may be asked."""
    described = {"KeyState": "Enabled", "KeyManager": "CUSTOMER", **metadata}
    return {
        "environment": environment(aws={"kms_key_arn": of_file}),
        "state": State(outputs={"kms_key_arn": KEY_ARN}),
        "clients": {"kms": SimpleNamespace(describe_key=lambda **_: {"KeyMetadata": described})},
    }


def test_a_key_of_ones_own_is_enabled_and_the_one_that_the_file_names(judged: Judged) -> None:
    assert judged("the-key-is-enabled-and-rotates", **key()) == right(
        "the-key-is-enabled-and-rotates"
    )


def test_another_key_than_the_files(judged: Judged) -> None:
    [found] = judged("the-key-is-enabled-and-rotates", **key(of_file=f"{KEY_ARN}0"))

    assert found.what == (f'The environment\'s key: found "{KEY_ARN}", should be "{KEY_ARN}0".')


def test_a_key_of_ones_own_that_is_disabled(judged: Judged) -> None:
    [found] = judged("the-key-is-enabled-and-rotates", **key(KeyState="Disabled"))

    assert found.level is Level.BLOCKED


@pytest.mark.parametrize(
    "check",
    ["the-key-admits-what-delivers", "the-key-serves-its-account-through-services"],
)
def test_the_policy_of_an_own_key_is_compared_by_another_command(
    judged: Judged, check: str
) -> None:
    [found] = judged(check, **key())

    assert (found.level, found.what) == (
        Level.RIGHT,
        f"Nothing to check: {OWN_KEY}.",
    )


# --- clients of one's own


def test_aurora_is_open_to_the_clients_that_the_file_names(judged: Judged) -> None:
    def rule(**peer: object) -> dict[str, Any]:
        tcp = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "Description": "it"}
        return {**tcp, "IsEgress": False, **peer}

    def of_group(group: str) -> dict[str, Any]:
        return rule(ReferencedGroupInfo={"GroupId": group})

    own = [of_group("sg-clients"), of_group("sg-dms")]
    named = [of_group("sg-0123456789abcdef0"), rule(CidrIpv4="10.40.0.0/16")]
    state = State(
        outputs={
            "aurora_security_group_id": "sg-aurora",
            "clients_security_group_id": "sg-clients",
            "dms_security_group_id": "sg-dms",
        }
    )
    mine = environment(
        aurora={
            "client_cidrs": ["10.40.0.0/16"],
            "client_security_group_ids": ["sg-0123456789abcdef0"],
        }
    )

    def found(*rules: dict[str, Any]) -> list[Finding]:
        pages = [{"SecurityGroupRules": list(rules)}]
        paginator = SimpleNamespace(paginate=lambda **_: pages)
        ec2 = SimpleNamespace(get_paginator=lambda _: paginator)
        return judged("auroras-rules", environment=mine, state=state, clients={"ec2": ec2})

    assert found(*own, *named) == right("auroras-rules")
    [lacking] = found(*own, *named[:1])
    assert "in from 10.40.0.0/16, port 5432" in lacking.what


# --- a bucket of one's own


@pytest.mark.parametrize(
    "check", ["the-state-bucket-takes-tls-only", "old-versions-of-states-expire"]
)
def test_what_is_the_owners_of_the_bucket_is_not_looked_at(judged: Judged, check: str) -> None:
    mine = environment(aws={"state_bucket": "platform-states"})

    [found] = judged(check, environment=mine, clients={"s3": None})

    assert (found.level, found.what) == (
        Level.RIGHT,
        "Nothing to check: the state's bucket is one's own, and so is this setting.",
    )


def test_versions_that_ones_own_bucket_does_not_keep_are_a_warning(judged: Judged) -> None:
    s3 = SimpleNamespace(get_bucket_versioning=lambda **_: {})

    [found] = judged(
        "the-state-bucket-keeps-versions",
        environment=environment(aws={"state_bucket": "platform-states"}),
        clients={"s3": s3},
    )

    assert (found.level, found.remedy) == (
        Level.WARNING,
        "Ask whoever has it; ferry leaves it as it is.",
    )
