"""First deployments of which a statement lacks the condition that holds it to the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import Held, creates, edited, trust
from tests.unit.ferry.review.held.first_stack import fine, first, under
from tests.unit.ferry.review.held.names import (
    DMS_ROLE,
    FLOW_LOGS_ROLE,
    KEY,
    MONITORING_ROLE,
    TOPIC_POLICY,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

_OWN: Final = "111122223333"
_TRUST: Final = "assume_role_policy"
_DECRYPTS: Final = "Whoever of the account may kms:Decrypt decrypts by himself."
_READS: Final = "The service does it for another account's as well."
_ANY_SERVICE: Final = {"kms:CallerAccount": _OWN, "kms:ViaService": "*.amazonaws.com"}


def _key(name: str, why: str, sid: str, condition: Json = None) -> Held:
    return first(f"key-{name}", why, under(KEY, "policy", sid, condition))


def _of(*accounts: str, operator: str = "StringEquals") -> Json:
    return {operator: {"aws:SourceAccount": [*accounts]}}


ROWS: Final = (
    _key("for-anybodys-alarms", _READS, "CloudWatchAlarms"),
    _key("for-anybodys-events", _READS, "RdsEvents"),
    _key("for-anybodys-logs", _READS, "LogGroups"),
    _key("used-by-all-of-dms", _READS, "DmsEvents"),
    _key("for-alarms-if-told", _READS, "CloudWatchAlarms", _of(_OWN, operator="StringEqualsIfExists")),
    _key("for-alarms-of-any-like", _READS, "CloudWatchAlarms", _of("*", operator="StringLike")),
    _key("for-alarms-of-two", _READS, "CloudWatchAlarms", _of(_OWN, "999988887777")),
    _key("for-alarms-over-tls", _READS, "CloudWatchAlarms", {"Bool": {"aws:SecureTransport": "true"}}),
    _key("without-a-service-between", _DECRYPTS, "UseThroughServices",
         {"StringEquals": {"kms:CallerAccount": _OWN}}),
    _key("without-a-condition", _DECRYPTS, "UseThroughServices"),
    _key("grants-by-anybody", _DECRYPTS, "GrantsToServices",
         {"StringEquals": {"kms:CallerAccount": _OWN}}),
    _key("through-whatever-service", _DECRYPTS, "UseThroughServices", {"StringLike": _ANY_SERVICE}),
    *(
        first(f"role-trusts-anybodys-{name}", _READS, under(role, _TRUST, "", None))
        for name, role in (
            ("dms", DMS_ROLE), ("flow-logs", FLOW_LOGS_ROLE), ("monitoring", MONITORING_ROLE)
        )
    ),
    *(
        first(f"topic-of-anybodys-{sid}", _READS, under(TOPIC_POLICY, "policy", sid, None))
        for sid in ("CloudWatchAlarms", "DmsEvents", "RdsEvents")
    ),
    edited(
        "added-role-that-trusts-anybodys-dms",
        _READS,
        creates("aws_iam_role.more", like=DMS_ROLE, name="more",
                assume_role_policy=trust(DMS_ROLE, Condition={})),
    ),
)  # fmt: skip
FINE: Final = (
    fine("role-trusts-this-account", "Stricter.", under(DMS_ROLE, _TRUST, "", _of(_OWN))),
    fine(
        "key-for-this-accounts-alarms",
        "Stricter.",
        under(KEY, "policy", "CloudWatchAlarms", {
            "StringEquals": {"aws:SourceAccount": _OWN},
            "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:eu-central-1:{_OWN}:alarm:*"},
        }),
    ),
)  # fmt: skip
