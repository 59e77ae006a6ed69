from types import SimpleNamespace
from typing import Any

from cdktf import TerraformStack

from facts.placement import Placement
from tests.unit.constructs_lib.aurora_examples import aurora_cluster, instances, only_name
from tests.unit.constructs_lib.examples import Parameter
from tests.unit.constructs_lib.network_examples import acknowledged, resolved
from tests.unit.template import Template

CLUSTER = "aws_rds_cluster"


def body(stack: TerraformStack) -> dict[str, Any]:
    return Template.of(stack).only(CLUSTER)


def test_it_is_aurora_postgresql_of_the_stated_version(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement)

    Template.of(stack).has(
        CLUSTER,
        cluster_identifier="aurora-ferry-dev",
        engine="aurora-postgresql",
        engine_version="15.8",
        engine_lifecycle_support="open-source-rds-extended-support-disabled",
        allow_major_version_upgrade=False,
        database_name="app",
        port=5432,
        storage_type="aurora",
        tags={"Name": "aurora-ferry-dev"},
    )


def test_of_a_release_alone_no_plan_asks_whether_it_is_offered(
    stack: TerraformStack, placement: Placement
) -> None:
    """RDS offers some version of it, and which, nobody here decides."""
    aurora_cluster(stack, placement, engine_version="16")

    template = Template.of(stack)
    template.has(CLUSTER, engine_version="16")
    template.has("aws_rds_cluster_parameter_group", family="aurora-postgresql16")
    assert "check" not in template.document


def test_everything_is_encrypted_with_the_environments_key(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement)

    template = Template.of(stack)
    key = f"${{aws_kms_key.{only_name(template.resources('aws_kms_key'))}.arn}}"
    template.has(
        CLUSTER, storage_encrypted=True, kms_key_id=key, performance_insights_kms_key_id=key
    )
    template.has("aws_cloudwatch_log_group", kms_key_id=key)


def test_it_is_in_the_networks_subnets_behind_its_security_group(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement)

    template = Template.of(stack)
    template.has(
        "aws_db_subnet_group",
        name="aurora-ferry-dev",
        description="Subnets of the Aurora cluster aurora-ferry-dev",
        subnet_ids=["subnet-a1", "subnet-a2"],
        tags={"Name": "aurora-ferry-dev"},
    )
    subnet_group = only_name(template.resources("aws_db_subnet_group"))
    template.has(
        CLUSTER,
        db_subnet_group_name=f"${{aws_db_subnet_group.{subnet_group}.name}}",
        vpc_security_group_ids=["sg-aurora"],
    )


