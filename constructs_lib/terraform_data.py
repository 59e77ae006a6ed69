"""Terraform's own ``terraform_data`` resource, which keeps values in the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf import TerraformResourceLifecycle
    from constructs import Construct


def terraform_data(
    scope: Construct,
    id_: str,
    *,
    arguments: Mapping[str, object],
    lifecycle: TerraformResourceLifecycle | None = None,
) -> TerraformResource:
    """Make a ``terraform_data`` resource.

    cdktf's own class for it, ``DataResource``, starts ``terraform version`` twice for each one, a
    tenth of a second, to see whether Terraform knows the resource; ``required_version`` says so
    already, and synthesis needs no Terraform.

    Source: https://developer.hashicorp.com/terraform/language/resources/terraform-data

    Args:
        scope: The construct that it belongs to.
        id_: The construct's id.
        arguments: ``input``, whose value the state keeps, or ``triggers_replace``.
        lifecycle: Its lifecycle; the ordinary one by default.
    """
    resource = TerraformResource(
        scope, id_, terraform_resource_type="terraform_data", lifecycle=lifecycle
    )
    for name, value in arguments.items():
        resource.add_override(name, value)
    return resource
