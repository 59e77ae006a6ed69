"""What DMS looks up by name, and what its logs speak of."""

from typing import get_args

from facts.dms import (
    LOG_COMPONENTS,
    MANAGED_POLICIES,
    REJECTED_IN_PASSWORDS,
    SSL_MODES,
    STOPS,
    VERIFYING,
    AfterFullLoad,
)


def test_the_roles_and_their_policies_are_those_that_dms_looks_up() -> None:
    assert MANAGED_POLICIES == {
        "dms-vpc-role": "AmazonDMSVPCManagementRole",
        "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
    }


def test_the_punctuation_that_dms_rejects_in_passwords() -> None:
    assert REJECTED_IN_PASSWORDS == ";:.+"


def test_the_ssl_modes_go_from_open_to_safest() -> None:
    assert SSL_MODES == ("none", "require", "verify-ca", "verify-full")
    assert VERIFYING == ("verify-ca", "verify-full")


def test_a_setting_for_each_stop_after_the_full_load() -> None:
    assert STOPS == {
        "StopTaskCachedChangesApplied": "stop-after-cached-changes",
        "StopTaskCachedChangesNotApplied": "stop-before-cached-changes",
    }
    assert {*get_args(AfterFullLoad)} == {"continue", *STOPS.values()}


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
