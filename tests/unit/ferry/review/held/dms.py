"""Edits of the replication: task, endpoints, instance.

The task runs, and was started by hand: start_replication_task is false. Whatever changes the task
but its tags stops it, and the provider does not start it again.
"""

from __future__ import annotations

from typing import Final

from tests.unit.ferry.review.held.base import deployed
from tests.unit.ferry.review.held.edits import (
    BLOCKED,
    NOT_SAFE,
    SECOND,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    attributes,
    creates,
    deletes,
    forgets,
    mappings,
    postgres,
    replaces,
    rule,
    settings,
    updates,
)
from tests.unit.ferry.review.held.names import (
    CERTIFICATE,
    DMS_SUBNETS,
    OTHER_KEY,
    OTHERS_GROUP,
    OTHERS_SECRET,
    REPLICATION,
    SOURCE,
    TARGET,
    TASK,
)

_NOW = {"apply_immediately": True}
_STARTED = {"start_replication_task": True}
_AUDIT = rule(699337115, "public", "audit_%", "exclude")
_ALL = rule(308862860, "public", "%")


def _set(name: str, why: str, /, **sections: dict[str, object]) -> Held:
    """A setting of the task, which starts again by itself."""
    return Held(
        name=f"task-{name}",
        edit=(updates(TASK, was=_STARTED, replication_task_settings=settings(TASK, **sections)),),
        expected=SECOND_OR_BLOCKED,
        why=why,
    )


def _maps(name: str, why: str, /, *rules: dict[str, object]) -> Held:
    """Other table mappings of the task, which starts again by itself."""
    return Held(
        name=f"mappings-{name}",
        edit=(updates(TASK, was=_STARTED, table_mappings=mappings(*rules)),),
        expected=SECOND_OR_BLOCKED,
        why=why,
    )


