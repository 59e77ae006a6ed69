"""Whether the region still offers the engine's version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.data_aws_rds_engine_version import DataAwsRdsEngineVersion
from constructs import Construct

from facts.aurora import ENGINE
from facts.templates import expression, literal

if TYPE_CHECKING:
    from facts.placement import Placement


class EngineVersionCheck(Construct):
    """Warns in every plan where the region has withdrawn a version; never stops one.

    A withdrawn version still runs, but no cluster can be made of it any more, and CreateDBCluster
    says so only when most of an environment is there. Needs ``rds:DescribeDBEngineVersions``.

    Asked for a version that is not on offer, the data source fails, and the plan with it. So it is
    asked for this version or else the latest, one of which there always is. (Inside the ``check``
    block a failure would be a warning, but such a data source is read again by every apply, and no
    plan would ever say "no changes".)

    Source: https://developer.hashicorp.com/terraform/language/block/check

    Args:
        scope: The cluster.
        id_: The construct's id.
        placement: The region that is asked.
        engine_version: Aurora PostgreSQL's version.
    """

    def __init__(
        self, scope: Construct, id_: str, *, placement: Placement, engine_version: str
    ) -> None:
        super().__init__(scope, id_)
        latest = DataAwsRdsEngineVersion(self, "latest", engine=ENGINE, latest=True)
        offered = DataAwsRdsEngineVersion(
            self, "offered", engine=ENGINE, preferred_versions=[engine_version, latest.version]
        )
        stack = TerraformStack.of(self)
        stack.add_override(
            f"check.{stack.get_logical_id(self.node)}.assert",
            {
                "condition": expression(f"{offered.fqn}.version == {literal(engine_version)}"),
                "error_message": (
                    f"{placement.region} no longer offers Aurora PostgreSQL {engine_version}: a"
                    " cluster that runs it stays, a new one cannot be made. Choose another"
                    f" engine_version from `aws rds describe-db-engine-versions --engine {ENGINE}"
                    f" --region {placement.region}`."
                ),
            },
        )
