"""The tags that everything carries that can; more tags may be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from facts import outputs
from ferry.check.deployment.expect import DiffersError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from types_boto3_ec2.type_defs import FilterTypeDef

    from ferry.account import Account
    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect

    _Reader = Callable[[Account, Mapping[str, Any]], Mapping[str, str]]

_OF_EC2: Final = (
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


def _by_key(tags: Sequence[Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _of_ec2(account: Account, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    resource_id = attributes.get("security_group_rule_id") or attributes["id"]
    filters: list[FilterTypeDef] = [{"Name": "resource-id", "Values": [resource_id]}]
    return _by_key(account.ec2.describe_tags(Filters=filters)["Tags"])


def _of_a_key(account: Account, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    tags = account.kms.list_resource_tags(KeyId=attributes["arn"])["Tags"]
    return {tag["TagKey"]: tag["TagValue"] for tag in tags}


def _of_a_secret(account: Account, secret_id: str) -> Mapping[str, str]:
    return _by_key(account.secretsmanager.describe_secret(SecretId=secret_id).get("Tags", []))


_READERS: Final[Mapping[str, _Reader]] = {
    **dict.fromkeys(_OF_EC2, _of_ec2),
    "aws_cloudwatch_log_group": lambda account, it: account.logs.list_tags_for_resource(
        resourceArn=it["arn"]
    )["tags"],
    "aws_cloudwatch_metric_alarm": lambda account, it: _by_key(
        account.cloudwatch.list_tags_for_resource(ResourceARN=it["arn"])["Tags"]
    ),
    "aws_db_": lambda account, it: _by_key(
        account.rds.list_tags_for_resource(ResourceName=it["arn"])["TagList"]
    ),
    "aws_dms_": lambda account, it: _by_key(
        account.dms.list_tags_for_resource(ResourceArn=it["arn"])["TagList"]
    ),
    "aws_iam_role": lambda account, it: _by_key(
        account.iam.list_role_tags(RoleName=it["name"])["Tags"]
    ),
    "aws_kms_key": _of_a_key,
    "aws_rds_": lambda account, it: _by_key(
        account.rds.list_tags_for_resource(ResourceName=it["arn"])["TagList"]
    ),
    "aws_secretsmanager_secret": lambda account, it: _of_a_secret(account, it["arn"]),
    "aws_sns_topic": lambda account, it: _by_key(
        account.sns.list_tags_for_resource(ResourceArn=it["arn"])["Tags"]
    ),
}
"""How tags are read, by how the resource's type begins."""


def find_tags(account: Account, address: str, attributes: Mapping[str, Any]) -> Mapping[str, str]:
    """A resource's tags, as its service tells them."""
    kind = address.partition(".")[0]
    # DMS's resources have an ARN that is called after them.
    arn = attributes.get("arn", attributes.get(f"{kind.removeprefix('aws_dms_')}_arn"))
    for beginning, read in _READERS.items():
        if kind.startswith(beginning):
            return read(account, {**attributes, "arn": arn})
    raise DiffersError(f"Nobody knows how to read the tags of {kind}: add it to _READERS.")


def check_everything_carries_the_tags(deployed: Deployed, expect: Expect) -> None:
    """Everything that Terraform tagged carries the environment's tags."""
    for address, attributes in deployed.state.resources.items():
        if "tags_all" in attributes:
            found = find_tags(deployed.account, address, attributes)
            _carries(deployed, expect, address, found)


def check_the_source_secret_carries_the_tags(deployed: Deployed, expect: Expect) -> None:
    """The source's secret carries the environment's tags, where ferry keeps it."""
    if deployed.migration.source.secret_arn is not None:
        expect.passes("the secret was there before, and its owner decides")
    else:
        secret_id = deployed.outputs[outputs.SOURCE_SECRET_ARN]
        found = _of_a_secret(deployed.account, secret_id)
        _carries(deployed, expect, "The source's secret", found)


def _carries(deployed: Deployed, expect: Expect, what: str, found: Mapping[str, str]) -> None:
    wrong = [
        f"{key} = {shown(value)}" for key, value in deployed.tags.items() if found.get(key) != value
    ]
    expect.that(not wrong, f"{what} lacks the tags {', '.join(wrong)}.")
