"""Resources of kinds that the stacks do not hold: whatever they do, they are not called safe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import NOT_SAFE, UNKNOWN, Held, creates, statements
from tests.unit.ferry.review.held.names import (
    ADDRESS_ID,
    AURORA_SG,
    AURORA_SUBNET_ID,
    AURORA_TABLE,
    KEY_ID,
    OTHER_KEY,
    OTHERS_GROUP,
    OTHERS_INTERFACE,
    PUBLIC_SUBNET_ID,
    PUBLIC_TABLE,
    STRANGER,
    VPC_ID,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

_ADMIN = statements({"Effect": "Allow", "Action": "*", "Resource": "*"})
_CLUSTER_ARN = "arn:aws:rds:eu-central-1:111122223333:cluster:aurora-ferry-staging"


def _new(type_: str, why: str, /, **values: Json) -> Held:
    """One of these is made."""
    return Held(
        name=f"new-{type_.removeprefix('aws_').replace('_', '-')}",
        edit=(creates(f"{type_}.new", **{"id": UNKNOWN, **values}),),
        expected=NOT_SAFE,
        why=why,
    )


ROWS: Final = (
    _new(
        "aws_rds_cluster_endpoint",
        "Whoever uses it may be sent to the writer, or to an instance that others need.",
        cluster_identifier="aurora-ferry-staging",
        cluster_endpoint_identifier="reports",
        custom_endpoint_type="ANY",
    ),
    _new(
        "aws_rds_cluster_role_association",
        "SQL may do what the role may.",
        db_cluster_identifier="aurora-ferry-staging",
        feature_name="s3Export",
        role_arn="arn:aws:iam::111122223333:role/export",
    ),
    _new(
        "aws_rds_cluster_activity_stream",
        "Turning it on restarts the database, and it may stop writes in synchronous mode.",
        resource_arn=_CLUSTER_ARN,
        mode="sync",
        kms_key_id=OTHER_KEY,
    ),
    _new(
        "aws_rds_global_cluster",
        "The cluster becomes one of several regions' and another may take over.",
        global_cluster_identifier="aurora-ferry",
        source_db_cluster_identifier=_CLUSTER_ARN,
    ),
    _new(
        "aws_rds_export_task",
        "All data is written to a bucket.",
        source_arn=_CLUSTER_ARN,
        s3_bucket_name="somewhere",
        iam_role_arn="arn:aws:iam::111122223333:role/export",
        kms_key_id=OTHER_KEY,
    ),
    _new(
        "aws_db_cluster_snapshot",
        "All data is shared with another account.",
        db_cluster_identifier="aurora-ferry-staging",
        db_cluster_snapshot_identifier="theirs",
        shared_accounts=[STRANGER],
    ),
    _new(
        "aws_db_proxy",
        "Another way in, with the master's password.",
        name="way-in",
        engine_family="POSTGRESQL",
        require_tls=False,
        vpc_security_group_ids=[AURORA_SG],
    ),
    _new(
        "aws_appautoscaling_target",
        "It adds readers and takes them away again, with their connections.",
        service_namespace="rds",
        scalable_dimension="rds:cluster:ReadReplicaCount",
        resource_id="cluster:aurora-ferry-staging",
        min_capacity=0,
        max_capacity=1,
    ),
    _new(
        "aws_dms_s3_endpoint",
        "A task may write all data to somebody's bucket.",
        endpoint_id="bucket",
        endpoint_type="target",
        bucket_name="somewhere",
        service_access_role_arn="arn:aws:iam::111122223333:role/export",
    ),
    _new(
        "aws_kms_key_policy",
        "It replaces the key's policy, whatever the key itself says.",
        key_id=KEY_ID,
        policy=statements({"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}),
    ),
    _new(
        "aws_kms_replica_key",
        "The key is in another region too, under another policy.",
        primary_key_arn=OTHER_KEY,
    ),
    _new("aws_iam_policy", "It may do everything.", name="all", policy=_ADMIN),
    _new("aws_iam_user_policy", "Somebody may do everything.", user="jo", policy=_ADMIN),
    _new("aws_iam_group_policy", "A group may do everything.", group="all", policy=_ADMIN),
    _new(
        "aws_iam_policy_attachment",
        "It detaches the policy from all who are not named.",
        name="only",
        policy_arn="arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        roles=["another"],
    ),
    _new(
        "aws_iam_role_policies_exclusive",
        "It deletes every policy of DMS's role that is not named.",
        role_name="aurora-ferry-staging-dms-secrets",
        policy_names=[],
    ),
    _new(
        "aws_iam_openid_connect_provider",
        "Whom it signs in may take roles that trust it.",
        url="https://token.elsewhere.example",
        client_id_list=["sts.amazonaws.com"],
    ),
    _new(
        "aws_lambda_function",
        "A program.",
        function_name="f",
        role="arn:aws:iam::111122223333:role/f",
    ),
    _new(
        "aws_lambda_permission",
        "Anybody may run it.",
        function_name="f",
        principal="*",
        action="lambda:InvokeFunction",
    ),
    _new(
        "aws_instance",
        "A machine with an address of the internet, beside the database.",
        instance_type="t3.micro",
        associate_public_ip_address=True,
        subnet_id=PUBLIC_SUBNET_ID,
    ),
    _new(
        "aws_ec2_instance_connect_endpoint",
        "A tunnel into the network.",
        subnet_id=AURORA_SUBNET_ID,
    ),
    _new(
        "aws_eip_association",
        "An interface of ours gets an address of the internet.",
        network_interface_id=OTHERS_INTERFACE,
        allocation_id=ADDRESS_ID,
    ),
    _new(
        "aws_network_interface_sg_attachment",
        "An interface of ours gets another group.",
        network_interface_id=OTHERS_INTERFACE,
        security_group_id=OTHERS_GROUP,
    ),
    _new(
        "aws_vpc_endpoint_service",
        "Other accounts reach what stands behind it.",
        acceptance_required=False,
        allowed_principals=["*"],
    ),
    _new(
        "aws_ram_resource_share",
        "Other accounts get what is shared.",
        name="all",
        allow_external_principals=True,
    ),
    _new(
        "aws_route53_zone",
        "Aurora's own names no longer resolve in this VPC.",
        name="eu-central-1.rds.amazonaws.com",
        vpc=[{"vpc_id": VPC_ID}],
    ),
    _new(
        "aws_route53_record",
        "A name leads somewhere else.",
        name="db.example.org",
        type="CNAME",
        records=["elsewhere.example"],
    ),
    _new(
        "aws_vpc_dhcp_options_association",
        "Names are asked of another server.",
        dhcp_options_id="dopt-0abc",
        vpc_id=VPC_ID,
    ),
    _new(
        "aws_main_route_table_association",
        "What has no table of its own gets this one.",
        vpc_id=VPC_ID,
        route_table_id=PUBLIC_TABLE,
    ),
    _new(
        "aws_vpc_ipv4_cidr_block_association",
        "A range that may be somebody else's.",
        vpc_id=VPC_ID,
        cidr_block="172.16.0.0/20",
    ),
    _new("aws_internet_gateway", "A way to the internet.", vpc_id=VPC_ID),
    _new("aws_egress_only_internet_gateway", "A way out for IPv6.", vpc_id=VPC_ID),
    _new(
        "aws_vpn_gateway_route_propagation",
        "The VPN's other side writes our routes.",
        vpn_gateway_id="vgw-0abc",
        route_table_id=AURORA_TABLE,
    ),
    _new(
        "aws_ec2_transit_gateway_route",
        "The transit gateway sends the source's traffic elsewhere.",
        destination_cidr_block="172.16.0.0/16",
        transit_gateway_route_table_id="tgw-rtb-0abc",
        blackhole=True,
    ),
    _new(
        "aws_network_acl_association",
        "A subnet gets another list, which may deny all.",
        network_acl_id="acl-0abc",
        subnet_id=AURORA_SUBNET_ID,
    ),
    _new("aws_networkfirewall_firewall", "It may drop what passes.", name="f", vpc_id=VPC_ID),
    _new(
        "aws_cloudwatch_event_rule",
        "It starts whatever its target is.",
        name="r",
        schedule_expression="rate(1 minute)",
    ),
    _new(
        "aws_scheduler_schedule",
        "It calls an API of AWS: to stop the cluster, say.",
        name="s",
        schedule_expression="rate(1 day)",
    ),
    _new("aws_ssm_association", "A document is run on machines.", name="AWS-RunShellScript"),
    _new(
        "aws_cloudformation_stack",
        "A whole stack that this plan does not show.",
        name="s",
        template_body="{}",
    ),
    _new(
        "aws_s3_bucket_policy",
        "It may open a bucket to all.",
        bucket="b",
        policy=statements({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}),
    ),
    _new(
        "aws_ssm_parameter", "A password in clear, it may be.", name="p", type="String", value="x"
    ),
)
