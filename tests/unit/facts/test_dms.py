"""What DMS looks up by name, and what its logs speak of."""

from facts.dms import LOG_COMPONENTS, MANAGED_POLICIES, REJECTED_IN_PASSWORDS


def test_the_roles_and_their_policies_are_those_that_dms_looks_up() -> None:
    assert MANAGED_POLICIES == {
        "dms-vpc-role": "AmazonDMSVPCManagementRole",
        "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
    }


def test_the_punctuation_that_dms_rejects_in_passwords() -> None:
    assert REJECTED_IN_PASSWORDS == ";:.+"


def test_the_components_are_those_that_dms_gives_back() -> None:
    assert LOG_COMPONENTS == (
        "ADDONS",
        "COMMON",
        "COMMUNICATION",
        "DATA_STRUCTURE",
        "FILE_FACTORY",
        "FILE_TRANSFER",
        "IO",
        "METADATA_MANAGER",
        "PERFORMANCE",
        "REST_SERVER",
        "SORTER",
        "SOURCE_CAPTURE",
        "SOURCE_UNLOAD",
        "TABLES_MANAGER",
        "TARGET_APPLY",
        "TARGET_LOAD",
        "TASK_MANAGER",
        "TRANSFORMATION",
        "VALIDATOR_EXT",
    )
