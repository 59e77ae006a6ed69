from __future__ import annotations

from tests.unit.local_aws.aws import Aws, refused
from tests.unit.local_aws.dms.conftest import Tasks, make_endpoint


def test_tags_are_added_and_removed(aws: Aws) -> None:
    arn = make_endpoint(aws, "source", Tags=[{"Key": "a", "Value": "1"}])["EndpointArn"]
    aws.dms.add_tags_to_resource(
        ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}]
    )
    aws.dms.remove_tags_from_resource(ResourceArn=arn, TagKeys=["b"])
    assert aws.dms.list_tags_for_resource(ResourceArn=arn)["TagList"] == [
        {"Key": "a", "Value": "2", "ResourceArn": arn}
    ]


def test_tags_of_several_resources(aws: Aws) -> None:
    arns = [
        make_endpoint(aws, name, Tags=[{"Key": "n", "Value": name}])["EndpointArn"]
        for name in ("one", "two")
    ]
    tags = aws.dms.list_tags_for_resource(ResourceArnList=arns)["TagList"]
    assert {tag["ResourceArn"]: tag["Value"] for tag in tags} == dict(
        zip(arns, ("one", "two"), strict=True)
    )


def test_a_resource_that_is_not_there(aws: Aws) -> None:
    message = "Resource arn:none not found"
    with refused("ResourceNotFoundFault", message):
        aws.dms.add_tags_to_resource(ResourceArn="arn:none", Tags=[])
    with refused("ResourceNotFoundFault", message):
        aws.dms.remove_tags_from_resource(ResourceArn="arn:none", TagKeys=["a"])
    with refused("ResourceNotFoundFault", message):
        aws.dms.list_tags_for_resource(ResourceArn="arn:none")


def test_the_tagging_api_finds_every_kind_of_resource(aws: Aws, tasks: Tasks) -> None:
    arn = tasks.make(Tags=[{"Key": "project", "Value": "ferry"}])["ReplicationTaskArn"]
    found = aws.resourcegroupstaggingapi.get_resources(
        TagFilters=[{"Key": "project", "Values": ["ferry"]}]
    )["ResourceTagMappingList"]
    subnet_group = f"arn:aws:dms:eu-central-1:{aws.account}:subgrp:ferry-dev"
    assert {resource["ResourceARN"] for resource in found} == {arn, subnet_group}
