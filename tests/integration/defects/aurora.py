"""Defects of the cluster, its instances and its parameters."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.integration.defects.planting import Defect, Plant, another_key, output_says, swap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment.deployed import Deployed


def cluster(*, undo: dict[str, Any] | None = None, **wrong: object) -> Plant:
    """Modify the cluster; `undo` where a setting is read by another name than it is written."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        right = undo or {name: dict(deployed.cluster)[name] for name in wrong}
        modify: Callable[..., object] = deployed.account.rds.modify_db_cluster
        for settings in (wrong, right):
            modify(DBClusterIdentifier=cluster_id(deployed), ApplyImmediately=True, **settings)
            if settings is wrong:
                yield

    return plant


def last_reader(**wrong: object) -> Plant:
    """Modify the last reader."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        reader = deployed.instance_identifiers[-1]
        right = {name: dict(deployed.instances[reader])[name] for name in wrong}
        modify: Callable[..., object] = deployed.account.rds.modify_db_instance
        for settings in (wrong, right):
            modify(DBInstanceIdentifier=reader, ApplyImmediately=True, **settings)
            if settings is wrong:
                yield

    return plant


def cluster_parameter(name: str, *, value: str = "", apply_method: str = "immediate") -> Plant:
    """Set a parameter of the cluster; to its value of now where only the method is another."""

    def modify(deployed: Deployed, value: str, apply_method: str) -> None:
        parameter: Any = {
            "ParameterName": name,
            "ParameterValue": value or deployed.environment.aurora.log_statement,
            "ApplyMethod": apply_method,
        }
        deployed.account.rds.modify_db_cluster_parameter_group(
            DBClusterParameterGroupName=group(deployed), Parameters=[parameter]
        )

    return swap(
        lambda deployed: modify(deployed, value, apply_method),
        lambda deployed: modify(deployed, "", "immediate"),
    )


def cluster_id(deployed: Deployed) -> str:
    return str(deployed.outputs["cluster_id"])


def group(deployed: Deployed) -> str:
    """The parameter groups are called alike."""
    return deployed.names.parameter_group("aurora-postgresql15")


STOPPED = swap(
    lambda deployed: deployed.account.rds.stop_db_cluster(DBClusterIdentifier=cluster_id(deployed)),
    lambda deployed: deployed.account.rds.start_db_cluster(
        DBClusterIdentifier=cluster_id(deployed)
    ),
)


@contextmanager
def unasked_reader(deployed: Deployed) -> Iterator[None]:
    identifier = f"{cluster_id(deployed)}-unasked"
    deployed.account.rds.create_db_instance(
        DBInstanceIdentifier=identifier,
        DBClusterIdentifier=cluster_id(deployed),
        DBInstanceClass=deployed.environment.aurora.instance_class,
        Engine="aurora-postgresql",
    )
    yield
    deployed.account.rds.delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)
    deployed.account.rds.get_waiter("db_instance_deleted").wait(
        DBInstanceIdentifier=identifier, WaiterConfig={"Delay": 1}
    )


@contextmanager
def fewer_subnets(deployed: Deployed) -> Iterator[None]:
    subnets = deployed.outputs["aurora_subnet_ids"]
    name, modify = (
        deployed.cluster.get("DBSubnetGroup", ""),
        deployed.account.rds.modify_db_subnet_group,
    )
    modify(DBSubnetGroupName=name, SubnetIds=subnets[:2])
    yield
    modify(DBSubnetGroupName=name, SubnetIds=subnets)


@contextmanager
def clients_group(deployed: Deployed) -> Iterator[None]:
    wrong, right = (
        {"VpcSecurityGroupIds": [deployed.outputs[output]]}
        for output in ("clients_security_group_id", "aurora_security_group_id")
    )
    with cluster(**wrong, undo=right)(deployed):
        yield


WORK_MEM = {"ParameterName": "work_mem", "ApplyMethod": "immediate"}

DEFECTS = (
    Defect("cluster-is-available", "The cluster aurora-ferry-dev is stopped.", STOPPED),
    Defect(
        "cluster-engine",
        'The cluster\'s storage type: found "aurora-iopt1", should be "aurora".',
        cluster(StorageType="aurora-iopt1", undo={"StorageType": "aurora"}),
    ),
    Defect(
        "cluster-database-and-master-user",
        'The output database_name: found "other", should be "app".',
        output_says("database_name", lambda _: "other"),
    ),
    Defect(
        "cluster-endpoints",
        "The cluster's port: found 5433, should be 5432.",
        cluster(Port=5433),
    ),
    Defect(
        "cluster-is-encrypted-with-the-environments-key",
        "The cluster's key: found ",
        another_key("kms_key_arn"),
    ),
    Defect(
        "cluster-takes-iam-authentication",
        "The cluster's IAM authentication: found false, should be true.",
        cluster(
            EnableIAMDatabaseAuthentication=False, undo={"EnableIAMDatabaseAuthentication": True}
        ),
    ),
    Defect(
        "cluster-deletion-protection",
        "The cluster's deletion protection: found true, should be false.",
        cluster(DeletionProtection=True),
    ),
    Defect(
        "cluster-exports-its-log",
        'The cluster\'s exported logs: ["postgresql"] missing; found instead [].',
        cluster(
            CloudwatchLogsExportConfiguration={"DisableLogTypes": ["postgresql"]},
            undo={"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["postgresql"]}},
        ),
    ),
    Defect(
        "cluster-backups",
        "The cluster's backup retention in days: found 2, should be 1.",
        cluster(BackupRetentionPeriod=2),
    ),
    Defect(
        "cluster-maintenance-window",
        'The cluster\'s maintenance window: found "tue:10:00-tue:11:00", should be ',
        cluster(PreferredMaintenanceWindow="tue:10:00-tue:11:00"),
    ),
    Defect(
        "cluster-insights",
        "The cluster's Performance Insights, the retention in days: found 731, should be ",
        cluster(PerformanceInsightsRetentionPeriod=731),
    ),
    Defect("cluster-security-group", "The cluster's security groups: [", clients_group),
    Defect("cluster-subnet-group", "The cluster's subnets: [", fewer_subnets),
    Defect(
        "every-instance-is-available", "The instance aurora-ferry-dev-writer is stopped.", STOPPED
    ),
    Defect(
        "one-writer-and-the-wanted-readers",
        'The cluster\'s instances: found ["aurora-ferry-dev-unasked"], which should not be there.',
        unasked_reader,
    ),
    Defect(
        "readers-have-their-own-outputs",
        "aurora-ferry-dev-reader-2's promotion tier: found 15, should be 2.",
        last_reader(PromotionTier=15),
    ),
    Defect(
        "instance-classes",
        'aurora-ferry-dev-reader-2\'s class: found "db.r6g.16xlarge", should be "db.t4g.medium".',
        last_reader(DBInstanceClass="db.r6g.16xlarge"),
    ),
    Defect(
        "instances-are-in-different-zones",
        "aurora-ferry-dev-reader-",
        output_says(
            "aurora_subnet_ids",
            lambda deployed: deployed.outputs["aurora_subnet_ids"][:1],
        ),
    ),
    Defect(
        "instances-are-private",
        "aurora-ferry-dev-reader-2's public access: found true, should be false.",
        last_reader(PubliclyAccessible=True),
    ),
    Defect(
        "instances-insights",
        "aurora-ferry-dev-reader-2's Performance Insights, the retention in days: found 731, ",
        last_reader(PerformanceInsightsRetentionPeriod=731),
    ),
    Defect(
        "enhanced-monitoring",
        "aurora-ferry-dev-reader-2's seconds between values of enhanced monitoring: found 5, ",
        last_reader(MonitoringInterval=5),
    ),
    Defect(
        "cluster-parameters",
        'The cluster\'s parameter log_statement: found "mod", should be "all".',
        cluster_parameter("log_statement", value="mod"),
    ),
    Defect(
        "cluster-parameters-apply-methods",
        "The apply method of the cluster's parameter log_statement: found ",
        cluster_parameter("log_statement", apply_method="pending-reboot"),
    ),
    Defect(
        "the-cluster-uses-its-own-parameter-group",
        'The cluster\'s parameter group: found "default.aurora-postgresql15", should be ',
        cluster(
            DBClusterParameterGroupName="default.aurora-postgresql15",
            undo={"DBClusterParameterGroupName": "aurora-ferry-dev-aurora-postgresql15"},
        ),
    ),
    Defect(
        "instances-parameters",
        "aurora-ferry-dev-writer's parameters that nobody asked for: work_mem.",
        swap(
            lambda deployed: deployed.account.rds.modify_db_parameter_group(
                DBParameterGroupName=group(deployed),
                Parameters=[{**WORK_MEM, "ParameterValue": "131072"}],  # type: ignore[list-item]  # of the shape
            ),
            lambda deployed: deployed.account.rds.reset_db_parameter_group(
                DBParameterGroupName=group(deployed),
                Parameters=[WORK_MEM],  # type: ignore[list-item]  # of the shape
            ),
        ),
    ),
)
