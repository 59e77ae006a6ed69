"""First deployments in which somebody is not allowed what he has to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import policy, statement
from tests.unit.ferry.review.held.first_edits import says
from tests.unit.ferry.review.held.names import KEY

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
)
