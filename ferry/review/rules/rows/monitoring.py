"""Alarms, events, logs: who is told, and what can be looked up afterwards."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.values import UNKNOWN, holds_hidden, holds_unknown
from ferry.review.rules.combined.alarms import alarms_told
from ferry.review.rules.combined.ending import is_the_tasks_log
from ferry.review.rules.combined.events import events_told
from ferry.review.rules.combined.policies import policy_findings
from ferry.review.rules.combined.receivers import receivers_told
from ferry.review.rules.conditions import (
    all_of,
    always,
    any_of,
    becomes_one,
    between,
    compare,
    left_out,
    looked_up,
    number,
    off,
    one_of,
    refers_to,
    removed,
    set_to_another,
    turned_on,
    unset,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.row import (
    ANY,
    CREATED,
    DESTROYED,
    MADE,
    REPLACED,
    Harmless,
    Judged,
    Replaces,
    Reported,
    Row,
    Rule,
)
from ferry.review.rules.timing import Timing

if TYPE_CHECKING:
    from ferry.review.plan.plan import Change
    from ferry.review.plan.values import Json

_ALARM: Final = "aws_cloudwatch_metric_alarm"
_DASHBOARD: Final = "aws_cloudwatch_dashboard"
_LOGS: Final = "aws_cloudwatch_log_group"
_TOPIC: Final = "aws_sns_topic"
_TOPIC_POLICY: Final = "aws_sns_topic_policy"
_SUBSCRIPTION: Final = "aws_sns_topic_subscription"
_RDS_EVENTS: Final = "aws_db_event_subscription"
_DMS_EVENTS: Final = "aws_dms_event_subscription"
_FLOW_LOG: Final = "aws_flow_log"
_DATA: Final = "terraform_data"

_CLOUDWATCH: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest"
_PAGES: Final = f"{_CLOUDWATCH}/monitoring/CloudWatch_Dashboards.html"
_GROUPS: Final = f"{_CLOUDWATCH}/logs/Working-with-log-groups-and-streams.html"
_ENCRYPT: Final = f"{_CLOUDWATCH}/logs/encrypt-log-data-kms.html"
_SNS: Final = "https://docs.aws.amazon.com/sns/latest/dg"
_KEYS: Final = f"{_SNS}/sns-key-management.html"
_EMAIL: Final = f"{_SNS}/sns-email-notifications.html"
_FLOW: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"

_ON_CREATE: Final = frozenset({Action.CREATE})
_OWN_KEY: Final = refers_to("aws_kms_key", "aws_kms_alias")
_OWN_TOPIC: Final = refers_to("aws_sns_topic")
_PROTOCOLS: Final = ("application", "firehose", "http", "lambda", "sqs")
"""Of whose messages SNS can report whether they were delivered."""

_DRAWN: Final = frozenset({"alarm", "explorer", "log", "metric", "text"})
"""A dashboard's widgets that draw. A custom one calls a function, with the rights of who looks at it.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard.html"""

_DRAWS_OWN: Final = refers_to(
    "aws_cloudwatch_log_group", "aws_cloudwatch_metric_alarm", "aws_dms_replication_instance",
    "aws_dms_replication_task", "aws_rds_cluster", "aws_rds_cluster_instance",
)
"""A dashboard that waits for names of what the plan makes draws that."""

_DURATION: Final = re.compile(r"(?:([0-9]{1,4})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})s)?")
_WAITS: Final = {
    "aws_dms_replication_instance": {"create": 40, "delete": 30, "update": 30},
    "aws_nat_gateway": {"create": 10, "delete": 30, "update": 10},
    "aws_route": {"create": 5, "delete": 5, "update": 2},
}
"""For how many minutes the provider waits where nothing is said. Source: "Timeouts" on the pages of
provider 5.100.0, https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs"""

_LONGEST_WAIT: Final = 120
"""Of the other types: as long as for a cluster. Source: provider 5.100.0, rds/cluster.go."""

