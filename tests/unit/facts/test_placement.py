"""Account, region and what follows from the region, against botocore's own tables."""

import botocore.loaders
import pytest

from facts.placement import (
    CLOUDWATCH_ALARMS,
    FLOW_LOGS,
    KEY_SERVICES,
    PARTITIONS,
    RDS_EVENTS,
    RDS_MONITORING,
    Placement,
    partition_of,
)


@pytest.mark.parametrize(
    ("region", "partition", "dns_suffix", "console_domain"),
    [
        ("eu-central-1", "aws", "amazonaws.com", "console.aws.amazon.com"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com", "console.amazonaws-us-gov.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn", "console.amazonaws.cn"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu", "console.amazonaws-eusc.eu"),
    ],
)
def test_partition_and_domains_follow_the_region(
    region: str, partition: str, dns_suffix: str, console_domain: str
) -> None:
    placement = Placement(account_id="111122223333", region=region)

    assert placement.partition == partition
    assert placement.dns_suffix == dns_suffix
    assert placement.console_domain == console_domain


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
    assert placement.bucket_arn("b") == "arn:aws-cn:s3:::b"
    assert placement.bucket_arn("b", "k") == "arn:aws-cn:s3:::b/k"


def test_a_service_has_a_principal_in_each_region() -> None:
    placement = Placement(account_id="111122223333", region="cn-north-1")

    assert placement.regional_principal("dms") == "dms.cn-north-1.amazonaws.com.cn"
    assert placement.dms_principal == "dms.amazonaws.com.cn"


def test_the_account_uses_the_key_through_four_services() -> None:
    assert KEY_SERVICES == ("rds", "dms", "secretsmanager", "logs")


def test_an_endpoints_service_is_spelt_alike_in_every_partition() -> None:
    placement = Placement(account_id="111122223333", region="cn-north-1")

    assert placement.endpoint_service("secretsmanager") == "com.amazonaws.cn-north-1.secretsmanager"


def test_some_services_bear_one_name_everywhere() -> None:
    assert (CLOUDWATCH_ALARMS, RDS_EVENTS, RDS_MONITORING, FLOW_LOGS) == (
        "cloudwatch.amazonaws.com",
        "events.rds.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    )


@pytest.mark.parametrize(
    "region", ["us-iso-east-1", "eu-central", "eu-centrl-1", "eu-central-1a", "xx-north-1", ""]
)
def test_a_region_of_an_unknown_partition_is_refused_in_words(region: str) -> None:
    with pytest.raises(ValueError, match="the region is") as error:
        Placement(account_id="111122223333", region=region)

    assert str(error.value) == (
        f"the region is {region!r}; allowed is a region of the partitions aws, aws-cn, aws-us-gov, "
        "aws-eusc. Correct its code."
    )


def test_the_partitions_are_botocores() -> None:
    """For every region that botocore knows, outside the isolated partitions."""
    endpoints = botocore.loaders.create_loader().load_data("endpoints")
    for partition in PARTITIONS:
        (known,) = (it for it in endpoints["partitions"] if it["partition"] == partition.name)
        assert known["dnsSuffix"] == partition.dns_suffix
        assert {partition_of(region).name for region in known["regions"]} == {partition.name}


def test_the_regions_are_botocores() -> None:
    """A newer botocore knows newer regions: the table is to have them, too."""
    partitions = botocore.loaders.create_loader().load_data("partitions")["partitions"]
    known = {it["id"]: set(it["regions"]) for it in partitions}

    for partition in PARTITIONS:
        assert set(partition.regions) == known[partition.name] - {f"{partition.name}-global"}
        assert {partition_of(region) for region in partition.regions} == {partition}


def test_the_arn_of_a_role_holds_its_path() -> None:
    placement = Placement(account_id="111122223333", region="eu-central-1")

    assert placement.role_arn("it", "/") == "arn:aws:iam::111122223333:role/it"
    assert placement.role_arn("it", "/a/b/") == "arn:aws:iam::111122223333:role/a/b/it"
