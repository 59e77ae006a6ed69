"""A changed setting of an endpoint reaches DMS, which it would not as one of postgres_settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.integration.rollout import local

if TYPE_CHECKING:
    from harness.deployment import Deployment
    from harness.terraform import Terraform


def test_a_changed_setting_reaches_dms_and_the_next_plan_is_empty(ready: Deployment) -> None:
    terraform = ready.terraform("dev")
    dms = local(ready.environment("dev"), url=ready.cloud.url).dms
    address = source_endpoint(terraform)
    terraform.must("apply", "-auto-approve", "-no-color", f"-target={address}")

    change_text(terraform, "heartbeatFrequency=5", "heartbeatFrequency=7")
    terraform.must("apply", "-auto-approve", "-no-color", f"-target={address}")

    (endpoint,) = dms.describe_endpoints()["Endpoints"]
    assert endpoint["PostgreSQLSettings"]["HeartbeatFrequency"] == 7
    again = terraform.run("plan", "-no-color", "-detailed-exitcode", f"-target={address}")
    assert again.returncode == 0, again.output


def source_endpoint(terraform: Terraform) -> str:
    document = json.loads((terraform.folder / "cdk.tf.json").read_text())
    (name,) = (
        name
        for name, body in document["resource"]["aws_dms_endpoint"].items()
        if body["endpoint_type"] == "source"
    )
    return f"aws_dms_endpoint.{name}"


def change_text(terraform: Terraform, old: str, new: str) -> None:
    file = terraform.folder / "cdk.tf.json"
    text = file.read_text()
    assert old in text, f"the stack no longer says {old}"
    file.write_text(text.replace(old, new))
