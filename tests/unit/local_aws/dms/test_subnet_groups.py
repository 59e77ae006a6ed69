from __future__ import annotations

import pytest

from tests.unit.local_aws.aws import Aws, refused


def create(aws: Aws, subnet_ids: list[str], name: str = "g") -> None:
    aws.dms.create_replication_subnet_group(
        ReplicationSubnetGroupIdentifier=name,
        ReplicationSubnetGroupDescription="d",
        SubnetIds=subnet_ids,
    )


def test_a_group_reads_back_with_its_own_subnets(aws: Aws, subnet_group: str) -> None:
    [group] = aws.dms.describe_replication_subnet_groups(
        Filters=[{"Name": "replication-subnet-group-id", "Values": [subnet_group]}]
    )["ReplicationSubnetGroups"]
    subnets = aws.ec2.describe_subnets(
        SubnetIds=[subnet["SubnetIdentifier"] for subnet in group["Subnets"]]
    )["Subnets"]
    assert {subnet["VpcId"] for subnet in subnets} == {group["VpcId"]}
    assert [s["SubnetAvailabilityZone"]["Name"] for s in group["Subnets"]] == [
        "eu-central-1a",
        "eu-central-1b",
        "eu-central-1c",
    ]
    assert group["SubnetGroupStatus"] == "Complete"


@pytest.mark.usefixtures("vpc_role")
def test_it_is_changed(aws: Aws) -> None:
    first, second, third = aws.subnet_ids()
    create(aws, [first, second])
    changed = aws.dms.modify_replication_subnet_group(
        ReplicationSubnetGroupIdentifier="g",
        ReplicationSubnetGroupDescription="new",
        SubnetIds=[second, third],
    )["ReplicationSubnetGroup"]
    assert changed["ReplicationSubnetGroupDescription"] == "new"
    assert [s["SubnetIdentifier"] for s in changed["Subnets"]] == [second, third]
    kept = aws.dms.modify_replication_subnet_group(
        ReplicationSubnetGroupIdentifier="g", SubnetIds=[first, second]
    )["ReplicationSubnetGroup"]
    assert kept["ReplicationSubnetGroupDescription"] == "new"


def test_it_is_deleted(aws: Aws, subnet_group: str) -> None:
    aws.dms.delete_replication_subnet_group(ReplicationSubnetGroupIdentifier=subnet_group)
    with refused("ResourceNotFoundFault", "No Replication subnet group found matching"):
        aws.dms.describe_replication_subnet_groups(
            Filters=[{"Name": "replication-subnet-group-id", "Values": [subnet_group]}]
        )
    with refused("ResourceNotFoundFault", f"subgrp:{subnet_group} not found"):
        aws.dms.delete_replication_subnet_group(ReplicationSubnetGroupIdentifier=subnet_group)


def test_it_is_not_deleted_while_an_instance_is_in_it(
    aws: Aws, subnet_group: str, instance_arn: str
) -> None:
    with refused("InvalidResourceStateFault", f"{subnet_group} is in use by {instance_arn}"):
        aws.dms.delete_replication_subnet_group(ReplicationSubnetGroupIdentifier=subnet_group)
    aws.dms.delete_replication_instance(ReplicationInstanceArn=instance_arn)
    aws.dms.delete_replication_subnet_group(ReplicationSubnetGroupIdentifier=subnet_group)


def test_a_second_of_its_name_is_refused(aws: Aws, subnet_group: str) -> None:
    with refused("ResourceAlreadyExistsFault", f"{subnet_group} already exists"):
        create(aws, aws.subnet_ids(), subnet_group.upper())


@pytest.mark.usefixtures("vpc_role")
def test_subnets_must_exist_in_one_vpc_and_two_zones(aws: Aws) -> None:
    with refused("InvalidSubnet", "['subnet-1'] do not exist"):
        create(aws, ["subnet-1"])
    with refused("InvalidSubnet", "of several VPCs"):
        create(aws, [*aws.subnet_ids("a"), *aws.subnet_ids("b")])
    with refused("ReplicationSubnetGroupDoesNotCoverEnoughAZs", "at least 2 AZs"):
        create(aws, aws.subnet_ids("aa"))


def test_without_the_vpc_role_dms_refuses(aws: Aws) -> None:
    message = (
        f"The IAM Role arn:aws:iam::{aws.account}:role/dms-vpc-role is not configured properly."
    )
    with refused("AccessDeniedFault", message):
        create(aws, aws.subnet_ids())
    aws.iam.create_role(RoleName="dms-vpc-role", AssumeRolePolicyDocument="{}")
    with refused("AccessDeniedFault", message):
        create(aws, aws.subnet_ids())
