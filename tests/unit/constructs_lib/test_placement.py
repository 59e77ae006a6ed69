import pytest

from constructs_lib.placement import Placement


@pytest.mark.parametrize(
    ("region", "partition", "dns_suffix"),
    [
        ("eu-central-1", "aws", "amazonaws.com"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
    ],
)
def test_partition_and_dns_suffix_follow_the_region(
    region: str, partition: str, dns_suffix: str
) -> None:
    placement = Placement(account_id="111122223333", region=region)

    assert (placement.partition, placement.dns_suffix) == (partition, dns_suffix)


def test_arns_name_partition_region_and_account() -> None:
    placement = Placement(account_id="111122223333", region="cn-north-1")

    assert placement.arn("logs", "log-group:*") == (
        "arn:aws-cn:logs:cn-north-1:111122223333:log-group:*"
    )
    assert placement.global_arn("iam", "role/dms-vpc-role") == (
        "arn:aws-cn:iam::111122223333:role/dms-vpc-role"
    )
    assert placement.aws_managed_arn("iam", "policy/ReadOnlyAccess") == (
        "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"
    )
