from dataclasses import dataclass

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster

from constructs_lib.credentials import ConnectionSecret
from facts.placement import Placement
from tests.unit.constructs_lib.aurora_examples import master_credentials, only_name
from tests.unit.constructs_lib.examples import NAMES, environment_key
from tests.unit.constructs_lib.network_examples import resolved
from tests.unit.template import Template

VERSION = "aws_secretsmanager_secret_version"


@dataclass(frozen=True)
class Cluster:
    endpoint: str
    port: int = 5433
    database_name: str = "app"


def connection_secret(stack: TerraformStack, placement: Placement) -> ConnectionSecret:
    key = environment_key(stack, placement)
    return ConnectionSecret(
        stack,
        "target-secret",
        names=NAMES,
        key=key,
        credentials=master_credentials(stack, key),
        cluster=Cluster(RdsCluster(stack, "cluster", engine="aurora-postgresql").endpoint),
        recovery_window_days=7,
        prevent_destroy=False,
    )


def target_version(template: Template) -> dict[str, object]:
    (version,) = (
        body for name, body in template.resources(VERSION).items() if name.startswith("target")
    )
    return version


def test_it_holds_what_dms_needs_to_sign_in(stack: TerraformStack, placement: Placement) -> None:
    connection_secret(stack, placement)

    template = Template.of(stack)
    stored = only_name(template.block("ephemeral", VERSION))
    assert target_version(template)["secret_string_wo"] == (
        '${jsonencode({username = "ferry_admin", engine = "postgres", '
        f'host = aws_rds_cluster.cluster.endpoint, port = 5433, dbname = "app", '
        f"password = jsondecode(ephemeral.{VERSION}.{stored}.secret_string).password}})}}"
    )


def test_it_is_written_again_when_any_of_that_changes(
    stack: TerraformStack, placement: Placement
) -> None:
    connection_secret(stack, placement)

    template = Template.of(stack)
    (master,) = (name for name in template.resources(VERSION) if name.startswith("credentials"))
    assert target_version(template)["secret_string_wo_version"] == (
        f'${{parseint(substr(sha256(join(" ", [{VERSION}.{master}.version_id, "ferry_admin", '
        f'"postgres", aws_rds_cluster.cluster.endpoint, 5433, "app"])), 0, 8), 16)}}'
    )


def test_the_secret_is_encrypted_under_a_fixed_name(
    stack: TerraformStack, placement: Placement
) -> None:
    secret = connection_secret(stack, placement)

    template = Template.of(stack)
    key = only_name(template.resources("aws_kms_key"))
    template.has(
        "aws_secretsmanager_secret",
        name="aurora-ferry-dev/target",
        description="How DMS signs in to the Aurora cluster aurora-ferry-dev",
        kms_key_id=f"${{aws_kms_key.{key}.arn}}",
        recovery_window_in_days=7,
        lifecycle={"prevent_destroy": False},
    )
    assert resolved(secret.arn, stack).startswith("${aws_secretsmanager_secret.target-secret_")
