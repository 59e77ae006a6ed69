"""Checkov over the Terraform JSON of all environments.

A finding is mended, or acknowledged beside its construct with a reason (`acknowledge` in
constructs_lib). An acknowledgement whose rule passes, or is not asked, is stale and fails as well.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.provider import AwsProvider

from constructs_lib.acknowledge import acknowledge
from harness.deployment import ROOT, synthesize
from tests.checkov.analysis import (
    CheckovError,
    Subject,
    acknowledgements,
    analyse,
    complaints,
    program,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.checkov.analysis import Document

KEY_ROTATES = "CKV_AWS_7"
LOGS_FOR_A_YEAR = "CKV_AWS_338"
ZONES_FILTERED = "CKV_AWS_394"
KEY = {"resource": {"aws_kms_key": {"key": {"enable_key_rotation": True}}}}


@pytest.fixture(scope="module")
def checkov() -> Path:
    try:
        return program(ROOT)
    except CheckovError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    """The JSON of every stack, as a user would deploy it."""
    return read(synthesize(tmp_path_factory.mktemp("synthesized")))


def read(output: Path) -> dict[str, Document]:
    return {
        file.parent.name: json.loads(file.read_text())
        for file in sorted(output.glob("stacks/*/cdk.tf.json"))
    }


def test_every_finding_is_acknowledged_and_no_acknowledgement_is_stale(
    environments: dict[str, Document], checkov: Path, tmp_path: Path
) -> None:
    verdicts = analyse(environments, checkov=checkov, folder=tmp_path)

    assert complaints(environments, verdicts) == []


def test_every_acknowledgement_has_a_reason(environments: dict[str, Document]) -> None:
    reasons = acknowledgements(environments)

    assert reasons
    assert [subject for subject, reason in reasons.items() if not reason.strip()] == []


def test_findings_and_stale_acknowledgements_are_told_by_construct_and_rule(
    checkov: Path, tmp_path: Path
) -> None:
    app = App(outdir=str(tmp_path / "cdktf.out"))
    stack = TerraformStack(app, "planted")
    AwsProvider(stack, "aws", region="eu-central-1")
    KmsKey(stack, "finding", enable_key_rotation=False)
    acknowledge(KmsKey(stack, "accepted", enable_key_rotation=False), KEY_ROTATES, reason="planted")
    acknowledge(DataAwsAvailabilityZones(stack, "zones"), ZONES_FILTERED, reason="planted")
    acknowledge(
        CloudwatchLogGroup(stack, "passes", retention_in_days=400, kms_key_id="key"),
        LOGS_FOR_A_YEAR,
        reason="planted",
    )
    acknowledge(
        CloudwatchLogGroup(stack, "not-asked", retention_in_days=400, kms_key_id="key"),
        KEY_ROTATES,
        reason="planted",
    )
    app.synth()
    stacks = read(tmp_path / "cdktf.out")
    (tmp_path / "copies").mkdir()

    verdicts = analyse(stacks, checkov=checkov, folder=tmp_path / "copies")

    assert [line for line in complaints(stacks, verdicts) if "CKV2" not in line] == [
        'planted/finding: CKV_AWS_7 fails ("Ensure rotation for customer created CMKs is enabled"); mend it, or acknowledge it beside the construct',
        "planted/not-asked: CKV_AWS_7 is acknowledged, but Checkov does not ask it here; remove the acknowledgement",
        "planted/passes: CKV_AWS_338 is acknowledged, but passes; remove the acknowledgement",
    ]


def test_resources_of_one_name_are_told_apart(checkov: Path, tmp_path: Path) -> None:
    """The account's stack has roles and attachments of the same names."""
    stacks = {
        "planted": {
            "resource": {
                "aws_cloudwatch_log_group": {"same": {"retention_in_days": 30}},
                "aws_kms_key": {"same": {"enable_key_rotation": False}},
            }
        }
    }

    verdicts = analyse(stacks, checkov=checkov, folder=tmp_path)

    assert {
        (subject.address, subject.rule)
        for subject, verdict in verdicts.items()
        if not verdict.passed and subject.rule in {KEY_ROTATES, LOGS_FOR_A_YEAR}
    } == {("aws_kms_key.same", KEY_ROTATES), ("aws_cloudwatch_log_group.same", LOGS_FOR_A_YEAR)}
    assert (
        Subject(stack="planted", address="aws_kms_key.same", rule=LOGS_FOR_A_YEAR) not in verdicts
    )


def test_a_stack_that_checkov_cannot_read_is_an_error(
    environments: dict[str, Document], checkov: Path, tmp_path: Path
) -> None:
    """With the whole JSON Checkov reports no check and ends with 0."""
    dev = environments["dev"]

    with pytest.raises(CheckovError, match=r"^Checkov could not read .*dev/cdk\.tf\.json$"):
        analyse({"dev": dev}, checkov=checkov, folder=tmp_path, blocks=dev)


@pytest.mark.parametrize("beside", [{}, {"full": KEY}], ids=["alone", "beside-another"])
def test_a_stack_in_which_nothing_is_checked_is_an_error(
    beside: dict[str, Document], checkov: Path, tmp_path: Path
) -> None:
    nothing = {"output": {"one": {"value": "1"}}}

    with pytest.raises(CheckovError, match=r"^Checkov checked nothing in nothing$"):
        analyse({"nothing": nothing, **beside}, checkov=checkov, folder=tmp_path)


def test_a_checkov_that_breaks_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "checkov"
    broken.write_text("#!/bin/sh\necho out of order >&2\nexit 2\n")
    broken.chmod(0o755)
    folder = tmp_path / "copies"
    folder.mkdir()

    with pytest.raises(CheckovError, match=r"^Checkov ended with 2:\nout of order\n$"):
        analyse({"planted": {}}, checkov=broken, folder=folder)


def test_a_missing_checkov_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    with pytest.raises(CheckovError) as raised:
        program(tmp_path)

    assert str(raised.value) == (
        "Checkov is not installed in .tools/checkov/bin/checkov;"
        " run: python3 tools/set_up.py checkov"
    )
