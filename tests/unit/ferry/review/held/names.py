"""What the edits name: the base's resources, and a few things of somebody else."""

from __future__ import annotations

from typing import Final

from tests.unit.ferry.review.held.base import deployed

CLUSTER = "aws_rds_cluster.aurora_cluster"
WRITER = "aws_rds_cluster_instance.aurora_writer"
READER_1 = "aws_rds_cluster_instance.aurora_reader-1"
READER_2 = "aws_rds_cluster_instance.aurora_reader-2"
PARAMETERS = "aws_rds_cluster_parameter_group.aurora_parameters_cluster"
INSTANCE_PARAMETERS = "aws_db_parameter_group.aurora_parameters_instances"
AURORA_SUBNETS = "aws_db_subnet_group.aurora_subnet-group"

TASK = "aws_dms_replication_task.task-all_task"
SOURCE = "aws_dms_endpoint.source_endpoint"
TARGET = "aws_dms_endpoint.target_endpoint"
REPLICATION = "aws_dms_replication_instance.replication_instance"
DMS_SUBNETS = "aws_dms_replication_subnet_group.replication_subnet-group"
CERTIFICATE = "aws_dms_certificate.source-ca_certificate"

KEY = "aws_kms_key.key"
ALIAS = "aws_kms_alias.key_alias"

DMS_ROLE = "aws_iam_role.secret-access_role"
DMS_ROLE_POLICY = "aws_iam_role_policy.secret-access_policy"
MONITORING_ROLE = "aws_iam_role.aurora_monitoring-role"
MONITORING_POLICY = "aws_iam_role_policy_attachment.aurora_monitoring-role_policy"
FLOW_LOGS_ROLE = "aws_iam_role.network_flow-logs_role"
FLOW_LOGS_POLICY = "aws_iam_role_policy.network_flow-logs_policy"

MASTER_SECRET = "aws_secretsmanager_secret.master-credentials_secret"
MASTER_VERSION = "aws_secretsmanager_secret_version.master-credentials_version"
TARGET_SECRET = "aws_secretsmanager_secret.target-secret"
TARGET_VERSION = "aws_secretsmanager_secret_version.target-secret_version"

VPC = "aws_vpc.network_vpc"
AURORA_SUBNET = "aws_subnet.network_aurora-1"
DMS_SUBNET = "aws_subnet.network_dms-1"
PUBLIC_SUBNET = "aws_subnet.nat_public-1"
PUBLIC_ROUTES = "aws_route_table.nat_public-routes"
AURORA_ROUTES = "aws_route_table.network_aurora-routes"
DMS_ROUTES = "aws_route_table.network_dms-1-routes"
AURORA_ASSOCIATION = "aws_route_table_association.network_aurora-1-association"
DMS_ASSOCIATION = "aws_route_table_association.network_dms-1-association"
DMS_TO_INTERNET = "aws_route.nat_dms-1-to-internet"
PUBLIC_TO_INTERNET = "aws_route.nat_public-to-internet"
ROUTE_TO_SOURCE = "aws_route.route-to-source_route-1"
TRANSIT = "aws_ec2_transit_gateway_vpc_attachment.route-to-source_attachment"
NAT = "aws_nat_gateway.nat_nat-1"
EIP = "aws_eip.nat_address-1"
INTERNET = "aws_internet_gateway.nat_internet-gateway"
SECRETS_ENDPOINT = "aws_vpc_endpoint.secretsmanager_endpoint"
FLOW_LOG = "aws_flow_log.network_flow-logs_flow-log"
AURORA_GROUP = "aws_security_group.security-groups_aurora"
CLIENTS_GROUP = "aws_security_group.security-groups_clients"
DMS_GROUP = "aws_security_group.security-groups_dms"
DEFAULT_GROUP = "aws_default_security_group.network_default-security-group"
CLIENTS_IN = "aws_vpc_security_group_ingress_rule.security-groups_clients-to-aurora-in"
DMS_IN = "aws_vpc_security_group_ingress_rule.security-groups_dms-to-aurora-in"
DMS_SECRETS_IN = "aws_vpc_security_group_ingress_rule.security-groups_dms-to-secretsmanager-in"
CLIENTS_OUT = "aws_vpc_security_group_egress_rule.security-groups_clients-to-aurora-out"
DMS_OUT = "aws_vpc_security_group_egress_rule.security-groups_dms-to-aurora-out"
SOURCE_OUT = "aws_vpc_security_group_egress_rule.security-groups_dms-to-source-out"
SECRETS_OUT = "aws_vpc_security_group_egress_rule.security-groups_dms-to-secretsmanager-out"