_OWN_TAGS: Final = ("environment", "project")
"""The tags by which the operator's policies know what is this project's."""


def _draws_only(body: Json) -> bool:
    """Whether a dashboard's body has only widgets that draw."""
    try:
        widgets = json.loads(body)["widgets"]
        return {it["type"] for it in widgets} <= _DRAWN
    except (KeyError, RecursionError, TypeError, ValueError):
        return False


def _goes_on_drawing(change: Change, attribute: str) -> bool:
    """Whether a dashboard still shows more than texts, where it did."""
    return _draws_figures(change.after.get(attribute)) or not _draws_figures(
        change.before.get(attribute)
    )


def _draws_figures(body: Json) -> bool:
    """Whether a dashboard's body may have more than texts."""
    try:
        return any(it["type"] != "text" for it in json.loads(body)["widgets"])
    except (KeyError, RecursionError, TypeError, ValueError):
        return body is not None


def _tells_no_secret(change: Change, attribute: str) -> bool:
    """Whether nothing in the new value is a secret, marked or not: where it stands, many read it."""
    return not holds_hidden(change.hidden_after(attribute))


def _days(retention: Json) -> float:
    """For how long a log is kept; nothing and zero are for ever."""
    return number(retention) or float("inf")


def _waits_long_enough(change: Change, attribute: str) -> bool | None:
    """Whether Terraform waits as long as the provider does by default, or longer.

    What it gives up waiting for goes on in AWS.
    """
    timeouts = change.after.get(attribute)
    if holds_unknown(timeouts) or holds_hidden(timeouts):
        return None
    least = _WAITS.get(change.type, {})
    return isinstance(timeouts, dict) and all(
        it is None or _minutes(it) >= least.get(what, _LONGEST_WAIT) for what, it in timeouts.items()
    )


def _minutes(duration: Json) -> float:
    """How long a text such as ``1h30m`` is; zero for what is none, and for parts of a second."""
    found = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    hours, minutes, seconds = (int(it or 0) for it in found.groups()) if found else (0, 0, 0)
    return 60 * hours + minutes + seconds / 60


def _takes_raw(change: Change, _attribute: str) -> bool:
    """Whether a receiver takes messages as they are.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
    """
    return change.after.get("protocol") in ("firehose", "http", "https", "sqs")


_is_false: Final = becomes_one(lambda after: after is False)
_kept_for_less: Final = compare(lambda before, after: _days(after) < _days(before))


def _stays_in_aws(change: Change, _attribute: str) -> bool:
    """Whether Terraform forgets a log group instead of deleting it."""
    return change.before.get("skip_destroy") is True


def _is_lost(change: Change, attribute: str) -> bool:
    return not _stays_in_aws(change, attribute) and not is_the_tasks_log(change, attribute)


def _told_apart_as_before(change: Change, attribute: str) -> bool | None:
    """Whether the tags that policies ask for stay as they are; new things may have any.

    All tags are not known before a value of one's own is: then that one tells.
    """
    own = change.after.get("tags")
    if change.after.get(attribute) is UNKNOWN and isinstance(own, dict) and holds_unknown(own):
        attribute = "tags"
    tags = [side.get(attribute) or {} for side in (change.before, change.after)]
    if not all(isinstance(it, dict) for it in tags):
        return None
    before, after = tags
    return change.action is Action.CREATE or all(before.get(it) == after.get(it) for it in _OWN_TAGS)


def _events(resource: str, topic: str) -> tuple[Row, ...]:
    """Subscriptions to events, which RDS and DMS have alike."""
    return (
        Judged(resource, (CREATED, DESTROYED, REPLACED, "enabled", "event_categories", "source_ids",
               "source_type", topic), by=events_told),
        Replaces(resource, ("name",)),
        Harmless(resource, ("name",), "A name.", when=always, on=MADE),
        Reported(resource, ("arn",)),
    )


