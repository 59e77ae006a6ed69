"""What DMS looks up by name."""

from facts.dms import MANAGED_POLICIES, REJECTED_IN_PASSWORDS


def test_the_roles_and_their_policies_are_those_that_dms_looks_up() -> None:
    assert MANAGED_POLICIES == {
        "dms-vpc-role": "AmazonDMSVPCManagementRole",
        "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
    }


def test_the_punctuation_that_dms_rejects_in_passwords() -> None:
    assert REJECTED_IN_PASSWORDS == ";:.+"
