from cdktf import TerraformStack

from constructs_lib.aurora.engine import EngineVersionCheck
from facts.placement import Placement
from tests.unit.template import Template


def test_the_region_is_asked_for_this_version_or_else_the_latest(
    stack: TerraformStack, placement: Placement
) -> None:
    EngineVersionCheck(stack, "engine", placement=placement, engine_version="15.8")

    template = Template.of(stack)
    versions = template.data("aws_rds_engine_version")
    (latest,) = (name for name in versions if name.startswith("engine_latest"))
    template.has(
        "aws_rds_engine_version",
        kind="data",
        engine="aurora-postgresql",
        latest=True,
        preferred_versions=None,
    )
    template.has(
        "aws_rds_engine_version",
        kind="data",
        engine="aurora-postgresql",
        latest=None,
        preferred_versions=["15.8", f"${{data.aws_rds_engine_version.{latest}.version}}"],
    )


def test_a_withdrawn_version_is_a_warning(stack: TerraformStack, placement: Placement) -> None:
    EngineVersionCheck(stack, "engine", placement=placement, engine_version="15.8")

    template = Template.of(stack)
    versions = template.data("aws_rds_engine_version")
    (offered,) = (name for name in versions if name.startswith("engine_offered"))
    assert template.document["check"] == {
        "engine": {
            "assert": {
                "condition": f'${{data.aws_rds_engine_version.{offered}.version == "15.8"}}',
                "error_message": (
                    "eu-central-1 no longer offers Aurora PostgreSQL 15.8: a cluster that runs it"
                    " stays, a new one cannot be made. Choose another engine_version from `aws rds"
                    " describe-db-engine-versions --engine aurora-postgresql --region"
                    " eu-central-1`."
                ),
            }
        }
    }
