"""The tags that everything carries that can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment.expect import equal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from types_boto3_ec2.type_defs import FilterTypeDef

    from ferry.check.deployment.deployed import Deployed

    _Reader = Callable[[Deployed, Mapping[str, Any]], Mapping[str, str]]

_OF_EC2 = (
    "aws_default_security_group",
    "aws_ec2_",
    "aws_eip",
    "aws_flow_log",
    "aws_internet_gateway",
    "aws_nat_gateway",
    "aws_route_table",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc",
)


def _taggable(deployed: Deployed) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Address, type and attributes of what Terraform tagged."""
    for resource in deployed.state["resources"]:
        if resource["mode"] != "managed":
            continue
        kind, name = resource["type"], resource["name"]
        for instance in resource["instances"]:
            attributes = instance["attributes"]
            if "tags_all" in attributes:
                # DMS's resources have an ARN that is called after them.
                arn = attributes.get("arn", attributes.get(f"{kind.removeprefix('aws_dms_')}_arn"))
                yield f"{kind}.{name}", kind, {**attributes, "arn": arn}


def _by_key(tags: Sequence[Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _tags_of_ec2(deployed: Deployed, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    resource_id = attributes.get("security_group_rule_id") or attributes["id"]
    filters: list[FilterTypeDef] = [{"Name": "resource-id", "Values": [resource_id]}]
    return _by_key(deployed.ec2.describe_tags(Filters=filters)["Tags"])


def _tags_of_dms(deployed: Deployed, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    found = deployed.dms.list_tags_for_resource(ResourceArn=attributes["arn"])
    return _by_key(found["TagList"])


def _tags_of_rds(deployed: Deployed, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    found = deployed.rds.list_tags_for_resource(ResourceName=attributes["arn"])
    return _by_key(found["TagList"])


def _tags_of_an_alarm(deployed: Deployed, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    found = deployed.cloudwatch.list_tags_for_resource(ResourceARN=attributes["arn"])
    return _by_key(found["Tags"])


def _tags_of_a_log_group(deployed: Deployed, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    return deployed.logs.list_tags_for_resource(resourceArn=attributes["arn"])["tags"]


def _tags_of_a_role(deployed: Deployed, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    return _by_key(deployed.iam.list_role_tags(RoleName=attributes["name"])["Tags"])


def _tags_of_a_key(deployed: Deployed, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    tags = deployed.kms.list_resource_tags(KeyId=attributes["arn"])["Tags"]
    return {tag["TagKey"]: tag["TagValue"] for tag in tags}


def _tags_of_a_secret(deployed: Deployed, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    found = deployed.secretsmanager.describe_secret(SecretId=attributes["arn"])
    return _by_key(found.get("Tags", []))


def _tags_of_a_topic(deployed: Deployed, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    found = deployed.sns.list_tags_for_resource(ResourceArn=attributes["arn"])
    return _by_key(found["Tags"])


_READERS: Mapping[str, _Reader] = {
    **dict.fromkeys(_OF_EC2, _tags_of_ec2),
    "aws_cloudwatch_log_group": _tags_of_a_log_group,
    "aws_cloudwatch_metric_alarm": _tags_of_an_alarm,
    "aws_db_": _tags_of_rds,
    "aws_dms_": _tags_of_dms,
    "aws_iam_role": _tags_of_a_role,
    "aws_kms_key": _tags_of_a_key,
    "aws_rds_": _tags_of_rds,
    "aws_secretsmanager_secret": _tags_of_a_secret,
    "aws_sns_topic": _tags_of_a_topic,
}
"""How tags are read, by how the resource's type begins."""


def find_tags(deployed: Deployed, kind: str, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    """A resource's tags, as its service tells them."""
    for beginning, read in _READERS.items():
        if kind.startswith(beginning):
            return read(deployed, attributes)
    raise AssertionError(f"nobody knows how to read the tags of a {kind}; add it to _READERS")


def check_everything_carries_the_tags(deployed: Deployed) -> None:
    lacking = {}
    for address, kind, attributes in _taggable(deployed):
        found = find_tags(deployed, kind, attributes)
        wrong = {
            key: found.get(key) for key, value in deployed.tags.items() if found.get(key) != value
        }
        if wrong:
            lacking[address] = wrong
    assert not lacking, f"resources without the tags {dict(deployed.tags)}: {lacking}"


def check_the_source_secret_carries_the_tags(deployed: Deployed) -> None:
    if deployed.environment.source.secret_arn is not None:
        return
    secret_id = deployed.outputs[outputs.SOURCE_SECRET_ARN]
    tags = _by_key(deployed.secretsmanager.describe_secret(SecretId=secret_id).get("Tags", []))
    found = {key: tags.get(key) for key in deployed.tags}
    equal("the source's secret's tags", found, dict(deployed.tags))