ROWS: Final[tuple[Row, ...]] = (
    Judged(_ALARM, (CREATED, DESTROYED, REPLACED, "actions_enabled", "alarm_actions", "ok_actions",
           "insufficient_data_actions", "threshold", "comparison_operator", "datapoints_to_alarm",
           "evaluation_periods", "period", "statistic", "extended_statistic", "treat_missing_data",
           "unit", "dimensions", "metric_name", "namespace", "metric_query", "threshold_metric_id",
           "evaluate_low_sample_count_percentiles"),
           by=alarms_told),
    Replaces(_ALARM, ("alarm_name",)),
    Harmless(_ALARM, ("alarm_name",), "A name.", when=always, on=MADE),
    Harmless(_ALARM, ("alarm_description",), "The words of the mail.", when=_tells_no_secret),
    Reported(_ALARM, ("arn",)),
    Harmless(_DASHBOARD, (CREATED, REPLACED, "dashboard_name"),
             "A picture of metrics; nothing depends on it.", when=always),
    Rule(_DASHBOARD, DESTROYED, always, Danger.UNWATCHED,
         "What the database and its replication do is no longer seen on one page.",
         timing=Timing.NOW, source=_PAGES),
    Harmless(_DASHBOARD, ("dashboard_body",), "A picture of metrics; nothing depends on it.",
             when=all_of(any_of(becomes_one(_draws_only), _DRAWS_OWN), _tells_no_secret,
                         _goes_on_drawing)),
    Reported(_DASHBOARD, ("dashboard_arn",)),
    Harmless(_LOGS, (CREATED,), "An empty log.", when=always),
    Rule(_LOGS, DESTROYED, is_the_tasks_log, Danger.IRREVERSIBLE,
         "The migration ends, and its tasks' log with it.", timing=Timing.NOW, source=_GROUPS,
         remedy="Export it before, where it is evidence: aws logs create-export-task."),
    Rule(_LOGS, DESTROYED, _is_lost, Danger.DATA_LOSS,
         "The log and all that it holds are deleted.", timing=Timing.NOW, source=_GROUPS),
    Replaces(_LOGS, ("log_group_class", "name", "name_prefix")),
    Harmless(_LOGS, ("name", "name_prefix"), "The name of an empty log.", when=always, on=MADE),
    Harmless(_LOGS, ("log_group_class",), "The class that can do everything.",
             when=any_of(one_of(None, "STANDARD"), left_out), on=MADE),
    Rule(_LOGS, "kms_key_id", removed, Danger.PROTECTION_LOSS,
         "What is logged from now on is no longer encrypted with the environment's key.",
         source=_ENCRYPT),
    Harmless(_LOGS, ("kms_key_id",),
             "What is logged from now on is encrypted with a key of this plan; the old key still "
             "reads what was logged before.", when=_OWN_KEY),
    Rule(_LOGS, "retention_in_days", _kept_for_less, Danger.DATA_LOSS,
         "What is older is deleted: logs are kept for {after} days, until now for {before}; 0 and "
         "nothing are for ever.", timing=Timing.NOW, source=_GROUPS),
    Harmless(_LOGS, ("retention_in_days",), "Logs are kept for longer, or for ever.",
             when=any_of(one_of(0, None), between(1, 3653))),
    Harmless(_LOGS, ("skip_destroy",), "The log is kept when it is destroyed some day.",
             when=turned_on),
    Harmless(_LOGS, ("skip_destroy",), "Nothing is in a new log.", when=always, on=MADE),
    Reported(_LOGS, ("arn",)),
    Harmless(_TOPIC, (CREATED,), "Nobody is told by it yet.", when=always),
    Rule(_TOPIC, DESTROYED, always, Danger.UNWATCHED,
         "The topic goes with its subscriptions: alarms reach nobody, and every receiver must "
         "confirm again.", timing=Timing.NOW, lasts="until they have confirmed", source=_EMAIL),
    Replaces(_TOPIC, ("fifo_topic", "name", "name_prefix")),
    Harmless(_TOPIC, ("name", "name_prefix"), "The name of a new topic.", when=always, on=MADE),
    Harmless(_TOPIC, ("fifo_topic",), "Every kind of receiver can be told by it.",
             when=_is_false, on=MADE),
    Rule(_TOPIC, "kms_master_key_id", removed, Danger.PROTECTION_LOSS,
         "What the topic carries is no longer encrypted.", source=_KEYS),
    Rule(_TOPIC, "kms_master_key_id", set_to_another, Danger.UNWATCHED,
         "The topic is encrypted with another key: where its policy does not let CloudWatch, RDS "
         "and DMS use it, alarms are lost without a word.", source=_KEYS),
    Harmless(_TOPIC, ("kms_master_key_id",), "A key of this plan, whose policy is judged.",
             when=_OWN_KEY, on=MADE),
    Judged(_TOPIC, ("policy",), by=policy_findings),
    Harmless(_TOPIC, ("policy",), "AWS's default: the account alone.", when=left_out, on=MADE),
    Harmless(_TOPIC, ("display_name",), "The mail's sender.", when=_tells_no_secret),
    Harmless(_TOPIC, ("tracing_config",), "X-Ray of this account is told, or nobody.",
             when=any_of(one_of(None, "Active", "PassThrough"), left_out)),
    Rule(_TOPIC, "signature_version", always, Danger.UNWATCHED,
         "Messages are signed in another way, {after} in place of {before}: a receiver that checks "
         "signatures, and knows the old way alone, refuses them.",
         source=f"{_SNS}/sns-verify-signature-of-message.html"),
    Harmless(_TOPIC, ("signature_version",), "SHA-256, or what AWS takes by default.",
             when=any_of(one_of(2), left_out), on=MADE),
    Harmless(_TOPIC, ("content_based_deduplication",), "Every message is sent on.",
             when=_is_false),
    Harmless(_TOPIC, ("fifo_throughput_scope",), "A topic that keeps no order has none.",
             when=any_of(unset, left_out)),
    Harmless(_TOPIC, tuple(f"{it}_{how}_feedback_role_arn" for it in _PROTOCOLS
             for how in ("failure", "success")),
             "A role of this plan writes down what was delivered.", when=refers_to("aws_iam_role")),
    Harmless(_TOPIC, tuple(f"{it}_success_feedback_sample_rate" for it in _PROTOCOLS),
             "How much of what was delivered is written down.", when=between(0, 100)),
    Harmless(_TOPIC, ("archive_policy", "delivery_policy"), "AWS's default.", when=unset, on=MADE),
    Reported(_TOPIC, ("arn", "beginning_archive_time", "owner")),
    Judged(_TOPIC_POLICY, (CREATED, "policy"), by=policy_findings),
    Rule(_TOPIC_POLICY, DESTROYED, always, Danger.UNWATCHED,
         "RDS and DMS, and CloudWatch's alarms, may no longer publish.", timing=Timing.NOW,
         lasts="until there is another policy", source=f"{_SNS}/sns-access-policy-use-cases.html"),
    Replaces(_TOPIC_POLICY, ("arn",)),
    Harmless(_TOPIC_POLICY, ("arn",), "The policy of a topic of this plan.", when=_OWN_TOPIC, on=MADE),
    Reported(_TOPIC_POLICY, ("owner",)),
    Judged(_SUBSCRIPTION, (CREATED, DESTROYED, REPLACED, "endpoint", "protocol", "topic_arn",
           "filter_policy", "filter_policy_scope", "redrive_policy", "subscription_role_arn"),
           by=receivers_told),
    Replaces(_SUBSCRIPTION, ("endpoint", "protocol", "topic_arn")),
    Harmless(_SUBSCRIPTION, ("raw_message_delivery",), "A new receiver gets what it asks for.",
             when=any_of(off, _takes_raw), on=MADE),
    Harmless(_SUBSCRIPTION, ("delivery_policy", "replay_policy"), "AWS's default.",
             when=unset, on=MADE),
    Harmless(_SUBSCRIPTION, ("confirmation_timeout_in_minutes", "endpoint_auto_confirms"),
             "How Terraform waits for a confirmation.", when=always),
    Reported(_SUBSCRIPTION, ("arn", "confirmation_was_authenticated", "owner_id",
             "pending_confirmation")),
    *_events(_RDS_EVENTS, "sns_topic"),
    Replaces(_RDS_EVENTS, ("name_prefix",)),
    Harmless(_RDS_EVENTS, ("name_prefix",), "A name.", when=always, on=MADE),
    Reported(_RDS_EVENTS, ("customer_aws_id",)),
    *_events(_DMS_EVENTS, "sns_topic_arn"),
    Harmless(_FLOW_LOG, (CREATED,), "Something more is logged.", when=always),
    Rule(_FLOW_LOG, DESTROYED, always, Danger.UNWATCHED,
         "Who connected to whom is no longer logged.", timing=Timing.NOW,
         lasts="for good, or until there is another", source=_FLOW),
    Replaces(_FLOW_LOG, ("deliver_cross_account_role", "destination_options", "eni_id",
             "iam_role_arn", "log_destination", "log_destination_type", "log_format",
             "log_group_name", "max_aggregation_interval", "subnet_id", "traffic_type",
             "transit_gateway_attachment_id", "transit_gateway_id", "vpc_id")),
    Harmless(_FLOW_LOG, ("eni_id", "subnet_id", "transit_gateway_attachment_id",
             "transit_gateway_id"), "Something more is logged.", when=always, on=_ON_CREATE),
    Harmless(_FLOW_LOG, ("vpc_id",), "Something more is logged.",
             when=any_of(refers_to("aws_vpc"), looked_up("aws_vpc"), unset), on=_ON_CREATE),
    Harmless(_FLOW_LOG, ("max_aggregation_interval",), "Something more is logged.",
             when=between(60, 600), on=_ON_CREATE),
    Harmless(_FLOW_LOG, ("traffic_type",), "Something more is logged.",
             when=one_of("ACCEPT", "ALL", "REJECT"), on=_ON_CREATE),
    Harmless(_FLOW_LOG, ("traffic_type",), "All traffic is logged.", when=one_of("ALL"), on=MADE),
    Harmless(_FLOW_LOG, ("log_format",), "AWS's default.", when=any_of(unset, left_out), on=MADE),
    Harmless(_FLOW_LOG, ("log_destination_type",), "To where it is written is judged.",
             when=one_of(None, "cloud-watch-logs", "kinesis-data-firehose", "s3"), on=MADE),
    Harmless(_FLOW_LOG, ("log_destination",), "Something of this plan.",
             when=refers_to("aws_cloudwatch_log_group"), on=MADE),
    Harmless(_FLOW_LOG, ("log_group_name",), "A log of this account.",
             when=any_of(unset, left_out, refers_to("aws_cloudwatch_log_group")), on=MADE),
    Harmless(_FLOW_LOG, ("iam_role_arn",), "A role of this plan.", when=refers_to("aws_iam_role"),
             on=MADE),
    Reported(_FLOW_LOG, ("arn",)),
    Harmless(_DATA, (CREATED, DESTROYED), "Terraform's own note; nothing in AWS.", when=always),
    Harmless(_DATA, ("input", "triggers_replace"), "Terraform's own note; nothing in AWS.",
             when=_tells_no_secret),
    Reported(_DATA, ("output",)),
    Harmless(ANY, ("id",), "What AWS calls it.", when=always),
    Harmless(ANY, ("timeouts",), "Terraform waits as long as by default, or longer.",
             when=any_of(unset, left_out, _waits_long_enough)),
    Harmless(ANY, ("tags", "tags_all"), "Tags; nothing restarts, nobody gets in by them.",
             when=_told_apart_as_before),
)
