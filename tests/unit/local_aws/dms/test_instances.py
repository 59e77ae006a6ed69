from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.unit.local_aws.aws import Aws, refused


def create(aws: Aws, group: str, **arguments: object) -> dict[str, Any]:
    made: dict[str, Any] = aws.dms.create_replication_instance(
        **{
            "ReplicationInstanceIdentifier": "i",
            "ReplicationInstanceClass": "dms.t3.medium",
            "ReplicationSubnetGroupIdentifier": group,
            **arguments,
        }
    )["ReplicationInstance"]
    return made


def read(aws: Aws, name: str = "i") -> dict[str, Any]:
    [found] = aws.dms.describe_replication_instances(
        Filters=[{"Name": "replication-instance-id", "Values": [name]}]
    )["ReplicationInstances"]
    instance: dict[str, Any] = found
    return instance


def test_it_is_created_then_available(aws: Aws, subnet_group: str) -> None:
    assert create(aws, subnet_group)["ReplicationInstanceStatus"] == "creating"
    assert read(aws)["ReplicationInstanceStatus"] == "available"


def test_what_was_given_reads_back(aws: Aws, subnet_group: str) -> None:
    group_id = aws.ec2.create_security_group(GroupName="dms", Description="d")["GroupId"]
    create(
        aws,
        subnet_group,
        AllocatedStorage=100,
        EngineVersion="3.5.4",
        MultiAZ=True,
        PubliclyAccessible=False,
        KmsKeyId="arn:aws:kms:eu-central-1:1:key/k",
        AutoMinorVersionUpgrade=False,
        PreferredMaintenanceWindow="sun:04:00-sun:05:00",
        VpcSecurityGroupIds=[group_id],
        AvailabilityZone="eu-central-1b",
    )
    found = read(aws)
    assert found["AllocatedStorage"] == 100
    assert found["MultiAZ"] is True
    assert (found["AvailabilityZone"], found["SecondaryAvailabilityZone"]) == (
        "eu-central-1b",
        "eu-central-1a",
    )
    assert found["PubliclyAccessible"] is False
    assert found["ReplicationInstancePublicIpAddresses"] == []
    assert found["ReplicationInstancePrivateIpAddress"].startswith("10.20.1.")
    assert found["KmsKeyId"] == "arn:aws:kms:eu-central-1:1:key/k"
    assert found["VpcSecurityGroups"] == [{"VpcSecurityGroupId": group_id, "Status": "active"}]
    assert found["ReplicationSubnetGroup"]["ReplicationSubnetGroupIdentifier"] == subnet_group
    assert isinstance(found["InstanceCreateTime"], datetime)


def test_defaults(aws: Aws, subnet_group: str) -> None:
    create(aws, subnet_group)
    found = read(aws)
    assert found["EngineVersion"] == "3.5.4"
    assert found["AllocatedStorage"] == 50
    assert found["PubliclyAccessible"] is True
    assert found["ReplicationInstancePublicIpAddress"]
    assert "SecondaryAvailabilityZone" not in found
    assert found["KmsKeyId"].startswith("arn:aws:kms:")
    assert found["ReplicationInstanceArn"].rpartition(":")[2] != "i"


@pytest.mark.usefixtures("vpc_role")
def test_without_a_group_it_stands_in_the_default_vpc(aws: Aws) -> None:
    for name in ("i", "j"):
        aws.dms.create_replication_instance(
            ReplicationInstanceIdentifier=name, ReplicationInstanceClass="dms.t3.medium"
        )
    group = read(aws)["ReplicationSubnetGroup"]
    [vpc] = aws.ec2.describe_vpcs(VpcIds=[group["VpcId"]])["Vpcs"]
    assert vpc["IsDefault"] is True


