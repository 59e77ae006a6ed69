"""Addresses in the console of each partition."""

from __future__ import annotations

import pytest

from constructs_lib.monitoring.console import console_url, dashboard_url, log_group_url
from facts.placement import Placement


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_a_dashboard_in_each_partition(region: str, host: str) -> None:
    placement = Placement(account_id="111122223333", region=region)
    assert dashboard_url(placement, "aurora-ferry-dev") == (
        f"https://{host}/cloudwatch/home?region={region}#dashboards/dashboard/aurora-ferry-dev"
    )


def test_a_page_of_a_service(placement: Placement) -> None:
    assert console_url(placement, "dms/v2", "tasks") == (
        "https://eu-central-1.console.aws.amazon.com/dms/v2/home?region=eu-central-1#tasks"
    )


def test_a_log_group_is_encoded_as_the_console_does_it(placement: Placement) -> None:
    assert log_group_url(placement, "/aws/rds/cluster/aurora-ferry-dev/postgresql").endswith(
        "#logsV2:log-groups/log-group/$252Faws$252Frds$252Fcluster$252Faurora-ferry-dev"
        "$252Fpostgresql"
    )
