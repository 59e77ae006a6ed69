"""Defects of the cluster's instances, and of the parameters."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment import instances as checks
from ferry.check.deployment import parameters as parameter_checks
from ferry.check.deployment.cluster import find_cluster
from tests.integration.defects.planting import defect, outputs_changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment.deployed import Deployed


@contextmanager
def _modified(deployed: Deployed, wrong: dict[str, Any], right: dict[str, Any]) -> Iterator[None]:
    """Modify the last reader, and back."""
    identifier = checks.instance_identifiers(deployed)[-1]
    modify = deployed.rds.modify_db_instance
    modify(DBInstanceIdentifier=identifier, ApplyImmediately=True, **wrong)
    yield
    modify(DBInstanceIdentifier=identifier, ApplyImmediately=True, **right)


@contextmanager
def _setting(deployed: Deployed, name: str, wrong: object) -> Iterator[None]:
    right = dict(checks.find_instances(deployed)[-1])[name]
    with _modified(deployed, {name: wrong}, {name: right}):
        yield


@defect(checks.check_every_instance_is_available)
def instance_of_a_stopped_cluster(deployed: Deployed) -> Iterator[None]:
    cluster_id = deployed.outputs[outputs.CLUSTER_ID]
    deployed.rds.stop_db_cluster(DBClusterIdentifier=cluster_id)
    yield
    deployed.rds.start_db_cluster(DBClusterIdentifier=cluster_id)


@defect(checks.check_one_writer_and_the_wanted_readers)
def reader_that_nobody_asked_for(deployed: Deployed) -> Iterator[None]:
    cluster_id = deployed.outputs[outputs.CLUSTER_ID]
    identifier = f"{cluster_id}-unasked"
    deployed.rds.create_db_instance(
        DBInstanceIdentifier=identifier,
        DBClusterIdentifier=cluster_id,
        DBInstanceClass=deployed.environment.aurora.instance_class,
        Engine="aurora-postgresql",
    )
    yield
    deployed.rds.delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)
    deployed.rds.get_waiter("db_instance_deleted").wait(
        DBInstanceIdentifier=identifier, WaiterConfig={"Delay": 1}
    )


@defect(checks.check_readers_have_their_own_outputs)
def readers_in_another_order(deployed: Deployed) -> Iterator[None]:
    with _setting(deployed, "PromotionTier", 15):
        yield


@defect(checks.check_instance_classes)
def smaller_reader(deployed: Deployed) -> Iterator[None]:
    with _setting(deployed, "DBInstanceClass", "db.r6g.16xlarge"):
        yield


@defect(checks.check_instances_are_in_different_zones)
def instance_in_a_zone_without_a_subnet(deployed: Deployed) -> Iterator[None]:
    subnets = deployed.outputs[outputs.AURORA_SUBNET_IDS]
    with outputs_changed(deployed, **{outputs.AURORA_SUBNET_IDS: subnets[:1]}):
        yield


@defect(checks.check_instances_are_private)
def public_reader(deployed: Deployed) -> Iterator[None]:
    with _setting(deployed, "PubliclyAccessible", wrong=True):
        yield


@defect(checks.check_instances_insights)
def insights_of_a_reader_kept_longer(deployed: Deployed) -> Iterator[None]:
    with _setting(deployed, "PerformanceInsightsRetentionPeriod", 731):
        yield


@defect(checks.check_enhanced_monitoring)
def monitored_at_another_interval(deployed: Deployed) -> Iterator[None]:
    with _setting(deployed, "MonitoringInterval", 5):
        yield


@contextmanager
def _parameter(
    deployed: Deployed, name: str, wrong: dict[str, Any], right: dict[str, Any]
) -> Iterator[None]:
    modify: Callable[..., Any] = deployed.rds.modify_db_cluster_parameter_group
    group = find_cluster(deployed).get("DBClusterParameterGroup", "")
    modify(DBClusterParameterGroupName=group, Parameters=[{"ParameterName": name, **wrong}])
    yield
    modify(DBClusterParameterGroupName=group, Parameters=[{"ParameterName": name, **right}])


@defect(parameter_checks.check_cluster_parameters)
def other_log_statement(deployed: Deployed) -> Iterator[None]:
    right = deployed.environment.aurora.log_statement
    wrong = "none" if right == "mod" else "mod"
    with _parameter(
        deployed,
        "log_statement",
        {"ParameterValue": wrong, "ApplyMethod": "immediate"},
        {"ParameterValue": right, "ApplyMethod": "immediate"},
    ):
        yield


@defect(parameter_checks.check_cluster_parameters_apply_methods)
def dynamic_parameter_that_waits_for_a_reboot(deployed: Deployed) -> Iterator[None]:
    value = deployed.environment.aurora.log_statement
    with _parameter(
        deployed,
        "log_statement",
        {"ParameterValue": value, "ApplyMethod": "pending-reboot"},
        {"ParameterValue": value, "ApplyMethod": "immediate"},
    ):
        yield


@defect(parameter_checks.check_the_cluster_uses_its_own_parameter_group)
def cluster_with_the_default_parameters(deployed: Deployed) -> Iterator[None]:
    right = find_cluster(deployed).get("DBClusterParameterGroup", "")
    major_version = deployed.environment.aurora.engine_version.split(".")[0]
    modify, cluster_id = deployed.rds.modify_db_cluster, deployed.outputs[outputs.CLUSTER_ID]
    for group in (f"default.aurora-postgresql{major_version}", right):
        modify(
            DBClusterIdentifier=cluster_id,
            DBClusterParameterGroupName=group,
            ApplyImmediately=True,
        )
        if group is not right:
            yield


@defect(parameter_checks.check_instances_parameters)
def parameter_of_the_instances_that_nobody_asked_for(deployed: Deployed) -> Iterator[None]:
    groups = checks.find_instances(deployed)[0].get("DBParameterGroups", [])
    group = groups[0].get("DBParameterGroupName", "")
    deployed.rds.modify_db_parameter_group(
        DBParameterGroupName=group,
        Parameters=[
            {"ParameterName": "work_mem", "ParameterValue": "131072", "ApplyMethod": "immediate"}
        ],
    )
    yield
    deployed.rds.reset_db_parameter_group(
        DBParameterGroupName=group,
        Parameters=[{"ParameterName": "work_mem", "ApplyMethod": "immediate"}],
    )
