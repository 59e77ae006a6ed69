from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.unit.local_aws.aws import Aws, refused

if TYPE_CHECKING:
    from tests.unit.local_aws.rds.conftest import Clusters


def create(aws: Aws, subnet_ids: list[str], name: str = "private") -> None:
    aws.rds.create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription="d", SubnetIds=subnet_ids
    )


def read(aws: Aws) -> dict[str, Any]:
    [found] = aws.rds.describe_db_subnet_groups(DBSubnetGroupName="private")["DBSubnetGroups"]
    group: dict[str, Any] = found
    return group


def test_a_second_of_its_name_is_refused(aws: Aws, subnet_group: str) -> None:
    with refused("DBSubnetGroupAlreadyExists", f"'{subnet_group}' already exists"):
        create(aws, aws.subnet_ids())


def test_it_is_modified_and_stays(aws: Aws) -> None:
    first, second, third = aws.subnet_ids()
    create(aws, [first, second])
    aws.rds.modify_db_subnet_group(
        DBSubnetGroupName="private", DBSubnetGroupDescription="new", SubnetIds=[second, third]
    )
    assert read(aws)["DBSubnetGroupDescription"] == "new"
    assert [s["SubnetIdentifier"] for s in read(aws)["Subnets"]] == [second, third]
    aws.rds.modify_db_subnet_group(DBSubnetGroupName="private", SubnetIds=[first, second])
    assert read(aws)["DBSubnetGroupDescription"] == "new"


def test_subnets_must_be_in_one_vpc_and_two_zones(aws: Aws) -> None:
    with refused("DBSubnetGroupDoesNotCoverEnoughAZs", "Current AZ coverage: eu-central-1a."):
        create(aws, aws.subnet_ids("aa"))
    with refused("InvalidSubnet", "of several VPCs"):
        create(aws, [*aws.subnet_ids("a"), *aws.subnet_ids("b")])


def test_a_cluster_keeps_its_group(aws: Aws, clusters: Clusters) -> None:
    clusters.make()
    with refused("InvalidDBSubnetGroupStateFault", "Cannot delete the subnet group 'private'"):
        aws.rds.delete_db_subnet_group(DBSubnetGroupName="private")
    aws.rds.delete_db_cluster(DBClusterIdentifier="ferry", SkipFinalSnapshot=True)
    aws.rds.delete_db_subnet_group(DBSubnetGroupName="private")


def test_one_that_is_not_there(aws: Aws) -> None:
    with refused("DBSubnetGroupNotFoundFault"):
        aws.rds.modify_db_subnet_group(DBSubnetGroupName="gone", SubnetIds=aws.subnet_ids())
