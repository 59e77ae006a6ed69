import json
from typing import Any

from cdktf import TerraformStack

from facts.placement import Placement
from tests.unit.constructs_lib.aurora_examples import aurora_cluster, only_name
from tests.unit.constructs_lib.aurora_examples import instances as made_of
from tests.unit.constructs_lib.network_examples import acknowledged, resolved
from tests.unit.template import Template

INSTANCE = "aws_rds_cluster_instance"


def instances(stack: TerraformStack) -> dict[str, dict[str, Any]]:
    """The instances by their identifiers."""
    bodies = Template.of(stack).resources(INSTANCE).values()
    return {body["identifier"]: body for body in bodies}


def test_there_are_a_writer_and_two_readers(stack: TerraformStack, placement: Placement) -> None:
    cluster = aurora_cluster(stack, placement)

    named = {
        f"${{{INSTANCE}.{local}.identifier}}": body["identifier"]
        for local, body in Template.of(stack).resources(INSTANCE).items()
    }
    assert named[resolved(cluster.writer_identifier, stack)] == "aurora-ferry-dev-writer"
    assert [named[one] for one in resolved(cluster.reader_identifiers, stack)] == [
        "aurora-ferry-dev-reader-1",
        "aurora-ferry-dev-reader-2",
    ]


def test_a_failover_prefers_the_readers_in_their_order(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement)

    assert {name: body["promotion_tier"] for name, body in instances(stack).items()} == {
        "aurora-ferry-dev-writer": 0,
        "aurora-ferry-dev-reader-1": 1,
        "aurora-ferry-dev-reader-2": 2,
    }


def test_the_readers_wait_for_the_writer(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement)

    local = Template.of(stack).resources(INSTANCE)
    (writer,) = (f"{INSTANCE}.{name}" for name in local if name.startswith("aurora_writer_"))
    assert writer in instances(stack)["aurora-ferry-dev-reader-1"]["depends_on"]
    assert writer in instances(stack)["aurora-ferry-dev-reader-2"]["depends_on"]
    assert writer not in instances(stack)["aurora-ferry-dev-writer"]["depends_on"]


def test_all_are_of_one_kind(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement)

    template = Template.of(stack)
    cluster = only_name(template.resources("aws_rds_cluster"))
    key = only_name(template.resources("aws_kms_key"))
    group = only_name(template.resources("aws_db_parameter_group"))
    (role,) = (name for name in template.resources("aws_iam_role") if "monitoring" in name)
    expected = {
        "cluster_identifier": f"${{aws_rds_cluster.{cluster}.id}}",
        "engine": "aurora-postgresql",
        "instance_class": "db.r6g.large",
        "publicly_accessible": False,
        "db_parameter_group_name": f"${{aws_db_parameter_group.{group}.name}}",
        "ca_cert_identifier": "rds-ca-rsa2048-g1",
        "auto_minor_version_upgrade": False,
        "apply_immediately": False,
        "preferred_maintenance_window": "sun:03:00-sun:04:00",
        "copy_tags_to_snapshot": True,
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": f"${{aws_kms_key.{key}.arn}}",
        "performance_insights_retention_period": 7,
        "monitoring_interval": 60,
        "monitoring_role_arn": f"${{aws_iam_role.{role}.arn}}",
    }
    for name, body in instances(stack).items():
        own = {"identifier", "promotion_tier", "depends_on", "tags"}
        assert {key: value for key, value in body.items() if key not in own} == expected
        assert body["tags"] == {"Name": name}


def test_monitoring_and_maintenance_are_set(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(
        stack,
        placement,
        instances=made_of("db.r6g.large"),
        performance_insights_retention_days=31,
        monitoring_interval_seconds=5,
        maintenance_window="mon:05:00-mon:06:00",
        apply_immediately=True,
        ca_certificate_identifier="rds-ca-ecc384-g1",
    )

    Template.of(stack).has(
        INSTANCE,
        performance_insights_retention_period=31,
        monitoring_interval=5,
        preferred_maintenance_window="mon:05:00-mon:06:00",
        apply_immediately=True,
        ca_cert_identifier="rds-ca-ecc384-g1",
    )


def test_a_cluster_may_have_no_reader(stack: TerraformStack, placement: Placement) -> None:
    cluster = aurora_cluster(stack, placement, instances=made_of("db.r6g.large"))

    assert set(instances(stack)) == {"aurora-ferry-dev-writer"}
    assert cluster.reader_identifiers == []


def test_each_has_its_own_class_and_promotion_tier(
    stack: TerraformStack, placement: Placement
) -> None:
    writer, first, last = made_of("db.r6g.large", "db.r6g.xlarge", "db.serverless")
    last.promotion_tier = 15
    aurora_cluster(stack, placement, instances=[writer, first, last])

    assert {
        name: (body["instance_class"], body["promotion_tier"])
        for name, body in instances(stack).items()
    } == {
        "aurora-ferry-dev-writer": ("db.r6g.large", 0),
        "aurora-ferry-dev-reader-1": ("db.r6g.xlarge", 1),
        "aurora-ferry-dev-reader-2": ("db.serverless", 15),
    }


def test_fifteen_readers_have_fifteen_tiers(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement, instances=made_of(*["db.r6g.large"] * 16))

    assert instances(stack)["aurora-ferry-dev-reader-15"]["promotion_tier"] == 15


def test_rds_may_use_the_monitoring_role_for_these_instances(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement)

    role = Template.of(stack).only("aws_iam_role")
    assert role["name"] == "aurora-ferry-dev-rds-monitoring"
    assert json.loads(role["assume_role_policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": "111122223333"},
                    "ArnLike": {
                        "aws:SourceArn": "arn:aws:rds:eu-central-1:111122223333:db:aurora-ferry-dev-*"
                    },
                },
            }
        ],
    }


def test_the_instances_wait_for_the_monitoring_roles_policy(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(stack, placement)

    template = Template.of(stack)
    template.has(
        "aws_iam_role_policy_attachment",
        policy_arn="arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
    )
    attachment = only_name(template.resources("aws_iam_role_policy_attachment"))
    for body in instances(stack).values():
        assert f"aws_iam_role_policy_attachment.{attachment}" in body["depends_on"]


def test_without_enhanced_monitoring_there_is_no_role(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(
        stack,
        placement,
        instances=made_of("db.r6g.large"),
        monitoring_interval_seconds=0,
    )

    template = Template.of(stack)
    assert template.resources("aws_iam_role") == {}
    template.has(INSTANCE, monitoring_interval=0, monitoring_role_arn=None)


def test_what_is_right_here_is_acknowledged(stack: TerraformStack, placement: Placement) -> None:
    aurora_cluster(stack, placement, instances=made_of("db.r6g.large"))

    assert acknowledged(stack)["test/aurora/writer"] == ["CKV_AWS_226"]


def test_monitoring_that_is_off_is_acknowledged(
    stack: TerraformStack, placement: Placement
) -> None:
    aurora_cluster(
        stack,
        placement,
        instances=made_of("db.r6g.large"),
        monitoring_interval_seconds=0,
    )

    assert acknowledged(stack)["test/aurora/writer"] == ["CKV_AWS_118", "CKV_AWS_226"]
