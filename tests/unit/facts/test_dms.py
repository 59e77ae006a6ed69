"""What DMS looks up by name."""

from facts.dms import MANAGED_POLICIES


def test_the_roles_and_their_policies_are_those_that_dms_looks_up() -> None:
    assert MANAGED_POLICIES == {
        "dms-vpc-role": "AmazonDMSVPCManagementRole",
        "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
    }