TASKS: Final = (
    Held(
        name="task-stopped-and-not-started",
        edit=(
            updates(
                TASK,
                replication_task_settings=settings(
                    TASK, ChangeProcessingTuning={"CommitTimeout": 5}
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The provider stops the task for any change, and does not start it again.",
    ),
    Held(
        name="task-start-taken-back",
        edit=(updates(TASK, was=_STARTED, start_replication_task=False),),
        expected=SECOND_OR_BLOCKED,
        why="The provider stops a running task for this, and WAL piles up at the source.",
    ),
    _set(
        "tables-dropped",
        "The next load drops the target's tables with all in them.",
        FullLoadSettings={"TargetTablePrepMode": "DROP_AND_CREATE"},
    ),
    _set(
        "tables-truncated",
        "The next load empties the target's tables.",
        FullLoadSettings={"TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD"},
    ),
    _set(
        "stops-after-the-load",
        "The task stops once the load is done: no change follows.",
        FullLoadSettings={"StopTaskCachedChangesApplied": True},
    ),
    _set(
        "errors-ignored",
        "Rows that do not fit are left out, and nobody is told.",
        ErrorBehavior={
            "DataErrorPolicy": "IGNORE_RECORD",
            "ApplyErrorInsertPolicy": "IGNORE_RECORD",
        },
    ),
    _set(
        "updates-ignored",
        "Updates that find no row are left out silently.",
        ErrorBehavior={"ApplyErrorUpdatePolicy": "IGNORE_RECORD"},
    ),
    _set(
        "truncation-ignored",
        "Values that are too long are cut.",
        ErrorBehavior={"DataTruncationErrorPolicy": "IGNORE_RECORD"},
    ),
    _set(
        "no-table-is-fine",
        "A task that captures nothing looks healthy.",
        ErrorBehavior={"FailOnNoTablesCaptured": False},
    ),
    _set(
        "no-validation",
        "Nobody compares source and target any more.",
        ValidationSettings={"EnableValidation": False},
    ),
    _set(
        "lobs-not-validated",
        "Large values are no longer compared.",
        ValidationSettings={"SkipLobColumns": True},
    ),
    _set("no-logging", "An error leaves no trace.", Logging={"EnableLogging": False}),
    _set(
        "lobs-cut",
        "Values over 32 KB are cut, silently in limited mode.",
        TargetMetadata={"LobMaxSize": 32},
    ),
    _set(
        "no-lobs",
        "Columns of large values are not copied at all.",
        TargetMetadata={"SupportLobs": False},
    ),
    _set(
        "truncates-not-followed",
        "A TRUNCATE at the source leaves the rows at the target.",
        ChangeProcessingDdlHandlingPolicy={"HandleSourceTableTruncated": False},
    ),
    _set(
        "control-schema-elsewhere",
        "DMS starts with control tables that know nothing.",
        ControlTablesSettings={"ControlSchema": "public"},
    ),
    _set(
        "batch-apply",
        "Changes are applied out of their order, and one error sends a batch row by row.",
        TargetMetadata={"BatchApplyEnabled": True},
    ),
    Held(
        name="task-settings-not-known-yet",
        edit=(updates(TASK, replication_task_settings=UNKNOWN),),
        expected=NOT_SAFE,
        why="Any settings may come of it, and the task stops for them.",
    ),
    _maps(
        "every-schema",
        "Every schema of the source comes along, and none of it is loaded first.",
        rule(308862860, "%", "%"),
        _AUDIT,
    ),
    _maps(
        "every-schema-twice-the-sign",
        "`%%` matches what `%` matches.",
        rule(308862860, "%%", "%%"),
        _AUDIT,
    ),
    _maps(
        "stars",
        "`**` is no wildcard of DMS's: the task replicates no table at all.",
        rule(308862860, "public", "**"),
    ),
    _maps(
        "some-letters",
        "`[a-m]` is a set: what begins with n to z is no longer followed.",
        rule(308862860, "public", "[a-m]%"),
        _AUDIT,
    ),
    _maps(
        "one-letter",
        "`_` is one character: only such names are followed.",
        rule(308862860, "public", "_"),
        _AUDIT,
    ),
    _maps(
        "one-table",
        "All tables but one are no longer followed.",
        rule(308862860, "public", "orders"),
    ),
    _maps("nothing-excluded", "The audit tables come along, and are not loaded first.", _ALL),
    _maps(
        "all-excluded",
        "An exclusion wins: nothing is replicated.",
        _ALL,
        rule(699337115, "public", "%", "exclude"),
    ),
    _maps(
        "another-schema", "What was replicated no longer is.", rule(308862860, "sales", "%"), _AUDIT
    ),
    _maps(
        "renamed-schema",
        "Changes go to tables of another schema, where the loaded rows are not.",
        _ALL,
        _AUDIT,
        {
            "object-locator": {"schema-name": "public"},
            "rule-action": "rename",
            "rule-id": "9",
            "rule-name": "rename-9",
            "rule-target": "schema",
            "rule-type": "transformation",
            "value": "app",
        },
    ),
    _maps(
        "filtered",
        "Rows that the filter leaves out are missing at the target.",
        {
            **_ALL,
            "filters": [
                {
                    "column-name": "id",
                    "filter-conditions": [{"filter-operator": "gte", "value": "1000000"}],
                    "filter-type": "source",
                }
            ],
        },
        _AUDIT,
    ),
    Held(
        name="mappings-not-known-yet",
        edit=(updates(TASK, was=_STARTED, table_mappings=UNKNOWN),),
        expected=NOT_SAFE,
        why="Any tables may come of it.",
    ),
    Held(
        name="migration-type-full-load",
        edit=(updates(TASK, was=_STARTED, migration_type="full-load"),),
        expected=BLOCKED,
        why="No change is captured any more; AWS refuses it where the provider plans it in place.",
    ),
    Held(
        name="migration-type-cdc",
        edit=(updates(TASK, was=_STARTED, migration_type="cdc"),),
        expected=BLOCKED,
        why="AWS refuses it in place; made anew, the task follows from now and misses what was.",
    ),
    Held(
        name="task-from-another-position",
        edit=(updates(TASK, was=_STARTED, cdc_start_position="0/16B3748"),),
        expected=SECOND_OR_BLOCKED,
        why="Changes before it are lost, those after it come twice.",
    ),
    Held(
        name="task-from-another-time",
        edit=(updates(TASK, was=_STARTED, cdc_start_time="2026-11-26T00:00:00Z"),),
        expected=SECOND_OR_BLOCKED,
        why="Changes before it are lost, those after it come twice.",
    ),
    Held(
        name="task-renamed",
        edit=(replaces(TASK, replication_task_id="aurora-ferry-staging-everything"),),
        expected=BLOCKED,
        why="Another id is another task: its position is lost and all is loaded again.",
    ),
    Held(
        name="task-tainted",
        edit=(replaces(TASK, "tags", beside={"action_reason": "replace_because_tainted"}),),
        expected=BLOCKED,
        why="A new task loads everything again.",
    ),
    Held(
        name="task-of-another-source",
        edit=(
            replaces(
                TASK,
                source_endpoint_arn="arn:aws:dms:eu-central-1:111122223333:endpoint:OTHERSOURCE",
            ),
        ),
        expected=BLOCKED,
        why="Another endpoint is another task.",
    ),
    Held(
        name="task-deleted",
        edit=(deletes(TASK),),
        expected=BLOCKED,
        why="Nothing is replicated, and its slot keeps WAL at the source.",
    ),
    Held(
        name="task-forgotten",
        edit=(forgets(TASK),),
        expected=NOT_SAFE,
        why="It runs on, and nobody's file says so.",
    ),
    Held(
        name="second-task-drops-tables",
        edit=(
            creates(
                "aws_dms_replication_task.task-billing_task",
                like=TASK,
                replication_task_id="aurora-ferry-staging-billing",
                resource_identifier="aurora-ferry-staging-billing",
                table_mappings=mappings(rule(1, "billing", "%")),
                replication_task_settings=settings(
                    TASK, FullLoadSettings={"TargetTablePrepMode": "DROP_AND_CREATE"}
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="It drops the target's tables of its schema when it loads.",
    ),
    Held(
        name="second-task-of-the-same-tables",
        edit=(
            creates(
                "aws_dms_replication_task.task-again_task",
                like=TASK,
                replication_task_id="aurora-ferry-staging-again",
                resource_identifier="aurora-ferry-staging-again",
                table_mappings=mappings(rule(1, "public", "orders")),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Two tasks write the same rows.",
    ),
)

ENDPOINTS: Final = (
    Held(
        name="source-in-clear",
        edit=(updates(SOURCE, ssl_mode="none", certificate_arn=""),),
        expected=SECOND_OR_BLOCKED,
        why="Password and data cross the internet in clear.",
    ),
    Held(
        name="source-not-verified",
        edit=(updates(SOURCE, ssl_mode="require", certificate_arn=""),),
        expected=SECOND_OR_BLOCKED,
        why="Whoever answers at the source's address gets the password.",
    ),
    Held(
        name="target-in-clear",
        edit=(updates(TARGET, ssl_mode="none"),),
        expected=SECOND_OR_BLOCKED,
        why="Aurora forces TLS and refuses the task; where it does not, all travels in clear.",
    ),
    Held(
        name="source-of-another-database",
        edit=(updates(SOURCE, database_name="app_2019"),),
        expected=SECOND_OR_BLOCKED,
        why="A slot is a database's: changes no longer come from where the rows came from.",
    ),
    Held(
        name="target-of-another-database",
        edit=(updates(TARGET, database_name="postgres"),),
        expected=SECOND_OR_BLOCKED,
        why="Changes go where the loaded rows are not.",
    ),
    Held(
        name="source-secret-elsewhere",
        edit=(
            updates(
                SOURCE,
                secrets_manager_arn=OTHERS_SECRET,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Another host, another user; and the role may not read it.",
    ),
    Held(
        name="target-role-elsewhere",
        edit=(
            updates(
                TARGET, secrets_manager_access_role_arn="arn:aws:iam::111122223333:role/anything"
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Nobody has said that this role may read the secret.",
    ),
    Held(
        name="source-password-in-the-plan",
        edit=(
            updates(
                SOURCE,
                secrets_manager_arn=None,
                secrets_manager_access_role_arn=None,
                server_name="postgres.staging.example.org",
                port=5432,
                username="dms",
                password="correct-horse",
                hidden=("password",),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The password is now in the state, and rotating the secret no longer reaches DMS.",
    ),
    Held(
        name="heartbeat-off",
        edit=(
            updates(
                SOURCE,
                extra_connection_attributes=attributes(SOURCE, heartbeatEnable="false"),
                postgres_settings=postgres(SOURCE, heartbeat_enable=False),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="On a quiet source the slot does not move, and WAL fills its disk.",
    ),
    Held(
        name="slot-by-hand",
        edit=(
            updates(
                SOURCE,
                extra_connection_attributes=attributes(SOURCE, slotName="dms_slot"),
                postgres_settings=postgres(SOURCE, slot_name="dms_slot"),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Another slot is another position; the old one keeps WAL for ever.",
    ),
    Held(
        name="other-plugin",
        edit=(
            updates(
                SOURCE,
                extra_connection_attributes=attributes(SOURCE, pluginName="pglogical"),
                postgres_settings=postgres(SOURCE, plugin_name="pglogical"),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="A slot is of one plug-in: the task cannot go on from the old one.",
    ),
    Held(
        name="ddl-not-captured",
        edit=(
            updates(
                SOURCE,
                extra_connection_attributes=attributes(SOURCE, captureDdls="false"),
                postgres_settings=postgres(SOURCE, capture_ddls=False),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="A column that is added at the source is missing at the target.",
    ),
    Held(
        name="triggers-fire-at-the-target",
        edit=(
            updates(
                TARGET,
                extra_connection_attributes=attributes(TARGET, afterConnectScript=""),
                postgres_settings=postgres(TARGET, after_connect_script=""),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Foreign keys and triggers hit DMS's writes: errors, and rows written twice.",
    ),
    Held(
        name="another-script-at-the-target",
        edit=(
            updates(
                TARGET,
                extra_connection_attributes=attributes(
                    TARGET, afterConnectScript="DROP SCHEMA public CASCADE"
                ),
                postgres_settings=postgres(
                    TARGET, after_connect_script="DROP SCHEMA public CASCADE"
                ),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="It runs with every connection.",
    ),
    Held(
        name="booleans-as-text",
        edit=(
            updates(
                TARGET,
                extra_connection_attributes=attributes(TARGET, mapBooleanAsBoolean="false"),
                postgres_settings=postgres(TARGET, map_boolean_as_boolean=False),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Booleans arrive as text of five letters.",
    ),
    Held(
        name="endpoint-pauses-its-tasks",
        edit=(
            updates(
                TARGET,
                was={"execute_timeout": 60},
                pause_replication_tasks=True,
                ssl_mode="verify-ca",
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The provider stops the tasks for it, and may fail to start them again.",
    ),
    Held(
        name="source-renamed",
        edit=(replaces(SOURCE, endpoint_id="aurora-ferry-staging-on-premises"),),
        expected=BLOCKED,
        why="Another endpoint takes its task with it, or AWS refuses while the task uses it.",
    ),
    Held(
        name="target-with-another-key",
        edit=(replaces(TARGET, kms_key_arn=OTHER_KEY),),
        expected=BLOCKED,
        why="A key is given once: another endpoint, and so another task.",
    ),
    Held(
        name="target-deleted",
        edit=(deletes(TARGET),),
        expected=BLOCKED,
        why="AWS refuses while the task uses it; without the task, nothing replicates.",
    ),
    Held(
        name="endpoint-in-clear-is-new",
        edit=(
            creates(
                "aws_dms_endpoint.second_endpoint",
                like=SOURCE,
                endpoint_id="aurora-ferry-staging-second",
                ssl_mode="none",
                certificate_arn=None,
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="A new endpoint that sends its password in clear is no better than a changed one.",
    ),
    Held(
        name="certificate-gone",
        edit=(deletes(CERTIFICATE),),
        expected=SECOND_OR_BLOCKED,
        why="The source's endpoint verifies with it.",
    ),
    Held(
        name="certificate-another",
        edit=(replaces(CERTIFICATE, certificate_pem="-----BEGIN CERTIFICATE-----\nMIIB\n"),),
        expected=SECOND_OR_BLOCKED,
        why="The endpoint holds the old one's ARN: the connection breaks, or trusts somebody else.",
    ),
)

INSTANCE: Final = (
    Held(
        name="dms-larger-at-once",
        edit=(updates(REPLICATION, was=_NOW, replication_instance_class="dms.c5.xlarge"),),
        expected=SECOND_OR_BLOCKED,
        why="The instance restarts and its tasks stop meanwhile.",
    ),
    Held(
        name="dms-smaller",
        edit=(updates(REPLICATION, replication_instance_class="dms.t3.micro"),),
        expected=SECOND_OR_BLOCKED,
        why="It restarts, and then has no memory for what it carries.",
    ),
    Held(
        name="dms-one-zone",
        edit=(updates(REPLICATION, multi_az=False),),
        expected=SECOND_OR_BLOCKED,
        why="A zone that fails takes the replication with it.",
    ),
    Held(
        name="dms-less-storage",
        edit=(updates(REPLICATION, allocated_storage=50),),
        expected=SECOND_OR_BLOCKED,
        why="AWS does not shrink storage.",
    ),
    Held(
        name="dms-public",
        edit=(replaces(REPLICATION, publicly_accessible=True),),
        expected=BLOCKED,
        why="An address of the internet, and a new instance: the tasks go with the old one.",
    ),
    Held(
        name="new-dms-public",
        edit=(
            creates(
                "aws_dms_replication_instance.second_instance",
                like=REPLICATION,
                replication_instance_id="aurora-ferry-staging-second",
                publicly_accessible=True,
            ),
        ),
        expected=BLOCKED,
        why="A new replication instance gets an address of the internet.",
    ),
    Held(
        name="dms-another-engine",
        edit=(updates(REPLICATION, engine_version="3.6.1"),),
        expected=SECOND_OR_BLOCKED,
        why="An upgrade stops the tasks, and cannot be taken back.",
    ),
    Held(
        name="dms-unattended-upgrades",
        edit=(updates(REPLICATION, auto_minor_version_upgrade=True),),
        expected=SECOND,
        why="AWS restarts it in some window.",
    ),
    Held(
        name="dms-another-window",
        edit=(updates(REPLICATION, preferred_maintenance_window="thu:09:00-thu:10:00"),),
        expected=SECOND,
        why="What waits for the window is applied in working hours, or now.",
    ),
    Held(
        name="dms-apply-immediately-on",
        edit=(updates(REPLICATION, apply_immediately=True),),
        expected=SECOND,
        why="AWS applies all that waits with the next change.",
    ),
    Held(
        name="dms-group-elsewhere",
        edit=(updates(REPLICATION, vpc_security_group_ids=[OTHERS_GROUP]),),
        expected=SECOND_OR_BLOCKED,
        why="Aurora, the source and Secrets Manager let in the old group.",
    ),
    Held(
        name="dms-network-type-dual",
        edit=(updates(REPLICATION, network_type="DUAL"),),
        expected=NOT_SAFE,
        why="The network of what replicates changes under it.",
    ),
    Held(
        name="dms-another-key",
        edit=(replaces(REPLICATION, kms_key_arn=OTHER_KEY),),
        expected=BLOCKED,
        why="A new instance: the tasks go with the old one.",
    ),
    Held(
        name="dms-another-zone",
        edit=(replaces(REPLICATION, availability_zone="eu-central-1b"),),
        expected=BLOCKED,
        why="A new instance: the tasks go with the old one.",
    ),
    Held(
        name="dms-other-subnets",
        edit=(replaces(REPLICATION, replication_subnet_group_id="elsewhere"),),
        expected=BLOCKED,
        why="A new instance, and who knows what it reaches.",
    ),
    Held(
        name="dms-deleted",
        edit=(deletes(REPLICATION),),
        expected=BLOCKED,
        why="Nothing replicates.",
    ),
    Held(
        name="dms-subnet-group-of-other-subnets",
        edit=(updates(DMS_SUBNETS, subnet_ids=["subnet-0aaa", "subnet-0bbb"]),),
        expected=SECOND_OR_BLOCKED,
        why="After a failover it stands where there may be no way to the source.",
    ),
    Held(
        name="dms-serverless-is-new",
        edit=(
            creates(
                "aws_dms_replication_config.serverless",
                replication_config_identifier="again",
                replication_type="full-load-and-cdc",
                source_endpoint_arn=deployed()[SOURCE].values["endpoint_arn"],
                target_endpoint_arn=deployed()[TARGET].values["endpoint_arn"],
                table_mappings=mappings(rule(1, "public", "%")),
                start_replication=True,
            ),
        ),
        expected=NOT_SAFE,
        why="It writes the same tables as the task, and starts by itself.",
    ),
)

ROWS: Final = (*TASKS, *ENDPOINTS, *INSTANCE)
