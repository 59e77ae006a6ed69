"""What a new resource leaves out, of all that the stacks set: what AWS does then.

No plan shows a change of what is not set. Every attribute that a stack sets, and that Terraform would
not ask for, has a row here or among `WEAKER`, or is told of by a rule of its own: a test leaves each
of them out. Leaving out is harmless only where a row says so.
"""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.values import is_set
from ferry.review.rules.combined.weaker import unsaid
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from ferry.review.plan.plan import Change, Plan

_ANY: Final = "*"
_REGISTRY: Final = "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources"
_TAGS: Final = "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/guides/resource-tagging"
_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference"
_CREATE_CLUSTER: Final = f"{_RDS}/API_CreateDBCluster.html"
_CREATE_INSTANCE: Final = f"{_RDS}/API_CreateDBInstance.html"
_RDS_EVENTS: Final = f"{_RDS}/API_CreateEventSubscription.html"
_DMS: Final = "https://docs.aws.amazon.com/dms/latest/APIReference"
_DMS_INSTANCE: Final = f"{_DMS}/API_CreateReplicationInstance.html"
_DMS_ENDPOINT: Final = f"{_DMS}/API_CreateEndpoint.html"
_DMS_EVENTS: Final = f"{_DMS}/API_CreateEventSubscription.html"
_EC2: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
_VPC_ENDPOINT: Final = f"{_EC2}/API_CreateVpcEndpoint.html"
_FLOW_LOGS: Final = f"{_EC2}/API_CreateFlowLogs.html"
_INGRESS: Final = f"{_EC2}/API_AuthorizeSecurityGroupIngress.html"
_ALARM: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_DIMENSIONS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/dimensions.html"
_LOGS: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"
_SECRET: Final = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html"  # noqa: S105 (a page)
_WRITE_ONLY: Final = "https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only"
_DELETING_KEYS: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"
_INSIGHTS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_PerfInsights.Enabling.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """What AWS, or the provider, does where a new resource does not set an attribute.

    Args:
        resource: The resource's type; ``*`` for every type.
        attributes: The attributes.
        default: What is so then, in a sentence.
        source: Where that is written.
        danger: What kind of effect it is; None where it is harmless.
        instead: Attributes of which one may say it in their place.
        when: With which attributes it is so; with all by default. A resource that is there is told of
            where it gets such attributes.
    """

    resource: str
    attributes: tuple[str, ...]
    default: str
    source: str
    danger: Danger | None = None
    instead: tuple[str, ...] = ()
    when: Callable[[Mapping[str, Any]], bool] = lambda _: True


def _fine(resource: str, attributes: tuple[str, ...], default: str, source: str) -> LeftOut:
    return LeftOut(resource=resource, attributes=attributes, default=default, source=source)


def _told(
    resource: str,
    attribute: str,
    danger: Danger,
    default: str,
    source: str,
    *,
    instead: tuple[str, ...] = (),
    when: Callable[[Mapping[str, Any]], bool] = lambda _: True,
) -> LeftOut:
    return LeftOut(resource=resource, attributes=(attribute,), default=default, source=source,
                   danger=danger, instead=instead, when=when)


def _names_sources(subscription: Mapping[str, Any]) -> bool:
    return is_set(subscription.get("source_ids"))


def _is_measured(database: Mapping[str, Any]) -> bool:
    return database.get("performance_insights_enabled") not in (False, None)


def _is_monitored(instance: Mapping[str, Any]) -> bool:
    return instance.get("monitoring_interval") not in (0, None)


def _goes_to_cloudwatch(flow_log: Mapping[str, Any]) -> bool:
    return flow_log.get("log_destination_type") in ("cloud-watch-logs", None)


def _is_of_firehose(subscription: Mapping[str, Any]) -> bool:
    return subscription.get("protocol") == "firehose"


def _is_public(gateway: Mapping[str, Any]) -> bool:
    return gateway.get("connectivity_type") != "private"


def _is_interface(endpoint: Mapping[str, Any]) -> bool:
    return endpoint.get("vpc_endpoint_type") == "Interface"


