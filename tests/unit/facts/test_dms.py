"""What DMS looks up by name, and what its logs speak of."""

import json
from typing import get_args

import pytest

from constructs_lib.replication.task_settings import task_settings
from facts.dms import (
    CONNECTION_ATTRIBUTES,
    ENDPOINT_ATTRIBUTES,
    LOG_COMPONENTS,
    MANAGED_POLICIES,
    REJECTED_IN_PASSWORDS,
    SSL_MODES,
    STOPS,
    TASK_SETTINGS,
    VERIFYING,
    AfterFullLoad,
)
from settings.reading.mending import read
from settings.rules.raw import SAID_BY_ENDPOINTS, SAID_BY_TASKS
from tests.unit.constructs_lib.replication_examples import Task
from tests.unit.settings.files import EXISTING_VPC, document
from tests.unit.stacks.conftest import synthesized


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


def test_the_task_settings_are_those_that_a_task_is_given() -> None:
    given = json.loads(task_settings(Task()))

    assert {section: frozenset(names) for section, names in given.items()} == TASK_SETTINGS


@pytest.mark.parametrize("end", ["source", "target"])
def test_the_attributes_are_those_that_an_endpoint_is_given(end: str) -> None:
    """In an existing VPC, with a slot: otherwise two of them are left out."""
    file = document({"network": {"existing_vpc": EXISTING_VPC}, "source.slot_name": "ferry"})

    stack = synthesized(read("environments/dev.toml", "dev", file).environment)

    written = stack.where("aws_dms_endpoint", endpoint_type=end)["extra_connection_attributes"]
    assert {pair.partition("=")[0] for pair in written.split(";")} == ENDPOINT_ATTRIBUTES[end]


def test_what_the_file_says_of_a_task_is_one_of_its_settings() -> None:
    known = {name.lower() for names in TASK_SETTINGS.values() for name in names}

    assert SAID_BY_TASKS.keys() <= known


@pytest.mark.parametrize("end", ["source", "target"])
def test_what_the_file_says_of_an_endpoint_is_one_of_its_attributes(end: str) -> None:
    known = {name.lower() for name in ENDPOINT_ATTRIBUTES[end] | CONNECTION_ATTRIBUTES}

    assert SAID_BY_ENDPOINTS[end].keys() <= known
