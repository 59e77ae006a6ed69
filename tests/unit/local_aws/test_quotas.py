from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.local_aws.aws import refused

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws


def used(aws: Aws, service: str) -> dict[str, int]:
    quotas = getattr(aws, service).describe_account_attributes()["AccountQuotas"]
    assert all(quota["Used"] <= quota["Max"] for quota in quotas)
    return {quota["AccountQuotaName"]: quota["Used"] for quota in quotas}


def test_rds_counts_what_there_is(aws: Aws) -> None:
    assert used(aws, "rds") == {
        "DBClusters": 0,
        "DBInstances": 0,
        "DBClusterParameterGroups": 0,
        "DBParameterGroups": 0,
        "DBSubnetGroups": 0,
    }

    aws.rds.create_db_subnet_group(
        DBSubnetGroupName="g", DBSubnetGroupDescription="g", SubnetIds=aws.subnet_ids()
    )
    aws.rds.create_db_cluster(
        DBClusterIdentifier="c",
        Engine="aurora-postgresql",
        MasterUsername="u",
        MasterUserPassword="a-password",
        DBSubnetGroupName="g",
    )
    aws.rds.create_db_instance(
        DBInstanceIdentifier="c-1",
        DBClusterIdentifier="c",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
    )

    assert used(aws, "rds") == {
        "DBClusters": 1,
        "DBInstances": 1,
        "DBClusterParameterGroups": 0,
        "DBParameterGroups": 0,
        "DBSubnetGroups": 1,
    }


def test_dms_counts_what_there_is(aws: Aws) -> None:
    assert set(used(aws, "dms").values()) == {0}

    aws.dms.create_endpoint(
        EndpointIdentifier="e",
        EndpointType="target",
        EngineName="aurora-postgresql",
        ServerName="h",
        Port=5432,
        Username="u",
        Password="a-password",
        DatabaseName="d",
    )

    assert used(aws, "dms")["Endpoints"] == 1
    assert used(aws, "dms")["ReplicationTasks"] == 0


def test_a_replication_instances_storage_counts(aws: Aws) -> None:
    aws.iam.create_role(RoleName="dms-vpc-role", AssumeRolePolicyDocument="{}")
    aws.iam.attach_role_policy(
        RoleName="dms-vpc-role",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole",
    )
    aws.dms.create_replication_subnet_group(
        ReplicationSubnetGroupIdentifier="g",
        ReplicationSubnetGroupDescription="g",
        SubnetIds=aws.subnet_ids(),
    )
    aws.dms.create_replication_instance(
        ReplicationInstanceIdentifier="i",
        ReplicationInstanceClass="dms.t3.medium",
        AllocatedStorage=70,
        ReplicationSubnetGroupIdentifier="g",
    )

    assert used(aws, "dms")["ReplicationInstances"] == 1
    assert used(aws, "dms")["ReplicationSubnetGroups"] == 1
    assert used(aws, "dms")["AllocatedStorage"] == 70


def test_the_networks_quotas_are_in_service_quotas(aws: Aws) -> None:
    quotas = aws.clients.get("service-quotas")

    addresses = quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-0263D0A3")["Quota"]
    vpcs = quotas.get_service_quota(ServiceCode="vpc", QuotaCode="L-F678F1CE")["Quota"]

    assert (addresses["QuotaName"], addresses["Value"]) == ("EC2-VPC Elastic IPs", 5.0)
    assert (vpcs["QuotaName"], vpcs["Value"]) == ("VPCs per Region", 5.0)


def test_an_unknown_quota_is_refused(aws: Aws) -> None:
    with refused("NoSuchResourceException"):
        aws.clients.get("service-quotas").get_service_quota(
            ServiceCode="ec2", QuotaCode="L-00000000"
        )
