"""Alarms, events, logs: who is told, and what can be looked up afterwards."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from typing import Final

from ferry.review.rules.combined.alarms import alarms_go
from ferry.review.rules.combined.events import events_lose_sources, receivers_go
from ferry.review.rules.combined.policies import policy_findings
from ferry.review.rules.conditions import (
    always,
    loses_items,
    removed,
    set_to_another,
    turned_off,
    unexamined,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.row import (
    ANY,
    CHANGED_OR_REPLACED,
    CREATED,
    DESTROYED,
    Harmless,
    Judged,
    Replaces,
    Reported,
    Row,
    Rule,
)
from ferry.review.rules.timing import Timing

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
_PUT_ALARM: Final = f"{_CLOUDWATCH}/APIReference/API_PutMetricAlarm.html"
_GROUPS: Final = f"{_CLOUDWATCH}/logs/Working-with-log-groups-and-streams.html"
_ENCRYPT: Final = f"{_CLOUDWATCH}/logs/encrypt-log-data-kms.html"
_SNS: Final = "https://docs.aws.amazon.com/sns/latest/dg"
_KEYS: Final = f"{_SNS}/sns-key-management.html"
_EMAIL: Final = f"{_SNS}/sns-email-notifications.html"
_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.html"
_DMS: Final = "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html"
_FLOW: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"


def _events(resource: str, topic: str, source: str) -> tuple[Row, ...]:
    """Subscriptions to events, which RDS and DMS have alike."""
    return (
        Harmless(resource, (CREATED,), "More events are reported.", when=unexamined),
        Judged(resource, (DESTROYED, "source_ids"), by=events_lose_sources),
        Harmless(resource, (DESTROYED, "source_ids"),
                 "If something that stays loses its events, that is a finding of its own.", when=unexamined),
        Replaces(resource, ("name",)),
        Rule(resource, topic, always, Danger.UNWATCHED,
             "The events go to another topic: {after} in place of {before}.",
             on=CHANGED_OR_REPLACED, source=source),
        Rule(resource, "enabled", turned_off, Danger.UNWATCHED,
             "Nobody is told of these events any more.", on=CHANGED_OR_REPLACED, source=source),
        Rule(resource, "event_categories", loses_items, Danger.UNWATCHED,
             "Fewer kinds of events are reported: {after} in place of {before}.",
             on=CHANGED_OR_REPLACED, source=source),
        Rule(resource, "source_type", always, Danger.UNWATCHED,
             "Events of another kind of source are reported: {after}, no longer {before}.",
             on=CHANGED_OR_REPLACED, source=source),
        Harmless(resource, ("enabled", "event_categories"), "More events are reported.", when=unexamined),
        Reported(resource, ("arn",)),
    )


ROWS: Final[tuple[Row, ...]] = (
    Harmless(_ALARM, (CREATED,), "Something more is watched.", when=unexamined),
    Judged(_ALARM, (DESTROYED,), by=alarms_go),
    Replaces(_ALARM, ("alarm_name",)),
    Rule(_ALARM, "actions_enabled", turned_off, Danger.UNWATCHED,
         "The alarm goes off and tells nobody.", on=CHANGED_OR_REPLACED, source=_PUT_ALARM),
    Rule(_ALARM, "alarm_actions", loses_items, Danger.UNWATCHED,
         "The alarm no longer tells {before}, but {after}.", on=CHANGED_OR_REPLACED,
         source=_PUT_ALARM),
    Harmless(_ALARM, ("actions_enabled", "alarm_actions", "ok_actions",
             "insufficient_data_actions"),
             "Who is told when; nobody who was told of the alarm is left out.", when=unexamined),
    Judged(_ALARM, ("threshold", "dimensions", "metric_name", "namespace", "metric_query"),
           by=alarms_go),
    Harmless(_ALARM, ("threshold", "comparison_operator", "datapoints_to_alarm", "evaluation_periods", "period",
             "statistic", "extended_statistic", "treat_missing_data", "unit",
             "evaluate_low_sample_count_percentiles", "threshold_metric_id", "alarm_description",
             "arn"), "When the alarm goes off; the database itself notices nothing.", when=unexamined),
    Harmless(_DASHBOARD, (CREATED, DESTROYED, "dashboard_body", "dashboard_name", "dashboard_arn"),
             "A picture of metrics; nothing depends on it.", when=unexamined),
    Harmless(_LOGS, (CREATED,), "An empty log.", when=unexamined),
    Rule(_LOGS, DESTROYED, always, Danger.DATA_LOSS, "The log and all that it holds are deleted.",
         timing=Timing.NOW, source=_GROUPS),
    Replaces(_LOGS, ("log_group_class", "name", "name_prefix")),
    Rule(_LOGS, "kms_key_id", removed, Danger.PROTECTION_LOSS,
         "What is logged from now on is no longer encrypted with the environment's key.",
         source=_ENCRYPT),
    Harmless(_LOGS, ("kms_key_id",),
             "What is logged from now on is encrypted with the other key; the old key still reads "
             "what was logged before.", when=unexamined),
    Harmless(_LOGS, ("retention_in_days", "skip_destroy", "arn"),
             "How long logs are kept: their bill, not the database.", when=unexamined),
    Harmless(_TOPIC, (CREATED,), "Nobody is told by it yet.", when=unexamined),
    Rule(_TOPIC, DESTROYED, always, Danger.UNWATCHED,
         "The topic goes with its subscriptions: alarms reach nobody, and every receiver must "
         "confirm again.", timing=Timing.NOW, lasts="until they have confirmed", source=_EMAIL),
    Replaces(_TOPIC, ("fifo_topic", "name", "name_prefix")),
    Rule(_TOPIC, "kms_master_key_id", removed, Danger.PROTECTION_LOSS,
         "What the topic carries is no longer encrypted.", source=_KEYS),
    Rule(_TOPIC, "kms_master_key_id", set_to_another, Danger.UNWATCHED,
         "The topic is encrypted with another key: where its policy does not let CloudWatch, RDS "
         "and DMS use it, alarms are lost without a word.", source=_KEYS),
    Judged(_TOPIC, ("policy",), by=policy_findings),
    Harmless(_TOPIC, ("display_name", "tracing_config", "signature_version", "arn", "owner",
             "beginning_archive_time", "fifo_throughput_scope"), "How it looks; what SNS reports.", when=unexamined),
    Judged(_TOPIC_POLICY, (CREATED, "policy"), by=policy_findings),
    Rule(_TOPIC_POLICY, DESTROYED, always, Danger.UNWATCHED,
         "RDS and DMS, and CloudWatch's alarms, may no longer publish.", timing=Timing.NOW,
         lasts="until there is another policy", source=f"{_SNS}/sns-access-policy-use-cases.html"),
    Replaces(_TOPIC_POLICY, ("arn",)),
    Harmless(_TOPIC_POLICY, ("owner",), "SNS reports it.", when=unexamined),
    Harmless(_SUBSCRIPTION, (CREATED,), "One more receiver, who has to confirm first.", when=unexamined),
    Judged(_SUBSCRIPTION, (DESTROYED,), by=receivers_go),
    Harmless(_SUBSCRIPTION, (DESTROYED,), "The loss of the last receiver is a finding of its own.", when=unexamined),
    Replaces(_SUBSCRIPTION, ("endpoint", "protocol", "topic_arn")),
    Rule(_SUBSCRIPTION, "filter_policy", always, Danger.UNWATCHED,
         "The receiver is told of other things: {after} in place of {before}.",
         on=CHANGED_OR_REPLACED, source=f"{_SNS}/sns-message-filtering.html"),
    Harmless(_SUBSCRIPTION, ("confirmation_timeout_in_minutes", "endpoint_auto_confirms",
             "raw_message_delivery", "redrive_policy", "delivery_policy", "filter_policy_scope",
             "arn", "confirmation_was_authenticated", "owner_id", "pending_confirmation"),
             "How a message is delivered; what SNS reports.", when=unexamined),
    *_events(_RDS_EVENTS, "sns_topic", _RDS),
    Replaces(_RDS_EVENTS, ("name_prefix",)),
    Reported(_RDS_EVENTS, ("customer_aws_id",)),
    *_events(_DMS_EVENTS, "sns_topic_arn", _DMS),
    Harmless(_FLOW_LOG, (CREATED,), "Something more is logged.", when=unexamined),
    Rule(_FLOW_LOG, DESTROYED, always, Danger.UNWATCHED,
         "Who connected to whom is no longer logged.", timing=Timing.NOW,
         lasts="for good, or until there is another", source=_FLOW),
    Replaces(_FLOW_LOG, ("deliver_cross_account_role", "destination_options", "eni_id",
             "iam_role_arn", "log_destination", "log_destination_type", "log_format",
             "log_group_name", "max_aggregation_interval", "subnet_id", "traffic_type",
             "transit_gateway_attachment_id", "transit_gateway_id", "vpc_id")),
    Harmless(_FLOW_LOG, ("arn",), "EC2 reports it.", when=unexamined),
    Harmless(_DATA, (CREATED, DESTROYED, "input", "output", "triggers_replace"),
             "Terraform's own note; nothing in AWS.", when=unexamined),
    Harmless(ANY, ("id", "tags", "tags_all", "timeouts"),
             "Tags, and how long Terraform waits; nothing restarts, nobody gets in by them.", when=unexamined),
)