def test_of_serverless_instances_it_says_the_capacity(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(
        stack,
        placement,
        instances=instances("db.serverless"),
        capacity=SimpleNamespace(min_acu=0.5, max_acu=16.0),
    )

    assert body(stack)["serverlessv2_scaling_configuration"] == {
        "max_capacity": 16,
        "min_capacity": 0.5,
    }


def test_of_others_it_says_none(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement)

    assert "serverlessv2_scaling_configuration" not in body(stack)


def test_zones_are_not_stated(stack: TerraformStack, placement: Placement) -> None:
    # A list of fewer than the three that Aurora uses replaces the cluster in every plan.
    aurora_cluster(stack, placement)

    assert "availability_zones" not in body(stack)


def test_the_password_is_written_only(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement)

    template = Template.of(stack)
    version = "aws_secretsmanager_secret_version"
    stored = only_name(template.block("ephemeral", version))
    written = only_name(template.resources(version))
    template.has(
        CLUSTER,
        master_username="ferry_admin",
        master_password_wo=f"${{jsondecode(ephemeral.{version}.{stored}.secret_string).password}}",
        master_password_wo_version=(
            f'${{parseint(substr(sha256(join(" ", [{version}.{written}.version_id])), 0, 8), 16)}}'
        ),
        iam_database_authentication_enabled=True,
        master_password=None,
        manage_master_user_password=None,
    )


def test_its_parameters_are_the_family_s(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(
        stack,
        placement,
        engine_version="16.4",
        parameters={"work_mem": Parameter("65536")},
    )

    template = Template.of(stack)
    group = only_name(template.resources("aws_rds_cluster_parameter_group"))
    parameters = template.only("aws_rds_cluster_parameter_group")
    assert parameters["family"] == "aurora-postgresql16"
    assert "work_mem" in [parameter["name"] for parameter in parameters["parameter"]]
    template.has(
        CLUSTER,
        db_cluster_parameter_group_name=f"${{aws_rds_cluster_parameter_group.{group}.name}}",
    )


def test_an_upgrade_to_another_release_names_the_instances_new_group(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement, allow_major_version_upgrade=True)

    template = Template.of(stack)
    group = only_name(template.resources("aws_db_parameter_group"))
    template.has(
        CLUSTER,
        allow_major_version_upgrade=True,
        db_instance_parameter_group_name=f"${{aws_db_parameter_group.{group}.name}}",
    )


def test_otherwise_rds_would_refuse_the_instances_group(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement)

    assert "db_instance_parameter_group_name" not in body(stack)


def test_its_log_goes_to_a_group_that_is_made_first(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement)

    template = Template.of(stack)
    template.has(
        "aws_cloudwatch_log_group",
        name="/aws/rds/cluster/aurora-ferry-dev/postgresql",
        retention_in_days=30,
    )
    group = only_name(template.resources("aws_cloudwatch_log_group"))
    template.has(
        CLUSTER,
        enabled_cloudwatch_logs_exports=["postgresql"],
        depends_on=[f"aws_cloudwatch_log_group.{group}"],
    )


def test_it_is_watched(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement)

    Template.of(stack).has(
        CLUSTER,
        database_insights_mode="standard",
        performance_insights_enabled=True,
        performance_insights_retention_period=7,
    )


def test_monitoring_backups_and_maintenance_are_set(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(
        stack,
        placement,
        storage_type="aurora-iopt1",
        performance_insights_retention_days=465,
        database_insights_mode="advanced",
        log_retention_days=90,
        backup_retention_days=35,
        backup_window="04:00-05:00",
        maintenance_window="mon:05:00-mon:06:00",
        apply_immediately=True,
        engine_lifecycle_support="open-source-rds-extended-support",
    )

    template = Template.of(stack)
    template.has(
        CLUSTER,
        storage_type="aurora-iopt1",
        performance_insights_retention_period=465,
        database_insights_mode="advanced",
        backup_retention_period=35,
        preferred_backup_window="04:00-05:00",
        preferred_maintenance_window="mon:05:00-mon:06:00",
        apply_immediately=True,
        engine_lifecycle_support="open-source-rds-extended-support",
    )
    template.has("aws_cloudwatch_log_group", retention_in_days=90)


def test_backups_are_kept_and_carry_its_tags(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement)

    Template.of(stack).has(
        CLUSTER,
        backup_retention_period=7,
        preferred_backup_window="01:00-02:00",
        preferred_maintenance_window="sun:03:00-sun:04:00",
        apply_immediately=False,
        copy_tags_to_snapshot=True,
    )


def test_it_is_protected_three_times(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement)

    Template.of(stack).has(
        CLUSTER,
        deletion_protection=True,
        skip_final_snapshot=False,
        lifecycle={"prevent_destroy": True},
    )


def test_the_final_snapshots_name_is_another_for_each_cluster(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement, snapshot_identifier="before")

    template = Template.of(stack)
    digits = only_name(template.resources("terraform_data"))
    key = only_name(template.resources("aws_kms_key"))
    assert template.only(CLUSTER)["final_snapshot_identifier"] == (
        f"aurora-ferry-dev-final-${{substr(terraform_data.{digits}.id, 0, 8)}}"
    )
    assert template.only("terraform_data")["triggers_replace"] == {
        "database_name": "app",
        "kms_key_id": f"${{aws_kms_key.{key}.arn}}",
        "master_username": "ferry_admin",
        "snapshot_identifier": "before",
    }


def test_without_protection_it_goes_without_a_trace(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(
        stack,
        placement,
        prevent_destroy=False,
        deletion_protection=False,
        final_snapshot=False,
    )

    template = Template.of(stack)
    template.has(
        CLUSTER,
        deletion_protection=False,
        skip_final_snapshot=True,
        final_snapshot_identifier=None,
        lifecycle={"prevent_destroy": False},
    )
    assert template.resources("terraform_data") == {}


def test_it_starts_from_a_snapshot_when_told_to(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement, snapshot_identifier="before")

    assert body(stack)["snapshot_identifier"] == "before"


def test_large_snapshots_are_waited_for(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement)

    assert body(stack)["timeouts"] == {"create": "4h", "update": "4h", "delete": "4h"}


def test_it_tells_how_to_reach_it(stack: TerraformStack, placement: Placement) -> None:
    cluster = aurora_cluster(stack, placement, port=5433)

    address = f"{CLUSTER}.{only_name(Template.of(stack).resources(CLUSTER))}"
    assert resolved(cluster.arn, stack) == f"${{{address}.arn}}"
    assert resolved(cluster.identifier, stack) == f"${{{address}.cluster_identifier}}"
    assert resolved(cluster.endpoint, stack) == f"${{{address}.endpoint}}"
    assert resolved(cluster.reader_endpoint, stack) == f"${{{address}.reader_endpoint}}"
    assert cluster.port == 5433
    assert cluster.database_name == "app"


def test_what_is_right_here_is_acknowledged(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement)

    assert acknowledged(stack)["test/aurora/cluster"] == ["CKV2_AWS_8"]


def test_a_cluster_that_may_be_deleted_is_acknowledged(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement, deletion_protection=False)

    assert acknowledged(stack)["test/aurora/cluster"] == ["CKV2_AWS_8", "CKV_AWS_139"]
