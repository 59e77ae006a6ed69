"""Accepts a finding of a static analyser, beside the resource and with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformDataSource, TerraformStack

if TYPE_CHECKING:
    from cdktf import TerraformElement


def acknowledge(resource: TerraformElement, rule_id: str, *, reason: str) -> None:
    """Accept that ``resource`` fails a Checkov rule.

    The reason travels in the resource's ``//`` comment of the synthesized JSON, which Terraform
    ignores; the Checkov test reads it there, and fails on an acknowledgement that is stale.

    Args:
        resource: The resource or data source that fails the rule.
        rule_id: Checkov's id, such as ``CKV_AWS_338``.
        reason: Why this is right here; for the reviewer.
    """
    comment = f"//.acknowledged.{rule_id}"
    if isinstance(resource, TerraformDataSource):
        # cdktf writes a data source's comment over the element's own overrides, not the stack's.
        address = f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"
        TerraformStack.of(resource).add_override(f"data.{address}.{comment}", reason)
    else:
        resource.add_override(comment, reason)
