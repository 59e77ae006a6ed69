"""First deployments in which somebody is not allowed what he has to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import policy, statement, statements, trust
from tests.unit.ferry.review.held.first_edits import says
from tests.unit.ferry.review.held.names import (
    DMS_ROLE,
    DMS_ROLE_POLICY,
    FLOW_LOGS_POLICY,
    FLOW_LOGS_ROLE,
    KEY,
    MONITORING_ROLE,
    SECRETS_ENDPOINT,
    SOURCE_SECRET_ARN,
    TOPIC_POLICY,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Held

_USE: Final = "UseThroughServices"
_GRANTS: Final = "GrantsToServices"
_UNENCRYPTED: Final = "Nothing is made with the key."


def _key(name: str, why: str, /, **changed: dict[str, object]) -> Held:
    """The key's policy, in which a statement says something else in a part."""
    found = {sid: {**statement(KEY, sid), **to} for sid, to in changed.items()}
    said = policy(KEY, without=found, more=found.values())
    return says(f"key-{name}", KEY, why, policy=said)


def _closed(name: str, why: str, /, *without: str) -> Held:
    return says(f"key-closed-to-{name}", KEY, why, policy=policy(KEY, without=without))


def _condition(sid: str, operator: str, **to: object) -> dict[str, object]:
    """The condition of a statement of the key's, in which a key has another value."""
    found = statement(KEY, sid)["Condition"]
    named = {
        next(it for it in found[operator] if it.endswith(name)): value for name, value in to.items()
    }
    return {"Condition": {**found, operator: {**found[operator], **named}}}


_READ: Final = "secretsmanager:GetSecretValue"
_SECRETS: Final = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:*"
_HERE: Final = "arn:aws:dms:eu-central-1:111122223333"
_LOG: Final = (
    "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/vpc/flow-logs/aurora-ferry-staging"
)
_PRODS_FLOW_LOG: Final = "arn:aws:ec2:eu-central-1:111122223333:vpc-flow-log/fl-0123456789abcdef0"


def _trusts(name: str, role: str, /, **condition: object) -> Held:
    return says(
        f"role-trusts-{name}",
        role,
        "What is made here does not come so.",
        assume_role_policy=trust(role, Condition=condition),
    )


def _logs(name: str, /, **changed: object) -> Held:
    """The flow logs' role, which writes elsewhere or not all."""
    write = {**statement(FLOW_LOGS_POLICY, "WriteToTheGroup"), **changed}
    find = statement(FLOW_LOGS_POLICY, "FindTheGroup")
    return says(
        f"flow-logs-{name}", FLOW_LOGS_POLICY, "Nothing is logged.", policy=statements(write, find)
    )


def _door(name: str, /, **changed: object) -> Held:
    """The endpoint of Secrets Manager, which lets something else through."""
    only = {**statement(SECRETS_ENDPOINT, "ReadThisAccountsSecrets"), **changed}
    return says(f"door-{name}", SECRETS_ENDPOINT, "DMS reads no secret.", policy=statements(only))