LEFT_OUT: Final = (
    _fine(_ANY, ("tags",), "It bears the provider's default tags.", _TAGS),
    # Logs and alarms
    _told("aws_cloudwatch_log_group", "name", Danger.UNWATCHED,
          "The provider draws the log's name: who writes to one of a certain name makes its own, "
          "without the environment's key.", f"{_REGISTRY}/cloudwatch_log_group",
          instead=("name_prefix",)),
    _fine("aws_cloudwatch_log_group", ("retention_in_days",), "It is kept for ever.", _LOGS),
    _fine("aws_cloudwatch_metric_alarm", ("actions_enabled",), "It tells.", _ALARM),
    _fine("aws_cloudwatch_metric_alarm", ("alarm_description",), "The mail says nothing of it.", _ALARM),
    _fine("aws_cloudwatch_metric_alarm", ("datapoints_to_alarm",),
          "All the periods that are looked at have to be bad; how late that is, is judged.", _ALARM),
    _fine("aws_cloudwatch_metric_alarm", ("ok_actions",), "Nobody is told that it is over.", _ALARM),
    _fine("aws_cloudwatch_metric_alarm", ("treat_missing_data",),
          "Without data the alarm says so, and nothing goes off.", _ALARM),
    _told("aws_cloudwatch_metric_alarm", "dimensions", Danger.UNWATCHED,
          "Without dimensions the alarm is of all databases of the account together: one that fails "
          "hardly moves it.", _DIMENSIONS, instead=("metric_query",)),
    _told("aws_cloudwatch_metric_alarm", "statistic", Danger.REFUSED,
          "CloudWatch makes no alarm without a statistic.", _ALARM,
          instead=("extended_statistic", "metric_query")),
    _told("aws_cloudwatch_metric_alarm", "threshold", Danger.REFUSED,
          "CloudWatch makes no alarm without a threshold.", _ALARM,
          instead=("threshold_metric_id",)),
    _fine("aws_db_event_subscription", ("event_categories", "source_ids"),
          "Events of all kinds, and of everything of the account, are told.", _RDS_EVENTS),
    _fine("aws_db_event_subscription", ("name",), "The provider draws a name.",
          f"{_REGISTRY}/db_event_subscription"),
    _told("aws_db_event_subscription", "source_type", Danger.REFUSED,
          "RDS takes no sources without the kind that they are of.", _RDS_EVENTS, when=_names_sources),
    _fine("aws_dms_event_subscription", ("source_ids",), "Events of everything of the kind are told.",
          _DMS_EVENTS),
    # Aurora
    *(
        _fine(group, ("description", "name"), "The provider draws a name.",
              f"{_REGISTRY}/{group.removeprefix('aws_')}")
        for group in ("aws_db_parameter_group", "aws_db_subnet_group",
                      "aws_rds_cluster_parameter_group")
    ),
    _fine("aws_db_parameter_group", ("parameter",), "The cluster's group says it, or PostgreSQL.",
          "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_WorkingWithParamGroups.html"),
    _fine("aws_rds_cluster", ("allow_major_version_upgrade", "apply_immediately"),
          "No major upgrade; changes wait for the window.", f"{_REGISTRY}/rds_cluster"),
    _fine("aws_rds_cluster", ("copy_tags_to_snapshot", "iam_database_authentication_enabled"),
          "Snapshots bear no tags of the cluster's; nobody signs in by a token of IAM's.",
          _CREATE_CLUSTER),
    _fine("aws_rds_cluster", ("database_insights_mode", "engine_lifecycle_support", "port",
          "preferred_backup_window", "preferred_maintenance_window", "storage_type"),
          "Standard; extended support; 5432; windows of AWS's choice; I/O is billed.",
          _CREATE_CLUSTER),
    _fine("aws_rds_cluster", ("deletion_protection",), "It can be deleted; it holds nothing yet.",
          _CREATE_CLUSTER),
    _fine("aws_rds_cluster", ("final_snapshot_identifier", "skip_final_snapshot"),
          "A snapshot is taken when it is deleted; without a name for it Terraform deletes nothing.",
          f"{_REGISTRY}/rds_cluster"),
    _fine("aws_rds_cluster", ("performance_insights_enabled", "performance_insights_retention_period"),
          "Its load is not measured; what is measured is kept for 7 days.", _INSIGHTS),
    _fine("aws_rds_cluster", ("timeouts",), "Terraform waits for two hours.",
          f"{_REGISTRY}/rds_cluster"),
    _told("aws_rds_cluster", "database_name", Danger.REPLICATION_STOP,
          "RDS makes no database in the new cluster: DMS finds none to write to.", _CREATE_CLUSTER,
          instead=("snapshot_identifier",)),
    _told("aws_rds_cluster", "master_username", Danger.REFUSED,
          "RDS makes no cluster without a user.", _CREATE_CLUSTER, instead=("snapshot_identifier",)),
    _told("aws_rds_cluster", "master_password_wo_version", Danger.REPLICATION_STOP,
          "A password that changes in its secret never reaches the cluster.", _WRITE_ONLY,
          instead=("manage_master_user_password", "master_password")),
    _told("aws_rds_cluster", "vpc_security_group_ids", Danger.WIDER_ACCESS,
          "The cluster bears the VPC's own security group: who reaches it that group says.",
          _CREATE_CLUSTER),
    *(
        _told(measured, "performance_insights_kms_key_id", Danger.IRREVERSIBLE,
              "The texts of queries are kept under AWS's own key, as long as Performance Insights "
              "keeps them; its key cannot be changed.", _INSIGHTS, when=_is_measured)
        for measured in ("aws_rds_cluster", "aws_rds_cluster_instance")
    ),
    # No row of identifier: a name that the provider draws is harmless unless a role is for others alone.
    _fine("aws_rds_cluster_instance", ("apply_immediately", "copy_tags_to_snapshot"),
          "Changes wait for the window; snapshots bear no tags.",
          f"{_REGISTRY}/rds_cluster_instance"),
    _fine("aws_rds_cluster_instance", ("ca_cert_identifier", "monitoring_interval",
          "preferred_maintenance_window", "promotion_tier"),
          "AWS's authority and window; the operating system is not measured; the second to take over.",
          _CREATE_INSTANCE),
    _fine("aws_rds_cluster_instance", ("performance_insights_enabled",
          "performance_insights_retention_period"),
          "Its load is not measured; what is measured is kept for 7 days.", _INSIGHTS),
    _told("aws_rds_cluster_instance", "auto_minor_version_upgrade", Danger.INTERRUPTION,
          "AWS upgrades the instance in its window, behind Terraform's back.", _CREATE_INSTANCE),
    _told("aws_rds_cluster_instance", "monitoring_role_arn", Danger.REFUSED,
          "RDS measures no operating system without a role that writes it down.", _CREATE_INSTANCE,
          when=_is_monitored),
    # DMS
    _told("aws_dms_certificate", "certificate_pem", Danger.REFUSED, "DMS takes no empty certificate.",
          f"{_DMS}/API_ImportCertificate.html", instead=("certificate_wallet",)),
    _told("aws_dms_endpoint", "database_name", Danger.REPLICATION_STOP,
          "DMS is not told which database to read or write.", _DMS_ENDPOINT),
    _fine("aws_dms_endpoint", ("pause_replication_tasks",), "Changes of it stop no task.",
          f"{_REGISTRY}/dms_endpoint"),
    _told("aws_dms_endpoint", "secrets_manager_arn", Danger.REPLICATION_STOP,
          "DMS is told no secret to sign in with.", _DMS_ENDPOINT),
    _told("aws_dms_endpoint", "secrets_manager_access_role_arn", Danger.REPLICATION_STOP,
          "DMS is told no role to read the secret in.", _DMS_ENDPOINT),
    _fine("aws_dms_replication_instance", ("allocated_storage", "engine_version", "multi_az",
          "preferred_maintenance_window"),
          "50 GiB, DMS's default version, one zone, a window of AWS's choice.", _DMS_INSTANCE),
    _fine("aws_dms_replication_instance", ("allow_major_version_upgrade", "apply_immediately"),
          "No major upgrade; changes wait for the window.", f"{_REGISTRY}/dms_replication_instance"),
    _told("aws_dms_replication_instance", "vpc_security_group_ids", Danger.WIDER_ACCESS,
          "The instance bears the VPC's own security group: whom it reaches that group says.",
          _DMS_INSTANCE),
    _fine("aws_dms_replication_task", ("start_replication_task",), "It is ready and not started.",
          f"{_REGISTRY}/dms_replication_task"),
    # Keys, secrets, roles
    _fine("aws_iam_role", ("description", "name"), "The provider draws a name.",
          f"{_REGISTRY}/iam_role"),
    _fine("aws_iam_role_policy", ("name",), "The provider draws a name.",
          f"{_REGISTRY}/iam_role_policy"),
    _fine("aws_kms_alias", ("name",), "The provider draws a name.", f"{_REGISTRY}/kms_alias"),
    _fine("aws_kms_key", ("deletion_window_in_days",), "30 days, the most that there is.",
          _DELETING_KEYS),
    _fine("aws_kms_key", ("description",), "A key without a description.", f"{_REGISTRY}/kms_key"),
    _fine("aws_secretsmanager_secret", ("description", "name"), "The provider draws a name.",
          f"{_REGISTRY}/secretsmanager_secret"),
    _fine("aws_secretsmanager_secret", ("recovery_window_in_days",),
          "30 days, the most that there is.", _SECRET),
    _told("aws_secretsmanager_secret_version", "secret_string_wo_version", Danger.REPLICATION_STOP,
          "Another value never reaches the secret.", _WRITE_ONLY,
          instead=("secret_string", "secret_binary")),
    _told("aws_sns_topic_subscription", "subscription_role_arn", Danger.REFUSED,
          "SNS delivers to Firehose in a role alone.",
          "https://docs.aws.amazon.com/sns/latest/dg/firehose-endpoints-subscribe.html",
          when=_is_of_firehose),
    _told("aws_sns_topic", "name", Danger.UNWATCHED,
          "The provider draws a name: policies that name the topic, its own and its key's, are of "
          "another one.", f"{_REGISTRY}/sns_topic", instead=("name_prefix",)),
    _fine("terraform_data", ("input", "triggers_replace"), "Terraform's own note; nothing in AWS.",
          "https://developer.hashicorp.com/terraform/language/resources/terraform-data"),
    # The network
    _fine("aws_default_security_group", ("egress", "ingress"),
          "Terraform takes every rule out of it.", f"{_REGISTRY}/default_security_group"),
    _fine("aws_security_group", ("description", "egress", "ingress", "name"),
          "No rule: Terraform takes out AWS's own, which lets everything out.",
          f"{_REGISTRY}/security_group"),
    _told("aws_security_group", "vpc_id", Danger.REFUSED,
          "The group is of the region's default VPC: nothing of another one can bear it.",
          f"{_EC2}/API_CreateSecurityGroup.html"),
    *(
        row
        for rule in ("aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule")
        for row in (
            _fine(rule, ("description",), "A rule without a description.", _INGRESS),
            _told(rule, "cidr_ipv4", Danger.REFUSED, "EC2 makes no rule for nobody.", _INGRESS,
                  instead=("cidr_ipv6", "prefix_list_id", "referenced_security_group_id")),
        )
    ),
    _fine("aws_eip", ("domain",), "An address of a VPC's.", f"{_EC2}/API_AllocateAddress.html"),
    _told("aws_flow_log", "iam_role_arn", Danger.REFUSED,
          "EC2 writes no flow log to CloudWatch without a role.", _FLOW_LOGS,
          when=_goes_to_cloudwatch),
    _fine("aws_flow_log", ("log_destination_type",), "It goes to CloudWatch.", _FLOW_LOGS),
    _told("aws_flow_log", "traffic_type", Danger.REFUSED, "EC2 wants to know what to log.",
          _FLOW_LOGS, instead=("transit_gateway_id", "transit_gateway_attachment_id")),
    _told("aws_flow_log", "vpc_id", Danger.REFUSED, "EC2 is not told of which network.", _FLOW_LOGS,
          instead=("eni_id", "subnet_id", "transit_gateway_id", "transit_gateway_attachment_id")),
    _told("aws_nat_gateway", "allocation_id", Danger.REFUSED,
          "EC2 makes no public NAT gateway without an address.", f"{_EC2}/API_CreateNatGateway.html",
          when=_is_public),
    _told("aws_route", "destination_cidr_block", Danger.REFUSED, "EC2 makes no route to nowhere.",
          f"{_EC2}/API_CreateRoute.html",
          instead=("destination_ipv6_cidr_block", "destination_prefix_list_id")),
    _told("aws_route", "nat_gateway_id", Danger.REFUSED, "EC2 makes no route that leads nowhere.",
          f"{_EC2}/API_CreateRoute.html",
          instead=("carrier_gateway_id", "core_network_arn", "egress_only_gateway_id", "gateway_id",
                   "local_gateway_id", "network_interface_id", "transit_gateway_id",
                   "vpc_endpoint_id", "vpc_peering_connection_id")),
    _told("aws_subnet", "availability_zone", Danger.REFUSED,
          "AWS chooses the zone: where all subnets lie in one, RDS and DMS take no group of them.",
          f"{_EC2}/API_CreateSubnet.html", instead=("availability_zone_id",)),
    _told("aws_subnet", "cidr_block", Danger.REFUSED, "EC2 makes no subnet without a range.",
          f"{_EC2}/API_CreateSubnet.html"),
    _fine("aws_subnet", ("map_public_ip_on_launch",), "Nothing in it gets a public address.",
          f"{_REGISTRY}/subnet"),
    _fine("aws_vpc", ("enable_dns_support",), "Names are resolved.",
          "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html"),
    _told("aws_vpc_endpoint", "private_dns_enabled", Danger.REPLICATION_STOP,
          "The service's ordinary name does not lead to the endpoint: DMS asks for its secrets on "
          "another way.", f"{_REGISTRY}/vpc_endpoint", when=_is_interface),
    _told("aws_vpc_endpoint", "security_group_ids", Danger.WIDER_ACCESS,
          "The endpoint bears the VPC's own security group: who reaches it that group says.",
          _VPC_ENDPOINT, when=_is_interface),
    _told("aws_vpc_endpoint", "service_name", Danger.REFUSED, "EC2 is not told which service.",
          _VPC_ENDPOINT),
    _told("aws_vpc_endpoint", "subnet_ids", Danger.REPLICATION_STOP,
          "The endpoint stands in no subnet: nobody reaches the service by it.", _VPC_ENDPOINT,
          when=_is_interface),
    _told("aws_vpc_endpoint", "vpc_endpoint_type", Danger.REFUSED,
          "It is a gateway, which AWS has for S3 and DynamoDB alone.", _VPC_ENDPOINT),
)


def _begins(change: Change, row: LeftOut) -> bool:
    """Whether a resource is new, or becomes one that the row is about."""
    if change.action is Action.CREATE:
        return row.when(change.after)
    return change.stays and row.when(change.after) and not row.when(change.before)


def left_out(plan: Plan) -> Iterator[Finding]:
    """A new resource does not set what the stacks set, and AWS takes that for something else.

    What is there may get something new, too, which lacks the same.
    """
    for row in LEFT_OUT:
        if row.danger is None:
            continue
        for change in plan.of(row.resource):
            if (
                _begins(change, row)
                and all(unsaid(change, it) for it in (*row.attributes, *row.instead))
            ):
                yield Finding(
                    danger=row.danger,
                    change=change,
                    attribute=row.attributes[0],
                    effect=Phrase(row.default),
                    source=row.source,
                )