TOPIC = "aws_sns_topic.alarm-topic"
TOPIC_POLICY = "aws_sns_topic_policy.alarm-topic_policy"
EMAIL = "aws_sns_topic_subscription.alarm-topic_email-f1d70281"
WRITER_CPU = "aws_cloudwatch_metric_alarm.aurora-alarms_cpu-utilization-writer"
FREEABLE_MEMORY = "aws_cloudwatch_metric_alarm.aurora-alarms_freeable-memory"
LOCAL_STORAGE = "aws_cloudwatch_metric_alarm.aurora-alarms_free-local-storage"
REPLICA_LAG = "aws_cloudwatch_metric_alarm.aurora-alarms_replica-lag"
SLOT_DISK = "aws_cloudwatch_metric_alarm.aurora-alarms_replication-slot-disk-usage"
SOURCE_LATENCY = "aws_cloudwatch_metric_alarm.replication-alarms_cdc-latency-source-all"
TARGET_LATENCY = "aws_cloudwatch_metric_alarm.replication-alarms_cdc-latency-target-all"
DMS_STORAGE = "aws_cloudwatch_metric_alarm.replication-alarms_free-storage-space"
VALIDATION = "aws_cloudwatch_metric_alarm.replication-alarms_validation-failed-all"
CLUSTER_EVENTS = "aws_db_event_subscription.events_aurora-cluster"
INSTANCE_EVENTS = "aws_db_event_subscription.events_aurora-instances"
TASK_EVENTS = "aws_dms_event_subscription.events_dms-task-all"
DMS_EVENTS = "aws_dms_event_subscription.events_dms-instance"
POSTGRES_LOG = "aws_cloudwatch_log_group.aurora_log"
TASK_LOG = "aws_cloudwatch_log_group.replication_task-logs"
FLOW_LOG_GROUP = "aws_cloudwatch_log_group.network_flow-logs_group"
DASHBOARD = "aws_cloudwatch_dashboard.dashboard"

STRANGER = "999988887777"
STRANGERS_KEY = f"arn:aws:kms:eu-central-1:{STRANGER}:key/0e3b7a52-31ac-4be9-93a0-9a3b7c1b4a10"
OTHER_KEY = "arn:aws:kms:eu-central-1:111122223333:key/5d0f2c77-6a0a-4c1e-b4e3-2f0f0b1a9c55"
TOPIC_ARN = "arn:aws:sns:eu-central-1:111122223333:aurora-ferry-staging-alarms"
OTHER_REGIONS_KEY = "arn:aws:kms:us-east-1:111122223333:key/7b1c9a30-52f4-4d0e-9a6d-1f8c2b7e6d41"
OTHERS_GROUP = "sg-0f00ba7c0ffee0000"
OTHERS_TABLE = "rtb-0a1b2c3d4e5f60718"
OTHERS_TRANSIT = "tgw-0f00ba7c0ffee0000"
OTHERS_ADDRESS = "eipalloc-0123456789abcdef0"
OTHERS_ENDPOINT = "vpce-0123456789abcdef0"
OTHERS_GATEWAY = "igw-0123456789abcdef0"
OTHERS_INTERFACE = "eni-0123456789abcdef0"
OTHERS_LIST = "pl-0123456789abcdef0"
OTHERS_SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:other/source-AbCdEf"
PRODS_SECRET = (
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:aurora-ferry-prod/source-AbCdEf"
)
OTHERS_SUBNET = "subnet-0123456789abcdef0"
OTHERS_VPC = "vpc-0123456789abcdef0"
OTHERS: Final = frozenset(
    {
        *(OTHERS_GROUP, OTHERS_TABLE, OTHERS_TRANSIT, OTHERS_ADDRESS, OTHERS_ENDPOINT),
        *(
            OTHERS_GATEWAY,
            OTHERS_INTERFACE,
            OTHERS_LIST,
            OTHERS_SECRET,
            OTHERS_SUBNET,
            OTHERS_VPC,
            PRODS_SECRET,
        ),
        *(STRANGERS_KEY, OTHER_KEY, OTHER_REGIONS_KEY),
    }
)
"""What is of somebody else; every other id of AWS's in an edit is the base's, which a test holds."""


def _is(name: str, attribute: str = "id") -> str:
    """What AWS calls something of the base."""
    return str(deployed()[name].values[attribute])


IGW = _is(INTERNET)
AURORA_TABLE = _is(AURORA_ROUTES)
DMS_TABLE = _is(DMS_ROUTES)
PUBLIC_TABLE = _is(PUBLIC_ROUTES)
AURORA_SG = _is(AURORA_GROUP)
DMS_SG = _is(DMS_GROUP)
VPC_ID = _is(VPC)
VPC_ACL = _is(VPC, "default_network_acl_id")
AURORA_SUBNET_ID = _is(AURORA_SUBNET)
PUBLIC_SUBNET_ID = _is(PUBLIC_SUBNET)
AURORA_SUBNET_IDS = [AURORA_SUBNET_ID, _is("aws_subnet.network_aurora-2")]
DMS_SUBNET_IDS = [_is(DMS_SUBNET), _is("aws_subnet.network_dms-2")]
ADDRESS_ID = _is(EIP)
KEY_ID = _is(KEY)
SOURCE_SECRET_ARN = _is(SOURCE, "secrets_manager_arn")