ROWS: Final = (
    _closed("alarms", "No alarm arrives.", "CloudWatchAlarms"),
    _closed("rds-events", "No event of RDS's arrives.", "RdsEvents"),
    _closed("dms-events", "No event of DMS's arrives.", "DmsEvents"),
    _closed("administrators", "Nobody can change it.", "Administration"),
    _closed("services", "Secrets cannot be written.", _USE),
    _closed("grants", "RDS and DMS cannot go on using it.", _GRANTS),
    _closed("all-but-administrators", _UNENCRYPTED, _USE, _GRANTS),
    _key(
        "for-rds-alone",
        "Secrets are not decrypted.",
        **{_USE: _condition(_USE, "StringEquals", ViaService="rds.eu-central-1.amazonaws.com")},
    ),
    _key(
        "for-another-regions-services",
        "Those of this region do not use it.",
        **{_GRANTS: _condition(_GRANTS, "StringEquals", ViaService="rds.us-east-1.amazonaws.com")},
    ),
    _key(
        "granted-for-nothing-of-awss",
        "RDS asks for a grant for itself.",
        **{_GRANTS: _condition(_GRANTS, "Bool", GrantIsForAWSResource="false")},
    ),
    _key(
        "decrypts-alone",
        "A message is encrypted when it is published.",
        CloudWatchAlarms={"Action": "kms:Decrypt"},
    ),
    _key(
        "for-another-topic",
        "DMS's events go to this one.",
        DmsEvents=_condition(
            "DmsEvents",
            "StringEquals",
            topicArn="arn:aws:sns:eu-central-1:111122223333:aurora-ferry-prod-alarms",
        ),
    ),
    _key(
        "for-another-accounts-alarms",
        "This one's do not arrive.",
        CloudWatchAlarms=_condition("CloudWatchAlarms", "StringEquals", SourceAccount="2" * 12),
    ),
    _key(
        "for-another-log",
        "The environment's logs are not made.",
        LogGroups={
            "Condition": {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-central-1:111122223333:"
                    "log-group:/aws/rds/cluster/aurora-ferry-prod/*"
                }
            }
        },
    ),
    _key("decrypts-logs-alone", "A log is written.", LogGroups={"Action": "kms:Decrypt"}),
    _key("administered-by-nobody", "KMS refuses it.", Administration={"Action": "kms:Describe*"}),
    says(
        "key-denies-grants",
        KEY,
        "RDS and DMS cannot go on using it.",
        policy=policy(
            KEY,
            more=[
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "kms:CreateGrant",
                    "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "222222222222"}},
                }
            ],
        ),
    ),
    says("key-of-awss-default", KEY, "Neither logs nor alarms may use it.", policy=None),
    # Roles
    _trusts("dms-with-an-external-id", DMS_ROLE, StringEquals={"sts:ExternalId": "x"}),
    _trusts("dms-of-another-organization", DMS_ROLE, StringEquals={"aws:SourceOrgID": "o-1"}),
    _trusts("dms-of-prods-tasks", DMS_ROLE, ArnLike={"aws:SourceArn": f"{_HERE}:task:prod"}),
    _trusts("flow-logs-of-another", FLOW_LOGS_ROLE, ArnLike={"aws:SourceArn": _PRODS_FLOW_LOG}),
    _trusts(
        "monitoring-of-prod",
        MONITORING_ROLE,
        ArnLike={"aws:SourceArn": "arn:aws:rds:eu-central-1:111122223333:db:aurora-ferry-prod-*"},
    ),
    says(
        "dms-role-trusts-dms-everywhere",
        DMS_ROLE,
        "Endpoints with secrets take DMS of the region.",
        assume_role_policy=trust(DMS_ROLE, Principal={"Service": "dms.amazonaws.com"}),
    ),
    says(
        "dms-reads-the-source-alone",
        DMS_ROLE_POLICY,
        "It does not sign in to Aurora.",
        policy=statements({"Effect": "Allow", "Action": _READ, "Resource": SOURCE_SECRET_ARN}),
    ),
    says(
        "dms-reads-and-decrypts-nothing",
        DMS_ROLE_POLICY,
        "The target's secret is encrypted.",
        policy=statements({"Effect": "Allow", "Action": _READ, "Resource": _SECRETS}),
    ),
    says(
        "dms-reads-over-its-own-endpoint",
        DMS_ROLE_POLICY,
        "No endpoint is that one.",
        policy=statements(
            {
                "Effect": "Allow",
                "Action": [_READ, "kms:Decrypt"],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}},
            }
        ),
    ),
    _logs("another-log", Resource=f"{_LOG}-of-prod:*"),
    _logs("the-group-and-no-stream", Resource=_LOG),
    _logs("no-stream-made", Action=["logs:PutLogEvents"]),
    # Doors
    _door("describes-alone", Action="secretsmanager:DescribeSecret"),
    _door("of-prods-secrets", Resource=f"{_SECRETS[:-1]}aurora-ferry-prod/*"),
    _door(
        "of-another-account",
        Condition={"StringEquals": {"aws:PrincipalAccount": "222222222222"}},
    ),
    _door(
        "for-another-role", Principal={"AWS": "arn:aws:iam::111122223333:role/aurora-ferry-prod"}
    ),
    # Topics
    says(
        "topic-of-prod",
        TOPIC_POLICY,
        "Nobody may publish to this one.",
        policy=policy(TOPIC_POLICY).replace("staging-alarms", "prod-alarms"),
    ),
    says(
        "topic-for-prods-alarms",
        TOPIC_POLICY,
        "This one's alarms reach nobody.",
        policy=policy(TOPIC_POLICY).replace(":alarm:*", ":alarm:aurora-ferry-prod-*"),
    ),
)
