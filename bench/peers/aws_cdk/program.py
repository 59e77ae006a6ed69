"""The nearest AWS CDK program: ``python program.py STACKS``.

STACKS is the folder with the project's synthesized JSON. For each resource in it that
CloudFormation has a counterpart of, one is made, of the lowest level (``Cfn...``), with the
arguments that it requires and those that are quick to take over; CDK_OUTDIR gets the templates.
It does less than CDK programs usually do: no construct of a higher level, no reference between
resources.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk  # type: ignore[import-not-found]  # installed for the bench alone
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dms as dms
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns

Body = dict[str, Any]
Make = Callable[[cdk.Stack, str, Body], Any]

NEAREST: dict[str, Make] = {
    "aws_cloudwatch_dashboard": lambda s, i, b: cloudwatch.CfnDashboard(
        s, i, dashboard_body=b["dashboard_body"], dashboard_name=b["dashboard_name"]
    ),
    "aws_cloudwatch_log_group": lambda s, i, b: logs.CfnLogGroup(
        s, i, log_group_name=b["name"], retention_in_days=b["retention_in_days"]
    ),
    "aws_cloudwatch_metric_alarm": lambda s, i, b: cloudwatch.CfnAlarm(
        s,
        i,
        alarm_name=b["alarm_name"],
        alarm_description=b["alarm_description"],
        comparison_operator=b["comparison_operator"],
        evaluation_periods=b["evaluation_periods"],
        threshold=b.get("threshold", 1),
        metric_name=b.get("metric_name"),
        namespace=b.get("namespace"),
        period=b.get("period"),
        statistic=b.get("statistic"),
        alarm_actions=b["alarm_actions"],
        ok_actions=b.get("ok_actions"),
        treat_missing_data=b.get("treat_missing_data"),
        dimensions=[
            cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
            for name, value in b.get("dimensions", {}).items()
        ],
    ),
    "aws_db_event_subscription": lambda s, i, b: rds.CfnEventSubscription(
        s, i, sns_topic_arn=b["sns_topic"], event_categories=b["event_categories"]
    ),
    "aws_db_parameter_group": lambda s, i, b: rds.CfnDBParameterGroup(
        s, i, description=b["description"], family=b["family"]
    ),
    "aws_db_subnet_group": lambda s, i, b: rds.CfnDBSubnetGroup(
        s, i, db_subnet_group_description=b["description"], subnet_ids=b["subnet_ids"]
    ),
    "aws_dms_certificate": lambda s, i, b: dms.CfnCertificate(
        s, i, certificate_identifier=b["certificate_id"], certificate_pem=b["certificate_pem"]
    ),
    "aws_dms_endpoint": lambda s, i, b: dms.CfnEndpoint(
        s, i, endpoint_type=b["endpoint_type"], engine_name=b["engine_name"]
    ),
    "aws_dms_event_subscription": lambda s, i, b: dms.CfnEventSubscription(
        s, i, sns_topic_arn=b["sns_topic_arn"], event_categories=b["event_categories"]
    ),
    "aws_dms_replication_instance": lambda s, i, b: dms.CfnReplicationInstance(
        s,
        i,
        replication_instance_class=b["replication_instance_class"],
        allocated_storage=b["allocated_storage"],
        engine_version=b["engine_version"],
        multi_az=b["multi_az"],
    ),
    "aws_dms_replication_subnet_group": lambda s, i, b: dms.CfnReplicationSubnetGroup(
        s,
        i,
        replication_subnet_group_description=b["replication_subnet_group_description"],
        subnet_ids=b["subnet_ids"],
    ),
    "aws_dms_replication_task": lambda s, i, b: dms.CfnReplicationTask(
        s,
        i,
        migration_type=b["migration_type"],
        replication_instance_arn=b["replication_instance_arn"],
        source_endpoint_arn=b["source_endpoint_arn"],
        target_endpoint_arn=b["target_endpoint_arn"],
        table_mappings=b["table_mappings"],
        replication_task_settings=b["replication_task_settings"],
    ),
    "aws_ec2_transit_gateway_vpc_attachment": lambda s, i, b: ec2.CfnTransitGatewayAttachment(
        s,
        i,
        subnet_ids=b["subnet_ids"],
        transit_gateway_id=b["transit_gateway_id"],
        vpc_id=b["vpc_id"],
    ),
    "aws_eip": lambda s, i, b: ec2.CfnEIP(s, i, domain=b["domain"]),
    "aws_flow_log": lambda s, i, b: ec2.CfnFlowLog(
        s, i, resource_id=b["vpc_id"], resource_type="VPC", traffic_type=b["traffic_type"]
    ),
    "aws_iam_role": lambda s, i, b: iam.CfnRole(
        s,
        i,
        assume_role_policy_document=json.loads(b["assume_role_policy"]),
        role_name=b["name"],
    ),
    "aws_iam_role_policy": lambda s, i, b: iam.CfnPolicy(
        s,
        i,
        policy_document=json.loads(b["policy"]),
        policy_name=b["name"],
        roles=[b["role"]],
    ),
    "aws_internet_gateway": lambda s, i, _: ec2.CfnInternetGateway(s, i),
    "aws_kms_alias": lambda s, i, b: kms.CfnAlias(
        s, i, alias_name=b["name"], target_key_id=b["target_key_id"]
    ),
    "aws_kms_key": lambda s, i, b: kms.CfnKey(
        s, i, key_policy=json.loads(b["policy"]), description=b["description"]
    ),
    "aws_nat_gateway": lambda s, i, b: ec2.CfnNatGateway(s, i, subnet_id=b["subnet_id"]),
    "aws_rds_cluster": lambda s, i, b: rds.CfnDBCluster(
        s,
        i,
        engine=b["engine"],
        engine_version=b["engine_version"],
        db_cluster_identifier=b["cluster_identifier"],
        database_name=b["database_name"],
        master_username=b["master_username"],
        storage_encrypted=True,
        deletion_protection=b["deletion_protection"],
    ),
    "aws_rds_cluster_instance": lambda s, i, b: rds.CfnDBInstance(
        s,
        i,
        engine=b["engine"],
        db_instance_class=b["instance_class"],
        db_cluster_identifier=b["cluster_identifier"],
    ),
    "aws_rds_cluster_parameter_group": lambda s, i, b: rds.CfnDBClusterParameterGroup(
        s,
        i,
        description=b["description"],
        family=b["family"],
        parameters={item["name"]: item["value"] for item in b["parameter"]},
    ),
    "aws_route": lambda s, i, b: ec2.CfnRoute(
        s,
        i,
        route_table_id=b["route_table_id"],
        destination_cidr_block=b["destination_cidr_block"],
        gateway_id=b.get("gateway_id", "local"),
    ),
    "aws_route_table": lambda s, i, b: ec2.CfnRouteTable(s, i, vpc_id=b["vpc_id"]),
    "aws_route_table_association": lambda s, i, b: ec2.CfnSubnetRouteTableAssociation(
        s, i, route_table_id=b["route_table_id"], subnet_id=b["subnet_id"]
    ),
    "aws_secretsmanager_secret": lambda s, i, b: secretsmanager.CfnSecret(
        s, i, name=b["name"], description=b["description"], kms_key_id=b["kms_key_id"]
    ),
    "aws_security_group": lambda s, i, b: ec2.CfnSecurityGroup(
        s, i, group_description=b["description"], group_name=b["name"], vpc_id=b["vpc_id"]
    ),
    "aws_sns_topic": lambda s, i, b: sns.CfnTopic(s, i, topic_name=b["name"]),
    "aws_sns_topic_policy": lambda s, i, b: sns.CfnTopicPolicy(
        s, i, policy_document=json.loads(b["policy"]), topics=[b["arn"]]
    ),
    "aws_sns_topic_subscription": lambda s, i, b: sns.CfnSubscription(
        s, i, protocol=b["protocol"], endpoint=b["endpoint"], topic_arn=b["topic_arn"]
    ),
    "aws_subnet": lambda s, i, b: ec2.CfnSubnet(
        s, i, vpc_id=b["vpc_id"], cidr_block=b["cidr_block"]
    ),
    "aws_vpc": lambda s, i, b: ec2.CfnVPC(s, i, cidr_block=b["cidr_block"]),
    "aws_vpc_endpoint": lambda s, i, b: ec2.CfnVPCEndpoint(
        s,
        i,
        vpc_id=b["vpc_id"],
        service_name=b["service_name"],
        vpc_endpoint_type=b["vpc_endpoint_type"],
        subnet_ids=b["subnet_ids"],
    ),
    "aws_vpc_security_group_egress_rule": lambda s, i, b: ec2.CfnSecurityGroupEgress(
        s,
        i,
        group_id=b["security_group_id"],
        ip_protocol=b["ip_protocol"],
        cidr_ip=b.get("cidr_ipv4"),
        description=b["description"],
    ),
    "aws_vpc_security_group_ingress_rule": lambda s, i, b: ec2.CfnSecurityGroupIngress(
        s,
        i,
        group_id=b["security_group_id"],
        ip_protocol=b["ip_protocol"],
        cidr_ip=b.get("cidr_ipv4"),
        description=b["description"],
    ),
}


def main(stacks: Path) -> int:
    """Make the stacks; the number of resources."""
    # Terraform's references, which stand in the arguments as text, are no ids to CloudFormation.
    app = cdk.App(builtin_cloud_formation_validation=False)
    made = 0
    for file in sorted(stacks.glob("*/cdk.tf.json")):
        stack = cdk.Stack(app, file.parent.name)
        for type_, bodies in json.loads(file.read_text()).get("resource", {}).items():
            if type_ not in NEAREST:
                continue
            for number, body in enumerate(bodies.values(), start=1):
                NEAREST[type_](stack, f"{type_}-{number}", body)
                made += 1
    app.synth()
    return made


if __name__ == "__main__":
    print(json.dumps({"resources": main(Path(sys.argv[1]))}))
