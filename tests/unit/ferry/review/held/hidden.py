"""Dangers behind a mark of sensitivity, and behind a value that is sensitive elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    BLOCKED,
    NOT_SAFE,
    SECOND,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    Step,
    creates,
    ingress,
    mappings,
    parameters,
    part,
    policy,
    rule,
    trust,
    updates,
)
from tests.unit.ferry.review.held.names import (
    AURORA_GROUP,
    AURORA_SG,
    AURORA_TABLE,
    CLUSTER,
    DASHBOARD,
    DMS_ROLE,
    DMS_ROLE_POLICY,
    IGW,
    KEY,
    PARAMETERS,
    POSTGRES_LOG,
    REPLICATION,
    STRANGER,
    TARGET_VERSION,
    TASK,
    TOPIC_ARN,
    TOPIC_POLICY,
    WRITER,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json


def _secret_output(value: Json) -> Step:
    """A sensitive output that happens to have a value."""
    return part(
        "output_changes",
        {
            "secret": {
                "actions": ["no-op"],
                "before": value,
                "after": value,
                "after_unknown": False,
                "before_sensitive": True,
                "after_sensitive": True,
            }
        },
    )


def _secret_variable(value: Json) -> tuple[Step, Step]:
    """A sensitive variable that happens to have a value."""
    return (
        part("variables", {"secret": {"value": value}}),
        part(
            "configuration",
            {"root_module": {"variables": {"secret": {"sensitive": True}}, "resources": []}},
        ),
    )


_TO_ALL = creates(
    "aws_vpc_security_group_ingress_rule.new",
    security_group_id=AURORA_SG,
    from_port=5432,
    to_port=5432,
    ip_protocol="tcp",
    cidr_ipv4="0.0.0.0/0",
    id=UNKNOWN,
    arn=UNKNOWN,
    security_group_rule_id=UNKNOWN,
)
_TO_INTERNET = {
    "destination_cidr_block": "0.0.0.0/0",
    "gateway_id": IGW,
    "route_table_id": AURORA_TABLE,
    "id": UNKNOWN,
}
_SECRET = "Quagga-7Tz!brisk-4420"
_DENY = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}


def _hidden(name: str, why: str, expected: frozenset[int], resource: str, /, **to: Json) -> Held:
    """A danger in attributes that are marked as sensitive."""
    return Held(
        name=f"hidden-{name}",
        edit=(updates(resource, hidden=tuple(to), was_hidden=tuple(to), **to),),
        expected=expected,
        why=why,
    )


ROWS: Final = (
    Held(
        name="hidden-rule-to-all",
        edit=(
            creates(
                "aws_vpc_security_group_ingress_rule.new",
                hidden=("cidr_ipv4",),
                **_TO_ALL.to,
            ),
        ),
        expected=BLOCKED,
        why="The range is hidden from the report, not from the internet.",
    ),
    Held(
        name="hidden-rule-as-a-whole",
        edit=(creates("aws_vpc_security_group_ingress_rule.new", hidden=("*",), **_TO_ALL.to),),
        expected=BLOCKED,
        why="The rule is hidden from the report, not from the internet.",
    ),
    Held(
        name="hidden-ingress-of-the-group",
        edit=(updates(AURORA_GROUP, hidden=("ingress",), ingress=[ingress("0.0.0.0/0")]),),
        expected=BLOCKED,
        why="The range is hidden from the report, not from the internet.",
    ),
    Held(
        name="hidden-range-within-the-ingress",
        edit=(
            updates(
                AURORA_GROUP,
                ingress=[ingress("0.0.0.0/0")],
                beside={"change": {"after_sensitive": {"ingress": [{"cidr_blocks": [True]}]}}},
            ),
        ),
        expected=BLOCKED,
        why="The range is hidden from the report, not from the internet.",
    ),
    Held(
        name="hidden-route-to-the-internet",
        edit=(
            creates(
                "aws_route.new", hidden=("destination_cidr_block", "gateway_id"), **_TO_INTERNET
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="The way is there all the same.",
    ),
    _hidden(
        "key-denied-to-all",
        "The key is denied all the same.",
        BLOCKED,
        KEY,
        policy=policy(KEY, more=[_DENY]),
    ),
    _hidden(
        "key-without-services",
        "The services lose the key all the same.",
        SECOND_OR_BLOCKED,
        KEY,
        policy=policy(KEY, without=["UseThroughServices"]),
    ),
    _hidden("key-disabled", "The key is disabled all the same.", BLOCKED, KEY, is_enabled=False),
    _hidden(
        "trust-of-all",
        "Everybody is trusted all the same.",
        SECOND_OR_BLOCKED,
        DMS_ROLE,
        assume_role_policy=trust(DMS_ROLE, Principal={"AWS": "*"}, Condition=None),
    ),
    _hidden(
        "policy-narrowed",
        "DMS cannot sign in all the same.",
        SECOND_OR_BLOCKED,
        DMS_ROLE_POLICY,
        policy=policy(DMS_ROLE_POLICY, without=["ReadSecrets"]),
    ),
    _hidden(
        "topic-closed",
        "Alarms reach nobody all the same.",
        SECOND_OR_BLOCKED,
        TOPIC_POLICY,
        policy=policy(TOPIC_POLICY, without=["CloudWatchAlarms"]),
    ),
    _hidden(
        "parameter-read-only",
        "Writes fail all the same.",
        SECOND_OR_BLOCKED,
        PARAMETERS,
        parameter=parameters(PARAMETERS, default_transaction_read_only="1"),
    ),
    _hidden(
        "parameter-static-at-once",
        "AWS refuses all the same.",
        BLOCKED,
        PARAMETERS,
        parameter=parameters(PARAMETERS, shared_preload_libraries="pg_cron"),
    ),
    _hidden(
        "mappings-of-nothing",
        "No table is replicated all the same.",
        SECOND_OR_BLOCKED,
        TASK,
        table_mappings=mappings(rule(1, "none", "none")),
    ),
    _hidden(
        "protection-off",
        "The protection is off all the same.",
        BLOCKED,
        CLUSTER,
        deletion_protection=False,
    ),
    _hidden(
        "backups-for-a-day",
        "The backups are deleted all the same.",
        BLOCKED,
        CLUSTER,
        backup_retention_period=1,
    ),
    _hidden("port", "All instances reboot all the same.", BLOCKED, CLUSTER, port=5433),
    _hidden("public", "It is public all the same.", BLOCKED, WRITER, publicly_accessible=True),
    _hidden(
        "dms-in-one-zone",
        "The second zone is gone all the same.",
        SECOND_OR_BLOCKED,
        REPLICATION,
        multi_az=False,
    ),
    _hidden(
        "alarm-out-of-reach", "The alarm is deaf all the same.", SECOND, WRITER_CPU, threshold=101
    ),
    _hidden(
        "alarm-without-action",
        "Nobody hears of it all the same.",
        SECOND,
        WRITER_CPU,
        alarm_actions=[],
    ),
    _hidden(
        "log-for-a-day",
        "The log is deleted all the same.",
        SECOND_OR_BLOCKED,
        POSTGRES_LOG,
        retention_in_days=1,
    ),
    Held(
        name="hidden-receiver-of-another-account",
        edit=(
            creates(
                "aws_sns_topic_subscription.more",
                topic_arn=TOPIC_ARN,
                protocol="sqs",
                endpoint=f"arn:aws:sqs:eu-central-1:{STRANGER}:q",
                id=UNKNOWN,
                arn=UNKNOWN,
                hidden=("endpoint",),
            ),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Another account reads all the same.",
    ),
    Held(
        name="hidden-cluster-as-a-whole",
        edit=(updates(CLUSTER, hidden=("*",), was_hidden=("*",), skip_final_snapshot=True),),
        expected=BLOCKED,
        why="Nothing is left of it all the same.",
    ),
    Held(
        name="hidden-and-not-known-yet",
        edit=(updates(CLUSTER, hidden=("engine_version",), engine_version=UNKNOWN),),
        expected=NOT_SAFE,
        why="Any version may come of it.",
    ),
    Held(
        name="secret-output-is-the-range",
        edit=(_TO_ALL, _secret_output("0.0.0.0/0")),
        expected=BLOCKED,
        why="An output of the same value does not close the database.",
    ),
    Held(
        name="secret-output-is-the-destination",
        edit=(creates("aws_route.new", **_TO_INTERNET), _secret_output("0.0.0.0/0")),
        expected=SECOND_OR_BLOCKED,
        why="An output of the same value takes no way away.",
    ),
    Held(
        name="secret-output-is-the-gateway",
        edit=(creates("aws_route.new", **_TO_INTERNET), _secret_output(IGW)),
        expected=SECOND_OR_BLOCKED,
        why="An output of the same value takes no way away.",
    ),
    Held(
        name="secret-output-is-the-statement",
        edit=(
            updates(KEY, policy=policy(KEY, more=[_DENY])),
            _secret_output(policy(KEY, more=[_DENY])),
        ),
        expected=BLOCKED,
        why="The key is denied all the same.",
    ),
    Held(
        name="secret-output-is-a-word-of-a-policy",
        edit=(updates(KEY, policy=policy(KEY, more=[_DENY])), _secret_output("Deny")),
        expected=BLOCKED,
        why="The key is denied all the same.",
    ),
    Held(
        name="secret-output-is-a-list-of-ranges",
        edit=(_TO_ALL, _secret_output({"ranges": ["10.0.0.0/8", "0.0.0.0/0"]})),
        expected=BLOCKED,
        why="An output of the same value does not close the database.",
    ),
    Held(
        name="secret-output-is-the-parameter",
        edit=(
            updates(
                PARAMETERS, parameter=parameters(PARAMETERS, default_transaction_read_only="1")
            ),
            _secret_output("default_transaction_read_only"),
        ),
        expected=SECOND_OR_BLOCKED,
        why="Writes fail all the same.",
    ),
    Held(
        name="secret-variable-is-the-range",
        edit=(_TO_ALL, *_secret_variable("0.0.0.0/0")),
        expected=BLOCKED,
        why="A variable of the same value does not close the database.",
    ),
    Held(
        name="secret-variable-is-the-version",
        edit=(
            updates(CLUSTER, was={"apply_immediately": True}, engine_version="16.6"),
            *_secret_variable("16.6"),
        ),
        expected=BLOCKED,
        why="AWS refuses it all the same.",
    ),
    Held(
        name="secret-is-the-key-of-an-instance",
        edit=(
            creates(
                f'aws_sns_topic_subscription.e["{_SECRET}"]',
                endpoint=_SECRET,
                protocol="sqs",
                topic_arn=TOPIC_ARN,
                hidden=("endpoint",),
                beside={"index": _SECRET},
            ),
        ),
        expected=NOT_SAFE,
        why="What is no queue's ARN receives nothing; and its name must not be shown.",
        secret=_SECRET,
    ),
    Held(
        name="secret-on-the-dashboard",
        edit=(
            updates(
                TARGET_VERSION,
                secret_string=f"<{_SECRET}&>",
                hidden=("secret_string",),
                version_id=UNKNOWN,
            ),
            updates(
                DASHBOARD,
                dashboard_body=f'{{"widgets":[],"x":"\\u003c{_SECRET}\\u0026\\u003e"}}',
            ),
        ),
        expected=NOT_SAFE,
        why="Whoever sees the dashboard knows the password.",
        secret=_SECRET,
    ),
    Held(
        name="secret-in-clear-in-the-state",
        edit=(
            creates(
                "terraform_data.it",
                input={"PGPASSWORD": _SECRET, "token": _SECRET, "DB_PASS": _SECRET},
                id=UNKNOWN,
                output=UNKNOWN,
            ),
        ),
        expected=NOT_SAFE,
        why="Nothing marks it as sensitive: it is in the state, the plan and every log.",
        secret=_SECRET,
    ),
)