def test_it_is_modified(aws: Aws, subnet_group: str) -> None:
    arn = create(aws, subnet_group)["ReplicationInstanceArn"]
    read(aws)
    answer = aws.dms.modify_replication_instance(
        ReplicationInstanceArn=arn,
        ReplicationInstanceClass="dms.c5.large",
        AllocatedStorage=200,
        MultiAZ=True,
        VpcSecurityGroupIds=["sg-1"],
        ReplicationInstanceIdentifier="Renamed",
        ApplyImmediately=True,
    )["ReplicationInstance"]
    assert answer["ReplicationInstanceStatus"] == "modifying"
    found = read(aws, "renamed")
    assert found["ReplicationInstanceStatus"] == "available"
    assert found["ReplicationInstanceClass"] == "dms.c5.large"
    assert found["AllocatedStorage"] == 200
    assert found["VpcSecurityGroups"][0]["VpcSecurityGroupId"] == "sg-1"


def test_a_major_upgrade_must_be_allowed(aws: Aws, subnet_group: str) -> None:
    arn = create(aws, subnet_group)["ReplicationInstanceArn"]
    modify = aws.dms.modify_replication_instance
    with refused(
        "InvalidParameterCombinationException",
        "Upgrading from 3.5.4 to 3.6.1 is a major upgrade: AllowMajorVersionUpgrade must be true",
    ):
        modify(ReplicationInstanceArn=arn, EngineVersion="3.6.1")
    modify(ReplicationInstanceArn=arn, EngineVersion="3.6.1", AllowMajorVersionUpgrade=True)
    assert read(aws)["EngineVersion"] == "3.6.1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"EngineVersion": "3.4.7"}, "No replication engine found with version: 3.4.7; there are"),
        ({"ReplicationInstanceClass": "dms.x9.large"}, "dms.x9.large is not on offer"),
        ({"AllocatedStorage": 1}, "Invalid storage size: 1; give 5 to 6144 GiB"),
        ({"ReplicationInstanceIdentifier": "a--b"}, "identifier 'a--b': give 1 to 63 letters"),
        ({"AvailabilityZone": "eu-central-1z"}, "No subnet of the group is in eu-central-1z"),
        ({"ResourceIdentifier": "-a"}, "Invalid ResourceIdentifier '-a': give 1 to 31 letters"),
    ],
)
def test_what_dms_refuses(
    aws: Aws, subnet_group: str, arguments: dict[str, object], message: str
) -> None:
    with refused("InvalidParameterValueException", message):
        create(aws, subnet_group, **arguments)


def test_a_second_of_its_name_or_arn_is_refused(aws: Aws, subnet_group: str) -> None:
    create(aws, subnet_group, ResourceIdentifier="same")
    with refused("ResourceAlreadyExistsFault", "Replication instance i already exists"):
        create(aws, subnet_group)
    with refused("ResourceAlreadyExistsFault", "Replication instance j already exists"):
        create(aws, subnet_group, ReplicationInstanceIdentifier="j", ResourceIdentifier="same")


def test_without_the_vpc_role_dms_refuses(aws: Aws) -> None:
    with refused("AccessDeniedFault", "dms-vpc-role is not configured properly"):
        create(aws, "any")


def test_it_is_deleted(aws: Aws, subnet_group: str) -> None:
    arn = create(aws, subnet_group)["ReplicationInstanceArn"]
    answer = aws.dms.delete_replication_instance(ReplicationInstanceArn=arn)["ReplicationInstance"]
    assert answer["ReplicationInstanceStatus"] == "deleting"
    with refused("ResourceNotFoundFault", "No Replication instance found matching"):
        read(aws)
    with refused("ResourceNotFoundFault", f"{arn} not found"):
        aws.dms.delete_replication_instance(ReplicationInstanceArn=arn)
    create(aws, subnet_group)


def test_pages_and_filters(aws: Aws, subnet_group: str) -> None:
    for name in ("a", "b", "c"):
        create(aws, subnet_group, ReplicationInstanceIdentifier=name)
    describe = aws.dms.describe_replication_instances
    first = describe(MaxRecords=2)
    second = describe(MaxRecords=2, Marker=first["Marker"])
    names = [
        instance["ReplicationInstanceIdentifier"]
        for answer in (first, second)
        for instance in answer["ReplicationInstances"]
    ]
    assert names == ["a", "b", "c"]
    assert "Marker" not in second
    with refused("InvalidParameterValueException", "Unrecognized filter name: colour; there are"):
        describe(Filters=[{"Name": "colour", "Values": ["red"]}])
